//! The pages of access reviews (U-23).

use app::access_review::{Counts, Part};
use askama::Template;
use domain::access_review::{Decision, Outcome, Suggestion};
use domain::user::UserType;
use text::Text;

use super::access_change::Shown;
use super::form::problems;
use super::frame::address;
use super::user::{Described as _, role};
use super::{Field, Frame, Icon, Pager, SummaryLine, When};

/// The reviews of an account: `/accounts/{ACC}/access-reviews?after=`. Posts `who`, `idle_days`.
#[derive(Template, Clone, Debug)]
#[template(path = "access_review/list.html")]
pub struct List {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// One page, newest first.
    pub rows: Vec<ListRow>,
    /// The neighbouring pages.
    pub pager: Pager,
    /// `who` is `idle`
    pub idle: bool,
    /// `idle_days`
    pub idle_days: Field,
}

/// A review in the list.
#[derive(Clone, Debug)]
pub struct ListRow {
    /// `REV…`
    pub id: String,
    /// When it began.
    pub begun: When,
    /// Who began it.
    pub by: String,
    /// Only who was not here for so many days; 0 for everybody.
    pub idle_days: i64,
    /// When it was finished.
    pub finished: Option<When>,
}

impl List {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[("idle_days", &self.idle_days)])
    }
}

/// Where somebody is in the list of a review's users, to come back to it.
#[derive(Clone, Debug, Default)]
pub struct Spot {
    /// `tab`
    pub part: Part,
    /// `after`: behind this user
    pub after: String,
}

impl Spot {
    /// The code of a tab in addresses.
    pub fn code(part: Part) -> &'static str {
        match part {
            Part::Open => "",
            Part::Changes | Part::Done => "changes",
            Part::All => "all",
        }
    }

    /// The tab of a code; the first for one that does not exist.
    pub fn part_of(code: &str) -> Part {
        match code {
            "changes" => Part::Changes,
            "all" => Part::All,
            _ => Part::Open,
        }
    }

    fn tab(&self) -> &'static str {
        Spot::code(self.part)
    }

    /// The address with this spot.
    pub fn at(&self, path: &str) -> String {
        address(path, &[("tab", Spot::code(self.part)), ("after", &self.after)])
    }
}

/// A review: `/accounts/{ACC}/access-reviews/{REV}?tab=&after=`. Posts below it.
#[derive(Template, Clone, Debug)]
#[template(path = "access_review/show.html")]
pub struct Show {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// `REV…`
    pub id: String,
    /// The day it began.
    pub day: String,
    /// Who is looked at, who began and finished it, and since when uses are noted.
    pub facts: Vec<String>,
    /// Whether decisions are still made.
    pub is_open: bool,
    /// How many users there are of each kind.
    pub counts: Counts,
    /// What is shown.
    pub spot: Spot,
    /// One page.
    pub rows: Vec<Row>,
    /// The neighbouring pages.
    pub pager: Pager,
    /// Who has the account as an executive administrator and no user there; on the first page.
    pub executives: Vec<ExecutiveRow>,
    /// Where they are ended, for who may.
    pub executives_at: Option<String>,
}

/// An executive administrator who had no user in the account. Nothing is decided on them there.
#[derive(Clone, Debug)]
pub struct ExecutiveRow {
    /// First and last name.
    pub name: String,
    /// The address.
    pub email: String,
    /// Since when they were one.
    pub since: When,
    /// When they had last changed something in the account.
    pub acted: Option<When>,
    /// Whether they have it no more by now.
    pub is_over: bool,
}

/// A user of a review.
#[derive(Clone, Debug)]
pub struct Row {
    /// `USR…`
    pub id: String,
    /// First and last name.
    pub name: String,
    /// The address.
    pub email: String,
    /// It is the person who looks.
    pub own: bool,
    /// Whether they had the account as an executive administrator, too.
    pub executive: bool,
    /// The type.
    pub user_type: UserType,
    /// The agent flag.
    pub agent: bool,
    /// Why nothing of it holds: "Suspended"; none for active users.
    pub off: Option<&'static str>,
    /// How many companies.
    pub companies: i64,
    /// When they were last here.
    pub last_active: Option<When>,
    /// What they used, in a word or two, and when.
    pub used: Vec<(&'static str, When)>,
    /// What their type allows and they never used.
    pub unused: Vec<&'static str>,
    /// What the evidence suggests.
    pub suggestion: Suggestion,
    /// Their access has been changed since.
    pub is_changed: bool,
    /// What was decided.
    pub decision: Option<Decision>,
    /// Why.
    pub reason: String,
    /// What became of it.
    pub outcome: Option<Outcome>,
}

impl Row {
    fn role(&self, t: Text) -> String {
        role(t, self.user_type, self.agent)
    }

    fn would_do(&self, t: Text) -> String {
        suggested(t, self.suggestion)
    }

    fn unused_count(&self, t: Text) -> String {
        t.access_review_unused(self.unused.len() as i64)
    }

    fn verdict(&self, t: Text) -> String {
        decided(t, self.decision)
    }

    fn became(&self, t: Text) -> Option<&'static str> {
        self.outcome.map(|became| outcome(t, became))
    }

    fn is_less(&self) -> bool {
        matches!(self.suggestion, Suggestion::Lower(_) | Suggestion::Unused)
    }
}

impl Show {
    fn at(&self, below: &str) -> String {
        format!("{}/{}{below}", self.frame.at("/access-reviews"), self.id)
    }

    fn tabs(&self) -> [(Part, &'static str, String); 3] {
        let t = self.t;
        [
            (Part::Open, t.access_review_tab_open(), t.number(self.counts.open)),
            match self.is_open {
                true => (Part::Changes, t.access_review_tab_changes(), t.number(self.counts.changes)),
                false => (Part::Changes, t.access_review_tab_done(), t.number(self.counts.done)),
            },
            (Part::All, t.access_review_tab_all(), t.number(self.counts.all)),
        ]
    }

    fn tab(&self, part: Part) -> String {
        Spot { part, after: String::new() }.at(&self.at(""))
    }

    fn decide(&self, row: &Row) -> String {
        self.spot.at(&self.at(&format!("/users/{}", row.id)))
    }
}

/// What somebody decides: `/accounts/{ACC}/access-reviews/{REV}/users/{USR}?tab=&after=`. Posts `decision`, `reason`.
#[derive(Template, Clone, Debug)]
#[template(path = "access_review/decide.html")]
pub struct Decide {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// The user.
    pub row: Row,
    /// Where to come back to.
    pub spot: Spot,
    /// What there is to decide; nothing on who is gone by now.
    pub choices: Vec<Decision>,
    /// What can't be decided as things stand, and why.
    pub barred: Vec<(String, String)>,
    /// `decision`: what is chosen
    pub chosen: Option<Decision>,
    /// What is wrong with the choice.
    pub error: Option<String>,
    /// `reason`
    pub reason: Field,
    /// Where the form goes.
    pub action: String,
    /// Where Cancel leads.
    pub back: String,
}

impl Decide {
    fn problems(&self) -> Vec<SummaryLine> {
        let decision = Field { value: String::new(), error: self.error.clone() };
        problems(&[("decision", &decision), ("reason", &self.reason)])
    }

    fn is_chosen(&self, decision: &Decision) -> bool {
        self.chosen == Some(*decision)
    }

    fn label(&self, decision: &Decision) -> String {
        decided(self.t, Some(*decision))
    }

    fn is_suggested(&self, decision: &Decision) -> bool {
        matches!((decision, self.row.suggestion), (Decision::Lower(to), Suggestion::Lower(would_do)) if *to == would_do)
    }

    fn note(&self, decision: &Decision) -> &'static str {
        match decision {
            Decision::Keep => self.t.access_review_keep_note(),
            Decision::Lower(to) => to.note(self.t),
            Decision::Suspend => self.t.access_review_suspend_note(),
            Decision::Delete => self.t.access_review_delete_note(),
        }
    }

    /// How a lower type is given, where one can be.
    fn lowering(&self) -> Option<&'static str> {
        let lowers = self.choices.iter().any(|choice| matches!(choice, Decision::Lower(_)));
        lowers.then(|| match self.row.user_type.has_all_companies() {
            true => self.t.access_review_lower_note_all(),
            false => self.t.access_review_lower_note(),
        })
    }
}

/// What finishing does: `/accounts/{ACC}/access-reviews/{REV}/finish?after=`. Posts `version`.
#[derive(Template, Clone, Debug)]
#[template(path = "access_review/finish.html")]
pub struct Finish {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// Why it was not done.
    pub notice: Option<&'static str>,
    /// How many users there are of each kind.
    pub counts: Counts,
    /// The version of the review that is shown.
    pub version: i64,
    /// One page of changes.
    pub rows: Vec<Planned>,
    /// The neighbouring pages.
    pub pager: Pager,
    /// The review.
    pub back: String,
}

/// A change that finishing makes.
#[derive(Clone, Debug)]
pub struct Planned {
    /// `USR…`
    pub id: String,
    /// First and last name.
    pub name: String,
    /// What was decided.
    pub decision: String,
    /// Why.
    pub reason: String,
    /// What it does; none where it is done, or can't be.
    pub effects: Option<Shown>,
    /// Why it can't be done.
    pub obstacle: Option<String>,
}

/// A decision in a few words: "Give Reporting".
pub fn decided(t: Text, decision: Option<Decision>) -> String {
    match decision {
        None => t.access_review_decided_none().to_owned(),
        Some(Decision::Keep) => t.access_review_decided_keep().to_owned(),
        Some(Decision::Lower(to)) => t.access_review_decided_lower(to.label(t).to_lowercase()),
        Some(Decision::Suspend) => t.access_review_decided_suspend().to_owned(),
        Some(Decision::Delete) => t.access_review_decided_delete().to_owned(),
    }
}

/// What became of a decision.
pub fn outcome(t: Text, outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => t.access_review_outcome_done(),
        Outcome::Changed => t.access_review_outcome_changed(),
        Outcome::LastAdministrator => t.access_review_outcome_last_administrator(),
        Outcome::Failed => t.access_review_outcome_failed(),
    }
}

/// What would do for somebody.
pub fn suggested(t: Text, suggestion: Suggestion) -> String {
    match suggestion {
        Suggestion::TooEarly => t.access_review_suggestion_too_early().to_owned(),
        Suggestion::Fits => t.access_review_suggestion_fits().to_owned(),
        Suggestion::Unused => t.access_review_suggestion_unused().to_owned(),
        Suggestion::Lower(to) => t.access_review_suggestion_lower(to.label(t)),
    }
}
