-- The device that an API key was made on, for the mail that tells its owner; empty where none is known.
ALTER TABLE api_key ADD COLUMN device TEXT NOT NULL DEFAULT '';
