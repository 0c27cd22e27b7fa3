//! What holds of every change of whatever access.

use proptest::prelude::*;

use super::*;
use crate::scim::TYPES;
use crate::user::may_manage;

fn any_access() -> impl Strategy<Value = Access> {
    let types = prop::sample::select(UserType::ALL);
    let states = prop::sample::select(UserStatus::ALL);
    (types, states, any::<bool>(), any::<bool>()).prop_map(|(user_type, status, agent, invoice_emails)| {
        let mut access = access(user_type, status);
        access.agent |= agent && user_type.has_login();
        access.invoice_emails = invoice_emails && user_type == UserType::Administrator;
        if !user_type.has_all_companies() {
            access.companies.extend([company(2), company(3)]);
        }
        access
    })
}

fn any_change() -> impl Strategy<Value = Change> {
    let types = || prop::sample::select(UserType::ALL);
    let some_company = || (0_u8..5).prop_map(company);
    let companies = || prop::collection::btree_set(some_company(), 0..3);
    prop_oneof![
        some_company().prop_map(Change::Give),
        some_company().prop_map(Change::Take),
        types().prop_map(Change::Promote),
        (types(), companies()).prop_map(|(to, companies)| Change::Replace { to, companies }),
        (prop::sample::select(&TYPES[..]), companies())
            .prop_map(|(to, companies)| Change::Provide { to, companies }),
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
            // Whom no group of a directory gives a company has none.
            let may_have_none = matches!(change, Change::Provide { .. });
            prop_assert!(after.user_type.has_all_companies() || !after.companies.is_empty() || may_have_none);
            prop_assert!(after.user_type.has_login() || after.login.is_none() || after.status == UserStatus::Deleted);
            prop_assert!(after.user_type != UserType::Agent || after.agent);
            prop_assert!(after.user_type != UserType::Notification || !after.agent);
            prop_assert!(!after.invoice_emails || after.user_type == UserType::Administrator);
        }
    }

    /// U-01, L-01, X-10. What is new to somebody is a company in use, for agents one that uses Lead Center; and who
    /// becomes an agent has no other. Seen to fail: with `offered` left out of `plan`, and with `retain` out of `kept`.
    #[test]
    fn l01_nobody_is_given_a_company_that_does_not_fit(before in any_access(), change in any_change()) {
        let around = around();
        if let Ok(Plan { after, .. }) = plan(&administrator(), &around, &before, &change) {
            let becomes_agent = after.user_type == UserType::Agent && before.user_type != UserType::Agent;
            for company in &after.companies {
                let state = around.companies.get(company);
                prop_assert!(state.is_some());
                let is_new = !before.companies.contains(company);
                let CompanyState { disabled, lead_center } = state.copied().unwrap();
                prop_assert!(!is_new || !disabled && (lead_center || !after.agent));
                prop_assert!(!becomes_agent || lead_center);
            }
        }
    }
}
