//! PostgreSQL: connections that break.

use super::*;
use crate::db::{DbError, Row, Tx, sql};
use std::sync::Arc;

fn kill_own_connection(tx: &mut Tx<'_>) -> Result<Vec<Row>, DbError> {
    tx.all(sql!("SELECT pg_terminate_backend(pg_backend_pid()) AS gone"), &[])
}

fn add(tx: &mut Tx<'_>, id: &str) -> Result<u64, DbError> {
    tx.exec(sql!("INSERT INTO counter (id, value) VALUES ($1, 1)"), &[id.into()])
}

fn bed() -> Option<Bed> {
    let bed = Bed::with_schema(Place::postgres()?);
    assert!(bed.is_postgres());
    Some(bed)
}

#[tokio::test]
async fn a_stale_connection_is_opened_again() {
    let Some(bed) = bed() else { return };
    for _ in 0..3 {
        let Clear::Database { admin, name } = &bed.place.clear else { unreachable!() };
        bed.db.write(|tx| tx.exec(sql!("DELETE FROM counter"), &[])).await.map_err(|e: DbError| e).unwrap();
        batch(
            admin,
            &format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"),
        );
        bed.db.write(|tx| add(tx, "x")).await.unwrap();
        batch(
            admin,
            &format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"),
        );
        let found = bed.db.read(|tx| tx.all(sql!("SELECT id FROM counter"), &[])).await;
        assert_eq!(found.map_err(|e: DbError| e).unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_unit_that_lost_its_connection_runs_again_and_counts_once() {
    let Some(bed) = bed() else { return };
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let unit = move |tx: &mut Tx<'_>| {
        add(tx, "x")?;
        if counted.fetch_add(1, Ordering::Relaxed) == 0 {
            kill_own_connection(tx)?;
        }
        Ok::<_, DbError>(())
    };
    bed.db.write(unit).await.unwrap();
    assert_eq!(runs.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_unit_that_always_loses_its_connection_is_given_up() {
    let Some(bed) = bed() else { return };
    for error in [bed.db.write(kill_own_connection).await, bed.db.read(kill_own_connection).await] {
        assert!(matches!(error, Err(DbError::Unavailable(_))), "{error:?}");
    }
    bed.db.write(|tx| add(tx, "still works")).await.unwrap();
}

#[test]
fn a_server_that_is_not_there_is_told_at_once() {
    let location =
        Location::Postgres { url: "postgres://app:secret@127.0.0.1:1/x".to_owned(), connections: 1 };
    let error = Db::open(&location).unwrap_err();
    assert!(matches!(error, DbError::Unavailable(_)));
    assert!(!format!("{error:?}").contains("secret"));
}

#[test]
fn an_encrypted_connection_is_not_downgraded() {
    let Some(place) = Place::postgres() else { return };
    let Location::Postgres { url, connections } = place.location.clone() else { unreachable!() };
    // The tests' server speaks no TLS, so this must fail.
    let location = Location::Postgres { url: format!("{url}?sslmode=require"), connections };
    assert!(matches!(Db::open(&location), Err(DbError::Unavailable(_))));
}
