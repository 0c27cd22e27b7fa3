//! Changing one's own address: asking for it, confirming it.

use askama::Template;
use text::Text;

use super::form::problems;
use super::{Field, Frame, Icon, SummaryLine};

/// Change your email address: `/me/email`. Posts `email`, `password`.
#[derive(Template, Clone, Debug)]
#[template(path = "email_change/new.html")]
pub struct New {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// The address so far.
    pub present: String,
    /// `email`
    pub email: Field,
    /// `password`; its value is never shown.
    pub password: Field,
}

impl New {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[("email", &self.email), ("password", &self.password)])
    }
}

/// Confirm the new address: `/email-change`. Posts `password`, of who is not signed in.
#[derive(Template, Clone, Debug)]
#[template(path = "email_change/confirm.html")]
pub struct Confirm {
    /// The texts.
    pub t: Text,
    /// A signed-out frame.
    pub frame: Frame,
    /// The new address. The old one is nobody's business at a mistyped one.
    pub email: String,
    /// Whether its owner is signed in: one button.
    pub is_signed_in: bool,
    /// `password`; its value is never shown.
    pub password: Field,
}

impl Confirm {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[("password", &self.password)])
    }
}

/// A link to a new address that no longer works.
#[derive(Template, Clone, Debug)]
#[template(path = "email_change/closed.html")]
pub struct Closed {
    /// The texts.
    pub t: Text,
    /// A signed-out frame.
    pub frame: Frame,
}
