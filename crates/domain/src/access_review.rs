//! Access reviews: what shows that somebody uses what they may, which lesser type would do, and what is decided on them
//! (U-23).

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::access_change::Change;
use crate::capability::{Capability, Mark, REGISTRY, mark};
use crate::id::CompanyId;
use crate::input::Problem;
use crate::name;
use crate::time::{Span, Timestamp};
use crate::user::{Unknown, UserStatus, UserType, agent_after, is_lower, lower_types};

/// How long somebody is watched before what they did not use says anything.
pub const WATCHED: Span = Span::days(14);

/// The longest reason.
pub const MAX_REASON: usize = 200;

/// What is decided on a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Everything stays as it is.
    Keep,
    /// Deleted and added back with this type, which allows less (U-10).
    Lower(UserType),
    /// Access off, settings kept (U-20).
    Suspend,
    /// Gone (U-11).
    Delete,
}

impl Decision {
    /// The word in the database, forms and exports: that of the type, where it is lowered.
    pub fn word(self) -> &'static str {
        match self {
            Decision::Keep => "keep",
            Decision::Lower(to) => to.word(),
            Decision::Suspend => "suspend",
            Decision::Delete => "delete",
        }
    }

    /// What there is to decide on a user like this, least change first. On oneself others decide.
    pub fn choices(user_type: UserType, agent: bool, status: UserStatus, own: bool) -> Vec<Decision> {
        let active = status == UserStatus::Active;
        let lower = lower_types(user_type, agent).into_iter().rev().map(Decision::Lower);
        let lower = lower.filter(|_| active || status == UserStatus::Pending);
        let suspend = active.then_some(Decision::Suspend);
        let changes = lower.chain(suspend).chain([Decision::Delete]).filter(|_| !own);
        std::iter::once(Decision::Keep).chain(changes).collect()
    }

    /// The change of access that it is; `companies` are those a lower type gets. None where everything stays.
    pub fn change(self, companies: BTreeSet<CompanyId>) -> Option<Change> {
        match self {
            Decision::Keep => None,
            Decision::Lower(to) => Some(Change::Replace { to, companies }),
            Decision::Suspend => Some(Change::Suspend),
            Decision::Delete => Some(Change::Delete),
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Decision {
    type Err = Unknown;

    fn from_str(word: &str) -> Result<Decision, Unknown> {
        match word {
            "keep" => Ok(Decision::Keep),
            "suspend" => Ok(Decision::Suspend),
            "delete" => Ok(Decision::Delete),
            word => word.parse().map(Decision::Lower),
        }
    }
}

/// A reason that was typed, on one line; it may be empty.
pub fn reason(typed: &str) -> Result<String, Problem> {
    let line = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = name::message(&line)?.unwrap_or_default();
    if line.chars().count() > MAX_REASON { Err(Problem::TooLong { max: MAX_REASON }) } else { Ok(line) }
}

/// What became of a decision when the review was finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was carried out.
    Done,
    /// The user had been changed since it was decided.
    Changed,
    /// The account would have been left without an administrator (U-12).
    LastAdministrator,
    /// Something else stood in the way.
    Failed,
}

impl Outcome {
    const ALL: [Outcome; 4] = [Outcome::Done, Outcome::Changed, Outcome::LastAdministrator, Outcome::Failed];

    /// The word in the database and in exports.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::Changed => "changed_meanwhile",
            Outcome::LastAdministrator => "last_administrator",
            Outcome::Failed => "not_possible",
        }
    }
}

impl FromStr for Outcome {
    type Err = Unknown;

    fn from_str(word: &str) -> Result<Outcome, Unknown> {
        Outcome::ALL.into_iter().find(|outcome| outcome.word() == word).ok_or(Unknown)
    }
}

/// What is known of how somebody used their access.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The type.
    pub user_type: UserType,
    /// The agent flag.
    pub agent: bool,
    /// Where they stand.
    pub status: UserStatus,
    /// When they were last here.
    pub last_active_at: Option<Timestamp>,
    /// Since when their present access is watched.
    pub watched_at: Timestamp,
    /// What they have used.
    pub used: BTreeSet<Capability>,
}

/// What the evidence suggests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suggestion {
    /// They have not been watched for long enough.
    TooEarly,
    /// They use what no lesser type allows, or there is none.
    Fits,
    /// This type would do for all that they have used.
    Lower(UserType),
    /// They were not here at all.
    Unused,
}

/// What the evidence suggests at the moment `now`.
///
/// What somebody does always passes a gate, so what no gate has seen was not used. Emails are got without doing
/// anything: nobody is suggested to lose them.
pub fn suggest(evidence: &Evidence, now: Timestamp) -> Suggestion {
    let Evidence { user_type, agent, status, last_active_at, watched_at, used } = evidence;
    if now.since(*watched_at) < WATCHED {
        return Suggestion::TooEarly;
    }
    // There is nothing that shows whether somebody reads their emails.
    if !user_type.has_login() {
        return Suggestion::Fits;
    }
    if *status != UserStatus::Active || last_active_at.is_none_or(|at| at <= *watched_at) {
        return Suggestion::Unused;
    }
    let least = UserType::ALL.iter().filter(|to| would_do((*user_type, *agent), **to, used));
    least.min_by_key(|to| breadth(**to)).map_or(Suggestion::Fits, |to| Suggestion::Lower(*to))
}

/// Whether `to` takes something away and leaves all that was used, and emails, as they are. A lower type that does so gives
/// nothing.
fn would_do((from, agent): (UserType, bool), to: UserType, used: &BTreeSet<Capability>) -> bool {
    let after = agent_after(from, agent, to);
    let is_needed = |capability| used.contains(&capability) || capability == Capability::ReceiveNotifications;
    let stays =
        |capability| !is_needed(capability) || mark(to, after, capability) >= mark(from, agent, capability);
    to.has_login() && is_lower(from, agent, to) && REGISTRY.iter().all(|line| stays(line.capability))
}

/// How much a type allows, for telling which is least.
fn breadth(user_type: UserType) -> usize {
    REGISTRY
        .iter()
        .filter(|line| line.is_access && mark(user_type, false, line.capability) != Mark::No)
        .count()
}

#[cfg(test)]
mod tests;
