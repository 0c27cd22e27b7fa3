-- Who asks to be let into an account. What was asked for is the person's: it names the account as they typed it, and is
-- kept whether there is one or not. The worker looks later, and makes the account's request of it.
CREATE TABLE access_ask (
    id TEXT NOT NULL PRIMARY KEY,
    login_id TEXT NOT NULL REFERENCES login (id) ON DELETE CASCADE,
    named TEXT NOT NULL,
    message TEXT,
    network TEXT NOT NULL,
    request_id TEXT NOT NULL,
    waits BIGINT NOT NULL,
    access_request_id TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX access_ask_named ON access_ask (login_id, named);
CREATE INDEX access_ask_waits ON access_ask (id) WHERE waits = 1;
CREATE INDEX access_ask_end ON access_ask (expires_at);

-- An account has one open request of a person at most.
CREATE TABLE access_request (
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    login_id TEXT NOT NULL REFERENCES login (id) ON DELETE CASCADE,
    message TEXT,
    state TEXT NOT NULL CHECK (state IN ('open', 'approved', 'declined')),
    reason TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX access_request_open ON access_request (account_id, login_id) WHERE state = 'open';
CREATE INDEX access_request_list ON access_request (account_id, state, id);
CREATE INDEX access_request_login ON access_request (login_id, id);
CREATE INDEX access_request_end ON access_request (expires_at);

-- Whether the account takes requests; its request link, by number and hash. Without one there is no hash.
ALTER TABLE account ADD COLUMN takes_requests BIGINT NOT NULL DEFAULT 1;
ALTER TABLE account ADD COLUMN request_link BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN request_hash TEXT;
CREATE UNIQUE INDEX account_request ON account (request_hash) WHERE request_hash IS NOT NULL;
