//! What must hold when a merge meets another one, a sign-in, or the acceptance of an invitation.

use testkit::at_once;

use super::*;

/// How often each meeting is tried.
const ROUNDS: usize = 6;

/// Who is signed in as the first login in eight browsers.
async fn browsers(world: &World) -> Vec<Ask> {
    let mut asks = Vec::new();
    for _ in 0..8 {
        asks.push(world.sign_in(OWN).await.ask);
    }
    asks
}

/// C-01, X-14. The ended sessions, the row that is made or gone, and the address that is taken away each hold it. Seen to
/// fail: without any of them.
#[tokio::test]
async fn x14_of_many_who_merge_or_undo_at_once_one_does() {
    for world in testkit::worlds().await {
        two(&world).await;
        for _ in 0..ROUNDS {
            let asks = browsers(&world).await;
            world.prove_login(&asks[0], OTHER).await.unwrap();
            let seen = world.seen_merge(&asks[0], Keep::Own).await.unwrap();
            let done = at_once(8, |number| {
                let (app, ask, seen) = (world.app.clone(), asks[number].clone(), seen.clone());
                async move { app.merge_logins(&ask, Keep::Own, PASSWORD, seen).await }
            });
            assert_eq!(done.await.into_iter().filter(Result::is_ok).count(), 1);
            assert_whole(&world);
            let asks = browsers(&world).await;
            let id = world.merge_made(&asks[0]).await.unwrap();
            let seen = world.seen_undo(&asks[0], &id).await.unwrap();
            let done = at_once(8, |number| {
                let (app, ask, id, seen) =
                    (world.app.clone(), asks[number].clone(), id.clone(), seen.clone());
                async move { app.undo_login_merge(&ask, id, PASSWORD, seen).await }
            });
            assert_eq!(done.await.into_iter().filter(Result::is_ok).count(), 1);
            world.advance(domain::time::Span::hours(1));
        }
    }
}

/// C-01, X-14. Both logins prove each other, and a third proves one of them, all at once: then nobody merges, and two are never
/// one twice. Seen to fail: with `under_way` always false and the sessions of both left.
#[tokio::test]
async fn x14_logins_that_merge_each_other_at_once_are_never_lost() {
    for world in testkit::worlds().await {
        let (account, other) = two(&world).await;
        let third = world.another_account("Initech", "ida@example.com").await;
        let people = [(account.admin, OTHER), (other.admin, OWN), (third.admin, OTHER)];
        for _ in 0..ROUNDS {
            at_once(3, |number| {
                let (app, (person, address)) = (world.app.clone(), people[number].clone());
                async move {
                    let email = EmailAddress::parse(address).unwrap();
                    // Of proofs that meet, each may come first.
                    drop(app.prove_login(&person.ask, &email, PASSWORD).await);
                    let read = |r: &mut Reader, pass: &SelfPass| {
                        Ok(login_merge::preview(r, pass, Keep::Own)?.seen())
                    };
                    if let Ok((_, seen)) = app.read(&person.ask, (), read).await {
                        drop(app.merge_logins(&person.ask, Keep::Own, PASSWORD, seen).await);
                    }
                }
            })
            .await;
            assert_whole(&world);
            let merged = world.sql("SELECT COUNT(*) FROM login_merge WHERE made_at IS NOT NULL");
            let gone = world.sql("SELECT COUNT(*) FROM login WHERE email = ''");
            assert_eq!(merged, gone);
            let homeless = world.sql("SELECT COUNT(*) FROM \"user\" WHERE login_id IS NULL");
            assert_eq!(homeless[0][0], "0");
            world.advance(domain::time::Span::minutes(16));
        }
    }
}

/// C-01, X-14: the other login accepts an invitation, or signs in, while it is merged. Seen to fail: with the address not
/// compared in `session::is_unchanged`.
#[tokio::test]
async fn x14_a_login_that_is_merged_meanwhile_neither_accepts_nor_signs_in() {
    for world in testkit::worlds().await {
        for round in 0..ROUNDS {
            let (own, other) = (format!("own{round}@example.com"), format!("other{round}@example.com"));
            let account = match round {
                0 => world.set_up().await,
                _ => {
                    world.another_account(&format!("Host {round}"), &format!("host{round}@example.com")).await
                }
            };
            let first = world.another_account(&format!("One {round}"), &own).await;
            world.another_account(&format!("Two {round}"), &other).await;
            account.invite_known(&other, UserType::Administrator, &[]).await;
            let invited = world.follow(world.letter_to(&other).await.link());
            let ask = &first.admin.ask;
            world.prove_login(ask, &other).await.unwrap();
            let seen = world.seen_merge(ask, Keep::Own).await.unwrap();
            at_once(6, |number| {
                let (app, ask, seen, invited) =
                    (world.app.clone(), ask.clone(), seen.clone(), invited.clone());
                let (visitor, other) = (world.visitor(), other.clone());
                async move {
                    match number % 3 {
                        0 => drop(app.merge_logins(&ask, Keep::Own, PASSWORD, seen).await),
                        1 => drop(app.accept(&invited, PASSWORD).await),
                        _ => drop(app.sign_in(&visitor, &other, PASSWORD).await),
                    }
                }
            })
            .await;
            assert_whole(&world);
            world.advance(domain::time::Span::hours(1));
        }
    }
}
