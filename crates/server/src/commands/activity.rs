//! `rollcall activity verify`.

use serde::Serialize;
use store::pass::{Reason, SystemPass};

use super::{Answer, with_app};
use crate::failure::Failure;
use crate::sentence::{self, plain_option};
use crate::settings::Settings;

/// What there is to do with the activity.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Seal what is not sealed yet, and walk every chain
    Verify,
}

#[derive(Serialize)]
struct Found {
    whole: bool,
    entries: u64,
    chains: u64,
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

/// Proves the activity whole, or tells where it is not.
pub(crate) async fn verify(settings: &Settings) -> Result<Answer, Failure> {
    let pass = SystemPass::new(Reason::CommandLine);
    with_app(settings, async |app| {
        let refused = |error| sentence::refused(error, plain_option);
        app.seal_activity(&pass).await.map_err(refused)?;
        let verified = app.verify_activity(&pass).await.map_err(refused)?;
        let broken = verified.broken.map(|b| Broken { account: b.account, entry: b.seq, fault: b.fault });
        let whole = broken.is_none();
        Answer::judged(&Found { whole, entries: verified.entries, chains: verified.chains, broken }, whole)
    })
    .await
}
