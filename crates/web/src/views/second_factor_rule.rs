//! Asking everybody for a second factor: from when, and who has none.

use askama::Template;
use text::Text;

use super::form::problems;
use super::{Field, Frame, Icon, Pager, SummaryLine};

/// The rule: `/accounts/{ACC}/settings/second-factor?after=` or the same of an account center. Posts `from`, or `lift`, there.
#[derive(Template, Clone, Debug)]
#[template(path = "second_factor/rule.html")]
pub struct Rule {
    /// The texts.
    pub t: Text,
    /// The frame of the account or the center.
    pub frame: Frame,
    /// In whose zone the day begins.
    pub zone: String,
    /// `from`
    pub from: Field,
    /// Today.
    pub first_day: String,
    /// The sentences on how it stands.
    pub stands: Vec<String>,
    /// Whether it is asked for by the account, or the center, itself.
    pub is_on: bool,
    /// Who has none.
    pub lacking: Vec<Lacking>,
    /// The next page of them.
    pub pager: Pager,
}

/// Somebody who has none.
#[derive(Clone, Debug)]
pub struct Lacking {
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Their page.
    pub href: String,
    /// Whether they are an executive administrator.
    pub is_executive: bool,
}

impl Rule {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[("from", &self.from)])
    }
}
