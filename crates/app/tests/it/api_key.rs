//! API keys: made at the command line, ended there, by their owner and by a new password.

use app::pass::{AccountPass, Credentials, Reason, SelfPass, SystemPass};
use app::work::{Origin, Writer};
use app::{Ask, Refused, api_key};
use domain::api_key::TypedKey;
use domain::capability::proof::AnyUser;
use domain::email::EmailAddress;
use domain::id::ApiKeyId;
use domain::user::UserType;
use testkit::{Account, World};

use crate::desk::{Desk, assert_refused};

async fn create(world: &World, address: &str) -> Result<String, Refused> {
    let email = EmailAddress::parse(address).unwrap();
    let make =
        move |w: Writer| api_key::create(w, &SystemPass::new(Reason::CommandLine), &email, "nightly export");
    world.app.store.write(Origin::internal(), make).await
}

///
#[tokio::test]
async fn a07_a_key_is_shown_once_and_only_its_hash_is_kept() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let key = create(&world, "Ada@example.com").await.unwrap();
        assert_eq!(key.len(), 43);
        let rows = world.sql("SELECT login_id, name, token_hash FROM api_key");
        let hash = store::secret::hash(&key);
        assert_eq!(rows, [[account.admin.login.to_string(), "nightly export".to_owned(), hash]]);
        let entries = world
            .sql("SELECT actor_kind, subject_name, changes FROM activity WHERE verb = 'api_key.created'");
        assert_eq!(entries, [["operator", "nightly export", "[]"]]);
    }
}

/// Whoever has somebody's password, or the server, makes no key unseen: its owner is mailed, without a link, and
/// not of a key that has ended meanwhile. Seen to fail: without each of the two mails, and with another device than the one it was made on.
#[tokio::test]
async fn a07_its_owner_is_told_of_a_new_key() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (_, natalie) = account.join("natalie@example.com", UserType::Administrator, &[]).await;
        create(&world, "natalie@example.com").await.unwrap();
        let letter = world.letter_to("natalie@example.com").await;
        for said in
            ["A key for programs was made for you", "nightly export", "The command line of this server"]
        {
            assert!(letter.text.contains(said) || letter.subject.contains(said), "{said}: {letter:?}");
        }
        assert!(!letter.text.contains("http"), "this is the mail that a thief would forge");
        // Not of the newest session: whoever holds an older one would look like its owner.
        let device = "Firefox on Linux".to_owned();
        let ask = Ask { device: device.clone(), ..natalie.ask.clone() };
        let typed = TypedKey { name: "<b>reports</b>".into(), ends: "never".into(), ..TypedKey::default() };
        let (_, key) = world.app.create_api_key(&ask, &typed, testkit::PASSWORD).await.unwrap();
        let letter = world.letter_to("natalie@example.com").await;
        assert!(letter.text.contains("reports") && !letter.text.contains(&key), "{letter:?}");
        assert!(letter.text.contains(&device) && !letter.text.contains("command line"), "{letter:?}");
        create(&world, "natalie@example.com").await.unwrap();
        world.sql("DELETE FROM api_key");
        world.send_mails().await;
        let state =
            world.sql("SELECT state FROM mail WHERE kind = 'api_key_created' ORDER BY id DESC LIMIT 1");
        assert_eq!(state, [["dropped"]]);
    }
}

/// What a program did stands under its owner's name, with that of the key. Seen to fail: with `by_key` left out of
/// `Place::actor`, and with the key left among the changes.
#[tokio::test]
async fn a05_a07_what_a_key_did_names_the_key() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let key = create(&world, "ada@example.com").await.unwrap();
        let credentials = Credentials { api_key: Some(key), ..Credentials::default() };
        let desk = Desk::of(&world, &account);
        let by_key = Desk { ask: Ask { credentials, ..world.visitor() }, ..desk.clone() };
        let natalie = account.invite("natalie@example.com", UserType::Administrator, &[]).await;
        by_key.delete(&natalie).await.unwrap();
        let newest = async || {
            let page = desk
                .look(|r, pass| app::activity::list(r, pass, &app::activity::Filter::default(), None))
                .await
                .unwrap();
            page.rows.into_iter().next().unwrap()
        };
        let deleted = newest().await;
        assert_eq!((deleted.verb.as_str(), deleted.actor_name.as_str()), ("user.deleted", "Ada Reyes"));
        assert_eq!(deleted.key_name.as_deref(), Some("nightly export"));
        assert!(deleted.changes.iter().all(|(field, ..)| field != "by_key"));
        desk.undo(&natalie).await.unwrap();
        assert_eq!(newest().await.key_name, None);
        let pass = SystemPass::new(Reason::CommandLine);
        world.app.seal_activity(&pass).await.unwrap();
        assert!(world.app.verify_activity(&pass).await.unwrap().broken.is_none());
    }
}

///
#[tokio::test]
async fn a07_a_key_belongs_to_somebody() {
    for world in testkit::worlds().await {
        world.set_up().await;
        assert_refused!(create(&world, "nobody@example.com").await, Refused::NotFound);
    }
}

async fn sees(world: &World, account: &Account, key: &str) -> bool {
    let credentials = Credentials { api_key: Some(key.to_owned()), ..Credentials::default() };
    let ask = Ask { credentials, ..world.visitor() };
    world.app.read::<AccountPass<AnyUser>, ()>(&ask, account.id.clone(), |_, _| Ok(())).await.is_ok()
}

fn id_of(world: &World, key: &str) -> ApiKeyId {
    let hash = store::secret::hash(key);
    world.sql(&format!("SELECT id FROM api_key WHERE token_hash = '{hash}'"))[0][0].parse().unwrap()
}

/// Seen to fail: with the login left out of the statement in `store::api_key::remove`.
#[tokio::test]
async fn a07_a_key_is_listed_and_ended_by_its_owner_and_the_operator_and_nobody_else() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (_, natalie) = account.join("natalie@example.com", UserType::Administrator, &[]).await;
        let (one, two) = (
            create(&world, "ada@example.com").await.unwrap(),
            create(&world, "ada@example.com").await.unwrap(),
        );
        let (first, second) = (id_of(&world, &one), id_of(&world, &two));
        let keys = async |ask: &Ask| -> Vec<ApiKeyId> {
            let read = world.app.read::<SelfPass, _>(ask, (), app::api_key::list_own);
            read.await.unwrap().1.0.into_iter().map(|key| key.id).collect()
        };
        assert_eq!(keys(&account.admin.ask).await, [second.clone(), first.clone()]);
        assert!(keys(&natalie.ask).await.is_empty());
        let end = |id: &ApiKeyId| {
            let id = id.clone();
            move |w: Writer, pass: &SelfPass| api_key::end(w, pass, &id)
        };
        assert_refused!(world.app.write(&natalie.ask, (), end(&first)).await, Refused::NotFound);
        assert!(sees(&world, &account, &one).await);
        world.app.write(&account.admin.ask, (), end(&first)).await.unwrap();
        assert!(!sees(&world, &account, &one).await && sees(&world, &account, &two).await);
        let revoke = |address: &str| {
            let (email, id) = (EmailAddress::parse(address).unwrap(), second.clone());
            let unit =
                move |w: Writer| api_key::revoke(w, &SystemPass::new(Reason::CommandLine), &email, &id);
            world.app.store.write(Origin::internal(), unit)
        };
        assert_refused!(revoke("natalie@example.com").await, Refused::NotFound);
        revoke("ada@example.com").await.unwrap();
        assert!(!sees(&world, &account, &two).await);
    }
}

/// Who sets a new password by mail may have lost more than the password. Seen to fail: with `remove_all` left
/// out of `complete_reset`.
#[tokio::test]
async fn a07_a_new_password_by_mail_ends_ones_keys_and_nobody_elses() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        account.join("natalie@example.com", UserType::Administrator, &[]).await;
        let (own, other) = (
            create(&world, "ada@example.com").await.unwrap(),
            create(&world, "natalie@example.com").await.unwrap(),
        );
        let ada = EmailAddress::parse("ada@example.com").unwrap();
        world.app.request_reset(&world.visitor(), ada).await.unwrap();
        let link = world.follow(world.letter_to("ada@example.com").await.link());
        world.app.complete_reset(&link, "a kettle full of thunder").await.unwrap();
        assert!(!sees(&world, &account, &own).await && sees(&world, &account, &other).await);
        let told = world.sql("SELECT actor_name, subject_name FROM activity WHERE verb = 'api_key.ended'");
        assert_eq!(told, [["Ada Reyes", "nightly export"]]);
    }
}
