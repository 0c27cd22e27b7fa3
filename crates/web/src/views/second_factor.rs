//! Second factors: the code at sign-in, one's own, and the recovery codes.

use app::second_factor::Shown;
use askama::Template;
use text::Text;

use super::form::problems;
use super::passkey::Button;
use super::{Field, Frame, Icon, SummaryLine, When};

/// The code that completes a sign-in: `/second-factor?next=`. Posts `code`, `next`, `kept`.
#[derive(Template, Clone, Debug)]
#[template(path = "second_factor/code.html")]
pub struct Code {
    /// The texts.
    pub t: Text,
    /// A signed-out frame.
    pub frame: Frame,
    /// `code`; never sent back.
    pub code: Field,
    /// Where to go then.
    pub next: String,
    /// What was sent from there; may be empty.
    pub kept: String,
    /// Whether an app of theirs shows codes; else there are those for recovery alone.
    pub has_app: bool,
    /// The button for a passkey, for who has one.
    pub passkey: Option<Button>,
    /// What is wrong as a whole: the passkey does not fit.
    pub error: Option<String>,
}

impl Code {
    fn problems(&self) -> Vec<SummaryLine> {
        let whole = self.error.clone().map(|text| SummaryLine { field: None, text });
        whole.into_iter().chain(problems(&[("code", &self.code)])).collect()
    }
}

/// It took too long.
#[derive(Template, Clone, Debug)]
#[template(path = "second_factor/closed.html")]
pub struct Closed {
    /// The texts.
    pub t: Text,
    /// A signed-out frame.
    pub frame: Frame,
}

/// One's own second factor: `/me/second-factor`. Posts nothing to `/me/second-factor/begin`, and `password` and `code` to
/// `/me/second-factor`, or once it is on, to `/me/second-factor/codes` and `/me/second-factor/off`.
#[derive(Template)]
#[template(path = "second_factor/own.html")]
pub struct Own {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// The login's address, for password managers.
    pub email: String,
    /// Since when it is on.
    pub on: Option<When>,
    /// How many recovery codes are left, where it is on or there are passkeys.
    pub codes: Option<i64>,
    /// What the app is told, while it is not on.
    pub app: Option<Shown>,
    /// `password`; never sent back.
    pub password: Field,
    /// `code`; never sent back.
    pub code: Field,
}

impl Own {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[("code", &self.code), ("password", &self.password)])
    }
}

/// Recovery codes, this once.
#[derive(Template)]
#[template(path = "second_factor/codes.html")]
pub struct Codes {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// The codes.
    pub codes: Vec<String>,
    /// Whether it was turned on with them.
    pub is_new: bool,
}
