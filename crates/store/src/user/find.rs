//! Who is there: what is asked of an account's users beside their lists.

use domain::capability::proof::{AnyUser, ManageUsers};
use domain::email::EmailAddress;
use domain::id::{AccountId, LoginId, UserId};

use crate::db::{DbError, sql};
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
