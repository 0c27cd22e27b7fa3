use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::access::Refusal;
use crate::account_center::Standing;

fn company(letter: char) -> CompanyId {
    format!("COM{}", letter.to_string().repeat(32)).parse().expect("an id")
}

fn some_grants() -> impl Strategy<Value = Grants> {
    let user_type = prop::sample::select(UserType::ALL);
    let status = prop::sample::select(UserStatus::ALL);
    (user_type, status, any::<bool>(), any::<bool>(), prop::sample::subsequence(vec!['a', 'b', 'c'], 0..=3))
        .prop_map(|(user_type, status, agent, white_label, companies)| Grants {
            user_type,
            // What the types allow (L-01).
            agent: user_type == UserType::Agent || (agent && user_type.has_login()),
            status,
            companies: match user_type.has_all_companies() {
                true => Companies::All,
                false => Companies::Only(companies.into_iter().map(company).collect()),
            },
            white_label,
            ends_at: None,
            scope: crate::api_key::Scope::whole(),
        })
}

fn some_target() -> impl Strategy<Value = Target> {
    prop_oneof![
        Just(Target::Account),
        Just(Target::Company(company('a'))),
        any::<bool>().prop_map(|names_product| Target::Integration { company: company('a'), names_product }),
        (prop::sample::select(UserType::ALL), any::<bool>())
            .prop_map(|(user_type, agent)| Target::User { user_type, agent }),
    ]
}

fn some_capability() -> impl Strategy<Value = Capability> {
    (0..REGISTRY.len()).prop_map(|index| REGISTRY[index].capability)
}

/// Every way from `grants` in at most five steps, each of them one that there is at that point: found without
/// [`candidates`].
fn ways(grants: &Grants, depth: u32) -> Vec<(Vec<Step>, Grants)> {
    let mut found = vec![(Vec::new(), grants.clone())];
    if depth == 0 {
        return found;
    }
    let mut next: Vec<Step> = match grants.status {
        UserStatus::Deleted => vec![Step::CreateAgain],
        UserStatus::Suspended => vec![Step::Restore],
        UserStatus::Pending => vec![Step::Accept],
        UserStatus::Active => Vec::new(),
    };
    // Who is switched off is switched on before they get more.
    if matches!(grants.status, UserStatus::Pending | UserStatus::Active) {
        next.extend(promotions(grants.user_type, grants.agent).into_iter().map(Step::Promote));
        next.push(Step::GiveCompany(company('a')));
        if grants.user_type.has_login() {
            next.push(Step::AgentFlag);
        }
    }
    for step in next {
        for (rest, after) in ways(&step.applied(grants.clone()), depth - 1) {
            found.push(([vec![step.clone()], rest].concat(), after));
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// P-18. Seen to fail: with the candidates sorted by their length alone, with `finished` never adding
    /// `Accept`, and with `GiveCompany` left out of the candidates.
    #[test]
    fn p18_the_change_allows_it_and_no_smaller_one_does(
        grants in some_grants(), capability in some_capability(), target in some_target(),
    ) {
        let allowed = |after: &Grants| decide(after, capability, &target).is_ok();
        let found = smallest_change(&grants, capability, &target);
        let helping = ways(&grants, 5).into_iter().filter(|(_, after)| allowed(after));
        let least = helping.map(|(steps, after)| (given(&grants, &after), steps.len())).min();
        match &found {
            None => prop_assert_eq!(least, None),
            Some(steps) => {
                let after = apply(grants.clone(), steps);
                prop_assert!(allowed(&after), "{:?}", steps);
                prop_assert_eq!(Some((given(&grants, &after), steps.len())), least);
            }
        }
        prop_assert_eq!(found == Some(Vec::new()), allowed(&grants));
    }

    /// Nothing that is missing is out of reach, but for what only a user without white label, or of another
    /// account, could have. Seen to fail: with `promotions` left out.
    #[test]
    fn p18_something_always_helps(
        grants in some_grants(), capability in some_capability(), target in some_target(),
    ) {
        prop_assert!(smallest_change(&grants, capability, &target).is_some());
    }
}

fn reporting() -> Grants {
    Grants {
        user_type: UserType::Reporting,
        agent: false,
        status: UserStatus::Active,
        companies: Companies::Only(BTreeSet::from([company('b')])),
        white_label: false,
        ends_at: None,
        scope: crate::api_key::Scope::whole(),
    }
}

/// P-18. Seen to fail: as above.
#[test]
fn p18_the_least_that_helps_comes_first() {
    use Capability::{AnswerLeads, ManageTrackers, ManageUsers, ReadCalls};
    let here = Target::Company(company('a'));
    let of = |grants: Grants, capability, target: &Target| {
        smallest_change(&grants, capability, target).expect("something helps")
    };
    let give = Step::GiveCompany(company('a'));
    assert_eq!(of(reporting(), ReadCalls, &Target::Account), []);
    assert_eq!(of(reporting(), ReadCalls, &here), std::slice::from_ref(&give));
    assert_eq!(of(reporting(), AnswerLeads, &here), [Step::AgentFlag, give.clone()]);
    // Two steps, but they give less than making them an administrator at once.
    assert_eq!(of(reporting(), ManageTrackers, &here), [Step::Promote(UserType::Manager), give]);
    assert_eq!(of(reporting(), ManageUsers, &here), [Step::Promote(UserType::Administrator)]);
    let suspended = Grants { status: UserStatus::Suspended, ..reporting() };
    assert_eq!(of(suspended, ReadCalls, &Target::Account), [Step::Restore]);
    let pending = Grants { status: UserStatus::Pending, ..reporting() };
    assert_eq!(of(pending, ReadCalls, &Target::Account), [Step::Accept]);
    let deleted = Grants { status: UserStatus::Deleted, ..reporting() };
    assert_eq!(of(deleted, ReadCalls, &Target::Account), [Step::CreateAgain, Step::Accept]);
    let team = Grants { user_type: UserType::Notification, ..reporting() };
    assert_eq!(of(team, ReadCalls, &Target::Account), [Step::Promote(UserType::Reporting), Step::Accept]);
}

/// P-18, L-01. What the company and the user lack is told together. Seen to fail: with `made_fit` giving the company
/// alone, and with `is_offered` always true.
#[test]
fn p18_what_the_company_lacks_is_told_with_what_the_user_lacks() {
    use Capability::{PlaceCalls, ReadCalls, UseLeadCenter};
    let here = |disabled, lead_center| CompanyUse { id: company('a'), disabled, lead_center };
    let (enable, lead_center, give) = (
        Step::EnableCompany(company('a')),
        Step::UseLeadCenter(company('a')),
        Step::GiveCompany(company('a')),
    );
    let agent = Grants { user_type: UserType::Agent, agent: true, ..reporting() };
    let change =
        |grants: &Grants, capability, company: &CompanyUse| smallest_change_in(grants, capability, company);
    let steps = Some(vec![lead_center.clone(), give.clone()]);
    assert_eq!(change(&agent, PlaceCalls, &here(false, false)), steps);
    let flagged = Grants { agent: true, ..reporting() };
    assert_eq!(change(&flagged, ReadCalls, &here(false, false)), steps);
    let steps = Some(vec![enable.clone(), lead_center.clone(), give.clone()]);
    assert_eq!(change(&agent, UseLeadCenter, &here(true, false)), steps);
    assert_eq!(change(&reporting(), ReadCalls, &here(false, false)), Some(vec![give.clone()]));
    assert_eq!(change(&reporting(), ReadCalls, &here(true, false)), Some(vec![enable.clone(), give]));
    let all = Grants { user_type: UserType::Administrator, companies: Companies::All, ..reporting() };
    assert_eq!(change(&all, UseLeadCenter, &here(false, false)), Some(vec![lead_center.clone()]));
    assert_eq!(change(&all, ReadCalls, &here(true, false)), Some(Vec::new()));
    let own = Grants { companies: Companies::Only(BTreeSet::from([company('a')])), ..agent };
    let anywhere =
        |disabled, lead_center| smallest_change_anywhere(&own, UseLeadCenter, &[here(disabled, lead_center)]);
    assert_eq!(anywhere(false, true), Some(Vec::new()));
    assert_eq!(anywhere(false, false), Some(vec![lead_center]));
    assert_eq!(anywhere(true, true), Some(vec![enable]));
}

/// P-17
#[test]
fn p17_refusals_have_keys_of_their_own() {
    let all = [
        Refusal::NotActive(UserStatus::Pending),
        Refusal::Lacks(Capability::ReadCalls),
        Refusal::OutsideCompanies,
        Refusal::CompanyDisabled,
        Refusal::NoLeadCenter,
        Refusal::GreaterAccess,
        Refusal::OutlastsOwn,
        Refusal::NamesProduct,
        Refusal::Center(Standing::Everywhere),
        Refusal::Center(Standing::Executive),
    ];
    let keys: BTreeSet<&str> = all.iter().map(|refusal| refusal.key()).collect();
    assert_eq!(keys.len(), all.len());
}
