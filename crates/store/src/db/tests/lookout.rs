//! PostgreSQL: rows that are handed out again are those of now.

use super::*;
use crate::db::{DbError, Stmt, Tx, sql};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// With all its connections open: the first read on each is as if the server were another one.
async fn bed() -> Option<Bed> {
    let bed = Bed::with_schema(Place::postgres()?);
    let sleep = |tx: &mut Tx<'_>| number(tx, sql!("SELECT CAST(1 AS BIGINT) FROM pg_sleep(0.1)"));
    let reads: Vec<_> =
        (0..8).map(|_| bed.db.clone()).map(|db| tokio::spawn(async move { db.read(sleep).await })).collect();
    for read in reads {
        read.await.unwrap().map_err(|error: DbError| error).unwrap();
    }
    Some(bed)
}

fn count() -> &'static Stmt {
    sql!("SELECT COUNT(*) FROM counter")
}

fn number(tx: &mut Tx<'_>, stmt: &'static Stmt) -> Result<i64, DbError> {
    tx.one(stmt, &[])?.columns().int()
}

/// A connection of another program, which does what it is told, one after the other.
struct Elsewhere {
    tell: Sender<String>,
    done: Receiver<()>,
}

impl Elsewhere {
    fn new(bed: &Bed) -> Elsewhere {
        let Location::Postgres { url, .. } = bed.place.location.clone() else { unreachable!() };
        let ((tell, told), (ready, done)) = (channel::<String>(), channel());
        let work = move || {
            let mut session = Connector::new(&url).unwrap().connect().unwrap();
            session.batch("SET default_transaction_read_only = off").unwrap();
            for sql in told {
                session.batch(&sql).unwrap();
                ready.send(()).unwrap();
            }
        };
        thread::spawn(work);
        Elsewhere { tell, done }
    }

    fn run(&self, sql: &str) {
        self.tell.send(sql.to_owned()).unwrap();
        self.done.recv().unwrap();
    }
}

/// How often a unit ran that counts the rows, whether it ended where it was asked for, and what it counted.
async fn counted(bed: &Bed) -> (u32, bool, i64) {
    let runs = Arc::new(AtomicU32::new(0));
    let ran = Arc::clone(&runs);
    let unit = move |tx: &mut Tx<'_>| {
        ran.fetch_add(1, Ordering::Relaxed);
        let rows = number(tx, count())?;
        Ok::<_, DbError>((thread::current().id(), rows))
    };
    let (ended_on, rows) = bed.db.read(unit).await.unwrap();
    (runs.load(Ordering::Relaxed), ended_on == thread::current().id(), rows)
}

/// Whatever is committed, by this instance or by another, in whichever order it was begun: who reads after it sees it, and
/// what was made of it is made anew. Seen to fail: with every snapshot taken for the same one, and with only its first two
/// numbers compared.
#[tokio::test]
async fn a_read_sees_all_that_was_committed_before_it() {
    let Some(bed) = bed().await else { return };
    let (other, slow) = (Elsewhere::new(&bed), Elsewhere::new(&bed));
    let (mut expected, mut held, mut luck) = (0, None, 1_u64);
    for round in 0..1_000 {
        luck = luck.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let insert = |name: &str| format!("INSERT INTO counter (id, value) VALUES ('{round:05}{name}', 1)");
        match (luck >> 61, held) {
            (0, _) => {
                let add = sql!("INSERT INTO counter (id, value) VALUES ($1, 1)");
                let id = format!("{round:05}");
                let unit = move |tx: &mut Tx<'_>| tx.exec(add, &[id.as_str().into()]);
                expected += bed.db.write::<u64, DbError>(unit).await.unwrap() as i64;
            }
            (1, _) => {
                other.run(&insert("other"));
                expected += 1;
            }
            (2, _) => other.run(&format!("BEGIN; {}; ROLLBACK", insert("back"))),
            (3, None) => {
                slow.run(&format!("BEGIN; {}", insert("slow")));
                held = Some(1);
            }
            (4, Some(rows)) => {
                slow.run("COMMIT");
                expected += rows;
                held = None;
            }
            (5, Some(_)) => {
                slow.run("ROLLBACK");
                held = None;
            }
            _ => {}
        }
        let unit = |tx: &mut Tx<'_>| {
            let made = match tx.find_kept::<i64>(count(), &[]) {
                Some(made) => made,
                None => Arc::new(number(tx, count())?),
            };
            tx.keep(count(), &[], &made, size_of::<i64>());
            Ok::<_, DbError>((number(tx, count())?, *made))
        };
        assert_eq!(bed.db.read(unit).await.unwrap(), (expected, expected), "round {round}");
    }
}

/// Seen to fail: where nothing is kept, and where every look is another version.
#[tokio::test]
async fn what_is_known_is_answered_where_it_is_asked_for() {
    let Some(bed) = bed().await else { return };
    let other = Elsewhere::new(&bed);
    other.run("INSERT INTO counter (id, value) VALUES ('a', 1)");
    assert_eq!(counted(&bed).await, (2, false, 1), "somebody has committed");
    assert!(is_answered_here(&bed).await);
    bed.db.shared.lookout.as_ref().unwrap().doubt();
    assert_eq!(counted(&bed).await, (2, false, 1), "perhaps another server");
    assert!(is_answered_here(&bed).await);
}

/// In one of some tries: other tests commit on the same server.
async fn is_answered_here(bed: &Bed) -> bool {
    for _ in 0..100 {
        if counted(bed).await == (1, true, 1) {
            return true;
        }
    }
    false
}

/// What is counted makes nothing forgotten, and hides nothing: neither what was committed before it nor after it, nor what a
/// transaction does that was begun before. Seen to fail: with counts that nobody notes, and with any snapshot taken for the same
/// one once something was counted.
#[tokio::test]
async fn what_is_counted_makes_nothing_forgotten_and_hides_nothing() {
    let Some(bed) = bed().await else { return };
    let (other, slow) = (Elsewhere::new(&bed), Elsewhere::new(&bed));
    other.run("CREATE TABLE tally (id TEXT PRIMARY KEY, n BIGINT NOT NULL)");
    let add = sql!(
        "INSERT INTO tally (id, n) VALUES ('a', 1) ON CONFLICT (id) DO UPDATE SET n = tally.n + 1 RETURNING {xid}, n"
    );
    let (mut expected, mut known) = (0, 0);
    for round in 0..200_i64 {
        let insert = |name: &str| format!("INSERT INTO counter (id, value) VALUES ('{round:05}{name}', 1)");
        match round % 10 {
            2 => slow.run(&format!("BEGIN; {}", insert("slow"))),
            4 => slow.run(&insert("more")),
            6 => {
                slow.run("COMMIT");
                expected += 2;
            }
            8 => {
                other.run(&insert("other"));
                expected += 1;
            }
            _ => {}
        }
        for _ in 0..=round % 3 {
            let mut row = bed.db.count(add, Vec::new()).await.unwrap().remove(0).columns();
            assert!(row.int().unwrap() > 0 && row.int().unwrap() > 0);
        }
        let (_, here, rows) = counted(&bed).await;
        assert_eq!(rows, expected, "round {round}");
        known += u32::from(here);
    }
    // Other tests commit on the same server. Were counts taken for more than they are, not one would be.
    assert!(known > 0, "none of 200 was answered from what is known");
}

fn slowly() -> &'static Stmt {
    sql!("SELECT CAST($1 AS BIGINT) FROM pg_sleep(0.03)")
}

/// What many ask for at once is made by one of them. Other tests commit on the same server and keep it busy, and then more
/// begin: so one of some tries must do. Seen to fail: where nobody waits, eight make it each time.
#[tokio::test]
async fn what_many_ask_for_is_made_once() {
    let Some(bed) = bed().await else { return };
    let mut tries = Vec::new();
    for turn in 0..30_i64 {
        let made = Arc::new(AtomicU32::new(0));
        let ask = || {
            let (db, makes) = (bed.db.clone(), Arc::clone(&made));
            let unit = move |tx: &mut Tx<'_>| {
                if let Some(made) = tx.find_kept::<i64>(count(), &[turn.into()]) {
                    return Ok(*made);
                }
                let value = Arc::new(tx.one(slowly(), &[turn.into()])?.columns().int()?);
                makes.fetch_add(1, Ordering::Relaxed);
                tx.keep(count(), &[turn.into()], &value, size_of::<i64>());
                Ok::<_, DbError>(*value)
            };
            tokio::spawn(async move { db.read(unit).await.unwrap() })
        };
        let asked: Vec<_> = (0..24).map(|_| ask()).collect();
        for answer in asked {
            assert_eq!(answer.await.unwrap(), turn);
        }
        tries.push(made.load(Ordering::Relaxed));
        if tries.ends_with(&[1]) {
            return;
        }
    }
    panic!("so many made it: {tries:?}");
}

/// Nobody waits for a unit that has ended without making it. Seen to fail: without `Drop`, when patience ends.
#[tokio::test]
async fn what_was_not_made_after_all_is_not_waited_for() {
    let Some(bed) = bed().await else { return };
    let fails = |tx: &mut Tx<'_>| {
        assert!(tx.find_kept::<i64>(slowly(), &[0.into()]).is_none());
        tx.all(sql!("SELECT COUNT(*), MAX(id) FROM counter"), &[])?;
        Err::<i64, _>(DbError::NotFound)
    };
    let begun = Instant::now();
    for round in 0..40 {
        let add = sql!("INSERT INTO counter (id, value) VALUES ($1, 1)");
        let commits = move |tx: &mut Tx<'_>| tx.exec(add, &[round.to_string().as_str().into()]);
        bed.db.write::<u64, DbError>(commits).await.unwrap();
        assert!(matches!(bed.db.read(fails).await, Err(DbError::NotFound)));
        let makes = |tx: &mut Tx<'_>| {
            let found = tx.find_kept::<i64>(slowly(), &[0.into()]);
            tx.all(sql!("SELECT MAX(id) FROM counter"), &[]).map(|_| found.is_none())
        };
        assert!(bed.db.read::<bool, DbError>(makes).await.unwrap());
    }
    assert!(begun.elapsed() < Duration::from_millis(1_200), "{:?}", begun.elapsed());
}
