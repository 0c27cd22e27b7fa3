//! One connection with its prepared statements.

use super::error::{db_error, failure};
use super::tls::{self, Tls};
use crate::db::error::{DbError, Source};
use crate::db::row::Rows;
use crate::db::stmt::Stmt;
use crate::db::tx::Failure;
use crate::db::value::Value;
use futures_util::future::{join, join_all};
use std::collections::HashMap;
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, NoTls, Socket, Statement};

/// The plan of a statement is made once and kept: every statement is served by its index whatever is bound, and
/// planning costs more than running it. Small tables are no exception: who reads through one counts as reading all of
/// it, and collides with everybody who writes there. Nothing here is worth workers of its own: to start two for a count
/// that an index answers at once took 4 to 20 ms.
///
/// What is not in a transaction that says that it writes may only read. So whatever was sent along with a `BEGIN` that the
/// server refuses changes nothing.
pub const MODES: &str = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET jit = off; \
    SET max_parallel_workers_per_gather = 0; SET default_transaction_read_only = on";

/// How much goes along with a statement at most.
const ALONG: usize = 16;

/// How to reach the server; every database thread has a copy.
#[derive(Clone)]
pub(in crate::db) struct Connector {
    config: Config,
    tls: Option<Tls>,
}

impl Connector {
    /// Reads the URL. Its errors name the part that is wrong, never the URL itself: it holds the password.
    pub(in crate::db) fn new(url: &str) -> Result<Connector, DbError> {
        let (url, files) = tls::split_files(url);
        let mut config: Config = url.parse().map_err(DbError::other)?;
        if config.get_application_name().is_none() {
            config.application_name("rollcall");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(5));
        }
        // Without this a server that vanished holds the thread for as long as the system cares to resend.
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(Duration::from_secs(15));
        }
        let tls = tls::for_config(&config, &files)?;
        Ok(Connector { config, tls })
    }

    /// Opens a connection. To be called on database threads only; elsewhere see [`on_thread`].
    ///
    /// To find the host's address takes a thread, and the runtime panics where the system has none left: the database thread
    /// outlives that.
    pub(in crate::db) fn connect(&self) -> Result<Session, DbError> {
        let opened = catch_unwind(AssertUnwindSafe(|| match &self.tls {
            Some(tls) => self.connect_with(tls.clone()),
            None => self.connect_with(NoTls),
        }));
        opened.map_err(|_| DbError::Panicked)?.map_err(DbError::Unavailable)
    }

    fn connect_with<T>(&self, tls: T) -> Result<Session, Source>
    where
        T: MakeTlsConnect<Socket, Stream: Send + 'static>,
    {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(source)?;
        let (client, connection) = runtime.block_on(self.config.connect(tls)).map_err(source)?;
        let broken = Arc::new(OnceLock::new());
        let why = Arc::clone(&broken);
        // It is at work whenever somebody waits for an answer.
        runtime.spawn(async move {
            if let Err(error) = connection.await {
                let _ = why.set(source(error));
            }
        });
        runtime.block_on(client.batch_execute(MODES)).map_err(source)?;
        Ok(Session { runtime, client, statements: HashMap::new(), unsent: Vec::new(), broken, spent: false })
    }
}

fn source(error: impl Error + Send + Sync + 'static) -> Source {
    Arc::new(error)
}

/// Opens a connection and works with it on a thread made for that: the blocking client must not run inside an async
/// task, and who calls this may be in one.
pub(in crate::db) fn on_thread<T: Send>(
    connector: &Connector,
    work: impl FnOnce(Session) -> T + Send,
) -> Result<T, DbError> {
    thread::scope(|scope| {
        let worker = scope.spawn(|| connector.connect().map(work));
        worker.join().unwrap_or(Err(DbError::Panicked))
    })
}

/// A connection and the statements prepared on it.
///
/// What nobody waits for is not sent by itself: it goes along with the next statement, in one trip.
pub(in crate::db) struct Session {
    runtime: Runtime,
    client: Client,
    /// By the address of the statement, which is unique and never changes: cheaper than hashing its text.
    statements: HashMap<usize, Statement>,
    unsent: Vec<Unsent>,
    /// Why the connection broke. Whoever waits is only told that it did.
    broken: Arc<OnceLock<Source>>,
    spent: bool,
}

/// What goes along with the next statement.
enum Unsent {
    /// Without parameters.
    Batch(&'static str),
    /// A statement with its values.
    Put(&'static Stmt, Statement, Vec<Value>),
}

type Sent<'a> = Pin<Box<dyn Future<Output = Result<(), tokio_postgres::Error>> + 'a>>;

impl Session {
    /// Runs a statement and reads its rows.
    pub(in crate::db) fn query(
        &mut self,
        stmt: &'static Stmt,
        params: &[Value],
    ) -> Result<Rows, (Failure, DbError)> {
        let prepared = self.prepared(stmt, params.len())?;
        let rows = self.run(async |client| client.query(&prepared, &refs(params)).await)?;
        let mut read = Rows::new(stmt, prepared.columns().len());
        let pushed = rows.iter().try_for_each(|row| super::bind::push(row, &mut read));
        pushed.map_err(|error| (Failure::Statement, error))?;
        Ok(read)
    }

    /// Runs a statement without rows and counts the changed ones.
    pub(in crate::db) fn execute(
        &mut self,
        stmt: &'static Stmt,
        params: &[Value],
    ) -> Result<u64, (Failure, DbError)> {
        let prepared = self.prepared(stmt, params.len())?;
        self.run(async |client| client.execute(&prepared, &refs(params)).await)
    }

    /// Runs a statement without rows along with the next one, whose answer tells if this one was refused.
    pub(in crate::db) fn put(
        &mut self,
        stmt: &'static Stmt,
        params: &[Value],
    ) -> Result<(), (Failure, DbError)> {
        let prepared = self.prepared(stmt, params.len())?;
        // Found out later it would be left out, and what goes along with it sent.
        super::bind::check(params, prepared.params()).map_err(|error| (Failure::Statement, error))?;
        if self.unsent.len() == ALONG {
            self.run(async |_| Ok(()))?;
        }
        self.unsent.push(Unsent::Put(stmt, prepared, params.to_vec()));
        Ok(())
    }

    /// Runs several statements without parameters, separated by semicolons.
    pub(in crate::db) fn batch(&mut self, sql: &str) -> Result<(), (Failure, DbError)> {
        self.run(async |client| client.batch_execute(sql).await)
    }

    /// Begins a transaction along with its first statement.
    pub(in crate::db) fn begin(&mut self) {
        self.unsent.push(Unsent::Batch("BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE"));
    }

    /// Commits what has been done, and with it what is unsent. If it is not known whether that took place, the error is
    /// [`DbError::Unknown`]; with any other nothing is kept.
    pub(in crate::db) fn commit(&mut self) -> Result<(), (Failure, DbError)> {
        self.make_begun()?;
        let (along, answer) = self.send(async |client| client.batch_execute("COMMIT").await);
        match (along, answer) {
            // The server itself has refused it, and so never came to the commit.
            (Err(refused @ Refused { by_server: true, .. }), _) => Err(refused.told()),
            (Err(Refused { error, .. }), _) | (Ok(()), Err((Failure::Broken, error))) => {
                self.give_up();
                Err((Failure::Broken, DbError::Unknown(Arc::new(error))))
            }
            (Ok(()), answer) => answer,
        }
    }

    /// Sees to it that the transaction has begun, whatever else is unsent: what has not begun can be tried again on another
    /// connection, and what went along with a commit cannot.
    fn make_begun(&mut self) -> Result<(), (Failure, DbError)> {
        let Some(Unsent::Batch(begin)) = self.unsent.first() else { return Ok(()) };
        let begin = *begin;
        let rest = self.unsent.split_off(1);
        self.unsent.clear();
        self.batch(begin)?;
        self.unsent = rest;
        Ok(())
    }

    /// Takes the transaction back, or what has not been sent of it.
    pub(in crate::db) fn roll_back(&mut self) -> Result<(), (Failure, DbError)> {
        let has_begun = !matches!(self.unsent.first(), Some(Unsent::Batch(_)));
        self.unsent.clear();
        if has_begun { self.batch("ROLLBACK") } else { Ok(()) }
    }

    /// Marks the connection as one that must not be used again.
    pub(in crate::db) fn give_up(&mut self) {
        self.spent = true;
    }

    /// Why the connection broke, if it did by itself.
    pub(in crate::db) fn why_broken(&self) -> Option<&(dyn Error + 'static)> {
        self.broken.get().map(|why| why.as_ref() as &(dyn Error + 'static))
    }

    /// True once the connection must not be used again.
    pub(in crate::db) fn is_spent(&self) -> bool {
        self.spent || self.client.is_closed()
    }

    /// Sends what is unsent and this, and waits for all of it. The first error is the one that counts.
    fn run<T>(
        &mut self,
        ask: impl AsyncFnOnce(&Client) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, (Failure, DbError)> {
        let (along, answer) = self.send(ask);
        along.map_err(Refused::told).and(answer)
    }

    /// Sends what is unsent and this, and waits for all of it: the first error of what went along, and the answer. In a
    /// transaction the server refuses all that follows an error, and whatever comes before a transaction may only read.
    fn send<T>(
        &mut self,
        ask: impl AsyncFnOnce(&Client) -> Result<T, tokio_postgres::Error>,
    ) -> (Result<(), Refused>, Result<T, (Failure, DbError)>) {
        let unsent = std::mem::take(&mut self.unsent);
        let along = join_all(unsent.iter().map(|unsent| unsent.send(&self.client)));
        let (along, answer) = self.runtime.block_on(join(along, ask(&self.client)));
        let along = unsent.iter().zip(along).try_for_each(|(unsent, answer)| {
            answer.map_err(|error| {
                let by_server = error.code().is_some();
                let (failure, error) = self.explained(error);
                Refused { failure, error: unsent.named(error), by_server }
            })
        });
        (along, answer.map_err(|error| self.explained(error)))
    }

    fn explained(&mut self, error: tokio_postgres::Error) -> (Failure, DbError) {
        let failure = failure(&error);
        self.spent |= failure == Failure::Broken;
        let why = self.broken.get().filter(|_| error.is_closed());
        (failure, why.map_or_else(|| db_error(error), |why| DbError::Unavailable(Arc::clone(why))))
    }

    fn prepared(&mut self, stmt: &'static Stmt, values: usize) -> Result<Statement, (Failure, DbError)> {
        let address = stmt.address();
        let prepared = match self.statements.get(&address) {
            Some(prepared) => prepared.clone(),
            None => {
                let text = stmt.postgres().map_err(|error| (Failure::Statement, error))?;
                let prepared = self.run(async |client| client.prepare(text).await)?;
                self.statements.insert(address, prepared.clone());
                prepared
            }
        };
        let wanted = prepared.params().len();
        if wanted != values {
            let what = DbError::Shape(format!("takes {wanted} values, was given {values}"));
            return Err((Failure::Statement, what));
        }
        Ok(prepared)
    }
}

impl Unsent {
    fn send<'a>(&'a self, client: &'a Client) -> Sent<'a> {
        match self {
            Unsent::Batch(sql) => Box::pin(client.batch_execute(sql)),
            Unsent::Put(_, prepared, params) => {
                Box::pin(async { client.execute(prepared, &refs(params)).await.map(drop) })
            }
        }
    }

    /// The error of this one is told as another's answer.
    fn named(&self, error: DbError) -> DbError {
        match self {
            Unsent::Batch(_) => error,
            Unsent::Put(stmt, _, _) => error.at(stmt),
        }
    }
}

/// An error of what went along.
struct Refused {
    failure: Failure,
    error: DbError,
    /// Whether the server itself refused it, and the answer was not merely lost.
    by_server: bool,
}

impl Refused {
    fn told(self) -> (Failure, DbError) {
        (self.failure, self.error)
    }
}

fn refs(params: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|param| param as &(dyn ToSql + Sync)).collect()
}
