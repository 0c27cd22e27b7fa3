//! Passkeys of weak keys, where the operator takes strong ones alone.

use app::session::Started;
use app::{Conflict, Refused};
use testkit::{Device, PASSWORD, Person, asked_in};

use super::{ADA, list, second, sign_in};
use crate::desk::assert_refused;

/// A-02, U-18. Where the operator takes strong keys alone, no other is asked for or added, and one of before signs nobody in; its owner,
/// and nobody else, is told why, and a recovery code stands in. Seen to fail: with the kind not looked at when it is added, and when it
/// signs.
#[tokio::test]
async fn a02_u18_a_passkey_of_a_weak_key_is_refused_where_strong_ones_are_asked_for() {
    for mut world in testkit::worlds().await {
        let mut account = world.set_up().await;
        let mut old = Device { by_rsa: true, ..Device::new(1, &world) };
        let codes = world.add_passkey(&mut account.admin.ask, &mut old).await;
        sign_in(&world, &mut old).await.unwrap();
        world.restart(|app| app.settings.strong_keys = true);
        let weak = sign_in(&world, &mut old).await.map(drop);
        assert_refused!(weak, Refused::Conflict(Conflict::PasskeyWeak));
        let (ask, asked) = second(&world).await;
        let weak = world.app.prove_passkey(&ask, &old.sign(&asked.options)).await;
        assert_refused!(weak.map(drop), Refused::Conflict(Conflict::PasskeyWeak));
        // Whoever does not have it is told nothing of it.
        let mut other = Device { by_rsa: false, ..old.clone() };
        assert_refused!(
            sign_in(&world, &mut other).await.map(drop),
            Refused::Conflict(Conflict::PasskeyRefused)
        );
        let ticket = world.ticket(&world.visitor(), ADA).await;
        let started = world.app.prove_second_factor(&ticket, &codes[0]).await.unwrap();
        let ask = Person::signed_in(ADA, Started::Session(started)).ask;
        let asked = world.app.ask_new_passkey(&ask, PASSWORD).await.unwrap();
        let kinds = r#""pubKeyCredParams":[{"alg":-7,"type":"public-key"},{"alg":-35,"type":"public-key"}]"#;
        assert!(asked.options.contains(kinds), "{}", asked.options);
        let made = Device { by_rsa: true, ..Device::new(2, &world) }.make(&asked.options);
        let added = world.app.add_passkey(&asked_in(&ask, &asked), "Old", &made).await;
        assert_refused!(added.map(drop), Refused::Conflict(Conflict::PasskeyWeak));
        let mut phone = Device::new(3, &world);
        world.add_passkey(&mut ask.clone(), &mut phone).await;
        sign_in(&world, &mut phone).await.unwrap();
        assert_eq!(list(&world, &ask).await.len(), 2);
    }
}
