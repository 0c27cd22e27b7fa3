-- Who wants no invitations from an account: the address they went to, whichever user it is invited as.
CREATE TABLE invitation_block (
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    email_canonical TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, email_canonical)
);
