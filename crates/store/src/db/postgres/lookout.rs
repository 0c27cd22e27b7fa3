//! Rows that are known are handed out where they are asked for, once it is certain that nobody has committed.
//!
//! A thread of its own asks the server for its snapshot: which transactions are over. Two that are the same see the same
//! rows, so between them nobody has committed, here or on another instance. It asks once for all who wait, and only for
//! those who came before it asked: nobody is given what is older than their question.
//!
//! What is counted for each request of a program, and read by nobody else, goes over the same connection. So the thread knows
//! those transactions by number, and a snapshot that shows nothing else anew is as good as the same one.

use super::session::{Connector, Session};
use crate::db::error::DbError;
use crate::db::known::Known;
use crate::db::queue::{Queue, Urgency};
use crate::db::row::{Row, Rows};
use crate::db::stmt::Stmt;
use crate::db::tx::{Failure, Tx};
use crate::db::unit::run;
use crate::db::value::Value;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::timeout;

/// How much memory what is known may take, for all connections together.
const KNOWN: usize = 8 * 1024 * 1024;
/// How long somebody waits for what others are making, before they make it themselves: as long as most lists take.
const PATIENCE: Duration = Duration::from_millis(50);
/// How long a unit waits to be told that nothing is older, before it reads all anew.
const LOOKING: Duration = Duration::from_secs(1);

/// The numbers are the server's own, whatever the database: no row is read for it. One that follows another server changes its
/// rows without changing its snapshot: nothing is known there. A server that was started anew is another one.
static SNAPSHOT: Stmt = Stmt::new(
    "SELECT CASE WHEN pg_is_in_recovery() THEN NULL
            ELSE CAST(pg_postmaster_start_time() AS text) || ' ' || CAST(pg_current_snapshot() AS text) END",
    file!(),
    line!(),
);

/// Counts are lost when the server loses its power: nothing depends on the last of them.
const COUNTING: &str = "SET synchronous_commit = off; SET default_transaction_read_only = off";

/// What is known of the database.
#[derive(Default)]
pub(in crate::db) struct Lookout {
    asks: Queue<Ask>,
    /// A connection was opened again, perhaps to another server than before.
    doubted: AtomicBool,
    state: Mutex<State>,
    made: Condvar,
}

/// What the thread is asked for.
enum Ask {
    /// Whether it is certain that nothing is known but what the database holds now.
    Look(oneshot::Sender<bool>),
    /// To count something.
    Count(&'static Stmt, Vec<Value>, oneshot::Sender<Result<Vec<Row>, DbError>>),
}

struct State {
    known: Known,
    /// What units are making of this version.
    making: HashSet<Question>,
}

impl Default for State {
    fn default() -> State {
        State { known: Known::new(KNOWN), making: HashSet::new() }
    }
}

/// A statement, by its address, and its values.
type Question = (usize, Vec<Value>);

/// The way of a unit to what is known. That was not older than the question when it was asked, and is only exchanged for what
/// is newer. What the unit reads is kept only if nobody has committed between the question and the rows.
pub(in crate::db) struct Seen {
    lookout: Arc<Lookout>,
    /// What the unit has not found made, with the version that it then was.
    asked: RefCell<Vec<(Question, i64)>>,
    /// What others wait for until this unit has ended.
    claimed: RefCell<Vec<Question>>,
}

impl Lookout {
    /// Sees to it that nothing is known but what the database holds now. Nothing if the server cannot be asked: the unit will
    /// find out why.
    pub(in crate::db) async fn look(self: &Arc<Lookout>) -> Option<Seen> {
        let (ask, answer) = oneshot::channel();
        self.asks.push(Ask::Look(ask), Urgency::Now).ok()?;
        let is_certain = timeout(LOOKING, answer).await.ok()?.ok()?;
        let (asked, claimed) = (RefCell::default(), RefCell::default());
        is_certain.then(|| Seen { lookout: Arc::clone(self), asked, claimed })
    }

    /// See `Db::count`.
    pub(in crate::db) async fn count(
        &self,
        stmt: &'static Stmt,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, DbError> {
        let (reply, answer) = oneshot::channel();
        // A refused question is dropped, and with it the sender of its answer.
        let _ = self.asks.push(Ask::Count(stmt, values, reply), Urgency::Now);
        answer.await.unwrap_or_else(|_| Err(DbError::unavailable("the database is closed")))
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
        let mut looks = Looks { connector, session: None, last: None, counts: Vec::new(), version: 0 };
        loop {
            let asks = self.asks.take(usize::MAX);
            if asks.is_empty() {
                return;
            }
            if self.doubted.swap(false, Ordering::Relaxed) {
                looks.session = None;
            }
            let mut waiting = Vec::new();
            for ask in asks {
                match ask {
                    Ask::Look(reply) => waiting.push(reply),
                    // Nobody may be waiting any more; that is their choice.
                    Ask::Count(stmt, values, reply) => {
                        let _ = reply.send(looks.count(stmt, &values));
                    }
                }
            }
            if waiting.is_empty() {
                continue;
            }
            let version = looks.look();
            let is_certain = version.is_ok();
            if let Ok(version) = version {
                self.begin(version);
            }
            for reply in waiting {
                let _ = reply.send(is_certain);
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
    last: Option<Snapshot>,
    /// The transactions that have counted since.
    counts: Vec<u64>,
    version: i64,
}

impl Looks<'_> {
    fn look(&mut self) -> Result<i64, DbError> {
        let rows = self.query(&SNAPSHOT, &[])?;
        let row = rows.into_iter().next().ok_or(DbError::NotFound)?;
        let snapshot = row.columns().text_or_null()?.and_then(|text| Snapshot::parse(&text));
        let (snapshot, counts) = (snapshot.ok_or(DbError::NotFound)?, std::mem::take(&mut self.counts));
        if self.last.as_ref().is_none_or(|last| last.shows_more(&snapshot, &counts)) {
            self.version += 1;
        }
        self.last = Some(snapshot);
        Ok(self.version)
    }

    fn count(&mut self, stmt: &'static Stmt, values: &[Value]) -> Result<Vec<Row>, DbError> {
        let rows = self.query(stmt, values)?;
        // All rows name the same transaction.
        let xid = rows.first().map(Row::again).ok_or(DbError::NotFound)?.columns().int()?;
        self.counts.push(xid as u64);
        Ok(rows)
    }

    /// Tried again over a new connection, as the one there was may have been closed while nobody asked; and after a collision,
    /// such as with whoever clears old counts, of which nothing is left.
    fn query(&mut self, stmt: &'static Stmt, values: &[Value]) -> Result<Vec<Row>, DbError> {
        let had_one = self.session.is_some();
        let answered = match self.query_once(stmt, values) {
            Err((Failure::Broken, _)) if had_one => self.query_once(stmt, values),
            Err((Failure::Collision, _)) => self.query_once(stmt, values),
            answered => answered,
        };
        answered.map_err(|(_, error)| error)
    }

    fn query_once(&mut self, stmt: &'static Stmt, values: &[Value]) -> Result<Vec<Row>, (Failure, DbError)> {
        let mut session = match self.session.take() {
            Some(session) => session,
            None => {
                self.last = None;
                let mut session = self.connector.connect().map_err(|error| (Failure::Broken, error))?;
                session.batch(COUNTING)?;
                session
            }
        };
        let rows = session.query(stmt, values);
        if !session.is_spent() {
            self.session = Some(session);
        }
        Ok(Arc::new(rows?).split())
    }
}

/// Which transactions are over: those before `end`, but for those that are running.
struct Snapshot {
    server: String,
    end: u64,
    running: BTreeSet<u64>,
}

impl Snapshot {
    /// From when the server was started, and `726:729:726,727`.
    fn parse(text: &str) -> Option<Snapshot> {
        let (server, numbers) = text.rsplit_once(' ')?;
        let mut parts = numbers.split(':').skip(1);
        let end = parts.next()?.parse().ok()?;
        let running = parts.next()?.split(',').filter(|number| !number.is_empty());
        let running = running.map(str::parse).collect::<Result<_, _>>().ok()?;
        Some(Snapshot { server: server.to_owned(), end, running })
    }

    /// Whether a transaction beside `counts` has ended between this one and the later one.
    fn shows_more(&self, later: &Snapshot, counts: &[u64]) -> bool {
        let mut ended = (self.running.iter().copied().chain(self.end..later.end))
            .filter(|number| !later.running.contains(number));
        self.server != later.server || ended.any(|number| !counts.contains(&number))
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

    /// The rows if they are known, else the version that they are to be read of.
    pub(super) fn find(&self, stmt: &'static Stmt, params: &[Value]) -> Result<Arc<Rows>, i64> {
        let state = self.lookout.lock();
        state.known.find(stmt, params).map(Arc::clone).ok_or(state.known.version())
    }

    pub(super) fn keep(&self, version: i64, stmt: &'static Stmt, params: &[Value], rows: &Arc<Rows>) {
        let mut state = self.lookout.lock();
        if state.known.version() == version {
            state.known.keep(stmt, params, rows);
        }
    }

    /// What was made of rows, if it is known.
    pub(in crate::db) fn find_made<T: Send + Sync + 'static>(
        &self,
        stmt: &'static Stmt,
        params: &[Value],
    ) -> Option<Arc<T>> {
        let state = self.lookout.lock();
        let made = state.known.find_made(stmt, params);
        if made.is_none() {
            self.asked.borrow_mut().push((question(stmt, params), state.known.version()));
        }
        made
    }

    /// The same for a unit that can make it. If another one is making it, waits for that; if nobody is, others wait for this
    /// unit until it has ended.
    pub(in crate::db) fn find_made_or_claim<T: Send + Sync + 'static>(
        &self,
        stmt: &'static Stmt,
        params: &[Value],
    ) -> Option<Arc<T>> {
        let question = question(stmt, params);
        let waits = |state: &mut State| {
            state.known.find_made::<T>(stmt, params).is_none() && state.making.contains(&question)
        };
        let waiting = self.lookout.made.wait_timeout_while(self.lookout.lock(), PATIENCE, waits);
        let (mut state, _) = waiting.unwrap_or_else(PoisonError::into_inner);
        let made = state.known.find_made(stmt, params);
        if made.is_none() {
            if state.making.insert(question.clone()) {
                self.claimed.borrow_mut().push(question.clone());
            }
            self.asked.borrow_mut().push((question, state.known.version()));
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
        let mut state = self.lookout.lock();
        let asked = (question(stmt, params), state.known.version());
        if self.asked.borrow().contains(&asked) {
            state.known.keep_made(stmt, params, made, bytes);
        }
        drop(state);
        self.end_making();
    }

    /// Whoever waits looks again.
    fn end_making(&self) {
        let ended = self.claimed.take();
        if ended.is_empty() {
            return;
        }
        self.lookout.lock().making.retain(|question| !ended.contains(question));
        self.lookout.made.notify_all();
    }
}

fn question(stmt: &'static Stmt, params: &[Value]) -> Question {
    (stmt.address(), params.to_vec())
}

impl Drop for Seen {
    fn drop(&mut self) {
        self.end_making();
    }
}
