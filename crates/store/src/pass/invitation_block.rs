//! The pass of who follows the link to be invited no more.

use std::sync::Arc;

use domain::brand::Brand;
use domain::email::canonical;
use domain::id::{AccountId, MailId};

use super::load::read_brand;
use super::{Acting, Credentials, Denied, Door, Gate, LinkState};
use crate::db::sql;
use crate::invitation_block;
use crate::work::{Actor, Reader};

/// Proof of having got the mail of an invitation, or another that has the link.
#[derive(Clone, Debug)]
pub struct InvitationBlockPass {
    /// The account that invited.
    pub account: AccountId,
    /// Its name.
    pub account_name: String,
    /// The mail.
    pub mail: MailId,
    /// The address it went to.
    pub email: String,
    /// What the account shows of itself in place of the product, while that is switched on (G-10).
    pub brand: Option<Arc<Brand>>,
    /// Whether they have said already that they want no more.
    pub is_blocked: bool,
}

impl Acting for InvitationBlockPass {
    /// Whoever reads the mailbox; that need not be anybody with a sign-in.
    fn actor(&self) -> Actor {
        Actor::visitor()
    }
}

impl Gate for InvitationBlockPass {
    type Target = ();
    const DOOR: Door = Door::Link("invitation-block");

    fn mint(r: &mut Reader, credentials: &Credentials, _target: &()) -> Result<Self, Denied> {
        let unknown = || Denied::Link(LinkState::Unknown);
        let link = credentials.invitation_block.as_deref().ok_or_else(unknown)?;
        let mut parts = link.splitn(3, '.');
        let mut part = || parts.next().ok_or_else(unknown);
        let account: AccountId = part()?.parse().map_err(|_| unknown())?;
        let mail: MailId = part()?.parse().map_err(|_| unknown())?;
        if !credentials.reach(&account) {
            return Err(unknown());
        }
        if !r.key().knows(part()?, |key| invitation_block::token(key, &account, &mail)) {
            return Err(unknown());
        }
        let row = r.tx().optional(
            sql!(
                "SELECT a.name, m.email, w.live FROM mail m JOIN account a ON a.id = m.account_id
                 LEFT JOIN brand w ON w.account_id = m.account_id
                 WHERE m.account_id = $1 AND m.id = $2
                   AND m.kind IN ('invitation', 'access_offer', 'bundle', 'access_given', 'temporary_password')"
            ),
            &[(&account).into(), (&mail).into()],
        )?;
        let mut c = row.ok_or_else(unknown)?.columns();
        let (account_name, email, brand) = (c.text()?, c.text()?, read_brand(&mut c)?);
        let blocked = r.tx().optional(
            sql!("SELECT created_at FROM invitation_block WHERE account_id = $1 AND email_canonical = $2"),
            &[(&account).into(), canonical(&email).into()],
        )?;
        Ok(InvitationBlockPass { account, account_name, mail, email, brand, is_blocked: blocked.is_some() })
    }
}
