//! A company's users: who has it, and who is given it with a `+` (U-14).

use app::Refused;
use app::access_change::Preview;
use app::company::Company;
use app::company_user::{self, CompanyUsersPage, Deed, Wanted};
use app::pass::{AccountPass, HasPlace as _};
use app::user::{Cursor, Filter, Sort};
use app::work::{Reader, Writer};
use domain::capability::proof::ManageUsers;
use domain::id::CompanyId;
use domain::user::{UserStatus, may_manage};
use serde::Deserialize;

use super::user::Managing;
use super::user::change::{Seen, Words, draw, not_done, told};
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::Answer;
use crate::views::access_change::ChangePage;
use crate::views::company_user::{List, Row};
use crate::views::frame::address;
use crate::views::{Pager, isolated};

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Query {
    tab: String,
    q: String,
    after: String,
    before: String,
}

/// Who has the company.
pub async fn list(visit: Managing, query: Query) -> Answer {
    show(visit, query, false).await
}

/// All users, with a `+` for those who lack the company.
pub async fn invite(visit: Managing, query: Query) -> Answer {
    show(visit, query, true).await
}

async fn show(visit: Managing, query: Query, inviting: bool) -> Answer {
    let company: CompanyId = visit.param("company")?;
    let pending = query.tab == "pending";
    let filter = Filter {
        status: if pending { UserStatus::Pending } else { UserStatus::Active },
        search: query.q.trim().chars().take(100).collect(),
        user_type: None,
        company: (!inviting).then(|| company.clone()),
        sort: Sort::Name,
    };
    let (wanted, from) = (filter.clone(), Cursor::of(&query.after, &query.before));
    let look = move |r: &mut Reader, pass: &_| company_user::list(r, pass, &company, &wanted, &from);
    let (pass, page) = visit.read(look).await?;
    visit.page(List {
        t: visit.t(),
        frame: visit.frame(&pass),
        company: (page.company.id.to_string(), page.company.details.name.clone()),
        inviting,
        pending,
        rows: rows(&pass, &page),
        pager: pager(&visit.path, pending, &filter.search, &page),
        q: filter.search,
    })
}

fn rows(pass: &AccountPass<ManageUsers>, page: &CompanyUsersPage) -> Vec<Row> {
    let place = pass.place();
    let row = |listed @ app::user::Listed { user, .. }: &app::user::Listed| Row {
        id: user.id.to_string(),
        name: user.names.full(),
        own: place.user.as_ref() == Some(&user.id),
        agent: user.agent,
        email: user.email.clone(),
        user_type: user.user_type,
        standing: page.standing(listed),
        may_manage: may_manage(&place.grants, user.user_type, user.agent).is_ok(),
    };
    page.users.rows.iter().map(row).collect()
}

fn pager(path: &str, pending: bool, q: &str, page: &CompanyUsersPage) -> Pager {
    let tab = if pending { "pending" } else { "" };
    let link = |side, row: &app::user::Listed| {
        address(path, &[("tab", tab), ("q", q), (side, row.user.id.as_str())])
    };
    let users = &page.users;
    Pager {
        previous: users.rows.first().filter(|_| users.has_previous).map(|row| link("before", row)),
        next: users.rows.last().filter(|_| users.has_more).map(|row| link("after", row)),
    }
}

/// What giving the company does.
pub async fn give_page(visit: Managing, _: Nothing) -> Answer {
    visit.page(ask(&visit, Deed::Give).await?)
}

/// Gives the company.
pub async fn give(visit: Managing, seen: Seen) -> Answer {
    confirm(visit, Deed::Give, seen).await
}

/// What taking the company away does.
pub async fn take_page(visit: Managing, _: Nothing) -> Answer {
    visit.page(ask(&visit, Deed::Take).await?)
}

/// Takes the company away.
pub async fn take(visit: Managing, seen: Seen) -> Answer {
    confirm(visit, Deed::Take, seen).await
}

fn wanted(visit: &Managing, deed: Deed) -> Result<Wanted, Refused> {
    Ok(Wanted { company: visit.param("company")?, user: visit.param("user")?, deed })
}

async fn ask(visit: &Managing, deed: Deed) -> Result<ChangePage, Refused> {
    let wanted = wanted(visit, deed)?;
    let look = move |r: &mut Reader, pass: &_| company_user::preview(r, pass, &wanted);
    let (pass, (company, preview)) = visit.read(look).await?;
    let page = draw(visit, &pass, &preview, &words(visit, &company, &preview, deed));
    Ok(ChangePage { action: visit.path.clone(), back: back(&pass, &company.id, deed), ..page })
}

async fn confirm(visit: Managing, deed: Deed, seen: Seen) -> Answer {
    match make(&visit, deed, &seen).await {
        Err(Refused::Conflict(conflict)) => not_done(&visit, ask(&visit, deed).await?, conflict),
        done => done,
    }
}

async fn make(visit: &Managing, deed: Deed, seen: &Seen) -> Answer {
    let (wanted, confirmed) = (wanted(visit, deed)?, seen.confirmed()?);
    let (company, user) = (wanted.company.clone(), wanted.user.clone());
    let done = move |w: Writer, pass: &_| company_user::make(w, pass, &wanted, &confirmed);
    let (pass, made) = visit.write(done).await?;
    made?;
    let toast = match deed {
        Deed::Give => Toast::CompanyGiven,
        Deed::Take => Toast::CompanyTaken,
    };
    let toast = told(visit, &user, toast).await;
    visit.go_and_tell(&back(&pass, &company, deed), toast)
}

/// The list the person came from.
fn back(pass: &AccountPass<ManageUsers>, company: &CompanyId, deed: Deed) -> String {
    let list = format!("/accounts/{}/companies/{company}/users", pass.account());
    if deed == Deed::Give { format!("{list}/invite") } else { list }
}

fn words(visit: &Managing, company: &Company, preview: &Preview, deed: Deed) -> Words {
    let t = visit.t();
    let (name, company) = (preview.user.names.full(), &company.details.name);
    let (name, company) = (isolated(&name), isolated(company));
    let (title, lead, button) = match deed {
        Deed::Give => (
            t.access_change_give_title(name, company),
            t.access_change_give_lead(),
            t.access_change_give_button(),
        ),
        Deed::Take => (
            t.access_change_take_title(company, name),
            t.access_change_take_lead(),
            t.access_change_take_button(),
        ),
    };
    Words {
        title,
        lead: lead.to_owned(),
        button: button.to_owned(),
        danger: deed == Deed::Take,
        undoable: true,
        action: String::new(),
    }
}
