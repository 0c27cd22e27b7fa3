//! Jobs of an account center: a list of people for several of its accounts (C-06).

use std::sync::Arc;

use app::job::{self, Checked, Item, Passwords, Table, Unreadable};
use app::pass::CenterPass;
use app::{Conflict, Refused, center_person};
use domain::account_center::Standing;
use domain::account_center::proof::InCenter;
use domain::id::{AccountCenterId, JobId};
use domain::job::{Fate, JobKind};
use text::Text;

use super::{Asked, Query, Typed, behind, key, row, sentence, shown_job, table_of};
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::views::frame::address;
use crate::views::job::{Home, List, New, Preview, Row, Show, Tab, Tally};
use crate::views::{Field, Pager};

type InItsCenter = Visit<CenterPass<InCenter>>;

/// A center has no time zone of its own.
const ZONE: &str = "UTC";

/// Where a list is pasted.
pub async fn page(visit: InItsCenter, _: Nothing) -> Answer {
    let (pass, ()) = visit.read(center_person::check_open).await?;
    let home = home(&visit, &pass);
    visit.page(New { t: visit.t(), frame: visit.center_frame(&pass), home, text: Field::default() })
}

/// A list to be filled in.
pub async fn template(visit: InItsCenter, _: Nothing) -> Answer {
    let turn = visit.turn().await?;
    visit.file("users.csv", Table::template(JobKind::CreateInAccounts), turn)
}

/// What becomes of each person in each account. Nothing is stored: the list travels with the form.
pub async fn check(visit: InItsCenter, typed: Typed) -> Answer {
    let table = match table_of(&visit, JobKind::CreateInAccounts, &typed.text).await? {
        Ok(table) => table,
        Err(unreadable) => return mend(&visit, typed, unreadable).await,
    };
    let (pass, checked) = look_through(&visit, &table, false).await?;
    visit.page(preview(&visit, &pass, typed, &checked))
}

/// Begins to create the users; where that cannot be, the same page says why.
pub async fn start(visit: InItsCenter, typed: Typed) -> Answer {
    let table = match table_of(&visit, JobKind::CreateInAccounts, &typed.text).await? {
        Ok(table) => table,
        Err(unreadable) => return mend(&visit, typed, unreadable).await,
    };
    let (pass, checked) = look_through(&visit, &table, false).await?;
    if !checked.may_start() {
        return visit.mend(preview(&visit, &pass, typed, &checked));
    }
    let none = Passwords::new();
    let (pass, id) =
        visit.write(move |w, pass| job::start_across(w, pass, &table.rows, &checked, &none)).await?;
    visit.go(&format!("/account-centers/{}/jobs/{id}", pass.center()))
}

/// What becomes of a list, where `temporary` says that who is new gets a temporary password. Looking is counted; what takes
/// long is done beside the threads that answer.
pub(in crate::pages) async fn look_through(
    visit: &InItsCenter,
    table: &Arc<Table>,
    temporary: bool,
) -> Result<(CenterPass<InCenter>, Checked), Refused> {
    visit.write(job::count_check).await?;
    let shared = Arc::clone(table);
    let (pass, ground) =
        visit.read(move |r, pass| job::ground_across(r, pass, &shared.rows, temporary)).await?;
    let shared = Arc::clone(table);
    let checked = tokio::task::spawn_blocking(move || job::check_across(&shared, &ground)).await;
    Ok((pass, checked.map_err(|_| Refused::Busy)?))
}

async fn mend(visit: &InItsCenter, typed: Typed, unreadable: Unreadable) -> Answer {
    let (pass, t) = (visit.pass().await?, visit.t());
    let text = Field { value: typed.text, error: Some(sentence(t, unreadable).to_owned()) };
    let home = home(visit, &pass);
    visit.mend(New { t, frame: visit.center_frame(&pass), home, text })
}

/// Where the pages lead back to: who administers some of the accounts does not see all users.
fn home(visit: &InItsCenter, pass: &CenterPass<InCenter>) -> Home {
    let (t, frame) = (visit.t(), visit.center_frame(pass));
    match pass.standing() {
        Standing::Somewhere => Home { across: true, path: frame.at(""), title: t.account_center_accounts() },
        _ => Home { across: true, path: frame.at("/users"), title: t.account_center_users() },
    }
}

fn preview(visit: &InItsCenter, pass: &CenterPass<InCenter>, typed: Typed, checked: &Checked) -> Preview {
    Preview {
        t: visit.t(),
        frame: visit.center_frame(pass),
        home: home(visit, pass),
        tally: places(visit.t(), checked, &typed.from),
        text: typed.text,
        unused: checked.unused.join(", "),
    }
}

/// The same for what was typed one by one, which has no lines.
pub(in crate::pages) fn tally(t: Text, checked: &Checked, from: &str) -> Tally {
    Tally { lines: false, ..places(t, checked, from) }
}

/// Told as people and their places.
fn places(t: Text, checked: &Checked, from: &str) -> Tally {
    let people = Some((checked.people(Fate::Waiting), checked.people(Fate::Known)));
    Tally { people, ..super::tally(t, checked, from) }
}

/// The center's jobs, newest first.
pub async fn list(visit: InItsCenter, query: Query) -> Answer {
    let before: Option<JobId> = query.after.parse().ok();
    let (pass, page) = visit.read(move |r, pass| job::list(r, pass, before.as_ref())).await?;
    let next = page.rows.last().filter(|_| page.has_more);
    let next = next.map(|last| address(&visit.path, &[("after", last.id.as_str())]));
    let moments = visit.moments(ZONE);
    visit.page(List {
        t: visit.t(),
        frame: visit.center_frame(&pass),
        home: home(&visit, &pass),
        jobs: page.rows.iter().map(|job| shown_job(job, &moments)).collect(),
        pager: Pager { previous: None, next },
    })
}

/// How far a job is; at its end, what became of each person in each account.
pub async fn show(visit: InItsCenter, asked: Asked) -> Answer {
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
    visit.page(Show {
        t,
        frame: visit.center_frame(&pass),
        home: home(&visit, &pass),
        job: shown_job(&job, &visit.moments(ZONE)),
        tab,
        rows: page.rows.iter().map(|item| part(t, item)).collect(),
        pager: Pager { previous: None, next },
    })
}

/// A person in one account; one who waits, or waited in vain, stands for all of theirs.
fn part(t: Text, item: &Item) -> Row {
    let count = item.row.accounts.split(';').filter(|name| !name.is_empty()).count();
    match item.part {
        0 => Row { account: t.account_center_accounts_of(count as i64), ..row(t, item, None) },
        _ => row(t, item, None),
    }
}

/// Breaks a job off.
pub async fn cancel(visit: InItsCenter, _: Nothing) -> Answer {
    let (center, id): (AccountCenterId, JobId) = (visit.param("account_center")?, visit.param("job")?);
    let wanted = id.clone();
    let toast = match visit.write(move |w, pass| job::cancel(w, pass, &wanted)).await {
        Ok(_) => Toast::JobCancelled,
        Err(Refused::Conflict(Conflict::Changed)) => Toast::JobHadEnded,
        Err(refused) => return Err(refused),
    };
    visit.go_and_tell(&format!("/account-centers/{center}/jobs/{id}"), toast)
}

/// What became of each person in each account, as a file.
pub async fn report(visit: InItsCenter, _: Nothing) -> Answer {
    let id: JobId = visit.param("job")?;
    let turn = visit.turn().await?;
    let (_, items) = visit.read(move |r, pass| job::items(r, pass, &id)).await?;
    let text = super::written(visit.t(), JobKind::CreateInAccounts, items).await?;
    visit.file("users-report.csv", text, turn)
}
