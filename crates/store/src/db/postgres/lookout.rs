//! Rows that are known are handed out where they are asked for, once it is certain that nobody has committed.
//!
//! A thread of its own asks the server for its snapshot: which transactions are over. Two that are the same see the same
//! rows, so between them nobody has committed, here or on another instance. It asks once for all who wait, and only for
//! those who came before it asked: nobody is given what is older than their question.

use super::session::{Connector, Session};
use crate::db::error::DbError;
use crate::db::known::Known;
use crate::db::queue::{Queue, Urgency};
use crate::db::row::Rows;
use crate::db::stmt::Stmt;
use crate::db::tx::{Failure, Tx};
use crate::db::unit::run;
use crate::db::value::Value;
use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// How much memory what is known may take, for all connections together.
const KNOWN: usize = 8 * 1024 * 1024;
/// How long somebody waits for what another unit is making, before they make it themselves.
const PATIENCE: Duration = Duration::from_secs(1);

/// The numbers are the server's own, whatever the database: no row is read for it.
static SNAPSHOT: Stmt = Stmt::new("SELECT CAST(pg_current_snapshot() AS text)", file!(), line!());

/// What is known of the database.
#[derive(Default)]
pub(in crate::db) struct Lookout {
    asks: Queue<oneshot::Sender<Option<i64>>>,
    /// A connection was opened again, perhaps to another server than before.
    doubted: AtomicBool,
    state: Mutex<State>,
    made: Condvar,
}

struct State {
    known: Known,
    /// What units are making at this moment, all on the version that is known.
    making: HashSet<Question>,
}

impl Default for State {
    fn default() -> State {
        State { known: Known::new(KNOWN), making: HashSet::new() }
    }
}

/// A statement, by its address, and its values.
type Question = (usize, Vec<Value>);

/// What a unit may be given of what is known: only that of the version it was asked on.
pub(in crate::db) struct Seen {
    lookout: Arc<Lookout>,
    version: i64,
    /// What this unit is making, and others wait for.
    making: RefCell<Vec<Question>>,
}

impl Lookout {
    /// Which version of the database is the present one. Nothing if the server cannot be asked: the unit will find out why.
    pub(in crate::db) async fn look(self: &Arc<Lookout>) -> Option<Seen> {
        let (ask, answer) = oneshot::channel();
        self.asks.push(ask, Urgency::Now).ok()?;
        let version = answer.await.ok()??;
        Some(Seen { lookout: Arc::clone(self), version, making: RefCell::default() })
    }

    /// Makes all that is known forgotten, as it may be of another server.
    pub(in crate::db) fn doubt(&self) {
        self.doubted.store(true, Ordering::Relaxed);
    }

    pub(in crate::db) fn close(&self) {
        self.asks.close();
    }

    /// The life of the thread that asks.
    pub(in crate::db) fn look_all(&self, connector: &Connector) {
        let mut looks = Looks { connector, session: None, last: String::new(), version: 0 };
        loop {
            let asks = self.asks.take(usize::MAX);
            if asks.is_empty() {
                return;
            }
            if self.doubted.swap(false, Ordering::Relaxed) {
                looks.session = None;
            }
            let version = looks.look();
            if let Ok(version) = version {
                self.begin(version);
            }
            for ask in asks {
                let _ = ask.send(version.as_ref().ok().copied());
            }
        }
    }

    fn begin(&self, version: i64) {
        let mut state = self.lock();
        if state.known.version() == version {
            return;
        }
        state.known.begin(version);
        state.making.clear();
        drop(state);
        self.made.notify_all();
    }

    /// No code that can panic runs under the lock, so a poisoned one is as good as any.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The snapshots of one server, and how often they were others.
struct Looks<'a> {
    connector: &'a Connector,
    session: Option<Session>,
    last: String,
    version: i64,
}

impl Looks<'_> {
    fn look(&mut self) -> Result<i64, DbError> {
        let had_one = self.session.is_some();
        match self.snapshot() {
            // It may have been closed while nobody asked.
            Err(_) if had_one => self.snapshot(),
            looked => looked,
        }
    }

    fn snapshot(&mut self) -> Result<i64, DbError> {
        let mut session = match self.session.take() {
            Some(session) => session,
            None => {
                self.last.clear();
                self.connector.connect()?
            }
        };
        let rows = Arc::new(session.query(&SNAPSHOT, &[]).map_err(|(_, error)| error)?);
        self.session = Some(session);
        let row = rows.split().pop().ok_or(DbError::NotFound)?;
        let snapshot = row.columns().text()?;
        if snapshot != self.last {
            self.version += 1;
            self.last = snapshot;
        }
        Ok(self.version)
    }
}

impl Seen {
    /// Runs a read unit on what is known alone. Nothing means that it is one for a database thread.
    pub(in crate::db) fn read<T, E: From<DbError>>(
        &self,
        code: &impl Fn(&mut Tx<'_>) -> Result<T, E>,
    ) -> Option<Result<T, E>> {
        let mut tx = Tx::seeing(None, Some(self));
        let (_, answer) = run(code, &mut tx);
        (tx.failure() != Some(Failure::Collision)).then_some(answer)
    }

    pub(super) fn find(&self, stmt: &'static Stmt, params: &[Value]) -> Option<Arc<Rows>> {
        self.state()?.known.find(stmt, params).map(Arc::clone)
    }

    pub(super) fn keep(&self, stmt: &'static Stmt, params: &[Value], rows: &Arc<Rows>) {
        if let Some(mut state) = self.state() {
            state.known.keep(stmt, params, rows);
        }
    }

    pub(in crate::db) fn find_made<T: Send + Sync + 'static>(
        &self,
        stmt: &'static Stmt,
        params: &[Value],
    ) -> Option<Arc<T>> {
        self.state()?.known.find_made(stmt, params)
    }

    /// The same for a unit that can make it. If another one is making it, waits for that; if nobody is, others wait for this
    /// unit until it has ended.
    pub(in crate::db) fn find_made_or_claim<T: Send + Sync + 'static>(
        &self,
        stmt: &'static Stmt,
        params: &[Value],
    ) -> Option<Arc<T>> {
        let question = (std::ptr::from_ref(stmt).addr(), params.to_vec());
        let mine = self.making.borrow().contains(&question);
        let waits = |state: &mut State| {
            !mine && state.known.version() == self.version && state.making.contains(&question)
        };
        let waiting = self.lookout.made.wait_timeout_while(self.lookout.lock(), PATIENCE, waits);
        let (mut state, _) = waiting.unwrap_or_else(PoisonError::into_inner);
        if state.known.version() != self.version {
            return None;
        }
        let made = state.known.find_made(stmt, params);
        if made.is_none() && state.making.insert(question.clone()) {
            self.making.borrow_mut().push(question);
        }
        made
    }

    pub(in crate::db) fn keep_made<T: Send + Sync + 'static>(
        &self,
        stmt: &'static Stmt,
        params: &[Value],
        made: &Arc<T>,
        bytes: usize,
    ) {
        if let Some(mut state) = self.state() {
            state.known.keep_made(stmt, params, made, bytes);
        }
        self.end_making();
    }

    /// Nothing if what is known is no longer, or not yet, of this version.
    fn state(&self) -> Option<MutexGuard<'_, State>> {
        let state = self.lookout.lock();
        (state.known.version() == self.version).then_some(state)
    }

    /// Whoever waits looks again.
    fn end_making(&self) {
        let ended = std::mem::take(&mut *self.making.borrow_mut());
        if ended.is_empty() {
            return;
        }
        if let Some(mut state) = self.state() {
            state.making.retain(|question| !ended.contains(question));
        }
        self.lookout.made.notify_all();
    }
}

impl Drop for Seen {
    fn drop(&mut self) {
        self.end_making();
    }
}
