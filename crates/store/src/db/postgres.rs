//! PostgreSQL: as many threads as connections, all served from one queue.

mod bind;
mod error;
mod lookout;
mod session;
mod tls;
mod worker;

pub(super) use lookout::{Lookout, Seen};
pub use session::MODES as POSTGRES_MODES;
pub(super) use session::{Connector, Session, on_thread};
pub(super) use worker::{Turn, work_all};

use super::error::DbError;
use super::row::Row;
use super::stmt::Stmt;
use super::tx::Failure;
use super::value::Value;
use std::sync::Arc;

/// Runs a statement and reads its rows, unless they are known. Without a session the unit is one for a database thread.
pub(super) fn query(
    session: Option<&mut Session>,
    seen: Option<&Seen>,
    stmt: &'static Stmt,
    params: &[Value],
) -> Result<Vec<Row>, (Failure, DbError)> {
    let Some(seen) = seen else {
        return Ok(Arc::new(session.ok_or_else(not_here)?.query(stmt, params)?).split());
    };
    let version = match seen.find(stmt, params) {
        Ok(rows) => return Ok(rows.split()),
        Err(version) => version,
    };
    let rows = Arc::new(session.ok_or_else(not_here)?.query(stmt, params)?);
    seen.keep(version, stmt, params, &rows);
    Ok(rows.split())
}

/// Runs a statement without rows and counts the changed ones.
pub(super) fn execute(
    session: Option<&mut Session>,
    stmt: &'static Stmt,
    params: &[Value],
) -> Result<u64, (Failure, DbError)> {
    session.ok_or_else(not_here)?.execute(stmt, params)
}

/// Runs a statement without rows along with the next one.
pub(super) fn put(
    session: Option<&mut Session>,
    stmt: &'static Stmt,
    params: &[Value],
) -> Result<(), (Failure, DbError)> {
    session.ok_or_else(not_here)?.put(stmt, params)
}

fn not_here() -> (Failure, DbError) {
    (Failure::Collision, DbError::Busy)
}
