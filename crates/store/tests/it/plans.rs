//! No statement reads through a whole table. Reading through a queue, a partial index that holds just the rows that the
//! statement is after, is another matter; any other partial index leaves out a few rows only.

use std::collections::BTreeSet;

use store::db::{POSTGRES_MODES, Stmt};

use crate::support::{Exceptions, Postgres, Sqlite, assert_only_excepted, named_tables, statements};

/// Statements that may. This list may only shrink.
const MAY_SCAN: &Exceptions = &[
    ("account.rs", "SELECT id FROM account ORDER BY id LIMIT 1", "the first row is all there is to read"),
    (
        "installation.rs",
        "SELECT id FROM account ORDER BY id LIMIT 1",
        "the first row is all there is to read",
    ),
    ("pass/link.rs", "SELECT id FROM account ORDER BY id LIMIT 1", "the first row is all there is to read"),
    ("reset.rs", "FROM reset_request ORDER BY id LIMIT $1", "the worker takes from a table that is a queue"),
];

/// Tables with a handful of rows, however large the installation is.
const SMALL: [&str; 2] = ["installation", "migration"];

/// Indexes of rows that wait for the worker, and are there no more when it has been there.
const QUEUES: [&str; 9] = [
    "brand_host_check",
    "account_people",
    "activity_unsealed",
    "access_ask_waits",
    "job_turn",
    "mail_queue",
    "mail_turn",
    "user_deleted",
    "user_end",
];

/// How many rows each table is given: enough that PostgreSQL reads through none that it can do without.
const ROWS: u32 = 3_000;

/// The step that reads through something, as SQLite tells it.
fn scan_on_sqlite(sqlite: &Sqlite, tables: &BTreeSet<String>, stmt: &Stmt) -> Option<String> {
    // What does not prepare is told by the statements' own test.
    let explain = format!("EXPLAIN QUERY PLAN {}", stmt.sqlite().unwrap());
    let mut explained = sqlite.connection.prepare(&explain).ok()?;
    // Parameters that are not bound are NULL.
    let steps = explained.raw_query().mapped(|row| row.get::<_, String>("detail"));
    let steps: Vec<String> = steps.collect::<Result<_, _>>().unwrap();
    let named = named_tables(stmt.sql, tables);
    let is_table = |name: &str| named.iter().any(|(table, alias)| table == name || alias == name);
    let in_queue = |step: &str| QUEUES.iter().any(|queue| step.ends_with(&format!(" INDEX {queue}")));
    let scanned = |step: &String| {
        let name = step.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next());
        name.is_some_and(|name| is_table(name) && !in_queue(step))
    };
    steps.iter().find(|step| scanned(step)).cloned()
}

/// Seen to fail: with `account_id = $1` left out of `company::list_own`, with `(account_id = $1 OR $1 = '')` for it
/// in `user::find_by_email`, with `(center_id = $1 OR $1 <> '')` in the lists of `center_person`, and without the index
/// `reset_end`.
#[test]
fn no_table_is_scanned_on_sqlite() {
    let sqlite = Sqlite::migrated();
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table'";
    let tables = sqlite.texts(tables, &[]).into_iter().flatten();
    let tables = tables.filter(|name| !SMALL.contains(&name.as_str())).collect();
    let scans = |stmt| Some((stmt, scan_on_sqlite(&sqlite, &tables, stmt)?));
    let scans = statements().into_iter().filter_map(scans);
    assert_only_excepted("reads a whole table", &scans.collect::<Vec<_>>(), MAY_SCAN);
}

/// Fills every table: each row has values of its own, and what refers to another table is in it. Of what may be missing
/// every other row has none, so that no partial index is empty.
fn fill(postgres: &mut Postgres) {
    let columns = "SELECT table_name::text, column_name::text, data_type::text, is_nullable::text
                   FROM information_schema.columns WHERE table_schema = 'public'
                   ORDER BY table_name, ordinal_position";
    let columns = postgres.texts(columns);
    let tables: BTreeSet<&str> = columns.iter().map(|row| row[0].as_str()).collect();
    // Rows of any table may come first.
    let mut sql = "SET session_replication_role = replica;".to_owned();
    for table in tables.into_iter().filter(|table| !SMALL.contains(table)) {
        let of_table = || columns.iter().filter(|row| row[0] == table);
        let value = |row: &Vec<String>| {
            let value = match (row[1].as_str(), row[2].as_str()) {
                ("state", _) if table == "access_request" => "'open'",
                ("status", _) if table == "user" => "'active'",
                ("kind", _) if table == "lead_event" => "'text'",
                ("frequency", _) => "'daily'",
                ("default_type", _) => "'manager'",
                ("alert_type", _) => "'all'",
                ("lead_status", _) => "'All'",
                ("swap_cookie_duration_unit", _) => "'months'",
                ("user_type", _) => "CASE WHEN i % 2 = 0 THEN 'administrator' ELSE 'manager' END",
                (_, "bigint") => "i",
                _ => "'K' || i",
            };
            // Where there is no user there is an address.
            let is_instead =
                ["notification", "summary_email"].contains(&table) && row[1].starts_with("email");
            let odd = u8::from(!is_instead);
            if row[3] == "YES" {
                format!("CASE WHEN i % 2 = {odd} THEN {value} END")
            } else {
                value.to_owned()
            }
        };
        let names: Vec<String> = of_table().map(|row| format!("\"{}\"", row[1])).collect();
        let values: Vec<String> = of_table().map(value).collect();
        let (names, values) = (names.join(", "), values.join(", "));
        sql +=
            &format!("INSERT INTO \"{table}\" ({names}) SELECT {values} FROM generate_series(1, {ROWS}) i;");
    }
    postgres.client.batch_execute(&sql).unwrap();
    postgres.client.batch_execute("SET session_replication_role = origin; ANALYZE").unwrap();
}

/// The parts of a plan that read through something.
fn scans(node: &serde_json::Value, found: &mut Vec<String>) {
    let text = |key: &str| node[key].as_str().unwrap_or_default();
    let is_whole = match text("Node Type") {
        _ if SMALL.contains(&text("Relation Name")) => false,
        "Seq Scan" | "Gather" | "Gather Merge" => true,
        "Index Scan" | "Index Only Scan" | "Bitmap Index Scan" => {
            node["Index Cond"].is_null() && !QUEUES.contains(&text("Index Name"))
        }
        _ => false,
    };
    if is_whole {
        found.push(format!("{} on {} {}", text("Node Type"), text("Relation Name"), text("Index Name")));
    }
    for part in node["Plans"].as_array().into_iter().flatten() {
        scans(part, found);
    }
}

/// Makes workers look cheap to PostgreSQL, as they do where there are a million rows.
const CHEAP_WORKERS: &str = "SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; \
    SET min_parallel_table_scan_size = 0; SET min_parallel_index_scan_size = 0";

/// Where there is an index it is taken, so that what is left has none; and no statement starts workers. Seen to fail: with `OR` between two `IN` for the
/// `UNION` in `account_center::list_own`, and with `login_merge::remove_expired` forgetting logins by `IN`; without `max_parallel_workers_per_gather` among the modes.
#[test]
fn no_table_is_scanned_on_postgresql() {
    let Some(mut postgres) = Postgres::migrated() else { return };
    fill(&mut postgres);
    postgres.client.batch_execute(POSTGRES_MODES).unwrap();
    postgres.client.batch_execute(CHEAP_WORKERS).unwrap();
    let mut breaking = Vec::new();
    for stmt in statements() {
        let sql = stmt.postgres().unwrap();
        let values = (1..).take_while(|number| sql.contains(&format!("${number}"))).map(|_| "NULL");
        let values = values.collect::<Vec<_>>().join(", ");
        let values = if values.is_empty() { values } else { format!("({values})") };
        postgres.client.batch_execute(&format!("PREPARE asked AS {sql}")).unwrap();
        let text = postgres.simple(&format!("EXPLAIN (FORMAT JSON) EXECUTE asked{values}"));
        postgres.client.batch_execute("DEALLOCATE asked").unwrap();
        let plans: serde_json::Value = serde_json::from_str(&text).unwrap();
        let mut found = Vec::new();
        scans(&plans[0]["Plan"], &mut found);
        if !found.is_empty() {
            breaking.push((stmt, found.join(", ")));
        }
    }
    assert_only_excepted("reads a whole table", &breaking, MAY_SCAN);
}
