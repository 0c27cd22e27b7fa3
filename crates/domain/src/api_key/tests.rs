use super::*;
use crate::access::{
    Companies, CompanyUse, Grants, InUse, Outside, Refusal, Target, decide, decide_anywhere, decide_entry,
    decide_in, decide_writing,
};
use crate::input::Problem;

fn now() -> Timestamp {
    Timestamp::end_of_day("2026-03-01", "UTC").expect("a day")
}

fn company(digit: &str) -> CompanyId {
    format!("COM{}", digit.repeat(32)).parse().expect("an id")
}

fn scopes() -> Vec<Scope> {
    let all = REGISTRY.iter().map(|line| line.capability);
    let each = all.map(|capability| Some(BTreeSet::from([capability])));
    let several = BTreeSet::from([Capability::ManageUsers, Capability::ReceiveNotifications]);
    let capabilities = each.chain([None, Some(BTreeSet::new()), Some(several)]);
    let of =
        |capabilities: Option<BTreeSet<Capability>>| {
            [(false, false), (false, true), (true, false), (true, true)].map(|(reads_only, in_companies)| {
                Scope { reads_only, capabilities: capabilities.clone(), in_companies }
            })
        };
    capabilities.flat_map(of).collect()
}

fn targets() -> Vec<Target> {
    let user = |user_type| [true, false].map(|agent| Target::User { user_type, agent });
    let integration = |names_product| Target::Integration { company: company("1"), names_product };
    let others = [
        Target::Account,
        Target::Company(company("1")),
        Target::Company(company("2")),
        integration(true),
        integration(false),
    ];
    UserType::ALL.iter().copied().flat_map(user).chain(others).collect()
}

/// A key never does what its owner may not, nor what it is not narrowed to, for whatever it is asked.
#[test]
fn a07_a_key_does_what_both_its_owner_and_its_scope_allow() {
    let here = CompanyUse { id: company("1"), disabled: false, lead_center: true };
    for user_type in UserType::ALL.iter().copied() {
        for agent in [false, true] {
            let owner = Grants {
                companies: Companies::Only(BTreeSet::from([company("1")])),
                ..Grants::of_type(user_type, agent)
            };
            for scope in scopes() {
                let key = Grants { scope: scope.clone(), ..owner.clone() };
                for line in REGISTRY {
                    let capability = line.capability;
                    for target in targets() {
                        let by_key = decide(&key, capability, &target);
                        if by_key.is_ok() {
                            assert_eq!(by_key, decide(&owner, capability, &target));
                            assert!(scope.has(capability), "{scope:?} {capability:?} {target:?}");
                        }
                        let is_account = !matches!(target, Target::Company(_) | Target::Integration { .. });
                        assert!(
                            by_key.is_err() || !(scope.in_companies && is_account),
                            "{scope:?} {target:?}"
                        );
                        if let (Ok(_), Target::User { user_type, agent }) = (&by_key, &target) {
                            assert!(scope.covers(*user_type, *agent), "{scope:?} gives {user_type:?}");
                        }
                    }
                    if decide_in(&key, capability, &here).is_ok() {
                        assert_eq!(decide_in(&key, capability, &here), decide_in(&owner, capability, &here));
                        assert!(scope.has(capability));
                    }
                    let anywhere = decide_anywhere(&key, capability, InUse::LeadCenter);
                    assert!(anywhere.is_err() || scope.has(capability) && !scope.in_companies);
                }
            }
        }
    }
}

/// What is somebody's own is not for keys that are narrowed, and nothing is changed by one that only reads.
#[test]
fn a07_what_is_ones_own_and_what_changes_something_is_asked_of_the_key() {
    for scope in scopes() {
        let (narrow, reads_only) = (scope.is_narrow(), scope.reads_only);
        let key = Grants { scope, ..Grants::of_type(UserType::Administrator, false) };
        assert_eq!(decide_entry(&key, None, false).is_err(), narrow);
        assert_eq!(decide_entry(&key, None, true), Ok(()));
        let expected = if reads_only { Err(Refusal::OutsideKey(Outside::Reading)) } else { Ok(()) };
        assert_eq!(decide_writing(&key), expected);
    }
}

fn typed() -> TypedKey {
    TypedKey {
        name: " Nightly export ".into(),
        account: format!("ACC{}", "a".repeat(32)),
        which: "some".into(),
        companies: vec![company("1").to_string()],
        may: "some".into(),
        capabilities: vec!["read_calls".into()],
        ends: "7".into(),
        ..TypedKey::default()
    }
}

fn wrong(typed: &TypedKey) -> Vec<(&'static str, Problem)> {
    let errors = typed.parse(now(), "UTC").expect_err("it is wrong");
    errors.into_iter().map(|error| (error.field, error.problem)).collect()
}

/// What was chosen is what the key gets, and nothing chosen is no choice: it is neither nothing nor all.
#[test]
fn a07_nothing_chosen_is_refused_and_never_all() {
    let key = typed().parse(now(), "UTC").unwrap();
    assert_eq!((key.name.as_str(), key.companies.len()), ("Nightly export", 1));
    assert_eq!(key.scope.words().as_deref(), Some("read_calls"));
    assert_eq!(capabilities_of("read_calls,gone"), key.scope.capabilities.clone().unwrap());
    assert_eq!(key.expires_at, Some(now() + Span::days(7)));
    assert_eq!(
        wrong(&TypedKey { companies: vec![], capabilities: vec![], ..typed() }),
        [("company", Problem::Missing), ("capability", Problem::Missing)]
    );
    // Neither is a word that no form of ours sends, nor something ticked beside "all".
    for which in ["", "all", "none"] {
        assert_eq!(wrong(&TypedKey { which: which.into(), ..typed() }), [("company", Problem::NotAChoice)]);
        assert_eq!(wrong(&TypedKey { may: which.into(), ..typed() }), [("capability", Problem::NotAChoice)]);
    }
    assert_eq!(
        wrong(&TypedKey { capabilities: vec!["read_calls".into(), "fly".into()], ..typed() }),
        [("capability", Problem::NotAChoice)]
    );
    let many = vec![company("1").to_string(); MOST_COMPANIES + 1];
    assert_eq!(
        wrong(&TypedKey { companies: many, ..typed() }),
        [("company", Problem::TooMany { max: MOST_COMPANIES })]
    );
    assert_eq!(wrong(&TypedKey { account: String::new(), ..typed() }), [("account", Problem::NotAChoice)]);
}

/// A key ends when it was said, at the end of that day, or never.
#[test]
fn a07_a_key_ends_when_it_was_said() {
    let ends = |ends: &str, ends_on: &str| {
        let typed = TypedKey { ends: ends.into(), ends_on: ends_on.into(), ..typed() };
        typed.parse(now(), "America/New_York").map(|key| key.expires_at).map_err(|errors| errors[0].problem)
    };
    for days in DAYS {
        assert_eq!(ends(&days.to_string(), ""), Ok(Some(now() + Span::days(days))));
    }
    assert_eq!(ends("never", ""), Ok(None));
    assert_eq!(ends("day", "2026-03-02"), Ok(Timestamp::end_of_day("2026-03-02", "America/New_York")));
    assert_eq!(ends("day", "2026-02-27"), Err(Problem::DayPassed));
    assert_eq!(ends("day", "soon"), Err(Problem::NotADay));
    assert_eq!(ends("day", ""), Err(Problem::Missing));
    assert_eq!(ends("14", ""), Err(Problem::NotAChoice));
    let end = Some(now());
    assert!(goes_on(None, now()) && !goes_on(end, now()) && goes_on(end, Timestamp::from_micros(0)));
}
