//! Access reviews: who is looked at, as they were when it began, what is decided and what became of it (U-23).

mod executive;
mod reviewed;

use domain::capability::proof::ManageUsers;
use domain::id::AccessReviewId;
use domain::time::{Span, Timestamp};

pub use executive::{ReviewedExecutive, insert_executives, list_executives};
pub use reviewed::{Part, Reviewed, find_user, list_users, update_decision, update_outcome};

use crate::db::{DbError, Row, sql};
use crate::page::{LIMIT, Page};
use crate::pass::{AccountPass, Acting};
use crate::work::{Reader, Writer};

/// A review.
#[derive(Clone, Debug)]
pub struct Review {
    /// Its id.
    pub id: AccessReviewId,
    /// Only who was not here for so many days; 0 for everybody.
    pub idle_days: i64,
    /// Who began it, by name at that time.
    pub started_by: String,
    /// When.
    pub created_at: Timestamp,
    /// Since when it was noted what users used.
    pub watched_at: Timestamp,
    /// Raised by every decision.
    pub version: i64,
    /// Who finished it, by name at that time.
    pub finished_by: String,
    /// When it was finished.
    pub finished_at: Option<Timestamp>,
}

/// How many users of a review there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All.
    pub all: i64,
    /// On whom nothing is decided.
    pub open: i64,
    /// Whose access stays as it is.
    pub kept: i64,
    /// Whose access is to be changed.
    pub changes: i64,
    /// Whose access was changed.
    pub done: i64,
}

/// Begins a review.
pub fn insert(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    id: &AccessReviewId,
    idle_days: i64,
    watched_at: Timestamp,
) -> Result<(), DbError> {
    let now = w.now;
    w.tx().exec(
        sql!(
            "INSERT INTO access_review (account_id, id, idle_days, started_by, created_at, watched_at, version, finished_by)
             VALUES ($1, $2, $3, $4, $5, $6, 0, '')"
        ),
        &[
            pass.account().into(),
            id.into(),
            idle_days.into(),
            pass.actor().name.into(),
            now.into(),
            watched_at.into(),
        ],
    )?;
    Ok(())
}

/// Takes the users into a review: all who are not deleted, or of those who sign in the ones who have not been here for
/// so many days. One statement, however many there are; how many there were.
pub fn insert_users(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    id: &AccessReviewId,
    idle_days: i64,
) -> Result<u64, DbError> {
    let until = w.now - Span::days(idle_days);
    w.tx().exec(
        sql!(
            "INSERT INTO access_review_user (account_id, review_id, user_id, sort_name, name, email, user_type, agent,
                                             status, companies, last_active_at, watched_at, used, access_version,
                                             decision, reason, decided_by, seen_version, outcome)
             SELECT u.account_id, $2, u.id, u.sort_name, trim(u.first_name || ' ' || u.last_name), u.email, u.user_type,
                    u.agent, u.status,
                    (SELECT COUNT(*) FROM user_company g WHERE g.account_id = u.account_id AND g.user_id = u.id),
                    u.last_active_at,
                    COALESCE((SELECT MAX(h.created_at) FROM access_change h
                              WHERE h.account_id = u.account_id AND h.user_id = u.id), u.activated_at, u.created_at),
                    COALESCE((SELECT string_agg(k.capability || ':' || k.used_at, ',') FROM capability_use k
                              WHERE k.account_id = u.account_id AND k.user_id = u.id), ''),
                    u.access_version, '', '', '', 0, ''
             FROM \"user\" u
             WHERE u.account_id = $1 AND u.status <> 'deleted'
               AND ($3 = 1 OR u.user_type <> 'notification' AND u.last_active_at < $4 AND u.created_at < $4)"
        ),
        &[pass.account().into(), id.into(), (idle_days == 0).into(), until.into()],
    )
}

/// A review of the account.
pub fn find(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &AccessReviewId,
) -> Result<Option<Review>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT id, idle_days, started_by, created_at, watched_at, version, finished_by, finished_at
             FROM access_review WHERE account_id = $1 AND id = $2"
        ),
        &[pass.account().into(), id.into()],
    )?;
    row.map(read).transpose()
}

/// One page of the account's reviews, newest first; behind the review `before`.
pub fn list(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    before: Option<&AccessReviewId>,
) -> Result<Page<Review>, DbError> {
    // Behind every id: no digit of one sorts after this.
    let before = before.map_or("REVz", AccessReviewId::as_str);
    let rows = r.tx().all(
        sql!(
            "SELECT id, idle_days, started_by, created_at, watched_at, version, finished_by, finished_at
             FROM access_review WHERE account_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"
        ),
        &[pass.account().into(), before.into(), LIMIT.into()],
    )?;
    Ok(Page::of(rows.into_iter().map(read).collect::<Result<_, _>>()?))
}

/// How many users of a review there are of each kind.
pub fn count(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &AccessReviewId,
) -> Result<Counts, DbError> {
    let row = r.tx().one(
        sql!(
            "SELECT COUNT(*), COUNT(*) FILTER (WHERE decision = ''), COUNT(*) FILTER (WHERE decision = 'keep'),
                    COUNT(*) FILTER (WHERE decision <> '' AND decision <> 'keep'),
                    COUNT(*) FILTER (WHERE outcome = 'done')
             FROM access_review_user WHERE account_id = $1 AND review_id = $2"
        ),
        &[pass.account().into(), id.into()],
    )?;
    let mut c = row.columns();
    Ok(Counts { all: c.int()?, open: c.int()?, kept: c.int()?, changes: c.int()?, done: c.int()? })
}

/// Notes that something was decided; false if the review is finished.
pub fn update_version(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    id: &AccessReviewId,
) -> Result<bool, DbError> {
    let changed = w.tx().exec(
        sql!(
            "UPDATE access_review SET version = version + 1
             WHERE account_id = $1 AND id = $2 AND finished_at IS NULL"
        ),
        &[pass.account().into(), id.into()],
    )?;
    Ok(changed > 0)
}

/// Finishes a review of this version; false if it has another one, or is finished.
pub fn update_finished(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    (id, version): (&AccessReviewId, i64),
) -> Result<bool, DbError> {
    let now = w.now;
    let changed = w.tx().exec(
        sql!(
            "UPDATE access_review SET finished_by = $4, finished_at = $5
             WHERE account_id = $1 AND id = $2 AND version = $3 AND finished_at IS NULL"
        ),
        &[pass.account().into(), id.into(), version.into(), pass.actor().name.into(), now.into()],
    )?;
    Ok(changed > 0)
}

fn read(row: Row) -> Result<Review, DbError> {
    let mut c = row.columns();
    Ok(Review {
        id: c.parse()?,
        idle_days: c.int()?,
        started_by: c.text()?,
        created_at: c.get()?,
        watched_at: c.get()?,
        version: c.int()?,
        finished_by: c.text()?,
        finished_at: c.get()?,
    })
}
