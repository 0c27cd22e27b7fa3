//! The list of users (U-05).

use app::page::Page;
use app::pass::HasPlace;
use app::user::{self, Cursor, Filter};
use domain::user::{UserStatus, may_manage};
use serde::Deserialize;

use super::Managing;
use crate::http::visit::Answer;
use crate::pages::shown;
use crate::views::isolated;
use crate::views::user::{List, Query, Row, Sort, Tab, counted};
use crate::views::{Choice, Frame, Pager};

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    tab: String,
    q: String,
    r#type: String,
    company: String,
    sort: String,
    after: String,
    before: String,
}

/// One page.
pub async fn list(visit: Managing, asked: Asked) -> Answer {
    let tab = Tab::of_code(&asked.tab);
    let sort = Sort::of_code(&asked.sort);
    let filter = Filter {
        status: tab.status(),
        search: asked.q.trim().chars().take(100).collect(),
        user_type: asked.r#type.parse().ok(),
        company: asked.company.parse().ok(),
        sort: match sort {
            Sort::Name => user::Sort::Name,
            Sort::NameDown => user::Sort::NameDown,
            Sort::NewestFirst => user::Sort::NewestFirst,
            Sort::OldestFirst => user::Sort::OldestFirst,
        },
    };
    let cursor = Cursor::of(&asked.after, &asked.before);
    let (wanted, from) = (filter.clone(), cursor);
    let (pass, found) = visit.read(move |r, pass| user::list(r, pass, &wanted, &from)).await?;
    let frame = visit.frame(&pass);
    let chosen = filter.company.as_ref().map(|id| id.to_string()).unwrap_or_default();
    let companies: Vec<Choice> = found
        .choices
        .iter()
        .map(|company| Choice::new(company.id.as_str(), &company.details.name, company.id.as_str() == chosen))
        .collect();
    let company = companies.iter().find(|choice| choice.chosen).map(|c| (c.value.clone(), c.label.clone()));
    let (sorts_by_name, sorts_by_activity) = (filter.sorts_by_name(), filter.sorts_by_activity());
    let query = Query { tab, q: filter.search, user_type: filter.user_type, company, sort };
    let place = pass.place();
    let (t, now, moments) = (visit.t(), visit.app.store.now(), visit.moments(&place.time_zone));
    let row = |user::Listed { user, companies, .. }: &user::Listed| Row {
        id: user.id.to_string(),
        name: user.names.full(),
        display_name: Some(user.names.display.clone()).filter(|name| !name.is_empty()),
        agent: user.agent,
        email: Some(user.email.clone()),
        user_type: user.user_type,
        companies: shown::companies(user.user_type.has_all_companies(), companies),
        last_active: user.last_active_at.map(|at| shown::when(at, &moments)),
        invitation: Some(user.invitation)
            .filter(|_| user.status == UserStatus::Pending)
            .and_then(|times| shown::invitation(times, now, &moments)),
        mail: found.mails.get(&user.id).and_then(|mail| shown::mail(t, mail, &moments)),
        own: place.user.as_ref() == Some(&user.id),
        until: user.ends_at.filter(|_| tab == Tab::Active).map(|at| shown::last_day(at, &moments)),
        deleted: user.deleted_at.filter(|_| tab == Tab::Deleted).map(|at| shown::when(at, &moments)),
        may_manage: may_manage(&place.grants, user.user_type, user.agent).is_ok(),
    };
    visit.page(List {
        t,
        rows: found.users.rows.iter().map(row).collect(),
        pager: pager(&frame, &query, &found.users),
        frame,
        executives: found.executives.iter().map(|executive| isolated(&executive.name).into_owned()).collect(),
        not_reached: found.not_reached.iter().map(|one| (one.id.to_string(), one.name.clone())).collect(),
        requests: Some(found.requests).filter(|count| count.n > 0).map(|count| counted(t, count)),
        counts: Tab::ALL.map(|tab| (tab, counted(t, tab.of(&found.counts)))),
        sorts_by_name,
        sorts_by_activity,
        query,
        companies: if companies.len() > 1 { companies } else { Vec::new() },
    })
}

/// Links to the neighbouring pages, by the key of the first and last row.
fn pager(frame: &Frame, query: &Query, users: &Page<user::Listed>) -> Pager {
    let address = query.address(frame);
    let separator = if address.contains('?') { '&' } else { '?' };
    let link = |side: &str, row: &user::Listed| format!("{address}{separator}{side}={}", row.user.id);
    Pager {
        previous: users.rows.first().filter(|_| users.has_previous).map(|row| link("before", row)),
        next: users.rows.last().filter(|_| users.has_more).map(|row| link("after", row)),
    }
}
