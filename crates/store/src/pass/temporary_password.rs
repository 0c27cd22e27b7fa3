//! The pass of who has typed a temporary password, and is to choose their own (C-06).

use domain::id::AccountId;

use super::bundle::together;
use super::link::{invited, unknown};
use super::{Acting, Credentials, Denied, Door, Gate, InvitationPass};
use crate::db::sql;
use crate::secret;
use crate::work::{Actor, Reader};

/// Proof of having typed a temporary password a moment ago. It ends with the password, and where the address has a login.
#[derive(Clone, Debug)]
pub struct TemporaryPasswordPass {
    /// The invitation that it opens; the others are those of the same address with the same password, which somebody
    /// has set in several accounts at once.
    pub invitation: InvitationPass,
    /// The temporary password's hash.
    pub password_hash: String,
}

impl Acting for TemporaryPasswordPass {
    fn actor(&self) -> Actor {
        self.invitation.actor()
    }
}

impl Gate for TemporaryPasswordPass {
    type Target = ();
    const DOOR: Door = Door::Link("temporary-password");

    fn mint(r: &mut Reader, credentials: &Credentials, _target: &()) -> Result<Self, Denied> {
        let link = credentials.temporary_password.as_deref().and_then(|link| link.split_once('.'));
        let (account, ticket) = link.ok_or_else(unknown)?;
        let account: AccountId = account.parse().map_err(|_| unknown())?;
        if !credentials.reach(&account) {
            return Err(unknown());
        }
        // On an account's own host there is no other.
        let own = credentials.own_account().map(AccountId::as_str);
        let now = r.now;
        let session = credentials.session.as_deref().map(secret::hash);
        let row = r.tx().optional(
            sql!(
                "SELECT email_canonical, password_hash FROM temporary_password
                 WHERE account_id = $1 AND ticket_hash = $2 AND ticket_expires_at > $3"
            ),
            &[(&account).into(), secret::hash(ticket).into(), now.into()],
        )?;
        let mut c = row.ok_or_else(unknown)?.columns();
        let (email, password_hash) = (c.text()?, c.text()?);
        let rows = r.tx().all(
            sql!(invited!(
                "t.set_at, t.expires_at"
                "t.set_by"
                "t.set_by_login"
                "temporary_password t
                 JOIN invitation i ON i.account_id = t.account_id AND i.user_id = t.user_id
                 JOIN \"user\" u ON u.account_id = t.account_id AND u.id = t.user_id AND u.status = 'pending'
                      AND u.email_canonical = t.email_canonical
                 JOIN account a ON a.id = t.account_id AND a.temporary_passwords = 1
                 LEFT JOIN brand w ON w.account_id = t.account_id
                 LEFT JOIN account_center k ON k.id = a.center_id
                 LEFT JOIN \"user\" b ON b.account_id = t.account_id AND b.id = t.set_by
                 LEFT JOIN login e ON e.id = t.set_by_login
                 LEFT JOIN executive_administrator x
                        ON x.center_id = a.center_id AND x.login_id = t.set_by_login
                 LEFT JOIN login l ON l.email_canonical = t.email_canonical
                 LEFT JOIN session s ON s.token_hash = $1 AND s.expires_at > $2
                 WHERE t.email_canonical = $3 AND t.password_hash = $4
                   AND l.id IS NULL AND COALESCE(k.temporary_passwords, 1) = 1
                   AND (CAST($5 AS TEXT) IS NULL OR $5 = t.account_id)"
            )),
            &[session.into(), now.into(), email.into(), password_hash.as_str().into(), own.into()],
        )?;
        // It never tells more than that it works no more: whoever holds it may not be whom it was given to.
        let invitation = together(rows, now).map_err(|denied| match denied {
            Denied::Link(_) => unknown(),
            denied => denied,
        })?;
        Ok(TemporaryPasswordPass { invitation, password_hash })
    }
}
