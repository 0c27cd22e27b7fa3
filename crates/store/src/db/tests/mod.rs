//! The seam's contract, held by both engines. PostgreSQL joins when `ROLLCALL_TEST_POSTGRES` holds the URL of a server
//! on which databases may be made, such as `postgres://app@127.0.0.1:5432/postgres`.

#![allow(clippy::unwrap_used, reason = "in tests a panic is the message")]

mod collisions;
mod contract;
mod here;
mod known;
mod lookout;
mod migrations;
mod outages;
mod put;
mod refusals;

use super::migrate::{self, Migration};
use super::postgres::{Connector, on_thread};
use super::{Db, Engine, Location};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

static SCHEMA: &[Migration] = &[Migration { name: "0001_test", sql: include_str!("schema.sql") }];

/// Makes each contract a module with a test per engine.
macro_rules! on_both_engines {
    ($(async fn $name:ident($bed:ident) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports, reason = "not every contract needs what its module brings in")]
            use super::*;

            async fn contract($bed: &Bed) $body

            #[tokio::test]
            async fn sqlite() {
                contract(&Bed::with_schema(Place::sqlite())).await;
            }

            #[tokio::test]
            async fn postgres() {
                if let Some(place) = Place::postgres() {
                    contract(&Bed::with_schema(place)).await;
                }
            }
        }
    )*};
}
use on_both_engines;

/// A number no other test of this run has.
fn unique() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("rollcall_seam_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// An empty place for a database, cleared away in the end.
struct Place {
    location: Location,
    clear: Clear,
}

enum Clear {
    Folder(PathBuf),
    Database { admin: String, name: String },
}

impl Place {
    fn sqlite() -> Place {
        let folder = std::env::temp_dir().join(unique());
        // A run that was killed may have left one of the same name.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Place { location: Location::Sqlite(folder.join("test.db")), clear: Clear::Folder(folder) }
    }

    fn postgres() -> Option<Place> {
        let admin = std::env::var("ROLLCALL_TEST_POSTGRES").ok()?;
        let name = unique();
        batch(&admin, &format!("CREATE DATABASE {name}"));
        let (server, _) = admin.rsplit_once('/').unwrap();
        let location = Location::Postgres { url: format!("{server}/{name}"), connections: 8 };
        Some(Place { location, clear: Clear::Database { admin, name } })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        match &self.clear {
            Clear::Folder(folder) => drop(std::fs::remove_dir_all(folder)),
            Clear::Database { admin, name } => batch(admin, &format!("DROP DATABASE {name} WITH (FORCE)")),
        }
    }
}

fn batch(url: &str, sql: &str) {
    on_thread(&Connector::new(url).unwrap(), |mut session| {
        session.batch("SET default_transaction_read_only = off").unwrap();
        session.batch(sql).unwrap();
    })
    .unwrap();
}

/// A database with the tests' tables.
struct Bed {
    db: Db,
    place: Place,
}

impl Bed {
    fn with_schema(place: Place) -> Bed {
        let location = place.location.clone();
        std::thread::spawn(move || migrate::migrate(&location, SCHEMA, 1)).join().unwrap().unwrap();
        Bed { db: Db::open(&place.location).unwrap(), place }
    }

    fn is_postgres(&self) -> bool {
        self.db.engine() == Engine::Postgres
    }
}
