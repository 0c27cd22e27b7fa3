//! Changes of a user's access. One pure function, [`plan`], says what a change makes of a user; pages show it
//! beforehand, and the operation then stores just that (U-08 to U-14, U-17, U-20 to U-22, L-04).

mod effects;

use std::collections::BTreeSet;

pub use effects::{Effects, Reach, effects};

use crate::access::{Grants, Refusal};
use crate::activity::Verb;
use crate::id::{CompanyId, LoginId};
use crate::time::{Span, Timestamp};
use crate::user::{UserStatus, UserType, is_promotion, may_manage};

/// How long a change can be undone (U-22).
pub const UNDO: Span = Span::days(30);

/// Everything of a user that decides what they may do and what they get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The type.
    pub user_type: UserType,
    /// The agent flag; always set for the type agent.
    pub agent: bool,
    /// Where the user stands.
    pub status: UserStatus,
    /// Whose place it is, once accepted.
    pub login: Option<LoginId>,
    /// The companies given; administrators have all without.
    pub companies: BTreeSet<CompanyId>,
    /// Whether invoices are mailed to them.
    pub invoice_emails: bool,
    /// When the access ends by itself (U-21).
    pub ends_at: Option<Timestamp>,
}

/// What is to be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// To a type that includes all the user has (U-08, U-09).
    Promote(UserType),
    /// Deleted and added back with a type that does not, in one go (U-10).
    Replace {
        /// The other type.
        to: UserType,
        /// The companies they keep or get; none for administrators.
        companies: BTreeSet<CompanyId>,
    },
    /// What Edit User offers (U-17, L-04) and the company's own page (U-14).
    Edit {
        /// The companies; ignored for administrators.
        companies: BTreeSet<CompanyId>,
        /// The agent flag.
        agent: bool,
        /// Invoice emails.
        invoice_emails: bool,
    },
    /// Access off, settings kept (U-20).
    Suspend,
    /// Access on again (U-20).
    Restore,
    /// A moment at which the access ends by itself, or none (U-21).
    EndAt(Option<Timestamp>),
    /// That moment has come (U-21).
    End,
    /// Gone (U-11).
    Delete,
    /// The invitation is taken back (U-06).
    Revoke,
    /// Back to what it was, if it still is what the change made of it (U-22).
    Undo {
        /// What the change began with.
        before: Access,
        /// What the change made of it.
        after: Access,
    },
}

impl Change {
    /// What the activity calls it.
    pub fn verb(&self) -> Verb {
        match self {
            Change::Promote(_) => Verb::UserPromoted,
            Change::Replace { .. } => Verb::UserReplaced,
            Change::Edit { .. } => Verb::UserChanged,
            Change::Suspend => Verb::UserSuspended,
            Change::Restore => Verb::UserRestored,
            Change::EndAt(_) => Verb::UserEndSet,
            Change::End => Verb::UserEnded,
            Change::Delete => Verb::UserDeleted,
            Change::Revoke => Verb::InvitationRevoked,
            Change::Undo { .. } => Verb::UserUndone,
        }
    }
}

/// What a change depends on beside the user.
#[derive(Clone, Copy, Debug)]
pub struct Around {
    /// The present time.
    pub now: Timestamp,
    /// Whether whoever asks changes their own access.
    pub is_own: bool,
    /// Whether another active administrator stays whose access does not end by itself (U-12).
    pub other_administrator: bool,
    /// Whether the pending user got notifications before they were invited to more (U-09).
    pub was_notification: bool,
}

/// What becomes of the user's invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationFate {
    /// Nothing.
    Untouched,
    /// A fresh one is mailed.
    Sent,
    /// A fresh one is made and not sent yet.
    Held,
    /// Its link stops working.
    Revoked,
}

/// What a change makes of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The access before.
    pub before: Access,
    /// The access after.
    pub after: Access,
    /// What becomes of the invitation.
    pub invitation: InvitationFate,
}

/// Why a change can't be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// It would touch, or give, more than whoever asks has (U-13).
    Refused(Refusal),
    /// No active administrator would be left (U-12).
    LastAdministrator,
    /// The type offers less than the user has, or the same (U-10).
    NoPromotion,
    /// It does not fit where the user stands now.
    NotNow,
    /// The type needs at least one company (U-01).
    NoCompany,
    /// The moment has passed already (U-21).
    EndPassed,
    /// The user has been changed since: this differs first (U-22).
    ChangedSince(Part),
}

/// A part of [`Access`], for naming what stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The type.
    UserType,
    /// The agent flag.
    Agent,
    /// The status.
    Status,
    /// The sign-in.
    Login,
    /// The companies.
    Companies,
    /// Invoice emails.
    InvoiceEmails,
    /// The end.
    EndsAt,
}

impl Access {
    /// Whether this is an administrator with whom an account can be left: active, and not only for a while.
    pub fn is_lasting_administrator(&self) -> bool {
        self.user_type == UserType::Administrator
            && self.status == UserStatus::Active
            && self.ends_at.is_none()
    }

    fn first_difference(&self, other: &Access) -> Option<Part> {
        let differs = [
            (self.status != other.status, Part::Status),
            (self.user_type != other.user_type, Part::UserType),
            (self.agent != other.agent, Part::Agent),
            (self.login != other.login, Part::Login),
            (self.companies != other.companies, Part::Companies),
            (self.invoice_emails != other.invoice_emails, Part::InvoiceEmails),
            (self.ends_at != other.ends_at, Part::EndsAt),
        ];
        differs.into_iter().find(|(differs, _)| *differs).map(|(_, part)| part)
    }
}

/// What `change` makes of a user with the access `before`, when whoever holds `actor` asks for it.
pub fn plan(actor: &Grants, around: &Around, before: &Access, change: &Change) -> Result<Plan, Obstacle> {
    manages(actor, before)?;
    let (after, invitation) = changed(around, before, change)?;
    manages(actor, &after)?;
    // Whose access ends can't make it last longer (U-21).
    if around.is_own && before.ends_at.is_some() && after.ends_at != before.ends_at {
        return Err(Obstacle::Refused(Refusal::GreaterAccess));
    }
    let is_last = before.is_lasting_administrator() && !around.other_administrator;
    if is_last && !after.is_lasting_administrator() {
        return Err(Obstacle::LastAdministrator);
    }
    Ok(Plan { before: before.clone(), after, invitation })
}

fn manages(actor: &Grants, access: &Access) -> Result<(), Obstacle> {
    may_manage(actor, access.user_type, access.agent).map_err(Obstacle::Refused)
}

fn changed(around: &Around, before: &Access, change: &Change) -> Result<(Access, InvitationFate), Obstacle> {
    use InvitationFate::{Revoked, Untouched};
    let is = |status| before.status == status;
    let to = |status| Access { status, ..before.clone() };
    match change {
        Change::Undo { before: to, after: made } => undone(before, to, made),
        _ if is(UserStatus::Deleted) => Err(Obstacle::NotNow),
        Change::Promote(to) => promoted(before, *to),
        Change::Replace { to, companies } => replaced(before, *to, companies),
        Change::Edit { companies, agent, invoice_emails } => {
            edited(before, companies, *agent, *invoice_emails).map(|after| (after, Untouched))
        }
        Change::Suspend | Change::End if is(UserStatus::Active) => Ok((to(UserStatus::Suspended), Untouched)),
        Change::Restore if is(UserStatus::Suspended) => {
            // A moment that has passed would end it again at once.
            let ends_at = before.ends_at.filter(|end| *end > around.now);
            Ok((Access { ends_at, ..to(UserStatus::Active) }, Untouched))
        }
        Change::EndAt(Some(end)) if *end <= around.now => Err(Obstacle::EndPassed),
        Change::EndAt(ends_at) => Ok((Access { ends_at: *ends_at, ..before.clone() }, Untouched)),
        Change::Revoke if is(UserStatus::Pending) && around.was_notification => {
            Ok((as_notification(before), Revoked))
        }
        Change::Revoke | Change::Delete if is(UserStatus::Pending) => Ok((to(UserStatus::Deleted), Revoked)),
        Change::Delete => Ok((to(UserStatus::Deleted), Untouched)),
        Change::Suspend | Change::End | Change::Restore | Change::Revoke => Err(Obstacle::NotNow),
    }
}

fn promoted(before: &Access, to: UserType) -> Result<(Access, InvitationFate), Obstacle> {
    if !matches!(before.status, UserStatus::Pending | UserStatus::Active) {
        return Err(Obstacle::NotNow);
    }
    if !is_promotion(before.user_type, before.agent, to) {
        return Err(Obstacle::NoPromotion);
    }
    let mut after = Access { user_type: to, ..before.clone() };
    if !before.user_type.has_login() {
        after.status = UserStatus::Pending;
        return Ok((after, InvitationFate::Sent));
    }
    // Until they accept, pending users keep their companies: some go on getting notifications of them (U-09).
    if to.has_all_companies() && before.status == UserStatus::Active {
        after.companies.clear();
    }
    Ok((after, InvitationFate::Untouched))
}

fn replaced(
    before: &Access,
    to: UserType,
    companies: &BTreeSet<CompanyId>,
) -> Result<(Access, InvitationFate), Obstacle> {
    let is_other = to != before.user_type && !is_promotion(before.user_type, before.agent, to);
    if !is_other || !matches!(before.status, UserStatus::Pending | UserStatus::Active) {
        return Err(Obstacle::NotNow);
    }
    if companies.is_empty() && !to.has_all_companies() {
        return Err(Obstacle::NoCompany);
    }
    let after = Access {
        user_type: to,
        agent: to.has_login()
            && (to == UserType::Agent || before.agent && before.user_type != UserType::Agent),
        companies: companies.clone(),
        invoice_emails: before.invoice_emails && to == UserType::Administrator,
        ..before.clone()
    };
    Ok(match (before.status, to.has_login(), before.login.is_some()) {
        (UserStatus::Pending, false, _) => (as_notification(&after), InvitationFate::Revoked),
        (_, false, _) => (as_notification(&after), InvitationFate::Untouched),
        (_, true, true) => (after, InvitationFate::Untouched),
        (_, true, false) => (Access { status: UserStatus::Pending, ..after }, InvitationFate::Sent),
    })
}

/// A notification user is active from the start and has no login.
fn as_notification(access: &Access) -> Access {
    Access {
        user_type: UserType::Notification,
        agent: false,
        status: UserStatus::Active,
        login: None,
        ..access.clone()
    }
}

fn edited(
    before: &Access,
    companies: &BTreeSet<CompanyId>,
    agent: bool,
    invoice_emails: bool,
) -> Result<Access, Obstacle> {
    let has_all = before.user_type.has_all_companies();
    if companies.is_empty() && !has_all {
        return Err(Obstacle::NoCompany);
    }
    // Agents are agents, and who only gets notifications is none.
    let is_free = before.user_type.has_login() && before.user_type != UserType::Agent;
    Ok(Access {
        companies: if has_all { before.companies.clone() } else { companies.clone() },
        agent: if is_free { agent } else { before.agent },
        invoice_emails: invoice_emails && before.user_type == UserType::Administrator,
        ..before.clone()
    })
}

/// Exactly what was, unless something was changed since. Who was pending is so again, with a link that is not sent yet:
/// earlier ones stay dead.
fn undone(now: &Access, to: &Access, made: &Access) -> Result<(Access, InvitationFate), Obstacle> {
    if let Some(part) = made.first_difference(now) {
        return Err(Obstacle::ChangedSince(part));
    }
    let fate = match (made.status, to.status) {
        (UserStatus::Pending, UserStatus::Pending) => InvitationFate::Untouched,
        (UserStatus::Pending, _) => InvitationFate::Revoked,
        (_, UserStatus::Pending) => InvitationFate::Held,
        _ => InvitationFate::Untouched,
    };
    Ok((to.clone(), fate))
}

#[cfg(test)]
mod tests;
