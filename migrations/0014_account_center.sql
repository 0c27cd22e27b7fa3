-- Account centers: accounts that one agency manages together. An account is in at most one: its column holds that.
CREATE TABLE account_center (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    users_opened_at BIGINT,
    created_at BIGINT NOT NULL
);

-- Who is administrator of every account of a center, present and future. The accounts hold no row for it.
CREATE TABLE executive_administrator (
    center_id TEXT NOT NULL REFERENCES account_center (id) ON DELETE CASCADE,
    login_id TEXT NOT NULL REFERENCES login (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (center_id, login_id)
);
CREATE INDEX executive_administrator_login ON executive_administrator (login_id, center_id);

ALTER TABLE account ADD COLUMN center_id TEXT REFERENCES account_center (id);
ALTER TABLE account ADD COLUMN sort_name TEXT NOT NULL DEFAULT '';
UPDATE account SET sort_name = LOWER(name);
CREATE INDEX account_of_center ON account (center_id, sort_name, id) WHERE center_id IS NOT NULL;

-- Who becomes an executive administrator with accepting an invitation: then their login is known.
CREATE TABLE executive_invitation (
    account_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    center_id TEXT NOT NULL REFERENCES account_center (id) ON DELETE CASCADE,
    PRIMARY KEY (account_id, user_id),
    FOREIGN KEY (account_id, user_id) REFERENCES "user" (account_id, id) ON DELETE CASCADE
);
CREATE INDEX executive_invitation_center ON executive_invitation (center_id, account_id, user_id);

-- Who sent an invitation, where they are in the account as executive administrator without a user.
-- No foreign key: whoever is gone invited nobody any more, and must not pass for the operator.
ALTER TABLE invitation ADD COLUMN invited_by_login TEXT;

-- Users in accounts of a center, for what is known of one person across them. Kept equal to the account's.
ALTER TABLE "user" ADD COLUMN center_id TEXT;
CREATE INDEX user_of_center ON "user" (center_id, email_canonical, account_id) WHERE center_id IS NOT NULL;

-- The people of a center, one row each, counted from their users whenever one of those changes.
CREATE TABLE center_person (
    center_id TEXT NOT NULL REFERENCES account_center (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    email_canonical TEXT NOT NULL,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    sort_name TEXT NOT NULL,
    login_id TEXT,
    accounts BIGINT NOT NULL,
    pending BIGINT NOT NULL,
    administrator BIGINT NOT NULL,
    manager BIGINT NOT NULL,
    reporting BIGINT NOT NULL,
    agent BIGINT NOT NULL,
    notification BIGINT NOT NULL,
    last_active_at BIGINT NOT NULL,
    PRIMARY KEY (center_id, id)
);
CREATE UNIQUE INDEX center_person_email ON center_person (center_id, email_canonical);
CREATE INDEX center_person_list ON center_person (center_id, sort_name, id);
CREATE INDEX center_person_administrator ON center_person (center_id, sort_name, id) WHERE administrator > 0;
CREATE INDEX center_person_manager ON center_person (center_id, sort_name, id) WHERE manager > 0;
CREATE INDEX center_person_reporting ON center_person (center_id, sort_name, id) WHERE reporting > 0;
CREATE INDEX center_person_agent ON center_person (center_id, sort_name, id) WHERE agent > 0;
CREATE INDEX center_person_notification ON center_person (center_id, sort_name, id) WHERE notification > 0;

-- What they are found by, as users are.
CREATE TABLE center_person_term (
    center_id TEXT NOT NULL,
    term TEXT NOT NULL,
    person_id TEXT NOT NULL,
    PRIMARY KEY (center_id, term, person_id),
    FOREIGN KEY (center_id, person_id) REFERENCES center_person (center_id, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX center_person_term_person ON center_person_term (center_id, person_id, term);
