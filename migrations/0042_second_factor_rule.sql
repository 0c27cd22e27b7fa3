-- From when everybody needs a second factor here; null where nobody does. A center's holds in all its accounts.
ALTER TABLE account ADD COLUMN second_factor_from BIGINT;
ALTER TABLE account_center ADD COLUMN second_factor_from BIGINT;
