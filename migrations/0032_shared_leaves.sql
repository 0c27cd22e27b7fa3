-- What a write costs is the pages it touches. An index that begins with the account has a page of its own for each account. Where
-- ids tell rows apart by themselves and nothing is listed in the index's order, the id comes first: ids grow with time, so that
-- what many accounts write at the same moment stands on the same page.
DROP INDEX user_term_user;
CREATE INDEX user_term_user ON user_term (user_id, account_id, term);
DROP INDEX mail_subject;
CREATE INDEX mail_subject ON mail (subject_id, account_id, id);
DROP INDEX activity_unsealed;
CREATE INDEX activity_unsealed ON activity (id, account_id) WHERE seq IS NULL;

-- Who is invited was never here, and is listed by name alone.
DROP INDEX user_by_activity;
CREATE INDEX user_by_activity ON "user" (account_id, listed, user_type, last_active_at, id) WHERE listed <> 'pending';
