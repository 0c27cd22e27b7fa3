//! Who is there: what is asked of an account's users beside their lists.

use std::collections::BTreeSet;

use domain::capability::proof::{AnyUser, ManageUsers};
use domain::email::EmailAddress;
use domain::id::{AccountId, LoginId, UserId};
use domain::user::UserStatus;

use crate::convert;
use crate::db::{DbError, Row, sql};
use crate::pass::AccountPass;
use crate::work::Reader;

/// The user of an address in this account, unless deleted.
pub fn find_by_email(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    email: &EmailAddress,
) -> Result<Option<UserId>, DbError> {
    find_in(r, pass.account(), email)
}

/// The same, for what a person does themselves.
pub(crate) fn find_in(
    r: &mut Reader,
    account: &AccountId,
    email: &EmailAddress,
) -> Result<Option<UserId>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT id FROM \"user\" WHERE account_id = $1 AND email_canonical = $2 AND status <> 'deleted'"
        ),
        &[account.into(), email.canonical().into()],
    )?;
    row.map(|row| row.columns().parse()).transpose()
}

/// Who of these addresses, in lower case, is in this account, and where they stand; deleted ones are not.
pub fn list_by_email(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    emails: &BTreeSet<String>,
) -> Result<Vec<(String, UserStatus)>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT email_canonical, status FROM \"user\"
             WHERE account_id = $1 AND email_canonical {in $2} AND status <> 'deleted'"
        ),
        &[pass.account().into(), convert::list(emails)],
    )?;
    let read = |row: Row| {
        let mut c = row.columns();
        Ok((c.text()?, c.parse()?))
    };
    rows.into_iter().map(read).collect()
}

/// Whether a login has a place in this account, other than a deleted one.
pub fn has_login(r: &mut Reader, pass: &AccountPass<ManageUsers>, login: &LoginId) -> Result<bool, DbError> {
    let row = r.tx().optional(
        sql!("SELECT id FROM \"user\" WHERE account_id = $1 AND login_id = $2 AND status <> 'deleted'"),
        &[pass.account().into(), login.into()],
    )?;
    Ok(row.is_some())
}

/// Whether nobody but one user is in the account yet.
pub fn is_alone(r: &mut Reader, pass: &AccountPass<AnyUser>) -> Result<bool, DbError> {
    let rows = r.tx().all(
        sql!("SELECT id FROM \"user\" WHERE account_id = $1 AND status <> 'deleted' ORDER BY id LIMIT 2"),
        &[pass.account().into()],
    )?;
    Ok(rows.len() == 1)
}
