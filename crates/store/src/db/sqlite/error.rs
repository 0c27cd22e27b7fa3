//! SQLite's errors in the words both engines share.

use crate::db::error::DbError;
use rusqlite::ffi::{
    SQLITE_CONSTRAINT_CHECK, SQLITE_CONSTRAINT_FOREIGNKEY, SQLITE_CONSTRAINT_NOTNULL,
    SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID, SQLITE_CONSTRAINT_TRIGGER,
    SQLITE_CONSTRAINT_UNIQUE,
};
use rusqlite::{Connection, Error, ErrorCode};
use std::sync::Arc;

/// Translates an error; `connection` is asked for the name of the index that refused a row.
pub(in crate::db) fn db_error(connection: &Connection, error: Error) -> DbError {
    let Error::SqliteFailure(failure, message) = &error else {
        return DbError::other(error);
    };
    let message = message.as_deref().unwrap_or_default();
    match failure.code {
        // A read in place that is broken off is begun anew elsewhere; nobody else is ever interrupted.
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::OperationInterrupted => {
            DbError::Busy
        }
        ErrorCode::DiskFull
        | ErrorCode::SystemIoFailure
        | ErrorCode::CannotOpen
        | ErrorCode::ReadOnly
        | ErrorCode::OutOfMemory => DbError::Unavailable(Arc::new(error)),
        ErrorCode::ConstraintViolation => {
            refusal(connection, failure.extended_code, message).unwrap_or_else(|| DbError::other(error))
        }
        _ => DbError::other(error),
    }
}

/// What a constraint's refusal is called; `None` for kinds that no schema of ours can give.
fn refusal(connection: &Connection, code: i32, message: &str) -> Option<DbError> {
    let said = message.split_once(": ").map_or("", |(_, what)| what);
    match code {
        SQLITE_CONSTRAINT_FOREIGNKEY | SQLITE_CONSTRAINT_TRIGGER => Some(DbError::ForeignKey),
        SQLITE_CONSTRAINT_CHECK | SQLITE_CONSTRAINT_NOTNULL => Some(DbError::Check { name: said.to_owned() }),
        SQLITE_CONSTRAINT_PRIMARYKEY | SQLITE_CONSTRAINT_ROWID => {
            let table = said.split('.').next().unwrap_or_default();
            Some(DbError::Unique { name: format!("{table}_pkey") })
        }
        SQLITE_CONSTRAINT_UNIQUE => Some(DbError::Unique { name: index_name(connection, said) }),
        _ => None,
    }
}

/// SQLite names an index over expressions (`index 'name'`) but for one over plain columns it lists the columns
/// (`t.a, t.b`): the name is looked up among the table's unique indexes.
fn index_name(connection: &Connection, said: &str) -> String {
    if let Some(name) = said.strip_prefix("index '") {
        return name.trim_end_matches('\'').to_owned();
    }
    let parts = said.split(", ").filter_map(|part| part.split_once('.'));
    let (tables, columns): (Vec<&str>, Vec<&str>) = parts.unzip();
    let table = tables.first().copied().unwrap_or_default();
    match find_index(connection, table, &columns) {
        Ok(Some(name)) => name,
        // A `UNIQUE` inside `CREATE TABLE` has no name of its own; this is what PostgreSQL would call it.
        _ => format!("{table}_{}_key", columns.join("_")),
    }
}

fn find_index(connection: &Connection, table: &str, columns: &[&str]) -> rusqlite::Result<Option<String>> {
    let mut statement = connection.prepare_cached(
        "SELECT l.name, (SELECT group_concat(i.name, ',' ORDER BY i.seqno) FROM pragma_index_info(l.name) i) \
         FROM pragma_index_list(?1) l WHERE l.\"unique\" = 1 AND l.origin = 'c' ORDER BY l.name",
    )?;
    let wanted = columns.join(",");
    let mut rows = statement.query([table])?;
    while let Some(row) = rows.next()? {
        if row.get::<_, Option<String>>(1)?.as_deref() == Some(&wanted) {
            return row.get(0).map(Some);
        }
    }
    Ok(None)
}
