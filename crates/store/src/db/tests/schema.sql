-- What the seam's tests need; it's no part of the product.
CREATE TABLE counter (
    id TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL CONSTRAINT counter_positive CHECK (value >= 0)
);
CREATE TABLE seat (
    account_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT,
    code TEXT,
    counter_id TEXT REFERENCES counter (id),
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX seat_name ON seat (account_id, name);
CREATE UNIQUE INDEX seat_email ON seat (account_id, email) WHERE email IS NOT NULL;
CREATE UNIQUE INDEX seat_lower ON seat (account_id, lower(code));
