//! Access that ends by itself (U-21).

use app::pass::{Reason, SystemPass};
use domain::access_change::Change;
use domain::time::Span;
use domain::user::{UserStatus, UserType};

use super::is_in;
use crate::desk::Desk;

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

/// To whom notices of an end went.
async fn told(world: &testkit::World) -> Vec<String> {
    let mails = world.outbox().await.into_iter();
    mails.filter(|mail| mail.kind == domain::mail::MailKind::EndNotice).map(|mail| mail.email).collect()
}
