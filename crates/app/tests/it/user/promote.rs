//! Promotions, and why there is no demotion.

use app::account::home;
use app::pass::AccountPass;
use app::work::Reader;
use app::{Conflict, Refused};
use domain::access::Refusal;
use domain::access_change::Already;
use domain::capability::Capability;
use domain::capability::proof::AnyUser;
use domain::user::{UserStatus, UserType};
use testkit::{PASSWORD, START};

use crate::desk::{Desk, assert_refused};

/// U-08
#[tokio::test]
async fn u08_a_promotion_holds_from_the_next_unit_on() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let branch = account.company("Harbor Dental").await;
        account.company("Harbor Paris").await;
        let (id, natalie) = account.join("natalie@example.com", UserType::Reporting, &[branch]).await;
        let hers = Desk::of_person(&world, &account, &natalie);
        assert_refused!(
            hers.list(UserStatus::Active).await,
            Refused::Forbidden { refusal: Refusal::Lacks(Capability::ManageUsers), .. }
        );
        Desk::of(&world, &account).promote(&id, UserType::Administrator).await.unwrap();
        hers.list(UserStatus::Active).await.unwrap();
        let own = |r: &mut Reader, pass: &AccountPass<AnyUser>| Ok(home(r, pass)?.companies);
        let (_, companies) = world.app.read(&natalie.ask, account.id.clone(), own).await.unwrap();
        assert_eq!(companies.len(), 2, "an administrator has all companies");
    }
}

/// U-08
#[tokio::test]
async fn u08_a_pending_user_is_promoted_and_accepts_as_what_they_were_made() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let branch = account.company("Harbor Dental").await;
        let id = account.invite("natalie@example.com", UserType::Reporting, &[branch]).await;
        let desk = Desk::of(&world, &account);
        desk.promote(&id, UserType::Manager).await.unwrap();
        let letter = world.letter_to("natalie@example.com").await;
        assert!(
            letter.text.contains("Your user type: Manager"),
            "the mail says what is true when it is sent"
        );
        world.accept(letter.link(), PASSWORD).await;
        assert_eq!(desk.get(&id).await.unwrap().user.user_type, UserType::Manager);
    }
}

/// U-09
#[tokio::test]
async fn u09_a_promoted_notification_user_is_invited_and_keeps_their_alerts() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, branch) = (Desk::of(&world, &account), account.company("Harbor Dental").await);
        let id =
            account.invite("team@example.com", UserType::Notification, std::slice::from_ref(&branch)).await;
        desk.promote(&id, UserType::Administrator).await.unwrap();
        let page = desk.get(&id).await.unwrap();
        assert_eq!((page.user.user_type, page.user.status), (UserType::Administrator, UserStatus::Pending));
        assert_eq!(page.user.activated_at, Some(START), "what the alerts go by");
        assert_eq!(page.companies, [branch], "what the alerts are about");

        let team = world.accept(world.letter_to("team@example.com").await.link(), PASSWORD).await;
        let page = desk.get(&id).await.unwrap();
        assert_eq!((page.user.status, page.companies.len()), (UserStatus::Active, 0), "now they have all");
        Desk::of_person(&world, &account, &team).list(UserStatus::Active).await.unwrap();
    }
}

/// U-09
#[tokio::test]
async fn u09_a_revoked_promotion_leaves_the_notification_user_as_before() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, branch) = (Desk::of(&world, &account), account.company("Harbor Dental").await);
        let id =
            account.invite("team@example.com", UserType::Notification, std::slice::from_ref(&branch)).await;
        use UserType::{Administrator, Reporting};
        for steps in [vec![Reporting], vec![Administrator], vec![Reporting, Administrator]] {
            for to in &steps {
                desk.promote(&id, *to).await.unwrap();
            }
            let link = world.letter_to("team@example.com").await.link().to_owned();
            desk.revoke(&id).await.unwrap();
            let page = desk.get(&id).await.unwrap();
            assert_eq!((page.user.user_type, page.user.status), (UserType::Notification, UserStatus::Active));
            assert_eq!(page.companies, std::slice::from_ref(&branch), "after {steps:?}");
            assert_refused!(world.app.accept(&world.follow(&link), PASSWORD).await, Refused::Link(_));
        }
    }
}

/// U-10
#[tokio::test]
async fn u10_there_is_no_demotion() {
    use UserType::{Administrator, Agent, Manager, Notification, Reporting};
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, branch) = (Desk::of(&world, &account), account.lead_center_company("Harbor Dental").await);
        for (number, (has, refused)) in [
            (Administrator, vec![Administrator, Manager, Reporting, Agent, Notification]),
            (Manager, vec![Manager, Reporting, Agent, Notification]),
            (Reporting, vec![Reporting, Agent, Notification]),
            (Agent, vec![Agent, Notification]),
            (Notification, vec![Notification, Agent]),
        ]
        .into_iter()
        .enumerate()
        {
            let companies = if has == Administrator { vec![] } else { vec![branch.clone()] };
            let id = account.invite(&format!("user{number}@example.com"), has, &companies).await;
            for to in refused {
                match desk.promote(&id, to).await {
                    Err(Refused::Conflict(Conflict::Already(Already::OfType(same)))) if same == has => {}
                    Err(Refused::Conflict(Conflict::NoPromotion)) if to != has => {}
                    other => panic!("{has:?} to {to:?}: {other:?}"),
                }
                assert_eq!(desk.get(&id).await.unwrap().user.user_type, has, "to {to:?}");
            }
        }
    }
}
