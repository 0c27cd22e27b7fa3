//! Invitations: single-use links that expire, are sent again, revoked and accepted.

mod mend;
mod races;
mod tokens;

use app::invitation::Accepted;
use app::pass::LinkState;
use app::{Conflict, Refused};
use domain::access_change::Already;
use domain::account::AccountDetails;
use domain::input::Problem;
use domain::invitation::InvitationState;
use domain::time::Span;
use domain::user::{UserStatus, UserType};
use testkit::{PASSWORD, START, World};

use crate::desk::{Desk, assert_refused, field};

const OTHER_PASSWORD: &str = "a kettle full of thunder";

async fn try_link(world: &World, link: &str) -> Result<Accepted, Refused> {
    world.app.accept(&world.follow(link), PASSWORD).await
}

/// U-03
#[tokio::test]
async fn u03_nobody_is_active_before_they_set_a_password_and_the_link_works_once() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        account.invite("natalie@example.com", UserType::Administrator, &[]).await;
        let visitor = world.visitor();
        let sign_in = || world.app.sign_in(&visitor, "natalie@example.com", PASSWORD);
        assert_refused!(sign_in().await, Refused::Conflict(Conflict::WrongPassword));

        let link = world.letter_to("natalie@example.com").await.link().to_owned();
        assert!(link.starts_with("https://rollcall.example.test/invitations/ACC"), "{link}");
        let natalie = world.accept(&link, PASSWORD).await;
        Desk::of_person(&world, &account, &natalie).list(UserStatus::Active).await.unwrap();
        sign_in().await.unwrap();
        assert_refused!(try_link(&world, &link).await, Refused::Link(LinkState::Used));
    }
}

/// U-03
#[tokio::test]
async fn u03_a_weak_password_is_refused_and_the_link_stays() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        account.invite("natalie@example.com", UserType::Administrator, &[]).await;
        let link = world.letter_to("natalie@example.com").await.link().to_owned();
        for (weak, problem) in [
            ("", Problem::Missing),
            ("short", Problem::TooShort { min: 12 }),
            ("natalie reyes", Problem::WeakPassword),
            ("natalie@example.com", Problem::WeakPassword),
        ] {
            let refused = world.app.accept(&world.follow(&link), weak).await;
            assert_eq!(field(refused), ("password", problem), "{weak:?}");
        }
        world.accept(&link, PASSWORD).await;
    }
}

/// U-06
#[tokio::test]
async fn u06_resend_kills_every_earlier_link() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let id = account.invite("natalie@example.com", UserType::Administrator, &[]).await;
        let mut links = vec![world.letter_to("natalie@example.com").await.link().to_owned()];
        for _ in 0..3 {
            Desk::of(&world, &account).resend(&id).await.unwrap();
            let link = world.letter_to("natalie@example.com").await.link().to_owned();
            assert!(!links.contains(&link), "a link of its own");
            links.push(link);
            assert_eq!(world.mailbox().await.len(), 1, "no mail with a dead link goes out");
        }
        let newest = links.pop().unwrap();
        for earlier in links {
            assert_refused!(try_link(&world, &earlier).await, Refused::Link(LinkState::Unknown));
        }
        try_link(&world, &newest).await.unwrap();
    }
}

/// U-06
#[tokio::test]
async fn u06_resending_is_limited_per_hour() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, id) = (
            Desk::of(&world, &account),
            account.invite("natalie@example.com", UserType::Administrator, &[]).await,
        );
        for _ in 0..domain::invitation::RESENDS_PER_HOUR {
            desk.resend(&id).await.unwrap();
        }
        let link = world.letter_to("natalie@example.com").await.link().to_owned();
        let Err(Refused::TooMany(exceeded)) = desk.resend(&id).await else { panic!("sent too often") };
        assert_eq!(exceeded.until, START + Span::hours(1));
        assert_eq!(
            world.letter_to("natalie@example.com").await.link(),
            link,
            "the link that was mailed still works"
        );
        world.advance(Span::hours(1));
        desk.resend(&id).await.unwrap();
    }
}

/// U-06
#[tokio::test]
async fn u06_revoking_kills_the_link_and_the_pending_user() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, id) = (
            Desk::of(&world, &account),
            account.invite("natalie@example.com", UserType::Administrator, &[]).await,
        );
        let link = world.letter_to("natalie@example.com").await.link().to_owned();
        desk.revoke(&id).await.unwrap();
        assert_refused!(try_link(&world, &link).await, Refused::Link(LinkState::Unknown));
        assert!(desk.names(UserStatus::Pending).await.is_empty());
        assert_refused!(desk.resend(&id).await, Refused::NotFound);
        account.invite("natalie@example.com", UserType::Administrator, &[]).await;
        assert_refused!(try_link(&world, &link).await, Refused::Link(LinkState::Unknown));
    }
}

/// U-06
#[tokio::test]
async fn u06_what_was_accepted_is_neither_resent_nor_revoked() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let (id, natalie) = account.join("natalie@example.com", UserType::Administrator, &[]).await;
        assert_refused!(desk.resend(&id).await, Refused::Conflict(Conflict::Changed));
        assert_refused!(desk.revoke(&id).await, Refused::Conflict(Conflict::Already(Already::NotInvited)));
        Desk::of_person(&world, &account, &natalie).list(UserStatus::Active).await.unwrap();
    }
}

/// U-07
#[tokio::test]
async fn u07_an_expired_link_says_whom_to_ask_and_can_be_sent_again() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, id) = (
            Desk::of(&world, &account),
            account.invite("natalie@example.com", UserType::Administrator, &[]).await,
        );
        let link = world.letter_to("natalie@example.com").await.link().to_owned();
        world.advance(Span::seconds(7 * 86_400 - 1));
        world
            .app
            .read::<app::pass::InvitationPass, ()>(&world.follow(&link), (), |_, _| Ok(()))
            .await
            .unwrap();
        world.advance(Span::seconds(1));
        let Err(Refused::Link(LinkState::Expired { account_name, inviter })) = try_link(&world, &link).await
        else {
            panic!("the link still works");
        };
        assert_eq!((account_name.as_str(), inviter.as_str()), ("Acme", "Ada Reyes"));

        // Ada's own session has not been in use for that long either.
        let ada = world.sign_in("ada@example.com").await;
        let desk = Desk { ask: ada.ask, ..desk };
        let user = desk.get(&id).await.unwrap().user;
        assert_eq!(user.status, UserStatus::Pending, "it stays listed");
        assert_eq!(
            user.invitation.state(world.app.store.now()),
            InvitationState::Expired(START + Span::days(7))
        );
        desk.resend(&id).await.unwrap();
        assert_refused!(try_link(&world, &link).await, Refused::Link(LinkState::Unknown));
        try_link(&world, world.letter_to("natalie@example.com").await.link()).await.unwrap();
    }
}

/// U-07
#[tokio::test]
async fn u07_each_account_says_how_long_its_invitations_live() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let details = AccountDetails {
            name: "Acme".into(),
            time_zone: "UTC".into(),
            invitation_days: 2,
            free_types: false,
            takes_requests: true,
            temporary_passwords: true,
            see_as: true,
        };
        let change = move |w: app::work::Writer, pass: &_| app::account::change(w, pass, &details);
        world.app.write(&account.admin.ask, account.id.clone(), change).await.unwrap();
        account.invite("natalie@example.com", UserType::Administrator, &[]).await;
        let letter = world.letter_to("natalie@example.com").await;
        assert!(letter.text.contains("until 4 November 2026, 09:00 UTC"), "{}", letter.text);
        world.advance(Span::days(2));
        assert_refused!(try_link(&world, letter.link()).await, Refused::Link(LinkState::Expired { .. }));
    }
}

/// Seen to fail: with the password of a known person not checked.
#[tokio::test]
async fn x04_a_known_address_needs_its_own_password() {
    for world in testkit::worlds().await {
        let (account, other) =
            (world.set_up().await, world.another_account("Globex", "zoe@example.com").await);
        let id = account.invite_known("Zoe@Example.com", UserType::Administrator, &[]).await;
        let link = world.letter_to("Zoe@Example.com").await.link().to_owned();
        let refused = world.app.accept(&world.follow(&link), OTHER_PASSWORD).await;
        assert_eq!(field(refused), ("password", Problem::WrongPassword));
        assert_eq!(Desk::of(&world, &account).get(&id).await.unwrap().user.status, UserStatus::Pending);

        let zoe = world.accept(&link, PASSWORD).await;
        assert_eq!(zoe.login, other.admin.login, "one person, one login");
        Desk::of_person(&world, &account, &zoe).list(UserStatus::Active).await.unwrap();
        Desk::of_person(&world, &account, &other.admin).list(UserStatus::Active).await.unwrap();
        world.sign_in("zoe@example.com").await;
    }
}

/// Seen to fail: with the passwords that are tried with a link not counted.
#[tokio::test]
async fn x04_guessing_with_a_link_is_limited_like_signing_in() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        world.another_account("Globex", "zoe@example.com").await;
        account.invite_known("zoe@example.com", UserType::Administrator, &[]).await;
        let link = world.letter_to("zoe@example.com").await.link().to_owned();
        for _ in 0..app::limits::SIGN_IN.most {
            let refused = world.app.accept(&world.follow(&link), OTHER_PASSWORD).await;
            assert_eq!(field(refused), ("password", Problem::WrongPassword));
        }
        assert_refused!(try_link(&world, &link).await, Refused::TooMany(_));
        let sign_in = world.app.sign_in(&world.visitor(), "zoe@example.com", PASSWORD).await;
        assert_refused!(sign_in, Refused::TooMany(_));
    }
}

/// Seen to fail: with the token that the browser came with taken over.
#[tokio::test]
async fn x28_accepting_starts_a_session_of_its_own() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        account.invite("natalie@example.com", UserType::Administrator, &[]).await;
        let mut ask = world.follow(world.letter_to("natalie@example.com").await.link());
        ask.credentials.session = Some("planted".to_owned());
        let accepted = world.app.accept(&ask, PASSWORD).await.unwrap();
        assert_eq!(accepted.account, account.id);
        assert_ne!(testkit::session_of(accepted.session).token, "planted");
        let planted = Desk { ask, ..Desk::of(&world, &account) };
        assert_refused!(planted.list(UserStatus::Active).await, Refused::SignedOut);
    }
}

/// the link is bound to its address. Seen to fail: without `check_address`.
#[tokio::test]
async fn x04_who_is_signed_in_as_somebody_else_accepts_nothing() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let bob = world.another_account("Globex", "bob@example.com").await.admin;
        let id = account.invite("natalie@example.com", UserType::Administrator, &[]).await;
        let link = world.letter_to("natalie@example.com").await.link().to_owned();
        let mut ask = world.follow(&link);
        ask.credentials.session = bob.ask.credentials.session.clone();
        assert_refused!(world.app.accept(&ask, PASSWORD).await, Refused::Conflict(Conflict::OtherAddress));
        assert_eq!(Desk::of(&world, &account).get(&id).await.unwrap().user.status, UserStatus::Pending);
        assert!(world.sql("SELECT id FROM login WHERE email_canonical = 'natalie@example.com'").is_empty());
        world.accept(&link, PASSWORD).await;
    }
}

/// U-03, X-04: who is signed in with the invited address needs no password again. Seen to fail: with the session that they came
/// with left open beside the new one.
#[tokio::test]
async fn u03_who_is_signed_in_with_the_invited_address_joins_at_once() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let zoe = world.another_account("Globex", "zoe@example.com").await.admin;
        account.invite_known("zoe@example.com", UserType::Administrator, &[]).await;
        let mut ask = world.follow(world.letter_to("zoe@example.com").await.link());
        ask.credentials.session = zoe.ask.credentials.session.clone();
        let accepted = world.app.accept(&ask, "").await.unwrap();
        assert_eq!(testkit::session_of(accepted.session).login, zoe.login);
        Desk::of(&world, &account).list(UserStatus::Active).await.unwrap();
        let old = Desk { ask: zoe.ask, ..Desk::of(&world, &account) };
        assert_refused!(old.list(UserStatus::Active).await, Refused::SignedOut);
    }
}

/// an invitation gives no more than its inviter could give at the moment it is accepted. Seen to fail: with
/// `may_still_invite` always true.
#[tokio::test]
async fn x08_an_inviter_who_is_gone_lets_nobody_in_until_somebody_sends_it_again() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (evil, person) = account.join("evil@example.com", UserType::Administrator, &[]).await;
        let desk = Desk::of_person(&world, &account, &person);
        let new = account.new_user("backdoor@example.com", UserType::Administrator, &[]);
        let id = desk.create(new).await.unwrap();
        let link = world.letter_to("backdoor@example.com").await.link().to_owned();
        let admin = Desk::of(&world, &account);
        admin.delete(&evil).await.unwrap();
        assert_refused!(try_link(&world, &link).await, Refused::Link(LinkState::NeedsApproval { .. }));
        assert_eq!(admin.get(&id).await.unwrap().user.status, UserStatus::Pending);

        admin.resend(&id).await.unwrap();
        world.accept(world.letter_to("backdoor@example.com").await.link(), PASSWORD).await;
    }
}

/// each account's invitations to one address are limited, and no account can use up another's, or learn of them. Seen to
/// fail: with invitations to one address not counted.
#[tokio::test]
async fn x31_invitations_to_one_address_are_limited_in_each_account() {
    for world in testkit::worlds().await {
        let (account, other) =
            (world.set_up().await, world.another_account("Globex", "zoe@example.com").await);
        let invite_and_revoke = async |account: &testkit::Account| {
            let new = account.new_user("victim@example.com", UserType::Administrator, &[]);
            let id = account.create(new).await?;
            Desk::of(&world, account).revoke(&id).await
        };
        for _ in 0..app::limits::INVITATION_ADDRESS.most {
            invite_and_revoke(&account).await.unwrap();
        }
        assert_refused!(invite_and_revoke(&account).await, Refused::TooMany(_));
        invite_and_revoke(&other).await.unwrap();
        world.advance(Span::days(1));
        let desk = Desk::of_person(&world, &account, &world.sign_in(&account.admin.email).await);
        let id =
            desk.create(account.new_user("victim@example.com", UserType::Administrator, &[])).await.unwrap();
        desk.revoke(&id).await.unwrap();
    }
}

/// Seen to fail: with `INVITATION_ACCOUNT` not counted.
#[tokio::test]
async fn x31_an_account_may_not_invite_without_end() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        // An account is counted by shares once it is not young any more.
        world.sql("UPDATE account SET created_at = created_at - 86400000000");
        account.invite("natalie@example.com", UserType::Administrator, &[]).await;
        // Thousands of invitations later, in whichever share of the count.
        let spent = |made: i64| {
            for share in "0123456789abcdef".chars() {
                let name = format!("invitations of {}, share {share}", account.id);
                let until = (world.app.store.now() + Span::days(1)).micros();
                world.sql(&format!(
                    "INSERT INTO attempt (name, made, ends_at) VALUES ('{name}', {made}, {until})
                     ON CONFLICT (name) DO UPDATE SET made = {made}"
                ));
            }
        };
        let most = app::limits::INVITATION_ACCOUNT.most;
        spent(most - 1);
        account.invite("sam@example.com", UserType::Administrator, &[]).await;
        spent(most);
        let refused = account.create(account.new_user("kim@example.com", UserType::Administrator, &[])).await;
        assert_refused!(refused, Refused::TooMany(_));
        world.advance(Span::days(1));
        account.invite("kim@example.com", UserType::Administrator, &[]).await;
    }
}

/// The link of somebody who was suspended, which no operation does to who is still invited, must not make them active all
/// the same.
/// Seen to fail: with `status = 'pending'` left out of `user::activate`.
#[tokio::test]
async fn x09_who_was_suspended_before_accepting_does_not_join() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let id = account.invite("natalie@example.com", UserType::Administrator, &[]).await;
        let link = world.letter_to("natalie@example.com").await.link().to_owned();
        world.sql(&format!("UPDATE \"user\" SET status = 'suspended' WHERE id = '{id}'"));
        assert!(try_link(&world, &link).await.is_err());
        let found = world.sql(&format!("SELECT status FROM \"user\" WHERE id = '{id}'"));
        assert_eq!(found, [["suspended"]]);
        assert!(world.sql("SELECT id FROM login WHERE email = 'natalie@example.com'").is_empty());
    }
}
