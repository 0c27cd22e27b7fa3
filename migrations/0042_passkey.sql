-- A passkey of a login, of which the device keeps the secret half. It signs in alone, or stands in for a code behind the password.
CREATE TABLE passkey (
    id TEXT PRIMARY KEY,
    login_id TEXT NOT NULL REFERENCES login (id) ON DELETE CASCADE,
    -- What the device calls it.
    credential_id TEXT NOT NULL,
    -- The public half and how often it has signed, as the library writes it.
    credential TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE UNIQUE INDEX passkey_credential ON passkey (credential_id);
CREATE INDEX passkey_login ON passkey (login_id, id);

-- What a passkey is asked to sign, until it has. The browser that asked has the token.
CREATE TABLE passkey_challenge (
    token_hash TEXT PRIMARY KEY,
    -- What it is for, and the session or login that it is of: it counts for nothing else.
    purpose TEXT NOT NULL,
    of_id TEXT NOT NULL,
    state TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX passkey_challenge_end ON passkey_challenge (expires_at);
