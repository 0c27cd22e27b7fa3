//! The pages of temporary passwords.

use askama::Template;
use domain::user::UserType;
use text::Text;

use super::form::problems;
use super::invitation::Place;
use super::user::Described as _;
use super::{Field, Frame, Icon, SummaryLine, When};

/// Set a temporary password: `/accounts/{ACC}/users/{USR}/temporary-password`. Posts `password`.
#[derive(Template, Clone, Debug)]
#[template(path = "temporary_password/set.html")]
pub struct Set {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// `USR…`
    pub id: String,
    /// Whose it will be.
    pub name: String,
    /// Their address.
    pub email: String,
    /// `password`: one to be taken, or typed over; never what was typed before.
    pub password: Field,
    /// Whether one waits already, which works no more then.
    pub replaces: bool,
    /// Whether the account is in an account center.
    pub in_center: bool,
}

impl Set {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[("password", &self.password)])
    }
}

/// A temporary password that waits.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Who set it; empty for the operator.
    pub set_by: String,
    /// Until when it works.
    pub expires: When,
}

/// Choose one's own password: `/temporary-password`. Posts `password`.
#[derive(Template, Clone, Debug)]
#[template(path = "temporary_password/choose.html")]
pub struct Choose {
    /// The texts.
    pub t: Text,
    /// A signed-out frame.
    pub frame: Frame,
    /// The account that is joined.
    pub account: String,
    /// All of them, where there are several.
    pub places: Vec<Place>,
    /// How many there are beside those.
    pub more: i64,
    /// The type they will have.
    pub user_type: UserType,
    /// The agent flag.
    pub agent: bool,
    /// The address, for password managers.
    pub email: String,
    /// `password`; its value is never shown.
    pub password: Field,
}

impl Choose {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[("password", &self.password)])
    }
}

/// A temporary password that works no more, or was typed too long ago.
#[derive(Template, Clone, Debug)]
#[template(path = "temporary_password/closed.html")]
pub struct Closed {
    /// The texts.
    pub t: Text,
    /// A signed-out frame.
    pub frame: Frame,
}
