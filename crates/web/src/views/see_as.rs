//! The page of See as.

use askama::Template;
use text::Text;

use super::form::problems;
use super::{Field, Frame, Icon, SummaryLine};

/// See the account as a user: `/accounts/{ACC}/users/{USR}/see-as`. Posts `reason`.
#[derive(Template, Clone, Debug)]
#[template(path = "see_as/start.html")]
pub struct Start {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// `USR…`
    pub id: String,
    /// As whom.
    pub name: String,
    /// For how many minutes at most.
    pub minutes: i64,
    /// `reason`
    pub reason: Field,
}

impl Start {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[("reason", &self.reason)])
    }
}
