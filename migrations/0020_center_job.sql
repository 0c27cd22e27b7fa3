-- Jobs of an account center, which are done in several of its accounts. As in the activity, account_id is the center's id
-- there: it is of whom the job is, and no key to the accounts any more.
DROP INDEX job_turn;
DROP INDEX job_end;
ALTER TABLE job RENAME TO job_before;
CREATE TABLE job (
    account_id TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    -- Who began it: a user, or by their login an executive administrator without one, and everybody at a center.
    user_id TEXT,
    login_id TEXT,
    network TEXT NOT NULL,
    request_id TEXT NOT NULL,
    total BIGINT NOT NULL,
    created BIGINT NOT NULL,
    already BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, user_id) REFERENCES "user" (account_id, id) ON DELETE CASCADE
);
INSERT INTO job (account_id, id, kind, state, user_id, login_id, network, request_id, total, created, already, refused,
                 created_at, finished_at)
    SELECT account_id, id, kind, state, user_id, login_id, network, request_id, total, created, already, refused,
           created_at, finished_at FROM job_before;
DROP TABLE job_before;
CREATE INDEX job_turn ON job (id) WHERE state = 'running';
CREATE INDEX job_end ON job (finished_at) WHERE finished_at IS NOT NULL;

-- A row and what became of it: as a whole, by the part 0, and at a center in each account that it names. There, the
-- part 0 has all rows of one person until they are done.
DROP INDEX job_item_waiting;
ALTER TABLE job_item RENAME TO job_item_before;
CREATE TABLE job_item (
    account_id TEXT NOT NULL,
    job_id TEXT NOT NULL,
    n BIGINT NOT NULL,
    part BIGINT NOT NULL,
    -- The account that it was done in, where it is of a center's job.
    done_in TEXT,
    input TEXT NOT NULL,
    fate TEXT NOT NULL,
    user_id TEXT,
    reasons TEXT NOT NULL,
    PRIMARY KEY (account_id, job_id, n, part)
);
INSERT INTO job_item (account_id, job_id, n, part, input, fate, user_id, reasons)
    SELECT account_id, job_id, n, 0, '[[' || n || ',' || SUBSTR(input, 2, LENGTH(input) - 2) || ',""]]', fate, user_id,
           reasons FROM job_item_before;
DROP TABLE job_item_before;
CREATE INDEX job_item_waiting ON job_item (account_id, job_id, n) WHERE fate = 'waiting';
