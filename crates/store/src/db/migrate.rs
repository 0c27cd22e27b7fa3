//! Brings a database to the program's schema, each step in its own transaction.

use super::error::DbError;
use super::postgres::{Connector, Session};
use super::stmt::sql;
use super::tx::Tx;
use super::unit::Kind;
use super::{Engine, Location, ddl, sqlite};
use sha2::{Digest, Sha256};
use std::error::Error;
use std::fmt;

/// One step of the schema.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// The file's name without its ending: number and noun.
    pub name: &'static str,
    /// The file's text, before it is translated for an engine.
    pub sql: &'static str,
}

impl Migration {
    /// The text as `engine` gets it.
    pub fn translated(&self, engine: Engine) -> String {
        ddl::translate(self.sql, engine)
    }

    /// Tells whether the file is still the one that was applied.
    fn checksum(&self) -> String {
        data_encoding::HEXLOWER.encode(&Sha256::digest(self.sql))
    }
}

/// What [`Db::migrate`](super::Db::migrate) has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationReport {
    /// The names of the steps that were missing, in order.
    pub applied: Vec<&'static str>,
    /// The version the database is at now.
    pub version: i64,
}

/// Why a database could not be brought to the program's schema.
#[derive(Debug)]
pub enum MigrateError {
    /// An applied migration is not the one this program holds.
    Changed {
        /// The migration's name in the database.
        name: String,
    },
    /// The database was migrated by a newer program.
    Newer {
        /// The database's version.
        version: i64,
        /// The version this program knows.
        known: i64,
    },
    /// A migration failed; nothing of it was kept.
    Failed {
        /// The migration's name.
        name: &'static str,
        /// The engine's reason.
        source: DbError,
    },
    /// The database could not be asked.
    Database(DbError),
}

impl fmt::Display for MigrateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MigrateError::Changed { name } => {
                write!(f, "the migration {name} is not the one that was applied to this database")
            }
            MigrateError::Newer { version, known } => {
                write!(
                    f,
                    "the database is at version {version} and this program knows {known}: use a newer program"
                )
            }
            MigrateError::Failed { name, .. } => write!(f, "the migration {name} failed"),
            MigrateError::Database(_) => f.write_str("the database could not be migrated"),
        }
    }
}

impl Error for MigrateError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            MigrateError::Failed { source, .. } | MigrateError::Database(source) => Some(source),
            _ => None,
        }
    }
}

impl From<DbError> for MigrateError {
    fn from(error: DbError) -> MigrateError {
        MigrateError::Database(error)
    }
}

const TABLE: &str = "CREATE TABLE IF NOT EXISTS migration (version BIGINT NOT NULL PRIMARY KEY, \
    name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL);";

/// Applies what is missing of `list`, over a connection of its own. Not for async tasks: it blocks.
pub(super) fn migrate(
    location: &Location,
    list: &'static [Migration],
    now: i64,
) -> Result<MigrationReport, MigrateError> {
    match location {
        Location::Sqlite(path) => apply_all(Runner::Sqlite(sqlite::open(path, Kind::Write)?), list, now),
        Location::Postgres { url, .. } => {
            apply_all(Runner::Postgres(Box::new(Connector::new(url)?.connect()?)), list, now)
        }
    }
}

/// A failed step leaves its transaction open; it goes with the connection, which ends here.
fn apply_all(
    mut runner: Runner,
    list: &'static [Migration],
    now: i64,
) -> Result<MigrationReport, MigrateError> {
    runner.prepare()?;
    let mut report = MigrationReport { applied: Vec::new(), version: 0 };
    // Once more at the end, where nothing is missing: the check then covers an empty list too.
    while let Some(next) = runner.apply_next(list, now)? {
        report.applied.push(next);
    }
    report.version = list.len() as i64;
    Ok(report)
}

/// A connection that may change the schema.
enum Runner {
    Sqlite(rusqlite::Connection),
    Postgres(Box<Session>),
}

impl Runner {
    /// Makes the list of applied migrations. On PostgreSQL the lock keeps other instances waiting until this
    /// connection ends; on SQLite each step begins with the writer's lock and looks again what is missing.
    fn prepare(&mut self) -> Result<(), DbError> {
        if let Runner::Postgres(_) = self {
            self.batch("SELECT pg_advisory_lock(7263114)")?;
        }
        self.begin()?;
        self.batch(&ddl::translate(TABLE, self.engine()))?;
        self.batch("COMMIT")
    }

    /// Checks the applied migrations and applies the first that is missing.
    fn apply_next(
        &mut self,
        list: &'static [Migration],
        now: i64,
    ) -> Result<Option<&'static str>, MigrateError> {
        self.begin()?;
        let version = check(&mut self.tx(), list)?;
        let Some(next) = list.get(version) else {
            self.batch("COMMIT")?;
            return Ok(None);
        };
        let text = next.translated(self.engine());
        let mut apply = || {
            self.batch(&text)?;
            note(&mut self.tx(), version as i64 + 1, next, now)?;
            self.batch("COMMIT")
        };
        apply().map_err(|source| MigrateError::Failed { name: next.name, source })?;
        Ok(Some(next.name))
    }

    fn engine(&self) -> Engine {
        match self {
            Runner::Sqlite(_) => Engine::Sqlite,
            Runner::Postgres(_) => Engine::Postgres,
        }
    }

    fn begin(&mut self) -> Result<(), DbError> {
        self.batch(match self {
            Runner::Sqlite(_) => "BEGIN IMMEDIATE",
            Runner::Postgres(_) => "BEGIN READ WRITE",
        })
    }

    fn batch(&mut self, sql: &str) -> Result<(), DbError> {
        match self {
            Runner::Sqlite(connection) => {
                connection.execute_batch(sql).map_err(|error| sqlite::db_error(connection, error))
            }
            Runner::Postgres(session) => session.batch(sql).map_err(|(_, error)| error),
        }
    }

    fn tx(&mut self) -> Tx<'_> {
        match self {
            Runner::Sqlite(connection) => Tx::sqlite(connection, Kind::Write),
            Runner::Postgres(session) => Tx::postgres(session, Kind::Write),
        }
    }
}

/// Compares the applied migrations with the program's and tells how many there are.
fn check(tx: &mut Tx<'_>, list: &[Migration]) -> Result<usize, MigrateError> {
    let rows = tx.all(sql!("SELECT name, checksum FROM migration ORDER BY version"), &[])?;
    let applied = rows.len();
    if applied > list.len() {
        return Err(MigrateError::Newer { version: applied as i64, known: list.len() as i64 });
    }
    for (row, migration) in rows.into_iter().zip(list) {
        let mut c = row.columns();
        let (name, checksum) = (c.text()?, c.text()?);
        if name != migration.name || checksum != migration.checksum() {
            return Err(MigrateError::Changed { name });
        }
    }
    Ok(applied)
}

fn note(tx: &mut Tx<'_>, version: i64, migration: &Migration, now: i64) -> Result<(), DbError> {
    let stmt = sql!("INSERT INTO migration (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)");
    tx.exec(stmt, &[version.into(), migration.name.into(), migration.checksum().into(), now.into()])?;
    Ok(())
}
