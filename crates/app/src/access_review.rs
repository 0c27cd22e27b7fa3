//! Access reviews: begun, decided row by row, and carried out as changes of access like any other (U-23).

use std::collections::BTreeSet;

use domain::access_change::Change;
use domain::access_review::{Decision, Evidence, Outcome, Suggestion, suggest};
use domain::activity::{Entry, Verb};
use domain::capability::proof::ManageUsers;
use domain::id::{AccessReviewId, AccountId, CompanyId, UserId};
use domain::input::Problem;
use domain::time::Timestamp;
use domain::user::{UserStatus, UserType};
use store::access_review;
use store::company;
use store::page::Page;
use store::pass::{AccountPass, Acting, HasPlace};
use store::user::User;
use store::work::{Committed, Reader, Unrecorded, Writer};

pub use store::access_review::{Counts, Part, Review, Reviewed, ReviewedExecutive};

use crate::access_change::{Confirmed, Preview};
use crate::{App, Ask, Conflict, Refused, access_change, limits, user};

/// How many days one may ask for.
pub const IDLE_DAYS: std::ops::RangeInclusive<i64> = 1..=730;

/// A review and some of its users.
pub struct ReviewPage {
    /// The review.
    pub review: Review,
    /// How many users there are of each kind.
    pub counts: Counts,
    /// One page of them.
    pub users: Page<Row>,
    /// Who had the account as an executive administrator when it began, with a user there or without: on that is decided
    /// at the account center (C-10).
    pub executives: Vec<ReviewedExecutive>,
}

impl ReviewPage {
    /// Whether a user of the review had the account as an executive administrator, too.
    pub fn is_executive(&self, user: &UserId) -> bool {
        self.executives.iter().any(|executive| executive.user.as_ref() == Some(user))
    }
}

/// A user of a review, with what follows from it.
pub struct Row {
    /// As they were when it began.
    pub reviewed: Reviewed,
    /// What the evidence suggests.
    pub suggestion: Suggestion,
}

/// What there is to decide on a user, as they are now.
#[derive(Debug, Default)]
pub struct Choices {
    /// What can be carried out now.
    pub open: Vec<Decision>,
    /// What can't, and why.
    pub barred: Vec<(Decision, Refused)>,
}

/// What finishing would do.
pub struct FinishPage {
    /// The review.
    pub review: Review,
    /// How many users there are of each kind.
    pub counts: Counts,
    /// One page of those whose access is changed, each with what that does, or why it can't be done.
    pub changes: Page<(Reviewed, Option<Preview>)>,
}

/// What somebody decides on a user of a review.
#[derive(Clone, Debug)]
pub struct Decided {
    /// The review.
    pub review: AccessReviewId,
    /// The user.
    pub user: UserId,
    /// What.
    pub decision: Decision,
    /// Why; may be empty.
    pub reason: String,
}

/// One page of the account's reviews, newest first.
pub fn list(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    before: Option<&AccessReviewId>,
) -> Result<Page<Review>, Refused> {
    Ok(access_review::list(r, pass, before)?)
}

/// Begins a review of everybody, or of those who have not been here for so many days.
pub fn start(
    mut w: Writer,
    pass: &AccountPass<ManageUsers>,
    idle_days: Option<i64>,
) -> Result<Committed<AccessReviewId>, Refused> {
    let (min, max) = (*IDLE_DAYS.start(), *IDLE_DAYS.end());
    if idle_days.is_some_and(|days| !IDLE_DAYS.contains(&days)) {
        return Err(Refused::field("idle_days", Problem::NotInRange { min, max }));
    }
    limits::count(&mut w, &format!("access reviews of {}", pass.account()), limits::ACCESS_REVIEW)?;
    let (id, days): (AccessReviewId, _) = (w.new_id(), idle_days.unwrap_or(0));
    let watched_at = store::capability_use::get_start(&mut w)?;
    access_review::insert(&mut w, pass, &id, days, watched_at)?;
    let users = access_review::insert_users(&mut w, pass, &id, days)?;
    access_review::insert_executives(&mut w, pass, &id)?;
    let entry = Entry::of(pass.account(), Verb::AccessReviewStarted, &id, "")
        .change("users", None, Some(&users.to_string()))
        .change("idle_days", None, idle_days.map(|days| days.to_string()).as_deref());
    w.commit(&pass.actor(), entry, id)
}

/// A review and one page of its users.
pub fn get(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &AccessReviewId,
    part: Part,
    after: Option<&UserId>,
) -> Result<ReviewPage, Refused> {
    let review = find(r, pass, id)?;
    // What was done is what has changed; what could not be stands among all.
    let part = if part == Part::Changes && review.finished_at.is_some() { Part::Done } else { part };
    let users = access_review::list_users(r, pass, id, part, after)?;
    let (counts, now) = (access_review::count(r, pass, id)?, review.finished_at.unwrap_or(r.now));
    let Page { rows, has_more, has_previous } = users;
    let rows = rows.into_iter().map(|reviewed| row(&review, reviewed, now)).collect();
    let executives = access_review::list_executives(r, pass, id)?;
    Ok(ReviewPage { review, counts, users: Page { rows, has_more, has_previous }, executives })
}

/// A user of a review, and what there is to decide on them.
pub fn get_user(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &AccessReviewId,
    user: &UserId,
) -> Result<(Review, Row, Choices), Refused> {
    let review = find(r, pass, id)?;
    let reviewed = access_review::find_user(r, pass, id, user)?.ok_or(Refused::NotFound)?;
    let now = find_user(r, pass, user)?;
    Ok((review.clone(), row(&review, reviewed, r.now), choices(r, pass, &now)?))
}

/// Asks the plan that would carry each out.
fn choices(r: &mut Reader, pass: &AccountPass<ManageUsers>, now: &User) -> Result<Choices, Refused> {
    let own = pass.place().user.as_ref() == Some(&now.id);
    let mut choices = Choices::default();
    if now.status == UserStatus::Deleted {
        return Ok(choices);
    }
    for decision in Decision::choices(now.user_type, now.agent, now.status, own) {
        let planned = match change(r, pass, now, decision)? {
            Some(change) => access_change::planned(r, pass, now, &change).map(drop),
            None => Ok(()),
        };
        match planned {
            Ok(()) => choices.open.push(decision),
            Err(refused) if is_of_one(&refused) => choices.barred.push((decision, refused)),
            Err(refused) => return Err(refused),
        }
    }
    Ok(choices)
}

fn find(r: &mut Reader, pass: &AccountPass<ManageUsers>, id: &AccessReviewId) -> Result<Review, Refused> {
    access_review::find(r, pass, id)?.ok_or(Refused::NotFound)
}

/// What was used counts by the state when the review began, as everything else of it.
fn row(review: &Review, reviewed: Reviewed, now: Timestamp) -> Row {
    let Reviewed { user_type, agent, status, last_active_at, .. } = reviewed;
    let evidence = Evidence {
        user_type,
        agent,
        status,
        // A visit is noted once a minute, what is used at once.
        last_active_at: last_active_at.max(reviewed.used.values().max().copied()),
        watched_at: review.watched_at.max(reviewed.since),
        used: reviewed.used.keys().copied().collect(),
    };
    Row { suggestion: suggest(&evidence, review.created_at.min(now)), reviewed }
}

/// Decides on a user of a review, until it is finished. What is decided is about their access as it is now, and can be
/// carried out as things stand.
pub fn decide(
    mut w: Writer,
    pass: &AccountPass<ManageUsers>,
    decided: &Decided,
) -> Result<Committed<()>, Refused> {
    let Decided { review: id, user, decision, reason } = decided;
    let (_, row, choices) = get_user(&mut w, pass, id, user)?;
    if !choices.open.contains(decision) {
        return Err(Refused::field("decision", Problem::NotAChoice));
    }
    let now = find_user(&mut w, pass, user)?;
    let saved = access_review::update_version(&mut w, pass, id)?
        && access_review::update_decision(&mut w, pass, (id, user), (*decision, reason), now.access_version)?;
    if !saved {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    let before = row.reviewed;
    let entry = Entry::of(pass.account(), Verb::AccessReviewDecided, user, &before.name)
        .change("decision", before.decision.map(Decision::word), Some(decision.word()))
        .change("reason", filled(&before.reason), filled(reason));
    w.commit(&pass.actor(), entry, ())
}

fn filled(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// The user as they are now, deleted or not.
fn find_user(r: &mut Reader, pass: &AccountPass<ManageUsers>, id: &UserId) -> Result<User, Refused> {
    store::user::find(r, pass, id)?.ok_or(Refused::NotFound)
}

/// What finishing would do: the counts, and one page of the changes.
pub fn preview_finish(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &AccessReviewId,
    after: Option<&UserId>,
) -> Result<FinishPage, Refused> {
    let review = find(r, pass, id)?;
    let counts = access_review::count(r, pass, id)?;
    let Page { rows, has_more, has_previous } = access_review::list_users(r, pass, id, Part::Changes, after)?;
    let mut changes = Vec::with_capacity(rows.len());
    for reviewed in rows {
        let preview = if reviewed.outcome.is_none() { preview(r, pass, &reviewed)? } else { None };
        changes.push((reviewed, preview));
    }
    Ok(FinishPage { review, counts, changes: Page { rows: changes, has_more, has_previous } })
}

/// What a decision would do; `None` where the user has been changed since it was made, or is there no more.
fn preview(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    reviewed: &Reviewed,
) -> Result<Option<Preview>, Refused> {
    let now = find_user(r, pass, &reviewed.user)?;
    let Some(decision) = reviewed.decision else { return Ok(None) };
    let Some(change) = change(r, pass, &now, decision)? else { return Ok(None) };
    if now.access_version != reviewed.seen_version {
        return Ok(None);
    }
    match access_change::preview(r, pass, &reviewed.user, &change) {
        Ok(preview) => Ok(Some(preview)),
        Err(refused) if is_of_one(&refused) => Ok(None),
        Err(refused) => Err(refused),
    }
}

/// The change that a decision is. Who has all companies keeps, as a lower type, all that are in use now.
fn change(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    now: &User,
    decision: Decision,
) -> Result<Option<Change>, Refused> {
    let companies: BTreeSet<CompanyId> = match decision {
        Decision::Lower(to) if now.user_type.has_all_companies() => {
            let all = company::list_choices(r, pass)?;
            let fits = |company: &company::Company| company.details.is_open_to(to == UserType::Agent);
            all.into_iter().filter(fits).map(|company| company.id).collect()
        }
        Decision::Lower(_) => store::user::company_ids(r, pass, &now.id)?.into_iter().collect(),
        Decision::Keep | Decision::Suspend | Decision::Delete => BTreeSet::new(),
    };
    Ok(decision.change(companies))
}

/// Whether a refusal is about one user, and not about whoever asks, or the server.
fn is_of_one(refused: &Refused) -> bool {
    matches!(
        refused,
        Refused::Conflict(_)
            | Refused::Invalid(_)
            | Refused::NotFound
            | Refused::Forbidden { .. }
            | Refused::TooMany(_)
    )
}

fn outcome(refused: &Refused) -> Outcome {
    match refused {
        Refused::Conflict(Conflict::LastAdministrator) => Outcome::LastAdministrator,
        Refused::Conflict(Conflict::Changed) | Refused::NotFound => Outcome::Changed,
        _ => Outcome::Failed,
    }
}

/// How many changes one request makes of a review: whoever asked waits for them.
pub const CHANGES_AT_ONCE: usize = 200;

/// How far finishing a review has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finished {
    /// It is finished.
    All,
    /// [`CHANGES_AT_ONCE`] were made, or could not be; the others wait to be gone on with.
    Partly,
}

impl App {
    /// Carries out what was decided, a user at a time, each as a change of access that can be undone as any other, and
    /// then finishes the review. What was broken off, or was too much for once, is gone on with the next time.
    pub async fn finish_review(
        &self,
        ask: &Ask,
        account: &AccountId,
        id: &AccessReviewId,
        version: i64,
    ) -> Result<Finished, Refused> {
        let (mut after, mut failed, mut tried) = (None::<UserId>, Vec::new(), 0);
        loop {
            let (review, from) = (id.clone(), after.clone());
            let list = move |r: &mut Reader, pass: &AccountPass<ManageUsers>| {
                let found = find(r, pass, &review)?;
                if found.version != version || found.finished_at.is_some() {
                    return Err(Refused::Conflict(Conflict::Changed));
                }
                Ok(access_review::list_users(r, pass, &review, Part::Changes, from.as_ref())?)
            };
            let (_, page) = self.read(ask, account.clone(), list).await?;
            after = page.rows.last().map(|row| row.user.clone());
            for row in page.rows.into_iter().filter(|row| row.outcome.is_none()) {
                let (review, user) = (id.clone(), row.user.clone());
                if tried == CHANGES_AT_ONCE {
                    let note = move |w: Writer, pass: &_| note_failed(w, pass, (&review, version), &failed);
                    return self.write(ask, account.clone(), note).await.map(|_| Finished::Partly);
                }
                tried += 1;
                let make = move |w: Writer, pass: &_| carry_out(w, pass, (&review, version), &row);
                match self.write(ask, account.clone(), make).await {
                    Ok(_) => {}
                    Err(refused) if is_of_one(&refused) => failed.push((user, outcome(&refused))),
                    Err(refused) => return Err(refused),
                }
            }
            if !page.has_more {
                break;
            }
        }
        let review = id.clone();
        let finish = move |w: Writer, pass: &_| finish(w, pass, (&review, version), &failed);
        self.write(ask, account.clone(), finish).await.map(|_| Finished::All)
    }
}

/// Carries out one decision.
fn carry_out(
    mut w: Writer,
    pass: &AccountPass<ManageUsers>,
    review: (&AccessReviewId, i64),
    row: &Reviewed,
) -> Result<Committed<()>, Refused> {
    if !access_review::update_outcome(&mut w, pass, review, &row.user, Outcome::Done)? {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    let now = user::find(&mut w, pass, &row.user)?;
    let decision = row.decision.ok_or(Refused::NotFound)?;
    let change = change(&mut w, pass, &now, decision)?.ok_or(Refused::NotFound)?;
    let confirmed = Confirmed { seen: row.seen_version, message: None };
    let (_, entries) = access_change::carry_out(&mut w, pass, &now, &change, &confirmed)?;
    w.commit_all(&pass.actor(), entries, ())
}

/// Notes what could not be done, where the review goes on.
fn note_failed(
    mut w: Writer,
    pass: &AccountPass<ManageUsers>,
    review: (&AccessReviewId, i64),
    failed: &[(UserId, Outcome)],
) -> Result<Committed<()>, Refused> {
    for (user, outcome) in failed {
        access_review::update_outcome(&mut w, pass, review, user, *outcome)?;
    }
    Ok(w.commit_unrecorded(Unrecorded::AccessReview, ()))
}

/// Ends a review with what could not be done.
fn finish(
    mut w: Writer,
    pass: &AccountPass<ManageUsers>,
    (id, version): (&AccessReviewId, i64),
    failed: &[(UserId, Outcome)],
) -> Result<Committed<()>, Refused> {
    for (user, outcome) in failed {
        // One that somebody else carried out at the same moment is done.
        access_review::update_outcome(&mut w, pass, (id, version), user, *outcome)?;
    }
    if !access_review::update_finished(&mut w, pass, (id, version))? {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    let counts = access_review::count(&mut w, pass, id)?;
    let told = |n: i64| Some(n.to_string());
    let entry = Entry::of(pass.account(), Verb::AccessReviewFinished, id, "")
        .change("kept", None, told(counts.kept).as_deref())
        .change("changed", None, told(counts.done).as_deref())
        .change("not_changed", None, told(counts.changes - counts.done).as_deref())
        .change("not_decided", None, told(counts.open).as_deref());
    w.commit(&pass.actor(), entry, ())
}
