//! The pass of who has typed the temporary password of an invitation, and is to choose their own (C-06).

use super::link::{invitation_by, of_account, read_invitation};
use super::{Acting, Credentials, Denied, Door, Gate, InvitationPass, LinkState};
use crate::db::sql;
use crate::secret;
use crate::work::{Actor, Reader};

/// Proof of having typed a temporary password a moment ago. It ends with the password, and where the address has a login.
#[derive(Clone, Debug)]
pub struct TemporaryPasswordPass {
    /// The invitation that it opens.
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
        let unknown = || Denied::Link(LinkState::Unknown);
        let (account, ticket) = of_account(credentials.temporary_password.as_deref())?;
        let now = r.now;
        let session = credentials.session.as_deref().map(secret::hash);
        let by_ticket = invitation_by!(
            "t.set_at, t.expires_at"
            "t.set_by"
            "t.set_by_login"
            "t.password_hash"
            "temporary_password t JOIN invitation i ON i.account_id = t.account_id AND i.user_id = t.user_id
                 LEFT JOIN account h ON h.id = t.account_id LEFT JOIN account_center k ON k.id = h.center_id"
            "t.ticket_hash = $2 AND t.ticket_expires_at > $4 AND t.email_canonical = u.email_canonical
             AND u.status = 'pending' AND l.id IS NULL AND h.temporary_passwords = 1
             AND COALESCE(k.temporary_passwords, 1) = 1"
        );
        let values = &[(&account).into(), secret::hash(ticket).into(), session.into(), now.into()];
        let mut c = r.tx().optional(by_ticket, values)?.ok_or_else(unknown)?.columns();
        // It never tells more than that it works no more: whoever holds it may not be whom it was given to.
        let invitation = read_invitation(&mut c, account, now).map_err(|denied| match denied {
            Denied::Link(_) => unknown(),
            other => other,
        })?;
        Ok(TemporaryPasswordPass { invitation, password_hash: c.text()? })
    }
}
