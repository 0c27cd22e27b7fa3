-- The executive administrators who had the account when a review of its access began. They have no row among its users,
-- and nothing is decided on them there: they are ended at the account center. user_id is their user in the account; empty
-- where they had none.
CREATE TABLE access_review_executive (
    account_id TEXT NOT NULL,
    review_id TEXT NOT NULL,
    login_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    since BIGINT NOT NULL,
    acted_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, review_id, login_id),
    FOREIGN KEY (account_id, review_id) REFERENCES access_review (account_id, id) ON DELETE CASCADE
);

-- When somebody last did something in an account without being its user. Few entries are of such people.
CREATE INDEX activity_of_login ON activity (account_id, actor_id, at) WHERE actor_kind = 'login' AND account_id <> '';
