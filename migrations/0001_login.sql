-- Logins, their sessions and password resets. These belong to people, not to accounts.
CREATE TABLE login (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    email_canonical TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    password_changed_at BIGINT NOT NULL,
    language TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX login_email ON login (email_canonical);

CREATE TABLE session (
    id TEXT NOT NULL PRIMARY KEY,
    token_hash TEXT NOT NULL,
    login_id TEXT NOT NULL REFERENCES login (id) ON DELETE CASCADE,
    network TEXT NOT NULL,
    device TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX session_token ON session (token_hash);
CREATE INDEX session_login ON session (login_id, id);

CREATE TABLE reset (
    id TEXT NOT NULL PRIMARY KEY,
    token_hash TEXT NOT NULL,
    login_id TEXT NOT NULL REFERENCES login (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX reset_token ON reset (token_hash);
CREATE INDEX reset_login ON reset (login_id);

-- Counters for everything that can be guessed or spammed.
CREATE TABLE attempt (
    name TEXT NOT NULL PRIMARY KEY,
    made BIGINT NOT NULL,
    ends_at BIGINT NOT NULL
);
CREATE INDEX attempt_end ON attempt (ends_at);

-- Facts of this installation, such as the fingerprint of its key.
CREATE TABLE installation (
    name TEXT NOT NULL PRIMARY KEY,
    content TEXT NOT NULL
);
CREATE INDEX session_end ON session (expires_at);
