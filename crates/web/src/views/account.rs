//! The pages of accounts: choose one, its home, its settings.

use askama::Template;
use text::Text;

use super::capability::Line;
use super::form::problems;
use super::user::Companies;
use super::{AccountMark, Field, Frame, Icon, Pager, SummaryLine};

/// Choose an account: `/accounts?q=&name=&after=`.
#[derive(Template, Clone, Debug)]
#[template(path = "account/list.html")]
pub struct List {
    /// The texts.
    pub t: Text,
    /// The frame, without account.
    pub frame: Frame,
    /// Whether there are so many that one searches, or already does.
    pub searches: bool,
    /// `q`: part of an account's name
    pub q: String,
    /// One page of the accounts of this login.
    pub accounts: Vec<Place>,
    /// The account centers they may open.
    pub centers: Vec<AccountMark>,
    /// The neighbouring pages.
    pub pager: Pager,
    /// Without an account: where the access is switched off, and whom to ask.
    pub off: Vec<(String, Option<String>)>,
}

/// An account one has a place in.
#[derive(Clone, Debug)]
pub struct Place {
    /// Id, name, initials.
    pub account: AccountMark,
    /// What one is there: "Manager, agent".
    pub role: String,
}

/// The home of an account: `/accounts/{ACC}`.
#[derive(Template, Clone, Debug)]
#[template(path = "account/home.html")]
pub struct Home {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// The first name of who is greeted.
    pub first_name: String,
    /// What one is here: "Manager, agent".
    pub role: String,
    /// The companies one has.
    pub companies: Companies,
    /// The matrix lines one has.
    pub can: Vec<Line>,
    /// Those one has not.
    pub cannot: Vec<Line>,
    /// Who in this account can give them: "Dana Reyes or Sam Ito".
    pub who_can_give: Option<String>,
    /// For an administrator of an account without company: the link to create one.
    pub suggest_company: bool,
    /// For an administrator who is alone: the link to create a user.
    pub suggest_user: bool,
}

/// Account settings: `/accounts/{ACC}/settings`. Posts `name`, `time_zone`, `invitation_days`, `free_types`, `takes_requests`,
/// `temporary_passwords`, `see_as`; and to `/accounts/{ACC}/settings/request-link`.
#[derive(Template, Clone, Debug)]
#[template(path = "account/settings.html")]
pub struct Settings {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// `name`
    pub name: Field,
    /// `time_zone`
    pub time_zone: Field,
    /// `invitation_days`: 1 to 30
    pub invitation_days: Field,
    /// `free_types`: administrators choose any type freely
    pub free_types: bool,
    /// `takes_requests`: people may ask to be let in
    pub takes_requests: bool,
    /// `temporary_passwords`: administrators may set them
    pub temporary_passwords: bool,
    /// `see_as`: administrators may see the account as one of its users does
    pub see_as: bool,
    /// The account's number.
    pub number: String,
    /// Its request link, once it has one.
    pub request_link: Option<String>,
    /// All time zones by name.
    pub zones: Vec<String>,
    /// Whether it is in an account center, which it can leave.
    pub in_center: bool,
    /// Whether this person may give the account its own brand.
    pub may_brand: bool,
}

impl Settings {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[
            ("name", &self.name),
            ("time_zone", &self.time_zone),
            ("invitation_days", &self.invitation_days),
        ])
    }
}
