//! No statement reaches rows of more than one account.

use crate::support::{Exceptions, Sqlite, assert_only_excepted, named_tables, statements, words};

/// Statements that may name a tenant table without an account: what a person does across their accounts, and the
/// system's own sweeps.
const WITHOUT_ACCOUNT: &Exceptions = &[
    (
        "activity/seal.rs",
        "FROM activity WHERE seq IS NULL AND (account_id, id) > ($1, $2)",
        "sealing takes new entries of every account",
    ),
    ("activity/verify.rs", "FROM activity_head WHERE account_id > $1", "checking walks from chain to chain"),
    ("activity/verify.rs", "FROM activity WHERE account_id > $1", "checking walks from account to account"),
    (
        "login.rs",
        "WHERE u.login_id = $1 AND u.status = 'active' AND u.account_id > $2",
        "a person's own accounts",
    ),
    (
        "mail.rs",
        "UPDATE mail SET lease_until = $2, attempts = attempts + 1",
        "the worker sends for every account",
    ),
    ("mail.rs", "FROM mail WHERE id < $1 ORDER BY id DESC", "the operator's list of mails"),
    ("mail.rs", "FROM mail WHERE id = $1", "the operator's view of one mail"),
    (
        "user/grants.rs",
        "FROM \"user\" WHERE id = $1",
        "the operator's `explain` names a user, and learns the account from it",
    ),
    ("mail.rs", "SELECT run_at FROM mail WHERE state = 'queued'", "how long the worker may sleep"),
];

/// True for `account_id = $n`, `account_id {in $n}` and an `INSERT` that names the column.
fn binds_account(sql: &str) -> bool {
    let text = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    let bound = ["account_id = $", "account_id {in $"].iter().any(|part| text.contains(part));
    let inserted = words(sql).first() == Some(&"INSERT")
        && text
            .split_once('(')
            .and_then(|(_, rest)| rest.split_once(')'))
            .is_some_and(|(columns, _)| words(columns).contains(&"account_id"));
    bound || inserted
}

#[test]
fn tenant_rows_are_reached_through_their_account() {
    let tenants = Sqlite::migrated().tenant_tables();
    let names_tenants = |sql: &str| !named_tables(sql, &tenants).is_empty();
    let breaking =
        statements().into_iter().filter(|stmt| names_tenants(stmt.sql) && !binds_account(stmt.sql));
    let breaking: Vec<_> = breaking.map(|stmt| (stmt, "no account_id is bound".to_owned())).collect();
    assert_only_excepted("names a tenant table", &breaking, WITHOUT_ACCOUNT);
}
