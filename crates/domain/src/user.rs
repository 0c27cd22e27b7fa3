//! Users: a login's place in one account (U-01 to U-13, L-01).

mod promotion;

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

pub use promotion::{Gains, agent_after, gains, is_lower, is_promotion, lower_types, promotions};

use crate::access::{Grants, Refusal, Target, decide};
use crate::capability::Capability;
use crate::email::EmailAddress;
use crate::id::CompanyId;
use crate::input::{Checker, FieldError, Problem};
use crate::name;
use crate::time::Timestamp;

/// A text that names no type or status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unknown;

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such type or status")
    }
}

impl std::error::Error for Unknown {}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$inner:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$inner])* $variant,)* }

        impl $name {
            /// All of them, in the order they are written in.
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];

            /// The word in the database, forms and API.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }
        }

        impl FromStr for $name {
            type Err = Unknown;

            fn from_str(word: &str) -> Result<Self, Unknown> {
                match word { $($word => Ok($name::$variant),)* _ => Err(Unknown) }
            }
        }
    };
}

pub(crate) use words;

words! {
    /// What kind of user somebody is.
    UserType {
        /// Everything in the account.
        Administrator = "administrator",
        /// Sets up numbers and integrations; reads everything in their companies.
        Manager = "manager",
        /// Reads everything in their companies.
        Reporting = "reporting",
        /// Lead Center only.
        Agent = "agent",
        /// Gets emails and has no login.
        Notification = "notification",
    }
}

words! {
    /// Where a user stands.
    UserStatus {
        /// Invited, or to be invited; may do nothing yet (U-05).
        Pending = "pending",
        /// In use. A notification user is active from the start.
        Active = "active",
        /// Access off, settings kept (U-20).
        Suspended = "suspended",
        /// Gone; kept so that what they did stays attributed to them (U-11).
        Deleted = "deleted",
    }
}

impl UserType {
    /// Whether users of this type sign in.
    pub fn has_login(self) -> bool {
        self != UserType::Notification
    }

    /// Whether users of this type have all companies, present and future, without choosing (P-15).
    pub fn has_all_companies(self) -> bool {
        self == UserType::Administrator
    }
}

/// What a person who is let in may set about themselves and others (U-17).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// First name; for a notification team the team's only name.
    pub first: String,
    /// Last name; may be empty for a notification team.
    pub last: String,
    /// Chat display name; may be empty.
    pub display: String,
}

impl Names {
    /// First and last name as one.
    pub fn full(&self) -> String {
        format!("{} {}", self.first, self.last).trim().to_owned()
    }

    /// Reads typed names; a notification user may be a team with one name (U-01).
    pub fn parse(
        first: &str,
        last: &str,
        display: &str,
        user_type: UserType,
    ) -> Result<Names, Vec<FieldError>> {
        let mut check = Checker::default();
        let first = check.take("first_name", name::required(first));
        let last = if user_type.has_login() { name::required(last) } else { name::optional(last) };
        let last = check.take("last_name", last);
        let display = check.take("display_name", name::optional(display));
        check.finish((|| Some(Names { first: first?, last: last?, display: display? }))())
    }
}

/// A user to be created, checked field by field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUser {
    /// The type.
    pub user_type: UserType,
    /// The agent flag; always set for the type agent.
    pub agent: bool,
    /// Names.
    pub names: Names,
    /// The address the invitation or the notifications go to.
    pub email: EmailAddress,
    /// Companies; empty for administrators, who have all.
    pub companies: BTreeSet<CompanyId>,
    /// Whether invoices are mailed to them; administrators only (U-02).
    pub invoice_emails: bool,
    /// The inviter's own words.
    pub message: Option<String>,
    /// Whether the invitation goes out at once (U-02); nothing is sent to notification users.
    pub send_now: bool,
}

/// A new user as it was typed.
#[derive(Clone, Debug, Default)]
pub struct TypedUser {
    /// `yes` or `no`; empty is no.
    pub agent: String,
    /// A word of [`UserType`].
    pub user_type: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Email address.
    pub email: String,
    /// Chat display name.
    pub display_name: String,
    /// Company ids.
    pub companies: Vec<String>,
    /// Personal message.
    pub message: String,
    /// Invoice emails.
    pub invoice_emails: bool,
    /// Send the invitation later.
    pub send_later: bool,
}

impl TypedUser {
    /// Agent flag and type together (L-01): agents are agent-only, administrators, managers or reporting users;
    /// who is no agent is anything but agent-only.
    pub fn kind(&self) -> Result<(UserType, bool), Problem> {
        if self.user_type.is_empty() {
            return Err(Problem::Missing);
        }
        let agent = match self.agent.as_str() {
            "yes" => true,
            "no" | "" => false,
            _ => return Err(Problem::NotAChoice),
        };
        let user_type: UserType = self.user_type.parse().map_err(|_| Problem::NotAChoice)?;
        let fits = if agent { user_type != UserType::Notification } else { user_type != UserType::Agent };
        if fits { Ok((user_type, agent)) } else { Err(Problem::NotAChoice) }
    }

    /// Reads everything; every field's error at once.
    pub fn parse(&self) -> Result<NewUser, Vec<FieldError>> {
        let mut check = Checker::default();
        let kind = check.take("user_type", self.kind());
        let user_type = kind.map_or(UserType::Reporting, |(user_type, _)| user_type);
        let names = Names::parse(&self.first_name, &self.last_name, &self.display_name, user_type);
        let names = check.merge(names);
        let email = check.take("email", EmailAddress::parse(&self.email));
        let companies = check.take("company", parse_companies(&self.companies, user_type));
        let message = check.take("message", name::message(&self.message));
        check.finish((|| {
            let (user_type, agent) = kind?;
            Some(NewUser {
                user_type,
                agent,
                names: names?,
                email: email?,
                companies: companies?,
                invoice_emails: self.invoice_emails && user_type == UserType::Administrator,
                message: message?,
                send_now: user_type.has_login() && !self.send_later,
            })
        })())
    }
}

/// Reads company ids; all types but administrator choose at least one (U-01).
pub fn parse_companies(typed: &[String], user_type: UserType) -> Result<BTreeSet<CompanyId>, Problem> {
    if user_type.has_all_companies() {
        return Ok(BTreeSet::new());
    }
    if typed.is_empty() {
        return Err(Problem::Missing);
    }
    typed.iter().map(|id| id.parse().map_err(|_| Problem::NotAChoice)).collect()
}

/// Whether who holds `actor` may create, change or delete a user of this type (P-08, U-13).
pub fn may_manage(actor: &Grants, user_type: UserType, agent: bool) -> Result<(), Refusal> {
    decide(actor, Capability::ManageUsers, &Target::User { user_type, agent }).map(|_| ())
}

/// Whether who holds `actor` may create a user of this type, and when that user's access ends by itself: with their own,
/// where that does (U-21).
pub fn may_create(actor: &Grants, user_type: UserType, agent: bool) -> Result<Option<Timestamp>, Refusal> {
    may_manage(actor, user_type, agent).map(|()| actor.ends_at)
}

/// Whether who holds `actor` may give a user of this type an access that lasts until `ends_at`: nobody gives more than
/// they have, nor for longer (U-13, U-21).
pub fn may_give(
    actor: &Grants,
    user_type: UserType,
    agent: bool,
    ends_at: Option<Timestamp>,
) -> Result<(), Refusal> {
    may_manage(actor, user_type, agent)?;
    if outlasts(ends_at, actor.ends_at) { Err(Refusal::OutlastsOwn) } else { Ok(()) }
}

/// Whether an access with this end goes on when one with the other end is over; without an end it does for good.
pub fn outlasts(ends_at: Option<Timestamp>, other: Option<Timestamp>) -> bool {
    other.is_some_and(|other| ends_at.is_none_or(|end| end > other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed() -> TypedUser {
        TypedUser {
            agent: "no".into(),
            user_type: "reporting".into(),
            first_name: "Natalie".into(),
            last_name: "Ford".into(),
            email: "natalie@example.com".into(),
            companies: vec![format!("COM{}", "1".repeat(32))],
            ..TypedUser::default()
        }
    }

    fn errors(user: TypedUser) -> Vec<(&'static str, Problem)> {
        user.parse().expect_err("refused").into_iter().map(|e| (e.field, e.problem)).collect()
    }

    /// U-01
    #[test]
    fn u01_all_types_but_administrator_choose_a_company() {
        assert_eq!(errors(TypedUser { companies: vec![], ..typed() }), [("company", Problem::Missing)]);
        let admin = TypedUser { companies: vec![], user_type: "administrator".into(), ..typed() };
        assert!(admin.parse().expect("read").companies.is_empty());
    }

    /// U-01
    #[test]
    fn u01_a_notification_team_has_one_name_and_gets_no_invitation() {
        let team = TypedUser { user_type: "notification".into(), last_name: String::new(), ..typed() };
        let team = team.parse().expect("read");
        assert!(!team.send_now);
        assert_eq!(
            errors(TypedUser { last_name: String::new(), ..typed() }),
            [("last_name", Problem::Missing)]
        );
    }

    /// L-01
    #[test]
    fn l01_agents_are_agent_only_or_one_of_three() {
        for (agent, user_type, fits) in [
            ("yes", "agent", true),
            ("yes", "manager", true),
            ("yes", "notification", false),
            ("no", "agent", false),
            ("no", "notification", true),
        ] {
            let user = TypedUser { agent: agent.into(), user_type: user_type.into(), ..typed() };
            assert_eq!(user.kind().is_ok(), fits, "{agent} {user_type}");
        }
    }

    /// Seen to fail: with the last type of a list taken.
    #[test]
    fn x07_types_are_words_and_never_lists() {
        for bad in ["Reporting", "reporting ", "member,administrator", "owner", "аdministrator"] {
            assert_eq!(
                errors(TypedUser { user_type: bad.into(), ..typed() }),
                [("user_type", Problem::NotAChoice)]
            );
        }
    }

    /// U-02
    #[test]
    fn u02_only_administrators_get_invoice_emails() {
        assert!(!TypedUser { invoice_emails: true, ..typed() }.parse().expect("read").invoice_emails);
    }
}
