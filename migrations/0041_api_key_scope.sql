-- What a key is narrowed to, and when it ends. Keys of before are whole, and end with their owner alone. Without an account a key
-- is for all of its owner's; without capabilities it has all that its owner has. What it names is kept as it was chosen: companies
-- that are gone leave it with fewer, and never with all.
ALTER TABLE api_key ADD COLUMN only_account_id TEXT;
ALTER TABLE api_key ADD COLUMN capabilities TEXT;
ALTER TABLE api_key ADD COLUMN reads_only BIGINT NOT NULL DEFAULT 0;
ALTER TABLE api_key ADD COLUMN in_companies BIGINT NOT NULL DEFAULT 0;
ALTER TABLE api_key ADD COLUMN expires_at BIGINT;

-- The companies that a key names.
CREATE TABLE api_key_company (
    account_id TEXT NOT NULL,
    api_key_id TEXT NOT NULL REFERENCES api_key (id) ON DELETE CASCADE,
    company_id TEXT NOT NULL,
    PRIMARY KEY (account_id, api_key_id, company_id),
    FOREIGN KEY (account_id, company_id) REFERENCES company (account_id, id) ON DELETE CASCADE
);
CREATE INDEX api_key_company_key ON api_key_company (api_key_id);
CREATE INDEX api_key_company_of ON api_key_company (account_id, company_id);

-- What an account knows of a key of one of its users: when it was last used there, and whether an administrator has ended it there.
-- What it does in other accounts is theirs.
CREATE TABLE api_key_account (
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    api_key_id TEXT NOT NULL REFERENCES api_key (id) ON DELETE CASCADE,
    last_used_at BIGINT,
    ended_at BIGINT,
    ended_by TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (account_id, api_key_id)
);
CREATE INDEX api_key_account_key ON api_key_account (api_key_id);
