//! Units that want the same rows at the same time.

use super::*;
use crate::db::{DbError, Tx, sql};

/// A unit's own error that hides what the database said.
#[derive(Debug)]
struct Hidden;

impl From<DbError> for Hidden {
    fn from(_: DbError) -> Hidden {
        Hidden
    }
}

/// Reads, computes and writes: what a collision would spoil.
fn increment(tx: &mut Tx<'_>) -> Result<(), Hidden> {
    let value = tx.one(sql!("SELECT value FROM counter WHERE id = 'c'"), &[])?.columns().int()?;
    tx.exec(sql!("UPDATE counter SET value = $1 WHERE id = 'c'"), &[(value + 1).into()])?;
    Ok(())
}

fn take_seat(tx: &mut Tx<'_>, n: i64) -> Result<bool, DbError> {
    let stmt = sql!(
        "INSERT INTO seat (account_id, id, name) SELECT 'A', CAST($1 AS TEXT), CAST($1 AS TEXT) \
         WHERE (SELECT count(*) FROM seat WHERE account_id = 'A') < $2"
    );
    Ok(tx.exec(stmt, &[n.to_string().into(), 10.into()])? == 1)
}

on_both_engines! {
    async fn increments_add_up(bed) {
        let start = sql!("INSERT INTO counter (id, value) VALUES ('c', 0)");
        bed.db.write(move |tx| tx.exec(start, &[])).await.map_err(|e: DbError| e).unwrap();
        let units = (0..16).map(|_| {
            let db = bed.db.clone();
            tokio::spawn(async move {
                for _ in 0..5 {
                    db.write(increment).await.unwrap();
                }
            })
        });
        for unit in units.collect::<Vec<_>>() {
            unit.await.unwrap();
        }
        let stmt = sql!("SELECT value FROM counter WHERE id = 'c'");
        let value = bed.db.read(move |tx| tx.one(stmt, &[])?.columns().int()).await;
        assert_eq!(value.unwrap(), 80);
    }

    async fn no_seat_is_taken_twice(bed) {
        let units = (0..64).map(|n| {
            let db = bed.db.clone();
            tokio::spawn(async move { db.write(move |tx| take_seat(tx, n)).await.unwrap() })
        });
        let mut taken = 0;
        for unit in units.collect::<Vec<_>>() {
            taken += i64::from(unit.await.unwrap());
        }
        let stmt = sql!("SELECT count(*) AS n FROM seat");
        let seats = bed.db.read(move |tx| tx.one(stmt, &[])?.columns().int()).await.unwrap();
        assert_eq!((taken, seats), (10, 10));
    }
}

/// The command line writes while the server runs. Seen to fail: without waiting for the other, and with `BEGIN` for
/// `BEGIN IMMEDIATE`, by which a unit that has read is refused its write.
#[tokio::test]
async fn two_programs_share_a_file() {
    let bed = Bed::with_schema(Place::sqlite());
    let start = sql!("INSERT INTO counter (id, value) VALUES ('c', 0)");
    bed.db.write(move |tx| tx.exec(start, &[])).await.map_err(|e: DbError| e).unwrap();
    let other = Db::open(&bed.place.location).unwrap();
    let writers = [bed.db.clone(), other].map(|db| {
        tokio::spawn(async move {
            for _ in 0..50 {
                db.write(increment).await.unwrap();
            }
        })
    });
    for writer in writers {
        writer.await.unwrap();
    }
    let stmt = sql!("SELECT value FROM counter WHERE id = 'c'");
    assert_eq!(bed.db.read(move |tx| tx.one(stmt, &[])?.columns().int()).await.unwrap(), 100);
}
