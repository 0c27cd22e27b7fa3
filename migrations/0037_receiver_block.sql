-- Which addresses without a user have ended an alert or a summary of an account: nothing new is set up for them.
CREATE TABLE receiver_block (
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    email_canonical TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, email_canonical)
);
