//! One connection with its prepared statements.

use super::error::{db_error, failure};
use super::tls::{self, Tls};
use crate::db::error::DbError;
use crate::db::row::Rows;
use crate::db::stmt::Stmt;
use crate::db::tx::Failure;
use crate::db::value::Value;
use postgres::types::ToSql;
use postgres::{Client, Config, NoTls, Statement};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// The plan of a statement is made once and kept: every statement is served by its index whatever is bound, and
/// planning costs more than running it. Small tables are no exception: who reads through one counts as reading all of
/// it, and collides with everybody who writes there. Nothing here is worth workers of its own: to start two for a count
/// that an index answers at once took 4 to 20 ms.
pub const MODES: &str = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET jit = off; \
    SET max_parallel_workers_per_gather = 0";

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
    pub(in crate::db) fn connect(&self) -> Result<Session, DbError> {
        let connect = || match &self.tls {
            Some(tls) => self.config.connect(tls.clone()),
            None => self.config.connect(NoTls),
        };
        let unavailable = |error| DbError::Unavailable(Arc::new(error));
        // The driver panics where the system has no file handles left. The thread must outlive that.
        let client = catch_unwind(AssertUnwindSafe(connect))
            .map_err(|_| DbError::unavailable("the driver panicked while it connected"))?;
        let mut client = client.map_err(unavailable)?;
        client.batch_execute(MODES).map_err(unavailable)?;
        Ok(Session { client, statements: HashMap::new(), spent: false })
    }
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
pub(in crate::db) struct Session {
    client: Client,
    /// By the address of the statement, which is unique and never changes: cheaper than hashing its text.
    statements: HashMap<usize, Statement>,
    spent: bool,
}

impl Session {
    /// Runs a statement and reads its rows.
    pub(in crate::db) fn query(
        &mut self,
        stmt: &'static Stmt,
        params: &[Value],
    ) -> Result<Rows, (Failure, DbError)> {
        let prepared = self.prepared(stmt, params.len())?;
        let rows = self.client.query(&prepared, &refs(params)).map_err(|error| self.explained(error))?;
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
        self.client.execute(&prepared, &refs(params)).map_err(|error| self.explained(error))
    }

    /// Runs several statements without parameters, separated by semicolons.
    pub(in crate::db) fn batch(&mut self, sql: &str) -> Result<(), (Failure, DbError)> {
        self.client.batch_execute(sql).map_err(|error| self.explained(error))
    }

    /// Marks the connection as one that must not be used again.
    pub(in crate::db) fn give_up(&mut self) {
        self.spent = true;
    }

    /// True once the connection must not be used again.
    pub(in crate::db) fn is_spent(&self) -> bool {
        self.spent || self.client.is_closed()
    }

    fn explained(&mut self, error: postgres::Error) -> (Failure, DbError) {
        let failure = failure(&error);
        self.spent |= failure == Failure::Broken;
        (failure, db_error(error))
    }

    fn prepared(&mut self, stmt: &'static Stmt, values: usize) -> Result<Statement, (Failure, DbError)> {
        let address = stmt.address();
        let prepared = match self.statements.get(&address) {
            Some(prepared) => prepared.clone(),
            None => {
                let text = stmt.postgres().map_err(|error| (Failure::Statement, error))?;
                let prepared = self.client.prepare(text).map_err(|error| self.explained(error))?;
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

fn refs(params: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|param| param as &(dyn ToSql + Sync)).collect()
}
