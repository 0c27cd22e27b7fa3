//! Sending: what arrives, what is tried again, and what is over before it is sent.

use std::time::{Duration, Instant};

use app::pass::{Proven, SelfPass};
use app::push::{NewPush, queue};
use app::session::{end_others, sign_out};
use app::work::{Origin, Unrecorded, Writer};
use app::{Ask, Refused, me};
use data_encoding::BASE64URL_NOPAD;
use domain::id::{AccountId, LoginId};
use domain::push::{Fault, LIFETIME, PushKind};
use domain::time::Span;
use domain::user::UserType;
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use store::secret::Key;
use testkit::{PASSWORD, World};
use text::Language;

use super::{device, devices, restart_with, send, test, turn_on, waiting};
use crate::push_service::{Browser, Mood, PushService, Taken};

/// Has all devices of a login told, as an event of an account does.
async fn tell(world: &World, to: &LoginId, account: Option<&AccountId>) -> usize {
    let (to, account) = (to.clone(), account.cloned());
    let tell = move |mut w: Writer| {
        let new = NewPush { account: account.as_ref(), kind: PushKind::Test, subject: "" };
        let told = queue(&mut w, &to, &new)?;
        Ok::<_, Refused>(w.commit_unrecorded(Unrecorded::Push, told))
    };
    world.app.store.write(Origin::internal(), tell).await.unwrap()
}

/// Who has signed, whom for, and until when: seconds since 1970.
fn signed(taken: &Taken) -> (String, serde_json::Value) {
    let (token, key) =
        taken.header("authorization").strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
    let bytes = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).unwrap();
    let (unsigned, signature) = token.rsplit_once('.').unwrap();
    let public = VerifyingKey::from_sec1_bytes(&bytes(key)).unwrap();
    public.verify(unsigned.as_bytes(), &Signature::from_slice(&bytes(signature)).unwrap()).unwrap();
    (key.to_owned(), serde_json::from_slice(&bytes(unsigned.split('.').nth(1).unwrap())).unwrap())
}

/// G-08, X-06. A browser knows us by the key that was the newest when it was asked, and goes on by it. Seen to fail: with all of them
/// told by the newest, and with rows that name an older one not counted.
#[tokio::test]
async fn g08_x06_a_browser_of_before_is_told_by_the_key_of_before() {
    for mut world in testkit::worlds().await {
        assert_eq!(world.app.check_key().await.unwrap(), None);
        let service = PushService::open();
        restart_with(&mut world, service.way());
        let ada = world.set_up().await.admin;
        turn_on(&world, &ada.ask, &Browser::at(&service, "/one", 1)).await.unwrap();
        let (id, before) = (device(&world, &ada.ask).await, world.app.push_key());
        world.restart_with_key(Key::of([(2, [8; 32]), (1, [7; 32])])).await;
        restart_with(&mut world, service.way());
        assert_eq!(world.app.check_key().await.unwrap(), None);
        assert_eq!(world.app.older_key_uses().await.unwrap().push_devices, 1);
        test(&world, &ada.ask, &id).await.unwrap();
        assert_eq!(send(&world).await, 1);
        assert_eq!(signed(&service.taken()[0]).0, before);
        world.advance(Span::seconds(1));
        let elsewhere = world.sign_in("ada@example.com").await;
        turn_on(&world, &elsewhere.ask, &Browser::at(&service, "/two", 2)).await.unwrap();
        let id = device(&world, &elsewhere.ask).await;
        test(&world, &elsewhere.ask, &id).await.unwrap();
        assert_eq!(send(&world).await, 1);
        let after = signed(service.taken().last().unwrap()).0;
        assert_eq!(after, world.app.push_key());
        assert_ne!(after, before);
    }
}

/// G-08, L-05. Seen to fail: with the salt left the same, with the path of another page, with the row left, and with
/// a key that is another each time.
#[tokio::test]
async fn g08_a_test_is_read_by_its_browser_alone() {
    for mut world in testkit::worlds().await {
        let service = PushService::open();
        restart_with(&mut world, service.way());
        let ada = world.set_up().await.admin;
        let browser = Browser::at(&service, "/one?x=1", 1);
        turn_on(&world, &ada.ask, &browser).await.unwrap();
        let id = device(&world, &ada.ask).await;
        test(&world, &ada.ask, &id).await.unwrap();
        test(&world, &ada.ask, &id).await.unwrap();
        assert_eq!((send(&world).await, send(&world).await, waiting(&world)), (2, 0, 0));
        let taken = service.taken();
        assert_eq!((taken.len(), taken[0].path.as_str()), (2, "/one?x=1"));
        let told = browser.read(&taken[0].body).unwrap();
        assert_eq!(told["title"], "Test");
        assert_eq!(told["body"], "Push works on this device.");
        assert_eq!((&told["path"], &told["lang"]), (&"/me/push".into(), &"en".into()));
        // Two are two, and no two messages have the same lock.
        assert_ne!(told["tag"], browser.read(&taken[1].body).unwrap()["tag"]);
        assert_ne!(taken[0].body[..16], taken[1].body[..16]);
        assert_ne!(taken[0].body[21..86], taken[1].body[21..86]);
        assert!(Browser::at(&service, "/one", 2).read(&taken[0].body).is_none());
        assert_eq!(taken[0].header("content-encoding"), "aes128gcm");
        assert_eq!(taken[0].header("ttl"), (4 * 3_600).to_string());
        assert_eq!(taken[0].header("host"), service.address.to_string());
        let (key, claims) = signed(&taken[0]);
        assert_eq!(key, world.app.push_key());
        assert_eq!(claims["aud"], format!("http://{}", service.address));
        assert_eq!(claims["sub"], "https://rollcall.example.test");
        let shown = devices(&world, &ada.ask).await.remove(0);
        assert_eq!((shown.told_at, shown.fault), (Some(world.app.store.now()), None));
    }
}

/// I-08. A push speaks as its reader does. Seen to fail: with the language of whoever set it going.
#[tokio::test]
async fn i08_a_push_speaks_as_its_reader_does() {
    for mut world in testkit::worlds().await {
        let service = PushService::open();
        restart_with(&mut world, service.way());
        let ada = world.set_up().await.admin;
        let browser = Browser::at(&service, "/one", 1);
        turn_on(&world, &ada.ask, &browser).await.unwrap();
        let choose = async |language| {
            let choose =
                move |w: Writer, pass: &SelfPass| me::change(w, pass, ("Ada", "Reyes"), Some(language));
            world.app.write(&ada.ask, (), choose).await.unwrap();
        };
        choose(Language::English).await;
        test(&world, &ada.ask, &device(&world, &ada.ask).await).await.unwrap();
        choose(Language::Spanish).await;
        send(&world).await;
        let told = browser.read(&service.taken()[0].body).unwrap();
        assert_eq!((&told["title"], &told["lang"]), (&"Prueba".into(), &"es".into()));
    }
}

/// G-08. Seen to fail: with the device left, and with 410 taken for something that passes.
#[tokio::test]
async fn g08_a_browser_that_is_gone_is_forgotten() {
    for status in [404, 410] {
        for mut world in testkit::worlds().await {
            let service = PushService::open();
            restart_with(&mut world, service.way());
            let ada = world.set_up().await.admin;
            turn_on(&world, &ada.ask, &Browser::at(&service, "/one", 1)).await.unwrap();
            let id = device(&world, &ada.ask).await;
            test(&world, &ada.ask, &id).await.unwrap();
            service.set_mood("/one", Mood::Says(status, ""));
            send(&world).await;
            assert!(devices(&world, &ada.ask).await.is_empty());
            assert_eq!((waiting(&world), tell(&world, &ada.login, None).await), (0, 0));
            let told =
                world.sql("SELECT actor_kind, subject_id FROM activity WHERE verb = 'push.turned_off'");
            assert_eq!(told, [["system".to_owned(), id.to_string()]]);
        }
    }
}

/// G-08. Seen to fail: with the service's own wish let go, with every failure taken for an end, without an end, and
/// with what is over kept.
#[tokio::test]
async fn g08_a_service_that_is_busy_is_asked_again_as_long_as_it_matters() {
    for mut world in testkit::worlds().await {
        let service = PushService::open();
        restart_with(&mut world, service.way());
        let ada = world.set_up().await.admin;
        let browser = Browser::at(&service, "/one", 1);
        turn_on(&world, &ada.ask, &browser).await.unwrap();
        test(&world, &ada.ask, &device(&world, &ada.ask).await).await.unwrap();
        service.set_mood("/one", Mood::Says(429, "Retry-After: 600\r\n"));
        assert_eq!(send(&world).await, 1);
        assert_eq!(devices(&world, &ada.ask).await[0].fault, Some(Fault::Later));
        world.advance(Span::minutes(9));
        assert_eq!(send(&world).await, 0);
        for mood in [Mood::Says(503, ""), Mood::HangsUp] {
            service.set_mood("/one", mood);
            world.advance(Span::minutes(5));
            assert_eq!((send(&world).await, waiting(&world)), (1, 1));
        }
        service.set_mood("/one", Mood::TAKES);
        world.advance(Span::minutes(5));
        assert_eq!((send(&world).await, waiting(&world)), (1, 0));
        assert_eq!(devices(&world, &ada.ask).await[0].fault, None);
        let tags: Vec<_> =
            service.taken().iter().map(|taken| browser.read(&taken.body).unwrap()["tag"].clone()).collect();
        assert_eq!((tags.len(), tags.iter().all(|tag| *tag == tags[0])), (4, true));
        assert_eq!(service.taken()[3].header("ttl"), (4 * 3_600 - 24 * 60).to_string());
        // Nobody wants to hear of it hours later.
        test(&world, &ada.ask, &device(&world, &ada.ask).await).await.unwrap();
        world.advance(LIFETIME);
        assert_eq!((send(&world).await, waiting(&world), service.taken().len()), (1, 0, 4));
        assert_eq!(devices(&world, &ada.ask).await[0].fault, Some(Fault::GivenUp));
        // Nor is one kept that could be tried again only when it is too late.
        test(&world, &ada.ask, &device(&world, &ada.ask).await).await.unwrap();
        service.set_mood("/one", Mood::Says(429, "Retry-After: 14400\r\n"));
        assert_eq!((send(&world).await, waiting(&world), service.taken().len()), (1, 0, 5));
        assert_eq!(devices(&world, &ada.ask).await[0].fault, Some(Fault::GivenUp));
    }
}

/// G-08. What a service will not take is not tried again, and the device stays. Seen to fail: with the row left.
#[tokio::test]
async fn g08_what_is_refused_is_told_and_not_tried_again() {
    for mut world in testkit::worlds().await {
        let service = PushService::open();
        restart_with(&mut world, service.way());
        let ada = world.set_up().await.admin;
        turn_on(&world, &ada.ask, &Browser::at(&service, "/one", 1)).await.unwrap();
        test(&world, &ada.ask, &device(&world, &ada.ask).await).await.unwrap();
        service.set_mood("/one", Mood::Says(403, ""));
        assert_eq!((send(&world).await, waiting(&world)), (1, 0));
        assert_eq!(devices(&world, &ada.ask).await[0].fault, Some(Fault::Refused));
    }
}

/// G-08. Seen to fail: with one sent after the other.
#[tokio::test]
async fn g08_a_slow_service_holds_up_nobody_else() {
    for mut world in testkit::worlds().await {
        let service = PushService::open();
        restart_with(&mut world, service.way());
        let ada = world.set_up().await.admin;
        let moods = [Mood::Sleeps(Duration::from_secs(60)), Mood::Drips, Mood::Floods, Mood::TAKES];
        for (mood, number) in moods.into_iter().zip(1..) {
            let path = format!("/{number}");
            service.set_mood(&path, mood);
            let person = world.sign_in("ada@example.com").await;
            turn_on(&world, &person.ask, &Browser::at(&service, &path, number)).await.unwrap();
        }
        assert_eq!(tell(&world, &ada.login, None).await, 4);
        let before = Instant::now();
        assert_eq!(send(&world).await, 4);
        // Two of them take all the time there is, which is two seconds.
        assert!(before.elapsed() < Duration::from_millis(3_500), "{:?}", before.elapsed());
        assert_eq!((service.met(), waiting(&world)), (4, 3));
        let taken = devices(&world, &ada.ask).await.into_iter().map(|device| device.fault.is_none());
        assert_eq!(taken.collect::<Vec<_>>(), [true, false, false, false]);
    }
}

/// G-08, X-26. A service that says for ever that its answer is to come is left at once, and costs nothing. Seen to fail: with all of
/// it read.
#[tokio::test]
async fn x26_an_answer_that_never_begins_is_left_at_once() {
    for mut world in testkit::worlds().await {
        let service = PushService::open();
        restart_with(&mut world, service.way());
        let ada = world.set_up().await.admin;
        service.set_mood("/one", Mood::Continues);
        turn_on(&world, &ada.ask, &Browser::at(&service, "/one", 1)).await.unwrap();
        tell(&world, &ada.login, None).await;
        let before = Instant::now();
        assert_eq!(send(&world).await, 1);
        assert!(before.elapsed() < Duration::from_millis(1_500), "{:?}", before.elapsed());
    }
}

/// How a session ends.
#[derive(Clone, Copy, Debug)]
enum End {
    SignOut,
    FromElsewhere,
    EverywhereElse,
    Password,
    Reset,
    Time,
}

async fn end(world: &World, way: End, own: &Ask, elsewhere: &Ask) {
    let app = &world.app;
    match way {
        End::SignOut => drop(app.write(own, (), sign_out).await.unwrap()),
        End::FromElsewhere => {
            let session = app.read::<SelfPass, ()>(own, (), |_, _| Ok(())).await.unwrap().0.session().clone();
            let end = move |w: Writer, pass: &Proven<SelfPass>| app::session::end(w, pass, &session);
            app.write(elsewhere, (), end).await.unwrap();
        }
        End::EverywhereElse => drop(app.write(elsewhere, (), end_others).await.unwrap()),
        End::Password => {
            app.change_password(elsewhere, PASSWORD, "a kettle full of thunder").await.map(drop).unwrap();
        }
        End::Reset => {
            let email = domain::email::EmailAddress::parse("ada@example.com").unwrap();
            app.request_reset(&world.visitor(), email).await.unwrap();
            let link = world.letter_to("ada@example.com").await.link().to_owned();
            let reset = app.complete_reset(&world.follow(&link), "a kettle full of thunder").await;
            reset.map(drop).unwrap();
        }
        End::Time => world.sql("UPDATE session SET expires_at = created_at").clear(),
    }
}

/// L-05. Whatever ends the session ends push there, and what waited goes to nobody. Seen to fail: with the end of the
/// session let go in `find_reached` and `list_ids` (that is `Time`), and without the reference to the session in the table (the others).
#[tokio::test]
async fn l05_push_ends_with_the_session() {
    use End::*;
    for way in [SignOut, FromElsewhere, EverywhereElse, Password, Reset, Time] {
        for mut world in testkit::worlds().await {
            let service = PushService::open();
            restart_with(&mut world, service.way());
            let elsewhere = world.set_up().await.admin;
            let own = world.sign_in("ada@example.com").await;
            turn_on(&world, &own.ask, &Browser::at(&service, "/one", 1)).await.unwrap();
            test(&world, &own.ask, &device(&world, &own.ask).await).await.unwrap();
            end(&world, way, &own.ask, &elsewhere.ask).await;
            send(&world).await;
            assert_eq!((waiting(&world), service.met()), (0, 0), "{way:?}");
            assert!(matches!(way, Time) || world.sql("SELECT id FROM push_device").is_empty(), "{way:?}");
            assert_eq!(tell(&world, &own.login, None).await, 0, "{way:?}");
        }
    }
}

/// L-05. A session that is not used for a week is no device any more. Seen to fail: as above.
#[tokio::test]
async fn l05_a_device_that_nobody_uses_is_told_no_more() {
    for mut world in testkit::worlds().await {
        let service = PushService::open();
        restart_with(&mut world, service.way());
        let ada = world.set_up().await.admin;
        turn_on(&world, &ada.ask, &Browser::at(&service, "/one", 1)).await.unwrap();
        world.advance(Span::minutes(7 * 24 * 60 - 1));
        assert_eq!(tell(&world, &ada.login, None).await, 1);
        world.advance(Span::minutes(1));
        assert_eq!((send(&world).await, service.met()), (1, 0));
        assert_eq!(tell(&world, &ada.login, None).await, 0);
    }
}

/// G-10. On an account's own host nothing of another is seen, on the locked screen neither. Seen to fail: without the
/// condition in `find_reached`.
#[tokio::test]
async fn g10_a_device_on_an_own_host_is_told_of_its_account_alone() {
    for mut world in testkit::worlds().await {
        let service = PushService::open();
        restart_with(&mut world, service.way());
        let account = world.set_up().await;
        let other = world.another_account("Other", "olga@example.com").await;
        account.join("natalie@example.com", UserType::Administrator, &[]).await;
        account.show_brand("Bright", Some("calls.bright.example")).await;
        let visitor = account.at_host(&world.visitor(), "calls.bright.example");
        let entered = world.app.sign_in(&visitor, "natalie@example.com", PASSWORD).await.unwrap();
        let app::session::Entered::Started(app::session::Started::Session(session)) = entered else {
            panic!("no temporary password")
        };
        let token = app::session::on_host(&session.token, Some("calls.bright.example")).unwrap();
        let mut ask = visitor.clone();
        ask.credentials.session = Some(token);
        turn_on(&world, &ask, &Browser::at(&service, "/one", 1)).await.unwrap();
        let on_own = async |account: Option<&AccountId>| {
            let met = service.met();
            assert_eq!(tell(&world, &session.login, account).await, 1);
            assert_eq!((send(&world).await, waiting(&world)), (1, 0));
            service.met() - met
        };
        assert_eq!(on_own(Some(&account.id)).await, 1);
        assert_eq!(on_own(Some(&other.id)).await, 0);
        assert_eq!(on_own(None).await, 1);
        world.sql("DELETE FROM brand_host");
        assert_eq!(on_own(Some(&account.id)).await, 0);
        assert_eq!(on_own(None).await, 0);
    }
}

/// G-08. Accounts take turns, and what a person waits for goes first. Seen to fail: with the turn not noted.
#[tokio::test]
async fn g08_accounts_take_turns() {
    for mut world in testkit::worlds().await {
        let service = PushService::open();
        restart_with(&mut world, service.way());
        let account = world.set_up().await;
        let other = world.another_account("Other", "olga@example.com").await;
        turn_on(&world, &account.admin.ask, &Browser::at(&service, "/ada", 1)).await.unwrap();
        turn_on(&world, &other.admin.ask, &Browser::at(&service, "/olga", 2)).await.unwrap();
        for _ in 0..40 {
            tell(&world, &account.admin.login, Some(&account.id)).await;
        }
        tell(&world, &other.admin.login, Some(&other.id)).await;
        tell(&world, &other.admin.login, None).await;
        let mut sent = Vec::new();
        for _ in 0..5 {
            sent.push(send(&world).await);
        }
        assert_eq!((sent, waiting(&world)), (vec![1, 16, 1, 16, 8], 0));
    }
}
