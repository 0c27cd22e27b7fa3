//! Rows that were read before, on a database that is still the same.
//!
//! When a transaction begins, SQLite looks whether anybody has committed since the connection's last one: another
//! connection or another process. If so, it forgets the pages it holds, and counts that in `PRAGMA data_version`. What is
//! kept here is forgotten by that same count. So while it stands, each page is the same, and a statement with the same
//! values has the same rows: they may be handed out again as well as read again. Nothing but the values and the pages goes
//! into them, which a test in `tests/it/statements.rs` holds, and the connection itself never writes.

use super::db_error;
use crate::db::error::DbError;
use crate::db::row::Rows;
use crate::db::stmt::Stmt;
use crate::db::value::Value;
use rusqlite::Connection;
use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

/// How much memory one connection's rows may take, roughly; what would be beyond begins anew.
const BYTES: usize = 1024 * 1024;
/// Larger results are read each time: an export would drive out everything else.
const LARGEST: usize = 512 * 1024;
/// What an entry takes beside its rows: the table, the values' and the rows' places.
const ENTRY: usize = 256;

/// By the statement's address and its values.
type Table<T> = HashMap<usize, HashMap<Vec<Value>, T>>;

/// The rows of one connection that only reads.
#[derive(Default)]
pub(in crate::db) struct Known {
    version: i64,
    rows: Table<Arc<Rows>>,
    /// What was made of rows.
    made: Table<Arc<dyn Any + Send + Sync>>,
    bytes: usize,
}

impl Known {
    /// To be called first in each transaction: what it sees of the database is settled here.
    pub(super) fn begin(&mut self, connection: &Connection) -> Result<(), DbError> {
        let look = || connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0));
        let version: i64 = look().map_err(|error| db_error(connection, error))?;
        if version != self.version {
            self.forget();
            self.version = version;
        }
        Ok(())
    }

    pub(super) fn find(&self, stmt: &'static Stmt, params: &[Value]) -> Option<&Arc<Rows>> {
        self.rows.get(&address(stmt))?.get(params)
    }

    pub(super) fn keep(&mut self, stmt: &'static Stmt, params: &[Value], rows: &Arc<Rows>) {
        if self.takes(rows.bytes(), params) {
            self.rows.entry(address(stmt)).or_default().insert(params.to_vec(), Arc::clone(rows));
        }
    }

    /// What was made of the rows of this statement and of those it led to.
    pub(in crate::db) fn find_made<T: Send + Sync + 'static>(
        &self,
        stmt: &'static Stmt,
        params: &[Value],
    ) -> Option<Arc<T>> {
        Arc::clone(self.made.get(&address(stmt))?.get(params)?).downcast().ok()
    }

    /// Keeps what was made, of so many bytes.
    pub(in crate::db) fn keep_made<T: Send + Sync + 'static>(
        &mut self,
        stmt: &'static Stmt,
        params: &[Value],
        made: &Arc<T>,
        bytes: usize,
    ) {
        if self.takes(bytes, params) {
            let made = Arc::clone(made) as Arc<dyn Any + Send + Sync>;
            self.made.entry(address(stmt)).or_default().insert(params.to_vec(), made);
        }
    }

    /// Makes room; false for what is too large.
    fn takes(&mut self, bytes: usize, params: &[Value]) -> bool {
        let bytes = ENTRY + bytes + params.iter().map(Value::bytes).sum::<usize>();
        if bytes > LARGEST {
            return false;
        }
        if self.bytes + bytes > BYTES {
            self.forget();
        }
        self.bytes += bytes;
        true
    }

    fn forget(&mut self) {
        self.rows.values_mut().for_each(HashMap::clear);
        self.made.values_mut().for_each(HashMap::clear);
        self.bytes = 0;
    }
}

/// Unique to the statement, and cheaper to look up than its text.
fn address(stmt: &'static Stmt) -> usize {
    std::ptr::from_ref(stmt).addr()
}

#[cfg(test)]
mod tests {
    use super::super::{open, query};
    use super::*;
    use crate::db::unit::Kind;

    fn folder(name: &str) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("rollcall_known_{name}_{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    static ECHO: Stmt = Stmt::new("SELECT $1", file!(), line!());

    /// Seen to fail: where nothing is kept, where it is kept whatever is written, and without the bound.
    #[test]
    fn rows_are_kept_until_somebody_writes_and_only_so_many() {
        let folder = folder("kept");
        let writer = open(&folder.join("test.db"), Kind::Write).unwrap();
        let reader = open(&folder.join("test.db"), Kind::Read).unwrap();
        let mut known = Known::default();
        let mut ask = |value: &str| {
            known.begin(&reader).unwrap();
            let found = known.find(&ECHO, &[value.into()]).is_some();
            let rows = query(&reader, Some(&mut known), &ECHO, &[value.into()]).unwrap();
            assert_eq!(rows.len(), 1);
            (found, known.bytes)
        };
        assert!(!ask("a").0, "the first time");
        assert!(ask("a").0, "the second time");
        writer.execute_batch("CREATE TABLE t (x TEXT)").unwrap();
        assert!(!ask("a").0, "after a write");
        let (mut forgot, long) = (false, "x".repeat(20_000));
        for n in 0..200 {
            let (_, bytes) = ask(&format!("{n}{long}"));
            assert!(bytes <= BYTES, "{bytes}");
            forgot |= bytes < BYTES / 2 && n > 100;
        }
        assert!(forgot, "the bound was reached");
        ask("b");
        let (_, before) = ask("b");
        let (_, after) = ask(&"y".repeat(LARGEST));
        assert_eq!(before, after, "one that is too large");
        drop((writer, reader));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
