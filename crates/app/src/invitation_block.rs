//! Being invited no more, and again: by the link in an invitation's mail, for all invitations of that account.

use domain::activity::{Entry, Verb};
use domain::id::{AccountId, MailId};
use store::invitation_block;
use store::pass::{Acting, InvitationBlockPass};
use store::work::{Committed, Writer};

use crate::{App, Conflict, Refused, limits};

/// Notes that whoever got the mail wants no more invitations from the account.
pub fn block(mut w: Writer, pass: &InvitationBlockPass) -> Result<Committed<()>, Refused> {
    limits::count(&mut w, &format!("wishes of {}", pass.mail), limits::INVITATION_BLOCK)?;
    if !invitation_block::insert(&mut w, pass)? {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    let entry = Entry::of(&pass.account, Verb::InvitationBlocked, &pass.mail, &pass.email);
    w.commit(&pass.actor(), entry, ())
}

/// Takes that back.
pub fn allow(mut w: Writer, pass: &InvitationBlockPass) -> Result<Committed<()>, Refused> {
    limits::count(&mut w, &format!("wishes of {}", pass.mail), limits::INVITATION_BLOCK)?;
    if !invitation_block::remove(&mut w, pass)? {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    let entry = Entry::of(&pass.account, Verb::InvitationAllowed, &pass.mail, &pass.email);
    w.commit(&pass.actor(), entry, ())
}

impl App {
    /// The address of the link in the mail of an invitation, below `base`.
    pub fn invitation_block_link(&self, account: &AccountId, mail: &MailId, base: &str) -> String {
        let token = invitation_block::token(self.store.key(), account, mail);
        format!("{base}/invitation-block/{account}/{mail}/{token}")
    }
}
