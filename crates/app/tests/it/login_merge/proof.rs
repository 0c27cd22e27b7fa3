//! Showing that the other login is one's own too.

use app::login_merge::{cancel, prove, request, send_again, waiting};
use app::pass::{LinkState, LoginMergePass};
use app::work::Reader;
use app::{Ask, limits};
use domain::time::Span;
use store::login_merge::{LINK, PROOF};

use super::*;

async fn ask_for_link(world: &World, ask: &Ask, address: &str) -> Result<(), Refused> {
    let email = EmailAddress::parse(address).unwrap();
    let send = move |w: Writer, pass: &SelfPass| request(w, pass, &email);
    world.app.write(ask, (), send).await.map(drop)
}

async fn again(world: &World, ask: &Ask) -> Result<(), Refused> {
    world.app.write(ask, (), |w: Writer, pass: &SelfPass| send_again(w, pass)).await.map(drop)
}

async fn give_up(world: &World, ask: &Ask) {
    world.app.write(ask, (), |w: Writer, pass: &SelfPass| cancel(w, pass)).await.unwrap();
}

/// Presses the button behind a link, as whoever is signed in with `session`.
async fn press(world: &World, link: &str, session: Option<&Ask>) -> Result<(), Refused> {
    let mut ask = world.follow(link);
    ask.credentials.session = session.and_then(|ask| ask.credentials.session.clone());
    world.app.write(&ask, (), |w: Writer, pass: &LoginMergePass| prove(w, pass)).await.map(drop)
}

async fn is_proven(world: &World, ask: &Ask) -> bool {
    let read = |r: &mut Reader, pass: &SelfPass| waiting(r, pass);
    world.app.read(ask, (), read).await.unwrap().1.is_some_and(|merge| merge.other.is_some())
}

/// Rows that asking adds.
fn counts(world: &World) -> Vec<String> {
    ["login_merge", "mail", "activity", "attempt"]
        .map(|table| world.sql(&format!("SELECT COUNT(*) FROM {table}")).remove(0).remove(0))
        .to_vec()
}

/// C-01, X-16. Seen to fail: with no mail put into the outbox for an address without a login.
#[tokio::test]
async fn x16_nothing_tells_whether_an_address_has_a_login_before_it_is_proven() {
    for world in testkit::worlds().await {
        let (account, _) = two(&world).await;
        let ada = &account.admin.ask;
        let mut written = Vec::new();
        for address in [OTHER, "nobody@example.com"] {
            let before = counts(&world);
            let email = EmailAddress::parse(address).unwrap();
            let wrong = world.app.prove_login(ada, &email, "not the password").await;
            assert_refused!(wrong, Refused::Conflict(Conflict::WrongPassword));
            ask_for_link(&world, ada, address).await.unwrap();
            let after = counts(&world);
            give_up(&world, ada).await;
            let more = before.iter().zip(&after);
            let more: Vec<i64> =
                more.map(|(one, two)| two.parse::<i64>().unwrap() - one.parse::<i64>().unwrap()).collect();
            written.push(more);
        }
        assert_eq!(written[0][..3], written[1][..3]);
        ask_for_link(&world, ada, "nobody@example.com").await.unwrap();
        let mails = world.mailbox().await;
        assert!(mails.iter().all(|letter| letter.to != "nobody@example.com"), "nobody reads there");
    }
}

/// C-01: oneself is no other. Seen to fail: without `check_another`.
#[tokio::test]
async fn c01_ones_own_address_and_an_empty_password_are_told_at_their_field() {
    for world in testkit::worlds().await {
        let (account, _) = two(&world).await;
        let ada = &account.admin.ask;
        for own in [OWN, "ADA@example.com"] {
            assert_eq!(field(world.prove_login(ada, own).await), ("email", Problem::OwnLogin));
            assert_eq!(field(ask_for_link(&world, ada, own).await), ("email", Problem::OwnLogin));
        }
        let email = EmailAddress::parse(OTHER).unwrap();
        let empty = world.app.prove_login(ada, &email, "").await;
        assert_eq!(field(empty), ("password", Problem::Missing));
    }
}

/// C-01, X-30, A-06. Seen to fail: with links not counted.
#[tokio::test]
async fn x30_tries_count_as_sign_ins_do_and_lock_the_owner_out_nowhere_else() {
    for world in testkit::worlds().await {
        let (account, _) = two(&world).await;
        let email = EmailAddress::parse(OTHER).unwrap();
        for _ in 0..limits::SIGN_IN.most {
            let wrong = world.app.prove_login(&account.admin.ask, &email, "not the password").await;
            assert_refused!(wrong, Refused::Conflict(Conflict::WrongPassword));
        }
        let right = world.prove_login(&account.admin.ask, OTHER).await;
        assert_refused!(right, Refused::TooMany(_));
        world.app.sign_in(&world.visitor_from("198.51.100.7"), OTHER, PASSWORD).await.unwrap();
        for _ in 0..limits::LOGIN_MERGE.most {
            ask_for_link(&world, &account.admin.ask, OTHER).await.unwrap();
            give_up(&world, &account.admin.ask).await;
        }
        assert_refused!(ask_for_link(&world, &account.admin.ask, OTHER).await, Refused::TooMany(_));
    }
}

/// C-01, X-01, X-06: an attacker who has a link sent to the victim's address. Seen to fail: with `is_asker` always true.
#[tokio::test]
async fn x01_a_link_proves_nothing_but_to_the_one_who_asked_and_reads_the_mail() {
    for world in testkit::worlds().await {
        let (account, other) = two(&world).await;
        let (attacker, victim) = (&account.admin.ask, &other.admin.ask);
        ask_for_link(&world, attacker, OTHER).await.unwrap();
        let link = world.letter_to(OTHER).await.link().to_owned();
        // Whether the victim is signed in or not, pressing the button gives nothing away.
        for session in [None, Some(victim)] {
            let refused = press(&world, &link, session).await;
            assert_refused!(refused, Refused::Conflict(Conflict::NotTheAsker));
        }
        assert!(!is_proven(&world, attacker).await);
        let merge = world.merge(attacker, Keep::Own).await;
        assert_refused!(merge, Refused::NotFound);
        // The attacker sees the address that they typed, and no token.
        let read = |r: &mut Reader, pass: &SelfPass| waiting(r, pass);
        let shown = format!("{:?}", world.app.read(attacker, (), read).await.unwrap().1);
        assert!(!shown.contains(link.rsplit('/').next().unwrap()));
        press(&world, &link, Some(attacker)).await.unwrap();
        assert!(is_proven(&world, attacker).await, "one person with both");
    }
}

/// C-01, A-04. Seen to fail: with the generation left out of the token.
#[tokio::test]
async fn c01_a_link_works_once_for_an_hour_and_until_it_is_sent_again() {
    for world in testkit::worlds().await {
        let (mut account, _) = two(&world).await;
        let ada = &mut account.admin.ask;
        ask_for_link(&world, ada, OTHER).await.unwrap();
        let waits = ask_for_link(&world, ada, OTHER).await;
        assert_refused!(waits, Refused::Conflict(Conflict::MergeUnderWay));
        let waits = world.prove_login(ada, OTHER).await;
        assert_refused!(waits, Refused::Conflict(Conflict::MergeUnderWay));
        let first = world.letter_to(OTHER).await.link().to_owned();
        again(&world, ada).await.unwrap();
        let second = world.letter_to(OTHER).await.link().to_owned();
        assert_refused!(press(&world, &first, Some(ada)).await, Refused::Link(LinkState::Unknown));
        world.advance(LINK);
        assert_refused!(press(&world, &second, Some(ada)).await, Refused::Link(LinkState::Unknown));
        // What is over is replaced.
        world.prove_again(ada).await;
        ask_for_link(&world, ada, OTHER).await.unwrap();
        let third = world.letter_to(OTHER).await.link().to_owned();
        press(&world, &third, Some(ada)).await.unwrap();
        assert_refused!(press(&world, &third, Some(ada)).await, Refused::Link(LinkState::Unknown));
        assert_refused!(again(&world, ada).await, Refused::Conflict(Conflict::Changed));
        let seen = world.seen_merge(ada, Keep::Own).await.unwrap();
        world.advance(PROOF);
        world.prove_again(ada).await;
        let late = world.app.merge_logins(ada, Keep::Own, PASSWORD, seen).await;
        assert_refused!(late, Refused::NotFound);
    }
}

/// C-01, X-01: who has the other login's old password. Seen to fail: with `login_merge::remove_all` left out of
/// `cut_off`.
#[tokio::test]
async fn x01_a_proof_dies_with_the_password_it_was_made_by() {
    for world in testkit::worlds().await {
        let (account, other) = two(&world).await;
        let attacker = &account.admin.ask;
        world.prove_login(attacker, OTHER).await.unwrap();
        world.app.change_password(&other.admin.ask, PASSWORD, "a kettle full of thunder").await.unwrap();
        assert_refused!(world.merge(attacker, Keep::Own).await, Refused::NotFound);
    }
}

/// C-01. Seen to fail: with `under_way` always false.
#[tokio::test]
async fn c01_while_one_of_the_two_takes_part_in_another_merge_there_is_none() {
    for world in testkit::worlds().await {
        let (account, other) = two(&world).await;
        let third = world.another_account("Initech", "ida@example.com").await;
        let (ada, zoe) = (&account.admin.ask, &other.admin.ask);
        world.prove_login(ada, OTHER).await.unwrap();
        assert_eq!(obstacle(&world, ada, Keep::Own).await, None);
        for (other_side, address) in [(zoe, OWN), (&third.admin.ask, OTHER), (zoe, "ida@example.com")] {
            world.prove_login(other_side, address).await.unwrap();
            for keep in [Keep::Own, Keep::Other] {
                assert_eq!(obstacle(&world, ada, keep).await, Some(Obstacle::UnderWay), "{address}");
            }
            assert_refused!(world.merge(ada, Keep::Own).await, Refused::Conflict(Conflict::MergeStopped));
            give_up(&world, other_side).await;
        }
        world.advance(Span::minutes(1));
        world.merge(ada, Keep::Own).await.unwrap();
    }
}

/// A-02, C-01. What the code of a second factor guards is not opened by a merge. Seen to fail: with `guarded` always false.
#[tokio::test]
async fn a02_c01_a_login_with_a_second_factor_is_merged_into_none() {
    for world in testkit::worlds().await {
        let (mut account, mut other) = two(&world).await;
        let (_, codes) = world.turn_second_factor_on(&mut other.admin.ask).await;
        let attacker = &account.admin.ask;
        world.prove_login(attacker, OTHER).await.unwrap();
        assert_eq!(obstacle(&world, attacker, Keep::Own).await, Some(Obstacle::Guarded));
        assert_refused!(world.merge(attacker, Keep::Own).await, Refused::Conflict(Conflict::MergeStopped));
        // Into a login with a second factor another one may be merged.
        world.turn_second_factor_on(&mut account.admin.ask).await;
        let attacker = &account.admin.ask;
        world.app.turn_off_second_factor(&other.admin.ask, PASSWORD, &codes[0]).await.unwrap();
        world.prove_login(attacker, OTHER).await.unwrap();
        assert_eq!(obstacle(&world, attacker, Keep::Own).await, None);
        world.merge(attacker, Keep::Own).await.unwrap();
    }
}
