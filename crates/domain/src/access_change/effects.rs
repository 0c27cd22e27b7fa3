//! What a change of access means for a person: who gains or loses what. For the page that shows it beforehand.

use std::collections::BTreeSet;

use super::{Access, Plan};
use crate::access::{InUse, where_used};
use crate::capability::{Capability, Mark, REGISTRY, mark};
use crate::id::CompanyId;
use crate::user::{UserStatus, UserType};

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
    effects_in_use(plan, (InUse::All, InUse::All))
}

/// The same as pages show it, where the companies before and after are used so: what no company of theirs lets somebody do is
/// neither gained nor lost, as it is not among what they may do on their Home. What may be given is decided without
/// it, as companies come to be used otherwise.
pub fn effects_in_use(plan: &Plan, used: (InUse, InUse)) -> Effects {
    let (before, after) = (&plan.before, &plan.after);
    // Whole, so that a new field does not compile until somebody has said here what it does. When the access ends is
    // told by `Plan::at_the_end`.
    let Access { user_type: _, agent: _, status: _, login: _, companies: _, invoice_emails: _, ends_at: _ } =
        after;
    let (did_count, counts) = (counts(before, after.status), counts(after, before.status));
    let marks = || {
        REGISTRY.iter().map(|line| {
            let of = |access: &Access, counts, in_use| match counts {
                true => left(access, line.capability, in_use),
                false => Mark::No,
            };
            (line.capability, of(before, did_count, used.0), of(after, counts, used.1))
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

fn left(access: &Access, capability: Capability, in_use: InUse) -> Mark {
    let mark = mark(access.user_type, access.agent, capability);
    match mark {
        Mark::No => Mark::No,
        mark => where_used(capability, mark, in_use).unwrap_or(Mark::No),
    }
}

/// What `plan` does for an executive administrator: everything that an administrator may do, and all companies, they have
/// through the account center, whatever it makes of their user (C-10). What is the user's own, as being an agent and
/// emails, changes with it.
pub fn effects_for_executive(plan: &Plan) -> Effects {
    let done = effects(plan);
    let agent = |access: &Access| access.agent && access.status != UserStatus::Deleted;
    let marks = |access: &Access, own: bool, capability| match capability {
        Capability::ReceiveNotifications if own => Mark::Yes,
        Capability::ReceiveNotifications => Mark::No,
        capability => mark(UserType::Administrator, agent(access), capability),
    };
    let (was, is) = done.is_notified;
    let changed = || {
        REGISTRY.iter().map(|line| {
            let what = line.capability;
            (what, marks(&plan.before, was, what), marks(&plan.after, is, what))
        })
    };
    Effects {
        gains: changed().filter(|(_, was, is)| is > was).map(|(what, _, is)| (what, is)).collect(),
        loses: changed().filter(|(_, was, is)| is < was).map(|(what, _, is)| (what, is)).collect(),
        reached: Reach::All,
        reaches: Reach::All,
        signs_in: (true, true),
        ..done
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access_change::InvitationFate;

    fn access(user_type: UserType, agent: bool, status: UserStatus) -> Access {
        let companies = BTreeSet::new();
        Access { user_type, agent, status, login: None, companies, invoice_emails: false, ends_at: None }
    }

    /// C-10, U-11. Seen to fail: with the effects of everybody else.
    #[test]
    fn c10_from_an_executive_administrator_a_user_takes_what_is_the_users_own() {
        let before = access(UserType::Manager, true, UserStatus::Active);
        let of = |after: Access| {
            let invitation = InvitationFate::Untouched;
            effects_for_executive(&Plan {
                before: before.clone(),
                after,
                invitation,
                was_notification: false,
            })
        };
        let suspended = of(access(UserType::Manager, true, UserStatus::Suspended));
        assert_eq!(suspended.loses, [(Capability::ReceiveNotifications, Mark::No)]);
        assert_eq!(
            (suspended.reached, suspended.reaches, suspended.signs_in),
            (Reach::All, Reach::All, (true, true))
        );
        let deleted = of(access(UserType::Manager, true, UserStatus::Deleted)).loses;
        let lost: Vec<Capability> = deleted.iter().map(|(capability, _)| *capability).collect();
        let agents = |capability| {
            mark(UserType::Administrator, true, capability) > mark(UserType::Administrator, false, capability)
        };
        let wanted = REGISTRY.iter().map(|line| line.capability);
        let wanted = wanted.filter(|what| *what == Capability::ReceiveNotifications || agents(*what));
        assert_eq!(lost, wanted.collect::<Vec<_>>());
        let promoted = of(access(UserType::Administrator, true, UserStatus::Active));
        assert!(promoted.gains.is_empty() && promoted.loses.is_empty(), "they have it already");
    }

    /// L-01, U-20. Lead Center is neither gained nor lost where no company uses it, as Home says, and with the company that does.
    #[test]
    fn l01_u20_what_no_company_lets_them_do_is_neither_gained_nor_lost() {
        let plan = |from: UserType, to: UserType| Plan {
            before: access(from, false, UserStatus::Active),
            after: access(to, false, UserStatus::Active),
            invitation: InvitationFate::Untouched,
            was_notification: false,
        };
        let has =
            |marks: &[(Capability, Mark)]| marks.iter().any(|(what, _)| *what == Capability::UseLeadCenter);
        let (without, with) = (InUse::NoLeadCenter, InUse::LeadCenter);
        let up = plan(UserType::Notification, UserType::Manager);
        assert!(has(&effects_in_use(&up, (with, with)).gains));
        assert!(!has(&effects_in_use(&up, (without, without)).gains));
        let moved = plan(UserType::Manager, UserType::Manager);
        assert!(has(&effects_in_use(&moved, (without, with)).gains));
        assert!(has(&effects_in_use(&moved, (with, without)).loses));
        let whole = effects_in_use(&moved, (InUse::None, without)).gains;
        assert!(!whole.is_empty() && !has(&whole), "with the first company in use all but that");
    }
}
