//! Which types lie above another, which below, and what a promotion gains (U-08, U-10): derived from the matrix.

use super::UserType;
use crate::access::{InUse, where_used};
use crate::capability::{Capability, Mark, REGISTRY, includes, mark};

/// The types a user can be promoted to: those that include all the user has (U-08, U-10), least first.
pub fn promotions(user_type: UserType, agent: bool) -> Vec<UserType> {
    let above = |to: &&UserType| **to != user_type && is_promotion(user_type, agent, **to);
    UserType::ALL.iter().rev().filter(above).copied().collect()
}

/// Whether `to` is a promotion for a user of this type: no capability is lost (U-10).
pub fn is_promotion(user_type: UserType, agent: bool, to: UserType) -> bool {
    to != user_type && to.has_login() && includes((to, agent), (user_type, agent))
}

/// Whether `to` takes something away from a user of this type (U-10).
pub fn is_lower(user_type: UserType, agent: bool, to: UserType) -> bool {
    to != user_type && !is_promotion(user_type, agent, to)
}

/// The agent flag of whoever is deleted and added back with another type: it stays where it was beside a type that signs
/// in, and agents are agents.
pub fn agent_after(user_type: UserType, agent: bool, to: UserType) -> bool {
    to.has_login() && (to == UserType::Agent || agent && user_type != UserType::Agent)
}

/// The types a user can be given that are no promotion (U-10), least first.
pub fn lower_types(user_type: UserType, agent: bool) -> Vec<UserType> {
    UserType::ALL.iter().rev().filter(|to| is_lower(user_type, agent, **to)).copied().collect()
}

/// The matrix split by what a promotion changes: the three columns of the pop-up.
#[derive(Debug, Default)]
pub struct Gains {
    /// What the user has now, and how far.
    pub has_now: Vec<(Capability, Mark)>,
    /// What is new or reaches further, and how far.
    pub gains: Vec<(Capability, Mark)>,
    /// What the user will still not have.
    pub still_not: Vec<Capability>,
}

/// What changes for a user when their type becomes `to` (U-08), in companies that are used so before and after.
pub fn gains((from, was): (UserType, InUse), (to, is): (UserType, InUse), agent: bool) -> Gains {
    let mut split = Gains::default();
    for capability in REGISTRY.iter().map(|line| line.capability) {
        let left = |user_type, in_use| match mark(user_type, agent, capability) {
            Mark::No => Mark::No,
            mark => where_used(capability, mark, in_use).unwrap_or(Mark::No),
        };
        let (before, after) = (left(from, was), left(to, is));
        if before != Mark::No {
            split.has_now.push((capability, before));
        }
        if after > before {
            split.gains.push((capability, after));
        }
        if after == Mark::No {
            split.still_not.push(capability);
        }
    }
    split
}

#[cfg(test)]
mod tests {
    use super::*;

    /// U-08, U-10
    #[test]
    fn u08_u10_promotions_are_derived_and_never_lose_anything() {
        use UserType::{Administrator, Agent, Manager, Notification, Reporting};
        assert_eq!(promotions(Notification, false), [Reporting, Manager, Administrator]);
        assert_eq!(promotions(Agent, true), [Reporting, Manager, Administrator]);
        assert_eq!(promotions(Reporting, false), [Manager, Administrator]);
        assert_eq!(promotions(Administrator, false), []);
        for &from in UserType::ALL {
            for to in promotions(from, false) {
                assert!(!is_promotion(to, false, from), "{from:?} and {to:?} can't be above each other");
            }
        }
    }

    /// U-08
    #[test]
    fn u08_gains_split_the_whole_matrix() {
        let split = gains((UserType::Agent, InUse::All), (UserType::Reporting, InUse::All), true);
        let rows = |marks: &[(Capability, Mark)]| marks.iter().map(|(c, _)| c.line().row).collect::<Vec<_>>();
        assert_eq!(rows(&split.has_now), ["P-03", "P-04", "P-05", "P-20"]);
        assert_eq!(
            rows(&split.gains),
            ["P-01", "P-02", "P-04", "P-05"],
            "two of them reach further than before"
        );
        assert_eq!(split.still_not.len(), REGISTRY.len() - 6);
    }
}
