//! Showing again that it is oneself, and what does not show it.

use app::pass::{Proven, SelfPass};
use app::session::{Entered, on_host};
use app::{Ask, Refused};
use domain::email::EmailAddress;
use domain::id::SessionId;
use domain::time::Span;
use domain::user::UserType;
use testkit::{PASSWORD, Person, World};

use crate::desk::assert_refused;

const ADA: &str = "ada@example.com";
const NEW_PASSWORD: &str = "a kettle full of thunder";

/// The session, where it opens the pages of what is dangerous.
async fn proven(world: &World, ask: &Ask) -> Result<SessionId, Refused> {
    let (pass, ()) = world.app.read::<Proven<SelfPass>, ()>(ask, (), |_, _| Ok(())).await?;
    Ok(pass.session().clone())
}

/// Follows a link with the session of somebody who is signed in.
fn follow_as(world: &World, link: &str, person: &Person) -> Ask {
    let mut ask = world.follow(link);
    ask.credentials.session = person.ask.credentials.session.clone();
    ask
}

/// A-02, U-18, X-28. Who has copied a session and knows the password, but has no code, changes nothing with it, and a changed
/// password shows no more than was shown before. Seen to fail: with `change_password` by a `SelfPass`, and with `renew` by `begin`.
#[tokio::test]
async fn a02_a_changed_password_is_no_step_up() {
    for world in testkit::worlds().await {
        let mut ada = world.set_up().await.admin;
        world.advance(Span::minutes(31));
        let late = world.app.change_password(&ada.ask, PASSWORD, NEW_PASSWORD).await;
        assert_refused!(late, Refused::Unproven);
        world.prove_again(&mut ada.ask).await;
        world.advance(Span::minutes(10));
        let renewed = world.app.change_password(&ada.ask, PASSWORD, NEW_PASSWORD).await.unwrap();
        let ada = Person::signed_in(ADA, renewed);
        proven(&world, &ada.ask).await.expect("it was shown ten minutes ago");
        world.advance(Span::minutes(6));
        assert_refused!(proven(&world, &ada.ask).await, Refused::Unproven);
    }
}

/// U-07. Who is signed in types nothing to accept an invitation or to confirm an address, so that the session they go on
/// with has shown no more than the one before. Seen to fail: with `renew` by `begin`.
#[tokio::test]
async fn a02_a_session_that_goes_on_has_shown_no_more_than_before() {
    for world in testkit::worlds().await {
        let ada = world.set_up().await.admin;
        let other = world.another_account("Globex", "zoe@example.com").await;
        let new = EmailAddress::parse("countess@example.com").unwrap();
        world.app.request_email_change(&ada.ask, PASSWORD, new).await.unwrap();
        let changes = world.letter_to("countess@example.com").await.link().to_owned();
        other.invite_known(ADA, UserType::Administrator, &[]).await;
        let invites = world.letter_to(ADA).await.link().to_owned();
        world.advance(Span::minutes(16));
        let accepted = world.app.accept(&follow_as(&world, &invites, &ada), "").await.unwrap();
        let ada = Person::signed_in(ADA, accepted.session);
        assert_refused!(proven(&world, &ada.ask).await, Refused::Unproven);
        let follow = follow_as(&world, &changes, &ada);
        let confirmed = world.app.confirm_email_change(&follow, "").await.unwrap();
        let ada = Person::signed_in("countess@example.com", confirmed.expect("signed in"));
        assert_refused!(proven(&world, &ada.ask).await, Refused::Unproven);
    }
}

/// G-10. Who has copied a session does not wait until its owner shows again who they are: their copy is dead then. The
/// session is the same, so that what hangs on it stays. Seen to fail: with `session::prove` leaving the token as it was, and with
/// the host left out of it.
#[tokio::test]
async fn x28_showing_it_again_ends_every_copy_of_the_session() {
    const HOST: &str = "calls.bright.test";
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        account.show_brand("Bright Calls", Some(HOST)).await;
        for at in [None, Some(HOST)] {
            let here = |ask: &Ask| at.map_or_else(|| ask.clone(), |host| account.at_host(ask, host));
            let entered = world.app.sign_in(&here(&world.visitor()), ADA, PASSWORD).await.unwrap();
            let Entered::Started(started) = entered else { panic!("a password of one's own") };
            let mut own = here(&world.visitor());
            own.credentials.session = on_host(&testkit::session_of(started).token, at);
            let session = proven(&world, &own).await.expect("a fresh session");
            let copied = own.clone();
            world.advance(Span::minutes(16));
            world.prove_again(&mut own).await;
            assert_eq!(proven(&world, &own).await.unwrap(), session);
            assert_refused!(proven(&world, &copied).await, Refused::SignedOut);
            assert_refused!(
                world.app.read::<SelfPass, ()>(&copied, (), |_, _| Ok(())).await,
                Refused::SignedOut
            );
        }
    }
}
