//! What a link that was mailed with an account's own host opens by then: whoever has the host may have taken it.

use app::Refused;
use app::pass::{InvitationPass, ResetPass};
use app::work::Reader;
use domain::email::EmailAddress;
use domain::user::UserType;
use testkit::{Account, PASSWORD, World};

use super::{BRIGHT, CLEAR};

const NEW_PASSWORD: &str = "a kettle full of thunder";

async fn asked_for(world: &World, address: &str) -> String {
    world.app.request_reset(&world.visitor(), EmailAddress::parse(address).unwrap()).await.unwrap();
    world.letter_to(address).await.link().to_owned()
}

fn proven(world: &World, address: &str) -> bool {
    let sql = format!("SELECT 1 FROM login WHERE email_proven_at IS NOT NULL AND email = '{address}'");
    !world.sql(&sql).is_empty()
}

async fn opens(world: &World, ask: &app::Ask) -> bool {
    let read = |_: &mut Reader, _: &ResetPass| Ok(());
    match world.app.read(ask, (), read).await {
        Ok(_) => true,
        Err(Refused::Link(_)) => false,
        Err(other) => panic!("{other:?}"),
    }
}

async fn two(world: &mut World) -> (Account, Account) {
    world.serve_plainly();
    let (account, other) = (world.set_up().await, world.another_account("Clear", "cleo@example.com").await);
    account.show_brand("Bright", Some(BRIGHT)).await;
    other.show_brand("Clear", Some(CLEAR)).await;
    (account, other)
}

/// A link for a new password works on the host that it was mailed with, and as long as its reader has that account
/// alone. Seen to fail: without the question at the server's own host; without the one whether it would still lead there.
#[tokio::test]
async fn x18_a_reset_of_a_brands_host_opens_that_account_and_nothing_since() {
    for mut world in testkit::worlds().await {
        let (account, other) = two(&mut world).await;
        let link = asked_for(&world, "ada@example.com").await;
        let there = world.follow_at(&account, BRIGHT, &link);
        let mut taken = there.clone();
        taken.credentials.at = None;
        assert!(opens(&world, &there).await && !opens(&world, &taken).await);
        assert!(!opens(&world, &other.at_host(&taken, CLEAR)).await);
        other.invite_known("ada@example.com", UserType::Administrator, &[]).await;
        let joined = world.letter_to("ada@example.com").await.link().to_owned();
        let mut ask = world.follow(&joined);
        ask.credentials.session = world.sign_in("ada@example.com").await.ask.credentials.session;
        world.app.accept(&ask, "").await.unwrap();
        assert!(!opens(&world, &there).await && !opens(&world, &taken).await);
        // The next one is below the server's own address, and works there alone.
        let link = asked_for(&world, "ada@example.com").await;
        let ours = world.follow(&link);
        assert!(opens(&world, &ours).await && !opens(&world, &account.at_host(&ours, BRIGHT)).await);
    }
}

/// Who set a password by the host's link may not be the address's owner, and is let in nowhere as such. Seen to fail: with
/// the address as proven as before.
#[tokio::test]
async fn x18_a_reset_by_a_brands_host_leaves_no_proven_address() {
    for mut world in testkit::worlds().await {
        let (account, _) = two(&mut world).await;
        let link = asked_for(&world, "ada@example.com").await;
        assert!(proven(&world, "ada@example.com"));
        world.app.complete_reset(&world.follow_at(&account, BRIGHT, &link), NEW_PASSWORD).await.unwrap();
        assert!(!proven(&world, "ada@example.com"));
        let link = asked_for(&world, "ada@example.com").await;
        assert!(link.starts_with("https://calls.hosted.test/"), "{link}");
        world.app.complete_reset(&world.follow(&link), PASSWORD).await.unwrap();
        assert!(proven(&world, "ada@example.com"));
    }
}

/// X-18, U-07. An invitation of the host chooses no password for a login that has another account by now. Seen to fail: without
/// the question whether its link would still lead there.
#[tokio::test]
async fn x18_an_invitation_of_a_brands_host_sets_no_password_of_who_is_elsewhere_by_now() {
    for mut world in testkit::worlds().await {
        let (account, other) = two(&mut world).await;
        let address = "nora@example.com";
        account.invite(address, UserType::Administrator, &[]).await;
        let here = world.follow_at(&account, BRIGHT, world.letter_to(address).await.link());
        other.invite(address, UserType::Administrator, &[]).await;
        let there = world.follow_at(&other, CLEAR, world.letter_to(address).await.link());
        world.app.accept(&there, PASSWORD).await.unwrap();
        assert!(!proven(&world, address));
        let read = |_: &mut Reader, pass: &InvitationPass| Ok(pass.is_proven);
        assert!(world.app.read(&here, (), read).await.unwrap().1, "a new password may be chosen");
        world.app.accept(&here, NEW_PASSWORD).await.map(drop).unwrap_err();
        world.sign_in(address).await;
    }
}

/// A host whose record is missing leads no link any more, from the first day on. Seen to fail: with the failing host.
#[tokio::test]
async fn x18_no_link_leads_to_a_host_whose_record_is_missing() {
    for mut world in testkit::worlds().await {
        let (_account, _) = two(&mut world).await;
        world.sql("UPDATE brand_host SET failing_since = 1");
        let link = asked_for(&world, "ada@example.com").await;
        assert!(link.starts_with("https://calls.hosted.test/"), "{link}");
    }
}
