-- When a user last used a capability: noted with what was last seen of them, once a day for each. An access review
-- looks at it.
CREATE TABLE capability_use (
    account_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    capability TEXT NOT NULL,
    used_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, user_id, capability),
    FOREIGN KEY (account_id, user_id) REFERENCES "user" (account_id, id) ON DELETE CASCADE
) WITHOUT ROWID;

-- A look at who has which access. Every decision raises version: what was shown before finishing is what is done.
CREATE TABLE access_review (
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    idle_days BIGINT NOT NULL,
    started_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    watched_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    finished_by TEXT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (account_id, id)
);

-- The users it concerns as they were when it began, what was decided on each, and what became of it. A record: it says
-- who it was about when the user has long been another.
CREATE TABLE access_review_user (
    account_id TEXT NOT NULL,
    review_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    sort_name TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    user_type TEXT NOT NULL,
    agent BIGINT NOT NULL,
    status TEXT NOT NULL,
    companies BIGINT NOT NULL,
    last_active_at BIGINT NOT NULL,
    watched_at BIGINT NOT NULL,
    used TEXT NOT NULL,
    access_version BIGINT NOT NULL,
    decision TEXT NOT NULL,
    reason TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at BIGINT,
    seen_version BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    PRIMARY KEY (account_id, review_id, user_id),
    FOREIGN KEY (account_id, review_id) REFERENCES access_review (account_id, id) ON DELETE CASCADE
);
CREATE INDEX access_review_user_list ON access_review_user (account_id, review_id, sort_name, user_id);
CREATE INDEX access_review_user_open ON access_review_user (account_id, review_id, sort_name, user_id)
    WHERE decision = '';
CREATE INDEX access_review_user_change ON access_review_user (account_id, review_id, sort_name, user_id)
    WHERE decision <> '' AND decision <> 'keep';
