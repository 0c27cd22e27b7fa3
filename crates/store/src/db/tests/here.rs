//! SQLite: where reads run.

use super::*;
use crate::db::{DbError, Row, Tx, sql};
use std::sync::Arc;
use std::thread;

fn count_to(tx: &mut Tx<'_>, most: i64) -> Result<Row, DbError> {
    let count = sql!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) SELECT COUNT(*) FROM n"
    );
    tx.one(count, &[most.into()])
}

/// How often a read that counts so far ran, and whether it ended on the thread that asked.
async fn read(bed: &Bed, most: i64) -> (u32, bool) {
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let unit = move |tx: &mut Tx<'_>| {
        counted.fetch_add(1, Ordering::Relaxed);
        let counted = count_to(tx, most)?.columns().int()?;
        Ok::<_, DbError>((counted, thread::current().id()))
    };
    let (counted, ended_on) = bed.db.read(unit).await.unwrap();
    assert_eq!(counted, most);
    (runs.load(Ordering::Relaxed), ended_on == thread::current().id())
}

/// Seen to fail: with LOOKS 1 and STEPS 1 the short read goes to a thread; with LOOKS u32::MAX the long one stays.
#[tokio::test]
async fn a_short_read_runs_where_it_is_asked_for_and_a_long_one_does_not() {
    let bed = Bed::with_schema(Place::sqlite());
    assert_eq!(read(&bed, 10).await, (1, true), "short");
    assert_eq!(read(&bed, 1_000_000).await, (2, false), "long");
    assert_eq!(read(&bed, 10).await, (1, true), "short again");
}

/// Seen to fail: where a unit's own answer counts though it was broken off.
#[tokio::test]
async fn a_long_read_that_hides_being_broken_off_is_begun_anew_all_the_same() {
    let bed = Bed::with_schema(Place::sqlite());
    let unit = |tx: &mut Tx<'_>| Ok::<_, DbError>(count_to(tx, 1_000_000).is_ok());
    assert!(bed.db.read(unit).await.unwrap());
}
