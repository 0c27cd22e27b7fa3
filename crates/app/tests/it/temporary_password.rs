//! Temporary passwords: setting, typing, ending (C-06). What nobody may make of them stands beside.

use app::pass::{AccountPass, CenterPass, LinkState, SelfPass, TemporaryPasswordPass};
use app::work::{Reader, Writer};
use app::{Ask, Conflict, Refused, account, account_center, temporary_password};
use domain::access_change::Change;
use domain::account::AccountDetails;
use domain::account_center::CenterDetails;
use domain::account_center::proof::RunsCenter;
use domain::capability::proof::ManageUsers;
use domain::id::UserId;
use domain::input::Problem;
use domain::temporary_password::{LIFETIME, TICKET};
use domain::time::Span;
use domain::user::{NewUser, UserStatus, UserType};
use testkit::{Account, PASSWORD, World, at_once};

use crate::desk::{Desk, assert_refused, field};

mod attacks;
mod races;

const NATALIE: &str = "natalie@example.com";
/// What the administrator gives.
const TEMPORARY: &str = "kettle-thunder-umbrella";
const OTHER: &str = "umbrella-kettle-thunder";

/// Invites somebody without a mail, and sets their temporary password.
async fn set(account: &Account, address: &str) -> UserId {
    let new = NewUser { send_now: false, ..account.new_user(address, UserType::Administrator, &[]) };
    let user = account.create(new).await.unwrap();
    account.set_temporary(&user, TEMPORARY).await.unwrap();
    user
}

/// Whether typing it leads on.
async fn works(world: &World, password: &str) -> bool {
    match world.type_temporary(NATALIE, password).await {
        Ok(_) => true,
        Err(Refused::Conflict(Conflict::WrongPassword)) => false,
        Err(other) => panic!("{other:?}"),
    }
}

fn kept(world: &World) -> usize {
    world.sql("SELECT user_id FROM temporary_password").len()
}

/// C-06, X-28. Seen to fail: with the temporary password not compared with the chosen one.
#[tokio::test]
async fn c06_a_temporary_password_is_replaced_at_the_first_sign_in_and_works_once() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let user = set(&account, NATALIE).await;
        let ask = world.type_temporary(" Natalie@EXAMPLE.com", TEMPORARY).await.unwrap();
        assert_eq!(world.sql("SELECT id FROM login").len(), 1, "there is no login yet");
        let same = world.app.choose_password(&ask, TEMPORARY).await;
        assert_eq!(field(same), ("password", Problem::SamePassword));
        let weak = world.app.choose_password(&ask, "natalie reyes 1").await;
        assert_eq!(field(weak), ("password", Problem::WeakPassword));
        let accepted = world.app.choose_password(&ask, PASSWORD).await.unwrap();
        assert_eq!(accepted.account, account.id);
        let found = Desk::of(&world, &account).get(&user).await.unwrap();
        assert_eq!(found.user.status, UserStatus::Active);
        assert!(found.temporary_password.is_none() && !found.offers_temporary_password);
        assert_eq!(kept(&world), 0);
        assert!(!works(&world, TEMPORARY).await, "it works once");
        assert_refused!(
            world.app.choose_password(&ask, "another one of thunder").await,
            Refused::Link(LinkState::Unknown)
        );
        let mut own = world.visitor();
        own.credentials.session = Some(testkit::session_of(accepted.session).token);
        world.app.read::<SelfPass, ()>(&own, (), |_, _| Ok(())).await.unwrap();
        world.sign_in(NATALIE).await;
        let verbs: Vec<String> = account.activity().await.into_iter().map(|entry| entry.verb).collect();
        assert_eq!(verbs[verbs.len() - 2..], ["temporary_password.set", "invitation.accepted"]);
    }
}

/// C-06. Seen to fail: with what is typed at sign-in taken to the letter.
#[tokio::test]
async fn c06_a_proposed_one_may_be_typed_without_its_dashes() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let user = account.invite(NATALIE, UserType::Manager, &[]).await;
        let given = world.app.propose_temporary_password();
        account.set_temporary(&user, &given.replace('-', "")).await.unwrap();
        for typed in [given.clone(), given.replace('-', " "), given.to_uppercase()] {
            assert!(works(&world, &typed).await, "{typed}");
        }
        assert!(!works(&world, &given[1..]).await);
        let ask = world.type_temporary(NATALIE, &given.replace('-', "")).await.unwrap();
        let same = world.app.choose_password(&ask, &given.replace('-', "")).await;
        assert_eq!(field(same), ("password", Problem::SamePassword));
        // What somebody has chosen is theirs to the letter.
        let own = world.app.propose_temporary_password();
        world.app.choose_password(&ask, &own).await.unwrap();
        assert!(!works(&world, &own.replace('-', "")).await);
        world.app.sign_in(&world.visitor(), NATALIE, &own).await.unwrap();
    }
}

/// C-06, X-06. Seen to fail: with a link to choosing the password in place of one to where one signs in.
#[tokio::test]
async fn c06_the_mail_tells_of_it_and_holds_neither_password_nor_link() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        set(&account, NATALIE).await;
        let letter = world.letter_to(NATALIE).await;
        assert_eq!(letter.subject, "Acme awaits you");
        assert!(letter.text.contains("Ada Reyes has set a temporary password"), "{}", letter.text);
        assert_eq!(letter.link(), format!("{}/sign-in", world.app.settings.base_url));
        assert!(!letter.text.contains(TEMPORARY) && !letter.html.contains(TEMPORARY));
        for row in world.sql("SELECT * FROM activity").into_iter().chain(world.sql("SELECT * FROM mail")) {
            assert!(!row.concat().contains(TEMPORARY), "{row:?}");
        }
        assert!(world.sql("SELECT password_hash FROM temporary_password")[0][0].starts_with("$argon2id$"));
        // Overtaken, it is not sent.
        world.sql("DELETE FROM temporary_password");
        assert!(world.mailbox().await.iter().all(|letter| letter.subject != "Acme awaits you"));
    }
}

/// C-06. Seen to fail: with the ticket's time left out of the gate.
#[tokio::test]
async fn c06_it_works_for_72_hours_and_its_ticket_for_15_minutes() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        set(&account, NATALIE).await;
        let ask = world.type_temporary(NATALIE, TEMPORARY).await.unwrap();
        world.advance(TICKET);
        assert_refused!(world.app.choose_password(&ask, PASSWORD).await, Refused::Link(_));
        world.advance(Span::minutes(LIFETIME.as_minutes() - TICKET.as_minutes() - 2));
        let ask = world.type_temporary(NATALIE, TEMPORARY).await.unwrap();
        world.advance(Span::minutes(2));
        assert_refused!(world.app.choose_password(&ask, PASSWORD).await, Refused::Link(_));
        assert!(!works(&world, TEMPORARY).await);
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let worker = tokio::spawn(app::worker::run(world.app.clone(), stopped));
        while kept(&world) > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        stop.send(true).unwrap();
        worker.await.unwrap();
    }
}

/// C-06. A newer one replaces it, and each ticket the one before. Seen to fail: with the ticket kept by `insert`.
#[tokio::test]
async fn c06_setting_another_replaces_the_one_before() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let user = set(&account, NATALIE).await;
        let first = world.type_temporary(NATALIE, TEMPORARY).await.unwrap();
        let second = world.type_temporary(NATALIE, TEMPORARY).await.unwrap();
        let holds = async |ask: &Ask| {
            world.app.read::<TemporaryPasswordPass, ()>(ask, (), |_, _| Ok(())).await.is_ok()
        };
        assert!(!holds(&first).await && holds(&second).await);
        account.set_temporary(&user, OTHER).await.unwrap();
        assert!(!holds(&second).await);
        assert!(!works(&world, TEMPORARY).await && works(&world, OTHER).await);
        assert_eq!(kept(&world), 1);
    }
}

async fn end(desk: &Desk, user: &UserId) -> Result<(), Refused> {
    let user = user.clone();
    desk.manage(move |w, pass| temporary_password::end(w, pass, &user)).await
}

/// C-06. Seen to fail: without `remove_accepted`.
#[tokio::test]
async fn c06_it_ends_with_the_invitation_and_with_whatever_else_opens_it() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let user = set(&account, NATALIE).await;
        end(&desk, &user).await.unwrap();
        assert!(account.activity().await.iter().any(|entry| entry.verb == "temporary_password.ended"));
        assert!(!works(&world, TEMPORARY).await, "taken back");
        assert_refused!(end(&desk, &user).await, Refused::Conflict(Conflict::Changed));

        account.set_temporary(&user, TEMPORARY).await.unwrap();
        let ask = world.type_temporary(NATALIE, TEMPORARY).await.unwrap();
        desk.make(&user, Change::Revoke).await.unwrap();
        assert_eq!(kept(&world), 0, "revoked");
        assert_refused!(world.app.choose_password(&ask, PASSWORD).await, Refused::Link(_));

        let user = set(&account, NATALIE).await;
        let elsewhere = world.another_account("Globex", "zoe@example.com").await;
        elsewhere.invite(NATALIE, UserType::Administrator, &[]).await;
        world.accept(world.letter_to(NATALIE).await.link(), PASSWORD).await;
        let page = desk.get(&user).await.unwrap();
        assert!(
            page.temporary_password.is_some(),
            "nothing tells that the address has a login by now (U-15)"
        );
        let refused = account.set_temporary(&user, OTHER).await;
        assert_refused!(refused, Refused::Conflict(Conflict::HasLogin));
        assert_refused!(
            world.app.sign_in(&world.visitor(), NATALIE, TEMPORARY).await,
            Refused::Conflict(Conflict::WrongPassword)
        );
        desk.resend(&user).await.unwrap();
        world.accept(world.letter_to(NATALIE).await.link(), PASSWORD).await;
        assert_eq!(kept(&world), 0, "accepted by the link");
    }
}

/// C-06, X-08. Seen to fail: with whoever sent the invitation looked at, in place of who set it.
#[tokio::test]
async fn x08_it_ends_when_whoever_set_it_may_no_more() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (other, person) = account.join("other@example.com", UserType::Administrator, &[]).await;
        let user = account.invite(NATALIE, UserType::Administrator, &[]).await;
        let by_other = |password| {
            let (app, ask, account, user) =
                (world.app.clone(), person.ask.clone(), account.id.clone(), user.clone());
            async move { app.set_temporary_password(&ask, account, user, password).await.map(drop) }
        };
        by_other(TEMPORARY).await.unwrap();
        let ask = world.type_temporary(NATALIE, TEMPORARY).await.unwrap();
        Desk::of(&world, &account).make(&other, Change::Suspend).await.unwrap();
        assert_refused!(world.app.choose_password(&ask, PASSWORD).await, Refused::Link(LinkState::Unknown));
        assert!(!works(&world, TEMPORARY).await);
        assert_refused!(by_other(OTHER).await, Refused::Forbidden { .. });
        account.set_temporary(&user, TEMPORARY).await.unwrap();
        assert!(works(&world, TEMPORARY).await, "somebody else sets it");
    }
}

/// C-06, C-10, X-08: set by an executive administrator without a user in the account, for as long as they are one. Seen to fail:
/// with whoever sent the invitation named, in place of who set it.
#[tokio::test]
async fn x08_it_ends_when_whoever_set_it_is_no_executive_any_more() {
    for world in testkit::worlds().await {
        let center = world.account_center("Agency", "agency@example.com").await;
        center.make_first().await;
        let [first, second] = &center.accounts;
        let (_, eve) = second.join("eve@example.com", UserType::Administrator, &[]).await;
        center.make(&eve.login).await.unwrap();
        let user = first.invite(NATALIE, UserType::Administrator, &[]).await;
        let set = world.app.set_temporary_password(&eve.ask, first.id.clone(), user, TEMPORARY).await;
        set.unwrap();
        let ask = world.type_temporary(NATALIE, TEMPORARY).await.unwrap();
        let pass = world.app.read::<TemporaryPasswordPass, ()>(&ask, (), |_, _| Ok(())).await.unwrap().0;
        assert_eq!(pass.invitation.inviter, "Eve Reyes");
        world.sql(&format!("DELETE FROM executive_administrator WHERE login_id = '{}'", eve.login));
        assert_refused!(world.app.choose_password(&ask, PASSWORD).await, Refused::Link(LinkState::Unknown));
    }
}

async fn switch(desk: &Desk, on: bool) {
    let change = move |mut w: Writer, pass: &AccountPass<ManageUsers>| {
        let details = AccountDetails { temporary_passwords: on, ..account::get(&mut w, pass)? };
        account::change(w, pass, &details)
    };
    desk.manage(change).await.unwrap();
}

/// C-06. Seen to fail: with `remove_all` left out of its change.
#[tokio::test]
async fn c06_an_account_switches_them_off_with_those_not_used() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let user = set(&account, NATALIE).await;
        switch(&desk, false).await;
        assert!(!works(&world, TEMPORARY).await);
        assert!(!desk.get(&user).await.unwrap().offers_temporary_password);
        let refused = account.set_temporary(&user, TEMPORARY).await;
        assert_refused!(refused, Refused::Conflict(Conflict::TemporaryPasswordsOff));
        switch(&desk, true).await;
        assert!(!works(&world, TEMPORARY).await, "it does not come back");
        account.set_temporary(&user, TEMPORARY).await.unwrap();
        assert!(works(&world, TEMPORARY).await);
    }
}

/// C-06. Seen to fail: with `remove_all_of_center` left out of its change.
#[tokio::test]
async fn c06_a_center_switches_them_off_in_all_its_accounts() {
    for world in testkit::worlds().await {
        let center = world.account_center("Agency", "agency@example.com").await;
        center.make_first().await;
        let account = &center.accounts[0];
        let user = set(account, NATALIE).await;
        let switch = |on: bool| {
            let (app, ask, id) = (world.app.clone(), center.admin.ask.clone(), center.id.clone());
            let details = CenterDetails { name: "Agency".to_owned(), temporary_passwords: on };
            let change =
                move |w: Writer, pass: &CenterPass<RunsCenter>| account_center::change(w, pass, &details);
            async move { app.write(&ask, id, change).await.map(drop).unwrap() }
        };
        switch(false).await;
        assert_eq!(kept(&world), 0);
        let refused = account.set_temporary(&user, TEMPORARY).await;
        assert_refused!(refused, Refused::Conflict(Conflict::TemporaryPasswordsOff));
        switch(true).await;
        account.set_temporary(&user, TEMPORARY).await.unwrap();
        assert!(works(&world, TEMPORARY).await);
        // An account that is added to such a center has them no more.
        world.sql("UPDATE account_center SET temporary_passwords = 0");
        assert!(!works(&world, TEMPORARY).await);
    }
}

/// C-06. It is judged as every password, and set for nobody who signs in already. Seen to fail: with the status not looked
/// at.
#[tokio::test]
async fn c06_it_is_set_for_whoever_is_invited_and_strong() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let user = account.invite(NATALIE, UserType::Administrator, &[]).await;
        for weak in ["natalie reyes 1", "password1234"] {
            assert_eq!(field(account.set_temporary(&user, weak).await), ("password", Problem::WeakPassword));
        }
        let short = field(account.set_temporary(&user, "short").await);
        assert!(matches!(short, ("password", Problem::TooShort { .. })), "{short:?}");
        let proposed = world.app.propose_temporary_password();
        account.set_temporary(&user, &proposed).await.unwrap();
        assert!(works(&world, &proposed).await);
        let (active, _) = account.join("olga@example.com", UserType::Administrator, &[]).await;
        let refused = account.set_temporary(&active, TEMPORARY).await;
        assert_refused!(refused, Refused::Conflict(Conflict::NotNow(UserStatus::Active)));
        let other = world.another_account("Globex", "zoe@example.com").await;
        assert_refused!(other.set_temporary(&user, TEMPORARY).await, Refused::NotFound);
    }
}
