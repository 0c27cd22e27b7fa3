//! Changes of users. What must hold under parallel requests stands in the statement itself.

use domain::id::LoginId;
use domain::user::UserStatus;

use super::terms::update_listed;
use crate::db::{DbError, sql};
use crate::pass::InvitationPass;
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
