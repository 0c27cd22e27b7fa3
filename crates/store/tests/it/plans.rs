//! No statement reads through a whole tenant table. Reading through a queue, a partial index that is not unique, is
//! another matter: it holds just the rows that the statement is after. A partial unique index leaves out a few only.

use crate::support::{Exceptions, Sqlite, assert_only_excepted, named_tables, statements};

/// Statements that may. This list may only shrink.
const MAY_SCAN: &Exceptions = &[];

/// Seen to fail: with `account_id = $1` left out of `company::list_own`, and with `(account_id = $1 OR $1 = '')` for it
/// in `user::find_by_email`.
#[test]
fn no_tenant_table_is_scanned() {
    let sqlite = Sqlite::migrated();
    let tenants = sqlite.tenant_tables();
    let queues = "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql LIKE 'CREATE INDEX % WHERE %'";
    let queues = sqlite.texts(queues, &[]);
    let mut breaking = Vec::new();
    for stmt in statements() {
        // What does not prepare is told by the statements' own test.
        let Ok(mut explained) =
            sqlite.connection.prepare(&format!("EXPLAIN QUERY PLAN {}", stmt.sqlite().unwrap()))
        else {
            continue;
        };
        // Parameters that are not bound are NULL.
        let steps: Vec<String> =
            explained.raw_query().mapped(|row| row.get("detail")).collect::<Result<_, _>>().unwrap();
        let named = named_tables(stmt.sql, &tenants);
        let is_tenant = |name: &str| named.iter().any(|(table, alias)| table == name || alias == name);
        let scanned =
            |step: &str| step.strip_prefix("SCAN ").and_then(|s| s.split(' ').next()).is_some_and(is_tenant);
        let in_part = |step: &str| queues.iter().any(|name| step.ends_with(&format!(" INDEX {}", name[0])));
        let scans = |step: &&String| scanned(step) && !in_part(step);
        if let Some(step) = steps.iter().find(scans) {
            breaking.push((stmt, step.clone()));
        }
    }
    assert_only_excepted("reads a whole tenant table", &breaking, MAY_SCAN);
}
