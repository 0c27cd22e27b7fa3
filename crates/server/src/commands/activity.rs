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
    /// A file with lines of the server's log that were kept elsewhere: every hash that they tell of must be there
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
    /// How many lines of the log let a chain begin afresh.
    #[serde(skip_serializing_if = "Option::is_none")]
    sealed_anew: Option<u64>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    broken: Option<Broken>,
}

/// Where the first chain that is not whole is broken.
#[derive(Serialize)]
struct Broken {
    /// Empty for the chain of logins; `None` where the fault is the log's.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    /// The entry's number in its chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<i64>,
    fault: &'static str,
}

impl Broken {
    fn at(account: &str, entry: i64, fault: &'static str) -> Broken {
        Broken { account: Some(account.to_owned()), entry: Some(entry), fault }
    }
}

const NOT_AS_TOLD: &str = "is not what the log tells of it";
const TOLD_TWICE: &str = "was told twice with different hashes";
const NOTHING_TOLD: &str = "the log tells of no chain";

/// Proves the activity whole, or tells where it is not.
pub(crate) async fn verify(settings: &Settings, args: Args) -> Result<Answer, Failure> {
    let pass = SystemPass::new(Reason::CommandLine);
    let told = args.log.as_deref().map(read).transpose()?;
    with_app(settings, async |app| {
        let verified = app.verify_activity(&pass).await;
        let Verified { entries, chains, broken } =
            verified.map_err(|error| sentence::refused(error, plain_option))?;
        let mut broken = broken.map(|b| Broken::at(&b.account, b.seq, b.fault));
        if let (None, Some(told)) = (&broken, &told) {
            broken = compare(app, &pass, told).await?;
        }
        let whole = broken.is_none();
        let compared = told.as_ref().map(|told| told.chains.len());
        let sealed_anew = told.as_ref().map(|told| told.sealed_anew);
        Answer::judged(&Found { whole, entries, chains, compared, sealed_anew, broken }, whole)
    })
    .await
}

fn read(file: &Path) -> Result<told::Told, Failure> {
    told::read(file)
        .map_err(|error| Failure::new(format!("--log: the file {} cannot be read: {error}.", file.display())))
}

/// The first entry that was told of and is another one, or is not there. A chain that was put back and has grown past where it ended
/// may have any end, so each is looked at.
async fn compare(app: &App, pass: &SystemPass, told: &told::Told) -> Result<Option<Broken>, Failure> {
    // Who compares with nothing is to know it.
    if told.chains.is_empty() {
        return Ok(Some(Broken { account: None, entry: None, fault: NOTHING_TOLD }));
    }
    for (account, chain) in &told.chains {
        if let Some(number) = chain.twice {
            return Ok(Some(Broken::at(account, number, TOLD_TWICE)));
        }
        if let Some(number) = compare_chain(app, pass, account, chain).await? {
            return Ok(Some(Broken::at(account, number, NOT_AS_TOLD)));
        }
    }
    Ok(None)
}

/// The number of the first entry of a chain that is not as it was told.
async fn compare_chain(
    app: &App,
    pass: &SystemPass,
    account: &str,
    chain: &told::Chain,
) -> Result<Option<i64>, Failure> {
    let mut told = chain.hashes.iter().peekable();
    while let Some((first, _)) = told.peek() {
        let page = app.list_seals(pass, account, **first).await;
        let page = page.map_err(|error| sentence::refused(error, plain_option))?;
        let Some((&last, _)) = page.last_key_value() else { return Ok(Some(**first)) };
        while let Some((number, hash)) = told.next_if(|(number, _)| **number <= last) {
            if page.get(number) != Some(hash) {
                return Ok(Some(*number));
            }
        }
    }
    Ok(None)
}
