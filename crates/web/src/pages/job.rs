//! Jobs: a list of many new users, what becomes of it, and how far it is (U-19).

pub mod across;

use std::sync::Arc;

use app::job::{self, Checked, Item, Job, JobState, Table, Unreadable};
use app::moment::Moments;
use app::page::PAGE_SIZE;
use app::pass::{AccountPass, Gate, HasPlace as _};
use app::{Conflict, Refused, words};
use domain::capability::proof::ManageUsers;
use domain::id::{AccountId, JobId};
use domain::job::{Fate, JobKind};
use domain::user::UserType;
use serde::Deserialize;
use text::Text;

use super::shown;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::views::frame::address;
use crate::views::job::{Home, List, New, Preview, REFUSED, Row, Show, ShownJob, Tab, Tally};
use crate::views::user::Described as _;
use crate::views::{Field, Pager};

type Managing = Visit<AccountPass<ManageUsers>>;

/// A list as it was pasted, and from which row on it is shown.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    text: String,
    from: String,
}

/// Which rows of a job.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    show: String,
    after: String,
}

/// Which page of the jobs.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Query {
    after: String,
}

/// Where a list is pasted.
pub async fn page(visit: Managing, _: Nothing) -> Answer {
    let pass = visit.pass().await?;
    let home = home(&visit, &pass);
    visit.page(New { t: visit.t(), frame: visit.frame(&pass), home, text: Field::default() })
}

/// A list to be filled in.
pub async fn template(visit: Managing, _: Nothing) -> Answer {
    let turn = visit.turn().await?;
    visit.file("users.csv", Table::template(JobKind::CreateUsers), turn)
}

/// What becomes of each row. Nothing is stored: the list travels with the form.
pub async fn check(visit: Managing, typed: Typed) -> Answer {
    match checked(&visit, &typed.text).await? {
        Ok((pass, checked)) => visit.page(preview(&visit, &pass, typed, &checked)),
        Err(unreadable) => mend(&visit, typed, unreadable).await,
    }
}

/// Begins to create the users; where that cannot be, the same page says why.
pub async fn start(visit: Managing, typed: Typed) -> Answer {
    let (pass, checked) = match checked(&visit, &typed.text).await? {
        Ok(found) => found,
        Err(unreadable) => return mend(&visit, typed, unreadable).await,
    };
    if !checked.may_start() {
        return visit.mend(preview(&visit, &pass, typed, &checked));
    }
    let (pass, id) = visit.write(move |w, pass| job::start(w, pass, &checked)).await?;
    visit.go(&format!("/accounts/{}/jobs/{id}", pass.account()))
}

/// The list with what becomes of it, or why it was not read.
async fn checked(
    visit: &Managing,
    text: &str,
) -> Result<Result<(AccountPass<ManageUsers>, Checked), Unreadable>, Refused> {
    let table = match table_of(visit, JobKind::CreateUsers, text).await? {
        Ok(table) => table,
        Err(unreadable) => return Ok(Err(unreadable)),
    };
    let shared = Arc::clone(&table);
    let (pass, ground) = visit.read(move |r, pass| job::ground(r, pass, &shared.rows)).await?;
    Ok(Ok((pass, job::check(&table, &ground))))
}

/// A list, read for who may paste one and for nobody else, and where it keeps nobody: it may be large.
async fn table_of<P: Gate>(
    visit: &Visit<P>,
    kind: JobKind,
    text: &str,
) -> Result<Result<Arc<Table>, Unreadable>, Refused> {
    visit.pass().await?;
    let text = text.to_owned();
    let read = tokio::task::spawn_blocking(move || Table::read(kind, &text)).await;
    Ok(read.map_err(|_| Refused::Busy)?.map(Arc::new))
}

async fn mend(visit: &Managing, typed: Typed, unreadable: Unreadable) -> Answer {
    let (pass, t) = (visit.pass().await?, visit.t());
    let text = Field { value: typed.text, error: Some(sentence(t, unreadable).to_owned()) };
    let home = home(visit, &pass);
    visit.mend(New { t, frame: visit.frame(&pass), home, text })
}

fn sentence(t: Text, unreadable: Unreadable) -> &'static str {
    match unreadable {
        Unreadable::Empty => t.job_unreadable_empty(),
        Unreadable::TooLarge => t.job_unreadable_too_large(),
        Unreadable::TooManyRows => t.job_unreadable_too_many_rows(),
    }
}

fn home(visit: &Managing, pass: &AccountPass<ManageUsers>) -> Home {
    Home { across: false, path: visit.frame(pass).at("/users"), title: visit.t().user_title() }
}

fn preview(visit: &Managing, pass: &AccountPass<ManageUsers>, typed: Typed, checked: &Checked) -> Preview {
    Preview {
        t: visit.t(),
        frame: visit.frame(pass),
        home: home(visit, pass),
        tally: tally(visit.t(), checked, &typed.from),
        text: typed.text,
        unused: checked.unused.join(", "),
    }
}

/// What becomes of a list, and its rows from one of them on.
fn tally(t: Text, checked: &Checked, from: &str) -> Tally {
    let only_refused = from.starts_with(REFUSED);
    let is_shown = |item: &&Item| !only_refused || item.fate == Fate::Refused;
    let mut items: Vec<&Item> = checked.items.iter().filter(is_shown).collect();
    items.sort_by_key(|item| rank(item.fate));
    let from = from.trim_start_matches(REFUSED).parse().unwrap_or(0_usize);
    let from = from.min(items.len().saturating_sub(1));
    let until = items.len().min(from + PAGE_SIZE);
    let refused = checked.count(Fate::Refused);
    let problem = match checked.too_many {
        _ if checked.too_many_pairs => Some(t.job_unreadable_too_many_pairs().to_owned()),
        Some((needed, left)) => Some(t.job_too_many(needed, left)),
        None if checked.waiting() == 0 => Some(t.job_nothing_to_do().to_owned()),
        None => None,
    };
    Tally {
        rows: items[from..until].iter().map(|item| row(t, item, None)).collect(),
        waiting: checked.count(Fate::Waiting),
        known: checked.count(Fate::Known),
        people: None,
        already: checked.items.len() as i64 - checked.waiting() - refused,
        refused,
        problem,
        only_refused,
        lines: true,
        from,
        until,
        all: items.len(),
        step: PAGE_SIZE,
    }
}

/// What somebody has to look at comes first.
fn rank(fate: Fate) -> usize {
    match fate {
        Fate::Refused => 0,
        Fate::Twice => 1,
        Fate::Invited | Fate::Here => 2,
        _ => 3,
    }
}

/// A row as pages show it; `account` is where users stand whose row does not say it.
fn row(t: Text, item: &Item, account: Option<&AccountId>) -> Row {
    let typed = item.row.cells[3].trim();
    let user_type = typed.to_ascii_lowercase().parse::<UserType>();
    let mut notes: Vec<String> = item.reasons.iter().map(|reason| words::reason(t, reason)).collect();
    match item.fate {
        Fate::Here | Fate::Invited => notes.push(t.job_left_as().to_owned()),
        Fate::Twice => notes.push(t.job_twice_note().to_owned()),
        _ => {}
    }
    let names = item.row.companies().take(SHOWN).map(str::to_owned);
    let (companies, more_companies) = match user_type {
        Ok(user_type) if user_type.has_all_companies() => (vec![t.company_all().to_owned()], false),
        _ => (names.collect(), item.row.companies().nth(SHOWN).is_some()),
    };
    Row {
        line: item.row.line,
        companies,
        more_companies,
        account: item.row.accounts.clone(),
        name: item.row.name(),
        email: item.row.email().trim().to_owned(),
        user_type: user_type.map_or_else(|_| typed.to_owned(), |user_type| user_type.label(t).to_owned()),
        fate: item.fate,
        result: words::fate(t, item.fate),
        user: item
            .user
            .as_ref()
            .and_then(|user| Some(format!("/accounts/{}/users/{user}", item.account.as_ref().or(account)?))),
        notes,
    }
}

/// How many companies of a row are shown: it may name a thousand.
const SHOWN: usize = 5;

/// The report as a file, written where it keeps nobody: it may be large.
async fn written(t: Text, kind: JobKind, items: Vec<Item>) -> Result<String, Refused> {
    tokio::task::spawn_blocking(move || job::report(t, kind, &items)).await.map_err(|_| Refused::Busy)
}

/// The account's jobs, newest first.
pub async fn list(visit: Managing, query: Query) -> Answer {
    let before: Option<JobId> = query.after.parse().ok();
    let (pass, page) = visit.read(move |r, pass| job::list(r, pass, before.as_ref())).await?;
    let next = page.rows.last().filter(|_| page.has_more);
    let next = next.map(|last| address(&visit.path, &[("after", last.id.as_str())]));
    let moments = visit.moments(&pass.place().time_zone);
    visit.page(List {
        t: visit.t(),
        frame: visit.frame(&pass),
        home: home(&visit, &pass),
        jobs: page.rows.iter().map(|job| shown_job(job, &moments)).collect(),
        pager: Pager { previous: None, next },
    })
}

fn shown_job(job: &Job, moments: &Moments) -> ShownJob {
    let not_done = if job.state == JobState::Cancelled { job.total - job.counts.all() } else { 0 };
    ShownJob {
        id: job.id.to_string(),
        state: job.state,
        by: job.by.clone(),
        total: job.total,
        done: job.counts.all(),
        created: job.counts.created,
        already: job.counts.already,
        refused: job.counts.refused,
        not_done,
        started: shown::when(job.created_at, moments),
        finished: job.finished_at.map(|at| shown::when(at, moments)),
    }
}

/// How far a job is; at its end, what became of its rows.
pub async fn show(visit: Managing, asked: Asked) -> Answer {
    let id: JobId = visit.param("job")?;
    let (tab, after) = (Tab::of_code(&asked.show), behind(&asked.after));
    let fates = tab.map_or(Fate::ALL, Tab::fates);
    let (pass, (job, page)) = visit.read(move |r, pass| job::get(r, pass, &id, fates, after)).await?;
    let t = visit.t();
    let next = page
        .rows
        .last()
        .filter(|_| page.has_more)
        .map(|last| address(&visit.path, &[("show", tab.map_or("", Tab::code)), ("after", &key(last))]));
    let moments = visit.moments(&pass.place().time_zone);
    visit.page(Show {
        t,
        frame: visit.frame(&pass),
        home: home(&visit, &pass),
        job: shown_job(&job, &moments),
        tab,
        rows: page.rows.iter().map(|item| row(t, item, Some(pass.account()))).collect(),
        pager: Pager { previous: None, next },
    })
}

/// The key of a row in the list: its line and its part.
fn key(item: &Item) -> String {
    format!("{}-{}", item.row.line, item.part)
}

/// The row behind which a page begins; the first page where none is named.
fn behind(key: &str) -> (i64, i64) {
    let parsed = key.split_once('-').and_then(|(line, part)| Some((line.parse().ok()?, part.parse().ok()?)));
    parsed.unwrap_or((0, -1))
}

/// Breaks a job off.
pub async fn cancel(visit: Managing, _: Nothing) -> Answer {
    let (account, id): (AccountId, JobId) = (visit.param("account")?, visit.param("job")?);
    let wanted = id.clone();
    let toast = match visit.write(move |w, pass| job::cancel(w, pass, &wanted)).await {
        Ok(_) => Toast::JobCancelled,
        Err(Refused::Conflict(Conflict::Changed)) => Toast::JobHadEnded,
        Err(refused) => return Err(refused),
    };
    visit.go_and_tell(&format!("/accounts/{account}/jobs/{id}"), toast)
}

/// What became of each row, as a file.
pub async fn report(visit: Managing, _: Nothing) -> Answer {
    let id: JobId = visit.param("job")?;
    let turn = visit.turn().await?;
    let (_, items) = visit.read(move |r, pass| job::items(r, pass, &id)).await?;
    let text = written(visit.t(), JobKind::CreateUsers, items).await?;
    visit.file("users-report.csv", text, turn)
}
