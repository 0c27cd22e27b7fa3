//! Single sign-on: what a provider opens, and what it never does.

mod hostile;
mod proven;
mod required;
mod strong;

use app::pass::{AccountPass, Credentials, LeavePass, OwnLinkPass, Proven, SelfPass};
use app::single_sign_on::{self, Arrived, Leaving, Returned};
use app::work::{Reader, Writer};
use app::{Ask, Conflict, Refused, session};
use domain::capability::proof::{AnyUser, ManageUsers};
use domain::email::EmailAddress;
use domain::id::AccountId;
use domain::input::Problem;
use domain::time::Span;
use domain::user::UserType;
use testkit::{Account, PASSWORD, Person, Provider, Says, World};

use crate::desk::assert_refused;

pub(crate) async fn connect(world: &World, account: &Account, provider: &Provider) -> Result<(), Refused> {
    let [issuer, client_id, secret] = provider.typed();
    let typed = (issuer.as_str(), client_id.as_str(), secret.as_str());
    world.app.connect_provider(&account.admin.ask, account.id.clone(), typed).await
}

/// The same browser, with what it has kept for its way back.
pub(crate) fn back(ask: &Ask, leaving: &Leaving) -> Ask {
    let credentials = Credentials { single_sign_on: Some(leaving.kept.clone()), ..ask.credentials.clone() };
    Ask { credentials, ..ask.clone() }
}

pub(crate) fn returned((code, state): (String, String)) -> Returned {
    Returned { code, state, issuer: String::new() }
}

/// Comes back to the account that was left from.
pub(crate) async fn arrive(world: &World, ask: &Ask, returned: Returned) -> Result<Arrived, Refused> {
    let kept = ask.credentials.single_sign_on.as_deref().and_then(|kept| kept.split_once('.'));
    let account = kept.map_or("ACC00000000000000000000000000000000", |(account, _)| account);
    world.app.arrive(ask, account.parse().unwrap(), returned).await
}

/// Links somebody to a subject.
pub(crate) async fn link(
    world: &World,
    account: &Account,
    (person, provider, subject): (&Person, &Provider, &str),
) -> Result<(), Refused> {
    let leaving = world.app.leave_to_link(&person.ask, account.id.clone(), PASSWORD).await?;
    // Whoever links themselves is asked there who they are, and nobody who signs in.
    assert!(leaving.url.ends_with("&max_age=0&prompt=login"), "{}", leaving.url);
    let brought = provider.code(world, &leaving.url, Says::Rs256, |claims| claims["sub"] = subject.into());
    match arrive(world, &back(&person.ask, &leaving), returned(brought)).await? {
        Arrived::Linked(there) => assert_eq!(there, account.id),
        Arrived::SignedIn(..) => panic!("signed in"),
    }
    Ok(())
}

/// Signs in by a subject; what one asks with then.
pub(crate) async fn enter(
    world: &World,
    account: &AccountId,
    (provider, subject, says): (&Provider, &str, Says),
) -> Result<Ask, Refused> {
    let visitor = world.visitor();
    let leaving = world.app.leave_to_sign_in(&visitor, account.as_str(), "").await?;
    assert!(!leaving.url.contains("prompt="), "{}", leaving.url);
    let brought = provider.code(world, &leaving.url, says, |claims| claims["sub"] = subject.into());
    match arrive(world, &back(&visitor, &leaving), returned(brought)).await? {
        Arrived::SignedIn(there, session) => {
            assert_eq!(there, *account);
            let credentials = Credentials { session: Some(session.token), ..Credentials::default() };
            Ok(Ask { credentials, ..visitor })
        }
        Arrived::Linked(_) => panic!("linked"),
    }
}

pub(crate) async fn opens(world: &World, ask: &Ask, account: &AccountId) -> Result<(), Refused> {
    let look = |_: &mut Reader, _: &AccountPass<AnyUser>| Ok(());
    world.app.read(ask, account.clone(), look).await.map(drop)
}

pub(crate) async fn end(world: &World, account: &Account) -> Result<(), Refused> {
    let end = |w: Writer, pass: &Proven<AccountPass<ManageUsers>>| single_sign_on::end(w, pass);
    world.app.write(&account.admin.ask, account.id.clone(), end).await.map(drop)
}

pub(crate) fn signed_out(result: Result<(), Refused>) {
    assert!(matches!(result, Err(Refused::SignedOut)), "{result:?}");
}

/// Two accounts of one person, one of which has a provider. Its session opens that account, and nothing else: no
/// other account, no sign-in, no center. It ends with the provider, and by signing out. Seen to fail: with the account of the
/// token not compared, and with the session stored without its provider.
#[tokio::test]
async fn a08_x29_a_provider_opens_its_account_alone() {
    for world in testkit::worlds().await {
        world.set_up().await;
        let (center, provider) =
            (world.account_center("Agency", "natalie@example.com").await, Provider::new());
        let ([account, other], natalie) = (&center.accounts, center.admin.clone());
        connect(&world, account, &provider).await.unwrap();
        let entered = enter(&world, &account.id, (&provider, "n-1", Says::Rs256)).await;
        assert_refused!(entered, Refused::Conflict(Conflict::SingleSignOnUnknown));
        link(&world, account, (&natalie, &provider, "n-1")).await.unwrap();
        let by_rsa = [Says::Rs256, Says::Ps256, Says::LongPs384, Says::LongPs512];
        for says in by_rsa.into_iter().chain([Says::Es256, Says::Es384, Says::EdDsa]) {
            let ask = enter(&world, &account.id, (&provider, "n-1", says)).await.unwrap();
            opens(&world, &ask, &account.id).await.unwrap();
            signed_out(opens(&world, &ask, &other.id).await);
            signed_out(world.app.read::<SelfPass, ()>(&ask, (), |_, _| Ok(())).await.map(drop));
            // Nor where somebody writes the other account before the token.
            let token =
                ask.credentials.session.clone().unwrap().replace(account.id.as_str(), other.id.as_str());
            let bare = token.split_once('.').unwrap().1.to_owned();
            for token in [token, bare] {
                let credentials = Credentials { session: Some(token), ..Credentials::default() };
                signed_out(opens(&world, &Ask { credentials, ..ask.clone() }, &other.id).await);
            }
        }
        let (ask, second) = (
            enter(&world, &account.id, (&provider, "n-1", Says::Rs256)).await.unwrap(),
            enter(&world, &account.id, (&provider, "n-1", Says::Rs256)).await.unwrap(),
        );
        let out = |w: Writer, pass: &LeavePass| session::sign_out(w, pass);
        world.app.write(&second, (), out).await.unwrap();
        signed_out(opens(&world, &second, &account.id).await);
        opens(&world, &ask, &account.id).await.unwrap();
        end(&world, account).await.unwrap();
        signed_out(opens(&world, &ask, &account.id).await);
        // The same provider once more knows nobody, and no session of before.
        connect(&world, account, &provider).await.unwrap();
        signed_out(opens(&world, &ask, &account.id).await);
        let entered = enter(&world, &account.id, (&provider, "n-1", Says::Rs256)).await;
        assert_refused!(entered, Refused::Conflict(Conflict::SingleSignOnUnknown));
        let said = world.sql("SELECT verb FROM activity WHERE verb LIKE 'single_sign_on%' ORDER BY verb");
        for verb in [
            "single_sign_on.connected",
            "single_sign_on.ended",
            "single_sign_on.linked",
            "single_sign_on.used",
        ] {
            assert!(said.iter().any(|row| row[0] == verb), "{verb}");
        }
    }
}

/// An executive administrator is by a provider what their user is in the account. Seen to fail: without `by_provider`.
#[tokio::test]
async fn x29_a_provider_makes_no_executive_administrator() {
    for world in testkit::worlds().await {
        world.set_up().await;
        let (center, provider) =
            (world.account_center("Agency", "agency@example.com").await, Provider::new());
        center.make_first().await;
        let [first, _] = &center.accounts;
        connect(&world, first, &provider).await.unwrap();
        link(&world, first, (&center.admin, &provider, "e")).await.unwrap();
        let ask = enter(&world, &first.id, (&provider, "e", Says::Rs256)).await.unwrap();
        let look = |_: &mut Reader, pass: &AccountPass<AnyUser>| {
            use app::pass::HasPlace as _;
            Ok(pass.place().is_executive)
        };
        let (_, by_provider) = world.app.read(&ask, first.id.clone(), look).await.unwrap();
        let (_, by_password) = world.app.read(&center.admin.ask, first.id.clone(), look).await.unwrap();
        assert_eq!((by_provider, by_password), (false, true));
    }
}

/// The address that a provider says is nobody's sign-in, and a subject is one person's. Seen to fail: with the subject not
/// looked at.
#[tokio::test]
async fn x29_x01_an_address_signs_nobody_in_and_a_subject_one_alone() {
    for world in testkit::worlds().await {
        let (account, provider) = (world.set_up().await, Provider::new());
        let (_, natalie) =
            account.join("natalie@example.com", UserType::Manager, &[account.company("A").await]).await;
        connect(&world, &account, &provider).await.unwrap();
        link(&world, &account, (&account.admin, &provider, "ada")).await.unwrap();
        // The provider always says that this is ada@example.com, and verified.
        for subject in ["ADA", "ada@example.com", "ada ", "1"] {
            let entered = enter(&world, &account.id, (&provider, subject, Says::Rs256)).await;
            assert_refused!(entered, Refused::Conflict(Conflict::SingleSignOnUnknown));
        }
        assert_refused!(
            link(&world, &account, (&natalie, &provider, "ada")).await,
            Refused::Conflict(Conflict::SingleSignOnTaken)
        );
        let ask = enter(&world, &account.id, (&provider, "ada", Says::Rs256)).await.unwrap();
        let who = |_: &mut Reader, pass: &AccountPass<AnyUser>| {
            use app::pass::Gate as _;
            Ok(pass.person().unwrap().email.clone())
        };
        assert_eq!(world.app.read(&ask, account.id.clone(), who).await.unwrap().1, "ada@example.com");
        // Nothing is kept of a link that was refused, and of the one there is nothing is lost.
        assert_eq!(world.sql("SELECT subject FROM single_sign_on_identity"), [["ada"]]);
        let unlink = |w: Writer, pass: &OwnLinkPass| single_sign_on::unlink(w, pass);
        world.app.write(&account.admin.ask, account.id.clone(), unlink).await.unwrap();
        let verbs = world.sql("SELECT verb FROM activity WHERE verb = 'single_sign_on.unlinked'");
        assert_eq!(verbs.len(), 1);
        let entered = enter(&world, &account.id, (&provider, "ada", Says::Rs256)).await;
        assert_refused!(entered, Refused::Conflict(Conflict::SingleSignOnUnknown));
    }
}

/// Somebody else has prepared a sign-in for an address, and linked it to a subject of theirs: whoever proves the
/// mailbox has it alone. Linking takes the password, too. Seen to fail: without `remove_all` in `cut_off`.
#[tokio::test]
async fn x01_a_new_password_ends_what_was_linked_before() {
    for world in testkit::worlds().await {
        let (account, provider) = (world.set_up().await, Provider::new());
        let (_, victim) = account.join("victim@example.com", UserType::Administrator, &[]).await;
        connect(&world, &account, &provider).await.unwrap();
        let wrong = world.app.leave_to_link(&victim.ask, account.id.clone(), "not the password").await;
        assert!(matches!(wrong.map(drop), Err(Refused::Invalid(_))));
        link(&world, &account, (&victim, &provider, "attacker")).await.unwrap();
        let session = enter(&world, &account.id, (&provider, "attacker", Says::Rs256)).await.unwrap();
        // On their way to be linked once more, too.
        let waiting = world.app.leave_to_link(&victim.ask, account.id.clone(), PASSWORD).await.unwrap();
        world
            .app
            .request_reset(&world.visitor(), EmailAddress::parse("victim@example.com").unwrap())
            .await
            .unwrap();
        let ask = world.follow(world.letter_to("victim@example.com").await.link());
        world.app.complete_reset(&ask, "a new and very long one").await.unwrap();
        signed_out(opens(&world, &session, &account.id).await);
        let entered = enter(&world, &account.id, (&provider, "attacker", Says::Rs256)).await;
        assert_refused!(entered, Refused::Conflict(Conflict::SingleSignOnUnknown));
        let brought = provider.code(&world, &waiting.url, Says::Rs256, |_| {});
        let late = arrive(&world, &back(&victim.ask, &waiting), returned(brought)).await;
        assert!(matches!(late.map(drop), Err(Refused::Link(_))));
    }
}

/// Whoever has no access is let in by no provider, also while they are signed in by it; and a session that
/// was there before ends. Seen to fail: with the user's status not looked at, and with the old session left.
#[tokio::test]
async fn x09_x28_access_that_is_over_is_over_by_every_way() {
    for world in testkit::worlds().await {
        let (account, provider) = (world.set_up().await, Provider::new());
        let (user, natalie) = account.join("natalie@example.com", UserType::Administrator, &[]).await;
        connect(&world, &account, &provider).await.unwrap();
        link(&world, &account, (&natalie, &provider, "n")).await.unwrap();
        let ask = enter(&world, &account.id, (&provider, "n", Says::Rs256)).await.unwrap();
        let leaving = world.app.leave_to_sign_in(&ask, account.id.as_str(), "").await.unwrap();
        let brought = provider.code(&world, &leaving.url, Says::Rs256, |claims| claims["sub"] = "n".into());
        let again = arrive(&world, &back(&ask, &leaving), returned(brought)).await.unwrap();
        let Arrived::SignedIn(_, session) = again else { panic!("linked") };
        signed_out(opens(&world, &ask, &account.id).await);
        let credentials = Credentials { session: Some(session.token), ..Credentials::default() };
        let ask = Ask { credentials, ..ask };
        opens(&world, &ask, &account.id).await.unwrap();
        world.sql(&format!("UPDATE \"user\" SET status = 'suspended' WHERE id = '{user}'"));
        assert!(matches!(opens(&world, &ask, &account.id).await, Err(Refused::Forbidden { .. })));
        let entered = enter(&world, &account.id, (&provider, "n", Says::Rs256)).await;
        assert_refused!(entered, Refused::Conflict(Conflict::SingleSignOnUnknown));
    }
}

/// Accounts without single sign-on, made-up ones and what is no account are answered alike. Seen to fail: with NotFound for what
/// is no id.
#[tokio::test]
async fn x16_which_accounts_there_are_is_not_told() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let made_up = format!("ACC{}", "0".repeat(32));
        for typed in [account.id.as_str(), &made_up, "", "Acme", "x.y"] {
            match world.app.leave_to_sign_in(&world.visitor(), typed, "").await.map(|leaving| leaving.url) {
                Err(Refused::Invalid(errors)) => assert_eq!(errors[0].problem, Problem::NoSingleSignOn),
                other => panic!("{typed}: {other:?}"),
            }
        }
        assert!(world.sql("SELECT token_hash FROM single_sign_on_visit").is_empty());
    }
}

/// Nobody who is not back in time is let in, and what waits is forgotten. The secret stands nowhere as it is. Seen to fail: without
/// the time in the pass.
#[tokio::test]
async fn a08_what_waits_ends_by_itself_and_the_secret_is_sealed() {
    for world in testkit::worlds().await {
        let (account, provider) = (world.set_up().await, Provider::new());
        connect(&world, &account, &provider).await.unwrap();
        let [_, _, secret] = provider.typed();
        let rows = world.sql("SELECT secret FROM single_sign_on");
        assert!(!rows[0][0].contains(&secret) && rows[0][0].len() > secret.len());
        let leaving = world.app.leave_to_sign_in(&world.visitor(), account.id.as_str(), "").await.unwrap();
        world.advance(Span::minutes(10));
        let brought = provider.code(&world, &leaving.url, Says::Rs256, |_| {});
        let late = arrive(&world, &back(&world.visitor(), &leaving), returned(brought)).await;
        assert!(matches!(late.map(drop), Err(Refused::Link(_))));
        // Without typing the secret again the provider stays the same; with another client id it does not.
        let id = world.sql("SELECT id FROM single_sign_on");
        let app = &world.app;
        let issuer = provider.issuer();
        let (ask, to) = (&account.admin.ask, &account.id);
        app.connect_provider(ask, to.clone(), (&issuer, "client-1", "")).await.unwrap();
        assert_eq!(world.sql("SELECT id FROM single_sign_on"), id);
        let missing = app.connect_provider(ask, to.clone(), (&issuer, "another", "")).await;
        assert!(matches!(missing, Err(Refused::Invalid(_))));
        app.connect_provider(ask, to.clone(), (&issuer, "another", "new")).await.unwrap();
        assert_ne!(world.sql("SELECT id FROM single_sign_on"), id);
    }
}
