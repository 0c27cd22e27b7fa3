//! Showing again that it is oneself, before what is dangerous.

use askama::Template;
use text::Text;

use super::form::problems;
use super::{Field, Frame, Icon, SummaryLine};

/// All that one signs in with: `/me/proof?next=`. Posts `password`, `code`, `next`.
#[derive(Template, Clone, Debug)]
#[template(path = "proof/page.html")]
pub struct Proof {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// The login's address, for password managers.
    pub email: String,
    /// Whether a code is asked for beside the password.
    pub needs_code: bool,
    /// Whether they may sign in once more by a passkey instead.
    pub has_passkey: bool,
    /// `password`; never sent back.
    pub password: Field,
    /// `code`; never sent back.
    pub code: Field,
    /// Where to go then.
    pub next: String,
}

impl Proof {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[("password", &self.password), ("code", &self.code)])
    }
}
