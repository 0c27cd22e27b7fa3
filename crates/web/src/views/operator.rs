//! For the operator of the installation: the mails.

use askama::Template;
use text::Text;

use super::{Frame, Icon, Pager, When};

/// Mails: `/operator/mails`.
#[derive(Template, Clone, Debug)]
#[template(path = "operator/mails.html")]
pub struct Mails {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// No SMTP server is set: mails are kept and can be read here.
    pub kept_only: bool,
    /// Only those that did not reach their readers are listed.
    pub undelivered: bool,
    /// One page, newest first.
    pub rows: Vec<MailRow>,
    /// The neighbouring pages.
    pub pager: Pager,
}

/// A mail in the list.
#[derive(Clone, Debug)]
pub struct MailRow {
    /// `MAI…`
    pub id: String,
    /// To which address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// How far it is.
    pub state: MailState,
    /// Whether it can be tried again.
    pub again: bool,
    /// When it was written.
    pub when: When,
}

/// How far a mail is.
#[derive(Clone, Debug)]
pub enum MailState {
    /// Kept here, because there is no SMTP server.
    Kept,
    /// Waiting to be sent; what the server said last, if it was tried.
    Waiting(String),
    /// Taken by the server.
    Sent,
    /// It did not reach its reader: what became of it, and the server's words.
    Failed(String, String),
}

/// One mail: `/operator/mails/{MAI}`; its HTML part is framed from `/operator/mails/{MAI}/html`.
#[derive(Template, Clone, Debug)]
#[template(path = "operator/mail.html")]
pub struct Mail {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// The mail as in the list.
    pub mail: MailRow,
    /// From which address.
    pub from: String,
    /// The text part.
    pub text_part: String,
    /// Whether there is an HTML part.
    pub has_html: bool,
}
