//! Passkeys: one's own, a new one, and signing in with one.

use askama::Template;
use text::Text;

use super::form::problems;
use super::{Field, Frame, Icon, SummaryLine, When};

/// The button that asks for a passkey to sign in with. `templates/passkey/ask.html` draws it, for pages that have one.
#[derive(Clone, Copy, Debug)]
pub struct Button {
    /// Where the page's script learns what is asked.
    pub begin: &'static str,
    /// Where the answer goes: `credential`, `next`, `kept`.
    pub action: &'static str,
    /// Whether it is the first thing on the page.
    pub is_first: bool,
}

/// One's own: `/me/passkeys`. Posts `password` to `/me/passkeys/begin`.
#[derive(Template, Clone, Debug)]
#[template(path = "passkey/list.html")]
pub struct Own {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// The login's address, for password managers.
    pub email: String,
    /// The host that they are made for; `None` where browsers take none.
    pub host: Option<String>,
    /// They.
    pub rows: Vec<Row>,
    /// Whether there can be one more.
    pub has_room: bool,
    /// `password`; never sent back.
    pub password: Field,
    /// What is wrong as a whole: the new one could not be taken.
    pub error: Option<String>,
}

/// A passkey in a list.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// When it was added.
    pub since: When,
    /// When it was last used.
    pub last_use: Option<When>,
}

impl Own {
    fn problems(&self) -> Vec<SummaryLine> {
        let whole = self.error.clone().map(|text| SummaryLine { field: None, text });
        whole.into_iter().chain(problems(&[("password", &self.password)])).collect()
    }
}

/// A new one, once the password fits. Posts `name` and `credential` to `/me/passkeys`.
#[derive(Template, Clone, Debug)]
#[template(path = "passkey/new.html")]
pub struct New {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// What the device is asked, for the page's script.
    pub options: String,
    /// `name`
    pub name: Field,
}

/// One of one's own: `/me/passkeys/{passkey}`. Posts `name` there, and `password` and `code` to `…/remove`.
#[derive(Template, Clone, Debug)]
#[template(path = "passkey/edit.html")]
pub struct Edit {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// Its id.
    pub id: String,
    /// What it is called, as it is kept.
    pub title: String,
    /// The login's address, for password managers.
    pub email: String,
    /// `name`
    pub name: Field,
    /// `code`; never sent back.
    pub code: Field,
    /// `password`; never sent back.
    pub password: Field,
}

impl Edit {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[("name", &self.name), ("code", &self.code), ("password", &self.password)])
    }
}
