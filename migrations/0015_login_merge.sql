-- Two logins of one person become one. A row that waits holds the address that was asked for and, once it is proven, its
-- login; a login has one such row at most. A row that was made holds what undoing needs, and later that the one login
-- stands for the other. The login that was merged keeps its row for that long, without its address: what looks a login up by
-- an address cannot find it, and the address is free. The logins are no foreign keys, as a row outlives them.
CREATE TABLE login_merge (
    id TEXT NOT NULL PRIMARY KEY,
    login_id TEXT NOT NULL,
    email TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    generation BIGINT NOT NULL,
    other_id TEXT,
    own_email TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    made_at BIGINT
);
CREATE UNIQUE INDEX login_merge_token ON login_merge (token_hash);
CREATE UNIQUE INDEX login_merge_waiting ON login_merge (login_id) WHERE made_at IS NULL;
CREATE UNIQUE INDEX login_merge_made ON login_merge (other_id) WHERE made_at IS NOT NULL;
CREATE INDEX login_merge_login ON login_merge (login_id, id);
CREATE INDEX login_merge_other ON login_merge (other_id, login_id) WHERE made_at IS NULL;
CREATE INDEX login_merge_end ON login_merge (expires_at);

-- The users that a merge has moved, as they were then.
CREATE TABLE login_merge_user (
    account_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    login_merge_id TEXT NOT NULL REFERENCES login_merge (id) ON DELETE CASCADE,
    was_deleted BIGINT NOT NULL,
    access_version BIGINT NOT NULL,
    PRIMARY KEY (account_id, user_id, login_merge_id),
    FOREIGN KEY (account_id, user_id) REFERENCES "user" (account_id, id) ON DELETE CASCADE
);
CREATE INDEX login_merge_user_merge ON login_merge_user (login_merge_id, account_id, user_id);
