-- A user is a login's place in one account. A notification user, and one who has not accepted yet, has no login.
CREATE TABLE "user" (
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    login_id TEXT REFERENCES login (id),
    email TEXT NOT NULL,
    email_canonical TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    display_name TEXT NOT NULL,
    sort_name TEXT NOT NULL,
    user_type TEXT NOT NULL CHECK (user_type IN ('administrator', 'manager', 'reporting', 'agent', 'notification')),
    agent BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'active', 'suspended', 'deleted')),
    invoice_emails BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    activated_at BIGINT,
    last_active_at BIGINT NOT NULL,
    deleted_at BIGINT,
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX user_email ON "user" (account_id, email_canonical) WHERE status <> 'deleted';
CREATE UNIQUE INDEX user_login ON "user" (account_id, login_id) WHERE login_id IS NOT NULL AND status <> 'deleted';
CREATE INDEX user_accounts ON "user" (login_id, account_id);
CREATE INDEX user_by_name ON "user" (account_id, status, sort_name, id);
CREATE INDEX user_by_activity ON "user" (account_id, status, last_active_at, id);
CREATE INDEX user_administrators ON "user" (account_id, id) WHERE user_type = 'administrator' AND status = 'active';

CREATE TABLE user_company (
    account_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    company_id TEXT NOT NULL,
    PRIMARY KEY (account_id, user_id, company_id),
    FOREIGN KEY (account_id, user_id) REFERENCES "user" (account_id, id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, company_id) REFERENCES company (account_id, id) ON DELETE CASCADE
);
CREATE INDEX user_company_users ON user_company (account_id, company_id, user_id);

-- The words by which a user is found: each name's words and the address.
CREATE TABLE user_word (
    account_id TEXT NOT NULL,
    word TEXT NOT NULL,
    user_id TEXT NOT NULL,
    PRIMARY KEY (account_id, word, user_id),
    FOREIGN KEY (account_id, user_id) REFERENCES "user" (account_id, id) ON DELETE CASCADE
);
CREATE INDEX user_word_user ON user_word (account_id, user_id, word);
CREATE INDEX user_id ON "user" (id);
