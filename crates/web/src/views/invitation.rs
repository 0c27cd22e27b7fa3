//! What an invited person meets: accept with a new password, join with the one they have, or a closed link.

use askama::Template;
use domain::user::UserType;
use text::Text;

use super::form::problems;
use super::user::Described;
use super::{Field, Frame, Icon, SummaryLine};

/// Accept: `/invitation`. Posts `password`.
#[derive(Template, Clone, Debug)]
#[template(path = "invitation/accept.html")]
pub struct Accept {
    /// The texts.
    pub t: Text,
    /// A signed-out frame.
    pub frame: Frame,
    /// The account one is invited to; of several, and of all, the account center.
    pub account: String,
    /// The first of several accounts that one is invited to at once; empty for one.
    pub places: Vec<Place>,
    /// How many there are beside those.
    pub more: i64,
    /// Who invited.
    pub inviter: String,
    /// As executive administrator of the account center.
    pub executive: bool,
    /// As what.
    pub user_type: UserType,
    /// With the agent flag.
    pub agent: bool,
    /// The invited address; it cannot be changed here.
    pub email: String,
    /// The personal message.
    pub message: Option<String>,
    /// What is asked for.
    pub way: Way,
    /// `password`; its value is never shown.
    pub password: Field,
}

/// One of several accounts that one is invited to at once.
#[derive(Clone, Debug)]
pub struct Place {
    /// The account.
    pub account: String,
    /// As what.
    pub user_type: UserType,
    /// With the agent flag.
    pub agent: bool,
}

/// How an invited person gets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// No sign-in yet: they choose a password.
    NewPassword,
    /// The address has a sign-in: they type its password.
    Password,
    /// They are signed in with that address: one button.
    SignedIn,
}

impl Accept {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[("password", &self.password)])
    }
}

/// A link that lets nobody in.
#[derive(Template, Clone, Debug)]
#[template(path = "invitation/closed.html")]
pub struct Closed {
    /// The texts.
    pub t: Text,
    /// A signed-out frame.
    pub frame: Frame,
    /// Why.
    pub reason: Reason,
}

/// Why an invitation lets nobody in.
#[derive(Clone, Debug)]
pub enum Reason {
    /// It expired.
    Expired {
        /// The account it was for.
        account: String,
        /// Whom to ask for a new one: name, or name and address.
        ask: String,
    },
    /// It has been accepted.
    Used,
    /// Whoever sent it may no longer give what it gives; an administrator must send it again.
    NeedsApproval {
        /// The account it was for.
        account: String,
    },
    /// It has been revoked or replaced, or there never was one.
    Unknown,
}
