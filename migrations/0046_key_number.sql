-- Which key of the installation something was made with that a person, a device, a mailbox or a name server has by now, and that
-- can't be made anew with another: keys are numbered from 1 on, as they replace each other.
ALTER TABLE second_factor ADD COLUMN key_number BIGINT NOT NULL DEFAULT 1;
ALTER TABLE passkey ADD COLUMN key_number BIGINT NOT NULL DEFAULT 1;
ALTER TABLE push_device ADD COLUMN key_number BIGINT NOT NULL DEFAULT 1;
ALTER TABLE mail ADD COLUMN key_number BIGINT NOT NULL DEFAULT 1;
ALTER TABLE brand_host ADD COLUMN key_number BIGINT NOT NULL DEFAULT 1;
