//! Companies (G-01).

use app::Refused;
use app::company;
use app::pass::{AccountPass, CompanyPass, HasPlace};
use domain::capability::proof::ManageCompanies;
use domain::company::{CompanyDetails, time_zones};
use domain::name::sort_key;
use serde::Deserialize;

use super::form::{Errors, ticked};
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::views::company::{Disable, Edit, List, Row};
use crate::views::frame::address;
use crate::views::{Frame, Pager};

/// Which tab and page.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Query {
    tab: String,
    after: String,
    name: String,
}

/// What is typed of a company.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    name: String,
    time_zone: String,
    #[serde(deserialize_with = "ticked")]
    lead_center: Option<String>,
}

impl Typed {
    fn parse(&self) -> Result<CompanyDetails, Refused> {
        Ok(CompanyDetails::parse(&self.name, &self.time_zone, self.lead_center.is_some())?)
    }
}

/// One page of a tab.
pub async fn list(visit: Visit<AccountPass<ManageCompanies>>, query: Query) -> Answer {
    let disabled = query.tab == "disabled";
    let after = (sort_key(&[&query.name]), query.after);
    let (pass, page) =
        visit.read(move |r, pass| company::list(r, pass, disabled, (&after.0, &after.1))).await?;
    let frame = visit.frame(&pass);
    let next = match page.companies.rows.last() {
        Some(last) if page.companies.has_more => Some(address(
            &visit.path,
            &[
                ("tab", if disabled { "disabled" } else { "" }),
                ("name", &last.details.name),
                ("after", last.id.as_str()),
            ],
        )),
        _ => None,
    };
    let row = |company: company::Company| Row {
        id: company.id.to_string(),
        name: company.details.name,
        time_zone: company.details.time_zone,
        lead_center: company.details.lead_center,
    };
    visit.page(List {
        t: visit.t(),
        frame,
        disabled,
        active_count: page.active,
        disabled_count: page.disabled,
        rows: page.companies.rows.into_iter().map(row).collect(),
        pager: Pager { previous: None, next },
    })
}

/// The form of a new company; in the account's time zone until another is chosen.
pub async fn new_page(visit: Visit<AccountPass<ManageCompanies>>, _: Nothing) -> Answer {
    let pass = visit.pass().await?;
    let typed = Typed { time_zone: pass.place().time_zone.clone(), ..Typed::default() };
    visit.page(edit(visit.t(), visit.frame(&pass), None, &typed, &Errors::default()))
}

/// Creates a company.
pub async fn create(visit: Visit<AccountPass<ManageCompanies>>, typed: Typed) -> Answer {
    let made = match typed.parse() {
        Ok(details) => visit.write(move |w, pass| company::create(w, pass, &details)).await.map(|_| ()),
        Err(refused) => Err(refused),
    };
    match made {
        Ok(()) => visit.go_and_tell(visit.path.trim_end_matches("/new"), Toast::CompanyCreated),
        Err(Refused::Invalid(errors)) => {
            let pass = visit.pass().await?;
            visit.mend(edit(visit.t(), visit.frame(&pass), None, &typed, &Errors(errors)))
        }
        Err(refused) => Err(refused),
    }
}

/// The form of a company.
pub async fn page(visit: Visit<CompanyPass<ManageCompanies>>, _: Nothing) -> Answer {
    let (pass, company) = visit.read(company::get).await?;
    let typed = Typed {
        name: company.details.name.clone(),
        time_zone: company.details.time_zone.clone(),
        lead_center: company.details.lead_center.then(String::new),
    };
    let stored = Some((company.id.to_string(), company.details.name));
    visit.page(edit(visit.t(), visit.frame(&pass), stored, &typed, &Errors::default()))
}

/// Changes a company.
pub async fn change(visit: Visit<CompanyPass<ManageCompanies>>, typed: Typed) -> Answer {
    let done = match typed.parse() {
        Ok(details) => visit.write(move |w, pass| company::change(w, pass, &details)).await.map(|_| ()),
        Err(refused) => Err(refused),
    };
    match done {
        Ok(()) => visit.go_and_tell(&visit.path, Toast::Saved),
        Err(Refused::Invalid(errors)) => {
            let (pass, company) = visit.read(company::get).await?;
            let stored = Some((company.id.to_string(), company.details.name));
            visit.mend(edit(visit.t(), visit.frame(&pass), stored, &typed, &Errors(errors)))
        }
        Err(refused) => Err(refused),
    }
}

/// What disabling means, before it is done.
pub async fn disable_page(visit: Visit<CompanyPass<ManageCompanies>>, _: Nothing) -> Answer {
    let (pass, (company, concerned)) =
        visit.read(|r, pass| Ok((company::get(r, pass)?, company::count_users(r, pass)?))).await?;
    visit.page(Disable {
        t: visit.t(),
        frame: visit.frame(&pass),
        id: company.id.to_string(),
        name: company.details.name,
        concerned,
    })
}

/// Disables a company.
pub async fn disable(visit: Visit<CompanyPass<ManageCompanies>>, _: Nothing) -> Answer {
    let (pass, ()) = visit.write(company::disable).await?;
    visit.go_and_tell(&list_of(&pass), Toast::CompanyDisabled)
}

/// Enables a company.
pub async fn enable(visit: Visit<CompanyPass<ManageCompanies>>, _: Nothing) -> Answer {
    let (pass, ()) = visit.write(company::enable).await?;
    visit.go_and_tell(&list_of(&pass), Toast::CompanyEnabled)
}

fn list_of(pass: &CompanyPass<ManageCompanies>) -> String {
    format!("/accounts/{}/companies", pass.account())
}

fn edit(
    t: text::Text,
    frame: Frame,
    company: Option<(String, String)>,
    typed: &Typed,
    errors: &Errors,
) -> Edit {
    Edit {
        t,
        frame,
        company,
        name: errors.field(t, "name", &typed.name),
        time_zone: errors.field(t, "time_zone", &typed.time_zone),
        lead_center: typed.lead_center.is_some(),
        zones: time_zones(),
    }
}
