-- The words that leads are marked with. Without a company a tag is the account's, and there in every company.
CREATE TABLE tag (
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    id BIGINT NOT NULL,
    company_id TEXT,
    name TEXT NOT NULL,
    sort_name TEXT NOT NULL,
    color TEXT NOT NULL,
    disabled BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, company_id) REFERENCES company (account_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX tag_name ON tag (account_id, sort_name) WHERE company_id IS NULL;
CREATE UNIQUE INDEX tag_company_name ON tag (account_id, company_id, sort_name) WHERE company_id IS NOT NULL;
CREATE INDEX tag_list ON tag (account_id, sort_name, id);
