//! Every registered statement means the same on both engines.

use crate::support::{Exceptions, Postgres, Sqlite, assert_only_excepted, statements, words};
use std::collections::BTreeSet;
use std::path::Path;
use store::db::{HOOKS, Stmt};

/// What an engine says of a prepared statement.
#[derive(Debug)]
struct Shape {
    parameters: usize,
    columns: Vec<String>,
}

/// Columns that the statement names have the same name on both; an expression without one is called by each engine
/// as it likes.
impl PartialEq for Shape {
    fn eq(&self, other: &Shape) -> bool {
        let is_name = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let mut pairs = self.columns.iter().zip(&other.columns);
        self.parameters == other.parameters
            && self.columns.len() == other.columns.len()
            && pairs.all(|(a, b)| a == b || !is_name(a) || !is_name(b))
    }
}

fn on_sqlite(sqlite: &Sqlite, stmt: &Stmt) -> Result<Shape, String> {
    let prepared = sqlite.connection.prepare(stmt.sqlite().unwrap()).map_err(|error| error.to_string())?;
    let columns = prepared.column_names().map(str::to_owned).collect();
    Ok(Shape { parameters: prepared.parameter_count(), columns })
}

fn on_postgres(postgres: &mut Postgres, stmt: &Stmt) -> Result<Shape, String> {
    let prepared = postgres.client.prepare(stmt.postgres().unwrap());
    let prepared = prepared.map_err(|error| format!("{:?}", error.as_db_error().map(|e| e.message())))?;
    // A parameter taken for a narrower number refuses microseconds: `$1 + 1` wants `CAST($1 AS BIGINT) + 1`. Flags fit.
    for (number, kind) in (1..).zip(prepared.params()) {
        let is_flag = [0, 1].iter().any(|flag| stmt.sql.contains(&format!("${number} = {flag}")));
        if !["int8", "text", "bool", "jsonb", "varchar"].contains(&kind.name()) && !is_flag {
            return Err(format!("${number} is of type {kind}"));
        }
    }
    let known = |kind: &&str| !["int8", "int4", "int2", "text", "bool", "varchar"].contains(kind);
    if let Some(kind) = prepared.columns().iter().map(|column| column.type_().name()).find(known) {
        return Err(format!("a column is of type {kind}"));
    }
    let columns = prepared.columns().iter().map(|column| column.name().to_owned()).collect();
    Ok(Shape { parameters: prepared.params().len(), columns })
}

#[test]
fn every_statement_fits_both_engines() {
    let sqlite = Sqlite::migrated();
    let mut postgres = Postgres::migrated();
    let mut complaints = Vec::new();
    for stmt in statements() {
        let here = on_sqlite(&sqlite, stmt);
        let there = postgres.as_mut().map(|postgres| on_postgres(postgres, stmt));
        match (here, there) {
            (Ok(_), None) => {}
            (Ok(here), Some(Ok(there))) if here == there => {}
            (here, there) => {
                complaints.push(format!("{stmt}\n    SQLite: {here:?}\n    PostgreSQL: {there:?}"))
            }
        }
    }
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// The registry is filled by the linker; a file whose statements it lost would go unwatched.
#[test]
fn no_file_is_missing_from_the_registry() {
    let registered: BTreeSet<&str> = statements().iter().map(|stmt| stmt.file).collect();
    let mut files = Vec::new();
    find_sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut files);
    for (path, text) in files {
        let uses = text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains("sql!("));
        let is_registered = registered.iter().any(|file| Path::new(&path).ends_with(Path::new(file)));
        assert_eq!(uses, is_registered, "{path}");
    }
}

/// All Rust sources but those of tests.
fn find_sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with("db/tests") || path.ends_with("db/tests.rs") {
            continue;
        }
        if path.is_dir() {
            find_sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path.to_str().unwrap().to_owned(), text));
        }
    }
}

/// Where the engines differ stands in one table: nothing else, and nothing that nobody needs.
#[test]
fn the_engines_differ_by_the_named_hooks_only() {
    assert_eq!(HOOKS.iter().map(|hook| hook.name).collect::<Vec<_>>(), ["in", "xid", "skip locked"]);
    for stmt in statements() {
        for word in
            ["json_each", "jsonb", "SKIP LOCKED", "ILIKE", "ANY(", "->", "::", "MATCH", "GLOB", "now()"]
        {
            assert!(!stmt.sql.contains(word), "{stmt} holds {word}, which only one engine knows");
        }
    }
    for hook in HOOKS {
        let start = format!("{{{}", hook.name);
        assert!(
            statements().iter().any(|stmt| stmt.sql.contains(&start)),
            "nobody uses the hook {}",
            hook.name
        );
    }
}

/// Rows are handed out again as long as nobody has written (`db/known.rs`): nothing may go into them but
/// the values and what is stored. Seen to fail: with `random()` in a statement.
#[test]
fn rows_depend_on_values_and_stored_rows_alone() {
    let functions = [
        "random",
        "randomblob",
        "gen_random_uuid",
        "now",
        "date",
        "time",
        "datetime",
        "julianday",
        "unixepoch",
        "strftime",
        "timediff",
        "changes",
        "total_changes",
        "last_insert_rowid",
    ];
    let constants = ["current_time", "current_date", "current_timestamp", "pragma_data_version"];
    for stmt in statements() {
        let sql = stmt.sql.to_lowercase().replace(" (", "(");
        let is_called = |name: &&&str| {
            sql.match_indices(&format!("{name}("))
                .any(|(at, _)| !sql[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        };
        assert_eq!(functions.iter().find(is_called), None, "{stmt}");
        let words = words(&sql);
        assert_eq!(constants.iter().find(|constant| words.contains(constant)), None, "{stmt}");
    }
}

/// What may touch entries that are written: sealing gives each its place, once, and sealing anew its codes.
const TOUCHES_ENTRIES: &Exceptions = &[
    (
        "activity/seal.rs",
        "UPDATE activity SET seq = $3, hash = $4",
        "an entry gets its place in the chain, once",
    ),
    (
        "activity/reseal.rs",
        "UPDATE activity SET mac = $3, hash = $4 WHERE account_id = $1 AND id = $2",
        "before an older key is forgotten, an entry that is as it was sealed gets the codes of the newest",
    ),
];

/// No statement changes an entry of the activity or takes one away. Seen to fail: with a sweep that deletes
/// old entries.
#[test]
fn x32_no_statement_changes_or_removes_an_entry() {
    let touches = |sql: &str| {
        let words = words(sql);
        let is_write =
            |pair: &[&str]| matches!(pair, ["UPDATE" | "FROM" | "TRUNCATE" | "TABLE" | "INTO", "activity"]);
        let changes = ["UPDATE", "DELETE", "TRUNCATE", "DROP", "ALTER", "REPLACE"];
        words.iter().any(|word| changes.contains(&word.to_uppercase().as_str()))
            && words.windows(2).any(is_write)
    };
    let breaking: Vec<_> = statements()
        .into_iter()
        .filter(|stmt| touches(stmt.sql))
        .map(|stmt| (stmt, "it changes entries".to_owned()))
        .collect();
    assert_only_excepted("entries of the activity stay as they are", &breaking, TOUCHES_ENTRIES);
    // Nor does the schema: nothing that is deleted takes entries along.
    let sqlite = Sqlite::migrated();
    assert!(sqlite.texts("SELECT name FROM sqlite_schema WHERE type = 'trigger'", &[]).is_empty());
    assert!(sqlite.texts("SELECT \"table\" FROM pragma_foreign_key_list('activity')", &[]).is_empty());
}
