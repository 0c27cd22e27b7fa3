//! Short reads run where they are asked for: to hand one to a thread and to get its answer back takes longer than most
//! reads do.
//!
//! A read that turns out to be long, or that would have to wait for another process, is broken off and begun anew on a
//! reader thread, so that it holds up no async task.

use super::{command, db_error, open};
use crate::db::error::DbError;
use crate::db::known::Known;
use crate::db::tx::{Failure, Tx};
use crate::db::unit::{Ended, Kind, run};
use rusqlite::Connection;
use std::convert::Infallible;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

/// How many steps of its machine SQLite makes between two looks at how long a read has become.
const STEPS: i32 = 1_000;
/// After how many looks a read is long: about two milliseconds, a page of a list takes a tenth of that.
const LOOKS: u32 = 100;

/// How much memory the rows that one connection knows may take.
const KNOWN: usize = 4 * 1024 * 1024;

/// The connections for reads in place. On PostgreSQL there are none.
pub(in crate::db) struct Here {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    idle: Vec<Desk>,
    closed: bool,
}

/// A connection; what comes after it tells others that it is closed.
struct Desk {
    connection: Connection,
    looks: Arc<AtomicU32>,
    known: Known,
    _reading: mpsc::Sender<Infallible>,
    _alive: tokio::sync::mpsc::Sender<Infallible>,
}

impl Here {
    pub(in crate::db) fn new() -> Here {
        Here { state: Mutex::default() }
    }

    /// Opens one more connection.
    pub(in crate::db) fn add(
        &self,
        path: &Path,
        reading: &mpsc::Sender<Infallible>,
        alive: &tokio::sync::mpsc::Sender<Infallible>,
    ) -> Result<(), DbError> {
        let mut connection = open(path, Kind::Read)?;
        let looks = Arc::new(AtomicU32::new(0));
        let looked = Arc::clone(&looks);
        let set_up = || {
            connection.busy_timeout(Duration::ZERO)?;
            connection.progress_handler(STEPS, Some(move || looked.fetch_add(1, Ordering::Relaxed) >= LOOKS))
        };
        set_up().map_err(DbError::other)?;
        let desk = Desk {
            connection,
            looks,
            known: Known::new(KNOWN),
            _reading: reading.clone(),
            _alive: alive.clone(),
        };
        self.lock().idle.push(desk);
        Ok(())
    }

    /// Runs a read unit now. Nothing means that it is one for the reader threads.
    pub(in crate::db) fn read<T, E: From<DbError>>(
        &self,
        code: &impl Fn(&mut Tx<'_>) -> Result<T, E>,
    ) -> Option<Result<T, E>> {
        let mut desk = self.lock().idle.pop()?;
        let answer = desk.read(code);
        let mut state = self.lock();
        if !state.closed {
            state.idle.push(desk);
        }
        answer
    }

    /// Closes the connections; one at work follows when it is done.
    pub(in crate::db) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        let idle = std::mem::take(&mut state.idle);
        drop(state);
        drop(idle);
    }

    /// No code that can panic runs under the lock, so a poisoned one is as good as any.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    fn read<T, E: From<DbError>>(
        &mut self,
        code: &impl Fn(&mut Tx<'_>) -> Result<T, E>,
    ) -> Option<Result<T, E>> {
        self.looks.store(0, Ordering::Relaxed);
        command(&self.connection, "BEGIN").ok()?;
        let Ok(version) = version(&self.connection) else {
            end(&self.connection, "ROLLBACK");
            return None;
        };
        self.known.begin(version);
        let mut tx = Tx::knowing(&self.connection, &mut self.known);
        let (ended, answer) = run(code, &mut tx);
        let broken_off = tx.failure() == Some(Failure::Collision);
        end(&self.connection, if ended == Ended::Well { "COMMIT" } else { "ROLLBACK" });
        (!broken_off).then_some(answer)
    }
}

/// Which version of the database the transaction sees that has just begun. SQLite looks there whether anybody has committed
/// since the connection's last one, another connection or another process. If so, it forgets the pages it holds, and counts
/// that in `data_version`. The connection itself never writes.
fn version(connection: &Connection) -> Result<i64, DbError> {
    let look = || connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0));
    look().map_err(|error| db_error(connection, error))
}

fn end(connection: &Connection, how: &str) {
    if let Err(error) = command(connection, how) {
        tracing::warn!(%error, "a read transaction did not end as it should");
    }
}
