//! Summary emails, as programs see and change them.

use app::Refused;
use app::pass::{AccountPass, HasPlace as _};
use app::summary_email;
use domain::activity::Verb;
use domain::capability::proof::AnyUser;
use domain::id::SummaryEmailId;
use domain::receiver::Receiver;
use domain::summary_email::{Frequency, LeadStatus, SummaryChange};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{Gone, Made, One};
use super::company::given;
use super::listing::{Listed, Listing, Paging};
use super::refused::Wrong;
use super::route::{delete, get, list, post, put};
use crate::http::route::{Nothing, Route};
use crate::http::visit::Visit;

const ALL: &str = "/v3/a/{account}/summary_emails.json";
/// The same, as older programs write it.
const ALL_BARE: &str = "/v3/a/{account}/summary_emails";
const ONE: &str = "/v3/a/{account}/summary_emails/{summary_email}.json";

pub(super) fn routes() -> Vec<Route> {
    let made = &[Verb::SummaryEmailCreated];
    vec![
        list(ALL, "List summary emails", index),
        post(ALL, "Create a summary email", create).records(made),
        Route { described: None, ..list(ALL_BARE, "List summary emails", index) },
        Route { described: None, ..post(ALL_BARE, "Create a summary email", create) }.records(made),
        get(ONE, "Retrieve a summary email", show),
        put(ONE, "Update a summary email", update).records(&[Verb::SummaryEmailChanged]),
        delete(ONE, "Delete a summary email", remove).records(&[Verb::SummaryEmailRemoved]),
    ]
}

/// What came in during a day, a week or a month, mailed to somebody.
#[derive(Serialize, JsonSchema)]
pub(super) struct SummaryEmail {
    /// The summary's id.
    id: i64,
    /// The user who gets it; nothing where it is an address without one.
    user_id: Option<String>,
    /// The address.
    email: String,
    /// The company that it is about; nothing where it is about all that they have.
    company_id: Option<String>,
    /// What it is about.
    scope_type: Scope,
    /// The id of the company, or of the account.
    scope_id: String,
    /// The name of the company, or of the account.
    scope_name: String,
    /// How often it comes.
    frequency: Vec<Often>,
    /// What it says.
    config: Config,
    /// What it counts.
    filters: Filters,
}

impl Listed for SummaryEmail {
    const KEY: &'static str = "summary_emails";
}

impl SummaryEmail {
    fn of(one: summary_email::SummaryEmail, pass: &AccountPass<AnyUser>) -> SummaryEmail {
        let (summary, place) = (one.summary, pass.place());
        let company_id = summary.company.map(|company| company.to_string());
        SummaryEmail {
            id: one.id.number(),
            user_id: one.user.map(|user| user.to_string()),
            email: one.email,
            scope_type: if company_id.is_some() { Scope::Company } else { Scope::Account },
            scope_id: company_id.clone().unwrap_or_else(|| place.account.to_string()),
            scope_name: one.company_name.unwrap_or_else(|| place.account_name.clone()),
            company_id,
            frequency: summary.frequency.into_iter().map(Often::from).collect(),
            config: Config {
                summary_statistics: Some(summary.parts.summary_statistics),
                top_sources: Some(summary.parts.top_sources),
                top_keywords: Some(summary.parts.top_keywords),
                call_log: Some(summary.parts.call_log),
            },
            filters: Filters { lead_status: Some(Leads::from(summary.lead_status)) },
        }
    }
}

/// What a summary is about.
#[derive(Serialize, JsonSchema)]
enum Scope {
    /// One company.
    Company,
    /// All companies of the account that its receiver has.
    Account,
}

/// How often a summary comes.
#[derive(Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Often {
    Daily,
    Weekly,
    Monthly,
}

impl From<Frequency> for Often {
    fn from(frequency: Frequency) -> Often {
        match frequency {
            Frequency::Daily => Often::Daily,
            Frequency::Weekly => Often::Weekly,
            Frequency::Monthly => Often::Monthly,
        }
    }
}

impl From<Often> for Frequency {
    fn from(often: Often) -> Frequency {
        match often {
            Often::Daily => Frequency::Daily,
            Often::Weekly => Frequency::Weekly,
            Often::Monthly => Frequency::Monthly,
        }
    }
}

/// What a summary says.
#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Config {
    /// The figures.
    summary_statistics: Option<bool>,
    /// The sources with the most calls.
    top_sources: Option<bool>,
    /// The keywords with the most calls.
    top_keywords: Option<bool>,
    /// Call by call.
    call_log: Option<bool>,
}

/// What a summary counts.
#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Filters {
    /// Which leads.
    lead_status: Option<Leads>,
}

/// Which leads are counted.
#[derive(Clone, Copy, Serialize, Deserialize, JsonSchema)]
enum Leads {
    /// Leads.
    Lead,
    /// What was found to be none.
    #[serde(rename = "Not a Lead")]
    NotALead,
    /// What nobody has judged.
    #[serde(rename = "Not Scored")]
    NotScored,
    /// All of it.
    All,
}

impl From<LeadStatus> for Leads {
    fn from(status: LeadStatus) -> Leads {
        match status {
            LeadStatus::Lead => Leads::Lead,
            LeadStatus::NotALead => Leads::NotALead,
            LeadStatus::NotScored => Leads::NotScored,
            LeadStatus::All => Leads::All,
        }
    }
}

impl From<Leads> for LeadStatus {
    fn from(leads: Leads) -> LeadStatus {
        match leads {
            Leads::Lead => LeadStatus::Lead,
            Leads::NotALead => LeadStatus::NotALead,
            Leads::NotScored => LeadStatus::NotScored,
            Leads::All => LeadStatus::All,
        }
    }
}

/// Which summaries: there is nothing to choose by. `Nothing` would refuse what says which part of the list is wanted.
#[derive(Clone, Deserialize, JsonSchema)]
pub(super) struct SummaryEmails {}

/// The summaries of the key's owner; of everybody, where they manage users.
pub(super) async fn index(
    visit: Visit<AccountPass<AnyUser>>,
    paging: Paging,
    _: SummaryEmails,
) -> Result<Listing<SummaryEmail>, Wrong> {
    let window = paging.window()?;
    let (pass, part) = visit.read(move |r, pass| summary_email::list(r, pass, window)).await?;
    Ok(paging.listing(part)?.map(|one| SummaryEmail::of(one, &pass)))
}

/// One summary.
pub(super) async fn show(visit: Visit<AccountPass<AnyUser>>, _: Nothing) -> Result<One<SummaryEmail>, Wrong> {
    let id: SummaryEmailId = visit.param("summary_email")?;
    let (pass, one) = visit.read(move |r, pass| summary_email::get(r, pass, id)).await?;
    Ok(One(SummaryEmail::of(one, &pass)))
}

/// A summary to be set up.
#[derive(Clone, Deserialize, JsonSchema)]
pub(super) struct NewSummaryEmail {
    /// The user who is to get it; the key's owner if nobody is named.
    #[schemars(regex(pattern = "^(USR[0-9a-f]{32})?$"))]
    user_id: Option<String>,
    /// The address that is to get it, instead of a user. Without a user it takes a company.
    email: Option<String>,
    /// The company that it is about; otherwise it is about all that they have.
    #[schemars(regex(pattern = "^(COM[0-9a-f]{32})?$"))]
    company_id: Option<String>,
    /// How often it comes.
    #[schemars(length(min = 1))]
    frequency: Vec<Often>,
    /// What it says; all of it if nothing is said.
    config: Option<Config>,
    /// What it counts; all leads if nothing is said.
    filters: Option<Filters>,
}

/// Sets a summary up.
pub(super) async fn create(
    visit: Visit<AccountPass<AnyUser>>,
    new: NewSummaryEmail,
) -> Result<Made<SummaryEmail>, Wrong> {
    let (user, email) = (new.user_id.unwrap_or_default(), new.email.unwrap_or_default());
    let receiver = Receiver::parse(&user, &email).map_err(Refused::from)?;
    let change = change(new.company_id, Some(new.frequency), new.config, new.filters);
    let make =
        move |w: app::work::Writer, pass: &_| summary_email::create(w, pass, receiver.as_ref(), &change);
    let (pass, made) = visit.write(make).await?;
    Ok(Made(SummaryEmail::of(made, &pass)))
}

/// What is changed of a summary. What is left out stays; whose it is stays always.
#[derive(Clone, Deserialize, JsonSchema)]
pub(super) struct ChangedSummaryEmail {
    /// The company that it is about; nothing, or an empty text, for all that they have.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<String>", regex(pattern = "^(COM[0-9a-f]{32})?$"))]
    company_id: Option<Option<String>>,
    /// How often it comes.
    #[schemars(length(min = 1))]
    frequency: Option<Vec<Often>>,
    /// What it says.
    config: Option<Config>,
    /// What it counts.
    filters: Option<Filters>,
}

/// Changes a summary.
pub(super) async fn update(
    visit: Visit<AccountPass<AnyUser>>,
    changed: ChangedSummaryEmail,
) -> Result<One<SummaryEmail>, Wrong> {
    let id: SummaryEmailId = visit.param("summary_email")?;
    let company = changed.company_id.map(Option::unwrap_or_default);
    let change = change(company, changed.frequency, changed.config, changed.filters);
    let (pass, one) = visit.write(move |w, pass| summary_email::change(w, pass, id, &change)).await?;
    Ok(One(SummaryEmail::of(one, &pass)))
}

/// Removes a summary.
pub(super) async fn remove(visit: Visit<AccountPass<AnyUser>>, _: Nothing) -> Result<Gone, Wrong> {
    let id: SummaryEmailId = visit.param("summary_email")?;
    visit.write(move |w, pass| summary_email::remove(w, pass, id)).await?;
    Ok(Gone)
}

fn change(
    company_id: Option<String>,
    frequency: Option<Vec<Often>>,
    config: Option<Config>,
    filters: Option<Filters>,
) -> SummaryChange {
    let config = config.unwrap_or_default();
    SummaryChange {
        company_id,
        frequency: frequency.map(|often| often.into_iter().map(Frequency::from).collect()),
        summary_statistics: config.summary_statistics,
        top_sources: config.top_sources,
        top_keywords: config.top_keywords,
        call_log: config.call_log,
        lead_status: filters.unwrap_or_default().lead_status.map(LeadStatus::from),
    }
}
