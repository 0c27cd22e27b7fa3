//! `rollcall migrate`.

use serde::Serialize;

use super::Answer;
use crate::failure::Failure;
use crate::open;
use crate::settings::Settings;

#[derive(Serialize)]
struct Migrated {
    version: i64,
    applied: Vec<&'static str>,
}

/// Brings the database to this version. Needs no key.
pub(crate) async fn run(settings: &Settings) -> Result<Answer, Failure> {
    let (db, report) = open::database(settings, 1).await?;
    db.close().await;
    Answer::of(&Migrated { version: report.version, applied: report.applied })
}
