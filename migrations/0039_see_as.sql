-- Whether administrators of an account may see it as one of its users does.
ALTER TABLE account ADD COLUMN see_as BIGINT NOT NULL DEFAULT 1;

-- The times that somebody did. Meanwhile their session has a token that nobody knows, and the browser has this row's, which is
-- no session's: it opens the account as the user for who reads, and gives the session a new token. `viewer_…` and `user_…`
-- are what both people's access rested on when it began; since when they are executive administrators is null where they are
-- none. The row stays a while, as the user sees who saw the account as them.
CREATE TABLE see_as (
    account_id TEXT NOT NULL,
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    user_version BIGINT NOT NULL,
    user_since BIGINT,
    viewer_login_id TEXT NOT NULL,
    viewer_user_id TEXT,
    viewer_name TEXT NOT NULL,
    viewer_version BIGINT NOT NULL,
    viewer_since BIGINT,
    reason TEXT NOT NULL,
    session_id TEXT NOT NULL,
    token_hash TEXT,
    started_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, user_id) REFERENCES "user" (account_id, id) ON DELETE CASCADE
);
CREATE INDEX see_as_token ON see_as (token_hash) WHERE token_hash IS NOT NULL;
CREATE INDEX see_as_of_user ON see_as (account_id, user_id, id);
CREATE INDEX see_as_open ON see_as (ends_at) WHERE ended_at IS NULL;
CREATE INDEX see_as_open_of_account ON see_as (account_id, id) WHERE ended_at IS NULL;
CREATE INDEX see_as_over ON see_as (ended_at) WHERE ended_at IS NOT NULL;
