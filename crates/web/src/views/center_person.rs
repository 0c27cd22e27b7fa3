//! The pages of an account center's people (C-05).

pub mod new;

use askama::Template;
use domain::user::UserType;
use text::Text;

use super::user::Described as _;
use super::{AccountMark, Frame, Icon, Pager, When};

/// Users of a center that nobody has opened yet: posts nothing to `/users-open`.
#[derive(Template, Clone, Debug)]
#[template(path = "center_person/closed.html")]
pub struct Closed {
    /// The texts.
    pub t: Text,
    /// The center's frame.
    pub frame: Frame,
}

/// Users of a center: `/account-centers/{CEN}/users?q=&type=&after=`.
#[derive(Template, Clone, Debug)]
#[template(path = "center_person/list.html")]
pub struct List {
    /// The texts.
    pub t: Text,
    /// The center's frame.
    pub frame: Frame,
    /// `q`: part of a name or address
    pub q: String,
    /// `type`
    pub user_type: Option<UserType>,
    /// One page of people.
    pub rows: Vec<Row>,
    /// The neighbouring pages.
    pub pager: Pager,
}

/// A person in the list.
#[derive(Clone, Debug)]
pub struct Row {
    /// `PSN…`
    pub id: String,
    /// Who.
    pub name: String,
    /// The address.
    pub email: String,
    /// Whether they are an executive administrator.
    pub executive: bool,
    /// In how many accounts.
    pub accounts: i64,
    /// In how many of them they have not accepted yet.
    pub pending: i64,
    /// What they are: "Administrator (3), Manager".
    pub types: String,
    /// When they were last anywhere.
    pub last_active: Option<When>,
}

/// A person: `/account-centers/{CEN}/users/{PSN}?after=`.
#[derive(Template, Clone, Debug)]
#[template(path = "center_person/page.html")]
pub struct Person {
    /// The texts.
    pub t: Text,
    /// The center's frame.
    pub frame: Frame,
    /// Who.
    pub person: Row,
    /// `LOG…`, once they have accepted anywhere.
    pub login: Option<String>,
    /// Whether whoever looks may make and unmake executive administrators.
    pub may_change: bool,
    /// What an executive administrator has through the center; on the first page.
    pub through_center: Option<ThroughCenter>,
    /// Where they are what.
    pub places: Vec<Place>,
    /// The neighbouring pages.
    pub pager: Pager,
}

/// What a person is in an account.
#[derive(Clone, Debug)]
pub struct Place {
    /// The account.
    pub account: AccountMark,
    /// `USR…`
    pub user: String,
    /// What they are there: "Manager, agent".
    pub role: String,
    /// Where they stand: "Active".
    pub status: &'static str,
}

/// The accounts that somebody has through the center, whatever they are there.
#[derive(Clone, Debug)]
pub struct ThroughCenter {
    /// The first, by name.
    pub accounts: Vec<AccountMark>,
    /// How many more there are: "and 12 more accounts".
    pub more: Option<String>,
}
