-- From when everybody needs a second factor here; null where nobody does. A center's holds in all its accounts.
ALTER TABLE account ADD COLUMN second_factor_from BIGINT;
ALTER TABLE account_center ADD COLUMN second_factor_from BIGINT;

-- When the person of a session last showed all that they sign in with: what is dangerous asks for it again after a while.
ALTER TABLE session ADD COLUMN proven_at BIGINT NOT NULL DEFAULT 0;
