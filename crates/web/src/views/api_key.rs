//! Keys for programs: asking for one, and showing it once.

use askama::Template;
use text::Text;

use super::form::problems;
use super::{Field, Frame, Icon, SummaryLine};

/// A key to be made: `/me/api-keys/new`. Posts `name` and `password` to `/me/api-keys`.
#[derive(Template, Clone, Debug)]
#[template(path = "api_key/new.html")]
pub struct NewKey {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// The login's address, for password managers.
    pub email: String,
    /// `name`
    pub name: Field,
    /// `password`
    pub password: Field,
}

/// A key that was made.
#[derive(Template, Clone)]
#[template(path = "api_key/made.html")]
pub struct MadeKey {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// What it is for.
    pub name: String,
    /// The key.
    pub key: String,
    /// The address of the server.
    pub base: String,
}

impl NewKey {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[("name", &self.name), ("password", &self.password)])
    }
}
