//! `rollcall account create`.

use std::collections::BTreeSet;

use app::account::MadeAccount;
use app::work::{Origin, Writer};
use domain::account::{AccountDetails, DEFAULT_INVITATION_DAYS, Ticks};
use domain::input::FieldError;
use domain::user::{NewUser, TypedUser};
use serde::Serialize;
use store::pass::{Reason, SystemPass};

use super::{Answer, with_app};
use crate::failure::Failure;
use crate::sentence;
use crate::settings::Settings;

/// What there is to do with accounts.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Make an account and invite its first administrator
    Create(Create),
}

/// An account to be made.
#[derive(clap::Args)]
pub(crate) struct Create {
    /// The account's name
    #[arg(long)]
    name: String,
    /// The administrator's address
    #[arg(long)]
    admin_email: String,
    /// The administrator's first name
    #[arg(long)]
    admin_first_name: String,
    /// The administrator's last name
    #[arg(long)]
    admin_last_name: String,
    /// The account's time zone, such as America/New_York
    #[arg(long, default_value = "UTC")]
    time_zone: String,
}

#[derive(Serialize)]
struct Made {
    account: String,
    user: String,
    invitation_link: String,
}

/// Makes the account. Its invitation is mailed too, where a mail server is set.
pub(crate) async fn create(settings: &Settings, args: Create) -> Result<Answer, Failure> {
    let (details, administrator) = read(&args)?;
    with_app(settings, async |app| {
        let unit = move |w: Writer| {
            let pass = SystemPass::new(Reason::CommandLine);
            app::account::create(w, &pass, &details.name, &details.time_zone, &administrator)
        };
        let made = app.store.write(Origin::internal(), unit).await;
        let MadeAccount { account, user, invitation } =
            made.map_err(|error| sentence::refused(error, option))?;
        let of = (&account, &invitation.id, invitation.generation);
        let invitation_link = app.invitation_link(app.store.key(), of, &app.settings.base_url);
        Answer::of(&Made { account: account.to_string(), user: user.to_string(), invitation_link })
    })
    .await
}

/// Both halves are read before either is refused, so that every error is told at once.
fn read(args: &Create) -> Result<(AccountDetails, NewUser), Failure> {
    let details =
        AccountDetails::parse(&args.name, &args.time_zone, &DEFAULT_INVITATION_DAYS.to_string(), Ticks::NEW);
    let administrator = TypedUser {
        user_type: "administrator".to_owned(),
        first_name: args.admin_first_name.clone(),
        last_name: args.admin_last_name.clone(),
        email: args.admin_email.clone(),
        ..TypedUser::default()
    };
    match (details, administrator.parse()) {
        (Ok(details), Ok(new)) => {
            Ok((details, NewUser { companies: BTreeSet::new(), invoice_emails: true, ..new }))
        }
        (details, new) => {
            let errors: Vec<FieldError> =
                [details.err(), new.err()].into_iter().flatten().flatten().collect();
            Err(sentence::refused(errors.into(), option))
        }
    }
}

fn option(field: &str) -> String {
    match field {
        "email" | "first_name" | "last_name" => format!("--admin-{}", field.replace('_', "-")),
        _ => sentence::plain_option(field),
    }
}
