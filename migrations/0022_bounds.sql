-- How many units of a job have failed one after the other, nobody knows why: after a few, their rows are noted as refused.
ALTER TABLE job ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;

-- What the worker forgets is found without reading through what it keeps.
CREATE INDEX reset_end ON reset (expires_at);
