//! One link and many hands.

use app::pass::LinkState;
use app::{Conflict, Refused};
use domain::user::{UserStatus, UserType};
use testkit::{PASSWORD, World, at_once};

use crate::desk::Desk;

async fn count(world: &World, table: &str) -> usize {
    world.sql(&format!("SELECT * FROM {table}")).len()
}

/// Seen to fail: with a session begun as well for whoever comes when somebody new has just used the link up.
#[tokio::test]
async fn x14_of_many_who_accept_one_link_at_once_one_does() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        for round in 0..5 {
            let address = format!("natalie{round}@example.com");
            account.invite(&address, UserType::Administrator, &[]).await;
            let link = world.letter_to(&address).await.link().to_owned();
            let (logins, sessions) = (count(&world, "login").await, count(&world, "session").await);
            let outcomes = at_once(64, |_| {
                let (app, ask) = (world.app.clone(), world.follow(&link));
                async move { app.accept(&ask, PASSWORD).await }
            })
            .await;
            let mut accepted = 0;
            for outcome in outcomes {
                match outcome {
                    Ok(_) => accepted += 1,
                    Err(Refused::Link(LinkState::Used) | Refused::Conflict(Conflict::Changed)) => {}
                    Err(other) => panic!("{other:?}"),
                }
            }
            assert_eq!(accepted, 1);
            assert_eq!(count(&world, "login").await, logins + 1);
            assert_eq!(count(&world, "session").await, sessions + 1);
        }
    }
}

/// Seen to fail: with a session begun as well for a known person who comes when the link has just been used up.
#[tokio::test]
async fn x14_a_known_person_accepts_once_however_often_they_press() {
    for world in testkit::worlds().await {
        let (account, _) = (world.set_up().await, world.another_account("Globex", "zoe@example.com").await);
        account.invite_known("zoe@example.com", UserType::Administrator, &[]).await;
        let link = world.letter_to("zoe@example.com").await.link().to_owned();
        let outcomes = at_once(8, |_| {
            let (app, ask) = (world.app.clone(), world.follow(&link));
            async move { app.accept(&ask, PASSWORD).await }
        })
        .await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    }
}

/// Seen to fail: with what the index `login_email` refuses told as a failure of ours, so that nobody presses again.
#[tokio::test]
async fn x14_one_new_person_accepts_in_two_accounts_at_once_and_has_one_login() {
    for world in testkit::worlds().await {
        let accounts = [world.set_up().await, world.another_account("Globex", "zoe@example.com").await];
        let mut links = Vec::new();
        for account in &accounts {
            account.invite("natalie@example.com", UserType::Administrator, &[]).await;
            links.push(world.letter_to("natalie@example.com").await.link().to_owned());
        }
        let outcomes = at_once(2, |number| {
            let (app, ask) = (world.app.clone(), world.follow(&links[number]));
            async move { app.accept(&ask, PASSWORD).await }
        })
        .await;
        assert!(outcomes.iter().any(Result::is_ok));
        for (link, outcome) in links.iter().zip(outcomes) {
            match outcome {
                Ok(_) => {}
                // The page says that something changed; pressing again works.
                Err(Refused::Conflict(Conflict::Changed)) => drop(world.accept(link, PASSWORD).await),
                Err(other) => panic!("{other:?}"),
            }
        }
        let logins = world.sql("SELECT id FROM login WHERE email_canonical = 'natalie@example.com'");
        assert_eq!(logins.len(), 1);
        let users = world.sql(
            "SELECT id FROM \"user\" WHERE email_canonical = 'natalie@example.com' AND status = 'active'",
        );
        assert_eq!(users.len(), 2);
    }
}

/// U-06
#[tokio::test]
async fn u06_resending_while_accepting_never_leaves_two_live_links() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        for round in 0..10 {
            let address = format!("natalie{round}@example.com");
            let id = account.invite(&address, UserType::Administrator, &[]).await;
            let old = world.letter_to(&address).await.link().to_owned();
            let outcomes = at_once(4, |number| {
                let (desk, id, ask) = (desk.clone(), id.clone(), world.follow(&old));
                async move {
                    match number {
                        1 => desk.app.accept(&ask, PASSWORD).await.map(drop),
                        _ => desk.resend(&id).await,
                    }
                }
            })
            .await;
            for outcome in &outcomes {
                match outcome {
                    Ok(()) | Err(Refused::Link(_) | Refused::Conflict(Conflict::Changed)) => {}
                    Err(other) => panic!("{other:?}"),
                }
            }
            let accepted = outcomes[1].is_ok();
            let user = desk.get(&id).await.unwrap().user;
            assert_eq!(user.status == UserStatus::Active, accepted);
            let letters = world.mailbox().await.into_iter().filter(|letter| letter.to == address).count();
            assert_eq!(letters, usize::from(!accepted), "links that work, in round {round}");
            if !accepted {
                world.accept(world.letter_to(&address).await.link(), PASSWORD).await;
            }
        }
    }
}

///
#[tokio::test]
async fn a06_resends_are_counted_exactly_when_they_come_at_once() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let id = account.invite("natalie@example.com", UserType::Administrator, &[]).await;
        let desk = Desk::of(&world, &account);
        let outcomes = at_once(50, |_| {
            let (desk, id) = (desk.clone(), id.clone());
            async move { desk.resend(&id).await }
        })
        .await;
        let sent = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        let refused = outcomes.iter().filter(|outcome| matches!(outcome, Err(Refused::TooMany(_)))).count();
        assert_eq!((sent, sent + refused), (domain::invitation::RESENDS_PER_HOUR as usize, 50));
        assert_eq!(world.outbox().await.len(), sent + 1);
    }
}
