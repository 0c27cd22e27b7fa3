//! The activity of an account: who did what to whom, when, from where.

use askama::Template;
use text::Text;

use super::{Frame, Icon, Pager, When};

/// Activity: `/accounts/{ACC}/activity`.
#[derive(Template, Clone, Debug)]
#[template(path = "activity/list.html")]
pub struct List {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// One page, newest first.
    pub rows: Vec<Row>,
    /// The neighbouring pages.
    pub pager: Pager,
}

/// One thing that was done.
#[derive(Clone, Debug)]
pub struct Row {
    /// Who did it; `None`: the system.
    pub who: Option<String>,
    /// What the key is called that a program did it with.
    pub key: Option<String>,
    /// What was done, as a phrase after the name: "created the user".
    pub what: String,
    /// To whom or what: "Natalie Ford".
    pub whom: Option<String>,
    /// When.
    pub when: When,
    /// From which network.
    pub place: Option<String>,
    /// What it changed.
    pub changes: Vec<Change>,
}

/// One value that changed.
#[derive(Clone, Debug)]
pub struct Change {
    /// What it is called.
    pub what: String,
    /// Before; `None`: there was none.
    pub before: Option<String>,
    /// After; `None`: there is none now.
    pub after: Option<String>,
}
