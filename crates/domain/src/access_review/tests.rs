//! What is suggested never takes away what somebody uses, and nothing is suggested without evidence.

use proptest::prelude::*;

use super::*;

const NOW: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

fn evidence(user_type: UserType, agent: bool, used: &[Capability]) -> Evidence {
    Evidence {
        user_type,
        agent,
        status: UserStatus::Active,
        last_active_at: Some(NOW),
        watched_at: NOW - WATCHED,
        used: used.iter().copied().collect(),
    }
}

fn suggested(user_type: UserType, used: &[Capability]) -> Suggestion {
    suggest(&evidence(user_type, user_type == UserType::Agent, used), NOW)
}

/// U-23. Seen to fail: with `stays` always true, and with `max_by_key`.
#[test]
fn u23_the_least_type_that_would_do_is_suggested() {
    use Capability::{ManageTrackers, ManageUsers, ReadCalls, UseLeadCenter};
    use UserType::{Administrator, Agent, Manager, Notification, Reporting};
    assert_eq!(suggested(Administrator, &[ReadCalls]), Suggestion::Lower(Reporting));
    assert_eq!(suggested(Administrator, &[ReadCalls, ManageTrackers]), Suggestion::Lower(Manager));
    assert_eq!(suggested(Administrator, &[ManageUsers]), Suggestion::Fits);
    assert_eq!(suggested(Manager, &[]), Suggestion::Lower(Reporting));
    assert_eq!(suggested(Reporting, &[UseLeadCenter]), Suggestion::Fits, "agents get no emails");
    assert_eq!(suggested(Agent, &[]), Suggestion::Fits);
    assert_eq!(suggested(Notification, &[]), Suggestion::Fits);
}

/// U-23. Seen to fail: with the time left out of `suggest`, and with `watched_at` left out of what counts as unused.
#[test]
fn u23_who_was_not_here_and_who_is_new_are_told_apart() {
    let manager = evidence(UserType::Manager, false, &[]);
    let new = Evidence { watched_at: NOW - Span::days(13), ..manager.clone() };
    assert_eq!(suggest(&new, NOW), Suggestion::TooEarly);
    for last_active_at in [None, Some(NOW - Span::days(15))] {
        let away = Evidence { last_active_at, ..manager.clone() };
        assert_eq!(suggest(&away, NOW), Suggestion::Unused);
    }
    let suspended = Evidence { status: UserStatus::Suspended, ..manager };
    assert_eq!(suggest(&suspended, NOW), Suggestion::Unused);
}

/// U-23
#[test]
fn u23_words_read_back() {
    for decision in Decision::choices(UserType::Administrator, true, UserStatus::Active, false) {
        assert_eq!(decision.word().parse(), Ok(decision));
    }
    for outcome in Outcome::ALL {
        assert_eq!(outcome.word().parse(), Ok(outcome));
    }
    assert_eq!("".parse::<Decision>(), Err(Unknown));
}

/// U-23. Seen to fail: with `own` left out.
#[test]
fn u23_on_oneself_others_decide() {
    let choices = |status, own| Decision::choices(UserType::Manager, false, status, own);
    assert_eq!(choices(UserStatus::Active, true), [Decision::Keep]);
    assert!(choices(UserStatus::Active, false).contains(&Decision::Lower(UserType::Reporting)));
    assert_eq!(choices(UserStatus::Suspended, false), [Decision::Keep, Decision::Delete]);
}

fn any_type() -> impl Strategy<Value = UserType> {
    prop::sample::select(UserType::ALL)
}

proptest! {
    /// U-23. Seen to fail: with `stays` always true.
    #[test]
    fn u23_a_suggested_type_is_lower_and_leaves_what_was_used(
        from in any_type(), flag: bool, bits: u32, here: bool, days in 0_i64..40,
    ) {
        let agent = from == UserType::Agent || flag && from.has_login();
        let has = |capability: &Capability| mark(from, agent, *capability) != Mark::No;
        let all = REGISTRY.iter().map(|line| line.capability).filter(has);
        let used: Vec<Capability> = all.filter(|capability| bits & (1 << *capability as u32) != 0).collect();
        let given = Evidence {
            last_active_at: here.then_some(NOW),
            watched_at: NOW - Span::days(days),
            ..evidence(from, agent, &used)
        };
        let suggestion = suggest(&given, NOW);
        prop_assert_eq!(suggestion == Suggestion::TooEarly, days < 14);
        let Suggestion::Lower(to) = suggestion else { return Ok(()) };
        prop_assert!(here && to.has_login() && is_lower(from, agent, to));
        let after = agent_after(from, agent, to);
        for line in REGISTRY {
            let (was, is) = (mark(from, agent, line.capability), mark(to, after, line.capability));
            prop_assert!(is <= was || !line.is_access, "nothing is gained");
            let needed = used.contains(&line.capability) || line.capability == Capability::ReceiveNotifications;
            prop_assert!(is >= was || !needed, "what is used stays");
        }
        for &less in UserType::ALL {
            prop_assert!(!would_do((from, agent), less, &given.used) || breadth(less) >= breadth(to), "no less would do");
        }
    }
}
