//! Proving that an address is its login's: by a mailed link, always with a new password (X-01, decision 0021).

use domain::activity::{Entry, Verb};
use domain::id::LoginId;
use domain::mail::MailKind;
use store::pass::{Acting, SelfPass};
use store::work::{Committed, Reader, Writer};
use store::{login, mail, reset};

use crate::reset::login_mail;
use crate::{Conflict, Refused, limits};

/// Sends a link by which whoever has the mailbox chooses a new password, and so shows that the address is theirs.
pub fn ask(mut w: Writer, pass: &SelfPass) -> Result<Committed<()>, Refused> {
    let person = pass.person();
    if login::get(&mut w, &person.login)?.is_proven {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    limits::count(&mut w, &format!("proofs of {}", person.login), limits::EMAIL_PROOF)?;
    send(&mut w, &person.login, &person.email)?;
    let entry = Entry::of_login(Verb::ResetRequested, &person.login, &person.name());
    w.commit(&pass.actor(), entry, ())
}

pub(crate) fn send(w: &mut Writer, login: &LoginId, email: &str) -> Result<(), Refused> {
    let id = reset::insert(w, login, "")?;
    mail::insert(w, &login_mail(MailKind::EmailProof, id.as_str(), email))?;
    Ok(())
}

/// Refuses what leads out of the place where a login was made, until its address is proven.
pub(crate) fn check_proven(r: &mut Reader, login: &LoginId) -> Result<(), Refused> {
    let is_proven = login::get(r, login)?.is_proven;
    if is_proven { Ok(()) } else { Err(Refused::Conflict(Conflict::AddressUnproven)) }
}
