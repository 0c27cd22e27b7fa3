//! Providers with weak keys, where the operator takes strong ones alone (X-29).

use app::{Conflict, Refused};
use domain::input::Problem;
use testkit::{Provider, Says};

use super::{connect, enter, link};
use crate::desk::assert_refused;

/// A-08, X-29. What a weak key has signed signs nobody in, and they are told so. Seen to fail: with the size of the key not looked at, and
/// with RS256 of a long key taken.
#[tokio::test]
async fn a08_x29_a_weak_key_of_a_provider_signs_nobody_in_where_strong_ones_are_asked_for() {
    for mut world in testkit::worlds().await {
        let (account, provider) = (world.set_up().await, Provider::new());
        connect(&world, &account, &provider).await.unwrap();
        link(&world, &account, (&account.admin, &provider, "ada")).await.unwrap();
        let weak = [Says::Rs256, Says::Ps256, Says::LongRs256];
        for says in weak {
            enter(&world, &account.id, (&provider, "ada", says)).await.unwrap();
        }
        world.restart(|app| app.settings.strong_keys = true);
        for says in weak {
            let entered = enter(&world, &account.id, (&provider, "ada", says)).await;
            assert_refused!(entered, Refused::Conflict(Conflict::SingleSignOnWeak));
        }
        // What is not signed is no matter of strength.
        let entered = enter(&world, &account.id, (&provider, "ada", Says::ByAnother)).await;
        assert_refused!(entered, Refused::Conflict(Conflict::SingleSignOnFailed));
        let long = [Says::LongPs256, Says::LongPs384, Says::LongPs512];
        for says in long.into_iter().chain([Says::Es256, Says::Es384, Says::EdDsa]) {
            enter(&world, &account.id, (&provider, "ada", says)).await.unwrap();
        }
    }
}

/// A-08, X-29. A provider that says itself that it has no strong keys is not connected. Seen to fail: with what it says not looked at.
#[tokio::test]
async fn a08_x29_a_provider_of_weak_keys_alone_is_not_connected_where_strong_ones_are_asked_for() {
    for mut world in testkit::worlds().await {
        let account = world.set_up().await;
        let signing_by = |names: &str| {
            let provider = Provider::new();
            let issuer = provider.issuer();
            let body = format!(
                r#"{{"issuer":"{issuer}","authorization_endpoint":"{issuer}/authorize","token_endpoint":"{issuer}/token","jwks_uri":"{issuer}/keys","id_token_signing_alg_values_supported":[{names}]}}"#
            );
            let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            provider.answer("/description", &answer);
            provider
        };
        for weak in [r#""RS256""#, r#""RS256","RS512","HS256""#] {
            connect(&world, &account, &signing_by(weak)).await.unwrap();
            world.restart(|app| app.settings.strong_keys = true);
            match connect(&world, &account, &signing_by(weak)).await {
                Err(Refused::Invalid(errors)) => assert_eq!(errors[0].problem, Problem::ProviderTooWeak),
                other => panic!("{weak}: {other:?}"),
            }
            world.restart(|app| app.settings.strong_keys = false);
        }
        world.restart(|app| app.settings.strong_keys = true);
        connect(&world, &account, &signing_by(r#""RS256","ES256""#)).await.unwrap();
        // Many say nothing of it.
        connect(&world, &account, &Provider::new()).await.unwrap();
    }
}
