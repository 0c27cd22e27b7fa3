//! What was changed can be undone for 30 days, exactly (U-22).

use app::{Conflict, Refused};
use domain::access_change::{Change, Part, UNDO};
use domain::user::{UserStatus, UserType};

use super::{is_in, only};
use crate::desk::{Desk, assert_refused};

/// U-22. Seen to fail: with `login_id = $7` set to NULL by every deletion.
#[tokio::test]
async fn u22_a_deletion_is_undone_exactly_and_once() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, company) = (Desk::of(&world, &account), account.company("Downtown").await);
        let (id, natalie) =
            account.join("natalie@example.com", UserType::Manager, std::slice::from_ref(&company)).await;
        desk.delete(&id).await.unwrap();
        assert_eq!(desk.names(UserStatus::Deleted).await, ["Natalie"]);
        assert!(!is_in(&world, &account, &natalie).await);
        desk.undo(&id).await.unwrap();
        assert!(is_in(&world, &account, &natalie).await);
        let page = desk.get(&id).await.unwrap();
        assert_eq!((page.user.user_type, page.companies), (UserType::Manager, vec![company]));
        assert_refused!(desk.undo(&id).await, Refused::Conflict(Conflict::NothingToUndo));
        assert_eq!(account.activity().await.last().unwrap().verb, "user.undone");
    }
}

/// U-22. Seen to fail: with the address left out of `taken`.
#[tokio::test]
async fn u22_a_deletion_stays_when_the_address_is_taken_since() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let (id, _) = account.join("natalie@example.com", UserType::Administrator, &[]).await;
        desk.delete(&id).await.unwrap();
        let other = account.invite("Natalie@example.com", UserType::Administrator, &[]).await;
        assert_refused!(desk.undo(&id).await, Refused::Conflict(Conflict::AddressTakenSince));
        desk.delete(&other).await.unwrap();
        desk.undo(&id).await.unwrap();
    }
}

/// U-22. Seen to fail: with `UNDO` at 40 days in `store::access_change::list`.
#[tokio::test]
async fn u22_after_thirty_days_nothing_is_undone() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let (id, _) = account.join("natalie@example.com", UserType::Administrator, &[]).await;
        desk.delete(&id).await.unwrap();
        world.advance(UNDO);
        let ada = world.sign_in(&account.admin.email).await;
        let later = Desk::of_person(&world, &account, &ada);
        assert_refused!(later.undo(&id).await, Refused::NotFound);
    }
}

/// U-22. Seen to fail: with `update_undone` left out of `app::access_change::undo`.
#[tokio::test]
async fn u22_changes_are_undone_one_after_another_and_what_is_in_the_way_is_named() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, company) = (Desk::of(&world, &account), account.company("Downtown").await);
        let (id, natalie) =
            account.join("natalie@example.com", UserType::Reporting, std::slice::from_ref(&company)).await;
        desk.promote(&id, UserType::Manager).await.unwrap();
        desk.make(&id, Change::Suspend).await.unwrap();
        assert_eq!(desk.get(&id).await.unwrap().changes.len(), 2);
        desk.undo(&id).await.unwrap();
        assert!(is_in(&world, &account, &natalie).await);
        desk.undo(&id).await.unwrap();
        let page = desk.get(&id).await.unwrap();
        assert_eq!((page.user.user_type, page.companies), (UserType::Reporting, vec![company.clone()]));

        // A team that is invited, and has accepted since.
        let team =
            account.invite("team@example.com", UserType::Notification, std::slice::from_ref(&company)).await;
        desk.promote(&team, UserType::Manager).await.unwrap();
        world.accept(world.letter_to("team@example.com").await.link(), testkit::PASSWORD).await;
        let since = Refused::Conflict(Conflict::ChangedSince(Part::Status));
        assert_eq!(format!("{:?}", desk.undo(&team).await.unwrap_err()), format!("{since:?}"));
    }
}

/// U-22, U-06. Seen to fail: with `Held` taken for `Untouched` in `undone`.
#[tokio::test]
async fn u22_a_revoked_invitation_comes_back_unsent_and_its_old_link_stays_dead() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, company) = (Desk::of(&world, &account), account.company("Downtown").await);
        let id =
            account.invite("natalie@example.com", UserType::Manager, std::slice::from_ref(&company)).await;
        let old = world.letter_to("natalie@example.com").await.link().to_owned();
        desk.revoke(&id).await.unwrap();
        desk.undo(&id).await.unwrap();
        let page = desk.get(&id).await.unwrap();
        assert_eq!((page.user.status, page.user.invitation.sent_at), (UserStatus::Pending, None));
        assert_refused!(world.app.accept(&world.follow(&old), testkit::PASSWORD).await, Refused::Link(_));
        desk.resend(&id).await.unwrap();
        world.accept(world.letter_to("natalie@example.com").await.link(), testkit::PASSWORD).await;
        assert_eq!(only(&company), desk.get(&id).await.unwrap().companies.into_iter().collect());
    }
}

/// U-22, U-18. Who changed their address after their sign-in was taken from a place comes back with the new one; and not
/// if somebody else of the account has that by now. Seen to fail: with `address_of_returning_login` always `None`.
#[tokio::test]
async fn u22_a_sign_in_comes_back_with_the_address_that_it_has_by_now() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, company) = (Desk::of(&world, &account), account.company("Downtown").await);
        let (id, natalie) =
            account.join("natalie@example.com", UserType::Manager, std::slice::from_ref(&company)).await;
        let (gone, _) = account.join("gone@example.com", UserType::Administrator, &[]).await;
        let team = Change::Replace { to: UserType::Notification, companies: only(&company) };
        desk.make(&id, team).await.unwrap();
        let new = domain::email::EmailAddress::parse("nat@example.com").unwrap();
        world.app.request_email_change(&natalie.ask, testkit::PASSWORD, new).await.unwrap();
        let mut link = world.follow(world.letter_to("nat@example.com").await.link());
        link.credentials.session = natalie.ask.credentials.session.clone();
        world.app.confirm_email_change(&link, "").await.unwrap();
        assert_eq!(desk.get(&id).await.unwrap().user.email, "natalie@example.com", "a team keeps its own");

        let taken = account.invite("Nat@example.com", UserType::Administrator, &[]).await;
        assert_refused!(desk.undo(&id).await, Refused::Conflict(Conflict::AddressTakenSince));
        desk.delete(&taken).await.unwrap();
        desk.undo(&id).await.unwrap();
        let user = desk.get(&id).await.unwrap().user;
        assert_eq!((user.email.as_str(), user.login), ("nat@example.com", Some(natalie.login)));
        let last = account.activity().await.pop().unwrap();
        let email = last.changes.into_iter().find(|(field, ..)| field == "email");
        assert_eq!(
            email.map(|(_, before, after)| (before, after)),
            Some((Some("natalie@example.com".to_owned()), Some("nat@example.com".to_owned())))
        );
        // Where the address stayed, nothing is said of it.
        desk.delete(&gone).await.unwrap();
        desk.undo(&gone).await.unwrap();
        assert_eq!(desk.get(&gone).await.unwrap().user.email, "gone@example.com");
    }
}
