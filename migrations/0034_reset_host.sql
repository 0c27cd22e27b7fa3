-- The own host that a reset's link was mailed with; empty: the server's. The link works there alone.
ALTER TABLE reset ADD COLUMN host TEXT NOT NULL DEFAULT '';

-- When the record of a host was last found: one that nobody answers for is not kept for ever.
ALTER TABLE brand_host ADD COLUMN proven_at BIGINT NOT NULL DEFAULT 0;
UPDATE brand_host SET proven_at = check_at - 86400000000;
