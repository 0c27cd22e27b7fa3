-- The provider that an account's people may sign in by, one for each account. `id` changes with the provider: whoever is
-- known to the one before is nobody to the next, and a session by it ends. `secret` is sealed with a key that follows from the
-- installation's (decision 0032).
CREATE TABLE single_sign_on (
    account_id TEXT NOT NULL PRIMARY KEY REFERENCES account (id),
    id TEXT NOT NULL,
    issuer TEXT NOT NULL,
    client_id TEXT NOT NULL,
    secret TEXT NOT NULL,
    authorize_url TEXT NOT NULL,
    token_url TEXT NOT NULL,
    keys_url TEXT NOT NULL,
    names_itself BIGINT NOT NULL,
    by_header BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Whom a provider knows by a subject, and which login that is in this account. An address is none of it.
CREATE TABLE single_sign_on_identity (
    account_id TEXT NOT NULL REFERENCES account (id),
    single_sign_on_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    login_id TEXT NOT NULL REFERENCES login (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, single_sign_on_id, subject)
);
CREATE UNIQUE INDEX single_sign_on_identity_login ON single_sign_on_identity (account_id, login_id);
CREATE INDEX single_sign_on_identity_of_login ON single_sign_on_identity (login_id);

-- Who was sent to a provider and is expected back, once. With a login, it is to be linked; without one, somebody signs in, and
-- goes on to the page `next`. `asks_anew`: the provider was to ask who it is, whoever it knew already.
CREATE TABLE single_sign_on_visit (
    account_id TEXT NOT NULL REFERENCES account (id),
    token_hash TEXT NOT NULL,
    single_sign_on_id TEXT NOT NULL,
    login_id TEXT REFERENCES login (id) ON DELETE CASCADE,
    next TEXT NOT NULL,
    asks_anew BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, token_hash)
);
CREATE INDEX single_sign_on_visit_expires ON single_sign_on_visit (expires_at);
CREATE INDEX single_sign_on_visit_login ON single_sign_on_visit (login_id);

-- A session by a provider: of which one. Its token is of no use elsewhere by what it is stored as; this is to find it again.
ALTER TABLE session ADD COLUMN single_sign_on_id TEXT;
CREATE INDEX session_single_sign_on ON session (single_sign_on_id) WHERE single_sign_on_id IS NOT NULL;

-- Whether the account's people must come by its provider, and which of its administrators may go on with a password.
ALTER TABLE account ADD COLUMN single_sign_on_required BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "user" ADD COLUMN keeps_password BIGINT NOT NULL DEFAULT 0;
