//! No statement reaches rows of more than one account.

use std::collections::BTreeSet;

use crate::support::{Exceptions, Sqlite, assert_only_excepted, named_tables, statements, words};

/// Statements that may name a tenant table without an account: what a person does across their accounts, and the
/// system's own sweeps.
const WITHOUT_ACCOUNT: &Exceptions = &[
    (
        "activity/seal.rs",
        "FROM activity WHERE seq IS NULL AND (id, account_id) > ($1, $2)",
        "sealing takes new entries of every account",
    ),
    (
        "activity/verify.rs",
        "FROM activity WHERE seq IS NULL AND (id, account_id) > ($1, $2)",
        "checking looks at what sealing has before it",
    ),
    ("activity/verify.rs", "FROM activity_head WHERE account_id > $1", "checking walks from chain to chain"),
    ("activity/verify.rs", "FROM activity WHERE account_id > $1", "checking walks from account to account"),
    (
        "key_change.rs",
        "FROM single_sign_on WHERE account_id > $1",
        "when the key is replaced the secrets of every account are sealed anew",
    ),
    (
        "key_change.rs",
        "FROM mail WHERE id > $1 AND key_number <> $3",
        "mails that can be sent are counted before an older key is forgotten",
    ),
    (
        "key_change/links.rs",
        "FROM invitation
                     WHERE (account_id, id) > ($1, $2)",
        "when an older key is forgotten its links end in every account",
    ),
    (
        "access_change.rs",
        "DELETE FROM access_change WHERE created_at <= $1",
        "the worker forgets what is old",
    ),
    (
        "access_change.rs",
        "WHERE ends_at <= $1 AND status = 'active'",
        "the worker ends access in every account",
    ),
    ("login.rs", "WHERE u.login_id = $1 AND u.status = 'active' AND (u.ends_at", "a person's own accounts"),
    (
        "api_key/own.rs",
        "WHERE k.login_id = $1 AND (k.only_account_id = u.account_id",
        "the accounts of a person's own keys, as far as they are in them",
    ),
    (
        "api_key/own.rs",
        "WHERE k.id = $1 AND k.login_id = $2",
        "the account that a person's own key is for, as far as they are in it",
    ),
    (
        "api_key/own.rs",
        "WHERE kc.api_key_id {in $1}",
        "the companies of a person's own keys, as far as they have them",
    ),
    (
        "api_key/ending.rs",
        "WHERE k.end_told_at IS NULL AND k.expires_at > $1",
        "the worker looks whether the owners of keys that will end can use them anywhere",
    ),
    ("pass/key.rs", "WHERE k.token_hash = $1", "a program's own key names the account that it is for"),
    ("account_center.rs", "u.ends_at IS NULL AND a.center_id IS NULL", "the accounts a person could link"),
    (
        "account_center.rs",
        "SELECT k.id, k.name FROM account_center k",
        "the centers of a person's own accounts",
    ),
    (
        "user/own.rs",
        "AND u.account_id > $3 ORDER BY u.account_id LIMIT $4",
        "a person's own map of access, over all their accounts",
    ),
    (
        "user/own.rs",
        "WHERE u.login_id = $1 AND u.status <> 'deleted' ORDER BY u.account_id",
        "a person's own users, whose address changes with their login's",
    ),
    (
        "login_merge/made.rs",
        "WHERE u.login_id = $1 ORDER BY u.account_id, u.id",
        "a person's own users, who move with their login",
    ),
    (
        "login_merge/made.rs",
        "WHERE m.login_merge_id = $1 ORDER BY m.account_id, m.user_id",
        "the users that a person's own merge has moved",
    ),
    (
        "login_merge/made.rs",
        "DELETE FROM login_merge_user WHERE login_merge_id = $1",
        "the worker forgets what is old",
    ),
    (
        "access_request.rs",
        "LEFT JOIN access_request q ON q.login_id = a.login_id",
        "a person's own requests, and how they were answered",
    ),
    (
        "access_request.rs",
        "DELETE FROM access_request WHERE login_id = $1 AND id = $2",
        "a person gives up their own request",
    ),
    (
        "access_request.rs",
        "WHERE l.email_canonical = $1 AND u.account_id <> here.id",
        "whether somebody has a place in another account, and nothing else of it",
    ),
    (
        "access_request.rs",
        "WHERE u.account_id = a.id AND u.login_id = $2 AND u.status <> 'deleted')",
        "the worker looks which account is asked for, and whether the person is in it",
    ),
    (
        "access_request.rs",
        "DELETE FROM access_request WHERE login_id = $1 AND state = 'open'",
        "a person's own requests end with their login",
    ),
    (
        "access_request.rs",
        "DELETE FROM access_request WHERE expires_at <= $1",
        "the worker forgets what has expired",
    ),
    (
        "bundle.rs",
        "INSERT INTO bundle",
        "which account sends the mail of a bundle is asked of its other users",
    ),
    ("bundle.rs", "AND i.accepted_at IS NULL AND i.expires_at > $2", "a person's own bundle, for its mail"),
    ("bundle.rs", "AND b.invitation_id IS NULL AND (u.ends_at", "a person's own bundle, for its mail"),
    (
        "pass/bundle.rs",
        "WHERE m.bundle_id = $3",
        "a person's own invitations, opened by the link of all of them",
    ),
    ("login.rs", "d.center_id = here.center_id", "who is known in the center of the account of the pass"),
    ("mail.rs", "WHERE account_id > $2 AND state = 'queued'", "the worker sends for every account in turn"),
    ("push.rs", "WHERE account_id > $2 AND +run_at", "the worker sends for every account in turn"),
    (
        "device.rs",
        "JOIN brand w ON w.account_id = b.owner_id",
        "whether the own host of a device is served still",
    ),
    ("mail.rs", "FROM mail WHERE id < $1 ORDER BY id DESC", "the operator's list of mails"),
    (
        "mail.rs",
        "FROM mail WHERE id < $1 AND state IN",
        "the operator's list of mails that were not delivered",
    ),
    (
        "mail/suppression.rs",
        "DELETE FROM mail_suppression WHERE created_at <= $1",
        "the worker forgets what is old",
    ),
    ("mail.rs", "FROM mail WHERE id = $1", "the operator's view of one mail"),
    (
        "reset.rs",
        "WHERE u.login_id = $1 AND u.status = 'active' AND (u.ends_at IS NULL",
        "whether a person has a place in any account",
    ),
    (
        "user/grants.rs",
        "u.login_id WHERE u.id = $1",
        "the operator's `explain` names a user, and learns the account from it",
    ),
    (
        "user/terms.rs",
        "WHERE listed = 'deleted' AND deleted_at <= $1",
        "the worker takes long-deleted users of every account off the lists",
    ),
    (
        "job/work.rs",
        "WHERE state = 'running' AND id > $1",
        "the worker goes through the jobs of every account in turn",
    ),
    ("job/work.rs", "WHERE finished_at IS NOT NULL AND finished_at <= $1", "the worker forgets what is old"),
    (
        "pass/directory.rs",
        "WHERE t.token_hash = $1",
        "a directory's own token names the account that it opens",
    ),
    ("pass/see_as.rs", "WHERE v.token_hash = $1", "a browser's own token names the account that it opens"),
    (
        "see_as.rs",
        "WHERE v.ended_at IS NULL AND v.ends_at <= $1",
        "the worker notes what is over in every account",
    ),
    (
        "see_as.rs",
        "WHERE u.login_id = $1 AND u.status <> 'deleted' ORDER BY v.started_at DESC",
        "who has seen a person's own accounts as them",
    ),
    ("see_as.rs", "DELETE FROM see_as WHERE ended_at IS NOT NULL", "the worker forgets what is old"),
    (
        "session.rs",
        "SELECT session_id FROM see_as WHERE token_hash = $1",
        "the session that waits for a browser's own token ends with it",
    ),
    (
        "temporary_password/sign_in.rs",
        "GROUP BY password_hash",
        "whoever signs in has no account yet: what they type is looked for in every one",
    ),
    (
        "pass/temporary_password.rs",
        "WHERE t.email_canonical = $3 AND t.password_hash = $4",
        "the invitations of one address that one temporary password was set for",
    ),
    (
        "temporary_password.rs",
        "o.email_canonical = t.email_canonical",
        "in how many other accounts the same one was set, for its mail",
    ),
    (
        "temporary_password.rs",
        "WHERE account_id IN (SELECT a.id FROM account a WHERE a.center_id = $1)",
        "a center switches them off in its accounts",
    ),
    (
        "temporary_password/sign_in.rs",
        "SET password_hash = '', ticket_hash = NULL WHERE email_canonical = $1",
        "an address that gets a login needs none any more, whoever set it",
    ),
    (
        "temporary_password.rs",
        "DELETE FROM temporary_password WHERE expires_at <= $1",
        "the worker forgets what has expired",
    ),
    (
        "brand/look.rs",
        "JOIN brand b ON b.account_id = h.owner_id",
        "a request names a host before anybody is known; the account is what is found by it",
    ),
    ("brand/look.rs", "COUNT(b.live)", "who a mail to a login speaks for, of all its accounts"),
    (
        "brand/host.rs",
        "u.account_id <> $1 AND u.status <> 'deleted'",
        "whether an address signs in elsewhere, and nothing else of it",
    ),
    (
        "single_sign_on.rs",
        "DELETE FROM single_sign_on_identity WHERE login_id = $1",
        "what else signs a person in ends with their password",
    ),
    (
        "single_sign_on.rs",
        "DELETE FROM single_sign_on_visit WHERE login_id = $1",
        "what else signs a person in ends with their password",
    ),
    (
        "single_sign_on.rs",
        "DELETE FROM single_sign_on_visit WHERE expires_at <= $1",
        "the worker forgets what has expired",
    ),
    ("lead_event.rs", "FROM lead_event WHERE happened_at <= $1", "the worker forgets what is old"),
    (
        "summary_issue.rs",
        "FROM summary_plan
             WHERE due_at <= $1 AND (due_at,",
        "the worker sends what is due in every account",
    ),
    ("summary_issue.rs", "FROM summary_issue WHERE created_at <= $1", "the worker forgets what is old"),
    ("mail.rs", "SELECT run_at FROM mail WHERE state = 'queued'", "how long the worker may sleep"),
];

/// What of a statement is not bound to an account or an account center. Each tenant table that it names must be: by
/// `account_id = $n` or `center_id = $n` of its own, or by that of a table it is joined to. An `INSERT` binds the columns it names.
fn unbound(sql: &str, tenants: &BTreeSet<String>) -> Option<String> {
    let text = sql.replace(['(', ')', ',', '"'], " ");
    let tokens: Vec<&str> = text.split_whitespace().collect();
    let inserts = tokens.first() == Some(&"INSERT") && words(sql).contains(&"account_id");
    let is_plain = |pair: &&[&str]| {
        matches!(pair[0], "account_id" | "center_id") && (pair[1] == "{in" || pair[1] == "=")
    };
    let mut plain = tokens.windows(2).filter(is_plain).count();
    let bound = bound_aliases(&tokens);
    for (table, alias) in named_tables(sql, tenants).into_iter().skip(usize::from(inserts)) {
        // What follows a table without alias is a word of SQL.
        let has_alias = alias.contains(|c: char| c.is_ascii_lowercase());
        let is_bound = if has_alias { bound.contains(&alias) } else { plain > 0 };
        plain -= usize::from(!has_alias && is_bound);
        if !is_bound {
            return Some(format!("no account_id is bound for {table} {alias}"));
        }
    }
    None
}

/// The aliases whose `account_id` is a parameter, or is equal to one that is, or to the id of an account of the center
/// that is a parameter: who has a center's pass has its accounts.
fn bound_aliases(tokens: &[&str]) -> BTreeSet<String> {
    let of_center = |token: &str| {
        let alias = token.strip_suffix(".id")?;
        let is_bound = |place: &[&str]| {
            place[0].strip_suffix(".center_id") == Some(alias) && place[1] == "=" && place[2].starts_with('$')
        };
        tokens.windows(3).any(is_bound).then(|| token.to_owned())
    };
    let alias = |token: &str| {
        let own = token.strip_suffix(".account_id").or_else(|| token.strip_suffix(".center_id"));
        own.map(str::to_owned).or_else(|| of_center(token))
    };
    let mut bound: BTreeSet<String> = tokens.iter().copied().filter_map(of_center).collect();
    loop {
        let before = bound.len();
        for place in tokens.windows(3) {
            let (one, sign, other) = (alias(place[0]), place[1], alias(place[2]));
            let is_known = |name: &Option<String>| name.as_ref().is_some_and(|name| bound.contains(name));
            match sign {
                "{in" => bound.extend(one),
                "=" if place[2].starts_with('$') || is_known(&other) => bound.extend(one),
                "=" if is_known(&one) => bound.extend(other),
                _ => {}
            }
        }
        if bound.len() == before {
            return bound;
        }
    }
}

/// Seen to fail: with `account_id` left out of `user::find`, and left out of the outer statement of
/// `company::list_own`, of `access_change::update_access`, and of a joined table in `pass::place::load`.
#[test]
fn tenant_rows_are_reached_through_their_account() {
    let tenants = Sqlite::migrated().tenant_tables();
    let breaking = statements().into_iter().filter_map(|stmt| Some((stmt, unbound(stmt.sql, &tenants)?)));
    assert_only_excepted("names a tenant table", &breaking.collect::<Vec<_>>(), WITHOUT_ACCOUNT);
}
