//! PostgreSQL's errors in the words both engines share.

use crate::db::error::DbError;
use crate::db::tx::Failure;
use std::error::Error as _;
use std::sync::Arc;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

/// What the worker does about the error.
pub(super) fn failure(error: &Error) -> Failure {
    match error.code() {
        Some(state) if is_collision(state) => Failure::Collision,
        Some(state) if needs_new_connection(state) => Failure::Broken,
        Some(_) => Failure::Statement,
        None if is_broken(error) => Failure::Broken,
        None => Failure::Statement,
    }
}

/// Translates an error.
pub(super) fn db_error(error: Error) -> DbError {
    match failure(&error) {
        Failure::Collision => return DbError::Retry,
        Failure::Broken => return DbError::Unavailable(Arc::new(error)),
        Failure::Statement => {}
    }
    let Some(refused) = error.as_db_error() else {
        return DbError::other(error);
    };
    let constraint = || refused.constraint().unwrap_or_default().to_owned();
    match refused.code() {
        &SqlState::UNIQUE_VIOLATION => DbError::Unique { name: constraint() },
        &SqlState::FOREIGN_KEY_VIOLATION | &SqlState::RESTRICT_VIOLATION => DbError::ForeignKey,
        &SqlState::CHECK_VIOLATION => DbError::Check { name: constraint() },
        &SqlState::NOT_NULL_VIOLATION => {
            let column = [refused.table(), refused.column()].map(Option::unwrap_or_default);
            DbError::Check { name: column.join(".") }
        }
        &SqlState::LOCK_NOT_AVAILABLE | &SqlState::QUERY_CANCELED => DbError::Busy,
        state if state.code().starts_with("53") => DbError::Unavailable(Arc::new(error)),
        _ => DbError::other(error),
    }
}

/// Out of memory for locks (53200) is one too: PostgreSQL has a fixed number of them for all that runs at a time, and
/// has some again as soon as others have ended.
fn is_collision(state: &SqlState) -> bool {
    [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED, SqlState::OUT_OF_MEMORY]
        .contains(state)
}

/// Besides lost connections: a server that has become a standby (25006), a prepared statement that another
/// instance's migration or a connection pool made invalid (0A000, 26000). A fresh connection heals them all.
fn needs_new_connection(state: &SqlState) -> bool {
    let code = state.code();
    code.starts_with("08") || code.starts_with("57P") || ["25006", "0A000", "26000"].contains(&code)
}

/// Errors without an SQLSTATE come from the client: values that do not fit, or the connection.
fn is_broken(error: &Error) -> bool {
    error.is_closed() || error.source().is_some_and(|source| source.is::<std::io::Error>())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seen to fail without the third: a server whose lock table was full for a moment answered 500.
    #[test]
    fn what_others_are_in_the_way_of_is_tried_again() {
        let is_tried_again = |code: &str| is_collision(&SqlState::from_code(code));
        assert!(["40001", "40P01", "53200"].iter().all(|code| is_tried_again(code)));
        assert!(!["53100", "23505", "57014"].iter().any(|code| is_tried_again(code)));
    }
}
