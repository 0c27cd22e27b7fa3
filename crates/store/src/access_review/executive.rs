//! The executive administrators who had an account when a review of its access began: shown, and not decided on (U-23).

use domain::capability::proof::ManageUsers;
use domain::id::{AccessReviewId, LoginId, UserId};
use domain::time::Timestamp;

use crate::db::{DbError, Row, sql};
use crate::executive_administrator::SHOWN;
use crate::pass::AccountPass;
use crate::work::{Reader, Writer};

/// An executive administrator in a review, as they were when it began.
#[derive(Clone, Debug)]
pub struct ReviewedExecutive {
    /// Who.
    pub login: LoginId,
    /// Their user in the account; `None` where they had none.
    pub user: Option<UserId>,
    /// First and last name.
    pub name: String,
    /// The address.
    pub email: String,
    /// Since when they were one.
    pub since: Timestamp,
    /// When they had last done something in the account without being its user; `None` if never.
    pub acted_at: Option<Timestamp>,
    /// Whether they have the account no more by now.
    pub is_over: bool,
}

/// Takes the executive administrators of the account's center into a review.
pub fn insert_executives(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    id: &AccessReviewId,
) -> Result<(), DbError> {
    w.tx().exec(
        sql!(
            "INSERT INTO access_review_executive (account_id, review_id, login_id, user_id, name, email, since, acted_at)
             SELECT a.id, $2, l.id, COALESCE(u.id, ''), trim(l.first_name || ' ' || l.last_name), l.email, x.created_at,
                    COALESCE((SELECT MAX(t.at) FROM activity t
                              WHERE t.account_id = $1 AND t.account_id <> '' AND t.actor_kind = 'login'
                                AND t.actor_id = l.id), 0)
             FROM account a
             JOIN executive_administrator x ON x.center_id = a.center_id
             JOIN login l ON l.id = x.login_id
             LEFT JOIN \"user\" u ON u.account_id = $1 AND u.login_id = l.id AND u.status <> 'deleted'
             WHERE a.id = $1 ORDER BY x.created_at, x.login_id LIMIT $3"
        ),
        &[pass.account().into(), id.into(), SHOWN.into()],
    )?;
    Ok(())
}

/// Those of a review, first made first.
pub fn list_executives(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &AccessReviewId,
) -> Result<Vec<ReviewedExecutive>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT e.login_id, e.user_id, e.name, e.email, e.since, e.acted_at,
                    CASE WHEN x.login_id IS NULL THEN 1 ELSE 0 END
             FROM access_review_executive e
             JOIN account a ON a.id = e.account_id
             LEFT JOIN executive_administrator x ON x.center_id = a.center_id AND x.login_id = e.login_id
             WHERE e.account_id = $1 AND e.review_id = $2 ORDER BY e.since, e.login_id LIMIT $3"
        ),
        &[pass.account().into(), id.into(), SHOWN.into()],
    )?;
    rows.into_iter().map(read).collect()
}

fn read(row: Row) -> Result<ReviewedExecutive, DbError> {
    let mut c = row.columns();
    let (login, user) = (c.parse()?, c.text()?);
    Ok(ReviewedExecutive {
        login,
        user: Some(user).filter(|id| !id.is_empty()).map(|id| id.parse()).transpose().map_err(|_| shape())?,
        name: c.text()?,
        email: c.text()?,
        since: c.get()?,
        acted_at: Some(c.get::<Timestamp>()?).filter(|at| at.micros() > 0),
        is_over: c.flag()?,
    })
}

fn shape() -> DbError {
    DbError::Shape("access_review_executive.user_id".to_owned())
}
