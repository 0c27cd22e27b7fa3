-- Users of one person that were made at once in several accounts of an account center. They are told by one mail, which
-- one of the accounts sends, and the link in it opens all of the bundle's invitations that are still those that it was
-- made of: one that was sent again, replaced or revoked since is another, or none.
CREATE TABLE bundle (
    account_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    bundle_id TEXT NOT NULL,
    -- NULL for who was let in at once, with the login that they had.
    invitation_id TEXT,
    mailed_in TEXT NOT NULL,
    given_by TEXT NOT NULL,
    PRIMARY KEY (account_id, user_id),
    FOREIGN KEY (account_id, user_id) REFERENCES "user" (account_id, id) ON DELETE CASCADE
);
CREATE INDEX bundle_members ON bundle (bundle_id, account_id);
