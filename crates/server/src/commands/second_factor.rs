//! `rollcall second-factor remove`.

use app::Refused;
use app::work::{Origin, Writer};
use domain::email::EmailAddress;
use domain::input::FieldError;
use serde_json::json;
use store::pass::{Reason, SystemPass};

use super::{Answer, with_app};
use crate::failure::Failure;
use crate::sentence::{self, plain_option};
use crate::settings::Settings;

/// What there is to do with second factors.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Take a person's second factor away, who has lost the app or the passkeys, and every recovery code
    Remove(Remove),
}

/// Whose.
#[derive(clap::Args)]
pub(crate) struct Remove {
    /// The address the person signs in with
    #[arg(long)]
    login: String,
}

/// Takes it away, and signs them out. They are told by mail.
pub(crate) async fn remove(settings: &Settings, args: Remove) -> Result<Answer, Failure> {
    let login = EmailAddress::parse(&args.login).map_err(|problem| {
        let error = FieldError { field: "login", problem };
        sentence::refused(Refused::Invalid(vec![error]), plain_option)
    })?;
    with_app(settings, async |app| {
        let missing = format!("Nobody who signs in with the address {login} has a second factor.");
        let answer = json!({ "removed": login.as_str() });
        let system = SystemPass::new(Reason::CommandLine);
        let unit = move |w: Writer| app::second_factor::remove(w, &system, &login);
        let removed = app.store.write(Origin::internal(), unit).await;
        removed.map_err(|error| sentence::refused_or_missing(error, plain_option, missing))?;
        Answer::of(&answer)
    })
    .await
}
