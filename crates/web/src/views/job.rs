//! The pages of jobs.

use app::job::JobState;
use askama::Template;
use domain::job::Fate;
use text::Text;

use super::form::problems;
use super::{Field, Frame, Icon, Pager, SummaryLine, When};

/// Where a list is pasted: `/accounts/{ACC}/jobs/new`, and the same at an account center. Posts `text` there.
#[derive(Template, Clone, Debug)]
#[template(path = "job/new.html")]
pub struct New {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// Whose it is.
    pub home: Home,
    /// `text`
    pub text: Field,
}

/// Whose lists the pages are about, and where they lead back to.
#[derive(Clone, Debug)]
pub struct Home {
    /// An account center's: each person in each of their accounts (C-06).
    pub across: bool,
    /// The path of the page of users, or of what stands for it.
    pub path: String,
    /// What that page is called.
    pub title: &'static str,
}

/// What becomes of a list: the answer to the form of [`New`]. Posts `text` there again, with `from` for other rows and
/// `refused-` before it for those alone; the last button posts it to `/accounts/{ACC}/jobs`.
#[derive(Template, Clone, Debug)]
#[template(path = "job/preview.html")]
pub struct Preview {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// Whose it is.
    pub home: Home,
    /// The list as it was pasted.
    pub text: String,
    /// Headings of columns that are not used, in one line.
    pub unused: String,
    /// What becomes of it.
    pub tally: Tally,
}

/// What stands before the number in `from` where only refused rows are shown.
pub(crate) const REFUSED: &str = "refused-";

/// What becomes of a list, counted, and a part of its rows.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Some of its rows, those that are refused before the others.
    pub rows: Vec<Row>,
    /// How many users will be created.
    pub waiting: i64,
    /// How many of people who sign in here already will be added.
    pub known: i64,
    /// At an account center: how many people the two are, each of whom may have several places.
    pub people: Option<(i64, i64)>,
    /// How many rows are left as they are.
    pub already: i64,
    /// How many are refused.
    pub refused: i64,
    /// Why nothing can be begun.
    pub problem: Option<String>,
    /// Whether only refused rows are shown.
    pub only_refused: bool,
    /// Whether the lines of the list are told.
    pub lines: bool,
    /// How many rows stand before those shown.
    pub from: usize,
    /// The number of the last that is shown.
    pub until: usize,
    /// How many rows there are.
    pub all: usize,
    /// How many are shown at once.
    pub step: usize,
}

/// A row of a list.
#[derive(Clone, Debug)]
pub struct Row {
    /// The line it begins at.
    pub line: i64,
    /// First and last name, as typed; may be empty.
    pub name: String,
    /// The address as typed; may be empty.
    pub email: String,
    /// The type's name, or what was typed.
    pub user_type: String,
    /// The first companies that the row names, or that the type has all; may be none.
    pub companies: Vec<String>,
    /// Whether it names more.
    pub more_companies: bool,
    /// The name of the account, at an account center.
    pub account: String,
    /// What becomes of it.
    pub fate: Fate,
    /// The same in words.
    pub result: &'static str,
    /// The path of who was created.
    pub user: Option<String>,
    /// What is to be said of it.
    pub notes: Vec<String>,
}

/// The account's lists: `/accounts/{ACC}/jobs`.
#[derive(Template, Clone, Debug)]
#[template(path = "job/list.html")]
pub struct List {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// Whose they are.
    pub home: Home,
    /// One page of jobs.
    pub jobs: Vec<ShownJob>,
    /// The neighbouring pages.
    pub pager: Pager,
}

/// A job as lists and its page show it.
#[derive(Clone, Debug)]
pub struct ShownJob {
    /// `JOB…`
    pub id: String,
    /// Where it stands.
    pub state: JobState,
    /// Who began it.
    pub by: String,
    /// How many rows it has.
    pub total: i64,
    /// How many came to an end.
    pub done: i64,
    /// Of them: users that were created.
    pub created: i64,
    /// Rows that were left as they are.
    pub already: i64,
    /// Rows that were refused.
    pub refused: i64,
    /// Rows that were not done, because it was broken off.
    pub not_done: i64,
    /// When it was begun.
    pub started: When,
    /// When it came to its end.
    pub finished: Option<When>,
}

/// Which rows of a job are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// Users that were created.
    Created,
    /// Rows that were left as they are.
    Already,
    /// Rows that were refused.
    Refused,
    /// Rows that were not done.
    NotDone,
}

impl Tab {
    const ALL: [Tab; 4] = [Tab::Refused, Tab::Created, Tab::Already, Tab::NotDone];

    /// Its code in the address.
    pub fn code(self) -> &'static str {
        match self {
            Tab::Created => "created",
            Tab::Already => "already",
            Tab::Refused => "refused",
            Tab::NotDone => "not_done",
        }
    }

    /// The tab of a code; `None` for all rows.
    pub fn of_code(code: &str) -> Option<Tab> {
        Tab::ALL.into_iter().find(|tab| tab.code() == code)
    }

    /// The ends of its rows.
    pub fn fates(self) -> &'static [Fate] {
        match self {
            Tab::Created => &[Fate::Created, Fate::Added],
            Tab::Already => &[Fate::Here, Fate::Invited, Fate::Twice],
            Tab::Refused => &[Fate::Refused],
            Tab::NotDone => &[Fate::Cancelled],
        }
    }

    fn label(self, t: Text) -> &'static str {
        match self {
            Tab::Created => t.job_created(),
            Tab::Already => t.job_already(),
            Tab::Refused => t.job_refused(),
            Tab::NotDone => t.job_cancelled_rows(),
        }
    }
}

/// A job: `/accounts/{ACC}/jobs/{JOB}?show=`. Under way it shows how far it is, and posts to `…/cancel`; then what became
/// of its rows.
#[derive(Template, Clone, Debug)]
#[template(path = "job/show.html")]
pub struct Show {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// Whose it is.
    pub home: Home,
    /// The job.
    pub job: ShownJob,
    /// Which rows are shown; `None` for all.
    pub tab: Option<Tab>,
    /// One page of them.
    pub rows: Vec<Row>,
    /// The neighbouring pages.
    pub pager: Pager,
}

impl New {
    fn hint(&self) -> &'static str {
        if self.home.across { self.t.job_text_hint_across() } else { self.t.job_text_hint() }
    }

    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[("text", &self.text)])
    }
}

impl Preview {
    fn rows(&self) -> &[Row] {
        &self.tally.rows
    }

    fn across(&self) -> bool {
        self.home.across
    }

    fn lines(&self) -> bool {
        self.tally.lines
    }

    fn all_rows(&self) -> i64 {
        self.tally.all_rows()
    }

    fn problems(&self) -> Vec<SummaryLine> {
        self.tally.problem.iter().map(|text| SummaryLine { field: None, text: text.clone() }).collect()
    }
}

impl Tally {
    /// How many will be done.
    pub fn to_do(&self) -> i64 {
        self.waiting + self.known
    }

    /// Where rows are shown from, as the field `from` says it.
    pub(super) fn key(&self, from: usize) -> String {
        if self.only_refused { format!("{REFUSED}{from}") } else { from.to_string() }
    }

    pub(super) fn created_told(&self, t: Text) -> String {
        match self.people {
            Some((people, _)) => {
                t.job_will_be_created_across(t.job_people(people), t.job_places(self.waiting))
            }
            None => t.job_will_be_created(self.waiting),
        }
    }

    pub(super) fn added_told(&self, t: Text) -> String {
        match self.people {
            Some((_, people)) => t.job_will_be_added_across(t.job_people(people), t.job_places(self.known)),
            None => t.job_will_be_added(self.known),
        }
    }

    /// How many rows there are, shown or not.
    pub fn all_rows(&self) -> i64 {
        self.to_do() + self.already + self.refused
    }

    pub(super) fn before(&self) -> Option<usize> {
        (self.from > 0).then(|| self.from.saturating_sub(self.step))
    }

    pub(super) fn after(&self) -> Option<usize> {
        (self.until < self.all).then_some(self.until)
    }

    pub(super) fn shown(&self, t: Text) -> String {
        let number = |n: usize| t.number(n as i64);
        t.job_page(number(self.from + 1), number(self.until), number(self.all))
    }
}

impl ShownJob {
    fn state_label(&self, t: Text) -> &'static str {
        match self.state {
            JobState::Running => t.job_state_running(),
            JobState::Done => t.job_state_done(),
            JobState::Cancelled => t.job_state_cancelled(),
        }
    }
}

impl Show {
    fn rows(&self) -> &[Row] {
        &self.rows
    }

    fn across(&self) -> bool {
        self.home.across
    }

    fn lines(&self) -> bool {
        !self.home.across
    }

    fn is_running(&self) -> bool {
        self.job.state == JobState::Running
    }

    fn heading(&self) -> String {
        let (t, created) = (self.t, self.job.created);
        match self.job.state {
            JobState::Running => t.job_running_title().to_owned(),
            JobState::Done if created == 0 => t.job_done_none().to_owned(),
            JobState::Done if self.home.across => t.job_done_across(created),
            JobState::Done => t.job_done(created),
            JobState::Cancelled => t.job_cancelled_title().to_owned(),
        }
    }

    fn address(&self, tab: Option<Tab>) -> String {
        let path = self.frame.at(&format!("/jobs/{}", self.job.id));
        super::frame::address(&path, &[("show", tab.map_or("", Tab::code))])
    }

    /// Tabs with how many rows each has; those without any are left out.
    fn tabs(&self) -> Vec<(Option<Tab>, &'static str, i64)> {
        let job = &self.job;
        let counted = |tab: Tab| match tab {
            Tab::Created => job.created,
            Tab::Already => job.already,
            Tab::Refused => job.refused,
            Tab::NotDone => job.not_done,
        };
        let tab = |tab: Tab| (Some(tab), tab.label(self.t), counted(tab));
        let own = Tab::ALL.map(tab).into_iter().filter(|(_, _, count)| *count > 0);
        std::iter::once((None, self.t.job_all_rows(), job.total)).chain(own).collect()
    }
}

impl Row {
    /// The colour of what becomes of it.
    pub(super) fn tone(&self) -> &'static str {
        match self.fate {
            Fate::Waiting | Fate::Known | Fate::Created | Fate::Added => " accent",
            Fate::Refused => " warn",
            _ => "",
        }
    }
}
