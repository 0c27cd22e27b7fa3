//! Companies: creating, changing, disabling, enabling (G-01, P-09).

use domain::activity::{Entry, Verb};
use domain::capability::proof::ManageCompanies;
use domain::company::CompanyDetails;
use domain::id::CompanyId;
use store::company;
use store::page::Page;
use store::pass::{AccountPass, Acting, CompanyPass};
use store::work::{Committed, Reader, Writer};

pub use store::company::{Company, Concerned};

use crate::Refused;

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

/// Disables a company: it leaves every list but its own tab.
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
    let before = if changed { !disabled } else { disabled };
    let entry = Entry::of(pass.account(), verb, pass.company(), &company.details.name).change(
        "disabled",
        Some(yes_no(before)),
        Some(yes_no(disabled)),
    );
    w.commit(&pass.actor(), entry, ())
}

fn yes_no(flag: bool) -> &'static str {
    if flag { "yes" } else { "no" }
}
