-- Summaries that are mailed again and again: to a user, or to an address without a user. What its receiver may not get any
-- more stays here and is not read, as with notifications.
CREATE TABLE summary_email (
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    id BIGINT NOT NULL,
    user_id TEXT,
    email TEXT,
    email_canonical TEXT,
    company_id TEXT,
    daily BIGINT NOT NULL,
    weekly BIGINT NOT NULL,
    monthly BIGINT NOT NULL,
    summary_statistics BIGINT NOT NULL,
    top_sources BIGINT NOT NULL,
    top_keywords BIGINT NOT NULL,
    call_log BIGINT NOT NULL,
    lead_status TEXT NOT NULL CHECK (lead_status IN ('Lead', 'Not a Lead', 'Not Scored', 'All')),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, user_id) REFERENCES "user" (account_id, id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, company_id) REFERENCES company (account_id, id) ON DELETE CASCADE,
    CHECK ((user_id IS NULL) <> (email_canonical IS NULL))
);
CREATE INDEX summary_email_user ON summary_email (account_id, user_id, id);
CREATE INDEX summary_email_email ON summary_email (account_id, email_canonical) WHERE email_canonical IS NOT NULL;
