-- Access that ends by itself, the choice of freely changing types, and what was changed and can be undone.
-- Every change of a user's access raises access_version: what was confirmed is what is done, or nothing is.
ALTER TABLE "user" ADD COLUMN access_version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "user" ADD COLUMN ends_at BIGINT;
ALTER TABLE "user" ADD COLUMN end_told_at BIGINT;
CREATE INDEX user_end ON "user" (ends_at) WHERE ends_at IS NOT NULL AND status = 'active';

ALTER TABLE account ADD COLUMN free_types BIGINT NOT NULL DEFAULT 0;

-- An administrator whose access ends by itself is none that an account can be left with.
DROP INDEX user_administrators;
CREATE INDEX user_administrators ON "user" (account_id, id)
    WHERE user_type = 'administrator' AND status = 'active' AND ends_at IS NULL;

-- What a user's access was before and after a change, for undoing it within 30 days.
CREATE TABLE access_change (
    account_id TEXT NOT NULL,
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    before_access TEXT NOT NULL,
    after_access TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    undone_at BIGINT,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, user_id) REFERENCES "user" (account_id, id) ON DELETE CASCADE
);
CREATE INDEX access_change_user ON access_change (account_id, user_id, id);
CREATE INDEX access_change_end ON access_change (created_at);
