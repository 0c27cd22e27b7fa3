-- Creating a user writes to every index of six tables, and what it costs is the pages it touches.

-- Only who has a login is looked for by it.
DROP INDEX user_accounts;
CREATE INDEX user_accounts ON "user" (login_id, account_id) WHERE login_id IS NOT NULL;

-- Terms are their own index: SQLite keeps the table in the order it is searched in.
DROP INDEX user_term_list;
ALTER TABLE user_term RENAME TO user_term_before;
CREATE TABLE user_term (
    account_id TEXT NOT NULL,
    listed TEXT NOT NULL,
    user_type TEXT NOT NULL,
    term TEXT NOT NULL,
    user_id TEXT NOT NULL,
    PRIMARY KEY (account_id, listed, user_type, term, user_id),
    FOREIGN KEY (account_id, user_id) REFERENCES "user" (account_id, id) ON DELETE CASCADE
) WITHOUT ROWID;
INSERT INTO user_term (account_id, listed, user_type, term, user_id)
    SELECT account_id, listed, user_type, term, user_id FROM user_term_before;
CREATE INDEX user_term_user ON user_term (account_id, user_id, term);
DROP TABLE user_term_before;

-- Counters come and go by their name alone.
DROP INDEX attempt_end;
ALTER TABLE attempt RENAME TO attempt_before;
CREATE TABLE attempt (
    name TEXT NOT NULL PRIMARY KEY,
    made BIGINT NOT NULL,
    ends_at BIGINT NOT NULL
) WITHOUT ROWID;
INSERT INTO attempt (name, made, ends_at) SELECT name, made, ends_at FROM attempt_before;
CREATE INDEX attempt_end ON attempt (ends_at);
DROP TABLE attempt_before;
