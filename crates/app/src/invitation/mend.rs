//! Mending the address of somebody who has not accepted yet: the invitation goes to another one, and nobody gets in by what went
//! to the one before (U-06, U-15).

use domain::activity::{Entry, Verb};
use domain::capability::proof::ManageUsers;
use domain::email::EmailAddress;
use domain::id::UserId;
use domain::input::Problem;
use domain::user::UserStatus;
use store::invitation::Invitation;
use store::pass::{AccountPass, Acting};
use store::user::User;
use store::work::{Committed, Reader, Unrecorded, Writer};
use store::{bundle, executive_administrator, invitation, receiver, temporary_password};

use super::{check_welcome, post};
use crate::user::at_address;
use crate::{Conflict, Refused, access_request, limits};

/// Whose address is to be mended, and what that does beside.
pub struct ToBeMended {
    /// Their name.
    pub name: String,
    /// The address they have.
    pub email: String,
    /// Whether the invitation was sent: then it is sent to the new address.
    pub is_sent: bool,
    /// Whether they were invited by a mail for several accounts; in the others they keep the address.
    pub is_in_bundle: bool,
    /// Whether a temporary password waits, which is bound to the address and ends.
    pub has_temporary_password: bool,
}

/// Whose it would be, if it can be mended.
pub fn preview(r: &mut Reader, pass: &AccountPass<ManageUsers>, id: &UserId) -> Result<ToBeMended, Refused> {
    let (user, _) = invited(r, pass, id)?;
    Ok(ToBeMended {
        name: user.names.full(),
        is_sent: user.invitation.sent_at.is_some(),
        is_in_bundle: bundle::is_opened(r, pass, id)?,
        has_temporary_password: temporary_password::find(r, pass, id)?.is_some(),
        email: user.email,
    })
}

/// Gives somebody who is invited another address, unless theirs is not `seen` any more, and sends the invitation there if it
/// was sent before; whether it was. Earlier links and a temporary password work no more. The new address is refused where
/// creating a user would refuse it, and counts like sending again. That it has a place elsewhere is counted in the unit that
/// tells it (U-15).
pub fn mend(
    mut w: Writer,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
    seen: &str,
    email: &EmailAddress,
) -> Result<Committed<Result<bool, Refused>>, Refused> {
    match mend_now(&mut w, pass, id, seen, email) {
        Err(refused @ Refused::Conflict(Conflict::Elsewhere)) => {
            Ok(w.commit_unrecorded(Unrecorded::Attempt, Err(at_address(refused))))
        }
        mended => {
            let (is_sent, entries) = mended?;
            w.commit_all(&pass.actor(), entries, Ok(is_sent))
        }
    }
}

/// The parts of [`mend`], for operations that do more in the same transaction. What it refuses as `Elsewhere` it has counted, and
/// nothing written before.
pub(crate) fn mend_now(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
    seen: &str,
    email: &EmailAddress,
) -> Result<(bool, Vec<Entry>), Refused> {
    let (user, open) = invited(w, pass, id)?;
    limits::count_again(w, &open.id)?;
    if user.email != seen {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    if store::user::find_by_email(w, pass, email)?.is_some() {
        return Err(Refused::field("email", Problem::AddressTaken));
    }
    access_request::refuse_elsewhere(w, pass, email.as_str())?;
    replace(w, pass, &user, &open, email)
}

/// The user and their invitation, which is open and which one may send. Whoever is invited to run a center is not this account's
/// to give away: their new address would get all its accounts (C-10).
fn invited(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
) -> Result<(User, Invitation), Refused> {
    let user = crate::user::find(r, pass, id)?;
    crate::user::check_may_give(pass, &user)?;
    if user.status != UserStatus::Pending {
        return Err(Refused::Conflict(Conflict::NotNow(user.status)));
    }
    if executive_administrator::is_invited(r, pass, id)? {
        return Err(Refused::Conflict(Conflict::InvitedAsExecutive));
    }
    let open = invitation::find_open(r, pass, id)?.ok_or(Refused::Conflict(Conflict::Changed))?;
    Ok((user, open))
}

/// Holds an invitation back: what was sent works no more, and it waits until it is sent again.
pub(crate) fn hold(w: &mut Writer, pass: &AccountPass<ManageUsers>, id: &UserId) -> Result<Entry, Refused> {
    let (user, _) = invited(w, pass, id)?;
    temporary_password::remove(w, pass, id)?;
    super::make(w, pass, id, &user.email, None, super::Sending::Later)?;
    Ok(Entry::of(pass.account(), Verb::InvitationHeld, id, &user.names.full()))
}

fn replace(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    user: &User,
    open: &Invitation,
    email: &EmailAddress,
) -> Result<(bool, Vec<Entry>), Refused> {
    let changed = || Refused::Conflict(Conflict::Changed);
    if !store::user::update_pending_email(w, pass, user, email)? {
        return Err(changed());
    }
    let entry = |verb| Entry::of(pass.account(), verb, &user.id, &user.names.full());
    let (before, after) = (Some(user.email.as_str()), Some(email.as_str()));
    let mut entries = vec![entry(Verb::InvitationMended).change("email", before, after)];
    if temporary_password::remove(w, pass, &user.id)? {
        entries.push(entry(Verb::TemporaryPasswordEnded));
    }
    let is_sent = user.invitation.sent_at.is_some();
    // Alerts and summaries that are set up for them go to the new address at once.
    if is_sent || receiver::is_known_user(w, pass, &user.id)? {
        check_welcome(w, pass, open, email.as_str())?;
    }
    if is_sent {
        let sent = invitation::update_sent(w, pass, open)?.ok_or_else(changed)?;
        entries.push(post(w, pass, &sent, email.as_str())?);
    }
    Ok((is_sent, entries))
}
