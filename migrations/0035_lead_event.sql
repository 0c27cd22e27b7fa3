-- What came in for a company: a call that was answered, missed or went to the mailbox, or a text. Alerts are raised by it, and
-- summaries count it. A test is told like any other, and counted by none.
CREATE TABLE lead_event (
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    company_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('answered_call', 'missed_call', 'voicemail', 'text')),
    first BIGINT NOT NULL,
    test BIGINT NOT NULL,
    agent_id TEXT,
    caller_name TEXT NOT NULL,
    caller_number TEXT NOT NULL,
    tracker_name TEXT NOT NULL,
    happened_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, company_id) REFERENCES company (account_id, id) ON DELETE CASCADE
);
CREATE INDEX lead_event_counted ON lead_event (account_id, company_id, happened_at);
CREATE INDEX lead_event_old ON lead_event (happened_at);

-- When each summary is due next. 0: nobody has looked at it yet, and nothing is sent before its first moment has come.
CREATE TABLE summary_plan (
    account_id TEXT NOT NULL,
    summary_email_id BIGINT NOT NULL,
    frequency TEXT NOT NULL CHECK (frequency IN ('daily', 'weekly', 'monthly')),
    due_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, summary_email_id, frequency),
    FOREIGN KEY (account_id, summary_email_id) REFERENCES summary_email (account_id, id) ON DELETE CASCADE
);
CREATE INDEX summary_plan_due ON summary_plan (due_at, account_id, summary_email_id, frequency);
INSERT INTO summary_plan (account_id, summary_email_id, frequency, due_at)
    SELECT account_id, id, 'daily', 0 FROM summary_email WHERE daily = 1;
INSERT INTO summary_plan (account_id, summary_email_id, frequency, due_at)
    SELECT account_id, id, 'weekly', 0 FROM summary_email WHERE weekly = 1;
INSERT INTO summary_plan (account_id, summary_email_id, frequency, due_at)
    SELECT account_id, id, 'monthly', 0 FROM summary_email WHERE monthly = 1;

-- Summaries that were mailed: one period of a company, or of all that its reader has (''), goes to an address once for each
-- summary. Its days are those of the zone that it was made in.
CREATE TABLE summary_issue (
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    summary_email_id BIGINT NOT NULL,
    company_id TEXT NOT NULL,
    email_canonical TEXT NOT NULL,
    frequency TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    first_day TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX summary_issue_period
    ON summary_issue (account_id, summary_email_id, company_id, frequency, first_day, email_canonical);
CREATE INDEX summary_issue_old ON summary_issue (created_at);

-- What may tell somebody of a company is looked for by it.
CREATE INDEX notification_company ON notification (account_id, company_id, id);
