-- Lists of users at any size. Every list reads a few pieces of one index, one for each type, and merges them; so its
-- price does not depend on how many users there are. Companies and terms repeat what lists need of their user.

-- The tab a user is listed on: their status, or 'gone' when they were deleted too long ago to be listed.
ALTER TABLE "user" ADD COLUMN listed TEXT NOT NULL DEFAULT '';
DROP INDEX user_by_name;
DROP INDEX user_by_activity;
UPDATE "user" SET listed = status;
CREATE INDEX user_by_name ON "user" (account_id, listed, user_type, sort_name, id);
CREATE INDEX user_by_activity ON "user" (account_id, listed, user_type, last_active_at, id);
CREATE INDEX user_deleted ON "user" (deleted_at) WHERE listed = 'deleted';

ALTER TABLE user_company ADD COLUMN listed TEXT NOT NULL DEFAULT '';
ALTER TABLE user_company ADD COLUMN user_type TEXT NOT NULL DEFAULT '';
ALTER TABLE user_company ADD COLUMN sort_name TEXT NOT NULL DEFAULT '';
DROP INDEX user_company_users;
UPDATE user_company SET
    listed = (SELECT u.listed FROM "user" u WHERE u.account_id = user_company.account_id AND u.id = user_company.user_id),
    user_type = (SELECT u.user_type FROM "user" u WHERE u.account_id = user_company.account_id AND u.id = user_company.user_id),
    sort_name = (SELECT u.sort_name FROM "user" u WHERE u.account_id = user_company.account_id AND u.id = user_company.user_id);
CREATE INDEX user_company_users ON user_company (account_id, company_id, listed, user_type, sort_name, user_id);

-- What a user is found by: every two words of the names behind each other, each with a blank behind it; a name's
-- only word; the address, and its part behind the @. Two words that are typed are then one place in the index.
CREATE TABLE user_term (
    account_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    term TEXT NOT NULL,
    listed TEXT NOT NULL,
    user_type TEXT NOT NULL,
    PRIMARY KEY (account_id, user_id, term),
    FOREIGN KEY (account_id, user_id) REFERENCES "user" (account_id, id) ON DELETE CASCADE
);
-- The words there are: pairs of those of the names, a name's only word, and address and host as they stand.
INSERT INTO user_term (account_id, user_id, term, listed, user_type)
    SELECT w.account_id, w.user_id, w.word || ' ' || o.word || ' ', u.listed, u.user_type
    FROM user_word w
    JOIN "user" u ON u.account_id = w.account_id AND u.id = w.user_id
    JOIN user_word o ON o.account_id = w.account_id AND o.user_id = w.user_id AND o.word <> w.word
    WHERE w.word <> lower(u.email) AND '@' || w.word <> substr(lower(u.email), length(u.email) - length(w.word))
      AND o.word <> lower(u.email) AND '@' || o.word <> substr(lower(u.email), length(u.email) - length(o.word));
INSERT INTO user_term (account_id, user_id, term, listed, user_type)
    SELECT w.account_id, w.user_id, w.word || ' ', u.listed, u.user_type
    FROM user_word w JOIN "user" u ON u.account_id = w.account_id AND u.id = w.user_id
    WHERE w.word <> lower(u.email) AND '@' || w.word <> substr(lower(u.email), length(u.email) - length(w.word))
      AND NOT EXISTS (SELECT 1 FROM user_term t WHERE t.account_id = w.account_id AND t.user_id = w.user_id);
INSERT INTO user_term (account_id, user_id, term, listed, user_type)
    SELECT w.account_id, w.user_id, w.word, u.listed, u.user_type
    FROM user_word w JOIN "user" u ON u.account_id = w.account_id AND u.id = w.user_id
    WHERE w.word = lower(u.email) OR '@' || w.word = substr(lower(u.email), length(u.email) - length(w.word));
-- The words of deleted users were not kept: they are found by the beginning of their name, and by their address.
INSERT INTO user_term (account_id, user_id, term, listed, user_type)
    SELECT account_id, id, sort_name || ' ', listed, user_type FROM "user" WHERE status = 'deleted';
INSERT INTO user_term (account_id, user_id, term, listed, user_type)
    SELECT account_id, id, lower(email), listed, user_type FROM "user" WHERE status = 'deleted';
CREATE INDEX user_term_list ON user_term (account_id, listed, user_type, term, user_id);
DROP TABLE user_word;
