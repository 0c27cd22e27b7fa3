//! What goes along with the next statement does what it would have done alone.

use super::*;
use crate::db::{DbError, Stmt, Tx, sql};
use std::sync::Arc;

fn put(tx: &mut Tx<'_>, id: &str) -> Result<(), DbError> {
    tx.put(sql!("INSERT INTO counter (id, value) VALUES ($1, 1)"), &[id.into()])
}

fn find(tx: &mut Tx<'_>) -> Result<Vec<String>, DbError> {
    let rows = tx.all(sql!("SELECT id FROM counter ORDER BY id"), &[])?;
    rows.into_iter().map(|row| row.columns().text()).collect()
}

async fn ids(bed: &Bed) -> Vec<String> {
    bed.db.read(find).await.unwrap()
}

on_both_engines! {
    async fn it_is_kept_and_seen_by_what_follows(bed) {
        let seen = bed.db.write(|tx| {
            put(tx, "a")?;
            put(tx, "b")?;
            let seen = find(tx)?;
            put(tx, "c")?;
            Ok::<_, DbError>(seen)
        });
        assert_eq!(seen.await.unwrap(), ["a", "b"]);
        assert_eq!(ids(bed).await, ["a", "b", "c"]);
    }

    async fn many_are_kept_in_their_order(bed) {
        let stmt = sql!("UPDATE counter SET value = value * 3 + $1 WHERE id = 'a'");
        let done = bed.db.write(move |tx| {
            put(tx, "a")?;
            (0..36).try_for_each(|at| tx.put(stmt, &[(at % 2).into()]))
        });
        done.await.unwrap();
        let alone = (0..36_i64).fold(1_i64, |value, at| value * 3 + at % 2);
        let value = bed.db.read(|tx| tx.one(sql!("SELECT value FROM counter"), &[])?.columns().int());
        assert_eq!(value.await.map_err(|e: DbError| e).unwrap(), alone);
    }

    // Seen to fail on PostgreSQL: with the answers of what went along not looked at, as the server then says `ROLLBACK` to the
    // commit, and no error.
    async fn what_it_breaks_is_told_and_nothing_is_kept(bed) {
        bed.db.write(|tx| put(tx, "a")).await.unwrap();
        let at_the_end = bed.db.write(|tx| put(tx, "b").and_then(|()| put(tx, "a")).and_then(|()| put(tx, "c")));
        let error = at_the_end.await.unwrap_err();
        assert!(matches!(&error, DbError::Unique { name } if name == "counter_pkey"), "{error:?}");
        let in_between = bed.db.write(|tx| put(tx, "b").and_then(|()| put(tx, "a")).and_then(|()| find(tx)));
        let error = in_between.await.unwrap_err();
        assert!(matches!(&error, DbError::Unique { name } if name == "counter_pkey"), "{error:?}");
        assert_eq!(ids(bed).await, ["a"]);
    }

    // Seen to fail on PostgreSQL: with what is unsent kept when the unit is taken back.
    async fn a_unit_that_is_taken_back_leaves_nothing_for_the_next(bed) {
        for _ in 0..20 {
            let failed = bed.db.write(|tx| put(tx, "a").and(Err::<(), _>(DbError::NotFound))).await;
            assert!(matches!(failed, Err(DbError::NotFound)));
            let failed = bed.db.write(|tx| find(tx).and(put(tx, "b")).and(Err::<(), _>(DbError::NotFound))).await;
            assert!(matches!(failed, Err(DbError::NotFound)));
            let wrong = bed.db.write(|tx| tx.put(sql!("DELETE FROM counter WHERE id = $1"), &[])).await;
            assert!(matches!(wrong, Err(DbError::Shape(_))), "{wrong:?}");
        }
        for at in 0..20 {
            bed.db.write(move |tx| put(tx, &format!("c{at:02}"))).await.unwrap();
        }
        assert_eq!(ids(bed).await.len(), 20);
    }

    // Seen to fail on PostgreSQL: with connections that may write outside a transaction, as what goes along with a refused
    // `BEGIN` would be.
    async fn what_is_in_no_transaction_changes_nothing(bed) {
        bed.db.read(|tx| put(tx, "a")).await.unwrap_err();
        bed.db.read(|tx| tx.exec(sql!("INSERT INTO counter (id, value) VALUES ('b', 1)"), &[])).await.unwrap_err();
        assert_eq!(ids(bed).await, Vec::<String>::new());
    }
}

/// Seen to fail when it was found out as it was sent: it was left out, and what went along was kept.
#[tokio::test]
async fn a_value_that_does_not_fit_is_told_at_once() {
    let Some(place) = Place::postgres() else { return };
    let bed = Bed::with_schema(place);
    let unit = |tx: &mut Tx<'_>| {
        put(tx, "a")?;
        let misfit = tx.put(sql!("INSERT INTO counter (id, value) VALUES ('b', $1)"), &["many".into()]);
        assert!(matches!(misfit, Err(DbError::Shape(_))), "{misfit:?}");
        Ok::<_, DbError>(())
    };
    assert!(matches!(bed.db.write(unit).await, Err(DbError::Aborted)));
    assert_eq!(ids(&bed).await, Vec::<String>::new());
}

/// Puts one row, runs `lose` the first time, and puts another: how often that ran.
async fn runs_of(bed: &Bed, lose: &'static Stmt) -> u32 {
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let unit = move |tx: &mut Tx<'_>| {
        put(tx, "a")?;
        if counted.fetch_add(1, Ordering::Relaxed) == 0 {
            tx.all(lose, &[])?;
        }
        put(tx, "b")
    };
    bed.db.write(unit).await.unwrap();
    runs.load(Ordering::Relaxed)
}

/// What the server refuses before it comes to the commit is not committed for certain. Seen to fail when every break along
/// with a commit was told as [`DbError::Unknown`].
#[tokio::test]
async fn what_a_fresh_connection_heals_is_tried_again_also_along_with_the_commit() {
    let Some(place) = Place::postgres() else { return };
    let bed = Bed::with_schema(place);
    assert_eq!(runs_of(&bed, sql!("DEALLOCATE ALL")).await, 2);
    assert_eq!(ids(&bed).await, ["a", "b"]);
}

/// A connection that was closed while nobody asked: the unit has not begun, and is tried again.
#[tokio::test]
async fn on_a_stale_connection_it_is_tried_again_and_done_once() {
    let Some(place) = Place::postgres() else { return };
    let bed = Bed::with_schema(place);
    let Clear::Database { admin, name } = &bed.place.clear else { unreachable!() };
    for at in 0..10 {
        batch(
            admin,
            &format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"),
        );
        bed.db.write(move |tx| put(tx, &format!("c{at:02}"))).await.unwrap();
    }
    assert_eq!(ids(&bed).await.len(), 10);
}

/// Whoever loses the connection behind something that went along with a question begins again, and does it once.
#[tokio::test]
async fn what_went_along_before_the_connection_broke_is_done_once() {
    let Some(place) = Place::postgres() else { return };
    let bed = Bed::with_schema(place);
    assert_eq!(runs_of(&bed, sql!("SELECT pg_terminate_backend(pg_backend_pid()) AS over")).await, 2);
    assert_eq!(ids(&bed).await, ["a", "b"]);
}
