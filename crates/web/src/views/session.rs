//! Signing in, and a new password for who has lost theirs.

use askama::Template;
use text::Text;

use super::form::problems;
use super::passkey::Button;
use super::{Field, Frame, Icon, SummaryLine};

/// Sign in: `/sign-in`. Posts `email`, `password`, `next`, `kept`.
#[derive(Template, Clone, Debug)]
#[template(path = "session/sign_in.html")]
pub struct SignIn {
    /// The texts.
    pub t: Text,
    /// A signed-out frame.
    pub frame: Frame,
    /// `email`
    pub email: Field,
    /// `password`; its value is never shown.
    pub password: Field,
    /// `next`: the path to go to afterwards; empty: the default.
    pub next: String,
    /// `kept`: the answers of a form that wait until its sender is signed in again; empty: none.
    pub kept: String,
    /// What is wrong as a whole: the pair does not fit.
    pub error: Option<String>,
    /// Whether there is an account to sign in to.
    pub is_set_up: bool,
    /// The button for a passkey, where there can be any.
    pub passkey: Option<Button>,
}

impl SignIn {
    fn problems(&self) -> Vec<SummaryLine> {
        let whole = self.error.clone().map(|text| SummaryLine { field: None, text });
        let fields = problems(&[("email", &self.email), ("password", &self.password)]);
        whole.into_iter().chain(fields).collect()
    }
}

/// Signed in again in the middle of a form: its answers, and the button back to it.
#[derive(Template, Clone, Debug)]
#[template(path = "session/go_on.html")]
pub struct GoOn {
    /// The texts.
    pub t: Text,
    /// A signed-out frame.
    pub frame: Frame,
    /// Where the form goes.
    pub next: String,
    /// Its fields.
    pub fields: Vec<(String, String)>,
}

/// Ask for a new password: `/reset`. Posts `email`; the answer is always [`ResetSent`].
#[derive(Template, Clone, Debug)]
#[template(path = "session/reset.html")]
pub struct Reset {
    /// The texts.
    pub t: Text,
    /// A signed-out frame.
    pub frame: Frame,
    /// `email`
    pub email: Field,
}

impl Reset {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[("email", &self.email)])
    }
}

/// The answer to every request for a new password, whether the address exists or not.
#[derive(Template, Clone, Debug)]
#[template(path = "session/reset_sent.html")]
pub struct ResetSent {
    /// The texts.
    pub t: Text,
    /// A signed-out frame.
    pub frame: Frame,
    /// What was typed.
    pub email: String,
    /// No mail server is set: the operator has the link.
    pub kept: bool,
}

/// Choose a new password: `/reset/new`. Posts `password`.
#[derive(Template, Clone, Debug)]
#[template(path = "session/reset_new.html")]
pub struct ResetNew {
    /// The texts.
    pub t: Text,
    /// A signed-out frame.
    pub frame: Frame,
    /// The address, for password managers.
    pub email: String,
    /// `password`; its value is never shown.
    pub password: Field,
}

impl ResetNew {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[("password", &self.password)])
    }
}

/// A reset link that no longer works.
#[derive(Template, Clone, Debug)]
#[template(path = "session/reset_closed.html")]
pub struct ResetClosed {
    /// The texts.
    pub t: Text,
    /// A signed-out frame.
    pub frame: Frame,
}
