-- One invitation per user. Sending it again replaces the hash, so that every earlier link is dead.
CREATE TABLE invitation (
    account_id TEXT NOT NULL,
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    generation BIGINT NOT NULL,
    message TEXT,
    invited_by TEXT,
    created_at BIGINT NOT NULL,
    sent_at BIGINT,
    expires_at BIGINT,
    accepted_at BIGINT,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, user_id) REFERENCES "user" (account_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX invitation_user ON invitation (account_id, user_id);
CREATE UNIQUE INDEX invitation_token ON invitation (account_id, token_hash);
