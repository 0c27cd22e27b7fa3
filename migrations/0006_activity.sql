-- The audit trail. mac covers what was written, with the installation's key. seq and hash are set when an entry is
-- sealed into its account's chain. Entries that concern a login alone have the account_id ''.
CREATE TABLE activity (
    account_id TEXT NOT NULL,
    id TEXT NOT NULL,
    at BIGINT NOT NULL,
    verb TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    subject_name TEXT NOT NULL,
    changes TEXT NOT NULL,
    network TEXT NOT NULL,
    request_id TEXT NOT NULL,
    mac TEXT NOT NULL,
    seq BIGINT,
    hash TEXT,
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX activity_seq ON activity (account_id, seq) WHERE seq IS NOT NULL;
CREATE INDEX activity_unsealed ON activity (account_id, id) WHERE seq IS NULL;

-- The newest sealed entry of each chain; made with the account, before there is one.
CREATE TABLE activity_head (
    account_id TEXT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    mac TEXT NOT NULL
);
