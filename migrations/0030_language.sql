-- What a login's person has chosen to read and be written to in; empty: what their browser says. Nobody could choose until
-- now.
UPDATE login SET language = '';
-- What their browser said when they last signed in, for mails, at which there is none.
ALTER TABLE login ADD COLUMN seen_language TEXT NOT NULL DEFAULT '';
-- The language of whoever set a mail going, for an address that has no login.
ALTER TABLE mail ADD COLUMN language TEXT NOT NULL DEFAULT '';
-- The same of whoever asked for what the worker does later.
ALTER TABLE reset_request ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE access_ask ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE job ADD COLUMN language TEXT NOT NULL DEFAULT '';
