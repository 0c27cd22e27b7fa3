//! The first account of a new installation.

use askama::Template;
use text::Text;

use super::form::problems;
use super::{Field, Frame, Icon, SummaryLine};

/// Set up: `/setup`. Posts the fields by their names.
#[derive(Template, Clone, Debug)]
#[template(path = "setup/new.html")]
pub struct Setup {
    /// The texts.
    pub t: Text,
    /// A signed-out frame.
    pub frame: Frame,
    /// `account_name`
    pub account_name: Field,
    /// `time_zone`
    pub time_zone: Field,
    /// `first_name`
    pub first_name: Field,
    /// `last_name`
    pub last_name: Field,
    /// `email`
    pub email: Field,
    /// `password`; its value is never shown.
    pub password: Field,
    /// All time zones by name.
    pub zones: Vec<String>,
}

impl Setup {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[
            ("account_name", &self.account_name),
            ("time_zone", &self.time_zone),
            ("first_name", &self.first_name),
            ("last_name", &self.last_name),
            ("email", &self.email),
            ("password", &self.password),
        ])
    }
}

/// A set-up link that has been used, or is not the newest.
#[derive(Template, Clone, Debug)]
#[template(path = "setup/closed.html")]
pub struct Closed {
    /// The texts.
    pub t: Text,
    /// A signed-out frame.
    pub frame: Frame,
}
