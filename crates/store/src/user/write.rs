//! Changes of users. What must hold under parallel requests stands in the statement itself.

use domain::capability::proof::ManageUsers;
use domain::email::{EmailAddress, canonical};
use domain::id::LoginId;
use domain::user::UserStatus;

use super::User;
use super::terms::{replace_names, update_listed};
use crate::center_person;
use crate::db::{DbError, sql};
use crate::pass::{AccountPass, InvitationPass};
use crate::work::Writer;

/// Makes the pending user of an invitation active, as `login`; false if they are not pending any more.
pub fn activate(w: &mut Writer, pass: &InvitationPass, login: &LoginId) -> Result<bool, DbError> {
    let now = w.now;
    let row = w.tx().optional(
        sql!(
            "UPDATE \"user\" SET status = 'active', login_id = $3, activated_at = $4, last_active_at = $4,
                    access_version = access_version + 1
             WHERE account_id = $1 AND id = $2 AND status = 'pending' RETURNING user_type"
        ),
        &[(&pass.account).into(), (&pass.user).into(), login.into(), now.into()],
    )?;
    let Some(row) = row else { return Ok(false) };
    let user_type = row.columns().parse()?;
    update_listed(w, &pass.account, &pass.user, UserStatus::Active, user_type)?;
    Ok(true)
}

/// Gives a pending user another address; false if they are not pending any more, or do not have the address of `seen`.
/// Where another user of the account has it, the index `user_email` refuses.
pub fn update_pending_email(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    seen: &User,
    email: &EmailAddress,
) -> Result<bool, DbError> {
    let (account, before) = (pass.account(), canonical(&seen.email));
    let row = w.tx().optional(
        sql!(
            "UPDATE \"user\" SET email = $4, email_canonical = $5
             WHERE account_id = $1 AND id = $2 AND email_canonical = $3 AND status = 'pending' RETURNING center_id"
        ),
        &[
            account.into(),
            (&seen.id).into(),
            before.as_str().into(),
            email.into(),
            email.canonical().into(),
        ],
    )?;
    let Some(row) = row else { return Ok(false) };
    if let Some(center) = row.columns().parse_or_null()? {
        center_person::refresh(w, &center, &before);
    }
    // Where they are listed and what they are found by follow from both.
    replace_names(w, account, &seen.id, &seen.names, email.as_str())?;
    Ok(true)
}
