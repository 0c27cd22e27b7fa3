-- Browsers that are told by push: each is one session's, and ends with it. `host` is the account's own host that one was
-- signed in to there; empty: the server's. Where a browser is reached opens nothing without the installation's key, which its
-- push service knows us by.
CREATE TABLE push_device (
    id TEXT NOT NULL PRIMARY KEY,
    login_id TEXT NOT NULL REFERENCES login (id) ON DELETE CASCADE,
    session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    host TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    endpoint_hash TEXT NOT NULL,
    public_key TEXT NOT NULL,
    auth_secret TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    told_at BIGINT,
    fault TEXT
);
CREATE UNIQUE INDEX push_device_endpoint ON push_device (endpoint_hash);
CREATE UNIQUE INDEX push_device_session ON push_device (session_id);
CREATE INDEX push_device_login ON push_device (login_id, id);

-- What waits to be pushed, a row for each device. It names its subject and holds no text; it goes when it was taken over, when
-- it is worth nothing any more, and with its device. Pushes of no account have the account_id ''.
CREATE TABLE push (
    account_id TEXT NOT NULL,
    id TEXT NOT NULL,
    device_id TEXT NOT NULL REFERENCES push_device (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    language TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX push_turn ON push (account_id, run_at);
CREATE INDEX push_of_device ON push (device_id);
