//! SQLite: one writer thread with group commit, several reader threads, each with its own connection.
//!
//! The disk is the slow part of a durable write. So the writer takes whatever waits, runs it in one transaction, and
//! answers all units together once that transaction is on disk. A savepoint for each unit would copy every page that it
//! changes; so there are none as long as no unit has to be taken back.

mod error;
mod here;

use super::error::DbError;
use super::known::Known;
use super::queue::Queue;
use super::row::{Row, Rows};
use super::stmt::Stmt;
use super::tx::{Failure, Tx};
use super::unit::{Ended, Job, Kind};
use super::value::{Cell, Value};
pub(super) use error::db_error;
pub(super) use here::Here;
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql};
use std::path::Path;
use std::sync::Arc;

/// The most units that share one commit: enough to spread the disk's time, few enough that the first of them does
/// not wait noticeably for the last.
const GROUP: usize = 64;

/// `synchronous=FULL`: what was answered survives a power cut. The log is emptied into the file at 256 MB: a page that
/// changed often meanwhile is written once. What a savepoint would need to go back stays in memory. No `mmap_size`: the
/// system's cache does as well, and mapped files would count as memory once for each connection.
const PRAGMAS: &str = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; \
    PRAGMA wal_autocheckpoint=64000; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16384;";
/// There are several readers, and a small cache of each goes a long way.
const READER_PRAGMAS: &str = "PRAGMA query_only=ON; PRAGMA cache_size=-2048;";
/// `busy_timeout`: the command line may write to the same file while the server runs.
const BUSY: std::time::Duration = std::time::Duration::from_secs(10);
/// How often, and after which pause, a file is opened again that another program is just making.
const TRIES: u32 = 50;
const PAUSE: std::time::Duration = std::time::Duration::from_millis(20);
const CACHED_STATEMENTS: usize = 512;

/// Opens a connection; the file is made if it is not there, for its owner alone.
pub(super) fn open(path: &Path, kind: Kind) -> Result<Connection, DbError> {
    keep_private(path);
    let connect = || {
        let connection = Connection::open(path)?;
        // First of all: switching to WAL may already have to wait for another process.
        connection.busy_timeout(BUSY)?;
        connection.execute_batch(PRAGMAS)?;
        // Else every bound time makes SQLite plan the statement anew, which costs more than running it.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
        if kind == Kind::Read {
            connection.execute_batch(READER_PRAGMAS)?;
        }
        Ok(connection)
    };
    let mut connection = connect();
    // Two programs that open a new file at once both switch it to WAL, which does not wait for the other.
    for _ in 0..TRIES {
        if !matches!(&connection, Err(error) if is_busy(error)) {
            break;
        }
        std::thread::sleep(PAUSE);
        connection = connect();
    }
    connection.map_err(|error: rusqlite::Error| DbError::Unavailable(Arc::new(error)))
}

fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy)
}

/// Makes the file for its owner alone if it is not there, and takes other people's rights away if it is. SQLite gives
/// the files beside it the rights of the file itself. Where this is not allowed, opening tells why, or the file is
/// somebody else's to protect.
#[cfg(unix)]
fn keep_private(path: &Path) {
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
    let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    if made.is_ok() {
        return;
    }
    for beside in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(beside);
        let Ok(found) = std::fs::metadata(&file) else { continue };
        if found.is_file() && found.permissions().mode() & 0o077 != 0 {
            let tightened = std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600));
            if let Err(error) = tightened {
                tracing::warn!(%error, ?file, "other users of this machine can open the database");
            }
        }
    }
}

#[cfg(not(unix))]
fn keep_private(_path: &Path) {}

/// The writer thread's life.
pub(super) fn write_all(connection: &Connection, queue: &Queue<Job>) {
    loop {
        let mut jobs = queue.take(GROUP);
        if jobs.is_empty() {
            return;
        }
        jobs.retain(|job| !job.unit.is_abandoned());
        write_group(connection, &mut jobs, queue);
        jobs.into_iter().for_each(|job| job.unit.answer());
    }
}

/// A reader thread's life.
pub(super) fn read_all(connection: &Connection, queue: &Queue<Job>) {
    loop {
        let jobs = queue.take(1);
        if jobs.is_empty() {
            return;
        }
        for mut job in jobs.into_iter().filter(|job| !job.unit.is_abandoned()) {
            read_one(connection, &mut job);
            job.unit.answer();
        }
    }
}

/// One transaction around a read unit, so that all its statements see one moment.
fn read_one(connection: &Connection, job: &mut Job) {
    if let Err(error) = command(connection, "BEGIN") {
        return job.unit.fail(error);
    }
    let ended = job.unit.run(&mut Tx::sqlite(connection, job.kind));
    let end = if ended == Ended::Well { "COMMIT" } else { "ROLLBACK" };
    if let Err(error) = command(connection, end) {
        tracing::warn!(%error, "a read transaction did not end as it should");
    }
}

/// Runs the jobs in one transaction, and those that have come meanwhile. Afterwards each of them knows its answer, and the
/// transaction is over.
fn write_group(connection: &Connection, jobs: &mut Vec<Job>, queue: &Queue<Job>) {
    let mut kept = vec![true; jobs.len()];
    if let Err(error) = try_group(connection, jobs, &mut kept, queue) {
        // Nothing of the group is on disk. Units that had failed by themselves keep their own error.
        let lost = jobs.iter_mut().zip(kept).filter(|(_, kept)| *kept);
        lost.for_each(|(job, _)| job.unit.fail(error.clone()));
        if !connection.is_autocommit()
            && let Err(error) = command(connection, "ROLLBACK")
        {
            tracing::error!(%error, "a failed transaction could not be rolled back");
        }
    }
}

fn try_group(
    connection: &Connection,
    jobs: &mut Vec<Job>,
    kept: &mut Vec<bool>,
    queue: &Queue<Job>,
) -> Result<(), DbError> {
    if jobs.is_empty() {
        return Ok(());
    }
    command(connection, "BEGIN IMMEDIATE")?;
    let mut done = 0;
    while done < jobs.len() {
        if !run_together(connection, &mut jobs[done..], &mut kept[done..])? {
            command(connection, "ROLLBACK")?;
            command(connection, "BEGIN IMMEDIATE")?;
            run_apart(connection, jobs, kept)?;
            break;
        }
        done = jobs.len();
        jobs.extend(queue.take_now(GROUP - done).into_iter().filter(|job| !job.unit.is_abandoned()));
        kept.resize(jobs.len(), true);
    }
    command(connection, "COMMIT")
}

/// Runs all units without savepoints; false if one failed behind a change of its own, which takes the others' along.
/// Units refuse before they change anything, but for those that count attempts: that is seldom.
fn run_together(connection: &Connection, jobs: &mut [Job], kept: &mut [bool]) -> Result<bool, DbError> {
    for (job, kept) in jobs.iter_mut().zip(kept) {
        let before = connection.total_changes();
        *kept = run_one(connection, job)?;
        if !*kept && connection.total_changes() != before {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Runs each unit in a savepoint.
fn run_apart(connection: &Connection, jobs: &mut [Job], kept: &mut [bool]) -> Result<(), DbError> {
    for (job, kept) in jobs.iter_mut().zip(kept) {
        command(connection, "SAVEPOINT unit")?;
        *kept = run_one(connection, job)?;
        if !*kept {
            command(connection, "ROLLBACK TO unit")?;
        }
        command(connection, "RELEASE unit")?;
    }
    Ok(())
}

/// One unit: `true` if its work is to be kept. An error means that the whole group is lost.
fn run_one(connection: &Connection, job: &mut Job) -> Result<bool, DbError> {
    let mut tx = Tx::sqlite(connection, job.kind);
    let ended = job.unit.run(&mut tx);
    let aborted = ended == Ended::Well && tx.failure().is_some();
    if aborted {
        job.unit.fail(DbError::Aborted);
    }
    if connection.is_autocommit() {
        // SQLite ends the transaction by itself when the disk is full or fails.
        return Err(DbError::unavailable("the disk failed and the transaction was rolled back"));
    }
    Ok(ended == Ended::Well && !aborted)
}

/// Runs one of the few fixed commands around units.
fn command(connection: &Connection, sql: &str) -> Result<(), DbError> {
    let run = || connection.prepare_cached(sql)?.execute([]);
    run().map(drop).map_err(|error| db_error(connection, error))
}

/// Runs a statement and reads its rows, unless they are known.
pub(super) fn query(
    connection: &Connection,
    known: Option<&mut Known>,
    stmt: &'static Stmt,
    params: &[Value],
) -> Result<Vec<Row>, (Failure, DbError)> {
    let Some(known) = known else { return Ok(Arc::new(read(connection, stmt, params)?).split()) };
    if let Some(rows) = known.find(stmt, params) {
        return Ok(rows.split());
    }
    let rows = Arc::new(read(connection, stmt, params)?);
    known.keep(stmt, params, &rows);
    Ok(rows.split())
}

fn read(connection: &Connection, stmt: &'static Stmt, params: &[Value]) -> Result<Rows, (Failure, DbError)> {
    with_bound(connection, stmt, params, |prepared| {
        let columns = prepared.column_count();
        let mut rows = prepared.raw_query();
        let mut read = Rows::new(stmt, columns);
        while let Some(row) = rows.next().map_err(|error| db_error(connection, error))? {
            for at in 0..columns {
                read.push(cell(row, at)?);
            }
        }
        Ok(read)
    })
}

/// Runs a statement without rows and counts the changed ones.
pub(super) fn execute(
    connection: &Connection,
    stmt: &'static Stmt,
    params: &[Value],
) -> Result<u64, (Failure, DbError)> {
    with_bound(connection, stmt, params, |prepared| {
        let changed = prepared.raw_execute().map_err(|error| db_error(connection, error))?;
        Ok(changed as u64)
    })
}

fn with_bound<T>(
    connection: &Connection,
    stmt: &'static Stmt,
    params: &[Value],
    run: impl FnOnce(&mut rusqlite::CachedStatement<'_>) -> Result<T, DbError>,
) -> Result<T, (Failure, DbError)> {
    let bound = || {
        let prepared = connection.prepare_cached(stmt.sqlite()?);
        let mut prepared = prepared.map_err(|error| db_error(connection, error))?;
        let wanted = prepared.parameter_count();
        if wanted != params.len() {
            return Err(DbError::Shape(format!("takes {wanted} values, was given {}", params.len())));
        }
        for (at, param) in params.iter().enumerate() {
            prepared.raw_bind_parameter(at + 1, param).map_err(|error| db_error(connection, error))?;
        }
        run(&mut prepared)
    };
    bound().map_err(|error| (failure(&error), error))
}

/// Whoever had to wait, or was broken off, may do better another time.
fn failure(error: &DbError) -> Failure {
    if matches!(error, DbError::Busy) { Failure::Collision } else { Failure::Statement }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(number) => ValueRef::Integer(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

fn cell<'r>(row: &'r rusqlite::Row<'_>, at: usize) -> Result<Cell<'r>, DbError> {
    match row.get_ref(at).map_err(DbError::other)? {
        ValueRef::Null => Ok(Cell::Null),
        ValueRef::Integer(number) => Ok(Cell::Int(number)),
        ValueRef::Text(text) => std::str::from_utf8(text).map(Cell::Text).map_err(DbError::other),
        other => Err(DbError::Shape(format!("column {} holds {}", at + 1, other.data_type()))),
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    /// I-05
    #[test]
    fn the_database_and_the_files_beside_it_are_for_their_owner_alone() {
        let folder = std::env::temp_dir().join(format!("rollcall_private_{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("test.db");
        let modes = || {
            ["test.db", "test.db-wal", "test.db-shm"]
                .map(|name| std::fs::metadata(folder.join(name)).unwrap().permissions().mode() & 0o777)
        };
        let first = open(&file, Kind::Write).unwrap();
        first.execute_batch("CREATE TABLE t (x TEXT)").unwrap();
        assert_eq!(modes(), [0o600; 3], "made");
        for name in ["test.db", "test.db-wal", "test.db-shm"] {
            std::fs::set_permissions(folder.join(name), std::fs::Permissions::from_mode(0o664)).unwrap();
        }
        let second = open(&file, Kind::Write).unwrap();
        second.execute_batch("INSERT INTO t VALUES ('x')").unwrap();
        assert_eq!(modes(), [0o600; 3], "found open");
        drop((first, second));
        std::fs::remove_dir_all(&folder).unwrap();
    }

    /// Planning costs more than running. Seen to fail: without SQLITE_DBCONFIG_ENABLE_QPSG it is 10.
    #[test]
    fn a_statement_is_planned_once_whatever_is_bound() {
        let folder = std::env::temp_dir().join(format!("rollcall_planned_{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let connection = open(&folder.join("test.db"), Kind::Write).unwrap();
        connection.execute_batch("CREATE TABLE t (x, y); CREATE INDEX i ON t (x) WHERE y = 3").unwrap();
        let sql = "SELECT x FROM t WHERE x = ?1 AND y = ?2";
        for bound in 0..10 {
            let mut statement = connection.prepare_cached(sql).unwrap();
            let rows = statement.query_map([bound, 100], |row| row.get::<_, i64>(0)).unwrap();
            assert_eq!(rows.count(), 0);
        }
        let statement = connection.prepare_cached(sql).unwrap();
        assert_eq!(statement.get_status(rusqlite::StatementStatus::RePrepare), 0);
        drop(statement);
        drop(connection);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
