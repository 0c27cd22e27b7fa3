//! What groups give: the highest of their types, and the companies of all of them.

use std::collections::BTreeSet;

use crate::capability::includes;
use crate::id::CompanyId;
use crate::user::UserType;

/// The types that a group can be mapped to: of those who sign in, most first.
pub const TYPES: [UserType; 4] =
    [UserType::Administrator, UserType::Manager, UserType::Reporting, UserType::Agent];

/// What an administrator has said of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The type that it gives.
    pub user_type: UserType,
    /// Whether it gives all companies that are in use.
    pub all_companies: bool,
    /// Else these.
    pub companies: BTreeSet<CompanyId>,
}

/// What somebody is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// The type.
    pub user_type: UserType,
    /// The companies; none where the type has all.
    pub companies: BTreeSet<CompanyId>,
}

impl Granted {
    /// Whether it is all that somebody has of this type and these companies.
    pub fn is_enough_for(&self, user_type: UserType, agent: bool, companies: &BTreeSet<CompanyId>) -> bool {
        let gives = (self.user_type, self.user_type == UserType::Agent);
        let has_all = self.user_type.has_all_companies();
        includes(gives, (user_type, agent)) && (has_all || companies.is_subset(&self.companies))
    }
}

/// What these groups give together; without any, `default` and no company. `in_use` are the companies of the account.
pub fn granted(groups: &[&Mapping], default: UserType, in_use: &BTreeSet<CompanyId>) -> Granted {
    let given = |user_type: &UserType| groups.iter().any(|group| group.user_type == *user_type);
    let user_type = TYPES.into_iter().find(given).unwrap_or(default);
    let of = |group: &&Mapping| if group.all_companies { in_use.clone() } else { group.companies.clone() };
    let companies = match user_type.has_all_companies() {
        true => BTreeSet::new(),
        false => groups.iter().flat_map(of).collect(),
    };
    Granted { user_type, companies }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seen to fail: with the last of the types in place of the highest.
    #[test]
    fn a08_the_highest_type_and_all_companies_of_ones_groups() {
        let id = |n: u8| format!("COM{n:032x}").parse::<CompanyId>().expect("an id");
        let group = |user_type, all_companies, companies: &[u8]| Mapping {
            user_type,
            all_companies,
            companies: companies.iter().map(|n| id(*n)).collect(),
        };
        let in_use: BTreeSet<CompanyId> = [id(1), id(2), id(3)].into();
        let of =
            |groups: &[Mapping]| granted(&groups.iter().collect::<Vec<_>>(), UserType::Reporting, &in_use);
        let is = |user_type, companies: &[u8]| Granted {
            user_type,
            companies: companies.iter().map(|n| id(*n)).collect(),
        };
        let (manager, agent) = (group(UserType::Manager, false, &[1]), group(UserType::Agent, false, &[2]));
        assert_eq!(of(&[]), is(UserType::Reporting, &[]));
        assert_eq!(of(&[manager.clone(), agent.clone()]), is(UserType::Manager, &[1, 2]));
        assert_eq!(
            of(&[agent.clone(), group(UserType::Reporting, true, &[])]),
            is(UserType::Reporting, &[1, 2, 3])
        );
        assert_eq!(
            of(&[group(UserType::Administrator, false, &[]), agent]),
            is(UserType::Administrator, &[])
        );
    }
}
