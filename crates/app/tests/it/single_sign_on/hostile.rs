//! Providers that mean no good, and those who play one (X-26, X-29).

use app::push::Way;
use app::single_sign_on::Returned;
use app::{Conflict, Refused};
use domain::input::Problem;
use domain::network::OutgoingHosts;
use serde_json::Value;
use testkit::{Provider, Says};

use super::{arrive, back, connect, link, returned};
use crate::desk::assert_refused;

/// What a provider answers, by its issuer.
type Answer<'a> = Box<dyn Fn(&str) -> String + 'a>;
type Change = (&'static str, fn(&mut Value));

/// What is said wrongly, one at a time.
const LIES: [Change; 12] = [
    ("another issuer", |c| c["iss"] = "https://accounts.example".into()),
    ("to somebody else", |c| c["aud"] = "another".into()),
    ("to others too", |c| c["aud"] = serde_json::json!(["client-1", "another"])),
    ("asked by somebody else", |c| c["azp"] = "another".into()),
    ("of a strange kind", |c| c["azp"] = 1.into()),
    ("over", |c| c["exp"] = 1.into()),
    ("of long ago", |c| c["iat"] = 1.into()),
    ("of tomorrow", |c| c["iat"] = 99_999_999_999_i64.into()),
    ("for another sign-in", |c| c["nonce"] = "x".into()),
    ("for none", |c| drop(c.as_object_mut().map(|c| c.remove("nonce")))),
    ("of nobody", |c| c["sub"] = "".into()),
    ("of a number", |c| c["sub"] = 1.into()),
];

/// X-29. Seen to fail: with `none` taken, and with any signature of a key that fits.
#[tokio::test]
async fn x29_what_is_not_said_and_signed_so_signs_nobody_in() {
    for world in testkit::worlds().await {
        let (account, provider) = (world.set_up().await, Provider::new());
        connect(&world, &account, &provider).await.unwrap();
        link(&world, &account, (&account.admin, &provider, "subject-1")).await.unwrap();
        let sessions = || world.sql("SELECT id FROM session").len();
        let (before, visitor) = (sessions(), world.visitor());
        let none: fn(&mut Value) = |_| {};
        let unsigned = [Says::None, Says::Hs256, Says::BySecret, Says::ByAnother];
        let lies = LIES.into_iter().map(|(what, lie)| (what, Says::EdDsa, lie));
        let all = unsigned.into_iter().map(|says| ("not signed", says, none)).chain(lies);
        for (what, says, change) in all {
            let leaving = world.app.leave_to_sign_in(&visitor, account.id.as_str(), "").await.unwrap();
            let brought = provider.code(&world, &leaving.url, says, change);
            let arrived = arrive(&world, &back(&visitor, &leaving), returned(brought)).await;
            assert!(
                matches!(arrived.as_ref().map(drop), Err(Refused::Conflict(Conflict::SingleSignOnFailed))),
                "{what}, {says:?}"
            );
        }
        assert_eq!(sessions(), before);
        // The same, said as it should be.
        let leaving = world.app.leave_to_sign_in(&visitor, account.id.as_str(), "").await.unwrap();
        let brought = provider.code(&world, &leaving.url, Says::EdDsa, none);
        arrive(&world, &back(&visitor, &leaving), returned(brought)).await.unwrap();
        assert_eq!(sessions(), before + 1);
    }
}

/// X-29. What somebody brings back counts once, from the browser that was sent. Seen to fail: with the state not compared, and the row not
/// removed.
#[tokio::test]
async fn x29_a_code_counts_once_and_in_its_own_browser() {
    for world in testkit::worlds().await {
        let (account, provider) = (world.set_up().await, Provider::new());
        connect(&world, &account, &provider).await.unwrap();
        link(&world, &account, (&account.admin, &provider, "subject-1")).await.unwrap();
        let visitor = world.visitor();
        let leave = || world.app.leave_to_sign_in(&visitor, account.id.as_str(), "");
        let (mine, theirs) = (leave().await.unwrap(), leave().await.unwrap());
        // A code and state of an attacker's own, in the browser of somebody else, and without anything kept.
        let planted = provider.code(&world, &theirs.url, Says::Rs256, |_| {});
        let here = back(&visitor, &mine);
        assert_refused!(
            arrive(&world, &here, returned(planted.clone())).await,
            Refused::Conflict(Conflict::SingleSignOnFailed)
        );
        let nowhere = arrive(&world, &visitor, returned(planted.clone())).await;
        assert!(matches!(nowhere.map(drop), Err(Refused::Link(_))));
        // The attacker's code with one's own state: the provider wants the verifier that belongs to it.
        let own = provider.code(&world, &mine.url, Says::Rs256, |_| {});
        let mixed = (planted.0.clone(), own.1.clone());
        assert_refused!(
            arrive(&world, &here, returned(mixed)).await,
            Refused::Conflict(Conflict::SingleSignOnFailed)
        );
        // That has used it up, also for the right code.
        let replayed = arrive(&world, &here, returned(own)).await;
        assert!(matches!(replayed.map(drop), Err(Refused::Link(_))));
        // What another account's provider has sent, whoever of the two it is brought to: nobody is asked for anything.
        let other = world.another_account("Other", "other@example.com").await;
        let (theirs, asked) = (Provider::new(), provider.asked("/token"));
        connect(&world, &other, &theirs).await.unwrap();
        let left = world.app.leave_to_sign_in(&visitor, other.id.as_str(), "").await.unwrap();
        let sent_for = world.app.leave_to_sign_in(&visitor, account.id.as_str(), "").await.unwrap();
        let (code, _) = provider.code(&world, &sent_for.url, Says::Rs256, |_| {});
        let (_, state) = theirs.code(&world, &left.url, Says::Rs256, |_| {});
        let mixed =
            world.app.arrive(&back(&visitor, &left), account.id.clone(), returned((code, state))).await;
        assert!(matches!(mixed.map(drop), Err(Refused::Link(_))));
        assert_eq!((provider.asked("/token"), theirs.asked("/token")), (asked, 0));
        for (account, leaving) in [(&other, &left), (&account, &sent_for)] {
            assert!(leaving.url.contains(&format!("%2Fsingle-sign-on%2F{}&", account.id)), "{}", leaving.url);
        }
        // As another provider, where it says who it is.
        let leaving = leave().await.unwrap();
        let (code, state) = provider.code(&world, &leaving.url, Says::Rs256, |_| {});
        let issuer = "https://another.example".to_owned();
        let other = Returned { code, state, issuer };
        assert_refused!(
            arrive(&world, &back(&visitor, &leaving), other).await,
            Refused::Conflict(Conflict::SingleSignOnFailed)
        );
        assert_eq!(provider.asked("/token"), 2, "one to link, one with the wrong verifier");
        // What was refused at the provider.
        let leaving = leave().await.unwrap();
        let (_, state) = provider.code(&world, &leaving.url, Says::Rs256, |_| {});
        let empty = returned((String::new(), state));
        assert_refused!(
            arrive(&world, &back(&visitor, &leaving), empty).await,
            Refused::Conflict(Conflict::SingleSignOnFailed)
        );
    }
}

/// X-26, X-29. A provider's description that leads inside, elsewhere or nowhere connects nothing. Seen to fail: with the addresses in it
/// not looked at, and with its issuer not compared.
#[tokio::test]
async fn x26_no_description_leads_where_none_may() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let described = |issuer: &str, token: &str| {
            let body = format!(
                r#"{{"issuer":"{issuer}","authorization_endpoint":"{issuer}/authorize","token_endpoint":"{token}","jwks_uri":"{issuer}/keys"}}"#
            );
            format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
        };
        let good = Provider::new();
        let redirect = format!(
            "HTTP/1.1 302 Found\r\nlocation: {}/.well-known/openid-configuration\r\ncontent-length: 0\r\n\r\n",
            good.issuer()
        );
        let endless = format!("HTTP/1.1 200 OK\r\n\r\n{}", "[".repeat(300_000));
        let answers: Vec<Answer> = vec![
            Box::new(|issuer| described(issuer, "http://127.0.0.1:1/token")),
            Box::new(|issuer| described(issuer, "http://169.254.169.254/latest")),
            Box::new(|issuer| described(issuer, "https://10.0.0.1/token")),
            Box::new(|issuer| described(issuer, "https://[::ffff:127.0.0.1]/token")),
            Box::new(|issuer| described(issuer, "https://rollcall.example.test/sign-in")),
            Box::new(|issuer| described(issuer, "file:///etc/passwd")),
            Box::new(|issuer| described(&format!("{issuer}/"), &format!("{issuer}/token"))),
            Box::new(move |_| redirect.clone()),
            Box::new(move |_| endless.clone()),
            Box::new(|_| "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".to_owned()),
            Box::new(|_| "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nno".to_owned()),
        ];
        for (number, answer) in answers.into_iter().enumerate() {
            let provider = Provider::new();
            provider.answer("/description", &answer(&provider.issuer()));
            match connect(&world, &account, &provider).await {
                Err(Refused::Invalid(errors)) => assert_eq!(errors[0].problem, Problem::NoProvider),
                other => panic!("answer {number}: {other:?}"),
            }
        }
        assert_eq!(good.asked("/description"), 0, "no redirect is followed");
        assert!(world.sql("SELECT id FROM single_sign_on").is_empty());
        connect(&world, &account, &good).await.unwrap();
    }
}

/// X-26. Where the operator has listed hosts, no provider of another is connected, and none whose tokens or keys are elsewhere.
/// Seen to fail: without the look at the list before it is asked, and with its addresses not looked at.
#[tokio::test]
async fn x26_no_provider_is_asked_that_the_operator_has_not_listed() {
    for mut world in testkit::worlds().await {
        let (account, provider) = (world.set_up().await, Provider::new());
        let issuer = provider.issuer();
        let own = issuer.strip_prefix("http://").unwrap().split('/').next().unwrap().parse().unwrap();
        let described = |token: &str, keys: &str| {
            let body = format!(
                r#"{{"issuer":"{issuer}","authorization_endpoint":"https://anywhere.example/x","token_endpoint":"{token}","jwks_uri":"{keys}"}}"#
            );
            format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
        };
        let listed = |list: &str| Way::new(vec![own]).only(OutgoingHosts::parse(list).unwrap());
        world.restart(|app| app.providers = listed("login.example"));
        let problem = |result| match result {
            Err(Refused::Invalid(errors)) => errors[0].problem,
            other => panic!("{other:?}"),
        };
        let typed = ("https://other.example", "client-1", "secret");
        let named = world.app.connect_provider(&account.admin.ask, account.id.clone(), typed).await;
        assert_eq!(problem(named), Problem::HostNotListed);
        let (good, other) = ("https://login.example/x", "https://other.example/x");
        for (token, keys) in [(other, good), (good, other)] {
            provider.answer("/description", &described(token, keys));
            assert_eq!(problem(connect(&world, &account, &provider).await), Problem::HostNotListed);
        }
        assert!(world.sql("SELECT id FROM single_sign_on").is_empty());
        // Addresses of the operator's own are listed by being set.
        provider.answer("/description", &described(good, good));
        connect(&world, &account, &provider).await.unwrap();
    }
}
