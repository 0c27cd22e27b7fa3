//! `rollcall doctor`.

use app::password::Hasher;
use serde::Serialize;
use store::pass::{Reason, SystemPass};

use super::Answer;
use crate::failure::Failure;
use crate::open;
use crate::sentence::{self, plain_option};
use crate::settings::Settings;

#[derive(Serialize)]
struct Found {
    engine: &'static str,
    sends_mail: bool,
    activity_entries: u64,
    problems: Vec<String>,
}

/// Looks for what is wrong, a foreign key included: it is a finding here, and no reason to stop.
pub(crate) async fn run(settings: &Settings) -> Result<Answer, Failure> {
    let app = open::unchecked_app(settings, 1, Hasher::cheap).await?;
    let diagnosis = app.diagnose(&SystemPass::new(Reason::CommandLine)).await;
    app.store.close().await;
    let found = diagnosis.map_err(|error| sentence::refused(error, plain_option))?;
    let well = found.problems.is_empty();
    let found = Found {
        engine: found.engine,
        sends_mail: found.sends_mail,
        activity_entries: found.activity_entries,
        problems: found.problems,
    };
    Answer::judged(&found, well)
}
