//! `rollcall api-key create`.

use app::work::{Origin, Writer};
use domain::email::EmailAddress;
use domain::input::Checker;
use domain::name;
use serde_json::json;
use store::pass::{Reason, SystemPass};

use super::{Answer, with_app};
use crate::failure::Failure;
use crate::sentence::{self, plain_option};
use crate::settings::Settings;

/// What there is to do with keys.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Make a key that sees what a person sees
    Create(Create),
}

/// A key to be made.
#[derive(clap::Args)]
pub(crate) struct Create {
    /// The address the person signs in with
    #[arg(long)]
    login: String,
    /// What the key is for
    #[arg(long)]
    name: String,
}

/// Makes the key and shows it, this once.
pub(crate) async fn create(settings: &Settings, args: Create) -> Result<Answer, Failure> {
    let mut check = Checker::default();
    let login = check.take("login", EmailAddress::parse(&args.login));
    let name = check.take("name", name::required(&args.name));
    let checked = check.finish(login.zip(name));
    let (login, name) = checked.map_err(|errors| sentence::refused(errors.into(), plain_option))?;
    with_app(settings, async |app| {
        let missing = format!("Nobody signs in with the address {login}.");
        let unit = move |w: Writer| {
            let pass = SystemPass::new(Reason::CommandLine);
            app::api_key::create(w, &pass, &login, &name)
        };
        let key = app.store.write(Origin::internal(), unit).await;
        let key = key.map_err(|error| sentence::refused_or_missing(error, plain_option, missing))?;
        Answer::of(&json!({ "api_key": key }))
    })
    .await
}
