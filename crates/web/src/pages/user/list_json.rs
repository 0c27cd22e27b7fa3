//! The list of users as data: the filters and pages of the list that people see.

use std::str::FromStr;

use app::Refused;
use app::page::PAGE_SIZE;
use app::user::{self, Cursor, Filter, Listed};
use domain::id::UserId;
use domain::input::{Checker, Problem};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

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
struct Answered<'a> {
    page_size: usize,
    users: &'a RawValue,
    /// The addresses of the neighbouring pages.
    previous: Option<String>,
    next: Option<String>,
}

#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    first_name: &'a str,
    last_name: &'a str,
    display_name: &'a str,
    email: &'a str,
    user_type: &'static str,
    agent: bool,
    status: &'static str,
    /// By name; nothing stands for all, present and future.
    companies: Option<&'a [String]>,
    last_active_at: Option<String>,
}

/// One page.
pub async fn list(visit: Managing, asked: Asked) -> Answer {
    let filter = filter(&asked)?;
    let from = Cursor::of(&asked.after, &asked.before);
    let (pass, users) = visit.read(move |r, pass| user::rows(r, pass, &filter, &from)).await?;
    let path = format!("/accounts/{}/users.json", pass.account());
    let link = |before: Option<&user::User>, after: Option<&user::User>| {
        let id = |user: Option<&user::User>| user.map(|user| user.id.to_string()).unwrap_or_default();
        let (before, after) = (id(before), id(after));
        let Asked { tab, q, r#type, company, sort, .. } = &asked;
        let query = [("tab", tab), ("q", q), ("type", r#type), ("company", company), ("sort", sort)];
        let query = query.map(|(name, value)| (name, value.as_str()));
        address(&path, &[&query[..], &[("before", &before), ("after", &after)]].concat())
    };
    let written = users.written(|page| {
        let rows: Vec<Row> = page.rows.iter().map(row).collect();
        to_raw_value(&rows).unwrap_or_default()
    });
    visit.data(&Answered {
        page_size: PAGE_SIZE,
        previous: users.rows.first().filter(|_| users.has_previous).map(|row| link(Some(&row.user), None)),
        next: users.rows.last().filter(|_| users.has_more).map(|row| link(None, Some(&row.user))),
        users: &written,
    })
}

/// A program that misspelt a filter would take all users for the ones it asked for: it is told which.
fn filter(asked: &Asked) -> Result<Filter, Refused> {
    let (mut check, tab, sort) = (Checker::default(), Tab::of_code(&asked.tab), Sort::of_code(&asked.sort));
    let known = |code: &str, found: &str| if code == found { Ok(()) } else { Err(Problem::NotAChoice) };
    check.take("tab", known(&asked.tab, tab.code()));
    check.take("sort", known(&asked.sort, sort.code()));
    let user_type = check.take("type", parsed(&asked.r#type)).flatten();
    let company = check.take("company", parsed(&asked.company)).flatten();
    check.take("after", parsed::<UserId>(&asked.after));
    check.take("before", parsed::<UserId>(&asked.before));
    let filter = Filter {
        status: tab.status(),
        search: asked.q.trim().chars().take(100).collect(),
        user_type,
        company,
        sort: match sort {
            Sort::Name => user::Sort::Name,
            Sort::NameDown => user::Sort::NameDown,
            Sort::NewestFirst => user::Sort::NewestFirst,
            Sort::OldestFirst => user::Sort::OldestFirst,
        },
    };
    Ok(check.finish(Some(filter))?)
}

/// What is not asked for is nothing.
fn parsed<T: FromStr>(text: &str) -> Result<Option<T>, Problem> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|_| Problem::NotAChoice) }
}

fn row(Listed { user, companies, .. }: &Listed) -> Row<'_> {
    let all = user.user_type.has_all_companies();
    Row {
        id: user.id.as_str(),
        first_name: &user.names.first,
        last_name: &user.names.last,
        display_name: &user.names.display,
        email: &user.email,
        user_type: user.user_type.word(),
        agent: user.agent,
        status: user.status.word(),
        companies: (!all).then_some(companies),
        last_active_at: user.last_active_at.map(|at| at.to_string()),
    }
}
