//! Where invitations stand on their way, and mending an address.

use askama::Template;
use text::Text;

use crate::views::form::problems;
use crate::views::{Field, Frame, Icon, SummaryLine, When};

/// Where the mail of an invitation stands.
#[derive(Clone, Debug)]
pub enum MailStanding {
    /// To be sent at any moment.
    Queued,
    /// The mail server could not take it; it is tried again then. What it said may be about whoever runs the server.
    Waits(When),
    /// The mail server has it.
    HandedOver,
    /// No mail server is set.
    Kept,
    /// It did not reach its reader: why not, in our words, and in the mail server's where it spoke of the mail.
    Failed(String, String),
}

/// Mend the address: `/accounts/{ACC}/users/{USR}/invitation/address`. Posts `was` and `email`.
#[derive(Template, Clone, Debug)]
#[template(path = "user/mend.html")]
pub struct Mend {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// `USR…`
    pub id: String,
    /// Whose it is.
    pub name: String,
    /// `was`: the address they have.
    pub was: String,
    /// `email`
    pub email: Field,
    /// The address, if it belongs to an account outside: the button that tells them how to ask (U-15).
    pub elsewhere: Option<String>,
    /// Whether the invitation goes out anew.
    pub is_sent: bool,
    /// Whether they were invited by a mail for several accounts; in the others they keep the address.
    pub is_in_bundle: bool,
    /// Whether a temporary password ends.
    pub has_temporary_password: bool,
}

impl Mend {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[("email", &self.email)])
    }
}
