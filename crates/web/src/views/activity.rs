//! The activity of an account: who did what to whom, when, from where.

use askama::Template;
use text::Text;

use super::{Choice, Frame, Icon, Pager, When};

/// Activity: `/accounts/{ACC}/activity?q=&of=&about=&company=&from=&until=&after=`, and that of an account center.
#[derive(Template, Clone, Debug)]
#[template(path = "activity/list.html")]
pub struct List {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// What can be asked for; `None` where all is listed.
    pub filters: Option<Filters>,
    /// One page, newest first.
    pub rows: Vec<Row>,
    /// The neighbouring pages.
    pub pager: Pager,
}

/// What is asked for, and what can be.
#[derive(Clone, Debug)]
pub struct Filters {
    /// `q`: somebody, by name or address
    pub q: String,
    /// `of`: somebody, by their id, where the address has it
    pub of: Option<String>,
    /// `about`
    pub topics: Vec<Choice>,
    /// `company`
    pub companies: Vec<Choice>,
    /// `from`
    pub from: String,
    /// `until`
    pub until: String,
    /// Whether the first day is behind the last, so that nothing can be found.
    pub days_cross: bool,
    /// Whether it is about signing in, of which an account sees little.
    pub of_sign_in: bool,
    /// Whether more people are called so than were looked for.
    pub more_people: bool,
    /// What is asked for now, each with the address without it.
    pub chips: Vec<(String, String)>,
    /// Where all of it is listed.
    pub all: String,
    /// Where the same is had for spreadsheets.
    pub csv: String,
    /// Where the same is had for programs.
    pub lines: String,
}

/// One thing that was done.
#[derive(Clone, Debug)]
pub struct Row {
    /// Who did it; `None`: the system.
    pub who: Option<String>,
    /// What asks the list for what they did and what was done to them.
    pub of_whom: Option<String>,
    /// What the key is called that a program did it with.
    pub key: Option<String>,
    /// What was done, as a phrase after the name: "created the user".
    pub what: String,
    /// What asks the list for that alone.
    pub about: Option<String>,
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

impl List {
    fn filtered(&self) -> bool {
        self.filters.as_ref().is_some_and(|filters| !filters.chips.is_empty())
    }

    /// What to do where nothing was found.
    fn no_match(&self) -> (&'static str, &'static str) {
        let (t, filters) = (self.t, self.filters.as_ref());
        if filters.is_some_and(|filters| filters.days_cross) {
            return (t.activity_days_cross(), t.activity_days_cross_note());
        }
        let of_sign_in = filters.is_some_and(|filters| filters.of_sign_in);
        let note = if of_sign_in { t.activity_no_sign_in_note() } else { t.activity_no_match_note() };
        (t.activity_no_match(), note)
    }

    /// Whether what is asked for may yet stand further back.
    fn goes_on(&self) -> bool {
        self.pager.next.is_some()
    }

    /// What asks for one alone, where anything can be asked for.
    fn link<'a>(&self, query: &'a Option<String>) -> Option<&'a str> {
        query.as_deref().filter(|_| self.filters.is_some())
    }
}
