//! The operator's pages: mails and where they stand (I-07).

use domain::activity::{Entry, Verb};
use domain::id::MailId;
use domain::mail::MailKind;
use domain::time::Timestamp;
use store::mail::{self, suppression};
use store::page::Page;
use store::pass::{Acting, OperatorPass};
use store::work::{Committed, Reader, Writer};

pub use store::mail::Mail;

use crate::{Conflict, Refused};

/// One page of mails, newest first: all, or those that did not reach their readers.
pub fn mails(
    r: &mut Reader,
    pass: &OperatorPass,
    before: Option<&MailId>,
    undelivered: bool,
) -> Result<Page<Mail>, Refused> {
    Ok(mail::list(r, pass, before, undelivered)?)
}

/// When the invitation of a mail was accepted, which ends what the mail was for; `None` if it was not.
pub fn find_accepted(r: &mut Reader, pass: &OperatorPass, mail: &Mail) -> Result<Option<Timestamp>, Refused> {
    Ok(mail::find_accepted(r, pass, mail)?)
}

/// Has a mail tried again that did not reach its reader, and lets later ones of its sender to that address go out. What it tells
/// of may be over: then it is not sent.
pub fn try_again(mut w: Writer, pass: &OperatorPass, id: &MailId) -> Result<Committed<()>, Refused> {
    let mail = mail::find(&mut w, pass, id)?.ok_or(Refused::NotFound)?;
    if !mail::update_again(&mut w, pass, &mail)? {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    suppression::remove_for(&mut w, pass, &mail)?;
    let verb = Verb::MailTriedAgain;
    let entry = match mail.kind {
        // What became of them the account sees anyway. That there was any other mail may tell whether the address has a place
        // elsewhere (U-15).
        MailKind::Invitation | MailKind::Bundle => Entry::of(mail.account.as_str(), verb, id, &mail.email),
        _ => Entry::of_login(verb, id, &mail.email),
    };
    // Where whoever runs the server sits is nothing an account need know.
    w.forget_network();
    w.commit(&pass.actor(), entry, ())
}
