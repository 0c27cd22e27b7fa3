//! What a unit of work holds in its hand: statements run through it, one after the other.

use super::Engine;
use super::error::DbError;
use super::known::Known;
use super::postgres::{self, Seen, Session};
use super::row::Row;
use super::sqlite;
use super::stmt::Stmt;
use super::unit::Kind;
use super::value::Value;
use std::sync::Arc;

/// The running unit's view of the database. All statements of a write unit take effect together or not at all.
///
/// Once a statement of a write unit has failed, the unit cannot succeed any more: later statements and the commit
/// are refused with [`DbError::Aborted`]. PostgreSQL wants it so, and SQLite is held to it, so that one behaviour is
/// tested on both. Use `ON CONFLICT` where a refusal is expected.
pub struct Tx<'a> {
    engine: Open<'a>,
    kind: Kind,
    failure: Option<Failure>,
}

enum Open<'a> {
    Sqlite(&'a rusqlite::Connection, Option<&'a mut Known>),
    /// Without a session nothing but what is known can be read.
    Postgres(Option<&'a mut Session>, Option<&'a Seen>),
}

/// What the engine must know of a failed statement, even if the unit's code has made something else of the error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// An ordinary refusal.
    Statement,
    /// A collision with another transaction: running the unit again can help.
    Collision,
    /// The connection is gone.
    Broken,
}

impl<'a> Tx<'a> {
    pub(super) fn sqlite(connection: &'a rusqlite::Connection, kind: Kind) -> Tx<'a> {
        Tx { engine: Open::Sqlite(connection, None), kind, failure: None }
    }

    /// For a unit that reads: rows that are known are not read again.
    pub(super) fn knowing(connection: &'a rusqlite::Connection, known: &'a mut Known) -> Tx<'a> {
        Tx { engine: Open::Sqlite(connection, Some(known)), kind: Kind::Read, failure: None }
    }

    pub(super) fn postgres(session: &'a mut Session, kind: Kind) -> Tx<'a> {
        Tx { engine: Open::Postgres(Some(session), None), kind, failure: None }
    }

    /// For a unit that reads: rows that are known are not read again, and those that are not are read over the session.
    pub(super) fn seeing(session: Option<&'a mut Session>, seen: Option<&'a Seen>) -> Tx<'a> {
        Tx { engine: Open::Postgres(session, seen), kind: Kind::Read, failure: None }
    }

    pub(super) fn failure(&self) -> Option<Failure> {
        self.failure
    }

    /// Which engine this is, for the few questions that it answers best in its own way.
    pub fn engine(&self) -> Engine {
        match self.engine {
            Open::Sqlite(..) => Engine::Sqlite,
            Open::Postgres(..) => Engine::Postgres,
        }
    }

    /// All rows of the result, in its order.
    pub fn all(&mut self, stmt: &'static Stmt, params: &[Value]) -> Result<Vec<Row>, DbError> {
        self.check(params)?;
        let result = match &mut self.engine {
            Open::Sqlite(connection, known) => sqlite::query(connection, known.as_deref_mut(), stmt, params),
            Open::Postgres(session, seen) => postgres::query(session.as_deref_mut(), *seen, stmt, params),
        };
        self.note(stmt, result)
    }

    /// The one row of the result, if there is one. More than one is a [`DbError::Shape`].
    pub fn optional(&mut self, stmt: &'static Stmt, params: &[Value]) -> Result<Option<Row>, DbError> {
        let mut rows = self.all(stmt, params)?;
        if rows.len() > 1 {
            return Err(DbError::Shape(format!("{} rows where at most one is expected", rows.len())).at(stmt));
        }
        Ok(rows.pop())
    }

    /// The one row of the result; none is [`DbError::NotFound`], more than one a [`DbError::Shape`].
    pub fn one(&mut self, stmt: &'static Stmt, params: &[Value]) -> Result<Row, DbError> {
        self.optional(stmt, params)?.ok_or(DbError::NotFound)
    }

    /// Runs a statement without a result and tells how many rows it changed.
    pub fn exec(&mut self, stmt: &'static Stmt, params: &[Value]) -> Result<u64, DbError> {
        self.check(params)?;
        let result = match &mut self.engine {
            Open::Sqlite(connection, _) => sqlite::execute(connection, stmt, params),
            Open::Postgres(session, _) => postgres::execute(session.as_deref_mut(), stmt, params),
        };
        self.note(stmt, result)
    }

    /// Runs a statement without a result that is not refused unless the code is wrong, and whose count nobody asks for. On
    /// PostgreSQL it goes along with the next one, or with the commit, and saves a trip. If it is refused after all, whatever
    /// comes next is, and nothing of the unit is kept.
    pub fn put(&mut self, stmt: &'static Stmt, params: &[Value]) -> Result<(), DbError> {
        self.check(params)?;
        let result = match &mut self.engine {
            Open::Sqlite(connection, _) => sqlite::execute(connection, stmt, params).map(drop),
            // Of a unit that reads nothing is committed that it could go along with.
            Open::Postgres(session, _) if self.kind == Kind::Read => {
                postgres::execute(session.as_deref_mut(), stmt, params).map(drop)
            }
            Open::Postgres(session, _) => postgres::put(session.as_deref_mut(), stmt, params),
        };
        self.note(stmt, result)
    }

    /// What was made of the rows of this statement, if nobody has committed since; see [`Tx::keep`]. On
    /// a database thread of PostgreSQL it waits for another unit that is making it.
    pub(crate) fn find_kept<T: Send + Sync + 'static>(
        &self,
        stmt: &'static Stmt,
        params: &[Value],
    ) -> Option<Arc<T>> {
        match &self.engine {
            Open::Sqlite(_, known) => known.as_deref()?.find_made(stmt, params),
            Open::Postgres(None, seen) => seen.as_deref()?.find_made(stmt, params),
            Open::Postgres(Some(_), seen) => seen.as_deref()?.find_made_or_claim(stmt, params),
        }
    }

    /// Keeps what was made of the rows of this statement and of others that follow from them, and of nothing else. It takes
    /// so many bytes, roughly.
    pub(crate) fn keep<T: Send + Sync + 'static>(
        &mut self,
        stmt: &'static Stmt,
        params: &[Value],
        made: &Arc<T>,
        bytes: usize,
    ) {
        match &mut self.engine {
            Open::Sqlite(_, Some(known)) => known.keep_made(stmt, params, made, bytes),
            Open::Postgres(_, Some(seen)) => seen.keep_made(stmt, params, made, bytes),
            Open::Sqlite(_, None) | Open::Postgres(_, None) => {}
        }
    }

    /// What can be refused before the engine is asked, so that both refuse alike.
    fn check(&self, params: &[Value]) -> Result<(), DbError> {
        if self.kind == Kind::Write && self.failure.is_some() {
            return Err(DbError::Aborted);
        }
        let has_nul = |value: &Value| matches!(value, Value::Text(text) if text.contains('\0'));
        if params.iter().any(has_nul) { Err(DbError::Nul) } else { Ok(()) }
    }

    fn note<T>(&mut self, stmt: &'static Stmt, result: Result<T, (Failure, DbError)>) -> Result<T, DbError> {
        result.map_err(|(failure, error)| {
            self.failure = Some(failure);
            error.at(stmt)
        })
    }
}
