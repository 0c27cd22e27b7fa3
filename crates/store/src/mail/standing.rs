//! Where the mails of an account's invitations stand, and of the bundles they came in. What became of other mails would tell more
//! than that: one about a temporary password is dropped when the address gets a login, wherever that is (U-15).

use std::collections::HashMap;

use domain::capability::proof::ManageUsers;
use domain::id::UserId;
use domain::mail::MailState;
use domain::time::Timestamp;

use crate::convert;
use crate::db::{DbError, Row, sql};
use crate::pass::AccountPass;
use crate::work::Reader;

/// Where a mail stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its state.
    pub state: MailState,
    /// What the mail server said last; empty before it was asked.
    pub answer: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next, where it waits.
    pub run_at: Timestamp,
}

/// Somebody who was not reached.
#[derive(Clone, Debug)]
pub struct NotReached {
    /// The pending user.
    pub id: UserId,
    /// Their name.
    pub name: String,
}

/// The newest mail of each of these users, as far as there is one; another account may have sent it for a bundle.
pub fn list_standings(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    users: &[&UserId],
) -> Result<HashMap<UserId, Standing>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT t.user_id, t.state, t.answer, t.attempts, t.run_at FROM (
                 SELECT i.user_id, m.id, m.state, m.answer, m.attempts, m.run_at FROM invitation i
                 JOIN mail m ON m.account_id = i.account_id AND m.subject_id = i.id
                 WHERE i.account_id = $1 AND i.user_id {in $2}
                 UNION ALL
                 SELECT b.user_id, m.id, m.state, m.answer, m.attempts, m.run_at FROM bundle b
                 JOIN mail m ON m.account_id = b.mailed_in AND m.subject_id = b.bundle_id AND m.kind = 'bundle'
                 WHERE b.account_id = $1 AND b.user_id {in $2}) t
             ORDER BY t.id"
        ),
        &[pass.account().into(), convert::list(users)],
    )?;
    // Of several, the newest is the last.
    rows.into_iter().map(read).collect()
}

fn read(row: Row) -> Result<(UserId, Standing), DbError> {
    let mut c = row.columns();
    let user = c.parse()?;
    let (state, answer, attempts, run_at) = (c.parse()?, c.text()?, c.int()?, c.get()?);
    Ok((user, Standing { state, answer, attempts, run_at }))
}

/// How many mails are looked at for [`list_not_reached`], and how many people are named at most.
const LOOKED_AT: i64 = 200;

/// The pending users to whom the account has mailed the present link of their invitation, and whom it did not reach; the
/// newest first.
pub fn list_not_reached(r: &mut Reader, pass: &AccountPass<ManageUsers>) -> Result<Vec<NotReached>, DbError> {
    let rows = r.tx().all(
        sql!(concat!(
            "SELECT u.id, u.first_name, u.last_name FROM (
                 SELECT m.account_id, m.id, m.subject_id, m.generation FROM mail m
                 WHERE m.account_id = $1 AND m.state IN ",
            undelivered!(),
            " ORDER BY m.id DESC LIMIT $2) f
             LEFT JOIN bundle b ON b.account_id = f.account_id AND b.bundle_id = f.subject_id
             JOIN invitation i ON i.account_id = f.account_id AND i.id = COALESCE(b.invitation_id, f.subject_id)
                  AND i.generation = CASE WHEN b.invitation_id IS NULL THEN f.generation ELSE 1 END
                  AND i.accepted_at IS NULL
             JOIN \"user\" u ON u.account_id = i.account_id AND u.id = i.user_id AND u.status = 'pending'
             WHERE u.account_id = $1 ORDER BY f.id DESC"
        )),
        &[pass.account().into(), LOOKED_AT.into()],
    )?;
    let read = |row: Row| {
        let mut c = row.columns();
        let id = c.parse()?;
        Ok(NotReached { id, name: format!("{} {}", c.text()?, c.text()?).trim().to_owned() })
    };
    rows.into_iter().map(read).collect()
}
