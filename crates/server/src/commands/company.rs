//! `rollcall company create`.

use app::work::{Origin, Writer};
use domain::capability::proof::ManageCompanies;
use domain::company::CompanyDetails;
use domain::id::AccountId;
use serde_json::json;
use store::pass::{AccountPass, HasPlace as _, Reason, SystemPass};

use super::{Answer, with_app};
use crate::failure::Failure;
use crate::sentence::{self, plain_option};
use crate::settings::Settings;

/// What there is to do with companies.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Make a company of an account
    Create(Create),
}

/// A company to be made.
#[derive(clap::Args)]
pub(crate) struct Create {
    /// The account's id
    #[arg(long)]
    account: AccountId,
    /// The company's name
    #[arg(long)]
    name: String,
    /// Its time zone, such as America/New_York; otherwise the account's
    #[arg(long)]
    time_zone: Option<String>,
    /// Whether its leads are worked in Lead Center
    #[arg(long)]
    lead_center: bool,
}

/// Makes the company.
pub(crate) async fn create(settings: &Settings, args: Create) -> Result<Answer, Failure> {
    // The account's time zone, for which UTC stands here, is known to be one.
    let zone = args.time_zone.as_deref().unwrap_or("UTC");
    let typed = CompanyDetails::parse(&args.name, zone, args.lead_center);
    let typed = typed.map_err(|errors| sentence::refused(errors.into(), plain_option))?;
    let (account, own_zone) = (args.account, args.time_zone.is_some());
    with_app(settings, async |app| {
        let missing = format!("There is no account {account}.");
        let unit = move |mut w: Writer| {
            let system = SystemPass::new(Reason::CommandLine);
            let pass = AccountPass::<ManageCompanies>::for_operator(&mut w, &system, &account)?;
            let zone = if own_zone { &typed.time_zone } else { &pass.place().time_zone };
            let details = CompanyDetails { time_zone: zone.clone(), ..typed.clone() };
            app::company::create(w, &pass, &details)
        };
        let company = app.store.write(Origin::internal(), unit).await;
        let company = company.map_err(|error| sentence::refused_or_missing(error, plain_option, missing))?;
        Answer::of(&json!({ "company": company.as_str() }))
    })
    .await
}
