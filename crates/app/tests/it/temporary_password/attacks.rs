//! What somebody could want to make of a temporary password: another's address, or more than it is for.

use app::pass::{InvitationPass, Proven};
use app::{access_request, email_proof, executive_administrator, limits, login_merge};
use domain::account_center::proof::AllOfCenter;
use domain::email::EmailAddress;
use domain::login_merge::{Keep, Obstacle};
use testkit::Person;

use super::*;

const OWN: &str = "a kettle full of thunder";

async fn as_self<T: Send + 'static>(
    world: &World,
    person: &Person,
    operation: impl Fn(Writer, &SelfPass) -> Result<app::work::Committed<T>, Refused> + Send + 'static,
) -> Result<T, Refused> {
    world.app.write(&person.ask, (), operation).await.map(|(_, done)| done)
}

fn is_proven(world: &World) -> bool {
    let sql =
        format!("SELECT id FROM login WHERE email_canonical = '{NATALIE}' AND email_proven_at IS NOT NULL");
    !world.sql(&sql).is_empty()
}

/// an administrator who makes somebody's login holds no way out of their own account. Seen to fail: with
/// `check_proven` letting everybody through.
#[tokio::test]
async fn x01_a_login_whose_address_nobody_proved_is_let_into_nothing_more() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let zoe = world.another_account("Globex", "zoe@example.com").await.admin;
        let (_, squatter) = account.join_unproven(NATALIE, UserType::Administrator).await;
        assert!(!is_proven(&world));
        let ask = |w: Writer, pass: &SelfPass| access_request::ask(w, pass, "zoe@example.com", "");
        let refused = as_self(&world, &squatter, ask).await;
        assert_refused!(refused, Refused::Conflict(Conflict::AddressUnproven));
        let other = EmailAddress::parse("zoe@example.com").unwrap();
        let request = move |w: Writer, pass: &SelfPass| login_merge::request(w, pass, &other);
        let refused = as_self(&world, &squatter, request).await;
        assert_refused!(refused, Refused::Conflict(Conflict::AddressUnproven));
        let refused = world.prove_login(&squatter.ask, "zoe@example.com").await;
        assert_refused!(refused, Refused::Conflict(Conflict::AddressUnproven));
        // Nor does the squatter's own login take it up.
        world.prove_login(&zoe.ask, NATALIE).await.unwrap();
        let preview = |r: &mut Reader, pass: &SelfPass| login_merge::preview(r, pass, Keep::Own);
        let preview = world.app.read(&zoe.ask, (), preview).await.unwrap().1;
        assert_eq!(preview.plan.err(), Some(Obstacle::Unproven));
    }
}

/// Seen to fail: with `check_proven` letting everybody through.
#[tokio::test]
async fn x01_a_login_whose_address_nobody_proved_runs_no_center() {
    for world in testkit::worlds().await {
        let center = world.account_center("Agency", "agency@example.com").await;
        let (_, natalie) = center.accounts[0].join_unproven(NATALIE, UserType::Administrator).await;
        center.make_first().await;
        assert_refused!(center.make(&natalie.login).await, Refused::Conflict(Conflict::AddressUnproven));
        world.sql("DELETE FROM executive_administrator");
        world.sql(&format!("UPDATE login SET email_proven_at = NULL WHERE id = '{}'", center.admin.login));
        let first =
            |w: Writer, pass: &Proven<CenterPass<AllOfCenter>>| executive_administrator::make_first(w, pass);
        let refused = world.app.write(&center.admin.ask, center.id.clone(), first).await;
        assert_refused!(refused, Refused::Conflict(Conflict::AddressUnproven));

        let account = &center.accounts[0];
        let invited = account.invite("eve@example.com", UserType::Administrator, &[]).await;
        world.sql(&format!(
            "INSERT INTO executive_invitation (account_id, user_id, center_id) VALUES ('{}', '{invited}', '{}')",
            account.id, center.id
        ));
        let refused = account.set_temporary(&invited, TEMPORARY).await;
        assert_refused!(refused, Refused::Conflict(Conflict::InvitedAsExecutive));
    }
}

/// nor is it let into other accounts of the center without a mailed link. Seen to fail: with `in_center` taking what is
/// not proven.
#[tokio::test]
async fn x01_who_is_not_proven_is_no_person_known_in_the_center() {
    for world in testkit::worlds().await {
        let center = world.account_center("Agency", "agency@example.com").await;
        center.accounts[0].join_unproven(NATALIE, UserType::Administrator).await;
        let known = || async {
            let email = EmailAddress::parse(NATALIE).unwrap();
            let find = move |r: &mut Reader, pass: &AccountPass<ManageUsers>| {
                app::bundle::find_known(r, pass, &email)
            };
            let second = center.accounts[1].id.clone();
            world.app.read(&center.admin.ask, second, find).await.unwrap().1.is_some()
        };
        assert!(!known().await);
        let link = world.letter_to(NATALIE).await.link().to_owned();
        world.app.complete_reset(&world.follow(&link), OWN).await.unwrap();
        assert!(known().await, "the link has shown it");
    }
}

/// the victim is invited elsewhere, as if nobody had their address; by the mailed link they choose a password of their
/// own, and whoever made the login is out. Seen to fail: with `is_elsewhere` counting what is not proven.
#[tokio::test]
async fn x01_who_is_invited_elsewhere_takes_the_login_over() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (_, squatter) = account.join_unproven(NATALIE, UserType::Administrator).await;
        let key = {
            let email = EmailAddress::parse(NATALIE).unwrap();
            let make = move |w: Writer| {
                let system = app::pass::SystemPass::new(app::pass::Reason::CommandLine);
                app::api_key::create(w, &system, &email, "export")
            };
            world.app.store.write(app::work::Origin::internal(), make).await.unwrap()
        };
        drop(key);
        let elsewhere = world.another_account("Globex", "zoe@example.com").await;
        let user = elsewhere.invite(NATALIE, UserType::Administrator, &[]).await;
        let link = world.follow(world.letter_to(NATALIE).await.link());
        // Signed in as the login is not enough: that may be the squatter, who was sent no link; and it takes a new password.
        let mut both = link.clone();
        both.credentials.session.clone_from(&squatter.ask.credentials.session);
        assert_eq!(field(world.app.accept(&both, "").await).0, "password");
        let pass = world.app.read::<InvitationPass, ()>(&link, (), |_, _| Ok(())).await.unwrap().0;
        assert!(pass.login.is_some() && !pass.is_proven);
        world.app.accept(&link, OWN).await.unwrap();
        assert!(is_proven(&world));
        let found = Desk::of(&world, &elsewhere).get(&user).await.unwrap();
        assert_eq!(found.user.status, UserStatus::Active);
        let before = world.app.read::<SelfPass, ()>(&squatter.ask, (), |_, _| Ok(())).await;
        assert_refused!(before, Refused::SignedOut);
        let before = world.app.sign_in(&world.visitor(), NATALIE, PASSWORD).await;
        assert_refused!(before, Refused::Conflict(Conflict::WrongPassword));
        assert!(world.sql("SELECT id FROM api_key").is_empty());
        world.app.sign_in(&world.visitor(), NATALIE, OWN).await.unwrap();
    }
}

/// the mail that goes out at once, the one that is asked for, and any reset prove the address, with a new password.
/// Seen to fail: without the mail that goes out at once.
#[tokio::test]
async fn x01_a_mailed_link_proves_the_address() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (_, natalie) = account.join_unproven(NATALIE, UserType::Administrator).await;
        let letter = world.letter_to(NATALIE).await;
        assert_eq!(letter.subject, "Confirm your email address");
        world.advance(Span::hours(2));
        let late = world.app.complete_reset(&world.follow(letter.link()), OWN).await;
        assert_refused!(late, Refused::Link(_));
        as_self(&world, &natalie, email_proof::ask).await.unwrap();
        let link = world.letter_to(NATALIE).await.link().to_owned();
        world.app.complete_reset(&world.follow(&link), OWN).await.unwrap();
        assert!(is_proven(&world));
        let before = world.app.read::<SelfPass, ()>(&natalie.ask, (), |_, _| Ok(())).await;
        assert_refused!(before, Refused::SignedOut);
        let entered = world.app.sign_in(&world.visitor(), NATALIE, OWN).await.unwrap();
        let app::session::Entered::Started(own) = entered else { panic!("a login's own") };
        let own = Person::signed_in(NATALIE, own);
        let again = as_self(&world, &own, email_proof::ask).await;
        assert_refused!(again, Refused::Conflict(Conflict::Changed));
        world.another_account("Globex", "zoe@example.com").await;
        let ask = |w: Writer, pass: &SelfPass| access_request::ask(w, pass, "zoe@example.com", "");
        as_self(&world, &own, ask).await.unwrap();
    }
}

/// a wrong temporary password writes and counts as any other. Seen to fail: with no entry where the address has no
/// login.
#[tokio::test]
async fn x16_a_wrong_temporary_password_is_answered_and_counted_as_any_other() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        set(&account, NATALIE).await;
        let mut written = Vec::new();
        for address in ["ada@example.com", "nobody@example.com", NATALIE] {
            let before = world.sql("SELECT id FROM activity").len();
            let refused = world.app.sign_in(&world.visitor(), address, "not the password").await;
            assert_refused!(refused, Refused::Conflict(Conflict::WrongPassword));
            written.push(world.sql("SELECT id FROM activity").len() - before);
        }
        assert_eq!(written, [1, 1, 1]);
        // What proves a login takes no temporary password.
        let refused = world.app.check_password(&world.visitor(), NATALIE, TEMPORARY).await;
        assert_refused!(refused, Refused::Conflict(Conflict::WrongPassword));
        for _ in 2..limits::SIGN_IN.most {
            let refused = world.app.sign_in(&world.visitor(), NATALIE, "not the password").await;
            assert_refused!(refused, Refused::Conflict(Conflict::WrongPassword));
        }
        assert_refused!(world.type_temporary(NATALIE, TEMPORARY).await, Refused::TooMany(_));
        let elsewhere = world.visitor_from("198.51.100.7");
        world.app.sign_in(&elsewhere, NATALIE, TEMPORARY).await.unwrap();
    }
}

/// two accounts have set one for the same address, and one hash is computed for both. Seen to fail: with a salt of its
/// own for each.
#[tokio::test]
async fn x16_those_of_several_accounts_are_told_apart_by_one_hash() {
    for world in testkit::worlds().await {
        let accounts = [world.set_up().await, world.another_account("Globex", "zoe@example.com").await];
        for (account, password) in accounts.iter().zip([TEMPORARY, OTHER]) {
            let user = account.invite(NATALIE, UserType::Administrator, &[]).await;
            account.set_temporary(&user, password).await.unwrap();
        }
        let salts = world.sql("SELECT DISTINCT SUBSTR(password_hash, 1, 50) FROM temporary_password");
        assert_eq!(salts.len(), 1, "{salts:?}");
        for (account, password) in accounts.iter().zip([TEMPORARY, OTHER]) {
            let ask = world.type_temporary(NATALIE, password).await.unwrap();
            let pass = world.app.read::<TemporaryPasswordPass, ()>(&ask, (), |_, _| Ok(())).await.unwrap().0;
            assert_eq!(pass.invitation.account, account.id);
        }
        let ask = world.type_temporary(NATALIE, OTHER).await.unwrap();
        world.app.choose_password(&ask, PASSWORD).await.unwrap();
        assert!(!works(&world, TEMPORARY).await, "the address has a login by now");
    }
}

/// C-06, X-16: what ended with a login of the address does not come back when that login has another address; and whoever set
/// it does not see that it ended. Seen to fail: with its hash kept when the address gets a login.
#[tokio::test]
async fn c06_x16_one_that_a_login_has_ended_never_works_again_and_tells_nothing() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let user = set(&account, NATALIE).await;
        world.another_account("Foreign", NATALIE).await;
        let there = Desk::of(&world, &account).get(&user).await.unwrap();
        assert!(there.temporary_password.is_some(), "nothing tells that the address has a login");
        assert!(!works(&world, TEMPORARY).await);
        world.sql("UPDATE login SET email = 'n2@example.com', email_canonical = 'n2@example.com' WHERE email = 'natalie@example.com'");
        assert!(!works(&world, TEMPORARY).await, "it is over for good");
    }
}

/// Whoever sets temporary passwords for an address could have guesses at it forgotten.
#[tokio::test]
async fn a06_typing_a_temporary_password_forgets_no_guesses() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        set(&account, NATALIE).await;
        let visitor = world.visitor();
        let guess = || world.app.sign_in(&visitor, NATALIE, "no such password at all");
        for _ in 0..9 {
            assert!(guess().await.is_err());
        }
        assert!(works(&world, TEMPORARY).await);
        assert_refused!(guess().await, Refused::TooMany(_));
    }
}
