//! Changes of a user's access. One pure function, [`plan`], says what a change makes of a user, or what stands in its
//! way; pages show it beforehand, and the operation then stores just that (U-08 to U-14, U-17, U-20 to U-22, L-04).

mod effects;
mod plan;

use std::collections::{BTreeMap, BTreeSet};

pub use effects::{Effects, Reach, effects, effects_for_executive, effects_in_use};
pub use plan::plan;

use crate::access::Refusal;
use crate::activity::Verb;
use crate::company::is_open_to;
use crate::id::{CompanyId, LoginId};
use crate::time::{Span, Timestamp};
use crate::user::{UserStatus, UserType};

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
    /// What Edit User offers (U-17, L-04).
    Edit {
        /// The companies; ignored for administrators.
        companies: BTreeSet<CompanyId>,
        /// The agent flag.
        agent: bool,
        /// Invoice emails.
        invoice_emails: bool,
    },
    /// To what their groups in a directory give, be it more or less; without a group no company.
    Provide {
        /// The type.
        to: UserType,
        /// The companies; none for administrators.
        companies: BTreeSet<CompanyId>,
    },
    /// One company more, from the company's own page (U-14).
    Give(CompanyId),
    /// One company less, from there.
    Take(CompanyId),
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

/// A [`Change`] without what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// To a type with more access.
    Promoted,
    /// To another type.
    Replaced,
    /// Companies, agent flag or invoice emails.
    Edited,
    /// What the groups in a directory give.
    Provided,
    /// Access off.
    Suspended,
    /// Access on.
    Restored,
    /// A last day, or none.
    EndSet,
    /// The last day has come.
    Ended,
    /// Gone.
    Deleted,
    /// The invitation taken back.
    Revoked,
    /// One of the others undone.
    Undone,
}

impl Change {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Change::Promote(_) => Kind::Promoted,
            Change::Replace { .. } => Kind::Replaced,
            Change::Edit { .. } | Change::Give(_) | Change::Take(_) => Kind::Edited,
            Change::Provide { .. } => Kind::Provided,
            Change::Suspend => Kind::Suspended,
            Change::Restore => Kind::Restored,
            Change::EndAt(_) => Kind::EndSet,
            Change::End => Kind::Ended,
            Change::Delete => Kind::Deleted,
            Change::Revoke => Kind::Revoked,
            Change::Undo { .. } => Kind::Undone,
        }
    }
}

impl Kind {
    const ALL: [Kind; 11] = [
        Kind::Promoted,
        Kind::Replaced,
        Kind::Edited,
        Kind::Provided,
        Kind::Suspended,
        Kind::Restored,
        Kind::EndSet,
        Kind::Ended,
        Kind::Deleted,
        Kind::Revoked,
        Kind::Undone,
    ];

    /// What the activity calls it.
    pub fn verb(self) -> Verb {
        match self {
            Kind::Promoted => Verb::UserPromoted,
            Kind::Replaced => Verb::UserReplaced,
            Kind::Edited => Verb::UserChanged,
            Kind::Provided => Verb::UserProvided,
            Kind::Suspended => Verb::UserSuspended,
            Kind::Restored => Verb::UserRestored,
            Kind::EndSet => Verb::UserEndSet,
            Kind::Ended => Verb::UserEnded,
            Kind::Deleted => Verb::UserDeleted,
            Kind::Revoked => Verb::InvitationRevoked,
            Kind::Undone => Verb::UserUndone,
        }
    }

    /// The kind that the activity calls so.
    pub fn of_key(key: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.verb().key() == key)
    }

    /// Whether it can be undone (U-22). Whose last day has come is restored instead.
    pub fn is_undoable(self) -> bool {
        !matches!(self, Kind::Ended | Kind::Undone)
    }
}

/// What a change depends on beside the user.
#[derive(Clone, Debug)]
pub struct Around {
    /// The present time.
    pub now: Timestamp,
    /// Whether another active administrator stays whose access does not end by itself (U-12).
    pub other_administrator: bool,
    /// Whether the pending user got notifications before they were invited to more (U-09).
    pub was_notification: bool,
    /// Where companies are chosen (replacing, editing, giving): the account's companies among those the user has and
    /// those asked for. Empty for every other change, none of which gives a company anew but undoing, which gives back
    /// what was there.
    pub companies: BTreeMap<CompanyId, CompanyState>,
    /// Whether another user has the address by now with which undoing brings them back.
    pub address_taken: bool,
    /// Whether a user has the sign-in by now that undoing would give back.
    pub login_taken: bool,
}

/// What of a company decides whether somebody can be given it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompanyState {
    /// It is out of use, and not shown for choosing (G-01).
    pub disabled: bool,
    /// Agents can be given it (L-01).
    pub lead_center: bool,
}

impl CompanyState {
    fn is_open_to(&self, agent: bool) -> bool {
        is_open_to(agent, self.lead_center)
    }
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
    /// Whether they get notifications while they are invited, as they did before (U-09).
    pub was_notification: bool,
}

impl Plan {
    /// What then happens when the access ends by itself (U-21).
    pub fn at_the_end(self) -> Plan {
        let after = Access { status: UserStatus::Suspended, ..self.after.clone() };
        Plan { before: self.after, after, invitation: InvitationFate::Untouched, ..self }
    }
}

/// Why a change can't be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// It would touch, or give, more than whoever asks has (U-13).
    Refused(Refusal),
    /// No active administrator would be left (U-12).
    LastAdministrator,
    /// The type offers less than the user has (U-10).
    NoPromotion,
    /// The type includes all the user has: that is promoting (U-10).
    IsPromotion,
    /// It is so already.
    Already(Already),
    /// It does not fit where the user stands now, which is here.
    NotNow(UserStatus),
    /// The type needs at least one company (U-01).
    NoCompany,
    /// It is the only company they have, and the type needs one (U-01).
    OnlyCompany,
    /// Agents can't be given a company that does not use Lead Center (L-01).
    NoLeadCenter,
    /// A company that this user can't be given: of another account, disabled, or without Lead Center for an agent.
    NotOffered,
    /// The moment has passed already (U-21).
    EndPassed,
    /// The user has been changed since: this differs first (U-22).
    ChangedSince(Part),
    /// Another user has the address or the sign-in by now (U-22).
    AddressTaken,
}

/// What is so already, so that there is nothing to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Already {
    /// The user is deleted.
    Deleted,
    /// The access is switched off.
    Suspended,
    /// The access is switched on.
    Active,
    /// They are of the type.
    OfType(UserType),
    /// They have the company.
    HasCompany,
    /// They have all companies, and none can be given or taken.
    HasAllCompanies,
    /// They do not have the company.
    LacksCompany,
    /// No invitation of theirs is open.
    NotInvited,
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
        // Whole, so that a new field does not compile until it is compared.
        let Access { user_type, agent, status, login, companies, invoice_emails, ends_at } = self;
        let differs = [
            (*status != other.status, Part::Status),
            (*user_type != other.user_type, Part::UserType),
            (*agent != other.agent, Part::Agent),
            (*login != other.login, Part::Login),
            (*companies != other.companies, Part::Companies),
            (*invoice_emails != other.invoice_emails, Part::InvoiceEmails),
            (*ends_at != other.ends_at, Part::EndsAt),
        ];
        differs.into_iter().find(|(differs, _)| *differs).map(|(_, part)| part)
    }
}

#[cfg(test)]
mod tests;
