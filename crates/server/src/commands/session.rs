//! `rollcall session end`.

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

/// What there is to do with sessions.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Sign a person out everywhere
    End(End),
}

/// Whom.
#[derive(clap::Args)]
pub(crate) struct End {
    /// The address the person signs in with
    #[arg(long)]
    login: String,
}

/// Ends all of a person's sessions.
pub(crate) async fn end(settings: &Settings, args: End) -> Result<Answer, Failure> {
    let login = EmailAddress::parse(&args.login).map_err(|problem| {
        let error = FieldError { field: "login", problem };
        sentence::refused(Refused::Invalid(vec![error]), plain_option)
    })?;
    with_app(settings, async |app| {
        let missing = format!("Nobody signs in with the address {login}.");
        let name = login.as_str().to_owned();
        let system = SystemPass::new(Reason::CommandLine);
        let unit = move |w: Writer| app::session::end_all_of(w, &system, &login);
        let ended = app.store.write(Origin::internal(), unit).await;
        let ended = ended.map_err(|error| sentence::refused_or_missing(error, plain_option, missing))?;
        Answer::of(&json!({ "login": name, "ended": ended }))
    })
    .await
}
