//! Access that ends by itself (U-21).

use app::Refused;
use app::pass::{LinkState, Reason, SystemPass};
use domain::access::Refusal;
use domain::access_change::Change;
use domain::time::Span;
use domain::user::{UserStatus, UserType};

use super::is_in;
use crate::desk::{Desk, assert_refused};

/// U-21, P-19. Seen to fail: with `ends_at` not looked at in `store::pass::place::load`.
#[tokio::test]
async fn u21_access_ends_at_its_moment_and_the_administrators_are_told_before() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let (id, natalie) = account.join("natalie@example.com", UserType::Administrator, &[]).await;
        let (_, olga) = account.join("olga@example.com", UserType::Administrator, &[]).await;
        let end = world.app.store.now() + Span::days(10);
        desk.make(&id, Change::EndAt(Some(end))).await.unwrap();
        assert!(is_in(&world, &account, &natalie).await);
        assert_eq!(told(&world).await, Vec::<String>::new(), "ten days are too early");

        world.advance(Span::days(4));
        world.app.end_access(&SystemPass::new(Reason::Worker)).await.unwrap();
        world.app.end_access(&SystemPass::new(Reason::Worker)).await.unwrap();
        let mut mailed = told(&world).await;
        mailed.sort();
        assert_eq!(
            mailed,
            [account.admin.email.as_str(), "natalie@example.com", "olga@example.com"],
            "once each"
        );
        let letter = world.letter_to("olga@example.com").await;
        assert!(letter.text.contains("Natalie Reyes") && letter.link().ends_with(id.as_str()));

        world.advance(Span::days(6));
        let (natalie, olga) = (world.sign_in(&natalie.email).await, world.sign_in(&olga.email).await);
        assert!(!is_in(&world, &account, &natalie).await, "from the very moment, without the worker");
        let desk = Desk::of_person(&world, &account, &olga);
        world.app.end_access(&SystemPass::new(Reason::Worker)).await.unwrap();
        assert_eq!(desk.get(&id).await.unwrap().user.status, UserStatus::Suspended);
        desk.make(&id, Change::Restore).await.unwrap();
        assert!(is_in(&world, &account, &natalie).await);
        assert_eq!(desk.get(&id).await.unwrap().user.ends_at, None);
    }
}

/// U-21, X-08. Seen to fail: with `ends_at` of the inviter, and with that of the invited, not looked at in
/// `store::pass::link`.
#[tokio::test]
async fn u21_x08_nobody_joins_by_an_invitation_of_or_for_an_access_that_has_ended() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let (id, natalie) = account.join("natalie@example.com", UserType::Administrator, &[]).await;
        let hers = Desk::of_person(&world, &account, &natalie);
        let new = |address: &str| account.new_user(address, UserType::Administrator, &[]);
        hers.create(new("omar@example.com")).await.unwrap();
        let pending = desk.create(new("pia@example.com")).await.unwrap();
        let end = world.app.store.now() + Span::hours(1);
        for id in [&id, &pending] {
            desk.make(id, Change::EndAt(Some(end))).await.unwrap();
        }
        world.advance(Span::hours(1));
        for (address, is_expired) in [("omar@example.com", false), ("pia@example.com", true)] {
            let link = world.letter_to(address).await.link().to_owned();
            let refused = world.app.accept(&world.follow(&link), testkit::PASSWORD).await.map(drop);
            match refused {
                Err(Refused::Link(LinkState::Expired { .. })) if is_expired => {}
                Err(Refused::Link(LinkState::NeedsApproval { .. })) if !is_expired => {}
                other => panic!("{address}: {other:?}"),
            }
        }
    }
}

/// U-13, U-21, X-08. Whoever has access for a while invites for that while, and neither they nor those they invite can make
/// it last. Seen to fail: with `ends_at` of a new user always none, with `check_may_give` left out of
/// `invitation::resend`, and with `may_manage` for `may_give` in `store::pass::link`.
#[tokio::test]
async fn u13_u21_whose_access_ends_gives_none_that_lasts() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let new = |address: &str| account.new_user(address, UserType::Administrator, &[]);
        let (id, natalie) = account.join("natalie@example.com", UserType::Administrator, &[]).await;
        let hers = Desk::of_person(&world, &account, &natalie);
        let olga = hers.create(new("olga@example.com")).await.unwrap();
        let quinn = desk.create(new("quinn@example.com")).await.unwrap();
        let end = Some(world.app.store.now() + Span::days(10));
        desk.make(&id, Change::EndAt(end)).await.unwrap();

        let pia = hers.create(new("pia@example.com")).await.unwrap();
        let link = world.letter_to("pia@example.com").await.link().to_owned();
        let guest = world.accept(&link, testkit::PASSWORD).await;
        assert_eq!(desk.get(&pia).await.unwrap().user.ends_at, end);
        let guests = Desk::of_person(&world, &account, &guest);
        for (desk, id) in [(&guests, &id), (&guests, &pia), (&hers, &pia), (&hers, &id)] {
            assert_refused!(
                desk.make(id, Change::EndAt(None)).await,
                Refused::Forbidden { refusal: Refusal::OutlastsOwn, .. }
            );
        }
        assert_refused!(hers.resend(&quinn).await, Refused::Forbidden { refusal: Refusal::OutlastsOwn, .. });
        // What she sent while her access lasted is now for somebody else to send.
        let link = world.letter_to("olga@example.com").await.link().to_owned();
        let refused = world.app.accept(&world.follow(&link), testkit::PASSWORD).await;
        assert_refused!(refused, Refused::Link(LinkState::NeedsApproval { .. }));
        desk.resend(&olga).await.unwrap();
        world.accept(world.letter_to("olga@example.com").await.link(), testkit::PASSWORD).await;
        assert_eq!(desk.get(&olga).await.unwrap().user.ends_at, None);
    }
}

/// To whom notices of an end went.
async fn told(world: &testkit::World) -> Vec<String> {
    let mails = world.outbox().await.into_iter();
    mails.filter(|mail| mail.kind == domain::mail::MailKind::EndNotice).map(|mail| mail.email).collect()
}
