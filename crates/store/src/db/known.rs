//! Rows that were read before, on a database that is still the same (decision 0023).
//!
//! Each engine has its way of telling that nobody has committed, and makes a number of it that is another one when somebody
//! has: see `sqlite/here.rs` and `postgres/lookout.rs`. While it stands, a statement with the same values has the same rows:
//! they may be handed out again as well as read again. Nothing but the values and what is stored goes into them, which a test
//! in `tests/it/statements.rs` holds.

use super::row::Rows;
use super::stmt::Stmt;
use super::value::Value;
use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

/// Larger results are read each time: an export would drive out everything else.
const LARGEST: usize = 512 * 1024;
/// What an entry takes beside its rows: the table, the values' and the rows' places.
const ENTRY: usize = 256;

/// By the statement's address and its values.
type Table<T> = HashMap<usize, HashMap<Vec<Value>, T>>;

/// What is known, all of one version of the database.
pub(super) struct Known {
    /// How much memory it may take, roughly; what would be beyond begins anew.
    room: usize,
    version: i64,
    rows: Table<Arc<Rows>>,
    /// What was made of rows.
    made: Table<Arc<dyn Any + Send + Sync>>,
    bytes: usize,
}

impl Known {
    /// Nothing yet, and room for so many bytes.
    pub(super) fn new(room: usize) -> Known {
        Known { room, version: 0, rows: Table::new(), made: Table::new(), bytes: 0 }
    }

    /// Forgets all, if the database is not what it was.
    pub(super) fn begin(&mut self, version: i64) {
        if version != self.version {
            self.forget();
            self.version = version;
        }
    }

    pub(super) fn version(&self) -> i64 {
        self.version
    }

    pub(super) fn find(&self, stmt: &'static Stmt, params: &[Value]) -> Option<&Arc<Rows>> {
        self.rows.get(&stmt.address())?.get(params)
    }

    pub(super) fn keep(&mut self, stmt: &'static Stmt, params: &[Value], rows: &Arc<Rows>) {
        if self.takes(rows.bytes(), params) {
            self.rows.entry(stmt.address()).or_default().insert(params.to_vec(), Arc::clone(rows));
        }
    }

    /// What was made of the rows of this statement and of those it led to.
    pub(super) fn find_made<T: Send + Sync + 'static>(
        &self,
        stmt: &'static Stmt,
        params: &[Value],
    ) -> Option<Arc<T>> {
        Arc::clone(self.made.get(&stmt.address())?.get(params)?).downcast().ok()
    }

    /// Keeps what was made, of so many bytes.
    pub(super) fn keep_made<T: Send + Sync + 'static>(
        &mut self,
        stmt: &'static Stmt,
        params: &[Value],
        made: &Arc<T>,
        bytes: usize,
    ) {
        if self.takes(bytes, params) {
            let made = Arc::clone(made) as Arc<dyn Any + Send + Sync>;
            self.made.entry(stmt.address()).or_default().insert(params.to_vec(), made);
        }
    }

    /// Makes room; false for what is too large.
    fn takes(&mut self, bytes: usize, params: &[Value]) -> bool {
        let bytes = ENTRY + bytes + params.iter().map(Value::bytes).sum::<usize>();
        if bytes > LARGEST {
            return false;
        }
        if self.bytes + bytes > self.room {
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

#[cfg(test)]
mod tests {
    use super::*;

    static ECHO: Stmt = Stmt::new("SELECT $1", file!(), line!());
    const ROOM: usize = 1024 * 1024;

    /// Seen to fail: where nothing is kept, where it is kept whatever the version, and without the bound.
    #[test]
    fn rows_are_kept_until_somebody_writes_and_only_so_many() {
        let mut known = Known::new(ROOM);
        let mut ask = |version: i64, value: &str| {
            known.begin(version);
            let found = known.find(&ECHO, &[value.into()]).is_some();
            if !found {
                let mut rows = Rows::new(&ECHO, 1);
                rows.push(crate::db::Cell::Text(value));
                known.keep(&ECHO, &[value.into()], &Arc::new(rows));
            }
            (found, known.bytes)
        };
        assert!(!ask(1, "a").0, "the first time");
        assert!(ask(1, "a").0, "the second time");
        assert!(!ask(2, "a").0, "after a write");
        let (mut forgot, long) = (false, "x".repeat(20_000));
        for n in 0..200 {
            let (_, bytes) = ask(2, &format!("{n}{long}"));
            assert!(bytes <= ROOM, "{bytes}");
            forgot |= bytes < ROOM / 2 && n > 100;
        }
        assert!(forgot, "the bound was reached");
        ask(2, "b");
        let (_, before) = ask(2, "b");
        let (_, after) = ask(2, &"y".repeat(LARGEST));
        assert_eq!(before, after, "one that is too large");
    }
}
