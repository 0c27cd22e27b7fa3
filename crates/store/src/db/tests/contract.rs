//! What every unit may rely on.

use super::*;
use crate::db::{DbError, Row, Tx, Value, sql};

fn add(tx: &mut Tx<'_>, id: &str, value: i64) -> Result<(), DbError> {
    tx.exec(sql!("INSERT INTO counter (id, value) VALUES ($1, $2)"), &[id.into(), value.into()])?;
    Ok(())
}

fn text(row: Row) -> Result<String, DbError> {
    row.columns().text()
}

async fn ids(db: &Db) -> Vec<String> {
    let all = sql!("SELECT id FROM counter ORDER BY id");
    db.read(move |tx| tx.all(all, &[])?.into_iter().map(text).collect::<Result<_, DbError>>()).await.unwrap()
}

on_both_engines! {
    async fn parameters_are_numbers(bed) {
        let stmt = sql!("SELECT CAST($2 AS BIGINT) AS b, CAST($1 AS TEXT) AS a, CAST($2 AS BIGINT) + 1 AS c, '$1' AS d");
        let row = bed.db.read(move |tx| tx.one(stmt, &["x".into(), 7.into()])).await;
        let mut c = row.map_err(|e: DbError| e).unwrap().columns();
        assert_eq!((c.int().unwrap(), c.text().unwrap()), (7, "x".to_owned()));
        assert_eq!((c.int().unwrap(), c.text().unwrap()), (8, "$1".to_owned()));
        assert!(matches!(c.text(), Err(DbError::Shape(_))));
    }

    async fn a_wrong_number_of_values_is_refused(bed) {
        let stmt = sql!("SELECT CAST($1 AS TEXT) AS a");
        let refused = bed.db.read(move |tx| tx.all(stmt, &[])).await;
        assert!(matches!(refused, Err(DbError::Shape(_))), "{refused:?}");
    }

    async fn columns_are_typed(bed) {
        let stmt = sql!("SELECT CAST(NULL AS TEXT) AS a, CAST(1 AS BIGINT) = 1 AS b, CAST(2 AS BIGINT) AS c, 'é' AS d");
        let row: Row = bed.db.read(move |tx| tx.one(stmt, &[])).await.map_err(|e: DbError| e).unwrap();
        let mut c = row.columns();
        assert_eq!(c.text_or_null().unwrap(), None);
        assert!(c.flag().unwrap());
        assert!(matches!(c.flag(), Err(DbError::Shape(_))));
        assert_eq!(c.parse::<char>().unwrap(), 'é');
    }

    async fn one_wants_exactly_one(bed) {
        let stmt = sql!("SELECT id FROM counter WHERE id = $1 OR $1 = ''");
        let none = bed.db.read(move |tx| tx.one(stmt, &["x".into()]).map(drop)).await;
        assert!(matches!(none, Err(DbError::NotFound)));
        bed.db.write(|tx| add(tx, "a", 1).and_then(|()| add(tx, "b", 2))).await.unwrap();
        let two = bed.db.read(move |tx| tx.optional(stmt, &["".into()]).map(drop)).await;
        assert!(matches!(two, Err(DbError::Shape(_))));
    }

    async fn an_error_rolls_back(bed) {
        let failed = bed.db.write(|tx| add(tx, "a", 1).and(Err::<(), _>(DbError::NotFound))).await;
        assert!(matches!(failed, Err(DbError::NotFound)));
        assert!(ids(&bed.db).await.is_empty());
    }

    async fn a_swallowed_refusal_is_not_committed(bed) {
        let written = bed.db.write(|tx| {
            add(tx, "a", 1)?;
            assert!(add(tx, "a", 1).is_err());
            assert!(matches!(add(tx, "b", 1), Err(DbError::Aborted)));
            Ok::<_, DbError>(())
        }).await;
        assert!(matches!(written, Err(DbError::Aborted)));
        assert!(ids(&bed.db).await.is_empty());
    }

    async fn units_do_not_disturb_each_other(bed) {
        let units = (0..64).map(|n| {
            let db = bed.db.clone();
            tokio::spawn(async move {
                db.write(move |tx| {
                    add(tx, &format!("{n:02}"), 1)?;
                    match n % 4 {
                        1 => Err(DbError::NotFound),
                        2 => add(tx, &format!("{n:02}"), 1),
                        3 if n == 31 => panic!("a unit may panic"),
                        _ => Ok(()),
                    }
                }).await
            })
        });
        for (n, unit) in units.collect::<Vec<_>>().into_iter().enumerate() {
            match (n, unit.await.unwrap()) {
                (31, Err(DbError::Panicked)) => {}
                (n, Err(DbError::NotFound)) if n % 4 == 1 => {}
                (n, Err(DbError::Unique { .. })) if n % 4 == 2 => {}
                (n, Ok(())) if n % 2 == 0 || n % 4 == 3 => {}
                (n, other) => panic!("unit {n} answered {other:?}"),
            }
        }
        assert_eq!(ids(&bed.db).await.len(), 31);
    }

    async fn a_reader_cannot_panic_a_thread_away(bed) {
        for _ in 0..40 {
            let ended = bed.db.read(|_| if true { panic!("a unit may panic") } else { Ok::<(), DbError>(()) }).await;
            assert!(matches!(ended, Err(DbError::Panicked)));
        }
        assert!(ids(&bed.db).await.is_empty());
    }

    async fn what_was_answered_is_kept(bed) {
        bed.db.write(|tx| add(tx, "kept", 1)).await.unwrap();
        bed.db.close().await;
        let refused = bed.db.write(|tx| add(tx, "late", 1)).await;
        assert!(matches!(refused, Err(DbError::Unavailable(_))));
        assert_eq!(ids(&Db::open(&bed.place.location).unwrap()).await, ["kept"]);
    }

    async fn closing_waits_for_the_queue(bed) {
        let units = (0..100).map(|n| {
            let db = bed.db.clone();
            tokio::spawn(async move { db.write(move |tx| add(tx, &n.to_string(), 1)).await })
        });
        let units: Vec<_> = units.collect();
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        bed.db.close().await;
        for unit in units {
            unit.await.unwrap().unwrap();
        }
    }

    async fn a_list_of_any_length_is_one_value(bed) {
        bed.db.write(|tx| ["a", "b'", "c\""].iter().try_for_each(|id| add(tx, id, 1))).await.unwrap();
        let stmt = sql!("SELECT id FROM counter WHERE value = $2 AND id {in $1} ORDER BY id");
        for (list, found) in [(r#"["c\"","a","x"]"#, 2), ("[]", 0)] {
            let rows = bed.db.read(move |tx| tx.all(stmt, &[list.into(), 1.into()])).await;
            assert_eq!(rows.map_err(|e: DbError| e).unwrap().len(), found);
        }
    }

    async fn rows_can_be_claimed(bed) {
        bed.db.write(|tx| add(tx, "a", 1)).await.unwrap();
        let stmt = sql!("UPDATE counter SET value = 2 WHERE id IN (SELECT id FROM counter WHERE value = 1 {skip locked}) \
            AND value = 1 RETURNING id");
        let claim = move |tx: &mut Tx<'_>| tx.all(stmt, &[]).map(|rows| rows.len());
        assert_eq!(bed.db.write(claim).await.unwrap(), 1);
        assert_eq!(bed.db.write(claim).await.unwrap(), 0);
    }

    async fn values_come_back_as_they_were(bed) {
        let long = "ü€𝄞\n'\"\\ ".repeat(10_000);
        for (n, value) in [0, -1, i64::MAX, i64::MIN].into_iter().enumerate() {
            let stmt = sql!("SELECT CAST($1 AS TEXT) AS t, CAST($2 AS BIGINT) AS n, CAST($3 AS TEXT) AS none");
            let sent = long.clone();
            let row = bed.db.read(move |tx| tx.one(stmt, &[(&sent).into(), value.into(), Value::Null])).await;
            let mut c = row.map_err(|e: DbError| e).unwrap().columns();
            assert_eq!((c.text().unwrap(), c.int().unwrap()), (long.clone(), value), "{n}");
            assert_eq!(c.int_or_null().unwrap(), None);
        }
    }
}

#[tokio::test]
async fn sqlite_readers_cannot_write() {
    let bed = Bed::with_schema(Place::sqlite());
    assert!(bed.db.read(|tx| add(tx, "a", 1)).await.is_err());
    assert!(ids(&bed.db).await.is_empty());
}

/// Seen to fail: with read units that have no transaction around them.
#[tokio::test(flavor = "multi_thread")]
async fn sqlite_readers_see_one_moment() {
    let bed = Bed::with_schema(Place::sqlite());
    let (looked, has_looked) = std::sync::mpsc::channel();
    let (wrote, has_written) = std::sync::mpsc::channel::<()>();
    let has_written = std::sync::Mutex::new(has_written);
    let look = |tx: &mut Tx<'_>| tx.all(sql!("SELECT id FROM counter"), &[]).map(|rows| rows.len());
    let db = bed.db.clone();
    let reading = tokio::spawn(async move {
        db.read(move |tx| {
            let before = look(tx)?;
            looked.send(()).unwrap();
            has_written.lock().unwrap().recv().unwrap();
            Ok::<_, DbError>((before, look(tx)?))
        })
        .await
    });
    tokio::task::spawn_blocking(move || has_looked.recv().unwrap()).await.unwrap();
    bed.db.write(|tx| add(tx, "a", 1)).await.unwrap();
    wrote.send(()).unwrap();
    assert_eq!(reading.await.unwrap().unwrap(), (0, 0));
    assert_eq!(ids(&bed.db).await, ["a"]);
}

/// Seen to fail: with `is_abandoned` never true.
#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_waits_for_is_not_begun() {
    let bed = Bed::with_schema(Place::sqlite());
    let (begun, has_begun) = std::sync::mpsc::channel();
    let (go, may_go) = std::sync::mpsc::channel::<()>();
    let may_go = std::sync::Mutex::new(may_go);
    let db = bed.db.clone();
    let first = tokio::spawn(async move {
        db.write(move |tx| {
            begun.send(()).unwrap();
            may_go.lock().unwrap().recv().unwrap();
            add(tx, "first", 1)
        })
        .await
    });
    tokio::task::spawn_blocking(move || has_begun.recv().unwrap()).await.unwrap();
    let db = bed.db.clone();
    let left = tokio::spawn(async move { db.write(|tx| add(tx, "left", 1)).await });
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    left.abort();
    assert!(left.await.unwrap_err().is_cancelled());
    go.send(()).unwrap();
    first.await.unwrap().unwrap();
    assert_eq!(ids(&bed.db).await, ["first"]);
}

#[test]
fn an_unknown_hook_is_refused() {
    let stmt = sql!("SELECT 1 {inn $1}");
    assert!(matches!(stmt.sqlite(), Err(DbError::Shape(what)) if what.contains("{inn $1}")));
}

#[test]
fn a_location_does_not_show_its_password() {
    let location = Location::Postgres { url: "postgres://a:secret@b/c".to_owned(), connections: 1 };
    assert!(!format!("{location:?}").contains("secret"));
}
