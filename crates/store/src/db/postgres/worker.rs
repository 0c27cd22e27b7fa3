//! A database thread: it owns one connection, opens it again when it breaks, and repeats units that collided.

use super::lookout::{Lookout, Seen};
use super::session::{Connector, Session};
use crate::db::error::DbError;
use crate::db::queue::Queue;
use crate::db::tx::{Failure, Tx};
use crate::db::unit::{Ended, Job, Kind, Unit};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How often a unit that collides with others is tried before it fails with [`DbError::Retry`].
const TRIES: u32 = 30;
/// How often it is tried among all others, before it waits until it is its turn.
const TRIES_AMONG_ALL: u32 = 3;

/// What became of one try.
enum Try {
    /// The unit knows its answer.
    Over,
    /// Nothing was kept because of a collision.
    Collided,
    /// Nothing was kept because the connection broke; the unit holds the error as its answer.
    Broke,
}

/// Units that collide again and again, as dozens of writers of one small table do, go one after the other: of two that
/// are tried at once one is lost, and its work with it. Each instance has one turn.
pub(in crate::db) type Turn = Mutex<()>;

/// A database thread's life. `session` is the connection it starts with, if it has one already.
pub(in crate::db) fn work_all(
    connector: Connector,
    session: Option<Session>,
    turn: &Turn,
    lookout: &Lookout,
    queue: &Queue<Job>,
) {
    let mut worker = Worker { connector, session, lookout };
    loop {
        let jobs = queue.take(1);
        if jobs.is_empty() {
            return;
        }
        for mut job in jobs.into_iter().filter(|job| !job.unit.is_abandoned()) {
            worker.work(&mut job, turn);
            job.unit.answer();
        }
    }
}

struct Worker<'a> {
    connector: Connector,
    session: Option<Session>,
    lookout: &'a Lookout,
}

impl Worker<'_> {
    /// Tries the unit until it has its answer.
    fn work(&mut self, job: &mut Job, turn: &Turn) {
        let (mut broke, mut mine) = (false, None);
        for tries in 0..TRIES {
            if tries == TRIES_AMONG_ALL {
                mine = Some(turn.lock().unwrap_or_else(PoisonError::into_inner));
            }
            match self.attempt(job) {
                Try::Over => return,
                Try::Collided => thread::sleep(pause(tries)),
                // Once: a second break on a fresh connection is the server's state, not a stale socket.
                Try::Broke if broke => return,
                Try::Broke => broke = true,
            }
        }
        drop(mine);
        job.unit.fail(DbError::Retry);
    }

    fn attempt(&mut self, job: &mut Job) -> Try {
        let mut session = match self.session.take().map_or_else(|| self.connect(job), Ok) {
            Ok(session) => session,
            Err(error) => {
                job.unit.fail(error);
                return Try::Over;
            }
        };
        let unit = job.unit.as_mut();
        let tried = match job.kind {
            Kind::Read => read(&mut session, job.seen.as_ref(), unit),
            Kind::Write => write(&mut session, unit),
        };
        if session.is_spent() {
            let error = session.why_broken();
            tracing::warn!(error, "a database connection is given up and will be opened again");
        } else {
            self.session = Some(session);
        }
        tried
    }

    /// What is known may be of a server that is no longer the one, and what the unit reads must not be taken for of that one.
    fn connect(&self, job: &mut Job) -> Result<Session, DbError> {
        job.seen = None;
        let opened = self.connector.connect();
        self.lookout.doubt();
        opened
    }
}

/// A read unit runs without `BEGIN` and `COMMIT`: that saves two round trips, which is most of what a short read
/// costs. Its statements may see moments a little apart, none older than the request. What must be decided and
/// done on one view of the data is a write unit.
fn read(session: &mut Session, seen: Option<&Seen>, unit: &mut dyn Unit) -> Try {
    let mut tx = Tx::seeing(Some(session), seen);
    let ended = unit.run(&mut tx);
    let failure = tx.failure();
    give_up_after_panic(session, ended);
    match failure {
        Some(Failure::Broken) => Try::Broke,
        Some(Failure::Collision) => Try::Collided,
        _ => Try::Over,
    }
}

/// A write unit in a transaction that behaves as if it ran alone.
fn write(session: &mut Session, unit: &mut dyn Unit) -> Try {
    session.begin();
    let mut tx = Tx::postgres(session, Kind::Write);
    let ended = unit.run(&mut tx);
    let failure = tx.failure();
    give_up_after_panic(session, ended);
    match (failure, ended) {
        (Some(Failure::Broken), _) => Try::Broke,
        (Some(Failure::Collision), _) => rolled_back(session, Try::Collided),
        (Some(Failure::Statement), Ended::Well) => {
            unit.fail(DbError::Aborted);
            rolled_back(session, Try::Over)
        }
        (None, Ended::Well) => commit(session, unit),
        (_, Ended::Panicked) => Try::Over,
        (_, Ended::WithError) => rolled_back(session, Try::Over),
    }
}

/// The panic may have come from inside the driver and left the connection in the middle of an exchange.
fn give_up_after_panic(session: &mut Session, ended: Ended) {
    if ended == Ended::Panicked {
        session.give_up();
    }
}

fn commit(session: &mut Session, unit: &mut dyn Unit) -> Try {
    if session.is_spent() {
        unit.fail(DbError::unavailable("the connection was lost before the commit"));
        return Try::Broke;
    }
    match session.commit() {
        Ok(()) => Try::Over,
        Err((Failure::Collision, _)) => rolled_back(session, Try::Collided),
        // The server may have committed and the answer been lost: repeating could do the work twice.
        Err((Failure::Broken, error @ DbError::Unknown(_))) => {
            unit.fail(error);
            Try::Over
        }
        Err((Failure::Broken, error)) => {
            unit.fail(error);
            Try::Broke
        }
        Err((Failure::Statement, error)) => {
            unit.fail(error);
            rolled_back(session, Try::Over)
        }
    }
}

/// A connection whose transaction cannot be rolled back is not used again; closing it has the same effect.
fn rolled_back(session: &mut Session, then: Try) -> Try {
    if session.roll_back().is_err() {
        session.give_up();
    }
    then
}

/// A random part of a time that doubles with every try among all: units that collided once shall not meet again.
fn pause(tries: u32) -> Duration {
    let longest = Duration::from_millis(1 << tries.min(TRIES_AMONG_ALL));
    // The seed of a hash map is the randomness the standard library has.
    let random = RandomState::new().build_hasher().finish() % 1024;
    longest * random as u32 / 1024
}
