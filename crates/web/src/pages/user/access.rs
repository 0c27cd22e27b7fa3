//! Where a user may do what, as one picture.

use app::explain::{self, AccessPicture};
use domain::access::{Companies, CompanyUse, Grants, Target, decide, decide_in};
use domain::capability::{Capability, Mark, REGISTRY, mark};
use domain::id::UserId;
use domain::name::sort_key;
use domain::user::UserStatus;
use serde::Deserialize;
use text::Text;

use super::Managing;
use crate::http::visit::Answer;
use crate::views::Pager;
use crate::views::capability::Line;
use crate::views::frame::address;
use crate::views::user::{AccessPage, AccessRow, status_label};

/// Which page: behind the company of this name and id.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Query {
    after: String,
    name: String,
}

/// The picture.
pub async fn page(visit: Managing, query: Query) -> Answer {
    let id: UserId = visit.param("user")?;
    let (user, after) = (id.clone(), (sort_key(&[&query.name]), query.after.clone()));
    let (pass, found) =
        visit.read(move |r, pass| explain::picture(r, pass, &user, (&after.0, &after.1))).await?;
    let (t, grants) = (visit.t(), &found.grants);
    let has = |capability: &Capability| mark(grants.user_type, grants.agent, *capability) != Mark::No;
    let (columns, lacks): (Vec<_>, Vec<_>) = REGISTRY.iter().map(|line| line.capability).partition(has);
    let first = query.after.is_empty();
    visit.page(AccessPage {
        t,
        frame: visit.frame(&pass),
        user_type: grants.user_type,
        agent: grants.agent,
        off: (grants.status != UserStatus::Active).then(|| status_label(t, grants.status)),
        rows: rows(t, &found, &columns, first),
        pager: Pager { previous: None, next: next(&visit.path, &found) },
        lacks: lacks.into_iter().map(|capability| (capability, Line::new(t, capability, Mark::No))).collect(),
        columns,
        id: id.to_string(),
        name: found.name,
    })
}

/// The companies, on the first page led by all of them for who has all.
fn rows(t: Text, found: &AccessPicture, columns: &[Capability], first: bool) -> Vec<AccessRow> {
    let all = AccessRow {
        id: String::new(),
        name: t.permission_access_all().to_owned(),
        cells: cells(t, &found.grants, columns, None),
    };
    let all = (first && found.grants.companies == Companies::All).then_some(all);
    let companies = found.companies.rows.iter().map(|company| AccessRow {
        id: company.id.to_string(),
        name: company.details.name.clone(),
        cells: cells(t, &found.grants, columns, Some(&company.in_use())),
    });
    all.into_iter().chain(companies).collect()
}

fn cells(t: Text, grants: &Grants, columns: &[Capability], company: Option<&CompanyUse>) -> Vec<Line> {
    let decision = |capability| match company {
        Some(company) => decide_in(grants, capability, company),
        None => decide(grants, capability, &Target::Account),
    };
    let cell = |capability: &Capability| Line::new(t, *capability, decision(*capability).unwrap_or(Mark::No));
    columns.iter().map(cell).collect()
}

fn next(path: &str, found: &AccessPicture) -> Option<String> {
    let last = found.companies.rows.last().filter(|_| found.companies.has_more)?;
    Some(address(path, &[("name", &last.details.name), ("after", last.id.as_str())]))
}
