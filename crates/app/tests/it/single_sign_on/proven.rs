//! What a session by a provider need not show, and what it shows.

use app::Refused;
use app::pass::{AccountPass, Proven};
use app::work::Reader;
use domain::access::Refusal;
use domain::capability::proof::ManageUsers;
use domain::time::Span;
use domain::user::UserType;
use testkit::{Account, Provider, Says, World};

use super::{connect, enter, link, opens};
use crate::second_factor_rule::set;

async fn does_dangerous(world: &World, ask: &app::Ask, account: &Account) -> Result<(), Refused> {
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
        assert!(
            matches!(by_password, Err(Refused::Forbidden { refusal: Refusal::NoSecondFactor, .. })),
            "{by_password:?}"
        );
        let by_provider = enter(&world, &account.id, (&provider, "mia", Says::Rs256)).await.unwrap();
        opens(&world, &by_provider, &account.id).await.unwrap();
    }
}

/// What is dangerous takes of a session by the provider, too, that it has begun a moment ago; signing in there once more is
/// the way on, and it is asked there who it is. Seen to fail: with the session looked up as one by a password is.
#[tokio::test]
async fn a02_a08_signing_in_by_the_provider_again_shows_who_it_is() {
    for world in testkit::worlds().await {
        let (account, provider) = (world.set_up().await, Provider::new());
        connect(&world, &account, &provider).await.unwrap();
        link(&world, &account, (&account.admin, &provider, "ada")).await.unwrap();
        let ask = enter(&world, &account.id, (&provider, "ada", Says::Rs256)).await.unwrap();
        does_dangerous(&world, &ask, &account).await.unwrap();
        world.advance(Span::minutes(16));
        let late = does_dangerous(&world, &ask, &account).await;
        assert!(matches!(late, Err(Refused::Unproven)), "{late:?}");
        let leaving = world.app.leave_to_sign_in(&ask, account.id.as_str(), "").await.unwrap();
        assert!(leaving.url.ends_with("&prompt=login"), "{}", leaving.url);
        let again = enter(&world, &account.id, (&provider, "ada", Says::Rs256)).await.unwrap();
        does_dangerous(&world, &again, &account).await.unwrap();
    }
}
