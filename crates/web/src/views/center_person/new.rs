//! The Create Users wizard of an account center: all earlier answers as hidden fields, and what becomes of each person in
//! each account before anything is written (C-06, C-07).

use askama::Template;
use domain::user::UserType;
use text::Text;

use crate::views::form::problems;
use crate::views::job::{Row, Tally};
use crate::views::user::Described as _;
use crate::views::{Choice, Field, Frame, Icon, SummaryLine};

/// The most people who are typed one by one; a list has room for more.
pub const MOST: usize = 20;

/// Where the error summary leads to: the fields of one person.
const PEOPLE: [&str; MOST] = [
    "person-1",
    "person-2",
    "person-3",
    "person-4",
    "person-5",
    "person-6",
    "person-7",
    "person-8",
    "person-9",
    "person-10",
    "person-11",
    "person-12",
    "person-13",
    "person-14",
    "person-15",
    "person-16",
    "person-17",
    "person-18",
    "person-19",
    "person-20",
];

/// A step of the wizard, in the order of its questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The user type.
    Type,
    /// Names and addresses.
    People,
    /// The accounts.
    Accounts,
    /// The companies in one of them.
    Companies,
    /// How they get their password.
    Password,
    /// What becomes of each person in each account.
    Preview,
}

impl Step {
    const ALL: [Step; 6] =
        [Step::Type, Step::People, Step::Accounts, Step::Companies, Step::Password, Step::Preview];

    /// Those that lead from one to the next.
    const IN_TURN: [Step; 5] = [Step::Type, Step::People, Step::Accounts, Step::Password, Step::Preview];

    /// Its code in the fields `step` and `go`.
    pub fn code(self) -> &'static str {
        match self {
            Step::Type => "type",
            Step::People => "people",
            Step::Accounts => "accounts",
            Step::Companies => "companies",
            Step::Password => "password",
            Step::Preview => "preview",
        }
    }

    /// The step of a code.
    pub fn of_code(code: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| step.code() == code)
    }

    /// The step after this one.
    pub fn next(self) -> Option<Step> {
        Step::IN_TURN.into_iter().find(|step| *step > self)
    }

    /// The step before this one.
    pub fn previous(self) -> Option<Step> {
        Step::IN_TURN.into_iter().rev().find(|step| *step < self)
    }

    fn label(self, t: Text) -> &'static str {
        match self {
            Step::Type => t.center_person_step_type(),
            Step::People => t.center_person_step_people(),
            Step::Accounts | Step::Companies => t.center_person_step_accounts(),
            Step::Password => t.center_person_step_password(),
            Step::Preview => t.center_person_step_preview(),
        }
    }
}

/// Create Users: `/account-centers/{CEN}/users/new`. Each step posts all answers there with `step` (where one is) and
/// `go`: `next`, `back`, a step's code, `add` and `remove-…` for people, `search`, `more`, `first`, `all` and `none` for
/// accounts, `companies-ACC…` for those of an account. The last button posts the same fields to
/// `/account-centers/{CEN}/users/create`.
#[derive(Template, Clone, Debug)]
#[template(path = "center_person/new.html")]
pub struct New {
    /// The texts.
    pub t: Text,
    /// The center's frame.
    pub frame: Frame,
    /// The question that is asked.
    pub step: Step,
    /// All answers, as hidden fields: name and value. Those that the step asks for itself are left out.
    pub kept: Vec<(&'static str, String)>,
    /// What is wrong with the form as a whole.
    pub problem: Option<String>,
    /// `user_type`
    pub user_type: Field,
    /// `agent`: there when ticked
    pub agent: bool,
    /// Whether whoever creates can make executive administrators, too (C-10).
    pub may_executive: bool,
    /// The people, one at least.
    pub people: Vec<PersonFields>,
    /// The person, counted from 1, who has just been added, or has moved to where one was removed.
    pub focus: Option<usize>,
    /// The accounts to choose from.
    pub accounts: AccountsPage,
    /// The companies of one account.
    pub there: CompaniesPage,
    /// Whether temporary passwords can be set here.
    pub may_temporary: bool,
    /// `password`: whether they are.
    pub is_temporary: bool,
    /// One for each person; empty before the last step, and where they get links.
    pub passwords: Vec<PasswordField>,
    /// What was answered, and what follows from it; empty before the last step.
    pub review: Vec<Given>,
    /// What becomes of each person in each account; empty before the last step.
    pub tally: Tally,
}

/// The temporary password of one person.
#[derive(Clone, Debug, Default)]
pub struct PasswordField {
    /// Whether they are new, and get one.
    pub is_new: bool,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// `temporary`: one to be taken or typed over.
    pub password: Field,
}

/// An answer, told once more.
#[derive(Clone, Debug)]
pub struct Given {
    /// What it is about.
    pub what: &'static str,
    /// What was answered, or follows: a line each.
    pub told: Vec<String>,
    /// The step that changes it.
    pub step: Step,
}

/// The fields of one person: `first_name`, `last_name`, `email`.
#[derive(Clone, Debug, Default)]
pub struct PersonFields {
    /// `first_name`
    pub first_name: Field,
    /// `last_name`
    pub last_name: Field,
    /// `email`
    pub email: Field,
}

/// One page of accounts.
#[derive(Clone, Debug, Default)]
pub struct AccountsPage {
    /// `q`
    pub q: String,
    /// `account`: those of this page, chosen or not, and what was said about their companies.
    pub rows: Vec<(Choice, String)>,
    /// How many are chosen that are not shown: that stays true while boxes are ticked.
    pub elsewhere: i64,
    /// The keys of the next page: `next_name`, `next_after`.
    pub next: Option<(String, String)>,
    /// Whether this is not the first page.
    pub is_behind: bool,
    /// Whether the type has companies to choose.
    pub with_companies: bool,
    /// What is wrong with the choice.
    pub error: Option<String>,
}

/// The companies of one account.
#[derive(Clone, Debug, Default)]
pub struct CompaniesPage {
    /// The account's name.
    pub account: String,
    /// `which`: whether only some are given.
    pub some: bool,
    /// Whether they are for agents, who work in Lead Center (L-01).
    pub for_agents: bool,
    /// `company`
    pub choices: Vec<Choice>,
    /// `filter`
    pub filter: String,
    /// What is wrong with the choice.
    pub error: Option<String>,
}

impl New {
    fn chosen_type(&self) -> Option<UserType> {
        self.user_type.value.parse().ok()
    }

    fn is(&self, user_type: UserType) -> bool {
        self.chosen_type() == Some(user_type)
    }

    fn problems(&self) -> Vec<SummaryLine> {
        let field = |error: &Option<String>| Field { value: String::new(), error: error.clone() };
        let (accounts, companies) = (field(&self.accounts.error), field(&self.there.error));
        let whole = self.problem.iter().map(|text| SummaryLine { field: None, text: text.clone() });
        let people = self.people.iter().zip(PEOPLE).flat_map(|(person, place)| {
            [&person.first_name, &person.last_name, &person.email].into_iter().filter_map(move |field| {
                Some(SummaryLine { field: Some(place.into()), text: field.error.clone()? })
            })
        });
        whole
            .chain(problems(&[("user_type", &self.user_type)]))
            .chain(people)
            .chain(self.passwords.iter().filter_map(|field| {
                Some(SummaryLine { field: Some("passwords".into()), text: field.password.error.clone()? })
            }))
            .chain(problems(&[("account", &accounts), ("company", &companies)]))
            .collect()
    }

    fn question(&self) -> String {
        match self.step {
            Step::Type => self.t.center_person_type_question().to_owned(),
            Step::People => self.t.center_person_people_question().to_owned(),
            Step::Accounts => self.t.center_person_accounts_question().to_owned(),
            Step::Companies => {
                self.t.center_person_companies_question(crate::views::isolated(&self.there.account))
            }
            Step::Password => self.t.center_person_password_question().to_owned(),
            Step::Preview => self.t.center_person_preview_question().to_owned(),
        }
    }

    /// The words of the button that leads on.
    fn next_label(&self) -> &'static str {
        match self.step {
            Step::Type => self.t.center_person_next_people(),
            Step::People => self.t.center_person_next_accounts(),
            Step::Accounts => self.t.center_person_next_password(),
            Step::Companies => self.t.common_save(),
            Step::Password | Step::Preview => self.t.center_person_next_preview(),
        }
    }

    /// The value of the button that Enter presses.
    fn default_go(&self) -> &'static str {
        match self.step {
            Step::Accounts => "search",
            Step::Companies if self.there.choices.len() > 20 => "filter",
            _ => "next",
        }
    }

    fn steps(&self) -> [Step; 5] {
        Step::IN_TURN
    }

    /// The step that the progress line shows.
    fn shown_step(&self) -> Step {
        if self.step == Step::Companies { Step::Accounts } else { self.step }
    }

    fn rows(&self) -> &[Row] {
        &self.tally.rows
    }

    fn across(&self) -> bool {
        true
    }

    fn lines(&self) -> bool {
        self.tally.lines
    }

    fn all_rows(&self) -> i64 {
        self.tally.all_rows()
    }

    /// Whether it asks for passwords.
    pub(crate) fn has_passwords(&self) -> bool {
        self.passwords.iter().any(|field| field.is_new)
    }

    fn has_focus(&self, person: &usize) -> bool {
        self.focus == Some(*person)
    }

    fn is_full(&self) -> bool {
        self.people.len() >= MOST
    }
}
