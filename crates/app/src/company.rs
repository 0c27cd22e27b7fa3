//! Companies: creating, changing, disabling, enabling (G-01, P-09).

use std::collections::BTreeSet;

use domain::activity::{Entry, Verb};
use domain::capability::proof::{AnyKey, ManageCompanies};
use domain::company::{CompanyChange, CompanyDetails, CompanySettings};
use domain::id::CompanyId;
use domain::input::{Problem, yes_no};
use store::company::{self, part};
use store::page::{Page, Part, Window};
use store::pass::{AccountPass, Acting, CompanyPass, HasPlace};
use store::work::{Committed, Reader, Writer};

pub use store::company::part::{Asked, Whole};
pub use store::company::{Company, Concerned};

use crate::{Conflict, Refused};

/// The companies page.
pub struct CompaniesPage {
    /// One page of companies.
    pub companies: Page<Company>,
    /// How many are active in all.
    pub active: i64,
    /// How many are disabled in all.
    pub disabled: i64,
}

/// One page of the active or the disabled companies.
pub fn list(
    r: &mut Reader,
    pass: &AccountPass<ManageCompanies>,
    disabled: bool,
    after: (&str, &str),
) -> Result<CompaniesPage, Refused> {
    let companies = company::list(r, pass, disabled, after)?;
    let (active, disabled) = company::count(r, pass)?;
    Ok(CompaniesPage { companies, active, disabled })
}

/// The company of the pass.
pub fn get(r: &mut Reader, pass: &CompanyPass<ManageCompanies>) -> Result<Company, Refused> {
    Ok(company::get(r, pass)?)
}

/// Whom it concerns when the company is disabled.
pub fn count_users(r: &mut Reader, pass: &CompanyPass<ManageCompanies>) -> Result<Concerned, Refused> {
    Ok(company::count_users(r, pass)?)
}

/// One of one's own companies, in use or not, as programs see it.
pub fn get_own(r: &mut Reader, pass: &AccountPass<AnyKey>, id: &CompanyId) -> Result<Whole, Refused> {
    part::find_own(r, pass, id)?.ok_or(Refused::NotFound)
}

/// Creates a company.
pub fn create(
    mut w: Writer,
    pass: &AccountPass<ManageCompanies>,
    details: &CompanyDetails,
) -> Result<Committed<CompanyId>, Refused> {
    let id: CompanyId = w.new_id();
    company::insert(&mut w, pass, &id, details)?;
    let entry = Entry::of(pass.account(), Verb::CompanyCreated, &id, &details.name)
        .change("time_zone", None, Some(&details.time_zone))
        .change("lead_center", None, Some(yes_no(details.lead_center)));
    w.commit(&pass.actor(), entry, id)
}

/// Changes name, time zone or use of Lead Center.
pub fn change(
    mut w: Writer,
    pass: &CompanyPass<ManageCompanies>,
    details: &CompanyDetails,
) -> Result<Committed<()>, Refused> {
    let before = company::get(&mut w, pass)?.details;
    company::update(&mut w, pass, details)?;
    let entry = Entry::of(pass.account(), Verb::CompanyChanged, pass.company(), &details.name)
        .change("name", Some(&before.name), Some(&details.name))
        .change("time_zone", Some(&before.time_zone), Some(&details.time_zone))
        .change("lead_center", Some(yes_no(before.lead_center)), Some(yes_no(details.lead_center)));
    w.commit(&pass.actor(), entry, ())
}

/// A part of the companies that one has, for programs (I-01).
pub fn list_window(
    r: &mut Reader,
    pass: &AccountPass<AnyKey>,
    asked: &Asked,
    window: Window,
) -> Result<Part<Whole>, Refused> {
    Ok(part::list_window(r, pass, asked, window)?)
}

/// The company of the pass with all that programs see (I-01).
pub fn get_whole(r: &mut Reader, pass: &CompanyPass<AnyKey>) -> Result<Whole, Refused> {
    Ok(part::get_whole(r, pass)?)
}

/// Changes what a program names, and leaves the rest (I-01).
pub fn set(
    mut w: Writer,
    pass: &CompanyPass<ManageCompanies>,
    change: &CompanyChange,
) -> Result<Committed<()>, Refused> {
    let before = company::get(&mut w, pass)?.details;
    let set_before = part::get_settings(&mut w, pass)?;
    let (details, settings) = change.apply(&before, &set_before)?;
    company::update(&mut w, pass, &details)?;
    part::update_settings(&mut w, pass, &settings)?;
    let entry = Entry::of(pass.account(), Verb::CompanyChanged, pass.company(), &details.name)
        .change("name", Some(&before.name), Some(&details.name))
        .change("time_zone", Some(&before.time_zone), Some(&details.time_zone));
    let entry = told(&set_before)
        .into_iter()
        .zip(told(&settings))
        .fold(entry, |entry, ((field, before), (_, after))| {
            entry.change(field, before.as_deref(), after.as_deref())
        });
    w.commit(&pass.actor(), entry, ())
}

/// What the activity tells of what programs set.
fn told(settings: &CompanySettings) -> [(&'static str, Option<String>); 7] {
    // Whole, so that a new field does not compile until it is recorded.
    let CompanySettings {
        callscore_enabled,
        callscribe_enabled,
        external_form_capture,
        swap_ppc_override,
        swap_landing_override,
        swap_cookie_duration,
        swap_cookie_duration_unit,
    } = settings;
    let flag = |flag: &bool| Some(yes_no(*flag).to_owned());
    [
        ("callscore_enabled", flag(callscore_enabled)),
        ("callscribe_enabled", flag(callscribe_enabled)),
        ("external_form_capture", flag(external_form_capture)),
        ("swap_ppc_override", flag(swap_ppc_override)),
        ("swap_landing_override", swap_landing_override.clone()),
        ("swap_cookie_duration", Some(swap_cookie_duration.to_string())),
        ("swap_cookie_duration_unit", Some(swap_cookie_duration_unit.word().to_owned())),
    ]
}

/// Sets for these companies, or for all of the account, whether forms of other sites are captured (I-01). One that is not
/// there is refused, and nothing is set.
pub fn set_form_capture(
    mut w: Writer,
    pass: &AccountPass<ManageCompanies>,
    ids: Option<&BTreeSet<CompanyId>>,
    captured: bool,
) -> Result<Committed<u64>, Refused> {
    let named: Option<Vec<CompanyId>> = ids.map(|ids| ids.iter().cloned().collect());
    let set = part::update_form_capture(&mut w, pass, named.as_deref(), captured)?;
    if named.is_some_and(|named| named.len() as u64 != set) {
        return Err(Refused::field("companies", Problem::NotAChoice));
    }
    let place = pass.place();
    let entry = Entry::of(pass.account(), Verb::CompaniesChanged, pass.account(), &place.account_name)
        .change("companies", None, Some(&set.to_string()))
        .change("external_form_capture", None, Some(yes_no(captured)));
    w.commit(&pass.actor(), entry, set)
}

/// Disables a company: it leaves every list but its own tab. The last one in use stays (I-01).
pub fn disable(w: Writer, pass: &CompanyPass<ManageCompanies>) -> Result<Committed<()>, Refused> {
    switch(w, pass, true, Verb::CompanyDisabled)
}

/// Enables a company again, with its users as they were.
pub fn enable(w: Writer, pass: &CompanyPass<ManageCompanies>) -> Result<Committed<()>, Refused> {
    switch(w, pass, false, Verb::CompanyEnabled)
}

/// Asked twice, it is done once; the second time is recorded as having changed nothing.
fn switch(
    mut w: Writer,
    pass: &CompanyPass<ManageCompanies>,
    disabled: bool,
    verb: Verb,
) -> Result<Committed<()>, Refused> {
    let company = company::get(&mut w, pass)?;
    let changed = company::update_disabled(&mut w, pass, disabled)?;
    if !changed && company.disabled != disabled {
        return Err(Refused::Conflict(Conflict::LastCompany));
    }
    let before = if changed { !disabled } else { disabled };
    let entry = Entry::of(pass.account(), verb, pass.company(), &company.details.name).change(
        "disabled",
        Some(yes_no(before)),
        Some(yes_no(disabled)),
    );
    w.commit(&pass.actor(), entry, ())
}
