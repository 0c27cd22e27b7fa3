//! The pages of access requests.

use askama::Template;
use domain::user::UserType;
use text::Text;

use super::form::problems;
use super::user::Described as _;
use super::{Choice, Field, Frame, Icon, Pager, SummaryLine, When};

/// What one has asked for: `/me/access-requests`. Posts `account` or `via=link`, and `message`; and to
/// `/me/access-requests/{ARQ}/withdraw`.
#[derive(Template, Clone, Debug)]
#[template(path = "access_request/own.html")]
pub struct Own {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// Whether a request link was followed.
    pub via: ViaLink,
    /// `account`
    pub account: Field,
    /// `message`
    pub message: Field,
    /// What was asked for, newest first.
    pub rows: Vec<OwnRow>,
}

/// A request link that was followed.
#[derive(Clone, Debug)]
pub enum ViaLink {
    /// None was.
    None,
    /// It does not work, or not any more.
    Dead,
    /// It is of the account of this name.
    Of(String),
}

/// Something that one has asked for.
#[derive(Clone, Debug)]
pub struct OwnRow {
    /// `ARQ…`
    pub id: String,
    /// How the account was named.
    pub named: String,
    /// Whether it was declined.
    pub declined: bool,
    /// Why, if that was said.
    pub reason: Option<String>,
    /// When it was asked.
    pub asked: String,
    /// Until when it waits.
    pub until: String,
}

impl Own {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[("account", &self.account), ("message", &self.message)])
    }
}

/// Who asks to be let in: `/accounts/{ACC}/users/access-requests?after=`.
#[derive(Template, Clone, Debug)]
#[template(path = "access_request/list.html")]
pub struct List {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// How many users are active.
    pub active: String,
    /// How many are pending.
    pub pending: String,
    /// How many requests wait.
    pub count: String,
    /// One page of them, oldest first.
    pub rows: Vec<Row>,
    /// The page after.
    pub pager: Pager,
}

/// A request that waits.
#[derive(Clone, Debug)]
pub struct Row {
    /// `ARQ…`
    pub id: String,
    /// Who asks.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their own words.
    pub message: Option<String>,
    /// When they asked.
    pub when: When,
}

/// A request: `/accounts/{ACC}/users/access-requests/{ARQ}`. Posts `user_type`, `agent`, `company` to `/approve`, and
/// `reason` to `/decline` below it.
#[derive(Template, Clone, Debug)]
#[template(path = "access_request/decide.html")]
pub struct Decide {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// `ARQ…`
    pub id: String,
    /// Who asks.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their own words.
    pub message: Option<String>,
    /// When they asked.
    pub when: When,
    /// The types that may be given.
    pub types: Vec<UserType>,
    /// `user_type`
    pub user_type: Field,
    /// `agent`: the agent flag
    pub agent: bool,
    /// The companies to choose from.
    pub companies: Vec<Choice>,
    /// What the company list is narrowed to.
    pub company_filter: String,
    /// What is wrong with `company`.
    pub company_error: Option<String>,
    /// `reason`
    pub reason: Field,
}

impl Decide {
    fn problems(&self) -> Vec<SummaryLine> {
        let company = Field { value: String::new(), error: self.company_error.clone() };
        problems(&[("user_type", &self.user_type), ("company", &company), ("reason", &self.reason)])
    }

    fn at(&self, below: &str) -> String {
        format!("{}/{}{below}", self.frame.at("/users/access-requests"), self.id)
    }
}
