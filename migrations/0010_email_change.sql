-- A change of one's own address that waits for the proof that the new one is theirs. A login has one at most; sending
-- it again replaces the hash, so that every earlier link is dead.
CREATE TABLE email_change (
    id TEXT NOT NULL PRIMARY KEY,
    login_id TEXT NOT NULL REFERENCES login (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    generation BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX email_change_login ON email_change (login_id);
CREATE UNIQUE INDEX email_change_token ON email_change (token_hash);
CREATE INDEX email_change_end ON email_change (expires_at);

-- Addresses that a new password was asked for, until the worker has looked whether they have a login.
CREATE TABLE reset_request (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    network TEXT NOT NULL,
    request_id TEXT NOT NULL
);
