-- How many half minutes the clock of the app is ahead of ours, as its codes have shown: a code is good in its own half minute by that
-- clock alone. Apps of before begin with ours.
ALTER TABLE second_factor ADD COLUMN drift BIGINT NOT NULL DEFAULT 0;
-- The same by the last code that was typed, where it was refused for another half minute nearby: a second one like it is believed.
ALTER TABLE second_factor ADD COLUMN seen_drift BIGINT;
