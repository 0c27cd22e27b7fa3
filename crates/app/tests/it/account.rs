//! Accounts: the first one, those made at the command line, their settings.

use app::account::FirstAccount;
use app::pass::{AccountPass, LinkState, SetupPass};
use app::work::{Reader, Writer};
use app::{Refused, account};
use domain::account::AccountDetails;
use domain::capability::proof::ManageUsers;
use domain::email::EmailAddress;
use domain::input::Problem;
use domain::user::{UserStatus, UserType};
use testkit::{PASSWORD, World, at_once};

use crate::desk::{Desk, assert_refused, field, names};

fn first(email: &str, password: &str) -> FirstAccount {
    FirstAccount {
        account_name: "Acme".to_owned(),
        time_zone: "UTC".to_owned(),
        names: names("Ada", "Reyes"),
        email: EmailAddress::parse(email).unwrap(),
        password: password.to_owned(),
    }
}

async fn details(world: &World, account: &testkit::Account) -> AccountDetails {
    let get = |r: &mut Reader, pass: &AccountPass<ManageUsers>| account::get(r, pass);
    world.app.read(&account.admin.ask, account.id.clone(), get).await.unwrap().1
}

/// I-03
#[tokio::test]
async fn i03_the_setup_link_makes_one_account_and_is_dead_then() {
    for world in testkit::worlds().await {
        assert!(world.app.is_empty().await.unwrap());
        let ask = world.follow(&world.setup_link());
        world.app.read::<SetupPass, ()>(&ask, (), |_, _| Ok(())).await.unwrap();
        let weak = world.app.set_up(&ask, first("ada@example.com", "ada@example.com")).await;
        assert_eq!(field(weak), ("password", Problem::WeakPassword));

        let account = world.set_up().await;
        assert!(!world.app.is_empty().await.unwrap());
        // Whoever followed the link has made it, and the operator has not.
        let made = account.activity().await.remove(0);
        assert_eq!((made.verb.as_str(), made.actor_name.as_str()), ("account.created", "Ada Reyes"));
        let desk = Desk::of(&world, &account);
        let user = desk.list(UserStatus::Active).await.unwrap().users.rows[0].user.clone();
        assert_eq!((user.user_type, user.invoice_emails), (UserType::Administrator, true));
        assert_eq!(user.login, Some(account.admin.login.clone()));
        let again = world.app.set_up(&ask, first("eve@example.com", PASSWORD)).await;
        assert_refused!(again, Refused::Link(LinkState::Used));
    }
}

/// I-03
#[tokio::test]
async fn i03_of_many_who_set_up_at_once_one_does() {
    for world in testkit::worlds().await {
        let ask = world.follow(&world.setup_link());
        let outcomes = at_once(16, |number| {
            let (app, ask) = (world.app.clone(), ask.clone());
            async move { app.set_up(&ask, first(&format!("ada{number}@example.com"), PASSWORD)).await }
        })
        .await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        for outcome in outcomes {
            match outcome {
                Ok(_) | Err(Refused::Link(LinkState::Used)) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(world.sql("SELECT id FROM account").len(), 1);
        assert_eq!(world.sql("SELECT id FROM login").len(), 1);
    }
}

/// I-03
#[tokio::test]
async fn i03_an_account_made_at_the_command_line_invites_its_administrator() {
    for world in testkit::worlds().await {
        world.set_up().await;
        let globex = world.another_account("Globex", "zoe@example.com").await;
        assert_eq!(details(&world, &globex).await.name, "Globex");
        assert_eq!(Desk::of(&world, &globex).names(UserStatus::Active).await, ["Zoe"]);
        let made = globex.activity().await;
        assert_eq!((made[0].verb.as_str(), made[0].actor_kind.as_str()), ("account.created", "operator"));
    }
}

/// U-07
#[tokio::test]
async fn u07_settings_of_the_account_are_changed_and_recorded() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let new = AccountDetails {
            name: "Acme & Co".into(),
            time_zone: "Europe/Paris".into(),
            invitation_days: 3,
            free_types: false,
            takes_requests: true,
            temporary_passwords: true,
            see_as: true,
        };
        let changed = new.clone();
        let change = move |w: Writer, pass: &AccountPass<ManageUsers>| account::change(w, pass, &changed);
        world.app.write(&account.admin.ask, account.id.clone(), change).await.unwrap();
        assert_eq!(details(&world, &account).await, new);
        let entry = account.activity().await.pop().unwrap();
        let fields: Vec<_> = entry.changes.iter().map(|(field, _, _)| field.as_str()).collect();
        assert_eq!(
            (entry.verb.as_str(), fields),
            ("account.changed", vec!["name", "time_zone", "invitation_days"])
        );
    }
}
