-- Accounts are the tenants. In every table below account_id comes first in the primary key and in every
-- unique index.
CREATE TABLE account (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    invitation_days BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE company (
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    sort_name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    lead_center BIGINT NOT NULL,
    disabled BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX company_name ON company (account_id, sort_name);
CREATE INDEX company_list ON company (account_id, disabled, sort_name, id);
