-- The outbox. A mail is made in the transaction of what it tells about; it names its subject and holds neither
-- text nor secrets, which are made when it is sent. Mails of no account have the account_id ''.
CREATE TABLE mail (
    account_id TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    generation BIGINT NOT NULL,
    email TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    answer TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX mail_queue ON mail (run_at) WHERE state = 'queued';
CREATE INDEX mail_list ON mail (id);
CREATE INDEX mail_subject ON mail (account_id, subject_id, id);
