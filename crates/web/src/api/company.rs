//! Companies, as programs see and change them.

use std::collections::BTreeSet;

use app::company::{self, Asked, Whole};
use app::pass::{AccountPass, CompanyPass};
use domain::capability::proof::{AnyKey, ManageCompanies};
use domain::company::{CompanyChange, CompanyDetails, CompanySettings, SwapUnit};
use domain::id::CompanyId;
use domain::name::MAX_NAME;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::answer::{Gone, Made, One};
use super::listing::{Listed, Listing, Paging};
use super::moment;
use super::refused::Wrong;
use super::route::{delete, get, list, post, put};
use super::user::{Direction, has};
use crate::http::route::{Nothing, Route};
use crate::http::visit::Visit;
use app::Refused;
use domain::activity::Verb;
use domain::input::Problem;

const ALL: &str = "/v3/a/{account}/companies.json";
const ONE: &str = "/v3/a/{account}/companies/{company}.json";
const BULK: &str = "/v3/a/{account}/companies/bulk_update.json";

pub(super) fn routes() -> Vec<Route> {
    vec![
        list(ALL, "List companies", index),
        post(ALL, "Create a company", create).records(&[Verb::CompanyCreated]),
        post(BULK, "Update many companies", update_many).records(&[Verb::CompaniesChanged]),
        put(BULK, "Update many companies", update_many).records(&[Verb::CompaniesChanged]),
        get(ONE, "Retrieve a company", show),
        put(ONE, "Update a company", update).records(&[Verb::CompanyChanged]),
        delete(ONE, "Disable a company", disable).records(&[Verb::CompanyDisabled]),
    ]
}

/// A company.
#[derive(Serialize, JsonSchema)]
pub(super) struct Company {
    /// The company's id.
    #[schemars(regex(pattern = "^COM[0-9a-f]{32}$"))]
    id: String,
    /// Its name.
    name: String,
    /// Whether it is in use.
    #[schemars(extend("enum" = ["active", "disabled"]))]
    status: &'static str,
    /// The IANA name of its time zone.
    time_zone: String,
    /// When it was made.
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
    /// When it was disabled; nothing while it is in use.
    #[schemars(extend("format" = "date-time"))]
    disabled_at: Option<String>,
    /// Whether numbers are swapped on its pages; unknown while it has no script.
    dni_active: Option<bool>,
    /// Where its script is; nothing while it has none.
    script_url: Option<String>,
    /// Whether calls are scored by themselves.
    callscore_enabled: bool,
    /// Whether leads are scored by themselves.
    lead_scoring_enabled: bool,
    /// Kept for older programs.
    swap_exclude_jquery: Option<bool>,
    /// Whether a visit that was paid for takes the place of an earlier source.
    swap_ppc_override: bool,
    /// The parameter of a landing page that takes the place of an earlier source.
    swap_landing_override: Option<String>,
    /// How long a visitor's source is remembered.
    #[schemars(range(min = 1, max = SwapUnit::LONGEST))]
    swap_cookie_duration: i64,
    /// In what that is counted.
    #[schemars(extend("enum" = ["months", "weeks", "days"]))]
    swap_cookie_duration_unit: &'static str,
    /// Whether calls are transcribed.
    callscribe_enabled: bool,
    /// Kept for older programs.
    keyword_spotting_enabled: bool,
    /// Whether forms of other sites are captured.
    form_capture: bool,
    /// The numbers it may show when it calls; with `fields=verified_caller_ids`.
    #[serde(skip_serializing_if = "Option::is_none")]
    verified_caller_ids: Option<Vec<String>>,
}

impl Listed for Company {
    const KEY: &'static str = "companies";
}

impl Company {
    fn of(Whole { company, settings, created_at, disabled_at }: Whole, fields: Option<&str>) -> Company {
        let CompanySettings {
            callscore_enabled,
            callscribe_enabled,
            external_form_capture,
            swap_ppc_override,
            swap_landing_override,
            swap_cookie_duration,
            swap_cookie_duration_unit,
        } = settings;
        let CompanyDetails { name, time_zone, lead_center: _ } = company.details;
        Company {
            id: company.id.to_string(),
            name,
            status: if company.disabled { "disabled" } else { "active" },
            time_zone,
            created_at: moment::utc(created_at),
            disabled_at: disabled_at.map(moment::utc),
            dni_active: None,
            script_url: None,
            callscore_enabled,
            lead_scoring_enabled: callscore_enabled,
            swap_exclude_jquery: None,
            swap_ppc_override,
            swap_landing_override,
            swap_cookie_duration,
            swap_cookie_duration_unit: swap_cookie_duration_unit.word(),
            callscribe_enabled,
            keyword_spotting_enabled: false,
            form_capture: external_form_capture,
            // No number can be verified as long as there are no calls.
            verified_caller_ids: has(fields, "verified_caller_ids").then(Vec::new),
        }
    }
}

/// Whether a company is in use.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Status {
    Active,
    Disabled,
}

/// What a list of companies is sorted by.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Sort {
    Name,
}

/// Which companies.
#[derive(Clone, Deserialize, JsonSchema)]
pub(super) struct Companies {
    /// Only these.
    status: Option<Status>,
    /// What the name contains.
    search: Option<String>,
    /// What they are sorted by.
    #[allow(dead_code, reason = "there is one order, whatever it is called")]
    sort: Option<Sort>,
    /// Which way round.
    order: Option<Direction>,
    /// Fields to be added: `verified_caller_ids`.
    fields: Option<String>,
}

/// The companies that the key's owner has.
pub(super) async fn index(
    visit: Visit<AccountPass<AnyKey>>,
    paging: Paging,
    asked: Companies,
) -> Result<Listing<Company>, Wrong> {
    let window = paging.window()?;
    let wanted = Asked {
        disabled: asked.status.map(|status| matches!(status, Status::Disabled)),
        search: asked.search.unwrap_or_default().chars().take(100).collect(),
        down: asked.order.is_some_and(Direction::is_down),
    };
    let (_, part) = visit.read(move |r, pass| company::list_window(r, pass, &wanted, window)).await?;
    Ok(paging.listing(part)?.map(|company| Company::of(company, asked.fields.as_deref())))
}

/// What is to be told beside the usual.
#[derive(Clone, Deserialize, JsonSchema)]
pub(super) struct Shown {
    /// Fields to be added: `verified_caller_ids`.
    fields: Option<String>,
}

/// One company, disabled or not, of those that [`index`] lists.
pub(super) async fn show(visit: Visit<AccountPass<AnyKey>>, asked: Shown) -> Result<One<Company>, Wrong> {
    let id: CompanyId = visit.param("company")?;
    let (_, whole) = visit.read(move |r, pass| company::get_own(r, pass, &id)).await?;
    Ok(One(Company::of(whole, asked.fields.as_deref())))
}

/// A company to be made.
#[derive(Clone, Deserialize, JsonSchema)]
pub(super) struct NewCompany {
    /// Its name, unique in the account.
    #[schemars(length(min = 1, max = MAX_NAME), regex(pattern = r"\S"))]
    name: String,
    /// The IANA name of its time zone; America/New_York if nothing is said.
    #[schemars(length(min = 1), regex(pattern = r"\S"))]
    time_zone: Option<String>,
}

/// Makes a company.
pub(super) async fn create(
    visit: Visit<AccountPass<ManageCompanies>>,
    new: NewCompany,
) -> Result<Made<Company>, Wrong> {
    let time_zone = new.time_zone.as_deref().unwrap_or("America/New_York");
    let details = CompanyDetails::parse(&new.name, time_zone, false).map_err(Refused::from)?;
    let (pass, id) = visit.write(move |w, pass| company::create(w, pass, &details)).await?;
    let (_, whole) =
        visit.of::<CompanyPass<AnyKey>>((pass.account().clone(), id)).look(company::get_whole).await?;
    Ok(Made(Company::of(whole, None)))
}

/// What is changed of a company. What is left out stays.
#[derive(Clone, Deserialize, JsonSchema)]
pub(super) struct ChangedCompany {
    /// The name.
    #[schemars(length(min = 1, max = MAX_NAME), regex(pattern = r"\S"))]
    name: Option<String>,
    /// The IANA name of the time zone.
    #[schemars(length(min = 1), regex(pattern = r"\S"))]
    time_zone: Option<String>,
    /// Whether calls are scored by themselves.
    callscore_enabled: Option<bool>,
    /// Whether calls are transcribed.
    callscribe_enabled: Option<bool>,
    /// Whether a visit that was paid for takes the place of an earlier source.
    swap_ppc_override: Option<bool>,
    /// The parameter of a landing page that takes the place of an earlier source; nothing, or an empty text, for none.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<String>", length(max = MAX_NAME))]
    swap_landing_override: Option<Option<String>>,
    /// How long a visitor's source is remembered; six months at most.
    #[schemars(range(min = 1, max = SwapUnit::LONGEST))]
    swap_cookie_duration: Option<i64>,
    /// In what that is counted.
    #[schemars(extend("enum" = ["months", "weeks", "days", null]))]
    swap_cookie_duration_unit: Option<String>,
    /// Whether forms of other sites are captured.
    external_form_capture: Option<bool>,
    /// Taken from older programs, and passed over.
    #[allow(dead_code, reason = "it is taken, and nothing is done")]
    swap_exclude_jquery: Option<bool>,
    /// Taken from older programs, and passed over.
    #[allow(dead_code, reason = "it is taken, and nothing is done")]
    keyword_spotting_enabled: Option<bool>,
}

/// What is given is given, and be it nothing.
pub(super) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Changes a company.
pub(super) async fn update(
    visit: Visit<CompanyPass<ManageCompanies>>,
    changed: ChangedCompany,
) -> Result<One<Company>, Wrong> {
    let change = CompanyChange {
        name: changed.name,
        time_zone: changed.time_zone,
        callscore_enabled: changed.callscore_enabled,
        callscribe_enabled: changed.callscribe_enabled,
        external_form_capture: changed.external_form_capture,
        swap_ppc_override: changed.swap_ppc_override,
        swap_landing_override: changed.swap_landing_override,
        swap_cookie_duration: changed.swap_cookie_duration,
        swap_cookie_duration_unit: changed.swap_cookie_duration_unit,
    };
    let (pass, ()) = visit.write(move |w, pass| company::set(w, pass, &change)).await?;
    let (_, whole) = visit
        .of::<CompanyPass<AnyKey>>((pass.account().clone(), pass.company().clone()))
        .look(company::get_whole)
        .await?;
    Ok(One(Company::of(whole, None)))
}

/// Disables a company. Nothing of it is lost.
pub(super) async fn disable(visit: Visit<CompanyPass<ManageCompanies>>, _: Nothing) -> Result<Gone, Wrong> {
    visit.write(company::disable).await?;
    Ok(Gone)
}

/// What is set for many companies.
#[derive(Clone, Deserialize, JsonSchema)]
pub(super) struct ManyCompanies {
    /// Their ids, or `all` alone.
    #[schemars(length(min = 1, max = 1000), inner(regex(pattern = "^(all|COM[0-9a-f]{32})$")))]
    company_ids: Vec<String>,
    /// Whether forms of other sites are captured.
    external_form_capture: bool,
}

/// How many companies were meant.
#[derive(Serialize, JsonSchema)]
pub(super) struct ManyUpdated {
    /// How many companies it is set for.
    updated: u64,
}

/// Sets for many companies whether forms are captured.
pub(super) async fn update_many(
    visit: Visit<AccountPass<ManageCompanies>>,
    many: ManyCompanies,
) -> Result<One<ManyUpdated>, Wrong> {
    let ids = match many.company_ids.as_slice() {
        [] => return Err(Wrong::field("company_ids", "must name a company, or all")),
        [all] if all == "all" => None,
        ids => {
            let ids: Result<BTreeSet<CompanyId>, _> = ids.iter().map(|id| id.parse()).collect();
            Some(ids.map_err(|_| Refused::field("companies", Problem::NotAChoice))?)
        }
    };
    let captured = many.external_form_capture;
    let (_, updated) =
        visit.write(move |w, pass| company::set_form_capture(w, pass, ids.as_ref(), captured)).await?;
    Ok(One(ManyUpdated { updated }))
}
