-- What programs see of accounts, companies and users.

-- The account as nine digits, for programs that keep numbers. Those that are there already get one that is no other's, as the
-- step has no divisor in common with the range.
ALTER TABLE account ADD COLUMN number BIGINT NOT NULL DEFAULT 0;
UPDATE account SET number = 100000000 + ((SELECT COUNT(*) FROM account b WHERE b.id < account.id) * 48271 + 12345) % 900000000;
CREATE UNIQUE INDEX account_number ON account (number);

-- What programs set of a company. When one was disabled was not kept: the moment it was made stands for it.
ALTER TABLE company ADD COLUMN disabled_at BIGINT;
UPDATE company SET disabled_at = created_at WHERE disabled = 1;
ALTER TABLE company ADD COLUMN callscore_enabled BIGINT NOT NULL DEFAULT 0;
ALTER TABLE company ADD COLUMN callscribe_enabled BIGINT NOT NULL DEFAULT 0;
ALTER TABLE company ADD COLUMN external_form_capture BIGINT NOT NULL DEFAULT 0;
ALTER TABLE company ADD COLUMN swap_ppc_override BIGINT NOT NULL DEFAULT 0;
ALTER TABLE company ADD COLUMN swap_landing_override TEXT;
ALTER TABLE company ADD COLUMN swap_cookie_duration BIGINT NOT NULL DEFAULT 6;
ALTER TABLE company ADD COLUMN swap_cookie_duration_unit TEXT NOT NULL DEFAULT 'months'
    CHECK (swap_cookie_duration_unit IN ('months', 'weeks', 'days'));

-- Users in the order they were made.
CREATE INDEX user_made ON "user" (account_id, id) WHERE status <> 'deleted';
