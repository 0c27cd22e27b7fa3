//! Merging two logins of one person, and undoing it.

mod proof;
mod races;
mod undo;

use app::me;
use app::pass::{Reason, SelfPass, SystemPass};
use app::work::{Origin, Reader, Writer};
use app::{Ask, Conflict, Refused, login_merge};
use domain::email::EmailAddress;
use domain::input::Problem;
use domain::login_merge::{Keep, Obstacle};
use domain::mail::MailKind;
use domain::user::UserType;
use testkit::{Account, PASSWORD, Person, World};

use crate::desk::{Desk, assert_refused, field};

const OWN: &str = "ada@example.com";
const OTHER: &str = "zoe@example.com";

/// One person with a login in each of two accounts.
async fn two(world: &World) -> (Account, Account) {
    (world.set_up().await, world.another_account("Globex", OTHER).await)
}

async fn is_signed_in(world: &World, ask: &Ask) -> bool {
    world.app.read::<SelfPass, ()>(ask, (), |_, _| Ok(())).await.is_ok()
}

/// The names of the accounts that somebody's login opens.
async fn accounts(world: &World, ask: &Ask) -> Vec<String> {
    let list = |r: &mut Reader, pass: &SelfPass| me::accounts(r, pass, "", ("", ""));
    let (_, found) = world.app.read(ask, (), list).await.unwrap();
    found.rows.into_iter().map(|account| account.name).collect()
}

async fn obstacle(world: &World, ask: &Ask, keep: Keep) -> Option<Obstacle> {
    let read = move |r: &mut Reader, pass: &SelfPass| Ok(login_merge::preview(r, pass, keep)?.plan.err());
    world.app.read(ask, (), read).await.unwrap().1
}

/// Nothing belongs to a login that has no address, and nobody is signed in as one.
fn assert_whole(world: &World) {
    for table in ["\"user\"", "session", "api_key", "reset", "email_change"] {
        let of =
            format!("SELECT COUNT(*) FROM {table} t JOIN login l ON l.id = t.login_id WHERE l.email = ''");
        assert_eq!(world.sql(&of)[0][0], "0", "{table}");
    }
}

async fn make_key(world: &World, address: &str) {
    let email = EmailAddress::parse(address).unwrap();
    let make =
        move |w: Writer| app::api_key::create(w, &SystemPass::new(Reason::CommandLine), &email, "export");
    world.app.store.write(Origin::internal(), make).await.unwrap();
}

/// C-01, X-28, A-05. Seen to fail: with the users' addresses left as they were, and with the other login's sessions and
/// keys left.
#[tokio::test]
async fn c01_one_login_opens_the_accounts_of_both_and_the_other_signs_in_nobody() {
    for keep in [Keep::Own, Keep::Other] {
        for world in testkit::worlds().await {
            let (account, other) = two(&world).await;
            make_key(&world, OTHER).await;
            make_key(&world, OWN).await;
            let zoe = EmailAddress::parse(OTHER).unwrap();
            world.app.request_reset(&world.visitor(), zoe).await.unwrap();
            let reset = world.letter_to(OTHER).await.link().to_owned();
            let elsewhere = world.sign_in(OWN).await;
            let ada = &account.admin.ask;
            world.prove_login(ada, OTHER).await.unwrap();
            let one = world.merge(ada, keep).await.unwrap();

            assert_eq!(accounts(&world, &one.ask).await, ["Acme", "Globex"]);
            for ended in [ada, &elsewhere.ask, &other.admin.ask] {
                assert!(!is_signed_in(&world, ended).await);
            }
            let (stays, gone) = if keep == Keep::Own { (OWN, OTHER) } else { (OTHER, OWN) };
            world.sign_in(stays).await;
            let refused = world.app.sign_in(&world.visitor(), gone, PASSWORD).await;
            assert_refused!(refused, Refused::Conflict(Conflict::WrongPassword));
            assert!(
                world.app.complete_reset(&world.follow(&reset), "a kettle full of thunder").await.is_err()
            );
            let addresses = world.sql("SELECT DISTINCT email, email_canonical FROM \"user\"");
            assert_eq!(addresses, [[stays, stays]]);
            let keys = world.sql("SELECT login_id FROM api_key");
            assert_eq!(keys, [[account.admin.login.to_string()]]);
            let mails = world.outbox().await;
            let told: Vec<&str> = mails
                .iter()
                .filter(|mail| mail.kind == MailKind::LoginMerged)
                .map(|mail| mail.email.as_str())
                .collect();
            assert_eq!(told, [stays, gone]);
            let letter = world.letter_to(gone).await;
            assert!(letter.text.contains("signs in nobody any more") && letter.find_link().is_none());
            assert!(!letter.text.contains(stays), "the address that stays is not named at the other");
            assert_whole(&world);
        }
    }
}

/// C-01, A-05: `user.merged`, `login_merge.made`. Seen to fail: with the users' addresses left as they were.
#[tokio::test]
async fn c01_a05_each_account_and_the_login_have_an_entry() {
    for world in testkit::worlds().await {
        let (mut account, mut other) = two(&world).await;
        make_key(&world, OTHER).await;
        let request =
            |w: Writer, pass: &SelfPass| login_merge::request(w, pass, &EmailAddress::parse(OTHER).unwrap());
        let cancel = |w: Writer, pass: &SelfPass| login_merge::cancel(w, pass);
        world.app.write(&account.admin.ask, (), request).await.unwrap();
        world.app.write(&account.admin.ask, (), cancel).await.unwrap();
        world.prove_login(&account.admin.ask, OTHER).await.unwrap();
        account.admin = world.merge(&account.admin.ask, Keep::Other).await.unwrap();
        other.admin = account.admin.clone();
        let newest = async |account: &Account| {
            let entry = account.activity().await.pop().unwrap();
            let change = entry.changes.first().map(|(_, before, after)| {
                (before.clone().unwrap_or_default(), after.clone().unwrap_or_default())
            });
            (entry.verb, entry.actor_name, change)
        };
        let moved = Some((OWN.to_owned(), OTHER.to_owned()));
        assert_eq!(newest(&account).await, ("user.changed".into(), "Ada Reyes".into(), moved));
        assert_eq!(newest(&other).await, ("user.merged".into(), "Ada Reyes".into(), None));

        let id = world.merge_made(&account.admin.ask).await.unwrap();
        account.admin = world.undo_merge(&account.admin.ask, &id).await.unwrap();
        other.admin = world.sign_in(OTHER).await;
        let moved = Some((OTHER.to_owned(), OWN.to_owned()));
        assert_eq!(newest(&account).await, ("user.changed".into(), "Ada Reyes".into(), moved));
        assert_eq!(newest(&other).await, ("user.unmerged".into(), "Ada Reyes".into(), None));
        let verbs = world
            .sql("SELECT verb FROM activity WHERE account_id = '' AND verb NOT LIKE 'session%' ORDER BY id");
        let verbs: Vec<&str> = verbs.iter().map(|row| row[0].as_str()).collect();
        let made =
            ["login_merge.requested", "login_merge.cancelled", "login_merge.proven", "login_merge.made"];
        let ended = ["api_key.ended", "login_merge.undone"];
        assert_eq!(verbs, [&["api_key.created"][..], &made, &ended].concat());
    }
}

/// C-01. Seen to fail: without `find_survivor`.
#[tokio::test]
async fn c01_both_in_one_account_is_refused_by_its_name() {
    for world in testkit::worlds().await {
        let (account, other) = two(&world).await;
        let (id, zoe_there) = {
            account.invite_known(OTHER, UserType::Administrator, &[]).await;
            let mut ask = world.follow(world.letter_to(OTHER).await.link());
            ask.credentials.session = other.admin.ask.credentials.session.clone();
            let joined = world.app.accept(&ask, "").await.unwrap();
            let rows = world.sql(&format!(
                "SELECT id FROM \"user\" WHERE account_id = '{}' AND email = '{OTHER}'",
                account.id
            ));
            (rows[0][0].parse().unwrap(), Person::signed_in(OTHER, joined.session))
        };
        let ada = &account.admin.ask;
        world.prove_login(ada, OTHER).await.unwrap();
        let both = Some(Obstacle::BothIn(vec!["Acme".to_owned()]));
        for keep in [Keep::Own, Keep::Other] {
            assert_eq!(obstacle(&world, ada, keep).await, both);
            let refused = world.merge(ada, keep).await;
            assert_refused!(refused, Refused::Conflict(Conflict::MergeStopped));
        }
        assert!(is_signed_in(&world, &zoe_there.ask).await, "nothing was done");
        let desk = Desk::of(&world, &account);
        desk.delete(&id).await.unwrap();
        let one = world.merge(ada, Keep::Own).await.unwrap();
        assert_eq!(accounts(&world, &one.ask).await, ["Acme", "Globex"]);
        // What could be undone by the account before would give one login two users there.
        let undone = Desk::of_person(&world, &account, &one).undo(&id).await;
        assert_refused!(undone, Refused::Conflict(Conflict::AddressTakenSince));
        assert_whole(&world);
    }
}

/// C-01. Seen to fail: with `taken` left empty in `preview`.
#[tokio::test]
async fn c01_an_address_that_another_user_of_an_account_has_is_refused_by_its_name() {
    for world in testkit::worlds().await {
        let (account, other) = two(&world).await;
        other.invite_known(OWN, UserType::Administrator, &[]).await;
        let ada = &account.admin.ask;
        world.prove_login(ada, OTHER).await.unwrap();
        let accounts = vec!["Globex".to_owned()];
        let taken = Obstacle::AddressInAccounts { email: OWN.to_owned(), accounts };
        assert_eq!(obstacle(&world, ada, Keep::Own).await, Some(taken));
        assert_refused!(world.merge(ada, Keep::Own).await, Refused::Conflict(Conflict::MergeStopped));
        world.merge(ada, Keep::Other).await.unwrap();
    }
}

/// C-01: what was seen is what is done. Seen to fail: with `seen` not compared.
#[tokio::test]
async fn c01_what_was_not_shown_is_not_done() {
    for world in testkit::worlds().await {
        let (account, other) = two(&world).await;
        let ada = &account.admin.ask;
        world.prove_login(ada, OTHER).await.unwrap();
        let seen = world.seen_merge(ada, Keep::Own).await.unwrap();
        let third = world.another_account("Initech", "ida@example.com").await;
        third.invite_known(OTHER, UserType::Administrator, &[]).await;
        let mut ask = world.follow(world.letter_to(OTHER).await.link());
        ask.credentials.session = other.admin.ask.credentials.session.clone();
        world.app.accept(&ask, "").await.unwrap();
        for stale in [seen, String::new()] {
            let refused = world.app.merge_logins(ada, Keep::Own, PASSWORD, stale).await;
            assert_refused!(refused, Refused::Conflict(Conflict::Changed));
        }
        let seen = world.seen_merge(ada, Keep::Own).await.unwrap();
        let wrong = world.app.merge_logins(ada, Keep::Own, "not the password", seen).await;
        assert_eq!(field(wrong), ("password", Problem::WrongPassword));
        let one = world.merge(ada, Keep::Own).await.unwrap();
        assert_eq!(accounts(&world, &one.ask).await, ["Acme", "Globex", "Initech"]);
    }
}

/// C-01, U-22: a deletion, or a lesser type, of before the merge is undone after it to the login that remained. Seen to
/// fail: without `find_survivor`.
#[tokio::test]
async fn c01_u22_what_an_account_undoes_belongs_to_the_login_that_remains() {
    for world in testkit::worlds().await {
        let (account, other) = two(&world).await;
        let third = world.another_account("Initech", "ida@example.com").await;
        third.invite_known(OTHER, UserType::Administrator, &[]).await;
        let mut ask = world.follow(world.letter_to(OTHER).await.link());
        ask.credentials.session = other.admin.ask.credentials.session.clone();
        world.app.accept(&ask, "").await.unwrap();
        let rows = world
            .sql(&format!("SELECT id FROM \"user\" WHERE account_id = '{}' AND email = '{OTHER}'", third.id));
        let id = rows[0][0].parse().unwrap();
        let desk = Desk::of(&world, &third);
        desk.delete(&id).await.unwrap();
        world.prove_login(&account.admin.ask, OTHER).await.unwrap();
        let one = world.merge(&account.admin.ask, Keep::Own).await.unwrap();
        assert_eq!(accounts(&world, &one.ask).await, ["Acme", "Globex"]);
        desk.undo(&id).await.unwrap();
        assert_eq!(accounts(&world, &one.ask).await, ["Acme", "Globex", "Initech"]);
        assert_whole(&world);
    }
}
