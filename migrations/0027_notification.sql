-- What somebody is alerted of, and how. It is a user's, or that of an address without a user. What its receiver may not get
-- any more stays here and is not read: it is there again when they may.
CREATE TABLE notification (
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    id BIGINT NOT NULL,
    user_id TEXT,
    email TEXT,
    email_canonical TEXT,
    agent_id TEXT,
    company_id TEXT,
    alert_type TEXT CHECK (alert_type IN ('all', 'first_call', 'missed_and_vm', 'vm_only')),
    call_enabled BIGINT NOT NULL,
    sms_enabled BIGINT NOT NULL,
    send_email BIGINT NOT NULL,
    send_push BIGINT NOT NULL,
    send_desktop BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, user_id) REFERENCES "user" (account_id, id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, agent_id) REFERENCES "user" (account_id, id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, company_id) REFERENCES company (account_id, id) ON DELETE CASCADE,
    CHECK ((user_id IS NULL) <> (email_canonical IS NULL))
);
CREATE INDEX notification_user ON notification (account_id, user_id, id);
CREATE INDEX notification_email ON notification (account_id, email_canonical) WHERE email_canonical IS NOT NULL;

-- Whose address was a user's gets nothing more by it when that user is deleted.
CREATE INDEX user_gone ON "user" (account_id, email_canonical) WHERE status = 'deleted';
