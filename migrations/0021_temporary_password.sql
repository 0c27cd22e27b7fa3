-- A password that an administrator has set for somebody who has no login yet. It is no login's: it opens their invitation, once,
-- and goes with it. The ticket is what whoever has typed it goes on with.
CREATE TABLE temporary_password (
    account_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    email_canonical TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    set_by TEXT,
    set_by_login TEXT,
    set_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ticket_hash TEXT,
    ticket_expires_at BIGINT,
    PRIMARY KEY (account_id, user_id),
    FOREIGN KEY (account_id, user_id) REFERENCES invitation (account_id, user_id) ON DELETE CASCADE
);
CREATE INDEX temporary_password_email ON temporary_password (email_canonical, set_at);
CREATE INDEX temporary_password_end ON temporary_password (expires_at);

-- Whether they may be set at all.
ALTER TABLE account ADD COLUMN temporary_passwords BIGINT NOT NULL DEFAULT 1;
ALTER TABLE account_center ADD COLUMN temporary_passwords BIGINT NOT NULL DEFAULT 1;

-- When the address of a login was proven by a link mailed there. Whoever had a login until now got it by one.
ALTER TABLE login ADD COLUMN email_proven_at BIGINT;
UPDATE login SET email_proven_at = created_at;
