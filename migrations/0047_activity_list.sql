-- What somebody did, and what was done to them or to a company, is looked for in the activity (A-05). New subjects have new ids, which
-- stand on one page for all accounts.
CREATE INDEX activity_by_actor ON activity (account_id, actor_id, id);
CREATE INDEX activity_by_subject ON activity (subject_id, account_id, id);
