//! The operator's pages: mails and where they stand (I-07).

use domain::id::MailId;
use store::mail;
use store::page::Page;
use store::pass::OperatorPass;
use store::work::Reader;

pub use store::mail::Mail;

use crate::Refused;

/// One page of mails, newest first.
pub fn mails(r: &mut Reader, pass: &OperatorPass, before: Option<&MailId>) -> Result<Page<Mail>, Refused> {
    Ok(mail::list(r, pass, before)?)
}
