//! What a session by a provider need not show, and what it shows.

use app::pass::{AccountPass, Credentials, OwnLinkPass, Proven};
use app::single_sign_on::Arrived;
use app::work::Reader;
use app::{Ask, Conflict, Refused};
use domain::access::Refusal;
use domain::capability::proof::ManageUsers;
use domain::time::Span;
use domain::user::UserType;
use testkit::{Account, Provider, Says, World};

use super::{arrive, back, connect, enter, link, opens, returned};
use crate::desk::assert_refused;
use crate::second_factor_rule::set;

async fn does_dangerous(world: &World, ask: &Ask, account: &Account) -> Result<(), Refused> {
    let look = |_: &mut Reader, _: &Proven<AccountPass<ManageUsers>>| Ok(());
    world.app.read(ask, account.id.clone(), look).await.map(drop)
}

/// Where everybody needs a second factor, who comes by the account's provider is asked for none of ours: the provider
/// answers for that. Their password is. Seen to fail: with the day kept for sessions by a provider.
#[tokio::test]
async fn a02_a08_who_comes_by_the_provider_is_asked_for_no_factor_of_ours() {
    for world in testkit::worlds().await {
        let (mut account, provider) = (world.set_up().await, Provider::new());
        let (_, mia) = account.join("mia@example.com", UserType::Administrator, &[]).await;
        connect(&world, &account, &provider).await.unwrap();
        link(&world, &account, (&mia, &provider, "mia")).await.unwrap();
        world.turn_second_factor_on(&mut account.admin.ask).await;
        let (admin, now) = (account.admin.ask.clone(), world.app.store.now());
        set(&world, &account, &admin, Some(now)).await.unwrap();
        let by_password = opens(&world, &mia.ask, &account.id).await;
        // Nor does it lead around that to be linked by the password alone.
        let own_link = world.app.read::<OwnLinkPass, ()>(&mia.ask, account.id.clone(), |_, _| Ok(())).await;
        for refused in [by_password, own_link.map(drop)] {
            assert!(
                matches!(refused, Err(Refused::Forbidden { refusal: Refusal::NoSecondFactor, .. })),
                "{refused:?}"
            );
        }
        let by_provider = enter(&world, &account.id, (&provider, "mia", Says::Rs256)).await.unwrap();
        opens(&world, &by_provider, &account.id).await.unwrap();
    }
}

/// What is dangerous takes of a session by the provider, too, that its person has shown a moment ago who they are: when
/// the provider says. Signing in there once more is the way on. Seen to fail: with the session looked
/// up as one by a password is.
#[tokio::test]
async fn a02_a08_signing_in_by_the_provider_again_shows_who_it_is() {
    for world in testkit::worlds().await {
        let (account, provider) = (world.set_up().await, Provider::new());
        connect(&world, &account, &provider).await.unwrap();
        link(&world, &account, (&account.admin, &provider, "ada")).await.unwrap();
        let ask = enter(&world, &account.id, (&provider, "ada", Says::Rs256)).await.unwrap();
        let seconds_ago = |span: Span| (world.app.store.now() - span).micros() / 1_000_000;
        let again = |ask: Ask, asked_at: Option<i64>| {
            let (world, account, provider) = (&world, &account, &provider);
            async move {
                let leaving = world.app.leave_to_sign_in(&ask, account.id.as_str(), "/me").await.unwrap();
                let anew = ask.credentials.session.is_some();
                assert_eq!(leaving.url.ends_with("&max_age=0&prompt=login"), anew, "{}", leaving.url);
                let brought = provider.code(world, &leaving.url, Says::Rs256, |claims| {
                    claims["sub"] = "ada".into();
                    claims["auth_time"] = asked_at.into();
                });
                let Arrived::SignedIn(_, session) =
                    arrive(world, &back(&ask, &leaving), returned(brought)).await?
                else {
                    panic!("linked")
                };
                let credentials = Credentials { session: Some(session.token), ..Credentials::default() };
                Ok::<_, Refused>(Ask { credentials, ..ask })
            }
        };
        // Somebody may have left that browser signed in at the provider.
        let unknown = does_dangerous(&world, &ask, &account).await;
        assert!(matches!(unknown, Err(Refused::Unproven)), "{unknown:?}");
        let long_ago = again(world.visitor(), Some(seconds_ago(Span::minutes(16)))).await.unwrap();
        let late = does_dangerous(&world, &long_ago, &account).await;
        assert!(matches!(late, Err(Refused::Unproven)), "{late:?}");
        let just_now = again(world.visitor(), Some(seconds_ago(Span::minutes(1)))).await.unwrap();
        does_dangerous(&world, &just_now, &account).await.unwrap();
        world.advance(Span::minutes(16));
        let late = does_dangerous(&world, &just_now, &account).await;
        assert!(matches!(late, Err(Refused::Unproven)), "{late:?}");
        // Told to ask, it has not.
        let stale = again(just_now.clone(), Some(seconds_ago(Span::minutes(16)))).await;
        assert_refused!(stale, Refused::Conflict(Conflict::SingleSignOnFailed));
        // Nor does it say that it has: the browser may have left out on the way what it was told.
        let silent = again(just_now.clone(), None).await;
        assert_refused!(silent, Refused::Conflict(Conflict::SingleSignOnFailed));
        let shown = again(just_now.clone(), Some(seconds_ago(Span::seconds(1)))).await.unwrap();
        does_dangerous(&world, &shown, &account).await.unwrap();
    }
}
