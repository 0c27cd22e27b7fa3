-- What is done for many at once, row by row, by the server itself. A row stays until its job is 30 days old.
CREATE TABLE job (
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    -- Who began it: a user, or an executive administrator without one.
    user_id TEXT,
    login_id TEXT,
    network TEXT NOT NULL,
    request_id TEXT NOT NULL,
    total BIGINT NOT NULL,
    created BIGINT NOT NULL,
    already BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, user_id) REFERENCES "user" (account_id, id) ON DELETE CASCADE
);
CREATE INDEX job_turn ON job (id) WHERE state = 'running';
CREATE INDEX job_end ON job (finished_at) WHERE finished_at IS NOT NULL;

-- A row and what became of it. Its account is that in which it is done.
CREATE TABLE job_item (
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    job_id TEXT NOT NULL,
    n BIGINT NOT NULL,
    input TEXT NOT NULL,
    fate TEXT NOT NULL,
    user_id TEXT,
    reasons TEXT NOT NULL,
    PRIMARY KEY (account_id, job_id, n)
);
CREATE INDEX job_item_waiting ON job_item (account_id, job_id, n) WHERE fate = 'waiting';

-- Within an account, mails that nobody waits for go behind the others.
ALTER TABLE mail ADD COLUMN behind BIGINT NOT NULL DEFAULT 0;
DROP INDEX mail_turn;
CREATE INDEX mail_turn ON mail (account_id, behind, run_at) WHERE state = 'queued';
