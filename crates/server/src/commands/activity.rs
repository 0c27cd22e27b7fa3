//! `rollcall activity verify`. It changes nothing: sealing is the server's, whose log tells of each seal.

mod told;

use std::path::{Path, PathBuf};

use app::App;
use app::activity::Verified;
use serde::Serialize;
use store::pass::{Reason, SystemPass};

use super::{Answer, with_app};
use crate::failure::Failure;
use crate::sentence::{self, plain_option};
use crate::settings::Settings;

/// What there is to do with the activity.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Walk every chain, and what is not sealed yet
    Verify(Args),
}

/// What it is compared with.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A file with lines of the server's log that were kept elsewhere: the newest hash that they tell of each chain must be there
    #[arg(long)]
    log: Option<PathBuf>,
}

#[derive(Serialize)]
struct Found {
    whole: bool,
    entries: u64,
    chains: u64,
    /// How many chains were compared with the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    compared: Option<usize>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    broken: Option<Broken>,
}

/// Where the first chain that is not whole is broken.
#[derive(Serialize)]
struct Broken {
    /// Empty for the chain of logins.
    account: String,
    /// The entry's number in its chain.
    entry: i64,
    fault: &'static str,
}

const NOT_AS_TOLD: &str = "is not what the log tells of it";

/// Proves the activity whole, or tells where it is not.
pub(crate) async fn verify(settings: &Settings, args: Args) -> Result<Answer, Failure> {
    let pass = SystemPass::new(Reason::CommandLine);
    let told = args.log.as_deref().map(read).transpose()?;
    with_app(settings, async |app| {
        let verified = app.verify_activity(&pass).await;
        let Verified { entries, chains, broken } =
            verified.map_err(|error| sentence::refused(error, plain_option))?;
        let mut broken = broken.map(|b| Broken { account: b.account, entry: b.seq, fault: b.fault });
        if let (None, Some(told)) = (&broken, &told) {
            broken = compare(app, &pass, told).await?;
        }
        let whole = broken.is_none();
        let compared = told.as_ref().map(told::Told::len);
        Answer::judged(&Found { whole, entries, chains, compared, broken }, whole)
    })
    .await
}

fn read(file: &Path) -> Result<told::Told, Failure> {
    told::read(file)
        .map_err(|error| Failure::new(format!("--log: the file {} cannot be read: {error}.", file.display())))
}

/// The first chain in which the newest entry that was told of is another one, or is not there.
async fn compare(app: &App, pass: &SystemPass, told: &told::Told) -> Result<Option<Broken>, Failure> {
    for (account, (number, hash)) in told {
        let found = app.find_seal(pass, account, *number).await;
        let found = found.map_err(|error| sentence::refused(error, plain_option))?;
        if found.as_ref() != Some(hash) {
            return Ok(Some(Broken { account: account.clone(), entry: *number, fault: NOT_AS_TOLD }));
        }
    }
    Ok(None)
}
