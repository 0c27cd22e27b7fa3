//! The Create User wizard: one question a step, all earlier answers as hidden fields, a review at the end.

use askama::Template;
use domain::user::UserType;
use text::Text;

use super::Described;
use crate::views::form::problems;
use crate::views::{Choice, Field, Frame, Icon, SummaryLine};

/// A step of the wizard, in the order of its questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Agent permissions or not.
    Agent,
    /// The user type.
    Type,
    /// Names and address.
    Info,
    /// The companies.
    Companies,
    /// The message and the review.
    Message,
}

impl Step {
    const ALL: [Step; 5] = [Step::Agent, Step::Type, Step::Info, Step::Companies, Step::Message];

    /// Its code in the fields `step` and `go`.
    pub fn code(self) -> &'static str {
        match self {
            Step::Agent => "agent",
            Step::Type => "type",
            Step::Info => "info",
            Step::Companies => "companies",
            Step::Message => "message",
        }
    }

    /// The step of a code.
    pub fn of_code(code: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| step.code() == code)
    }

    /// The steps there are for a type: administrators have all companies, notification users get no invitation.
    pub fn all_for(user_type: Option<UserType>) -> Vec<Step> {
        let left_out = match user_type {
            Some(UserType::Administrator) => Some(Step::Companies),
            Some(UserType::Notification) => Some(Step::Message),
            _ => None,
        };
        Step::ALL.into_iter().filter(|step| Some(*step) != left_out).collect()
    }

    /// The step after this one; `None` where the user is created.
    pub fn next(self, user_type: Option<UserType>) -> Option<Step> {
        Step::all_for(user_type).into_iter().find(|step| *step > self)
    }

    /// The step before this one; `None` at the first.
    pub fn previous(self, user_type: Option<UserType>) -> Option<Step> {
        Step::all_for(user_type).into_iter().rev().find(|step| *step < self)
    }

    /// Its short name, on the button that leads to it and in the progress line.
    pub fn label(self, t: Text) -> &'static str {
        match self {
            Step::Agent => t.user_new_agent(),
            Step::Type => t.user_new_type(),
            Step::Info => t.user_new_info(),
            Step::Companies => t.user_new_companies(),
            Step::Message => t.user_new_message(),
        }
    }
}

/// Create User: `/accounts/{ACC}/users/new`. Each step posts all answers there with `step` (where one is) and
/// `go`: `next`, `back`, a step's code (Change), or `all`, `none`, `filter` for the company list. The last
/// button posts the same fields to `/accounts/{ACC}/users`.
#[derive(Template, Clone, Debug)]
#[template(path = "user/new.html")]
pub struct New {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// The question that is asked.
    pub step: Step,
    /// All answers so far.
    pub form: NewForm,
    /// Whether a company uses Lead Center: without one only administrators can be agents.
    pub has_lead_center: bool,
    /// The companies to choose from (agents: only those that use Lead Center), chosen or not.
    pub companies: Vec<Choice>,
    /// What the company list is narrowed to.
    pub company_filter: String,
    /// The address belongs to an account outside: the button that tells them how to ask (U-15).
    pub elsewhere: bool,
    /// The last day of whoever creates, which is then the user's, too (U-21).
    pub own_last_day: Option<String>,
}

/// The answers of the wizard, as they were sent.
#[derive(Clone, Debug, Default)]
pub struct NewForm {
    /// `agent`: `yes`, `no` or nothing yet
    pub agent: Field,
    /// `user_type`: a type's code, or nothing yet
    pub user_type: Field,
    /// `first_name`
    pub first_name: Field,
    /// `last_name`
    pub last_name: Field,
    /// `email`
    pub email: Field,
    /// `display_name`
    pub display_name: Field,
    /// What is wrong with `company`.
    pub company_error: Option<String>,
    /// `message`
    pub message: Field,
    /// `invoice_emails`: there when ticked
    pub invoice_emails: bool,
    /// `send=later` instead of `send=now`
    pub send_later: bool,
}

impl NewForm {
    /// Whether the user is to be an agent.
    pub fn is_agent(&self) -> bool {
        self.agent.value == "yes"
    }

    /// The chosen type, if it fits the answer about agents.
    pub fn chosen_type(&self) -> Option<UserType> {
        let user_type: UserType = self.user_type.value.parse().ok()?;
        offered(self.is_agent()).contains(&user_type).then_some(user_type)
    }

    fn full_name(&self) -> String {
        format!("{} {}", self.first_name.value, self.last_name.value).trim().to_owned()
    }
}

/// The types that may be chosen after the answer about agents.
fn offered(agent: bool) -> [UserType; 4] {
    let only = if agent { UserType::Agent } else { UserType::Notification };
    if agent {
        [only, UserType::Reporting, UserType::Manager, UserType::Administrator]
    } else {
        [UserType::Administrator, UserType::Manager, UserType::Reporting, only]
    }
}

impl New {
    fn problems(&self) -> Vec<SummaryLine> {
        let form = &self.form;
        let company = Field { value: String::new(), error: form.company_error.clone() };
        problems(&[
            ("agent", &form.agent),
            ("user_type", &form.user_type),
            ("first_name", &form.first_name),
            ("last_name", &form.last_name),
            ("email", &form.email),
            ("display_name", &form.display_name),
            ("company", &company),
            ("message", &form.message),
        ])
    }

    fn types(&self) -> [UserType; 4] {
        offered(self.form.is_agent())
    }

    fn steps(&self) -> Vec<Step> {
        Step::all_for(self.form.chosen_type())
    }

    fn next(&self) -> Option<Step> {
        self.step.next(self.form.chosen_type())
    }

    fn is(&self, user_type: UserType) -> bool {
        self.form.chosen_type() == Some(user_type)
    }

    fn question(&self) -> &'static str {
        match self.step {
            Step::Agent => self.t.user_new_agent_question(),
            Step::Type => self.t.user_new_type_question(),
            Step::Info => self.t.user_new_info_question(),
            Step::Companies => self.t.user_new_companies_question(),
            Step::Message => self.t.user_new_message_question(),
        }
    }

    /// The value of the button that Enter presses.
    fn default_go(&self) -> &'static str {
        if self.step == Step::Companies && self.companies.len() > 20 { "filter" } else { "next" }
    }

    fn chosen_companies(&self) -> Vec<&Choice> {
        self.companies.iter().filter(|company| company.chosen).collect()
    }
}

/// What came of the invitation of a user who was just created.
#[derive(Clone, Debug)]
pub enum Sent {
    /// Sent to this address.
    To(String),
    /// No mail server is set: the operator has it.
    Kept,
    /// To be sent later.
    Later,
    /// A notification user: there is none.
    None,
}

/// After creating: `/accounts/{ACC}/users/{USR}/created`, the next steps.
#[derive(Template, Clone, Debug)]
#[template(path = "user/created.html")]
pub struct Created {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// `USR…`
    pub id: String,
    /// The name.
    pub name: String,
    /// The type.
    pub user_type: UserType,
    /// What came of the invitation.
    pub sent: Sent,
}

impl Created {
    fn is_later(&self) -> bool {
        matches!(self.sent, Sent::Later)
    }
}
