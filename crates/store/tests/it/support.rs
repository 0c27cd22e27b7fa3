//! Migrated databases, and the statements to be tried on them.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use store::db::{Db, Location, STATEMENTS, Stmt, Value};

/// A number no other test of this run has.
fn unique() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("rollcall_it_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

fn migrate(location: &Location) {
    let db = Db::open(location).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        db.migrate(1).await.unwrap();
        db.close().await;
    });
}

/// A migrated SQLite database, opened past the seam.
pub(crate) struct Sqlite {
    pub(crate) connection: rusqlite::Connection,
    folder: PathBuf,
}

impl Sqlite {
    pub(crate) fn migrated() -> Sqlite {
        let sqlite = Sqlite::empty();
        migrate(&Location::Sqlite(sqlite.folder.join("test.db")));
        sqlite
    }

    pub(crate) fn empty() -> Sqlite {
        let folder = std::env::temp_dir().join(unique());
        // A run that was killed may have left one of the same name.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Sqlite { connection: rusqlite::Connection::open(folder.join("test.db")).unwrap(), folder }
    }

    /// The rows of a query of texts, `NULL` as an empty one.
    pub(crate) fn texts(&self, sql: &str, params: &[&str]) -> Vec<Vec<String>> {
        let mut statement = self.connection.prepare(sql).unwrap();
        let columns = statement.column_count();
        let rows = statement.query_map(rusqlite::params_from_iter(params), |row| {
            (0..columns).map(|at| row.get::<_, Option<String>>(at).map(Option::unwrap_or_default)).collect()
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    /// How many steps the machine takes for a statement.
    pub(crate) fn steps(&self, stmt: &Stmt, values: &[Value]) -> i32 {
        let mut statement = self.connection.prepare(stmt.sqlite().unwrap()).unwrap();
        for (at, value) in values.iter().enumerate() {
            statement.raw_bind_parameter(at + 1, value).unwrap();
        }
        let mut rows = statement.raw_query();
        while rows.next().unwrap().is_some() {}
        drop(rows);
        statement.get_status(rusqlite::StatementStatus::VmStep)
    }

    /// The tables that belong to an account: those with a column `account_id`.
    pub(crate) fn tenant_tables(&self) -> BTreeSet<String> {
        let sql = "SELECT m.name FROM sqlite_schema m, pragma_table_info(m.name) c \
            WHERE m.type = 'table' AND c.name = 'account_id'";
        self.texts(sql, &[]).into_iter().flatten().collect()
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A migrated PostgreSQL database, opened past the seam.
pub(crate) struct Postgres {
    pub(crate) client: postgres::Client,
    admin: String,
    name: String,
}

impl Postgres {
    pub(crate) fn migrated() -> Option<Postgres> {
        let postgres = Postgres::empty()?;
        migrate(&Location::Postgres { url: postgres.url(), connections: 1 });
        Some(postgres)
    }

    pub(crate) fn empty() -> Option<Postgres> {
        let admin = std::env::var("ROLLCALL_TEST_POSTGRES").ok()?;
        let name = unique();
        connect(&admin).batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        let client = connect(&url_of(&admin, &name));
        Some(Postgres { client, admin, name })
    }

    fn url(&self) -> String {
        url_of(&self.admin, &self.name)
    }

    /// The rows of a query of texts, `NULL` as an empty one.
    pub(crate) fn texts(&mut self, sql: &str) -> Vec<Vec<String>> {
        let text = |row: &postgres::Row, at| row.get::<_, Option<String>>(at).unwrap_or_default();
        let rows = self.client.query(sql, &[]).unwrap();
        rows.iter().map(|row| (0..row.len()).map(|at| text(row, at)).collect()).collect()
    }
}

impl Postgres {
    /// The one text that a command answers with.
    pub(crate) fn simple(&mut self, command: &str) -> String {
        let answers = self.client.simple_query(command).unwrap();
        let text = answers.iter().find_map(|answer| match answer {
            postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        });
        text.unwrap()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        connect(&self.admin).batch_execute(&drop).unwrap();
    }
}

fn url_of(admin: &str, name: &str) -> String {
    format!("{}/{name}", admin.rsplit_once('/').unwrap().0)
}

fn connect(url: &str) -> postgres::Client {
    postgres::Client::connect(url, postgres::NoTls).unwrap()
}

/// Every statement of the crate, in the order of the files.
pub(crate) fn statements() -> Vec<&'static Stmt> {
    let mut all: Vec<&Stmt> = STATEMENTS.iter().collect();
    all.sort_by_key(|stmt| (stmt.file, stmt.line));
    all
}

/// The words of a statement, with quotes around names taken off.
pub(crate) fn words(sql: &str) -> Vec<&str> {
    sql.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|word| !word.is_empty()).collect()
}

/// The tables a statement names, as pairs of table and alias.
pub(crate) fn named_tables(sql: &str, tables: &BTreeSet<String>) -> Vec<(String, String)> {
    let words = words(sql);
    let is_before_table = |word: &str| ["FROM", "JOIN", "INTO", "UPDATE"].contains(&word);
    let pairs =
        words.windows(2).enumerate().filter(|(_, pair)| is_before_table(pair[0]) && tables.contains(pair[1]));
    let alias = |at: usize| words.get(at + 2).filter(|word| **word != "AS").or_else(|| words.get(at + 3));
    pairs.map(|(at, pair)| (pair[1].to_owned(), alias(at).copied().unwrap_or_default().to_owned())).collect()
}

/// Exceptions from a rule: file, a part of the statement, and why it may.
pub(crate) type Exceptions = [(&'static str, &'static str, &'static str)];

/// Holds the statements that break a rule equal to those excepted from it: nobody is excepted in vain.
pub(crate) fn assert_only_excepted(rule: &str, breaking: &[(&Stmt, String)], exceptions: &Exceptions) {
    let covers = |stmt: &Stmt, file: &str, part: &str| stmt.file.ends_with(file) && stmt.sql.contains(part);
    let mut complaints = Vec::new();
    for (stmt, what) in breaking {
        if !exceptions.iter().any(|(file, part, _)| covers(stmt, file, part)) {
            complaints.push(format!("{stmt}: {rule}: {what}\n    {}", stmt.sql));
        }
    }
    for (file, part, _) in exceptions {
        if !breaking.iter().any(|(stmt, _)| covers(stmt, file, part)) {
            complaints
                .push(format!("{file}: no statement with {part:?} needs its exception any more: {rule}"));
        }
    }
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}
