//! The customer's directory of an account.

use askama::Template;
use text::Text;

use super::form::problems;
use super::user::Companies;
use super::{Choice, Field, Frame, Icon, Pager, SummaryLine, When};

/// The directory: `/accounts/{ACC}/directory`. Posts `name` there to switch it on; `name` and `user_type` to `/change`; and to
/// `/tokens`, `/tokens/{token}/end`, `/off`.
#[derive(Template, Clone, Debug)]
#[template(path = "directory/page.html")]
pub struct Page {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// Whether there is one.
    pub is_on: bool,
    /// `name`
    pub name: Field,
    /// `user_type`: what becomes of people whom no mapped group gives more
    pub types: Vec<Choice>,
    /// What is wrong with the choice of it.
    pub user_type: Field,
    /// Where the directory finds the server.
    pub address: String,
    /// Its tokens.
    pub tokens: Vec<Token>,
    /// Whether there may be one more.
    pub may_have_token: bool,
    /// One page of its groups.
    pub groups: Vec<GroupRow>,
    /// The neighbouring pages.
    pub pager: Pager,
}

/// A token, without the token.
#[derive(Clone, Debug)]
pub struct Token {
    /// Its id.
    pub id: String,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub since: When,
    /// When it was last used.
    pub last_use: Option<When>,
}

/// A group in the list.
#[derive(Clone, Debug)]
pub struct GroupRow {
    /// Its id.
    pub id: String,
    /// What the directory calls it.
    pub name: String,
    /// How many people are in it.
    pub members: i64,
    /// The type and companies that it gives.
    pub gives: Option<(String, Companies)>,
}

/// A token that was made.
#[derive(Template, Clone)]
#[template(path = "directory/made.html")]
pub struct Made {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// Where the directory finds the server.
    pub address: String,
    /// The token.
    pub token: String,
}

/// A group: `/accounts/{ACC}/directory/groups/{group}`. Posts `user_type`, `all_companies`, `company`.
#[derive(Template, Clone, Debug)]
#[template(path = "directory/group.html")]
pub struct GroupPage {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// Its id.
    pub id: String,
    /// What the directory calls it.
    pub name: String,
    /// How many people are in it.
    pub members: i64,
    /// `user_type`: what it gives; the first is nothing
    pub types: Vec<Choice>,
    /// What is wrong with the choice of it.
    pub type_error: Option<String>,
    /// `all_companies`
    pub all_companies: bool,
    /// `company`
    pub companies: Vec<Choice>,
    /// What of them is looked for.
    pub company_filter: String,
    /// What is wrong with the choice of them.
    pub company_error: Option<String>,
}

impl Page {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[("name", &self.name), ("user_type", &self.user_type)])
    }
}

impl GroupRow {
    fn count(&self) -> i64 {
        self.members
    }
}

impl GroupPage {
    fn count(&self) -> i64 {
        self.members
    }
}
