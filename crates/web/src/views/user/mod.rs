//! The pages of users: the list, Edit User, what somebody may do and why; the wizard that creates one stands in `new`,
//! and what a change does in `views::access_change`.

mod access;
mod explain;
mod list;
mod mend;
mod new;

use askama::Template;
use domain::user::UserType;
use text::Text;

use super::capability::Line;
use super::form::problems;
use super::{Choice, Field, Frame, Icon, SummaryLine, When, temporary_password};

pub use access::{AccessPage, AccessRow};
pub use explain::{Asked, Explain, Fact, StepLink, sentence, status_label};
pub use list::{InvitationState, List, Query, Row, Sort, Tab, counted};
pub use mend::{MailStanding, Mend};
pub use new::{Created, New, NewForm, Sent, Step};

/// What pages say about a user type.
pub trait Described {
    /// Its name: "Administrator".
    fn label(self, t: Text) -> &'static str;
    /// What it allows, in one sentence.
    fn note(self, t: Text) -> &'static str;
    /// The button that promotes to it: "Promote to manager".
    fn promote_label(self, t: Text) -> String;
}

impl Described for UserType {
    fn label(self, t: Text) -> &'static str {
        match self {
            UserType::Administrator => t.user_type_administrator(),
            UserType::Manager => t.user_type_manager(),
            UserType::Reporting => t.user_type_reporting(),
            UserType::Agent => t.user_type_agent(),
            UserType::Notification => t.user_type_notification(),
        }
    }

    fn note(self, t: Text) -> &'static str {
        match self {
            UserType::Administrator => t.user_type_administrator_note(),
            UserType::Manager => t.user_type_manager_note(),
            UserType::Reporting => t.user_type_reporting_note(),
            UserType::Agent => t.user_type_agent_note(),
            UserType::Notification => t.user_type_notification_note(),
        }
    }

    fn promote_label(self, t: Text) -> String {
        t.user_promote_to(self.label(t).to_lowercase())
    }
}

/// What somebody is in an account, in a few words: "Manager, agent".
pub fn role(t: Text, user_type: UserType, agent: bool) -> String {
    match user_type {
        UserType::Agent => user_type.label(t).to_owned(),
        _ if agent => t.user_with_agent(user_type.label(t)),
        _ => user_type.label(t).to_owned(),
    }
}

/// The companies of a user, shortened.
#[derive(Clone, Debug, Default)]
pub struct Companies {
    /// All of them, present and future.
    pub all: bool,
    /// The names of the first two.
    pub first: Vec<String>,
    /// How many more there are.
    pub more: i64,
}

/// Whether a company passes the filter box of a checkbox list.
pub(crate) fn company_matches(company: &Choice, wanted: &str) -> bool {
    wanted.is_empty() || company.label.to_lowercase().contains(&wanted.to_lowercase())
}

/// Edit User: `/accounts/{ACC}/users/{USR}`. `go` is `save`, or `all`, `none`, `filter` for the company list.
#[derive(Template, Clone, Debug)]
#[template(path = "user/edit.html")]
pub struct Edit {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// Why nothing was saved, though it still can be.
    pub notice: Option<String>,
    /// `USR…`
    pub id: String,
    /// Which access and names the form showed first: `version`, and `was` for each name.
    pub hidden: Vec<(&'static str, String)>,
    /// The name as it is stored, for the heading.
    pub name: String,
    /// The address; a notification team may have none.
    pub email: Option<String>,
    /// The present type.
    pub user_type: UserType,
    /// Whether the agent flag adds Lead Center to the type.
    pub agent: bool,
    /// The matrix lines the present type has.
    pub allows: Vec<Line>,
    /// The types above it that may be given, least first.
    pub promotions: Vec<UserType>,
    /// The types that have less of something, least first (U-10).
    pub lower: Vec<UserType>,
    /// Whether the account lets any type be chosen freely.
    pub free_types: bool,
    /// What was typed.
    pub form: EditForm,
    /// Whether the user has all companies by type (administrators); then no list is shown.
    pub all_companies: bool,
    /// The companies to choose from.
    pub companies: Vec<Choice>,
    /// What the company list is narrowed to.
    pub company_filter: String,
    /// The invitation of a pending user.
    pub invitation: Option<InvitationState>,
    /// Where its mail stands.
    pub mail: Option<MailStanding>,
    /// Whether the access is switched off (U-20).
    pub suspended: bool,
    /// That the access ends, or ended, by itself after a day (U-21).
    pub last_day: Option<String>,
    /// Whether that day lies ahead.
    pub ends: bool,
    /// What was changed of the access and can be undone, newest first (U-22).
    pub recent: Vec<Recent>,
    /// Whether they have the account through its account center, whatever is set here.
    pub executive: bool,
    /// The temporary password that waits for them.
    pub temporary_password: Option<temporary_password::Waiting>,
    /// Whether one can be set.
    pub offers_temporary_password: bool,
    /// Whether one can see the account as they do.
    pub offers_see_as: bool,
    /// Why this user cannot be deleted, where it would puzzle: the last administrator.
    pub kept: Option<String>,
}

/// The fields of Edit User.
#[derive(Clone, Debug, Default)]
pub struct EditForm {
    /// `first_name`
    pub first_name: Field,
    /// `last_name`
    pub last_name: Field,
    /// `display_name`: the chat display name
    pub display_name: Field,
    /// What is wrong with `company`.
    pub company_error: Option<String>,
    /// `agent`: the agent flag
    pub agent: bool,
    /// `invoice_emails`
    pub invoice_emails: bool,
}

/// A change of the access.
#[derive(Clone, Debug)]
pub struct Recent {
    /// What was done: "promoted to manager".
    pub what: String,
    /// Who did it; `None` for the server.
    pub who: Option<String>,
    /// When.
    pub when: When,
}

impl Edit {
    fn allowed(&self) -> i64 {
        i64::try_from(self.allows.len()).unwrap_or(i64::MAX)
    }

    fn not_reached(&self) -> bool {
        matches!(self.mail, Some(MailStanding::Failed(..)))
    }

    fn problems(&self) -> Vec<SummaryLine> {
        let company = Field { value: String::new(), error: self.form.company_error.clone() };
        problems(&[
            ("first_name", &self.form.first_name),
            ("last_name", &self.form.last_name),
            ("display_name", &self.form.display_name),
            ("company", &company),
        ])
    }
}

/// The promotion pop-up: `/accounts/{ACC}/users/{USR}/promote/{type}`. Posts `version`, and `message` when the
/// promotion gives a login.
#[derive(Template, Clone, Debug)]
#[template(path = "user/promote.html")]
pub struct Promote {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// Why nothing was done.
    pub notice: Option<String>,
    /// The address, if it belongs to an account outside: the button that tells them how to ask (U-15).
    pub elsewhere: Option<String>,
    /// `USR…`
    pub id: String,
    /// `version`: which access the page shows
    pub version: i64,
    /// The user's name.
    pub name: String,
    /// The present type.
    pub from: UserType,
    /// The new type.
    pub to: UserType,
    /// The matrix lines the user has now.
    pub has: Vec<Line>,
    /// Those the promotion adds.
    pub gains: Vec<Line>,
    /// Those the user still does not have.
    pub still_not: Vec<Line>,
    /// The promotion opens all companies, present and future.
    pub gains_all_companies: bool,
    /// Set when the user has no login yet and gets an invitation: the personal message.
    pub invitation: Option<Field>,
}

impl Promote {
    fn problems(&self) -> Vec<SummaryLine> {
        let message = self.invitation.clone().unwrap_or_default();
        problems(&[("message", &message)])
    }
}

/// Which companies somebody keeps who had all of them: `/accounts/{ACC}/users/{USR}/change/{type}`.
#[derive(Template, Clone, Debug)]
#[template(path = "user/keep.html")]
pub struct Keep {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// "Change Dana Reyes to manager?"
    pub title: String,
    /// What is to be chosen.
    pub lead: String,
    /// The companies to choose from.
    pub companies: Vec<Choice>,
    /// What the company list is narrowed to.
    pub company_filter: String,
    /// What is wrong with `company`.
    pub error: Option<String>,
    /// Where the form goes.
    pub action: String,
    /// Where Cancel leads.
    pub back: String,
}

/// The revocation of an invitation: `/accounts/{ACC}/users/{USR}/invitation/revoke`. Posts `version`.
#[derive(Template, Clone, Debug)]
#[template(path = "user/revoke.html")]
pub struct Revoke {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// Why nothing was done.
    pub notice: Option<String>,
    /// `USR…`
    pub id: String,
    /// `version`: which access the page shows
    pub version: i64,
    /// They got notifications before, and do so again (U-09).
    pub goes_back: bool,
    /// The user's name.
    pub name: String,
    /// Where the invitation went.
    pub email: String,
    /// Its state.
    pub invitation: InvitationState,
}

impl Revoke {
    fn sent(&self) -> Option<&When> {
        match &self.invitation {
            InvitationState::NotSent | InvitationState::Unwanted => None,
            InvitationState::Sent { sent, .. } | InvitationState::Expired { sent, .. } => Some(sent),
        }
    }
}
