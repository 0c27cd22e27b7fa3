//! The pages of alerts and summaries, and the test of a company's alerts.

use askama::Template;
use text::Text;

use super::form::problems;
use super::{Choice, Field, Frame, Icon, SummaryLine};

/// Alerts and summaries: `/accounts/{ACC}/alerts?user=&email=&company_id=`, one's own without user and email. Posts `user` or `email`, `company_id`, `calls`,
/// `texts`, `by_email`, `by_push` there, to `/{number}` and `/{number}/remove`; and `user` or `email`, `company_id`, `daily`,
/// `weekly`, `monthly` to `/accounts/{ACC}/summaries` and below.
#[derive(Template, Clone, Debug)]
#[template(path = "alert/settings.html")]
pub struct Page {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// Whose; `None`: one's own.
    pub of: Option<Of>,
    /// What is wrong with what was typed.
    pub problems: Vec<SummaryLine>,
    /// Why nothing comes, or not in every way.
    pub notes: Vec<Note>,
    /// Whether anything can be set up at present.
    pub is_offered: bool,
    /// Whether emails may come.
    pub gets_emails: bool,
    /// Whether push may come.
    pub gets_push: bool,
    /// The alerts.
    pub alerts: Vec<AlertForm>,
    /// A new one.
    pub new_alert: AlertForm,
    /// The summaries.
    pub summaries: Vec<SummaryForm>,
    /// A new one.
    pub new_summary: SummaryForm,
}

impl Page {
    /// What is wrong with a field of a card.
    fn problem(&self, name: &str, mark: &str) -> Option<&str> {
        let id = format!("{name}-{mark}");
        let line = self.problems.iter().find(|line| line.field.as_deref() == Some(&*id))?;
        Some(&line.text)
    }
}

/// Whose alerts and summaries they are, where they are not one's own.
#[derive(Clone, Debug)]
pub struct Of {
    /// The field that says so: `user`, or `email` of an address without a user.
    pub field: &'static str,
    /// `USR…`, or the address.
    pub value: String,
    /// The name, or the address.
    pub name: String,
}

/// Another address in place of one that is none. Asks for `/accounts/{ACC}/alerts?email=&company_id=`.
#[derive(Template, Clone, Debug)]
#[template(path = "alert/address.html")]
pub struct Address {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// What was typed.
    pub email: Field,
    /// The company that new ones are proposed for; may be empty.
    pub company_id: String,
}

impl Address {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[("email", &self.email)])
    }
}

/// Why nothing comes.
#[derive(Clone, Debug)]
pub struct Note {
    /// The sentence.
    pub text: String,
    /// Whether something is wrong.
    pub is_wrong: bool,
    /// Whether it leads to where one turns push on.
    pub leads_to_push: bool,
}

impl Note {
    /// What is as it should be.
    pub fn plain(text: impl Into<String>) -> Note {
        Note { text: text.into(), is_wrong: false, leads_to_push: false }
    }

    /// What is not.
    pub fn warn(text: impl Into<String>) -> Note {
        Note { is_wrong: true, ..Note::plain(text) }
    }
}

/// The form of an alert.
#[derive(Clone, Debug)]
pub struct AlertForm {
    /// Its number; `None`: a new one.
    pub id: Option<String>,
    /// What it is called.
    pub title: String,
    /// The agent whose calls alone it tells of.
    pub agent: Option<String>,
    /// The companies.
    pub companies: Vec<Choice>,
    /// Which calls.
    pub calls: Vec<Choice>,
    /// Whether texts.
    pub texts: bool,
    /// Whether by email.
    pub by_email: bool,
    /// Whether by push.
    pub by_push: bool,
}

/// The form of a summary.
#[derive(Clone, Debug)]
pub struct SummaryForm {
    /// Its number; `None`: a new one.
    pub id: Option<String>,
    /// Of which company.
    pub title: String,
    /// The companies.
    pub companies: Vec<Choice>,
    /// How often it comes: field, label, and whether it is ticked.
    pub often: [(&'static str, &'static str, bool); 3],
}

/// What the ids of a summary's fields begin their mark with: an alert has fields of the same names.
pub const SUMMARY: &str = "summary-";

/// What the ids of the fields of a card end with, so that each is there once.
pub fn mark(id: Option<&str>, kind: &str) -> String {
    format!("{kind}{}", id.unwrap_or("new"))
}

impl AlertForm {
    fn mark(&self) -> String {
        mark(self.id.as_deref(), "")
    }
}

impl SummaryForm {
    fn mark(&self) -> String {
        mark(self.id.as_deref(), "")
    }

    fn field_mark(&self) -> String {
        mark(self.id.as_deref(), SUMMARY)
    }
}

/// Test the alerts of a company: `/accounts/{ACC}/companies/{COM}/alerts?kind=&first=`. Posts `kind`, `first`.
#[derive(Template, Clone, Debug)]
#[template(path = "alert/test.html")]
pub struct Test {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// `COM…` and its name.
    pub company: (String, String),
    /// What may come in.
    pub kinds: Vec<Choice>,
    /// The word of what is shown.
    pub kind: &'static str,
    /// Whether it is the first of its caller.
    pub first: bool,
    /// How many are told.
    pub sends: i64,
    /// Who is told.
    pub told: Vec<Row>,
    /// Who is not.
    pub others: Vec<Row>,
    /// How many more of each there are.
    pub more: (i64, i64),
}

/// Somebody for whom an alert of the company is set up.
#[derive(Clone, Debug)]
pub struct Row {
    /// The address of their alerts and summaries; none of who is deleted.
    pub settings: Option<String>,
    /// Their name; empty for an address without a user.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Whether by email, or why not.
    pub by_email: (bool, String),
    /// Whether by push, or why not.
    pub by_push: (bool, String),
}

impl Row {
    fn shown_name(&self) -> &str {
        if self.name.is_empty() { &self.email } else { &self.name }
    }
}

impl Test {
    fn address(&self) -> String {
        format!("{}/{}/alerts", self.frame.at("/companies"), self.company.0)
    }
}
