//! The list of users as data: the filters and pages of the list that people see.

use app::page::PAGE_SIZE;
use app::user::{self, Cursor, Filter, UserRows};
use serde::{Deserialize, Serialize};

use super::Managing;
use crate::http::visit::Answer;
use crate::views::frame::address;
use crate::views::user::{Sort, Tab};

/// What the address asks for, in the words of the list that people see.
#[derive(Clone, Debug, Default, Deserialize)]
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
#[derive(Serialize)]
struct Listed {
    page_size: usize,
    users: Vec<Row>,
    /// The addresses of the neighbouring pages.
    previous: Option<String>,
    next: Option<String>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    first_name: String,
    last_name: String,
    display_name: String,
    email: String,
    user_type: &'static str,
    agent: bool,
    status: &'static str,
    /// By name; nothing stands for all, present and future.
    companies: Option<Vec<String>>,
    last_active_at: Option<String>,
}

/// One page.
pub async fn list(visit: Managing, asked: Asked) -> Answer {
    let (filter, from) = (filter(&asked), Cursor::of(&asked.after, &asked.before));
    let (pass, page) = visit.read(move |r, pass| user::rows(r, pass, &filter, &from)).await?;
    let path = format!("/accounts/{}/users.json", pass.account());
    let link = |before: Option<&user::User>, after: Option<&user::User>| {
        let id = |user: Option<&user::User>| user.map(|user| user.id.to_string()).unwrap_or_default();
        let (before, after) = (id(before), id(after));
        let Asked { tab, q, r#type, company, sort, .. } = &asked;
        let query = [("tab", tab), ("q", q), ("type", r#type), ("company", company), ("sort", sort)];
        let query = query.map(|(name, value)| (name, value.as_str()));
        address(&path, &[&query[..], &[("before", &before), ("after", &after)]].concat())
    };
    let users = &page.users;
    visit.data(&Listed {
        page_size: PAGE_SIZE,
        previous: users.rows.first().filter(|_| users.has_previous).map(|user| link(Some(user), None)),
        next: users.rows.last().filter(|_| users.has_more).map(|user| link(None, Some(user))),
        users: users.rows.iter().map(|user| row(&page, user)).collect(),
    })
}

fn filter(asked: &Asked) -> Filter {
    Filter {
        status: Tab::of_code(&asked.tab).status(),
        search: asked.q.trim().chars().take(100).collect(),
        user_type: asked.r#type.parse().ok(),
        company: asked.company.parse().ok(),
        sort: match Sort::of_code(&asked.sort) {
            Sort::Name => user::Sort::Name,
            Sort::NameDown => user::Sort::NameDown,
            Sort::NewestFirst => user::Sort::NewestFirst,
            Sort::OldestFirst => user::Sort::OldestFirst,
        },
    }
}

fn row(page: &UserRows, user: &user::User) -> Row {
    let all = user.user_type.has_all_companies();
    Row {
        id: user.id.to_string(),
        first_name: user.names.first.clone(),
        last_name: user.names.last.clone(),
        display_name: user.names.display.clone(),
        email: user.email.clone(),
        user_type: user.user_type.word(),
        agent: user.agent,
        status: user.status.word(),
        companies: (!all).then(|| page.companies_of(&user.id)),
        last_active_at: user.last_active_at.map(|at| at.to_string()),
    }
}
