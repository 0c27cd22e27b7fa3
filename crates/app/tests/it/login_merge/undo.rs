//! Making two logins of one again.

use app::work::Unrecorded;
use domain::id::LoginMergeId;
use domain::login_merge::{Since, UNDO, Undo};
use domain::time::Span;
use domain::user::{UserStatus, UserType};

use super::*;

/// A merge that was made: who is signed in, and its id.
async fn merged(world: &World, account: &Account, keep: Keep) -> (Person, LoginMergeId) {
    world.prove_login(&account.admin.ask, OTHER).await.unwrap();
    let one = world.merge(&account.admin.ask, keep).await.unwrap();
    let id = world.merge_made(&one.ask).await.unwrap();
    (one, id)
}

async fn plan(world: &World, ask: &Ask, id: &LoginMergeId) -> Result<Undo, Obstacle> {
    let id = id.clone();
    let read = move |r: &mut Reader, pass: &SelfPass| Ok(login_merge::preview_undo(r, pass, &id)?.plan);
    world.app.read(ask, (), read).await.unwrap().1
}

/// What the worker does now and then.
async fn clear(world: &World) {
    let clear = |mut w: Writer| -> Result<_, Refused> {
        store::login_merge::remove_expired(&mut w)?;
        Ok(w.commit_unrecorded(Unrecorded::Attempt, ()))
    };
    world.app.store.write(Origin::internal(), clear).await.unwrap();
}

/// C-01, X-28. Seen to fail: with users left where they are.
#[tokio::test]
async fn c01_undoing_gives_each_login_its_users_address_and_password_back() {
    for keep in [Keep::Own, Keep::Other] {
        for world in testkit::worlds().await {
            let (account, _) = two(&world).await;
            let before = world.sql("SELECT id, email, login_id FROM \"user\" ORDER BY id");
            let (one, id) = merged(&world, &account, keep).await;
            world.advance(Span::days(13));
            let (stays, _) = if keep == Keep::Own { (OWN, OTHER) } else { (OTHER, OWN) };
            let fresh = world.sign_in(stays).await;
            let own = world.undo_merge(&fresh.ask, &id).await.unwrap();
            assert!(!is_signed_in(&world, &one.ask).await && !is_signed_in(&world, &fresh.ask).await);
            assert_eq!(accounts(&world, &own.ask).await, ["Acme"]);
            let other = world.sign_in(OTHER).await;
            assert_eq!(accounts(&world, &other.ask).await, ["Globex"]);
            assert_eq!(world.sql("SELECT id, email, login_id FROM \"user\" ORDER BY id"), before);
            assert_eq!(world.merge_made(&own.ask).await, None);
            assert_refused!(world.undo_merge(&own.ask, &id).await, Refused::NotFound);
            // And once more, the other way round.
            world.prove_login(&other.ask, OWN).await.unwrap();
            world.merge(&other.ask, Keep::Own).await.unwrap();
            assert_whole(&world);
        }
    }
}

/// C-01. Seen to fail: with `seen` not compared.
#[tokio::test]
async fn c01_what_was_changed_since_is_named_and_left() {
    for world in testkit::worlds().await {
        let (account, _) = two(&world).await;
        let third = world.another_account("Initech", "ida@example.com").await;
        let branch = third.company("Harbor").await;
        let (user, _) = third.join("two@example.com", UserType::Reporting, &[branch]).await;
        world.prove_login(&account.admin.ask, "two@example.com").await.unwrap();
        let one = world.merge(&account.admin.ask, Keep::Own).await.unwrap();
        let id = world.merge_made(&one.ask).await.unwrap();
        let desk = Desk::of(&world, &third);
        let seen = world.seen_undo(&one.ask, &id).await.unwrap();
        desk.promote(&user, UserType::Administrator).await.unwrap();
        let refused = world.app.undo_login_merge(&one.ask, id.clone(), PASSWORD, seen).await;
        assert_refused!(refused, Refused::Conflict(Conflict::Changed));
        let undo = plan(&world, &one.ask, &id).await.unwrap();
        assert_eq!(undo.since, [("Initech".to_owned(), Since::Changed)]);
        assert_eq!(undo.returns[0].user_type, UserType::Administrator);
        desk.delete(&user).await.unwrap();
        let undo = plan(&world, &one.ask, &id).await.unwrap();
        assert_eq!(undo.since, [("Initech".to_owned(), Since::Deleted)]);
        world.undo_merge(&one.ask, &id).await.unwrap();
        let back = world.sign_in("two@example.com").await;
        assert!(accounts(&world, &back.ask).await.is_empty(), "the deletion stays");
        let status = world.sql(&format!("SELECT status FROM \"user\" WHERE id = '{user}'"));
        assert_eq!(status, [[UserStatus::Deleted.word()]]);
    }
}

/// C-01. Seen to fail: with `other_logins` left empty.
#[tokio::test]
async fn c01_undoing_is_refused_by_name_where_the_address_was_taken_meanwhile() {
    for world in testkit::worlds().await {
        let (account, mut globex) = two(&world).await;
        let (one, id) = merged(&world, &account, Keep::Own).await;
        globex.admin = one.clone();
        let pending = globex.invite_known(OTHER, UserType::Administrator, &[]).await;
        let accounts = vec!["Globex".to_owned()];
        let taken = Obstacle::AddressInAccounts { email: OTHER.to_owned(), accounts };
        assert_eq!(plan(&world, &one.ask, &id).await, Err(taken));
        // Its reader makes a new login of it.
        let link = world.letter_to(OTHER).await.link().to_owned();
        world.accept(&link, PASSWORD).await;
        Desk::of_person(&world, &globex, &one).delete(&pending).await.unwrap();
        assert_eq!(plan(&world, &one.ask, &id).await, Err(Obstacle::AddressTaken(OTHER.to_owned())));
        assert_refused!(world.undo_merge(&one.ask, &id).await, Refused::Conflict(Conflict::MergeStopped));
        assert_whole(&world);
    }
}

/// C-01, X-10: a merge is undone by its own person alone, for 14 days; then nothing is kept of the other login. Seen to fail:
/// without `login_id` in `find_made`, and with the login left there by `remove_expired`.
#[tokio::test]
async fn c01_after_14_days_a_merge_is_for_good_and_others_never_find_it() {
    for world in testkit::worlds().await {
        let (account, other) = two(&world).await;
        let third = world.another_account("Initech", "ida@example.com").await;
        let (one, id) = merged(&world, &account, Keep::Own).await;
        assert_refused!(world.seen_undo(&third.admin.ask, &id).await, Refused::NotFound);
        let kept = format!("SELECT email FROM login WHERE id = '{}'", other.admin.login);
        clear(&world).await;
        assert_eq!(world.sql(&kept), [[""]]);
        world.advance(UNDO);
        let fresh = world.sign_in(OWN).await;
        assert!(!is_signed_in(&world, &one.ask).await);
        assert_eq!(world.merge_made(&fresh.ask).await, None);
        assert_refused!(world.undo_merge(&fresh.ask, &id).await, Refused::NotFound);
        clear(&world).await;
        assert!(world.sql(&kept).is_empty());
        assert!(world.sql("SELECT user_id FROM login_merge_user").is_empty());
        assert_eq!(world.sql("SELECT email, own_email FROM login_merge"), [["", ""]]);
        assert_eq!(accounts(&world, &fresh.ask).await, ["Acme", "Globex"]);
        // That one stands for the other is known as long as what an account did before can be undone.
        world.advance(Span::days(16));
        clear(&world).await;
        assert!(world.sql("SELECT id FROM login_merge").is_empty());
    }
}

/// C-01: three logins, one after the other. Seen to fail: without `login_id` in `find_made`.
#[tokio::test]
async fn c01_merges_are_undone_in_turn() {
    for world in testkit::worlds().await {
        let (account, _) = two(&world).await;
        let third = world.another_account("Initech", "ida@example.com").await;
        merged(&world, &account, Keep::Own).await;
        world.prove_login(&third.admin.ask, OWN).await.unwrap();
        let ida = world.merge(&third.admin.ask, Keep::Own).await.unwrap();
        assert_eq!(accounts(&world, &ida.ask).await, ["Acme", "Globex", "Initech"]);
        let last = world.merge_made(&ida.ask).await.unwrap();
        world.undo_merge(&ida.ask, &last).await.unwrap();
        let ada = world.sign_in(OWN).await;
        assert_eq!(accounts(&world, &ada.ask).await, ["Acme", "Globex"]);
        let first = world.merge_made(&ada.ask).await.unwrap();
        world.undo_merge(&ada.ask, &first).await.unwrap();
        assert_eq!(accounts(&world, &world.sign_in(OTHER).await.ask).await, ["Globex"]);
        assert_whole(&world);
    }
}
