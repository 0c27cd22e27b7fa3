//! The pages of executive administrators (C-04, C-10 to C-12).

use askama::Template;
use text::Text;

use super::form::problems;
use super::{Field, Frame, Icon, SummaryLine, When};

/// Those of a center: `/account-centers/{CEN}/executives`.
#[derive(Template, Clone, Debug)]
#[template(path = "executive_administrator/list.html")]
pub struct List {
    /// The texts.
    pub t: Text,
    /// The center's frame.
    pub frame: Frame,
    /// All of them, first made first.
    pub rows: Vec<Row>,
    /// Whether whoever looks may make and unmake them.
    pub may_change: bool,
}

/// An executive administrator.
#[derive(Clone, Debug)]
pub struct Row {
    /// `LOG…`
    pub id: String,
    /// Who.
    pub name: String,
    /// The address.
    pub email: String,
    /// Since when.
    pub since: When,
    /// Whether it is who looks.
    pub own: bool,
}

/// Create one: `/account-centers/{CEN}/executives/new`. Posts `first_name`, `last_name`, `email`, `message`.
#[derive(Template, Clone, Debug)]
#[template(path = "executive_administrator/new.html")]
pub struct New {
    /// The texts.
    pub t: Text,
    /// The center's frame.
    pub frame: Frame,
    /// `first_name`
    pub first_name: Field,
    /// `last_name`
    pub last_name: Field,
    /// `email`
    pub email: Field,
    /// `message`
    pub message: Field,
}

impl New {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[
            ("first_name", &self.first_name),
            ("last_name", &self.last_name),
            ("email", &self.email),
            ("message", &self.message),
        ])
    }
}

/// Make oneself the first one: `/account-centers/{CEN}/executives/first`. Posts nothing.
#[derive(Template, Clone, Debug)]
#[template(path = "executive_administrator/first.html")]
pub struct First {
    /// The texts.
    pub t: Text,
    /// The center's frame.
    pub frame: Frame,
    /// The center's name.
    pub center: String,
    /// Whether managing users across accounts is opened with it.
    pub opens_users: bool,
}

/// Make somebody one: `/account-centers/{CEN}/executives/{LOG}/make`. Posts nothing.
#[derive(Template, Clone, Debug)]
#[template(path = "executive_administrator/make.html")]
pub struct Make {
    /// The texts.
    pub t: Text,
    /// The center's frame.
    pub frame: Frame,
    /// `LOG…`
    pub id: String,
    /// Who.
    pub name: String,
    /// The center's name.
    pub center: String,
}

/// Unmake one: `/account-centers/{CEN}/executives/{LOG}/end`. Posts `afterwards`: `keep` or `take-back`.
#[derive(Template, Clone, Debug)]
#[template(path = "executive_administrator/end.html")]
pub struct End {
    /// The texts.
    pub t: Text,
    /// The center's frame.
    pub frame: Frame,
    /// `LOG…`
    pub id: String,
    /// Who.
    pub name: String,
    /// Whether it is the only one, so that it can't be done.
    pub last: bool,
    /// Accounts that they have through the center alone.
    pub through: Accounts,
    /// How many can be kept, where there are more.
    pub too_many: Option<usize>,
    /// Accounts that they administer themselves.
    pub own: Accounts,
    /// Accounts that nobody else administers.
    pub needed: Accounts,
}

/// How many names a list shows.
const NAMES: usize = 20;

/// Accounts by name: the first few, and how many there are.
#[derive(Clone, Debug)]
pub struct Accounts {
    /// The first names.
    pub names: Vec<String>,
    /// How many there are.
    pub count: i64,
    /// How many are not shown.
    pub more: i64,
}

impl Accounts {
    /// Of all names.
    pub fn of(mut names: Vec<String>) -> Accounts {
        let count = names.len() as i64;
        names.truncate(NAMES);
        Accounts { count, more: count - names.len() as i64, names }
    }
}
