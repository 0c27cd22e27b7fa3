//! My Profile: one's own names and sessions.

use askama::Template;
use text::Text;

use super::form::problems;
use super::{Field, Frame, Icon, SummaryLine, When};

/// My Profile: `/me`. Posts `first_name`, `last_name`.
#[derive(Template, Clone, Debug)]
#[template(path = "me/profile.html")]
pub struct Profile {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// The login's address.
    pub email: String,
    /// `first_name`
    pub first_name: Field,
    /// `last_name`
    pub last_name: Field,
}

impl Profile {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[("first_name", &self.first_name), ("last_name", &self.last_name)])
    }
}

/// Sessions: `/me/sessions`. Posts to `/me/sessions/{SES}/end` and `/me/sessions/end-others`.
#[derive(Template, Clone, Debug)]
#[template(path = "me/sessions.html")]
pub struct Sessions {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// The sessions, this one first.
    pub rows: Vec<Row>,
}

/// A session.
#[derive(Clone, Debug)]
pub struct Row {
    /// `SES…`
    pub id: String,
    /// "Firefox on Linux".
    pub device: String,
    /// A phone or tablet, for the icon.
    pub handheld: bool,
    /// The network, or the place where it is known.
    pub place: String,
    /// When it signed in.
    pub since: When,
    /// The last request.
    pub last_use: When,
    /// It is this one.
    pub this: bool,
}

impl Sessions {
    fn others(&self) -> bool {
        self.rows.iter().any(|row| !row.this)
    }
}
