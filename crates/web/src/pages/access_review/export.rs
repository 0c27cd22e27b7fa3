//! The outcome of an access review as a table for spreadsheets.

use app::access_review::{self, Part, Review, ReviewedExecutive, Row};
use app::csv;
use app::work::Reader;
use domain::access_review::{Decision, Outcome, Suggestion};
use domain::id::{AccessReviewId, UserId};
use domain::input::yes_no;

use crate::http::route::Nothing;
use crate::http::visit::Answer;
use crate::pages::user::Managing;

/// The names of the columns. They are for programs too, and so the same in every language.
const COLUMNS: [&str; 15] = [
    "name",
    "email",
    "user_type",
    "agent",
    "status",
    "companies",
    "last_active_at",
    "used",
    "suggestion",
    "decision",
    "reason",
    "decided_by",
    "decided_at",
    "outcome",
    "review",
];

/// All users of the review, page by page: each is a unit of its own, so that nobody waits for a large one.
pub async fn download(visit: Managing, _: Nothing) -> Answer {
    let id: AccessReviewId = visit.param("access_review")?;
    let turn = visit.turn().await?;
    let mut table = csv::write([COLUMNS.to_vec()]);
    let mut add =
        |cells: [String; 15]| table.push_str(&csv::write([cells.iter().map(String::as_str).collect()]));
    let mut after: Option<UserId> = None;
    loop {
        let (review, from) = (id.clone(), after.clone());
        let look =
            move |r: &mut Reader, pass: &_| access_review::get(r, pass, &review, Part::All, from.as_ref());
        let (_, page) = visit.read(look).await?;
        after = page.users.rows.last().map(|row| row.reviewed.user.clone());
        page.users.rows.iter().for_each(|row| add(cells(&page.review, row)));
        if !page.users.has_more {
            let without_user = page.executives.iter().filter(|executive| executive.user.is_none());
            without_user.for_each(|executive| add(executive_cells(&page.review, executive)));
            break;
        }
    }
    visit.file(&format!("access-review-{}.csv", &id.as_str()[3..15]), table, turn)
}

fn cells(review: &Review, row: &Row) -> [String; 15] {
    let user = &row.reviewed;
    let used: Vec<String> = user.used.iter().map(|(what, at)| format!("{} {at}", what.line().key)).collect();
    let at = |at: Option<domain::time::Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    [
        user.name.clone(),
        user.email.clone(),
        user.user_type.word().to_owned(),
        yes_no(user.agent).to_owned(),
        user.status.word().to_owned(),
        if user.user_type.has_all_companies() { "all".to_owned() } else { user.companies.to_string() },
        at(user.last_active_at),
        used.join("; "),
        suggestion(row.suggestion).to_owned(),
        user.decision.map(Decision::word).unwrap_or_default().to_owned(),
        user.reason.clone(),
        user.decided_by.clone(),
        at(user.decided_at),
        user.outcome.map(Outcome::word).unwrap_or_default().to_owned(),
        review.id.to_string(),
    ]
}

/// An executive administrator without a user: nothing is decided on them, so those cells are empty.
fn executive_cells(review: &Review, executive: &ReviewedExecutive) -> [String; 15] {
    let mut cells: [String; 15] = Default::default();
    cells[0].clone_from(&executive.name);
    cells[1].clone_from(&executive.email);
    "executive_administrator".clone_into(&mut cells[2]);
    "active".clone_into(&mut cells[4]);
    "all".clone_into(&mut cells[5]);
    cells[6] = executive.acted_at.map(|at| at.to_string()).unwrap_or_default();
    cells[14] = review.id.to_string();
    cells
}

fn suggestion(suggestion: Suggestion) -> &'static str {
    match suggestion {
        Suggestion::TooEarly => "too_early",
        Suggestion::Fits => "fits",
        Suggestion::Unused => "unused",
        Suggestion::Lower(to) => to.word(),
    }
}
