//! The pages of a company's users.

use app::company_user::Standing;
use askama::Template;
use domain::user::UserType;
use text::Text;

use super::frame::address;
use super::user::Described as _;
use super::{Frame, Icon, Pager};

/// A company's users, `/accounts/{ACC}/companies/{COM}/users?tab=&q=&after=&before=`; or, below `/invite`, all users,
/// of whom those who lack the company can be given it.
#[derive(Template, Clone, Debug)]
#[template(path = "company_user/list.html")]
pub struct List {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// `COM…` and its name.
    pub company: (String, String),
    /// All users are shown, to choose from.
    pub inviting: bool,
    /// The pending tab is shown.
    pub pending: bool,
    /// What was searched for.
    pub q: String,
    /// One page of users.
    pub rows: Vec<Row>,
    /// The neighbouring pages.
    pub pager: Pager,
}

/// A user, seen from a company.
#[derive(Clone, Debug)]
pub struct Row {
    /// `USR…`
    pub id: String,
    /// First and last name.
    pub name: String,
    /// It is the person who looks.
    pub own: bool,
    /// Whether the agent flag is on.
    pub agent: bool,
    /// The address.
    pub email: String,
    /// The type.
    pub user_type: UserType,
    /// How they stand to the company.
    pub standing: Standing,
    /// Whether this person may change the user's access.
    pub may_manage: bool,
}

impl List {
    /// The company's users, or a page below them.
    fn at(&self, below: &str) -> String {
        format!("{}/{}/users{below}", self.frame.at("/companies"), self.company.0)
    }

    fn here(&self) -> String {
        self.at(if self.inviting { "/invite" } else { "" })
    }

    fn tab(&self, pending: bool) -> String {
        let tab = if pending { "pending" } else { "" };
        address(&self.here(), &[("tab", tab), ("q", &self.q)])
    }

    fn without_search(&self) -> String {
        address(&self.here(), &[("tab", if self.pending { "pending" } else { "" })])
    }
}
