-- The app that shows codes which change every half minute, of a login. The secret is not here: it is derived from the
-- installation's key and the generation, which grows whenever a new one is shown, so that earlier ones are dead.
CREATE TABLE second_factor (
    login_id TEXT PRIMARY KEY REFERENCES login (id) ON DELETE CASCADE,
    generation BIGINT NOT NULL,
    -- In which session it was shown, and when: nobody else is shown it, or can make it count.
    session_id TEXT NOT NULL,
    shown_at BIGINT NOT NULL,
    -- When a code of it was first typed; until then it counts for nothing.
    confirmed_at BIGINT,
    -- The half minute of the last code that was taken: it and all before are used up.
    last_step BIGINT NOT NULL
);

-- Codes that stand in for the app, once each.
CREATE TABLE recovery_code (
    login_id TEXT NOT NULL REFERENCES login (id) ON DELETE CASCADE,
    code_hash TEXT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (login_id, code_hash)
);

-- What somebody has who has shown everything but the code. It opens nothing but the question for it.
CREATE TABLE sign_in_ticket (
    token_hash TEXT PRIMARY KEY,
    login_id TEXT NOT NULL REFERENCES login (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sign_in_ticket_login ON sign_in_ticket (login_id);
CREATE INDEX sign_in_ticket_end ON sign_in_ticket (expires_at);
