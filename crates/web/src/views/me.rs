//! My Profile: one's own names, password and sessions.

use askama::Template;
use text::Text;

use super::form::problems;
use super::{Choice, Field, Frame, Icon, SummaryLine, When};

/// My Profile, of the sign-in: `/me`. Posts `first_name`, `last_name`, `language`; and to `/me/email/send`, `/me/email/cancel`.
#[derive(Template, Clone, Debug)]
#[template(path = "me/profile.html")]
pub struct Profile {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// The login's address.
    pub email: String,
    /// The change of address that is waited for.
    pub waiting: Option<Waiting>,
    /// `first_name`
    pub first_name: Field,
    /// `last_name`
    pub last_name: Field,
    /// What one can read: `language`, an empty one as the browser says.
    pub languages: Vec<Choice>,
    /// What is wrong with the choice.
    pub language_error: Option<String>,
    /// The names that each account shows.
    pub accounts: Vec<Shown>,
    /// Merges that can be undone: where, the address that signs in nobody since, until when.
    pub merges: Vec<(String, String, String)>,
    /// Whether one has shown that one's address is one's own.
    pub is_proven: bool,
    /// Whether an app shows codes that are asked for, and since when.
    pub app: String,
    /// How many passkeys one has.
    pub passkeys: String,
}

/// A change of address that is waited for.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The new address.
    pub email: String,
    /// Until when the link works; `None` when it has expired.
    pub until: Option<String>,
    /// No mail server is set: the operator has the link.
    pub kept: bool,
}

/// How an account shows somebody.
#[derive(Clone, Debug)]
pub struct Shown {
    /// `ACC…`
    pub account_id: String,
    /// The account's name.
    pub account: String,
    /// First and last name.
    pub name: String,
    /// The chat display name; may be empty.
    pub display_name: String,
}

impl Profile {
    fn problems(&self) -> Vec<SummaryLine> {
        let mut problems = problems(&[("first_name", &self.first_name), ("last_name", &self.last_name)]);
        let language = self.language_error.clone();
        problems.extend(language.map(|text| SummaryLine { field: Some("language".into()), text }));
        problems
    }

    fn waiting_sentence(&self, waiting: &Waiting) -> String {
        match &waiting.until {
            Some(until) if waiting.kept => self.t.me_waiting_kept(&waiting.email, until),
            Some(until) => self.t.me_waiting(&waiting.email, until),
            None => self.t.me_waiting_over(&waiting.email),
        }
    }
}

/// My Profile, in an account: `/accounts/{ACC}/me`. Posts `first_name`, `last_name`, `display_name`.
#[derive(Template, Clone, Debug)]
#[template(path = "me/own.html")]
pub struct Own {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// `first_name`
    pub first_name: Field,
    /// `last_name`
    pub last_name: Field,
    /// `display_name`
    pub display_name: Field,
    /// Whether one can sign in by the account's provider, where it has one.
    pub single_sign_on: Option<&'static str>,
}

impl Own {
    fn problems(&self) -> Vec<SummaryLine> {
        let names = [("first_name", &self.first_name), ("last_name", &self.last_name)];
        problems(&[names[0], names[1], ("display_name", &self.display_name)])
    }

    fn account_name(&self) -> &str {
        self.frame.account.as_ref().map_or("", |account| &account.name)
    }
}

/// Change your password: `/me/password`. Posts `password`, `new_password`.
#[derive(Template, Clone, Debug)]
#[template(path = "me/password.html")]
pub struct Password {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// The address, for password managers.
    pub email: String,
    /// `password`; its value is never shown.
    pub password: Field,
    /// `new_password`; its value is never shown.
    pub new_password: Field,
}

impl Password {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[("password", &self.password), ("new_password", &self.new_password)])
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
