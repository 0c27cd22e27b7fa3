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

#[cfg(test)]
mod tests {
    use super::*;

    /// I-05
    #[test]
    fn i05_a_folder_that_others_may_enter_is_told() {
        let folder = std::env::temp_dir().join(format!("rollcall_open_{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        for (mode, is_told) in [(0o700, false), (0o750, true), (0o701, true), (0o770, true)] {
            fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).expect("ours");
            assert_eq!(open_folder(&folder).is_some(), is_told, "{mode:o}");
        }
        fs::remove_dir(&folder).expect("empty");
    }
}
