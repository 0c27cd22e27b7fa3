-- The temporary password that a person of an account center's job is given, until what waits of theirs is done: a hash, as
-- everywhere.
ALTER TABLE job_item ADD COLUMN password_hash TEXT;
