//! What can go wrong in the database, told the same way by both engines.

use super::stmt::Stmt;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// The engine's own error, kept for the log. Shared, because one failed `COMMIT` answers many units.
pub type Source = Arc<dyn Error + Send + Sync>;

/// Why a statement, or the whole unit of work around it, did not succeed.
#[derive(Clone, Debug)]
pub enum DbError {
    /// A unique index or primary key refused the row. `name` is the index's name, the same on both engines
    /// (`<table>_pkey` for a primary key). When a row breaks several, which one is named is up to the engine.
    Unique {
        /// The name of the index or of the primary key.
        name: String,
    },
    /// A row that is referred to is missing, or one that is still referred to was removed.
    ForeignKey,
    /// A `CHECK` or `NOT NULL` refused the row.
    Check {
        /// The constraint's name, or `table.column` for `NOT NULL`.
        name: String,
    },
    /// Another process held the database for longer than the waiting time.
    Busy,
    /// The unit kept on colliding with other units that change the same rows.
    Retry,
    /// A row that must be there is not.
    NotFound,
    /// A statement and the code around it do not fit: number of values, number of rows, type of a column.
    Shape(String),
    /// A text holds the character NUL, which PostgreSQL cannot store.
    Nul,
    /// The unit went on after one of its statements had failed; nothing of it was kept.
    Aborted,
    /// The database cannot be reached, is closed, or has no room.
    Unavailable(Source),
    /// The connection broke while the commit was under way: it may or may not have taken place.
    Unknown(Source),
    /// The code of the unit panicked; nothing of it was kept.
    Panicked,
    /// Anything else.
    Other(Source),
}

impl DbError {
    /// An [`DbError::Unavailable`] with a sentence as its source.
    pub(super) fn unavailable(why: &'static str) -> DbError {
        DbError::Unavailable(Arc::from(Box::<dyn Error + Send + Sync>::from(why)))
    }

    /// An [`DbError::Other`] around any error.
    pub(super) fn other(source: impl Error + Send + Sync + 'static) -> DbError {
        DbError::Other(Arc::new(source))
    }

    /// Adds the place of the statement to errors that only a developer can understand, unless they name one already.
    pub(super) fn at(self, stmt: &'static Stmt) -> DbError {
        match self {
            DbError::Other(source) if source.is::<StatementError>() => DbError::Other(source),
            DbError::Other(source) => DbError::other(StatementError { stmt, source }),
            DbError::Shape(what) => DbError::Shape(format!("{stmt}: {what}")),
            other => other,
        }
    }
}

impl fmt::Display for DbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DbError::Unique { name } => write!(f, "the unique index {name} refused the row"),
            DbError::ForeignKey => f.write_str("a foreign key refused the change"),
            DbError::Check { name } => write!(f, "the constraint {name} refused the row"),
            DbError::Busy => f.write_str("another process holds the database"),
            DbError::Retry => f.write_str("too many concurrent changes of the same rows"),
            DbError::NotFound => f.write_str("the row is not there"),
            DbError::Shape(what) => f.write_str(what),
            DbError::Nul => f.write_str("a text holds the character NUL"),
            DbError::Aborted => f.write_str("the unit went on after a statement had failed"),
            DbError::Unavailable(_) => f.write_str("the database is not available"),
            DbError::Unknown(_) => f.write_str("the connection broke during the commit"),
            DbError::Panicked => f.write_str("the unit of work panicked"),
            DbError::Other(_) => f.write_str("the database refused a statement"),
        }
    }
}

impl Error for DbError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            DbError::Unavailable(source) | DbError::Unknown(source) | DbError::Other(source) => {
                Some(source.as_ref())
            }
            _ => None,
        }
    }
}

/// Says which statement it was; the engines' messages name no place in the code.
#[derive(Debug)]
struct StatementError {
    stmt: &'static Stmt,
    source: Source,
}

impl fmt::Display for StatementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the statement at {} failed", self.stmt)
    }
}

impl Error for StatementError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.source.as_ref())
    }
}
