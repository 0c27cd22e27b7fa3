//! One's own: password, and names in an account.

use app::pass::{AccountPass, LinkState, SelfPass};
use app::session::Started;
use app::work::{Reader, Writer};
use app::{Ask, Conflict, Refused, limits, me};
use domain::capability::proof::AnyUser;
use domain::email::EmailAddress;
use domain::input::Problem;
use domain::user::{Names, UserType};
use testkit::{Account, PASSWORD, Person, World};

use crate::desk::{Desk, assert_refused, field};

const NEW_PASSWORD: &str = "a kettle full of thunder";

async fn change(world: &World, ask: &Ask, present: &str, new: &str) -> Result<Started, Refused> {
    world.app.change_password(ask, present, new).await
}

async fn is_signed_in(world: &World, ask: &Ask) -> bool {
    world.app.read::<SelfPass, ()>(ask, (), |_, _| Ok(())).await.is_ok()
}

/// U-18, A-04, X-28. Seen to fail: without `session::cut_off`.
#[tokio::test]
async fn u18_a_changed_password_ends_all_that_was_there_and_goes_on_anew() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (ask, email) = (&account.admin.ask, EmailAddress::parse("ada@example.com").unwrap());
        let other = world.sign_in("ada@example.com").await;
        world.app.request_reset(&world.visitor(), email.clone()).await.unwrap();
        let reset = world.letter_to("ada@example.com").await.link().to_owned();
        let new = EmailAddress::parse("countess@example.com").unwrap();
        world.app.request_email_change(ask, PASSWORD, new).await.unwrap();
        let moved = world.letter_to("countess@example.com").await.link().to_owned();

        let signed_in = change(&world, ask, PASSWORD, NEW_PASSWORD).await.unwrap();
        for ended in [ask, &other.ask] {
            assert!(!is_signed_in(&world, ended).await, "a copied session is over, also one's own");
        }
        assert!(is_signed_in(&world, &Person::signed_in("", signed_in).ask).await);
        let dead = world.app.complete_reset(&world.follow(&reset), PASSWORD).await;
        assert_refused!(dead, Refused::Link(LinkState::Unknown));
        let dead = world.app.confirm_email_change(&world.follow(&moved), NEW_PASSWORD).await;
        assert_refused!(dead, Refused::Link(LinkState::Unknown));
        let old = world.app.sign_in(&world.visitor(), "ada@example.com", PASSWORD).await;
        assert_refused!(old, Refused::Conflict(Conflict::WrongPassword));
        world.app.sign_in(&world.visitor(), "ada@example.com", NEW_PASSWORD).await.unwrap();
        assert_eq!(world.letter_to("ada@example.com").await.subject, "Your password was changed");
    }
}

/// U-18: what stays. Seen to fail: with the keys ended in `session::cut_off`.
#[tokio::test]
async fn u18_a_changed_password_leaves_keys_and_other_people_alone() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (_, natalie) = account.join("natalie@example.com", UserType::Administrator, &[]).await;
        let email = EmailAddress::parse("ada@example.com").unwrap();
        let key = move |w: Writer| {
            let pass = app::pass::SystemPass::new(app::pass::Reason::CommandLine);
            app::api_key::create(w, &pass, &email, "export")
        };
        world.app.store.write(app::work::Origin::internal(), key).await.unwrap();
        change(&world, &account.admin.ask, PASSWORD, NEW_PASSWORD).await.unwrap();
        assert_eq!(world.sql("SELECT name FROM api_key"), [["export"]]);
        assert!(is_signed_in(&world, &natalie.ask).await);
    }
}

/// U-18, A-06. Seen to fail: with the present password not counted.
#[tokio::test]
async fn u18_the_present_password_is_asked_for_and_counted() {
    for world in testkit::worlds().await {
        let ask = world.set_up().await.admin.ask;
        assert_eq!(field(change(&world, &ask, "", NEW_PASSWORD).await), ("password", Problem::Missing));
        assert_eq!(field(change(&world, &ask, PASSWORD, "short").await).0, "new_password");
        let weak = change(&world, &ask, PASSWORD, "ada@example.com").await;
        assert_eq!(field(weak), ("new_password", Problem::WeakPassword));
        // The two new ones that were refused have cost a try of the present one each.
        for _ in 2..limits::SIGN_IN.most {
            let wrong = change(&world, &ask, "not her password", NEW_PASSWORD).await;
            assert_eq!(field(wrong), ("password", Problem::WrongPassword));
        }
        assert_refused!(change(&world, &ask, PASSWORD, NEW_PASSWORD).await, Refused::TooMany(_));
        assert!(is_signed_in(&world, &ask).await, "whoever found the browser open throws nobody out");
    }
}

async fn found(account: &Account, world: &World, word: &str) -> usize {
    Desk::of(world, account).search(word).await.unwrap().len()
}

/// U-18, A-05. Seen to fail: with the words left as they were.
#[tokio::test]
async fn u18_one_changes_ones_own_names_in_an_account_and_is_found_by_them() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let company = account.company("Harbor").await;
        let (id, natalie) = account.join("natalie@example.com", UserType::Reporting, &[company]).await;
        let names = Names { first: "Nat".into(), last: "Ford".into(), display: "Sunny".into() };
        let write = move |w: Writer, pass: &AccountPass<AnyUser>| me::change_own_user(w, pass, &names);
        world.app.write(&natalie.ask, account.id.clone(), write).await.unwrap();
        assert_eq!([found(&account, &world, "sunny").await, found(&account, &world, "reyes").await], [1, 1]);
        let last = account.activity().await.pop().unwrap();
        assert_eq!((last.verb.as_str(), last.actor_name.as_str()), ("user.changed", "Natalie Reyes"));
        assert_eq!((last.subject_id, last.changes.len()), (id.to_string(), 3));
        let own = world.app.read(&natalie.ask, (), |r: &mut Reader, pass: &SelfPass| me::profile(r, pass));
        let (pass, profile) = own.await.unwrap();
        assert_eq!(profile.users[0].names.full(), "Nat Ford");
        assert_eq!(pass.person().name(), "Natalie Reyes", "the sign-in keeps its own");
    }
}

/// Each change is mailed, also to whoever never asked for a sign-in. Seen to fail: without the count.
#[tokio::test]
async fn x31_a_password_is_changed_so_often_an_hour_and_no_more() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (mut ask, mut present) = (account.admin.ask.clone(), PASSWORD.to_owned());
        for n in 0..limits::PASSWORD_CHANGE.most {
            let new = format!("{NEW_PASSWORD} {n}");
            let session = change(&world, &ask, &present, &new).await.unwrap();
            (ask.credentials.session, present) = (Some(testkit::session_of(session).token), new);
        }
        assert_refused!(change(&world, &ask, &present, NEW_PASSWORD).await, Refused::TooMany(_));
        assert!(is_signed_in(&world, &ask).await);
    }
}
