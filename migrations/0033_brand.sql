-- What an account shows in place of the product. `draft` is edited and counted by its version; `live` is what is shown, and
-- is the draft of a version that somebody has looked at whole. Both are JSON, as neither is searched.
CREATE TABLE brand (
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    draft TEXT NOT NULL,
    version BIGINT NOT NULL,
    live TEXT,
    live_version BIGINT,
    wanted_host TEXT,
    PRIMARY KEY (account_id)
);

-- What of a draft was looked at, by the version it had then.
CREATE TABLE brand_preview (
    account_id TEXT NOT NULL REFERENCES brand (account_id) ON DELETE CASCADE,
    what TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account_id, what)
);

-- Logos, written anew by the server, in base64. What a mail was sent with stays.
CREATE TABLE brand_logo (
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    hash TEXT NOT NULL,
    png TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, hash)
);

-- Host names that were shown to be an account's, one for each. A request names a host before anybody is known, so that the
-- host is the key, and the account is what is found by it.
CREATE TABLE brand_host (
    host TEXT NOT NULL PRIMARY KEY,
    owner_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    by_operator BIGINT NOT NULL,
    check_at BIGINT NOT NULL,
    failing_since BIGINT
);
CREATE UNIQUE INDEX brand_host_owner ON brand_host (owner_id);
CREATE INDEX brand_host_check ON brand_host (check_at) WHERE by_operator = 0;

-- The own host that an invitation's link was mailed with: what comes by it proves no address.
ALTER TABLE invitation ADD COLUMN host TEXT NOT NULL DEFAULT '';
