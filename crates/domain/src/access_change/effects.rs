//! What a change of access means for a person: who gains or loses what. For the page that shows it beforehand.

use std::collections::BTreeSet;

use super::{Access, Plan};
use crate::capability::{Capability, Mark, REGISTRY, mark};
use crate::id::CompanyId;
use crate::user::UserStatus;

/// Which companies somebody reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// All, present and future.
    All,
    /// These.
    Only(BTreeSet<CompanyId>),
}

/// What a change does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effects {
    /// What is new or reaches further, and how far it then reaches.
    pub gains: Vec<(Capability, Mark)>,
    /// What is gone or reaches less far, and how far it still reaches.
    pub loses: Vec<(Capability, Mark)>,
    /// The companies reached before.
    pub reached: Reach,
    /// The companies reached after.
    pub reaches: Reach,
    /// Whether they could sign in to the account before, and can after.
    pub signs_in: (bool, bool),
    /// Whether they got notifications before, and do after.
    pub is_notified: (bool, bool),
    /// Whether they got invoices before, and do after.
    pub gets_invoices: (bool, bool),
}

/// What `plan` does. Of who is invited, what they will have counts; of who is suspended, what they would get back, where
/// it is not now that they get or lose it.
pub fn effects(plan: &Plan) -> Effects {
    let (before, after) = (&plan.before, &plan.after);
    // Whole, so that a new field does not compile until somebody has said here what it does. When the access ends is
    // told by `Plan::at_the_end`.
    let Access { user_type: _, agent: _, status: _, login: _, companies: _, invoice_emails: _, ends_at: _ } =
        after;
    let (did_count, counts) = (counts(before, after.status), counts(after, before.status));
    let marks = || {
        REGISTRY.iter().map(|line| {
            let of = |access: &Access, counts| match counts {
                true => mark(access.user_type, access.agent, line.capability),
                false => Mark::No,
            };
            (line.capability, of(before, did_count), of(after, counts))
        })
    };
    Effects {
        gains: marks().filter(|(_, was, is)| is > was).map(|(what, _, is)| (what, is)).collect(),
        loses: marks().filter(|(_, was, is)| is < was).map(|(what, _, is)| (what, is)).collect(),
        reached: reach(before, did_count),
        reaches: reach(after, counts),
        signs_in: (signs_in(before), signs_in(after)),
        is_notified: (is_notified(plan, before), is_notified(plan, after)),
        gets_invoices: (gets_invoices(before), gets_invoices(after)),
    }
}

impl Reach {
    /// The companies reached here that `other` does not reach; `None` when that is all of them.
    pub fn beyond(&self, other: &Reach) -> Option<BTreeSet<CompanyId>> {
        match (self, other) {
            (Reach::All, Reach::All) | (Reach::Only(_), Reach::All) => Some(BTreeSet::new()),
            (Reach::All, Reach::Only(_)) => None,
            (Reach::Only(these), Reach::Only(those)) => Some(these.difference(those).cloned().collect()),
        }
    }
}

/// Whether what somebody has counts, when they stood, or then stand, at `other`.
fn counts(access: &Access, other: UserStatus) -> bool {
    match access.status {
        UserStatus::Pending | UserStatus::Active => true,
        UserStatus::Suspended => matches!(other, UserStatus::Suspended | UserStatus::Deleted),
        UserStatus::Deleted => false,
    }
}

fn reach(access: &Access, counts: bool) -> Reach {
    if !counts {
        return Reach::Only(BTreeSet::new());
    }
    if access.user_type.has_all_companies() { Reach::All } else { Reach::Only(access.companies.clone()) }
}

fn is_notified(plan: &Plan, access: &Access) -> bool {
    match access.status {
        UserStatus::Active => {
            mark(access.user_type, access.agent, Capability::ReceiveNotifications) != Mark::No
        }
        UserStatus::Pending => plan.was_notification,
        UserStatus::Suspended | UserStatus::Deleted => false,
    }
}

fn signs_in(access: &Access) -> bool {
    access.status == UserStatus::Active && access.login.is_some()
}

fn gets_invoices(access: &Access) -> bool {
    access.status == UserStatus::Active && access.invoice_emails
}
