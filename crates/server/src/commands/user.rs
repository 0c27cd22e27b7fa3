//! `rollcall user invite`.

use app::work::{Origin, Writer};
use domain::capability::proof::ManageUsers;
use domain::id::AccountId;
use domain::input::yes_no;
use domain::user::TypedUser;
use serde_json::json;
use store::pass::{AccountPass, Reason, SystemPass};

use super::{Answer, with_app};
use crate::failure::Failure;
use crate::sentence::{self, plain_option};
use crate::settings::Settings;

/// What there is to do with users.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Make a user of an account and mail the invitation
    Invite(Invite),
}

/// A user to be invited.
#[derive(clap::Args)]
pub(crate) struct Invite {
    /// The account's id
    #[arg(long)]
    account: AccountId,
    /// administrator, manager, reporting, agent or notification
    #[arg(long = "type")]
    user_type: String,
    /// The address
    #[arg(long)]
    email: String,
    /// The first name, or the name of a team that gets notifications
    #[arg(long)]
    first_name: String,
    /// The last name
    #[arg(long, default_value = "")]
    last_name: String,
    /// A company the user has; may be given several times
    #[arg(long)]
    company: Vec<String>,
    /// Whether the user also answers leads; users of the type agent always do
    #[arg(long)]
    agent: bool,
    /// Your own words in the invitation
    #[arg(long, default_value = "")]
    message: String,
}

/// Invites the user. The link goes to the invited address alone, never to the terminal.
pub(crate) async fn invite(settings: &Settings, args: Invite) -> Result<Answer, Failure> {
    let new = read(&args).parse().map_err(|errors| sentence::refused(errors.into(), plain_option))?;
    let account = args.account;
    with_app(settings, async |app| {
        let missing = format!("There is no account {account}.");
        let unit = move |mut w: Writer| {
            let system = SystemPass::new(Reason::CommandLine);
            let pass = AccountPass::<ManageUsers>::for_operator(&mut w, &system, &account)?;
            app::user::create(w, &pass, &new)
        };
        let user = app.store.write(Origin::internal(), unit).await.and_then(|created| created);
        let user = user.map_err(|error| sentence::refused_or_missing(error, plain_option, missing))?;
        Answer::of(&json!({ "user": user.as_str() }))
    })
    .await
}

fn read(args: &Invite) -> TypedUser {
    let agent = args.agent || args.user_type == "agent";
    TypedUser {
        agent: yes_no(agent).to_owned(),
        user_type: args.user_type.clone(),
        first_name: args.first_name.clone(),
        last_name: args.last_name.clone(),
        email: args.email.clone(),
        companies: args.company.clone(),
        message: args.message.clone(),
        ..TypedUser::default()
    }
}
