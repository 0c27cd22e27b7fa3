//! `rollcall api-key create`, `list` and `revoke`.

use app::Refused;
use app::api_key::ApiKeyRecord;
use app::work::{Origin, Reader, Writer};
use domain::email::EmailAddress;
use domain::id::ApiKeyId;
use domain::input::{Checker, FieldError};
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
    /// List a person's keys; the keys themselves are stored nowhere
    List(List),
    /// End a key of a person
    Revoke(Revoke),
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

/// Whose keys.
#[derive(clap::Args)]
pub(crate) struct List {
    /// The address the person signs in with
    #[arg(long)]
    login: String,
}

/// A key to be ended.
#[derive(clap::Args)]
pub(crate) struct Revoke {
    /// The address the person signs in with
    #[arg(long)]
    login: String,
    /// The key's id, as `rollcall api-key list` tells it
    #[arg(long)]
    id: ApiKeyId,
}

/// Makes the key and shows it, this once.
pub(crate) async fn create(settings: &Settings, args: Create) -> Result<Answer, Failure> {
    let mut check = Checker::default();
    let login = check.take("login", EmailAddress::parse(&args.login));
    let name = check.take("name", name::required(&args.name));
    let checked = check.finish(login.zip(name));
    let (login, name) = checked.map_err(|errors| sentence::refused(errors.into(), plain_option))?;
    with_app(settings, async |app| {
        let missing = nobody(&login);
        let unit = move |w: Writer| app::api_key::create(w, &operator(), &login, &name);
        let key = app.store.write(Origin::internal(), unit).await;
        let key = key.map_err(|error| sentence::refused_or_missing(error, plain_option, missing))?;
        Answer::of(&json!({ "api_key": key }))
    })
    .await
}

/// Tells what keys a person has.
pub(crate) async fn list(settings: &Settings, args: List) -> Result<Answer, Failure> {
    let login = parse(&args.login)?;
    with_app(settings, async |app| {
        let missing = nobody(&login);
        let unit = move |r: &mut Reader| app::api_key::list(r, &operator(), &login);
        let keys = app.store.read(unit).await;
        let keys = keys.map_err(|error| sentence::refused_or_missing(error, plain_option, missing))?;
        let told = |key: &ApiKeyRecord| {
            let last_used = key.last_used_at.map(|at| at.to_string());
            json!({ "id": key.id.as_str(), "name": key.name, "created_at": key.created_at.to_string(),
                "last_used_at": last_used })
        };
        Answer::of(&json!({ "api_keys": keys.iter().map(told).collect::<Vec<_>>() }))
    })
    .await
}

/// Ends a key.
pub(crate) async fn revoke(settings: &Settings, args: Revoke) -> Result<Answer, Failure> {
    let (login, id) = (parse(&args.login)?, args.id);
    with_app(settings, async |app| {
        let missing = format!("The login {login} has no key {id}.");
        let answer = json!({ "revoked": id.as_str() });
        let unit = move |w: Writer| app::api_key::revoke(w, &operator(), &login, &id);
        let revoked = app.store.write(Origin::internal(), unit).await;
        revoked.map_err(|error| sentence::refused_or_missing(error, plain_option, missing))?;
        Answer::of(&answer)
    })
    .await
}

fn operator() -> SystemPass {
    SystemPass::new(Reason::CommandLine)
}

fn parse(login: &str) -> Result<EmailAddress, Failure> {
    EmailAddress::parse(login).map_err(|problem| {
        let error = FieldError { field: "login", problem };
        sentence::refused(Refused::Invalid(vec![error]), plain_option)
    })
}

fn nobody(login: &EmailAddress) -> String {
    format!("Nobody signs in with the address {login}.")
}
