-- A customer's directory that provisions the users of an account by SCIM. `default_type` is what it makes of people whom no
-- mapped group gives more.
CREATE TABLE directory (
    account_id TEXT NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    default_type TEXT NOT NULL CHECK (default_type IN ('manager', 'reporting', 'agent')),
    created_at BIGINT NOT NULL
);

-- What it shows that it is the directory. The token itself is stored nowhere.
CREATE TABLE directory_token (
    account_id TEXT NOT NULL REFERENCES directory (account_id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    made_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX directory_token_hash ON directory_token (token_hash);

-- What it calls its people by. `provided`: whether it has given them their type, which it then may take, too.
CREATE TABLE directory_user (
    account_id TEXT NOT NULL REFERENCES directory (account_id) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    user_name TEXT NOT NULL,
    user_name_key TEXT NOT NULL,
    external_id TEXT NOT NULL,
    provided BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, user_id),
    FOREIGN KEY (account_id, user_id) REFERENCES "user" (account_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX directory_user_name ON directory_user (account_id, user_name_key);
CREATE INDEX directory_user_external ON directory_user (account_id, external_id) WHERE external_id <> '';

-- Its groups. `user_type` is what an administrator has said that a group gives; null: nothing.
CREATE TABLE directory_group (
    account_id TEXT NOT NULL REFERENCES directory (account_id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    external_id TEXT NOT NULL,
    user_type TEXT CHECK (user_type IN ('administrator', 'manager', 'reporting', 'agent')),
    all_companies BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX directory_group_name ON directory_group (account_id, name_key, id);
CREATE INDEX directory_group_external ON directory_group (account_id, external_id) WHERE external_id <> '';

CREATE TABLE directory_group_company (
    account_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    company_id TEXT NOT NULL,
    PRIMARY KEY (account_id, group_id, company_id),
    FOREIGN KEY (account_id, group_id) REFERENCES directory_group (account_id, id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, company_id) REFERENCES company (account_id, id) ON DELETE CASCADE
);

CREATE TABLE directory_member (
    account_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    PRIMARY KEY (account_id, group_id, user_id),
    FOREIGN KEY (account_id, group_id) REFERENCES directory_group (account_id, id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, user_id) REFERENCES "user" (account_id, id) ON DELETE CASCADE
);
CREATE INDEX directory_member_of ON directory_member (account_id, user_id, group_id);

-- The directory that has sent an invitation: while it is not there any more, the link waits for an administrator.
ALTER TABLE invitation ADD COLUMN directory_id TEXT;
