//! Access reviews: the list of them, beginning one, and its users (U-23).

pub mod decide;
pub mod export;
pub mod finish;

use app::Refused;
use app::access_review::{self, ReviewPage};
use app::moment::Moments;
use app::pass::HasPlace as _;
use app::work::{Reader, Writer};
use domain::capability::{Capability, Mark, REGISTRY, mark};
use domain::id::{AccessReviewId, UserId};
use domain::input::{FieldError, Problem};
use domain::user::UserStatus;
use serde::Deserialize;
use text::Text;

use super::form::Errors;
use super::shown;
use super::user::Managing;
use crate::http::visit::Answer;
use crate::views::Pager;
use crate::views::access_review::{ExecutiveRow, List, ListRow, Row, Show, Spot};
use crate::views::capability::short;
use crate::views::frame::address;
use crate::views::isolated;
use crate::views::user::status_label;

/// What is typed to begin one: after how many days somebody counts as away, where only they are looked at.
const IDLE_DAYS: &str = "90";

/// Which page.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Query {
    after: String,
}

/// Who is to be looked at.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    who: String,
    idle_days: String,
}

/// Where in the list of a review's users.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Place {
    tab: String,
    after: String,
}

impl Place {
    pub(super) fn spot(&self) -> Spot {
        let after: Option<UserId> = self.after.parse().ok();
        Spot { part: Spot::part_of(&self.tab), after: after.map(|id| id.to_string()).unwrap_or_default() }
    }
}

/// The reviews, and a form to begin one.
pub async fn list(visit: Managing, query: Query) -> Answer {
    let typed = Typed { who: String::new(), idle_days: IDLE_DAYS.to_owned() };
    visit.page(view(&visit, query.after.parse().ok(), &typed, &Errors::default()).await?)
}

async fn view(
    visit: &Managing,
    before: Option<AccessReviewId>,
    typed: &Typed,
    errors: &Errors,
) -> Result<List, Refused> {
    let (pass, page) = visit.read(move |r, pass| access_review::list(r, pass, before.as_ref())).await?;
    let (t, moments) = (visit.t(), visit.moments(&pass.place().time_zone));
    let row = |review: &access_review::Review| ListRow {
        id: review.id.to_string(),
        begun: shown::when(review.created_at, &moments),
        by: review.started_by.clone(),
        idle_days: review.idle_days,
        finished: review.finished_at.map(|at| shown::when(at, &moments)),
    };
    let next = page.rows.last().filter(|_| page.has_more);
    Ok(List {
        t,
        frame: visit.frame(&pass),
        rows: page.rows.iter().map(row).collect(),
        pager: Pager {
            previous: None,
            next: next.map(|last| address(&visit.path, &[("after", last.id.as_str())])),
        },
        idle: typed.who == "idle",
        idle_days: errors.field(t, "idle_days", &typed.idle_days),
    })
}

/// Begins one.
pub async fn start(visit: Managing, typed: Typed) -> Answer {
    // What is no number is none that fits.
    let idle_days = (typed.who == "idle").then(|| typed.idle_days.trim().parse().unwrap_or(0));
    let start = move |w: Writer, pass: &_| access_review::start(w, pass, idle_days);
    match visit.write(start).await {
        Ok((_, id)) => visit.go(&format!("{}/{id}", visit.path)),
        Err(Refused::Invalid(errors)) => visit.mend(view(&visit, None, &typed, &Errors(errors)).await?),
        Err(refused) => Err(refused),
    }
}

/// One page of a review's users.
pub async fn show(visit: Managing, place: Place) -> Answer {
    let (id, spot): (AccessReviewId, _) = (visit.param("access_review")?, place.spot());
    let (part, after) = (spot.part, spot.after.parse::<UserId>().ok());
    let look = move |r: &mut Reader, pass: &_| access_review::get(r, pass, &id, part, after.as_ref());
    let (pass, found) = visit.read(look).await?;
    let place = pass.place();
    let (t, moments) = (visit.t(), visit.moments(&place.time_zone));
    let next = found.users.rows.last().filter(|_| found.users.has_more);
    let next = next.map(|row| Spot { part, after: row.reviewed.user.to_string() }.at(&visit.path));
    visit.page(Show {
        t,
        frame: visit.frame(&pass),
        id: found.review.id.to_string(),
        day: moments.day(found.review.created_at),
        facts: facts(t, &found, &moments),
        is_open: found.review.finished_at.is_none(),
        counts: found.counts,
        rows: found
            .users
            .rows
            .iter()
            .map(|one| Row {
                executive: found.is_executive(&one.reviewed.user),
                ..row(t, one, place.user.as_ref(), &moments)
            })
            .collect(),
        pager: Pager { previous: None, next },
        executives: if spot.after.is_empty() { executives(&found, &moments) } else { Vec::new() },
        executives_at: place
            .center
            .as_ref()
            .filter(|_| place.is_executive)
            .map(|center| format!("/account-centers/{center}/executives")),
        spot,
    })
}

/// Those without a user in the account: the others stand among the users.
fn executives(found: &ReviewPage, moments: &Moments) -> Vec<ExecutiveRow> {
    let row = |executive: &access_review::ReviewedExecutive| ExecutiveRow {
        name: executive.name.clone(),
        email: executive.email.clone(),
        since: shown::when(executive.since, moments),
        acted: executive.acted_at.map(|at| shown::when(at, moments)),
        is_over: executive.is_over,
    };
    found.executives.iter().filter(|executive| executive.user.is_none()).map(row).collect()
}

/// Who is looked at, who began and finished it, and since when it is known what is used.
fn facts(t: Text, found: &ReviewPage, moments: &Moments) -> Vec<String> {
    let review = &found.review;
    let whom = match review.idle_days {
        0 => t.access_review_whom_all().to_owned(),
        days => t.access_review_whom_idle(days),
    };
    let finished = review.finished_at.map(|_| t.access_review_finished_by(isolated(&review.finished_by)));
    let left = found.counts.changes - found.counts.done;
    let not_done = review.finished_at.filter(|_| left > 0).map(|_| t.access_review_not_done(left));
    let watched = t.access_review_watched(moments.day(review.watched_at));
    [
        Some(format!("{whom}.")),
        Some(t.access_review_begun_by(isolated(&review.started_by))),
        finished,
        not_done,
        Some(watched),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A user of a review, ready to be shown.
pub(super) fn row(t: Text, found: &access_review::Row, own: Option<&UserId>, moments: &Moments) -> Row {
    let user = &found.reviewed;
    let may = REGISTRY.iter().map(|line| line.capability);
    let may = may.filter(|capability| mark(user.user_type, user.agent, *capability) != Mark::No);
    // Emails are got without doing anything: nothing shows whether somebody uses them.
    let is_noted = |capability: &Capability| *capability != Capability::ReceiveNotifications;
    let unused = may.filter(is_noted).filter(|capability| !user.used.contains_key(capability));
    Row {
        id: user.user.to_string(),
        name: user.name.clone(),
        email: user.email.clone(),
        own: own == Some(&user.user),
        executive: false,
        user_type: user.user_type,
        agent: user.agent,
        off: (user.status != UserStatus::Active).then(|| status_label(t, user.status)),
        companies: user.companies,
        last_active: user.last_active_at.map(|at| shown::when(at, moments)),
        used: user.used.iter().map(|(what, at)| (short(t, *what), shown::when(*at, moments))).collect(),
        unused: unused.map(|capability| short(t, capability)).collect(),
        suggestion: found.suggestion,
        is_changed: user.is_changed,
        decision: user.decision,
        reason: user.reason.clone(),
        outcome: user.outcome,
    }
}

/// The error of a field that must be filled.
pub(super) fn missing(field: &'static str) -> Vec<FieldError> {
    vec![FieldError { field, problem: Problem::Missing }]
}
