//! Merging two logins: asking for it, showing that the other is one's own, what is done, and undoing it.

use askama::Template;
use domain::user::{UserStatus, UserType};
use text::Text;

use super::form::problems;
use super::user::{Described as _, status_label};
use super::{Field, Frame, Icon, SummaryLine};

/// Merge logins: `/me/merge`. Posts `email`, `password`, also to `/me/merge/link`; and to `/me/merge/send`,
/// `/me/merge/cancel`.
#[derive(Template, Clone, Debug)]
#[template(path = "login_merge/new.html")]
pub struct New {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// The address one signs in with.
    pub present: String,
    /// The merge that waits: then nothing is asked for.
    pub waiting: Option<Waiting>,
    /// `email`
    pub email: Field,
    /// `password`; its value is never shown.
    pub password: Field,
    /// What is wrong with the form as a whole.
    pub error: Option<String>,
}

/// A merge that waits.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The other login's address.
    pub email: String,
    /// Whether it is proven; else a link is under way.
    pub is_proven: bool,
    /// Until when the proof holds, or the link works.
    pub until: String,
    /// No mail server is set: the operator has the link.
    pub kept: bool,
}

impl New {
    fn problems(&self) -> Vec<SummaryLine> {
        let whole = self.error.iter().map(|text| SummaryLine { field: None, text: text.clone() });
        whole.chain(problems(&[("email", &self.email), ("password", &self.password)])).collect()
    }

    fn waiting_sentence(&self, waiting: &Waiting) -> String {
        let Waiting { email, until, .. } = waiting;
        match (waiting.is_proven, waiting.kept) {
            (true, _) => self.t.login_merge_proven(email, until),
            (false, true) => self.t.login_merge_waiting_kept(email, until),
            (false, false) => self.t.login_merge_waiting(email, until),
        }
    }
}

/// The link to the other login was followed: `/login-merge`.
#[derive(Template, Clone, Debug)]
#[template(path = "login_merge/link.html")]
pub struct Link {
    /// The texts.
    pub t: Text,
    /// A signed-out frame.
    pub frame: Frame,
    /// The address the link went to.
    pub email: String,
    /// How its reader stands to the one who asked.
    pub reader: Reader,
}

/// Who follows a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Signed in as the one who asked: one button.
    Asker,
    /// Signed in as somebody else.
    Another,
    /// Not signed in.
    Nobody,
}

/// A link that no longer works.
#[derive(Template, Clone, Debug)]
#[template(path = "login_merge/closed.html")]
pub struct Closed {
    /// The texts.
    pub t: Text,
    /// A signed-out frame.
    pub frame: Frame,
}

/// Which address stays: `/me/merge/confirm`, before one is chosen. Asks for `keep`.
#[derive(Template, Clone, Debug)]
#[template(path = "login_merge/keep.html")]
pub struct Choose {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// The address one signs in with.
    pub own: String,
    /// That of the other login.
    pub other: String,
}

/// What merging does, or undoing it: `/me/merge/confirm?keep=…` and `/me/merge/undo/{MRG}`. Posts `keep` where it merges,
/// `seen`, `password`.
#[derive(Template, Clone, Debug)]
#[template(path = "login_merge/confirm.html")]
pub struct Confirm {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// What is asked.
    pub title: String,
    /// Why it is not done as asked, where a form was sent.
    pub notice: Option<String>,
    /// What is done, or why it can't be.
    pub plan: Result<Shown, String>,
    /// Where the form goes.
    pub action: String,
    /// Fields that go along.
    pub hidden: Vec<(&'static str, String)>,
    /// One's address, for password managers.
    pub present: String,
    /// `password`; its value is never shown.
    pub password: Field,
    /// What the button says.
    pub button: &'static str,
    /// Where to go instead.
    pub back: String,
}

impl Confirm {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[("password", &self.password)])
    }
}

/// What is done.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Lines of the list, each with its icon.
    pub lines: Vec<(Icon, String)>,
    /// The accounts afterwards, under a heading for each login.
    pub accounts: Vec<(String, Vec<Account>)>,
}

/// An account that a login opens afterwards.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// The type of the user there.
    pub user_type: UserType,
    /// Where the user stands.
    pub status: UserStatus,
    /// Whether it changes its login.
    pub moves: bool,
}

impl Account {
    /// "Suspended", where the account is not open.
    fn state(&self, t: Text) -> Option<&'static str> {
        (self.status != UserStatus::Active).then(|| status_label(t, self.status))
    }
}
