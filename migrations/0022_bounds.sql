-- How many units of a job have failed one after the other, nobody knows why: after a few, their rows are noted as refused.
ALTER TABLE job ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;

-- What the worker forgets is found without reading through what it keeps.
CREATE INDEX reset_end ON reset (expires_at);

-- The last of an account's users of whom it is taken over that the account is in another center now, or in none; null where
-- that is so of all. What was done is done on whichever server goes on.
ALTER TABLE account ADD COLUMN people_after TEXT;
CREATE INDEX account_people ON account (id) WHERE people_after IS NOT NULL;
