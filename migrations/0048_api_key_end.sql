-- When the owner of a key was told that it will end (A-07).
ALTER TABLE api_key ADD COLUMN end_told_at BIGINT;
CREATE INDEX api_key_ending ON api_key (expires_at) WHERE end_told_at IS NULL;
