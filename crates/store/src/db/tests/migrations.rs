//! The runner of migrations.

use super::*;
use crate::db::{MIGRATIONS, MigrateError, sql};

static BROKEN: &[Migration] = &[
    Migration { name: "0001_good", sql: "CREATE TABLE good (id TEXT NOT NULL PRIMARY KEY);" },
    Migration {
        name: "0002_bad",
        sql: "CREATE TABLE half (id TEXT NOT NULL PRIMARY KEY); CREATE TABLE good (id TEXT);",
    },
];
static MENDED: &[Migration] = &[
    Migration { name: "0001_good", sql: "CREATE TABLE good (id TEXT NOT NULL PRIMARY KEY);" },
    Migration { name: "0002_bad", sql: "CREATE TABLE half (id TEXT NOT NULL PRIMARY KEY);" },
];
static CHANGED: &[Migration] =
    &[Migration { name: "0001_good", sql: "CREATE TABLE good (id BIGINT NOT NULL PRIMARY KEY);" }, MENDED[1]];

fn run(place: &Place, list: &'static [Migration]) -> Result<Vec<&'static str>, MigrateError> {
    let location = place.location.clone();
    let run = move || migrate::migrate(&location, list, 5).map(|report| report.applied);
    std::thread::spawn(run).join().unwrap()
}

fn the_runner_is_careful(place: &Place) {
    let failed = run(place, BROKEN).unwrap_err();
    assert!(matches!(failed, MigrateError::Failed { name: "0002_bad", .. }), "{failed:?}");
    assert_eq!(run(place, MENDED).unwrap(), ["0002_bad"]);
    assert!(run(place, MENDED).unwrap().is_empty());
    let changed = run(place, CHANGED).unwrap_err();
    assert!(matches!(&changed, MigrateError::Changed { name } if name == "0001_good"), "{changed:?}");
    let newer = run(place, &MENDED[..1]).unwrap_err();
    assert!(matches!(newer, MigrateError::Newer { version: 2, known: 1 }), "{newer:?}");
}

async fn instances_may_start_at_once(place: &Place) {
    let instances = (0..4).map(|_| {
        let location = place.location.clone();
        tokio::spawn(async move { Db::open(&location).unwrap().migrate(5).await.unwrap() })
    });
    let mut applied = 0;
    for instance in instances.collect::<Vec<_>>() {
        let report = instance.await.unwrap();
        assert_eq!(report.version, MIGRATIONS.len() as i64);
        applied += report.applied.len();
    }
    assert_eq!(applied, MIGRATIONS.len());
    let count = sql!("SELECT count(*) AS n FROM migration WHERE applied_at = 5");
    let db = Db::open(&place.location).unwrap();
    let noted = db.read(move |tx| tx.one(count, &[])?.columns().int()).await.unwrap();
    assert_eq!(noted, applied as i64);
}

#[test]
fn the_runner_is_careful_on_sqlite() {
    the_runner_is_careful(&Place::sqlite());
}

#[test]
fn the_runner_is_careful_on_postgres() {
    if let Some(place) = Place::postgres() {
        the_runner_is_careful(&place);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_may_start_at_once_on_sqlite() {
    instances_may_start_at_once(&Place::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_may_start_at_once_on_postgres() {
    if let Some(place) = Place::postgres() {
        instances_may_start_at_once(&place).await;
    }
}
