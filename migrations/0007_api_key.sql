-- Keys for programs. A key belongs to a login and dies with it.
CREATE TABLE api_key (
    id TEXT NOT NULL PRIMARY KEY,
    login_id TEXT NOT NULL REFERENCES login (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE UNIQUE INDEX api_key_token ON api_key (token_hash);
CREATE INDEX api_key_login ON api_key (login_id, id);
