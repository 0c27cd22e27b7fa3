//! What changes make of users, and that no sequence of them leaves an account without an administrator.

use proptest::prelude::*;

use super::*;
use crate::access::Companies;
use crate::id::Id as _;

fn company(n: u8) -> CompanyId {
    CompanyId::new(Timestamp::from_micros(0), u128::from(n))
}

fn administrator() -> Grants {
    Grants {
        user_type: UserType::Administrator,
        agent: false,
        status: UserStatus::Active,
        companies: Companies::All,
        white_label: false,
    }
}

fn around() -> Around {
    Around {
        now: Timestamp::from_micros(1_000),
        is_own: false,
        other_administrator: true,
        was_notification: false,
    }
}

fn access(user_type: UserType, status: UserStatus) -> Access {
    let has_login = user_type.has_login() && status != UserStatus::Pending;
    Access {
        user_type,
        agent: user_type == UserType::Agent,
        status,
        login: has_login.then(|| LoginId::new(Timestamp::from_micros(0), 1)),
        companies: if user_type.has_all_companies() { BTreeSet::new() } else { BTreeSet::from([company(1)]) },
        invoice_emails: false,
        ends_at: None,
    }
}

fn planned(before: &Access, change: &Change) -> Result<Plan, Obstacle> {
    plan(&administrator(), &around(), before, change)
}

/// U-10
#[test]
fn u10_replacing_keeps_companies_and_login_and_lowers_the_type() {
    let manager = access(UserType::Manager, UserStatus::Active);
    let companies = manager.companies.clone();
    let to = |to| planned(&manager, &Change::Replace { to, companies: companies.clone() });
    let lower = to(UserType::Reporting).expect("planned");
    assert_eq!(lower.after, Access { user_type: UserType::Reporting, ..manager.clone() });
    let team = to(UserType::Notification).expect("planned").after;
    assert_eq!((team.status, team.login), (UserStatus::Active, None));
    assert_eq!(to(UserType::Administrator), Err(Obstacle::NotNow), "that is a promotion");
    let nothing = Change::Replace { to: UserType::Reporting, companies: BTreeSet::new() };
    assert_eq!(planned(&manager, &nothing), Err(Obstacle::NoCompany));
}

/// U-09
#[test]
fn u09_who_only_got_notifications_is_invited_and_goes_back_when_that_is_revoked() {
    let team = access(UserType::Notification, UserStatus::Active);
    let invited = planned(&team, &Change::Promote(UserType::Manager)).expect("planned");
    assert_eq!((invited.after.status, invited.invitation), (UserStatus::Pending, InvitationFate::Sent));
    let was_notification = Around { was_notification: true, ..around() };
    let revoked =
        plan(&administrator(), &was_notification, &invited.after, &Change::Revoke).expect("planned");
    assert_eq!((revoked.after, revoked.invitation), (team, InvitationFate::Revoked));
}

/// U-21
#[test]
fn u21_an_end_lies_ahead_and_restoring_forgets_one_that_has_passed() {
    let manager = access(UserType::Manager, UserStatus::Active);
    assert_eq!(planned(&manager, &Change::EndAt(Some(around().now))), Err(Obstacle::EndPassed));
    let ended = Access { status: UserStatus::Suspended, ends_at: Some(around().now), ..manager.clone() };
    assert_eq!(planned(&ended, &Change::Restore).expect("planned").after, manager);
}

/// U-12, U-21
#[test]
fn u12_the_last_administrator_stays_and_for_good() {
    let last = access(UserType::Administrator, UserStatus::Active);
    let alone = Around { other_administrator: false, ..around() };
    let lower = Change::Replace { to: UserType::Manager, companies: BTreeSet::from([company(1)]) };
    let end = Change::EndAt(Some(around().now + UNDO));
    for change in [Change::Delete, Change::Suspend, lower, end] {
        let planned = plan(&administrator(), &alone, &last, &change);
        assert_eq!(planned, Err(Obstacle::LastAdministrator), "{change:?}");
    }
}

/// U-21. Seen to fail: before there was the rule.
#[test]
fn u21_whose_access_ends_can_not_move_the_end() {
    let end = Some(around().now + UNDO);
    let ending = Access { ends_at: end, ..access(UserType::Administrator, UserStatus::Active) };
    let own = Around { is_own: true, ..around() };
    let lasting = Access { ends_at: None, ..ending.clone() };
    let undo = Change::Undo { before: lasting, after: ending.clone() };
    for change in [Change::EndAt(None), Change::EndAt(Some(around().now + UNDO + UNDO)), undo] {
        let planned = plan(&administrator(), &own, &ending, &change);
        assert_eq!(planned, Err(Obstacle::Refused(Refusal::GreaterAccess)), "{change:?}");
    }
    assert!(plan(&administrator(), &own, &ending, &Change::Delete).is_ok());
}

/// U-22
#[test]
fn u22_what_was_changed_since_is_named() {
    let manager = access(UserType::Manager, UserStatus::Active);
    let deleted = planned(&manager, &Change::Delete).expect("planned");
    let undo = Change::Undo { before: deleted.before.clone(), after: deleted.after.clone() };
    assert_eq!(planned(&deleted.after, &undo).expect("planned").after, manager);
    let moved = Access { companies: BTreeSet::from([company(2)]), ..deleted.after };
    assert_eq!(planned(&moved, &undo), Err(Obstacle::ChangedSince(Part::Companies)));
}

/// U-20
#[test]
fn u20_a_suspended_user_loses_everything_and_gets_it_back() {
    let manager = access(UserType::Manager, UserStatus::Active);
    let suspended = planned(&manager, &Change::Suspend).expect("planned");
    let lost = effects(&suspended);
    assert!(lost.gains.is_empty() && lost.loses.len() == 7, "{lost:?}");
    assert_eq!((lost.signs_in, lost.reaches), ((true, false), Reach::Only(BTreeSet::new())));
    assert_eq!(planned(&suspended.after, &Change::Restore).expect("planned").after, manager);
}

fn any_access() -> impl Strategy<Value = Access> {
    let types = prop::sample::select(UserType::ALL);
    let states = prop::sample::select(UserStatus::ALL);
    (types, states, any::<bool>(), any::<bool>()).prop_map(|(user_type, status, agent, invoice_emails)| {
        let mut access = access(user_type, status);
        access.agent |= agent && user_type.has_login();
        access.invoice_emails = invoice_emails && user_type == UserType::Administrator;
        access
    })
}

fn any_change() -> impl Strategy<Value = Change> {
    let types = || prop::sample::select(UserType::ALL);
    let companies = || prop::collection::btree_set((0_u8..3).prop_map(company), 0..3);
    prop_oneof![
        types().prop_map(Change::Promote),
        (types(), companies()).prop_map(|(to, companies)| Change::Replace { to, companies }),
        (companies(), any::<bool>(), any::<bool>()).prop_map(|(companies, agent, invoice_emails)| {
            Change::Edit { companies, agent, invoice_emails }
        }),
        prop::option::of(0_i64..2_000).prop_map(|end| Change::EndAt(end.map(Timestamp::from_micros))),
        prop::sample::select(vec![Change::Suspend, Change::Restore, Change::Delete, Change::Revoke]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    /// U-13, X-07. Seen to fail: with both `manages` of `plan` left out.
    #[test]
    fn x07_u13_nobody_gives_or_touches_what_they_have_not(
        actor_type in prop::sample::select(UserType::ALL), before in any_access(), change in any_change()
    ) {
        let actor = Grants { user_type: actor_type, ..administrator() };
        if let Ok(plan) = plan(&actor, &around(), &before, &change) {
            for access in [&plan.before, &plan.after] {
                prop_assert!(may_manage(&actor, access.user_type, access.agent).is_ok());
            }
        }
    }

    /// U-22. Seen to fail: with the login of now kept by `undone`.
    #[test]
    fn u22_every_change_can_be_undone_exactly(before in any_access(), change in any_change()) {
        if let Ok(made) = planned(&before, &change) {
            let undo = Change::Undo { before: made.before.clone(), after: made.after.clone() };
            prop_assert_eq!(planned(&made.after, &undo).map(|plan| plan.after), Ok(before));
        }
    }

    /// U-12. Seen to fail: with `ends_at` left out of `is_lasting_administrator`.
    #[test]
    fn u12_a_lasting_administrator_is_never_lost_alone(before in any_access(), change in any_change()) {
        let alone = Around { other_administrator: false, ..around() };
        if before.is_lasting_administrator() && let Ok(plan) = plan(&administrator(), &alone, &before, &change) {
            let after = plan.after;
            prop_assert!(after.user_type == UserType::Administrator && after.status == UserStatus::Active);
            prop_assert_eq!(after.ends_at, None);
        }
    }

    /// U-10, U-11. Whatever is made of a user fits together: logins, flags and companies. Seen to fail: with the agent
    /// flag kept by `as_notification`.
    #[test]
    fn u10_every_change_leaves_a_whole_user(
        before in any_access(), change in any_change(), was_notification in any::<bool>()
    ) {
        // Who got notifications keeps the companies they got them of.
        let around = Around { was_notification: was_notification && !before.companies.is_empty(), ..around() };
        if let Ok(Plan { after, .. }) = plan(&administrator(), &around, &before, &change) {
            prop_assert!(after.user_type.has_all_companies() || !after.companies.is_empty());
            prop_assert!(after.user_type.has_login() || after.login.is_none() || after.status == UserStatus::Deleted);
            prop_assert!(after.user_type != UserType::Agent || after.agent);
            prop_assert!(after.user_type != UserType::Notification || !after.agent);
            prop_assert!(!after.invoice_emails || after.user_type == UserType::Administrator);
        }
    }
}
