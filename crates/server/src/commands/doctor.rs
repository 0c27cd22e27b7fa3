//! `rollcall doctor`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

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
    let mut problems = found.problems;
    problems.extend(open_folder(&settings.data_dir));
    let well = problems.is_empty();
    let found = Found {
        engine: found.engine,
        sends_mail: found.sends_mail,
        activity_entries: found.activity_entries,
        problems,
    };
    Answer::judged(&found, well)
}

/// A folder that others may enter: whoever can read the key in it or change it is everybody here.
fn open_folder(folder: &Path) -> Option<String> {
    let mode = fs::metadata(folder).ok()?.permissions().mode();
    (mode & 0o077 != 0).then(|| {
        let folder = folder.display();
        format!("The data folder {folder} is open to other users of this machine: close it with chmod 700.")
    })
}
