//! C-01

use super::*;
use crate::id::Id as _;
use crate::time::Timestamp;

const OWN: &str = "ada@example.com";
const OTHER: &str = "ada@agency.example";

fn login(number: u128) -> LoginId {
    LoginId::new(Timestamp::from_micros(0), number)
}

fn place(account: u128, email: &str, status: UserStatus) -> Place {
    let at = Timestamp::from_micros(0);
    Place {
        account: AccountId::new(at, account),
        account_name: format!("Account {account}"),
        user: UserId::new(at, account),
        names: Names { first: "Ada".into(), last: "Reyes".into(), display: String::new() },
        user_type: UserType::Manager,
        status,
        email: email.to_owned(),
        version: 3,
    }
}

fn side(number: u128, email: &str, places: Vec<Place>) -> Side {
    Side { login: login(number), email: email.to_owned(), places, keys: vec![format!("key {number}")] }
}

/// One place each, in accounts 1 and 2.
fn two() -> (Side, Side) {
    let own = side(1, OWN, vec![place(1, OWN, UserStatus::Active)]);
    (own, side(2, OTHER, vec![place(2, OTHER, UserStatus::Suspended)]))
}

fn names(places: &[Place]) -> Vec<&str> {
    places.iter().map(|place| place.account_name.as_str()).collect()
}

/// C-01. Seen to fail: with the users of the other login readdressed whichever address is kept.
#[test]
fn c01_the_kept_address_becomes_that_of_the_users_who_had_the_other() {
    let (own, other) = two();
    let kept = plan(&own, &other, Keep::Own, &Around::default()).expect("nothing stands in the way");
    assert_eq!((kept.email.as_str(), kept.gone.as_str()), (OWN, OTHER));
    assert_eq!(names(&kept.readdressed), ["Account 2"]);
    let others = plan(&own, &other, Keep::Other, &Around::default()).expect("nothing stands in the way");
    assert_eq!((others.email.as_str(), others.gone.as_str()), (OTHER, OWN));
    assert_eq!(names(&others.readdressed), ["Account 1"]);
    for plan in [kept, others] {
        assert_eq!(
            (names(&plan.moves), names(&plan.afterwards)),
            (vec!["Account 2"], vec!["Account 1", "Account 2"])
        );
        assert_eq!(plan.keys, ["key 2"], "one's own keys stay");
    }
}

/// C-01. Seen to fail: with deleted users counted by `in_both`.
#[test]
fn c01_both_in_one_account_is_refused_by_name_unless_one_is_deleted_there() {
    let (own, mut other) = two();
    other.places.push(place(1, OTHER, UserStatus::Suspended));
    let refused = plan(&own, &other, Keep::Own, &Around::default());
    assert_eq!(refused, Err(Obstacle::BothIn(vec!["Account 1".to_owned()])));
    other.places[1].status = UserStatus::Deleted;
    let made = plan(&own, &other, Keep::Own, &Around::default()).expect("nothing stands in the way");
    assert_eq!(names(&made.moves), ["Account 2", "Account 1"], "who was deleted moves too");
    assert_eq!(names(&made.afterwards), ["Account 1", "Account 2"], "and is not told of");
    assert_eq!(names(&made.readdressed), ["Account 2"], "nor is their address");
}

/// C-01. Seen to fail: with the two ids not compared.
#[test]
fn c01_a_login_is_not_merged_with_itself_nor_while_another_merge_waits() {
    let (own, other) = two();
    assert_eq!(plan(&own, &own, Keep::Own, &Around::default()), Err(Obstacle::SameLogin));
    let around = Around { under_way: true, ..Around::default() };
    assert_eq!(plan(&own, &other, Keep::Own, &around), Err(Obstacle::UnderWay));
}

/// C-01, C-12. Seen to fail: with `runs` not looked at.
#[test]
fn c01_c12_who_runs_an_account_center_is_merged_into_by_others_alone() {
    let (own, other) = two();
    let around = Around { runs: vec!["Agency".to_owned()], ..Around::default() };
    let refused = Err(Obstacle::Executive(vec!["Agency".to_owned()]));
    assert_eq!(plan(&own, &other, Keep::Own, &around), refused);
}

/// C-01. Seen to fail: without `check_free`.
#[test]
fn c01_an_address_that_another_user_of_an_account_has_is_refused_there_alone() {
    let (own, other) = two();
    let around = Around { taken: [other.places[0].account.clone()].into(), ..Around::default() };
    let refused = plan(&own, &other, Keep::Own, &around);
    let accounts = vec!["Account 2".to_owned()];
    assert_eq!(refused, Err(Obstacle::AddressInAccounts { email: OWN.to_owned(), accounts }));
    assert!(plan(&own, &other, Keep::Other, &around).is_ok(), "their address stays in account 2");
}

/// The two logins as one, and the merge that made them so.
fn merged(keep: Keep) -> (Side, Made) {
    let (own, other) = two();
    let done = plan(&own, &other, keep, &Around::default()).expect("nothing stands in the way");
    let moved = |place: &Place| Moved {
        user: place.user.clone(),
        account_name: place.account_name.clone(),
        was_deleted: !place.is_there(),
        version: place.version + 1,
    };
    let made = Made {
        other: other.login.clone(),
        email: other.email.clone(),
        own_email: own.email.clone(),
        moved: done.moves.iter().map(moved).collect(),
    };
    let mut places = own.places;
    places.extend(other.places.into_iter().map(|place| Place { version: place.version + 1, ..place }));
    for place in &mut places {
        place.email.clone_from(&done.email);
    }
    (Side { email: done.email, places, ..side(1, OWN, Vec::new()) }, made)
}

/// C-01. Seen to fail: with the address of the remaining login left as it is.
#[test]
fn c01_undoing_gives_each_login_its_users_and_address_back() {
    for (keep, changed) in [(Keep::Own, vec!["Account 2"]), (Keep::Other, vec!["Account 1"])] {
        let (own, made) = merged(keep);
        let undo = plan_undo(&own, &made, &Around::default()).expect("nothing stands in the way");
        assert_eq!((undo.own_email.as_str(), undo.other_email.as_str()), (OWN, OTHER));
        assert_eq!((names(&undo.returns), names(&undo.stays)), (vec!["Account 2"], vec!["Account 1"]));
        let readdressed: Vec<&str> =
            undo.readdressed.iter().map(|(place, _)| place.account_name.as_str()).collect();
        assert_eq!((readdressed, undo.since), (changed, vec![]));
    }
}

/// C-01. Seen to fail: with versions not compared.
#[test]
fn c01_undoing_names_what_was_changed_since_and_leaves_it() {
    let (mut own, made) = merged(Keep::Own);
    own.places[1].version += 1;
    let undo = plan_undo(&own, &made, &Around::default()).expect("nothing stands in the way");
    assert_eq!(undo.since, [("Account 2".to_owned(), Since::Changed)]);
    own.places[1].status = UserStatus::Deleted;
    let undo = plan_undo(&own, &made, &Around::default()).expect("nothing stands in the way");
    assert_eq!(undo.since, [("Account 2".to_owned(), Since::Deleted)]);
    assert_eq!(names(&undo.returns), ["Account 2"], "undoing the deletion gives it to whose it was");
    assert_eq!(undo.readdressed, [], "an account learns no new address of whom it has deleted");
    own.places.remove(1);
    let undo = plan_undo(&own, &made, &Around::default()).expect("nothing stands in the way");
    assert_eq!((undo.since, undo.returns), (vec![("Account 2".to_owned(), Since::Elsewhere)], vec![]));
}

/// C-01. Seen to fail: with only the other login's address looked at.
#[test]
fn c01_undoing_is_refused_where_an_address_is_taken_by_then() {
    let (own, made) = merged(Keep::Other);
    for address in [OWN, OTHER] {
        let around = Around { other_logins: [address.to_owned()].into(), ..Around::default() };
        assert_eq!(plan_undo(&own, &made, &around), Err(Obstacle::AddressTaken(address.to_owned())));
    }
    let around = Around { taken: [own.places[0].account.clone()].into(), ..Around::default() };
    let accounts = vec!["Account 1".to_owned()];
    let refused = plan_undo(&own, &made, &around);
    assert_eq!(refused, Err(Obstacle::AddressInAccounts { email: OWN.to_owned(), accounts }));
}

/// C-01. Seen to fail: with the address of before always given back.
#[test]
fn c01_an_address_chosen_since_stays() {
    let (mut own, made) = merged(Keep::Other);
    own.email = "new@example.com".to_owned();
    let undo = plan_undo(&own, &made, &Around::default()).expect("nothing stands in the way");
    assert_eq!((undo.own_email.as_str(), undo.other_email.as_str()), ("new@example.com", OTHER));
}
