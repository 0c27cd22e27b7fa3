//! `rollcall brand host`.

use app::work::{Origin, Writer};
use domain::capability::proof::ManageWhiteLabel;
use domain::id::AccountId;
use serde_json::json;
use store::pass::{AccountPass, Reason, SystemPass};

use super::{Answer, with_app};
use crate::failure::Failure;
use crate::sentence::{self, plain_option};
use crate::settings::Settings;

/// What there is to do with brands.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Give an account a host name of its own, without looking for its record
    Host(Host),
}

/// A host name to be given.
#[derive(clap::Args)]
pub(crate) struct Host {
    /// The account's id
    account: AccountId,
    /// The host name, such as calls.example.com
    host: String,
}

/// Gives it.
pub(crate) async fn host(settings: &Settings, args: Host) -> Result<Answer, Failure> {
    let Host { account, host } = args;
    with_app(settings, async |app| {
        let name = app.parse_host(&host);
        let name = name.map_err(|problem| Failure::new(sentence::problem("The host name", problem)))?;
        let missing = format!("There is no account {account}.");
        let (given, whose) = (name.clone(), account.clone());
        let unit = move |mut w: Writer| {
            let system = SystemPass::new(Reason::CommandLine);
            let pass = AccountPass::<ManageWhiteLabel>::for_operator(&mut w, &system, &whose)?;
            app::brand::give_host(w, &pass, &given, None)
        };
        let done = app.store.write(Origin::internal(), unit).await;
        done.map_err(|error| sentence::refused_or_missing(error, plain_option, missing))?;
        Answer::of(&json!({ "account": account.as_str(), "host": name.as_str() }))
    })
    .await
}
