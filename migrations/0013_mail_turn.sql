-- Accounts take turns at the outbox: the next one with a mail is found by its id, and of its mails the oldest.
CREATE INDEX mail_turn ON mail (account_id, run_at) WHERE state = 'queued';
