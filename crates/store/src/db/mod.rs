//! The engine seam: one database, SQLite or PostgreSQL, behind units of work.
//!
//! A unit of work is a synchronous closure that runs whole on a database thread, or where it is asked for if it is a short
//! read. It never waits for anything but the database: while it sleeps, computes at length or calls the network it holds up
//! everybody else. A caller awaits the unit from outside; when the caller goes away, a unit that has begun still ends
//! properly.
//!
//! The closure is `Fn` because a unit that collides with another one is run again from its start. It must therefore
//! change nothing but the database.

mod ddl;
mod error;
mod known;
mod migrate;
mod migrations;
mod postgres;
mod queue;
mod row;
mod scan;
mod sqlite;
mod stmt;
#[cfg(test)]
mod tests;
mod tx;
mod unit;
mod value;

pub use error::{DbError, Source};
pub use migrate::{MigrateError, Migration, MigrationReport};
pub use migrations::MIGRATIONS;
pub use postgres::POSTGRES_MODES;
pub use row::{Columns, Row};
pub(crate) use stmt::sql;
pub use stmt::{HOOKS, Hook, STATEMENTS, Stmt};
pub use tx::Tx;
pub use value::{Cell, FromCell, Value};

use postgres::Seen;
use queue::{Queue, Urgency};
use std::convert::Infallible;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use tokio::sync::{Mutex, mpsc, oneshot};
use unit::{Job, Kind, Work};

/// Which engine keeps the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file beside the server.
    Sqlite,
    /// A database server.
    Postgres,
}

/// Where the data is kept.
#[derive(Clone)]
pub enum Location {
    /// The path of the database file, made if it is not there; its folder must be.
    Sqlite(PathBuf),
    /// A PostgreSQL server.
    Postgres {
        /// `postgres://user:password@host/database`, with several hosts and `target_session_attrs=read-write` for
        /// a cluster, `sslmode=require` and `sslrootcert=/path` for encryption,
        /// `sslcert=/path` and `sslkey=/path` for a certificate of our own.
        url: String,
        /// How many connections, and so how many units at a time. One alone reads and writes.
        connections: usize,
    },
}

/// Leaves out the URL: it holds the password.
impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
            Location::Postgres { connections, .. } => {
                f.debug_struct("Postgres").field("connections", connections).finish_non_exhaustive()
            }
        }
    }
}

/// An open database. Clones share its threads; when the last one is dropped, they finish what waits and end.
#[derive(Clone, Debug)]
pub struct Db {
    shared: Arc<Shared>,
}

struct Shared {
    location: Location,
    /// On PostgreSQL without a connection.
    here: sqlite::Here,
    /// On PostgreSQL only.
    lookout: Option<Arc<postgres::Lookout>>,
    reads: Arc<Queue<Job>>,
    writes: Arc<Queue<Job>>,
    /// The turn of what nobody waits for.
    later: Mutex<()>,
    /// Gives `None` when the last thread has ended.
    ended: Mutex<mpsc::Receiver<Infallible>>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.location.fmt(f)
    }
}

impl Shared {
    fn refuse_new_units(&self) {
        self.here.close();
        if let Some(lookout) = &self.lookout {
            lookout.close();
        }
        self.reads.close();
        self.writes.close();
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.refuse_new_units();
    }
}

impl Db {
    /// Opens the database and starts its threads. Blocks until one connection stands. Does not migrate: see
    /// [`Db::migrate`].
    ///
    /// # Errors
    /// [`DbError::Unavailable`] if the file or server cannot be opened, [`DbError::Other`] if the URL cannot be read.
    pub fn open(location: &Location) -> Result<Db, DbError> {
        let (alive, ended) = mpsc::channel(1);
        let reads = Arc::new(Queue::new());
        let writes = match location {
            Location::Postgres { connections: ..=1, .. } => Arc::clone(&reads),
            _ => Arc::new(Queue::new()),
        };
        let lookout = match location {
            Location::Sqlite(_) => None,
            Location::Postgres { .. } => Some(Arc::default()),
        };
        let (location, here, later) = (location.clone(), sqlite::Here::new(), Mutex::new(()));
        // From here on an error drops the queues' owner, and that ends threads already started.
        let shared =
            Arc::new(Shared { location, here, lookout, reads, writes, later, ended: Mutex::new(ended) });
        match &shared.location {
            Location::Sqlite(path) => start_sqlite(path, &shared, &alive)?,
            Location::Postgres { url, connections } => start_postgres(url, *connections, &shared, &alive)?,
        }
        Ok(Db { shared })
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self.shared.location {
            Location::Sqlite(_) => Engine::Sqlite,
            Location::Postgres { .. } => Engine::Postgres,
        }
    }

    /// Applies the migrations that are missing, over a connection of its own. Several instances may do so at once:
    /// one works, the others wait. `now`, in microseconds since 1970, is noted beside each.
    ///
    /// # Errors
    /// See [`MigrateError`]; the migrations before the failed one stay applied.
    pub async fn migrate(&self, now: i64) -> Result<MigrationReport, MigrateError> {
        let location = self.shared.location.clone();
        let (reply, answer) = oneshot::channel();
        let work = move || reply.send(migrate::migrate(&location, MIGRATIONS, now));
        let thread = thread::Builder::new().name("db-migrate".to_owned());
        thread.spawn(work).map_err(DbError::other)?;
        answer.await.unwrap_or(Err(MigrateError::Database(DbError::Panicked)))
    }

    /// Refuses new units with [`DbError::Unavailable`], and waits until those under way and in the queue have ended
    /// and the connections are closed.
    pub async fn close(&self) {
        self.shared.refuse_new_units();
        while self.shared.ended.lock().await.recv().await.is_some() {}
    }

    /// Runs a unit that only reads. On SQLite all its statements see one moment and writing is refused; on
    /// PostgreSQL each statement sees what was committed before it. Only the pass machinery calls this.
    ///
    /// # Errors
    /// What the unit answers, or a [`DbError`] of the engine.
    pub(crate) async fn read<T, E>(
        &self,
        unit: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let seen = match &self.shared.lookout {
            Some(lookout) => lookout.look().await,
            None => None,
        };
        let answer = match &seen {
            Some(seen) => seen.read(&unit),
            None => self.shared.here.read(&unit),
        };
        match answer {
            Some(answer) => answer,
            None => submit(&self.shared.reads, (Kind::Read, seen), Urgency::Now, unit).await,
        }
    }

    /// Runs a unit as one transaction that behaves as if it ran alone, and answers when it is on disk. Whatever the
    /// unit answers as an error is rolled back. Only the pass machinery calls this.
    ///
    /// # Errors
    /// What the unit answers, or a [`DbError`] of the engine: [`DbError::Retry`] after too many collisions,
    /// [`DbError::Unknown`] if the connection broke during the commit.
    pub(crate) async fn write<T, E>(
        &self,
        unit: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        submit(&self.shared.writes, (Kind::Write, None), Urgency::Now, unit).await
    }

    /// Runs a single statement that counts something which no read unit asks for: its first column is `{xid}`. On PostgreSQL it
    /// is a transaction of its own without `BEGIN`: it sees what was committed when it gets its row, so that many who count in
    /// one row wait for each other instead of colliding; what is known stays known; and it is answered before it is on disk.
    ///
    /// # Errors
    /// As those of [`Db::write`].
    pub(crate) async fn count(&self, stmt: &'static Stmt, values: Vec<Value>) -> Result<Vec<Row>, DbError> {
        if let Some(lookout) = &self.shared.lookout {
            return lookout.count(stmt, values).await;
        }
        let unit = move |tx: &mut Tx<'_>| tx.all(stmt, &values);
        submit(&self.shared.writes, (Kind::Write, None), Urgency::Now, unit).await
    }

    /// As [`Db::write`], for what nobody waits for: the units of others go first, yet not for ever. They go one after the
    /// other: several at once are seldom sooner done, and on PostgreSQL collide.
    ///
    /// # Errors
    /// As those of [`Db::write`].
    pub(crate) async fn write_later<T, E>(
        &self,
        unit: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let _mine = self.shared.later.lock().await;
        submit(&self.shared.writes, (Kind::Write, None), Urgency::Later, unit).await
    }
}

async fn submit<T, E>(
    queue: &Queue<Job>,
    (kind, seen): (Kind, Option<Seen>),
    urgency: Urgency,
    code: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    let job = Job { kind, seen, unit: Box::new(Work::new(code, reply)) };
    // A refused job is dropped, and with it the sender of its answer.
    let _ = queue.push(job, urgency);
    answer.await.unwrap_or_else(|_| Err(DbError::unavailable("the database is closed").into()))
}

/// Of every four connections to PostgreSQL one writes, the others read: of many who write at once one makes the other begin anew,
/// and what they did until then is lost.
const WRITES: usize = 4;

/// One writer, and a reader per core: four at least, because readers also wait for the disk. The writer closes last:
/// SQLite empties its log into the file when it sees that it is alone, which several closing at once never do.
fn start_sqlite(path: &Path, shared: &Shared, alive: &mpsc::Sender<Infallible>) -> Result<(), DbError> {
    let writer = sqlite::open(path, Kind::Write)?;
    let cores = thread::available_parallelism().map_or(4, usize::from);
    let readers: Vec<_> =
        (0..cores.clamp(4, 16)).map(|_| sqlite::open(path, Kind::Read)).collect::<Result<_, _>>()?;
    let queue = Arc::clone(&shared.writes);
    let (reading, readers_ended) = std::sync::mpsc::channel::<Infallible>();
    for _ in 0..cores.clamp(2, 16) {
        shared.here.add(path, &reading, alive)?;
    }
    let life = move || {
        sqlite::write_all(&writer, &queue);
        let _ = readers_ended.recv();
    };
    start("db-writer", alive, life)?;
    for reader in readers {
        let (queue, reading) = (Arc::clone(&shared.reads), reading.clone());
        let life = move || {
            sqlite::read_all(&reader, &queue);
            drop(reader);
            drop(reading);
        };
        start("db-reader", alive, life)?;
    }
    Ok(())
}

/// The first connection is opened now, so that a wrong URL is told at the start; the others when they are needed.
fn start_postgres(
    url: &str,
    connections: usize,
    shared: &Shared,
    alive: &mpsc::Sender<Infallible>,
) -> Result<(), DbError> {
    let connector = postgres::Connector::new(url)?;
    let mut first = Some(postgres::on_thread(&connector, |session| session)?);
    let turn = Arc::new(postgres::Turn::default());
    let lookout = shared.lookout.clone().unwrap_or_default();
    for number in 0..connections.max(1) {
        let queue = if number % WRITES == 0 { &shared.writes } else { &shared.reads };
        let (connector, queue, session) = (connector.clone(), Arc::clone(queue), first.take());
        let (turn, lookout) = (Arc::clone(&turn), Arc::clone(&lookout));
        start("db-postgres", alive, move || postgres::work_all(connector, session, &turn, &lookout, &queue))?;
    }
    start("db-lookout", alive, move || lookout.look_all(&connector))?;
    Ok(())
}

/// Starts a thread that holds a sign of life until it has dropped everything else.
fn start(
    name: &str,
    alive: &mpsc::Sender<Infallible>,
    life: impl FnOnce() + Send + 'static,
) -> Result<(), DbError> {
    let alive = alive.clone();
    let body = move || {
        life();
        drop(alive);
    };
    thread::Builder::new().name(name.to_owned()).spawn(body).map(drop).map_err(DbError::other)
}
