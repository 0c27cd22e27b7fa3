//! Activity: every change leaves an entry, and the chain is whole.

use app::pass::{AccountPass, Reason, SelfPass, SystemPass};
use app::session::{end_others, sign_out};
use app::work::{Origin, Writer};
use app::{account, api_key, company, me};
use domain::account::AccountDetails;
use domain::activity::Verb;
use domain::capability::proof::ManageUsers;
use domain::company::CompanyDetails;
use domain::email::EmailAddress;
use domain::user::UserType;
use testkit::{Account, PASSWORD, World};

use crate::desk::{Desk, names};

/// Verb, actor, subject, and what changed as `field: before > after`.
type Line = (String, String, String, String);

fn line(verb: &str, actor: &str, subject: &str, changes: &str) -> Line {
    (verb.to_owned(), actor.to_owned(), subject.to_owned(), changes.to_owned())
}

fn written(changes: &[(String, Option<String>, Option<String>)]) -> String {
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    let one =
        |(field, before, after): &(String, _, _)| format!("{field}: {} > {}", value(before), value(after));
    changes.iter().map(one).collect::<Vec<_>>().join(", ")
}

async fn trail(account: &Account) -> Vec<Line> {
    let entries = account.activity().await;
    assert!(entries.windows(2).all(|pair| pair[0].id < pair[1].id && pair[0].at <= pair[1].at));
    let line =
        |e: &app::activity::Activity| line(&e.verb, &e.actor_name, &e.subject_name, &written(&e.changes));
    entries.iter().map(line).collect()
}

/// The entries of no account, with the kind of actor.
fn login_trail(world: &World) -> Vec<Line> {
    let rows = world.sql(
        "SELECT verb, actor_kind, actor_name, subject_name, changes FROM activity WHERE account_id = '' ORDER BY id",
    );
    rows.into_iter()
        .map(|row| {
            let changes: Vec<_> = serde_json::from_str(&row[4]).unwrap();
            line(&row[0], &format!("{} {}", row[1], row[2]), &row[3], &written(&changes))
        })
        .collect()
}

/// Does everything once that there is to do in an account.
async fn live(world: &World, account: &Account) -> [String; 2] {
    let desk = Desk::of(world, account);
    let details = AccountDetails { name: "Acme & Co".into(), time_zone: "UTC".into(), invitation_days: 7 };
    let change = move |w: Writer, pass: &AccountPass<ManageUsers>| account::change(w, pass, &details);
    world.app.write(&account.admin.ask, account.id.clone(), change).await.unwrap();

    let (branch, paris) = (account.company("Harbor Dental").await, account.company("Harbor Paris").await);
    let renamed = CompanyDetails { name: "Harbor Lyon".into(), time_zone: "UTC".into(), lead_center: true };
    desk.company(&paris, move |w, pass| company::change(w, pass, &renamed)).await.unwrap();
    desk.company(&paris, company::disable).await.unwrap();
    desk.company(&paris, company::enable).await.unwrap();

    let id = account.invite("natalie@example.com", UserType::Reporting, std::slice::from_ref(&branch)).await;
    desk.resend(&id).await.unwrap();
    world.accept(world.letter_to("natalie@example.com").await.link(), PASSWORD).await;
    desk.change(&id, names("Nat", "Ford"), &[branch.clone(), paris.clone()]).await.unwrap();
    desk.promote(&id, UserType::Manager).await.unwrap();
    desk.promote(&id, UserType::Administrator).await.unwrap();
    desk.delete(&id).await.unwrap();
    let revoked = account.invite("omar@example.com", UserType::Administrator, &[]).await;
    desk.revoke(&revoked).await.unwrap();
    [branch.to_string(), paris.to_string()]
}

///
#[tokio::test]
async fn a05_every_change_in_an_account_is_recorded_with_actor_before_and_after() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let [branch, paris] = live(&world, &account).await;
        let ada = |verb, subject, changes: &str| line(verb, "Ada Reyes", subject, changes);
        let made = "time_zone: - > UTC, lead_center: - > no";
        let natalie = format!(
            "email: - > natalie@example.com, user_type: - > reporting, agent: - > no, companies: - > {branch}"
        );
        let moved = format!(
            "first_name: Natalie > Nat, last_name: Reyes > Ford, companies: {branch} > {branch} {paris}"
        );
        assert_eq!(
            trail(&account).await,
            [
                line("account.created", "", "Acme", ""),
                line("user.created", "", "Ada Reyes", ""),
                ada("account.changed", "Acme & Co", "name: Acme > Acme & Co"),
                ada("company.created", "Harbor Dental", made),
                ada("company.created", "Harbor Paris", made),
                ada(
                    "company.changed",
                    "Harbor Lyon",
                    "name: Harbor Paris > Harbor Lyon, lead_center: no > yes"
                ),
                ada("company.disabled", "Harbor Lyon", "disabled: no > yes"),
                ada("company.enabled", "Harbor Lyon", "disabled: yes > no"),
                ada("user.created", "Natalie Reyes", &natalie),
                ada("invitation.sent", "natalie@example.com", ""),
                ada("invitation.sent", "natalie@example.com", ""),
                line("invitation.accepted", "Natalie Reyes", "Natalie Reyes", ""),
                ada("user.changed", "Nat Ford", &moved),
                ada("user.promoted", "Nat Ford", "user_type: reporting > manager"),
                ada(
                    "user.promoted",
                    "Nat Ford",
                    &format!("user_type: manager > administrator, companies: {branch} {paris} > -")
                ),
                ada(
                    "user.deleted",
                    "Nat Ford",
                    "email: natalie@example.com > -, user_type: administrator > -"
                ),
                ada(
                    "user.created",
                    "Omar Reyes",
                    "email: - > omar@example.com, user_type: - > administrator, agent: - > no"
                ),
                ada("invitation.sent", "omar@example.com", ""),
                ada("invitation.revoked", "Omar Reyes", "email: omar@example.com > -"),
            ]
        );
        let networks = world.sql("SELECT DISTINCT network, request_id FROM activity WHERE account_id <> ''");
        assert_eq!(networks, [["192.0.2.1", "test"]], "from where");
    }
}

///
#[tokio::test]
async fn a05_every_change_of_a_login_is_recorded() {
    for world in testkit::worlds().await {
        let ada = world.set_up().await.admin;
        let rename = |w: Writer, pass: &SelfPass| me::change_names(w, pass, "Ada", "Lovelace");
        world.app.write(&ada.ask, (), rename).await.unwrap();
        world.sign_in("ada@example.com").await;
        world
            .app
            .sign_in(&world.visitor(), "ada@example.com", "not her password")
            .await
            .map(drop)
            .unwrap_err();
        let end = |w: Writer, pass: &SelfPass| end_others(w, pass);
        world.app.write(&ada.ask, (), end).await.unwrap();
        let email = EmailAddress::parse("ada@example.com").unwrap();
        world.app.request_reset(&world.visitor(), email.clone()).await.unwrap();
        let link = world.letter_to("ada@example.com").await.link().to_owned();
        let signed_in =
            world.app.complete_reset(&world.follow(&link), "a kettle full of thunder").await.unwrap();
        let key =
            move |w: Writer| api_key::create(w, &SystemPass::new(Reason::CommandLine), &email, "export");
        world.app.store.write(Origin::internal(), key).await.unwrap();
        let mut ask = world.visitor();
        ask.credentials.session = Some(signed_in.token);
        let out = |w: Writer, pass: &SelfPass| sign_out(w, pass);
        world.app.write(&ask, (), out).await.unwrap();
        assert_eq!(
            login_trail(&world),
            [
                line("session.started", "operator ", "Firefox on Linux", ""),
                line("login.changed", "login Ada Reyes", "Ada Lovelace", "last_name: Reyes > Lovelace"),
                line("session.started", "login Ada Lovelace", "Firefox on Linux", ""),
                line("session.refused", "visitor ", "Ada Lovelace", ""),
                line("session.ended", "login Ada Lovelace", "Ada Lovelace", "sessions_ended: - > 1"),
                line("reset.requested", "visitor ", "Ada Lovelace", ""),
                line("password.changed", "login Ada Lovelace", "Ada Lovelace", ""),
                line("session.started", "login Ada Lovelace", "Firefox on Linux", ""),
                line("api_key.created", "operator ", "export", ""),
                line("session.ended", "login Ada Lovelace", "", ""),
            ]
        );
    }
}

/// Every verb there is, so that a new one is not forgotten above.
///
#[test]
fn a05_the_scenarios_of_this_file_know_every_verb() {
    let source = include_str!("activity.rs");
    let unknown: Vec<_> =
        Verb::ALL.iter().map(|verb| verb.key()).filter(|key| !source.contains(key)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

///
#[tokio::test]
async fn a05_a_refused_change_leaves_no_entry() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let before = trail(&account).await;
        let desk = Desk::of(&world, &account);
        let id = desk.list(domain::user::UserStatus::Active).await.unwrap().users.rows.remove(0).id;
        desk.delete(&id).await.unwrap_err();
        desk.promote(&id, UserType::Manager).await.unwrap_err();
        account.create(account.new_user("ada@example.com", UserType::Administrator, &[])).await.unwrap_err();
        assert_eq!(trail(&account).await, before);
    }
}

///
#[tokio::test]
async fn a05_the_chain_is_sealed_and_whole() {
    for world in testkit::worlds().await {
        let pass = SystemPass::new(Reason::Worker);
        let account = world.set_up().await;
        live(&world, &account).await;
        world.another_account("Globex", "zoe@example.com").await;
        let entries = world.sql("SELECT id FROM activity").len() as u64;
        assert_eq!(world.app.seal_activity(&pass).await.unwrap(), entries);
        assert_eq!(world.app.seal_activity(&pass).await.unwrap(), 0);
        world.sign_in("ada@example.com").await;
        assert_eq!(world.app.seal_activity(&pass).await.unwrap(), 1);
        let verified = world.app.verify_activity(&pass).await.unwrap();
        assert_eq!((verified.entries, verified.chains, verified.broken), (entries + 1, 3, None));
    }
}

///
#[tokio::test]
async fn a05_sealing_at_once_with_writers_and_other_sealers_keeps_the_chain_whole() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, branch) = (Desk::of(&world, &account), account.company("Harbor Dental").await);
        testkit::at_once(60, |number| {
            let (desk, branch) = (desk.clone(), branch.clone());
            async move {
                match number % 3 {
                    0 => drop(desk.app.seal_activity(&SystemPass::new(Reason::Worker)).await.unwrap()),
                    1 => desk.company(&branch, company::disable).await.unwrap(),
                    _ => desk.company(&branch, company::enable).await.unwrap(),
                }
            }
        })
        .await;
        let pass = SystemPass::new(Reason::Worker);
        world.app.seal_activity(&pass).await.unwrap();
        let verified = world.app.verify_activity(&pass).await.unwrap();
        let entries = world.sql("SELECT id FROM activity").len() as u64;
        assert_eq!((verified.entries, verified.broken), (entries, None));
    }
}
