//! The capability registry: the permission matrix as data, in one place (P-16).
//!
//! The matrix page, the promotion pop-up, refusals, passes and the golden permission file are all
//! derived from [`REGISTRY`]. What a new one needs beside its line here stands in
//! `CONTRIBUTING.md`.

use crate::user::UserType;

/// How far a user type has a capability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// Not at all.
    No,
    /// Only inside Lead Center (P-04 of agents).
    LeadCenterOnly,
    /// Only for leads the person can see (P-05 of agents).
    VisibleLeadsOnly,
    /// Fully.
    Yes,
}

impl Mark {
    /// Its key for programs.
    pub fn key(self) -> &'static str {
        match self {
            Mark::No => "no",
            Mark::LeadCenterOnly => "lead_center_only",
            Mark::VisibleLeadsOnly => "visible_leads_only",
            Mark::Yes => "yes",
        }
    }
}

/// One line of the matrix.
#[derive(Debug)]
pub struct Line {
    /// Which capability.
    pub capability: Capability,
    /// Its row, such as `P-08`.
    pub row: &'static str,
    /// Its key for programs: `rollcall explain` and `/may/{capability}`.
    pub key: &'static str,
    /// Marks of administrator, manager, reporting, agent (also what the agent flag adds) and notification.
    marks: [Mark; 5],
    /// Whether having it is access. What is not (P-20) is a duty: it may be given by who has it not, and
    /// losing it makes no demotion.
    pub is_access: bool,
}

/// Names the capability that a pass proves. Each capability has one type of its name in [`proof`].
pub trait Proves: Send + Sync + 'static {
    /// The capability; `None` for being an active user of the account and no more.
    const CAPABILITY: Option<Capability>;
    /// Whether it lets keys in that are narrowed, whatever to.
    const ANY_KEY: bool = false;
}

macro_rules! registry {
    ($($(#[$doc:meta])* $name:ident $row:literal $key:literal [$a:ident $m:ident $r:ident $g:ident $n:ident] $is_access:literal)*) => {
        /// A thing a user may do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Capability { $($(#[$doc])* $name,)* }

        /// All lines, in the order of the matrix.
        pub static REGISTRY: &[Line] = &[$(Line {
            capability: Capability::$name,
            row: $row,
            key: $key,
            marks: [Mark::$a, Mark::$m, Mark::$r, Mark::$g, Mark::$n],
            is_access: $is_access,
        },)*];

        /// A type for each capability, so that a pass says in its type what it proves.
        pub mod proof {
            use super::{Capability, Proves};
            $($(#[$doc])* #[derive(Clone, Copy, Debug)] pub enum $name {}
            impl Proves for $name { const CAPABILITY: Option<Capability> = Some(Capability::$name); })*

            /// Proves no capability: the person is an active user of the account. For what is their own: keys of theirs that
            /// are narrowed are not let in.
            #[derive(Clone, Copy, Debug)]
            pub enum AnyUser {}
            impl Proves for AnyUser { const CAPABILITY: Option<Capability> = None; }

            /// Proves no capability: the person is an active user of the account, and comes themselves or by any key of
            /// theirs, however narrowed. What it opens shows nothing of companies but those of the place, and asks for a
            /// capability where it does more.
            #[derive(Clone, Copy, Debug)]
            pub enum AnyKey {}
            impl Proves for AnyKey { const CAPABILITY: Option<Capability> = None; const ANY_KEY: bool = true; }
        }
    };
}

registry! {
    /// Receive and respond to notification and summary emails.
    ReceiveNotifications "P-01" "receive_notifications" [Yes Yes Yes No Yes] true
    /// Read call recordings, reports and the call log.
    ReadCalls "P-02" "read_calls" [Yes Yes Yes No No] true
    /// Open and review Lead Center.
    UseLeadCenter "P-03" "use_lead_center" [Yes Yes Yes Yes No] true
    /// Receive calls and place outbound calls.
    PlaceCalls "P-04" "place_calls" [Yes Yes Yes LeadCenterOnly No] true
    /// Tag calls, write notes, mark calls as qualified leads.
    WorkLeads "P-05" "work_leads" [Yes Yes Yes VisibleLeadsOnly No] true
    /// Set up and disable integrations.
    ManageIntegrations "P-06" "manage_integrations" [Yes Yes No No No] true
    /// Create, edit, disable tracking numbers and call flows.
    ManageTrackers "P-07" "manage_trackers" [Yes Yes No No No] true
    /// Create, change, delete users of equal or lesser access.
    ManageUsers "P-08" "manage_users" [Yes No No No No] true
    /// Create and disable companies.
    ManageCompanies "P-09" "manage_companies" [Yes No No No No] true
    /// Activate and edit white label settings.
    ManageWhiteLabel "P-10" "manage_white_label" [Yes No No No No] true
    /// View invoices, update the card, change the pricing plan.
    ManageBilling "P-11" "manage_billing" [Yes No No No No] true
    /// Bulk enablement tools.
    BulkEnable "P-12" "bulk_enable" [Yes No No No No] true
    /// Close or pause the account.
    CloseAccount "P-13" "close_account" [Yes No No No No] true
    /// Be rung, queued and shown as available in Lead Center.
    AnswerLeads "P-20" "answer_leads" [No No No Yes No] false
}

impl Capability {
    /// Its line of the matrix.
    pub fn line(self) -> &'static Line {
        &REGISTRY[self as usize]
    }

    /// The capability of a key such as `manage_users`.
    pub fn of_key(key: &str) -> Option<Capability> {
        REGISTRY.iter().find(|line| line.key == key).map(|line| line.capability)
    }
}

/// How far a user of this type, with or without the agent flag, has `capability`.
pub fn mark(user_type: UserType, agent: bool, capability: Capability) -> Mark {
    let marks = &capability.line().marks;
    let own = marks[column(user_type)];
    if agent { own.max(marks[column(UserType::Agent)]) } else { own }
}

/// Whether everything that a user of type `less` may do, one of type `more` may do too (U-10, U-13).
pub fn includes((more, more_agent): (UserType, bool), (less, less_agent): (UserType, bool)) -> bool {
    REGISTRY
        .iter()
        .filter(|line| line.is_access)
        .all(|line| mark(more, more_agent, line.capability) >= mark(less, less_agent, line.capability))
}

fn column(user_type: UserType) -> usize {
    match user_type {
        UserType::Administrator => 0,
        UserType::Manager => 1,
        UserType::Reporting => 2,
        UserType::Agent => 3,
        UserType::Notification => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P-16
    #[test]
    fn p16_the_registry_is_in_the_order_of_the_enum_and_keys_are_unique() {
        for (index, line) in REGISTRY.iter().enumerate() {
            assert_eq!(line.capability as usize, index);
            assert_eq!(Capability::of_key(line.key), Some(line.capability));
            assert_eq!(REGISTRY.iter().filter(|other| other.row == line.row).count(), 1, "{}", line.row);
        }
    }
}
