//! An account that comes into a center, or leaves one, with its users. Whose the account is changes at once, and with it who
//! may do what; what is kept of people follows, some of them in the same unit and the others by the worker, in units of
//! their own: an account may have any number of users.

use domain::id::{AccountCenterId, AccountId, UserId};
use domain::user::UserStatus;

use super::refresh;
use crate::db::{DbError, Value, sql};
use crate::pass::SystemPass;
use crate::work::Writer;

/// How many users one unit takes over.
const AT_ONCE: i64 = 200;

/// Takes over that an account is in a center now, or in none any more. Where it has more users than fit into a unit, the
/// others are left to [`move_on`].
pub(crate) fn move_account(w: &mut Writer, account: &AccountId) -> Result<(), DbError> {
    follow(w, account, "")
}

/// Goes on with an account whose users are not all taken over; false if there is none.
pub fn move_on(w: &mut Writer, _pass: &SystemPass) -> Result<bool, DbError> {
    let row = w.tx().optional(
        sql!("SELECT id, people_after FROM account WHERE people_after IS NOT NULL ORDER BY id LIMIT 1"),
        &[],
    )?;
    let Some(row) = row else { return Ok(false) };
    let mut c = row.columns();
    let (account, after): (AccountId, String) = (c.parse()?, c.text()?);
    follow(w, &account, &after)?;
    Ok(true)
}

/// The next users behind `after`, and where to go on.
fn follow(w: &mut Writer, account: &AccountId, after: &str) -> Result<(), DbError> {
    let rows = w.tx().all(
        sql!(
            "SELECT u.id, u.email_canonical, u.status, u.center_id, a.center_id
             FROM \"user\" u JOIN account a ON a.id = u.account_id
             WHERE u.account_id = $1 AND u.id > $2 ORDER BY u.id LIMIT $3"
        ),
        &[account.into(), after.into(), AT_ONCE.into()],
    )?;
    let is_full = rows.len() as i64 == AT_ONCE;
    let (mut people, mut last) = (Vec::new(), None::<UserId>);
    let mut center = None::<AccountCenterId>;
    for row in rows {
        let mut c = row.columns();
        last = Some(c.parse()?);
        let (email, status): (String, UserStatus) = (c.text()?, c.parse()?);
        let before: Option<AccountCenterId> = c.parse_or_null()?;
        center = c.parse_or_null()?;
        if status != UserStatus::Deleted && before != center {
            people.push((email, before));
        }
    }
    w.tx().exec(
        sql!(
            "UPDATE \"user\" SET center_id = (SELECT center_id FROM account WHERE id = $1)
             WHERE account_id = $1 AND id > $2 AND id <= $3"
        ),
        &[account.into(), after.into(), last.as_ref().map_or(Value::from(""), Value::from)],
    )?;
    for (email, before) in people {
        for center in [before.as_ref(), center.as_ref()].into_iter().flatten() {
            refresh(w, center, &email);
        }
    }
    w.tx().exec(
        sql!("UPDATE account SET people_after = $2 WHERE id = $1"),
        &[account.into(), last.as_ref().filter(|_| is_full).into()],
    )?;
    Ok(())
}
