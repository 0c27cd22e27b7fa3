//! Who wants no more invitations from an account. The link to say so is derived from the mail that it stands in,
//! so that it also works when the invitation was revoked.

use std::collections::BTreeSet;

use domain::capability::proof::ManageUsers;
use domain::email::canonical;
use domain::id::{AccountId, MailId};

use crate::convert;
use crate::db::{DbError, sql};
use crate::pass::{AccountPass, InvitationBlockPass};
use crate::secret::Key;
use crate::work::{Reader, Writer};

/// The token of the link in a mail.
pub fn token(key: &Key, account: &AccountId, mail: &MailId) -> String {
    key.token("invitation block", &[account.as_str(), mail.as_str()])
}

/// Whether whoever has an address wants no invitations from the account.
pub fn is_there(r: &mut Reader, pass: &AccountPass<ManageUsers>, email: &str) -> Result<bool, DbError> {
    let row = r.tx().optional(
        sql!("SELECT created_at FROM invitation_block WHERE account_id = $1 AND email_canonical = $2"),
        &[pass.account().into(), canonical(email).into()],
    )?;
    Ok(row.is_some())
}

/// Who of these addresses, in lower case, wants no invitations from the account.
pub fn list_among(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    emails: &BTreeSet<String>,
) -> Result<Vec<String>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT email_canonical FROM invitation_block WHERE account_id = $1 AND email_canonical {in $2}"
        ),
        &[pass.account().into(), convert::list(emails)],
    )?;
    rows.into_iter().map(|row| row.columns().text()).collect()
}

/// Takes it back; false if there is nothing to take back.
pub fn remove(w: &mut Writer, pass: &InvitationBlockPass) -> Result<bool, DbError> {
    let removed = w.tx().exec(
        sql!("DELETE FROM invitation_block WHERE account_id = $1 AND email_canonical = $2"),
        &[(&pass.account).into(), canonical(&pass.email).into()],
    )?;
    Ok(removed > 0)
}

/// Notes that whoever got the mail wants no more of them; false if that is known already.
pub fn insert(w: &mut Writer, pass: &InvitationBlockPass) -> Result<bool, DbError> {
    let now = w.now;
    let inserted = w.tx().exec(
        sql!(
            "INSERT INTO invitation_block (account_id, email_canonical, created_at) VALUES ($1, $2, $3)
             ON CONFLICT (account_id, email_canonical) DO NOTHING"
        ),
        &[(&pass.account).into(), canonical(&pass.email).into(), now.into()],
    )?;
    Ok(inserted > 0)
}
