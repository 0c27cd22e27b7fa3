-- Addresses that the mail server has refused for good, with its words. Nothing more is sent there by the same sender, until
-- somebody has it tried again or the time is over. Each account has its own: none learns what became of another's mails.
-- Mails of no account have the account_id ''.
CREATE TABLE mail_suppression (
    account_id TEXT NOT NULL,
    email_canonical TEXT NOT NULL,
    answer TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, email_canonical)
);
CREATE INDEX mail_suppression_end ON mail_suppression (created_at);

-- Until now a mail that was tried too often had the state of one that was refused.
UPDATE mail SET state = 'given_up' WHERE state = 'refused' AND attempts >= 14;

-- Mails that did not reach their readers: for the operator, and for each account.
CREATE INDEX mail_undelivered ON mail (id) WHERE state IN ('refused', 'given_up', 'withheld');
CREATE INDEX mail_undelivered_of ON mail (account_id, id) WHERE state IN ('refused', 'given_up', 'withheld');
