//! The users of a review, as they were when it began, what is decided on each and what became of it (U-23).

use std::collections::BTreeMap;

use domain::access_review::{Decision, Outcome};
use domain::capability::Capability;
use domain::capability::proof::ManageUsers;
use domain::id::{AccessReviewId, UserId};
use domain::time::Timestamp;
use domain::user::{UserStatus, UserType};

use crate::db::{Columns, DbError, Row, Stmt, Value, sql};
use crate::page::{LIMIT, Page};
use crate::pass::{AccountPass, Acting};
use crate::work::{Reader, Writer};

/// A user in a review, as they were when it began.
#[derive(Clone, Debug)]
pub struct Reviewed {
    /// The user.
    pub user: UserId,
    /// First and last name as one.
    pub name: String,
    /// The address.
    pub email: String,
    /// The type.
    pub user_type: UserType,
    /// The agent flag.
    pub agent: bool,
    /// Where they stood.
    pub status: UserStatus,
    /// How many companies were given to them.
    pub companies: i64,
    /// When they were last here; `None` if never.
    pub last_active_at: Option<Timestamp>,
    /// Since when their access was as it was then, as far as is known.
    pub since: Timestamp,
    /// What they had used, and when last.
    pub used: BTreeMap<Capability, Timestamp>,
    /// What was decided.
    pub decision: Option<Decision>,
    /// Why; may be empty.
    pub reason: String,
    /// Who decided, by name at that time.
    pub decided_by: String,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// The version of the user's access that was decided on.
    pub seen_version: i64,
    /// What became of it.
    pub outcome: Option<Outcome>,
    /// Whether their access has been changed since the review began.
    pub is_changed: bool,
}

/// Which users of a review.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// Everybody.
    #[default]
    All,
    /// On whom nothing is decided.
    Open,
    /// Whose access is to be changed.
    Changes,
    /// Whose access was changed.
    Done,
}

/// What is read of a user in a review, and who is meant: with the columns of their present access beside it.
macro_rules! reviewed {
    ($where:literal) => {
        sql!(concat!(
            "SELECT x.user_id, x.name, x.email, x.user_type, x.agent, x.status, x.companies, x.last_active_at,
                    x.watched_at, x.used, x.decision, x.reason, x.decided_by, x.decided_at, x.seen_version, x.outcome,
                    CASE WHEN u.access_version = x.access_version THEN 0 ELSE 1 END
             FROM access_review_user x
             LEFT JOIN \"user\" u ON u.account_id = x.account_id AND u.id = x.user_id
             WHERE x.account_id = $1 AND x.review_id = $2 AND ",
            $where
        ))
    };
}

/// One page of the users of a review, by name; behind the user `after`.
pub fn list_users(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &AccessReviewId,
    part: Part,
    after: Option<&UserId>,
) -> Result<Page<Reviewed>, DbError> {
    let statement: &'static Stmt = match part {
        Part::All => {
            reviewed!("(x.sort_name, x.user_id) > ($3, $4) ORDER BY x.sort_name, x.user_id LIMIT $5")
        }
        Part::Open => reviewed!(
            "x.decision = '' AND (x.sort_name, x.user_id) > ($3, $4) ORDER BY x.sort_name, x.user_id LIMIT $5"
        ),
        Part::Changes => reviewed!(
            "x.decision <> '' AND x.decision <> 'keep' AND (x.sort_name, x.user_id) > ($3, $4)
             ORDER BY x.sort_name, x.user_id LIMIT $5"
        ),
        Part::Done => reviewed!(
            "x.decision <> '' AND x.decision <> 'keep' AND x.outcome = 'done'
             AND (x.sort_name, x.user_id) > ($3, $4) ORDER BY x.sort_name, x.user_id LIMIT $5"
        ),
    };
    let [sort_name, user] = match after {
        Some(after) => find_place(r, pass, id, after)?,
        None => ["".into(), "".into()],
    };
    let values = [pass.account().into(), id.into(), sort_name, user, LIMIT.into()];
    let rows = r.tx().all(statement, &values)?;
    Ok(Page::of(rows.into_iter().map(read_user).collect::<Result<_, _>>()?))
}

/// Where a user stands in the list. Who is not in the review stands before all.
fn find_place(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &AccessReviewId,
    user: &UserId,
) -> Result<[Value; 2], DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT sort_name FROM access_review_user
             WHERE account_id = $1 AND review_id = $2 AND user_id = $3"
        ),
        &[pass.account().into(), id.into(), user.into()],
    )?;
    let sort_name = row.map(|row| row.columns().text()).transpose()?;
    Ok(sort_name.map_or(["".into(), "".into()], |sort_name| [sort_name.into(), user.into()]))
}

/// A user of a review.
pub fn find_user(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &AccessReviewId,
    user: &UserId,
) -> Result<Option<Reviewed>, DbError> {
    let row =
        r.tx().optional(reviewed!("x.user_id = $3"), &[pass.account().into(), id.into(), user.into()])?;
    row.map(read_user).transpose()
}

/// Decides on a user, whose access had the version `seen`; false where the decision was carried out already.
pub fn update_decision(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    (id, user): (&AccessReviewId, &UserId),
    (decision, reason): (Decision, &str),
    seen: i64,
) -> Result<bool, DbError> {
    let now = w.now;
    let changed = w.tx().exec(
        sql!(
            "UPDATE access_review_user
             SET decision = $4, reason = $5, decided_by = $6, decided_at = $7, seen_version = $8
             WHERE account_id = $1 AND review_id = $2 AND user_id = $3 AND outcome = ''"
        ),
        &[
            pass.account().into(),
            id.into(),
            user.into(),
            decision.word().into(),
            reason.into(),
            pass.actor().name.into(),
            now.into(),
            seen.into(),
        ],
    )?;
    Ok(changed > 0)
}

/// Notes what became of a decision; false if that was noted already, or the review has another version.
pub fn update_outcome(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    (id, version): (&AccessReviewId, i64),
    user: &UserId,
    outcome: Outcome,
) -> Result<bool, DbError> {
    let changed = w.tx().exec(
        sql!(
            "UPDATE access_review_user SET outcome = $4
             WHERE account_id = $1 AND review_id = $2 AND user_id = $3 AND outcome = ''
               AND EXISTS (SELECT 1 FROM access_review v WHERE v.account_id = $1 AND v.id = $2 AND v.version = $5
                             AND v.finished_at IS NULL)"
        ),
        &[pass.account().into(), id.into(), user.into(), outcome.word().into(), version.into()],
    )?;
    Ok(changed > 0)
}

fn read_user(row: Row) -> Result<Reviewed, DbError> {
    let mut c = row.columns();
    Ok(Reviewed {
        user: c.parse()?,
        name: c.text()?,
        email: c.text()?,
        user_type: c.parse()?,
        agent: c.flag()?,
        status: c.parse()?,
        companies: c.int()?,
        last_active_at: Some(c.get::<Timestamp>()?).filter(|at| at.micros() > 0),
        since: c.get()?,
        used: read_used(&c.text()?)?,
        decision: word_or_none(&mut c)?,
        reason: c.text()?,
        decided_by: c.text()?,
        decided_at: c.get()?,
        seen_version: c.int()?,
        outcome: word_or_none(&mut c)?,
        is_changed: c.flag()?,
    })
}

fn word_or_none<T: std::str::FromStr>(c: &mut Columns) -> Result<Option<T>, DbError> {
    let word = c.text()?;
    if word.is_empty() {
        return Ok(None);
    }
    word.parse().map(Some).map_err(|_| DbError::Shape(format!("nothing of a review is called {word}")))
}

/// Reads `manage_users:1700000000000000,…`. A capability that this version does not know says nothing to it.
fn read_used(text: &str) -> Result<BTreeMap<Capability, Timestamp>, DbError> {
    let pairs = text.split(',').filter(|pair| !pair.is_empty());
    let read = |pair: &str| {
        let (key, at) = pair.split_once(':')?;
        Some((key.to_owned(), at.parse().ok().map(Timestamp::from_micros)?))
    };
    let read: Option<Vec<_>> = pairs.map(read).collect();
    let read = read.ok_or_else(|| DbError::Shape("what a user used can't be read".to_owned()))?;
    Ok(read.into_iter().filter_map(|(key, at)| Some((Capability::of_key(&key)?, at))).collect())
}
