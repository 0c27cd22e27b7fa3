//! Where a user may do what, as one picture.

use askama::Template;
use domain::capability::Capability;
use domain::user::UserType;
use text::Text;

use super::Described as _;
use crate::views::capability::{Line, label, short};
use crate::views::{Frame, Icon, Pager};

/// The picture: `/accounts/{ACC}/users/{USR}/access?after=&name=`.
#[derive(Template, Clone, Debug)]
#[template(path = "user/access.html")]
pub struct AccessPage {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// `USR…`
    pub id: String,
    /// The user's name.
    pub name: String,
    /// The type.
    pub user_type: UserType,
    /// Whether they are an agent beside it.
    pub agent: bool,
    /// Why nothing of it holds now; none for active users.
    pub off: Option<&'static str>,
    /// What they may do in some company: the columns.
    pub columns: Vec<Capability>,
    /// What they may do nowhere.
    pub lacks: Vec<(Capability, Line)>,
    /// One page of companies.
    pub rows: Vec<AccessRow>,
    /// The neighbouring pages.
    pub pager: Pager,
}

/// A company, or all of them, and what the user may do there.
#[derive(Clone, Debug)]
pub struct AccessRow {
    /// `COM…`; empty for all companies.
    pub id: String,
    /// Its name.
    pub name: String,
    /// A cell for each column.
    pub cells: Vec<Line>,
}

impl AccessPage {
    fn short(&self, capability: &Capability) -> &'static str {
        short(self.t, *capability)
    }

    fn full(&self, capability: &Capability) -> &'static str {
        label(self.t, *capability)
    }

    /// Relative to `…/users/{USR}/access`: many cells stay small.
    fn explain(&self, capability: &Capability, row: &AccessRow) -> String {
        let company = if row.id.is_empty() { String::new() } else { format!("&company={}", row.id) };
        format!("explain?capability={}{company}", capability.line().key)
    }
}
