//! What would have to change for somebody to be allowed something (P-18).

use crate::access::{Companies, CompanyUse, Grants, InUse, Target, decide, decide_anywhere, decide_in};
use crate::capability::{Capability, Mark, REGISTRY, mark};
use crate::id::CompanyId;
use crate::user::{UserStatus, UserType, promotions};

/// One thing to be done for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The user was deleted: they are created once more.
    CreateAgain,
    /// The company is enabled again.
    EnableCompany(CompanyId),
    /// The company's leads are worked in Lead Center from then on.
    UseLeadCenter(CompanyId),
    /// The user is suspended, or their access has ended: it is switched on again.
    Restore,
    /// The user gets a type with more access.
    Promote(UserType),
    /// The user becomes an agent beside their type.
    AgentFlag,
    /// The user gets a company.
    GiveCompany(CompanyId),
    /// The user accepts their invitation.
    Accept,
}

impl Step {
    /// Its key for programs.
    pub fn key(&self) -> &'static str {
        match self {
            Step::CreateAgain => "create_again",
            Step::EnableCompany(_) => "enable_company",
            Step::UseLeadCenter(_) => "use_lead_center",
            Step::Restore => "restore",
            Step::Promote(_) => "promote",
            Step::AgentFlag => "agent_flag",
            Step::GiveCompany(_) => "give_company",
            Step::Accept => "accept",
        }
    }

    /// What is known of the user once it is done.
    pub fn applied(&self, mut grants: Grants) -> Grants {
        match self {
            Step::CreateAgain => grants.status = invited(grants.user_type),
            Step::Restore | Step::Accept => grants.status = UserStatus::Active,
            Step::AgentFlag => grants.agent = true,
            // Nothing of the user.
            Step::EnableCompany(_) | Step::UseLeadCenter(_) => {}
            Step::Promote(to) => {
                // Who had no login gets an invitation first (U-09).
                if !grants.user_type.has_login() && grants.status == UserStatus::Active {
                    grants.status = invited(*to);
                }
                grants.user_type = *to;
                if to.has_all_companies() {
                    grants.companies = Companies::All;
                }
            }
            Step::GiveCompany(company) => {
                if let Companies::Only(some) = &mut grants.companies {
                    some.insert(company.clone());
                }
            }
        }
        grants
    }
}

/// The smallest change by which `capability` would be allowed: nothing where it is already, `None` where no change of
/// this user helps. Of two changes the one that gives less is smaller, and of two that give the same the shorter one.
pub fn smallest_change(grants: &Grants, capability: Capability, target: &Target) -> Option<Vec<Step>> {
    least(grants, target, |_, after| decide(after, capability, target).is_ok())
}

/// The same for what is done in a company: what the company lacks comes first.
pub fn smallest_change_in(
    grants: &Grants,
    capability: Capability,
    company: &CompanyUse,
) -> Option<Vec<Step>> {
    let target = Target::Company(company.id.clone());
    let mut found: Vec<Vec<Step>> = Vec::new();
    for (first, company) in made_fit(company) {
        let allows = |steps: &[Step], after: &Grants| {
            // What the pages offer: companies in use, and to agents those that use Lead Center (L-01).
            let is_offered = !company.disabled && (company.lead_center || !after.agent);
            let gives = steps.iter().any(|step| matches!(step, Step::GiveCompany(_)));
            (is_offered || !gives) && decide_in(after, capability, &company).is_ok()
        };
        let steps = least(grants, &target, allows);
        found.extend(steps.map(|steps| [first, steps].concat()));
    }
    shortest(grants, found)
}

/// The same for wherever the user has access, which is in these companies.
pub fn smallest_change_anywhere(
    grants: &Grants,
    capability: Capability,
    companies: &[CompanyUse],
) -> Option<Vec<Step>> {
    let allows =
        |_: &[Step], after: &Grants| decide_anywhere(after, capability, InUse::of(after, companies)).is_ok();
    // Of companies that are used alike, one stands for all.
    let alike = [(false, false), (false, true), (true, false), (true, true)];
    let first = |kind| companies.iter().find(|company| (company.disabled, company.lead_center) == kind);
    let there = alike.into_iter().filter_map(first);
    let there = there.filter_map(|company| smallest_change_in(grants, capability, company));
    shortest(grants, least(grants, &Target::Account, allows).into_iter().chain(there).collect())
}

/// The company with nothing, some or all of what it lacks, and what has to be done to it for that.
fn made_fit(company: &CompanyUse) -> Vec<(Vec<Step>, CompanyUse)> {
    let mut found = vec![(Vec::new(), company.clone())];
    if company.disabled {
        let enable = vec![Step::EnableCompany(company.id.clone())];
        found.push((enable, CompanyUse { disabled: false, ..company.clone() }));
    }
    if !company.lead_center {
        let with = |(steps, company): &(Vec<Step>, CompanyUse)| {
            let steps = [steps.as_slice(), &[Step::UseLeadCenter(company.id.clone())]].concat();
            (steps, CompanyUse { lead_center: true, ..company.clone() })
        };
        let more: Vec<_> = found.iter().map(with).collect();
        found.extend(more);
    }
    found
}

fn shortest(grants: &Grants, found: Vec<Vec<Step>>) -> Option<Vec<Step>> {
    found.into_iter().min_by_key(|steps| (given(grants, &apply(grants.clone(), steps)), steps.len()))
}

fn least(grants: &Grants, target: &Target, allows: impl Fn(&[Step], &Grants) -> bool) -> Option<Vec<Step>> {
    let mut candidates: Vec<(Vec<Step>, Grants)> =
        candidates(grants, target).into_iter().map(|steps| finished(grants, steps)).collect();
    candidates.sort_by_key(|(steps, after)| (given(grants, after), steps.len()));
    candidates.into_iter().find(|(steps, after)| allows(steps, after)).map(|(steps, _)| steps)
}

/// How much more a user has: all companies or not, how much of the matrix, how many companies.
pub fn given(before: &Grants, after: &Grants) -> (bool, u32, usize) {
    let marks = |of: &Grants| -> u32 {
        REGISTRY.iter().map(|line| size(mark(of.user_type, of.agent, line.capability))).sum()
    };
    let companies = |of: &Grants| match &of.companies {
        Companies::All => None,
        Companies::Only(some) => Some(some.len()),
    };
    let (had, has) = (companies(before), companies(after));
    let more = has.unwrap_or_default().saturating_sub(had.unwrap_or_default());
    (had.is_some() && has.is_none(), marks(after).saturating_sub(marks(before)), more)
}

fn size(mark: Mark) -> u32 {
    match mark {
        Mark::No => 0,
        Mark::LeadCenterOnly | Mark::VisibleLeadsOnly => 1,
        Mark::Yes => 2,
    }
}

/// What can be given to a user, in every combination.
fn candidates(grants: &Grants, target: &Target) -> Vec<Vec<Step>> {
    let types = promotions(grants.user_type, grants.agent).into_iter().map(Step::Promote);
    let company = match target {
        Target::Company(company) | Target::Integration { company, .. } => Some(company.clone()),
        Target::Account | Target::User { .. } => None,
    };
    let gifts: [Vec<Step>; 3] = [
        types.collect(),
        if grants.agent { Vec::new() } else { vec![Step::AgentFlag] },
        company.into_iter().map(Step::GiveCompany).collect(),
    ];
    let mut found = vec![Vec::new()];
    for choices in gifts {
        let with = |steps: &Vec<Step>| -> Vec<Vec<Step>> {
            choices.iter().map(|step| [steps.as_slice(), std::slice::from_ref(step)].concat()).collect()
        };
        let longer: Vec<Vec<Step>> = found.iter().flat_map(with).collect();
        found.extend(longer);
    }
    // Who has no login is no agent (L-01).
    let fits = |steps: &Vec<Step>| {
        !steps.contains(&Step::AgentFlag) || apply(grants.clone(), steps).user_type.has_login()
    };
    found.retain(fits);
    found
}

/// The steps with what makes the user active before and after them.
fn finished(grants: &Grants, gifts: Vec<Step>) -> (Vec<Step>, Grants) {
    let first = match grants.status {
        UserStatus::Deleted => Some(Step::CreateAgain),
        UserStatus::Suspended => Some(Step::Restore),
        UserStatus::Pending | UserStatus::Active => None,
    };
    let mut steps: Vec<Step> = first.into_iter().chain(gifts).collect();
    let after = apply(grants.clone(), &steps);
    if after.status != UserStatus::Pending {
        return (steps, after);
    }
    steps.push(Step::Accept);
    (steps, Step::Accept.applied(after))
}

/// What is known of a user once all of it is done.
pub fn apply(grants: Grants, steps: &[Step]) -> Grants {
    steps.iter().fold(grants, |grants, step| step.applied(grants))
}

fn invited(user_type: UserType) -> UserStatus {
    if user_type.has_login() { UserStatus::Pending } else { UserStatus::Active }
}

#[cfg(test)]
mod tests;
