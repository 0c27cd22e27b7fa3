//! Activity: every change leaves an entry, and the chain is whole.

use app::pass::{AccountPass, LeavePass, Proven, Reason, SelfPass, SystemPass};
use app::session::{end_others, sign_out};
use app::work::{Origin, Writer};
use app::{account, api_key, company, email_change, me};
use domain::access_change::Change;
use domain::account::AccountDetails;
use domain::activity::Verb;
use domain::capability::proof::ManageUsers;
use domain::company::CompanyDetails;
use domain::email::EmailAddress;
use domain::time::Span;
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
    let details = AccountDetails {
        name: "Acme & Co".into(),
        time_zone: "UTC".into(),
        invitation_days: 7,
        free_types: false,
        takes_requests: true,
        temporary_passwords: true,
        see_as: true,
    };
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
            "companies: {branch} > {branch} {paris}, first_name: Natalie > Nat, last_name: Reyes > Ford"
        );
        assert_eq!(
            trail(&account).await,
            [
                line("account.created", "Ada Reyes", "Acme", ""),
                line("user.created", "Ada Reyes", "Ada Reyes", ""),
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
                ada("user.deleted", "Nat Ford", "email: natalie@example.com > -, status: active > deleted"),
                ada(
                    "user.created",
                    "Omar Reyes",
                    "email: - > omar@example.com, user_type: - > administrator, agent: - > no"
                ),
                ada("invitation.sent", "omar@example.com", ""),
                ada(
                    "invitation.revoked",
                    "Omar Reyes",
                    "email: omar@example.com > -, status: pending > deleted"
                ),
            ]
        );
        let networks = world.sql("SELECT DISTINCT network, request_id FROM activity WHERE account_id <> ''");
        assert_eq!(networks, [["192.0.2.1", "test"]], "from where");
    }
}

/// A-05, U-10, U-20, U-21, U-22
#[tokio::test]
async fn a05_every_change_of_access_is_recorded() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, branch) = (Desk::of(&world, &account), account.company("Harbor Dental").await);
        let (id, _) =
            account.join("natalie@example.com", UserType::Manager, std::slice::from_ref(&branch)).await;
        let before = trail(&account).await.len();
        let end = world.app.store.now() + Span::hours(1);
        let lower = Change::Replace { to: UserType::Reporting, companies: [branch].into() };
        for change in [lower, Change::Suspend, Change::Restore, Change::EndAt(Some(end))] {
            desk.make(&id, change).await.unwrap();
        }
        desk.undo(&id).await.unwrap();
        desk.make(&id, Change::EndAt(Some(end))).await.unwrap();
        world.advance(Span::hours(1));
        world.app.end_access(&SystemPass::new(Reason::Worker)).await.unwrap();
        let ada = |verb, changes: &str| line(verb, "Ada Reyes", "Natalie Reyes", changes);
        let (set, taken) = (format!("ends_at: - > {end}"), format!("ends_at: {end} > -"));
        assert_eq!(
            trail(&account).await[before..],
            [
                ada("user.replaced", "user_type: manager > reporting"),
                ada("user.suspended", "status: active > suspended"),
                ada("user.restored", "status: suspended > active"),
                ada("user.end_set", &set),
                ada("user.undone", &taken),
                ada("user.end_set", &set),
                line("user.ended", "", "Natalie Reyes", "status: active > suspended"),
            ]
        );
    }
}

///
#[tokio::test]
async fn a05_every_change_of_a_login_is_recorded() {
    for world in testkit::worlds().await {
        let ada = world.set_up().await.admin;
        let rename = |w: Writer, pass: &SelfPass| me::change(w, pass, ("Ada", "Lovelace"), None);
        world.app.write(&ada.ask, (), rename).await.unwrap();
        world.sign_in("ada@example.com").await;
        world
            .app
            .sign_in(&world.visitor(), "ada@example.com", "not her password")
            .await
            .map(drop)
            .unwrap_err();
        let end = |w: Writer, pass: &Proven<SelfPass>| end_others(w, pass);
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
        ask.credentials.session = Some(testkit::session_of(signed_in).token);
        let key = world.sql("SELECT id FROM api_key").remove(0).remove(0).parse().unwrap();
        let end = move |w: Writer, pass: &SelfPass| api_key::end(w, pass, &key);
        world.app.write(&ask, (), end).await.unwrap();
        let new = EmailAddress::parse("countess@example.com").unwrap();
        for _ in 0..2 {
            let cancel = |w: Writer, pass: &SelfPass| email_change::cancel(w, pass);
            // The first time there is nothing to give up.
            let _ = world.app.write(&ask, (), cancel).await;
            world.app.request_email_change(&ask, "a kettle full of thunder", new.clone()).await.unwrap();
        }
        let out = |w: Writer, pass: &LeavePass| sign_out(w, pass);
        world.app.write(&ask, (), out).await.unwrap();
        let link = world.letter_to(new.as_str()).await.link().to_owned();
        world
            .app
            .confirm_email_change(&world.follow(&link), "a kettle full of thunder")
            .await
            .map(drop)
            .unwrap();
        let moved = "email: ada@example.com > countess@example.com";
        assert_eq!(
            login_trail(&world),
            [
                line("session.started", "user Ada Reyes", "Firefox on Linux", ""),
                line("login.changed", "login Ada Reyes", "Ada Lovelace", "last_name: Reyes > Lovelace"),
                line("session.started", "login Ada Lovelace", "Firefox on Linux", ""),
                line("session.refused", "visitor ", "Ada Lovelace", ""),
                line("session.ended", "login Ada Lovelace", "Ada Lovelace", "sessions_ended: - > 1"),
                line("reset.requested", "visitor ", "Ada Lovelace", ""),
                line("password.changed", "login Ada Lovelace", "Ada Lovelace", ""),
                line("session.started", "login Ada Lovelace", "Firefox on Linux", ""),
                line("api_key.created", "operator ", "export", ""),
                line("api_key.ended", "login Ada Lovelace", "export", ""),
                line("email_change.requested", "login Ada Lovelace", "Ada Lovelace", moved),
                line("email_change.cancelled", "login Ada Lovelace", "Ada Lovelace", ""),
                line("email_change.requested", "login Ada Lovelace", "Ada Lovelace", moved),
                line("session.ended", "login Ada Lovelace", "", ""),
                line("email.changed", "login Ada Lovelace", "Ada Lovelace", moved),
            ]
        );
    }
}

/// Every verb there is, so that a new one is not forgotten above.
///
#[test]
fn a05_the_scenarios_of_this_file_know_every_verb() {
    let source = concat!(
        include_str!("activity.rs"),
        include_str!("activity_list.rs"),
        include_str!("api_key_scope.rs"),
        include_str!("alert.rs"),
        include_str!("brand.rs"),
        include_str!("brand/hosts.rs"),
        include_str!("invitation_block.rs"),
        include_str!("access_request.rs"),
        include_str!("access_review.rs"),
        include_str!("account_center.rs"),
        include_str!("company.rs"),
        include_str!("invitation/mend.rs"),
        include_str!("push.rs"),
        include_str!("see_as.rs"),
        include_str!("directory.rs"),
        include_str!("mail/delivery.rs"),
        include_str!("job.rs"),
        include_str!("job/hitches.rs"),
        include_str!("login_merge.rs"),
        include_str!("notification.rs"),
        include_str!("passkey.rs"),
        include_str!("second_factor.rs"),
        include_str!("second_factor_rule.rs"),
        include_str!("single_sign_on.rs"),
        include_str!("single_sign_on/required.rs"),
        include_str!("summary_email.rs"),
        include_str!("tag.rs"),
        include_str!("temporary_password.rs"),
        include_str!("unsubscribe.rs"),
    );
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
        let id = desk.list(domain::user::UserStatus::Active).await.unwrap().users.rows[0].user.id.clone();
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
        account.company("Stays").await;
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

/// What verifying says of the first fault, as a person would read it; sealing goes before, as it does in use.
async fn fault(world: &World) -> Option<(String, i64, &'static str)> {
    let pass = SystemPass::new(Reason::CommandLine);
    world.app.seal_activity(&pass).await.unwrap();
    let broken = world.app.verify_activity(&pass).await.unwrap().broken;
    let said: Vec<String> = broken.iter().map(|b| format!("{:?} {}.", b.account, b.fault)).collect();
    let problems = world.app.diagnose(&pass).await.unwrap().problems;
    assert!(said.iter().all(|said| problems[0].ends_with(said.as_str())), "{problems:?}");
    assert_eq!(problems.len(), said.len(), "{problems:?}");
    broken.map(|b| (b.account, b.seq, b.fault))
}

/// An account with a trail of ten entries; what was not sealed at the end is up to the test.
async fn with_trail(world: &World) -> Account {
    let account = world.set_up().await;
    for name in ["North", "East", "South", "West", "Harbor", "Summit", "Old Town", "Quay"] {
        account.company(name).await;
    }
    account
}

async fn seal(world: &World) {
    world.app.seal_activity(&SystemPass::new(Reason::Worker)).await.unwrap();
}

/// What is found after these statements. What was there before is put back, and was whole.
async fn tampered(
    world: &World,
    account: &Account,
    statements: &[&str],
) -> Option<(String, i64, &'static str)> {
    const TABLES: [&str; 2] = ["activity", "activity_head"];
    let each = |sql: &str| TABLES.iter().for_each(|table| drop(world.sql(&sql.replace("$table", table))));
    let put_back = || {
        each("DELETE FROM $table");
        each("INSERT INTO $table SELECT * FROM kept_$table");
    };
    each("CREATE TABLE kept_$table AS SELECT * FROM $table");
    for statement in statements {
        world.sql(&statement.replace("$account", &format!("account_id = '{}'", account.id)));
    }
    let found = fault(world).await;
    put_back();
    assert_eq!(fault(world).await, None, "before {statements:?}");
    put_back();
    each("DROP TABLE kept_$table");
    found
}

const COLUMNS: [&str; 11] = [
    "id",
    "verb",
    "actor_kind",
    "actor_id",
    "actor_name",
    "subject_id",
    "subject_name",
    "changes",
    "network",
    "request_id",
    "mac",
];

///
#[tokio::test]
async fn a05_one_other_byte_in_any_column_is_found_sealed_or_not() {
    for world in testkit::worlds().await {
        let account = with_trail(&world).await;
        let at = |column: &str, row: &str| {
            let other = match column {
                "at" => "at + 1".to_owned(),
                _ => format!("{column} || 'x'"),
            };
            format!("UPDATE activity SET {column} = {other} WHERE $account AND {row}")
        };
        let new = "verb = 'account.created'";
        for column in COLUMNS.iter().chain(&["at"]) {
            let found = tampered(&world, &account, &[&at(column, new)]).await;
            let known = Some((account.id.to_string(), "was changed or put there before it was sealed"));
            assert_eq!(found.map(|(account, _, fault)| (account, fault)), known, "{column}, not sealed");
        }
        seal(&world).await;
        for column in COLUMNS.iter().chain(&["at", "hash"]) {
            let found = tampered(&world, &account, &[&at(column, "seq = 4")]).await;
            let known = (account.id.to_string(), 4, "was changed, or one before it");
            assert_eq!(found, Some(known), "{column}, sealed");
        }
        for (column, other) in [("seq", "seq - 1"), ("hash", "hash || 'x'"), ("mac", "mac || 'x'")] {
            let sql = format!("UPDATE activity_head SET {column} = {other} WHERE $account");
            let (_, _, fault) = tampered(&world, &account, &[&sql]).await.unwrap();
            assert_eq!(fault, "is in a chain whose end was changed", "{column} of the head");
        }
        let moved = "UPDATE activity SET account_id = 'ACCx' WHERE $account AND seq = 10";
        let found = tampered(&world, &account, &[moved]).await.unwrap();
        assert_eq!((found.1, found.2), (10, "is missing at the end"));
        let last = "UPDATE activity SET seq = -1 WHERE $account AND seq = 10";
        assert_eq!(tampered(&world, &account, &[last]).await.unwrap().2, "is missing");
    }
}

///
#[tokio::test]
async fn a05_removed_swapped_and_new_entries_are_found() {
    const SWAP: [&str; 3] = [
        "UPDATE activity SET seq = 1000 WHERE $account AND seq = 5",
        "UPDATE activity SET seq = 5 WHERE $account AND seq = 6",
        "UPDATE activity SET seq = 6 WHERE $account AND seq = 1000",
    ];
    let swapped_hashes = "UPDATE activity SET hash = (SELECT o.hash FROM kept_activity o
        WHERE o.account_id = activity.account_id AND o.seq = 11 - activity.seq) WHERE $account AND seq IN (5, 6)";
    let forged = "INSERT INTO activity SELECT account_id, 'ACTy', at, verb, actor_kind, actor_id, actor_name, subject_id,
        subject_name, changes, network, request_id, mac, NULL, NULL FROM activity WHERE $account AND seq = 3";
    for world in testkit::worlds().await {
        let account = with_trail(&world).await;
        seal(&world).await;
        for (statements, seq, fault) in [
            (vec!["DELETE FROM activity WHERE $account AND seq = 1"], 1, "is missing"),
            (vec!["DELETE FROM activity WHERE $account AND seq = 4"], 4, "is missing"),
            (vec!["DELETE FROM activity WHERE $account AND seq = 10"], 10, "is missing at the end"),
            (SWAP.to_vec(), 5, "was changed, or one before it"),
            ([&SWAP[..], &[swapped_hashes]].concat(), 5, "was changed, or one before it"),
            (vec![forged], 11, "was changed or put there before it was sealed"),
        ] {
            let found = tampered(&world, &account, &statements).await;
            assert_eq!(found, Some((account.id.to_string(), seq, fault)), "{statements:?}");
        }
    }
}

/// A chain that is taken apart is not sealed anew, whatever is done with its end.
///
#[tokio::test]
async fn a05_a_chain_that_was_taken_apart_is_not_sealed_anew() {
    let cut = "UPDATE activity SET seq = NULL, hash = NULL WHERE $account AND seq > 5";
    let apart = "UPDATE activity SET seq = NULL, hash = NULL WHERE $account";
    let change = "UPDATE activity SET actor_name = 'Nobody' WHERE $account AND subject_name = 'Harbor'";
    let remove = "DELETE FROM activity WHERE $account AND subject_name = 'Harbor'";
    let back = "UPDATE activity_head SET seq = 5, hash = (SELECT a.hash FROM activity a
        WHERE a.account_id = activity_head.account_id AND a.seq = 5) WHERE $account";
    let start = "UPDATE activity_head SET seq = 0, hash = '' WHERE $account";
    let headless = "DELETE FROM activity_head WHERE $account";
    let (changed_end, no_end) =
        ("is in a chain whose end was changed", "is in a chain whose end was removed");
    for world in testkit::worlds().await {
        let account = with_trail(&world).await;
        seal(&world).await;
        for (statements, seq, fault) in [
            (vec![cut, change, back], 5, changed_end),
            (vec![cut, remove, back], 5, changed_end),
            (vec![apart, change, start], 0, changed_end),
            (vec![apart, remove, headless], 1, no_end),
            (vec![apart, change], 1, "is missing"),
            (vec![cut, remove], 6, "is missing"),
        ] {
            let found = tampered(&world, &account, &statements).await;
            assert_eq!(found, Some((account.id.to_string(), seq, fault)), "{statements:?}");
        }
        // What was done since goes unsealed too, and is kept.
        for statement in [apart, remove, headless] {
            world.sql(&statement.replace("$account", &format!("account_id = '{}'", account.id)));
        }
        account.company("Newer").await;
        assert_eq!(fault_of(&world).await, Some((1, no_end)));
    }
}

async fn fault_of(world: &World) -> Option<(i64, &'static str)> {
    fault(world).await.map(|(_, seq, fault)| (seq, fault))
}

///
#[tokio::test]
async fn a05_an_account_without_its_trail_is_found() {
    let rows = "DELETE FROM activity WHERE $account";
    let head = "DELETE FROM activity_head WHERE $account";
    for world in testkit::worlds().await {
        let account = with_trail(&world).await;
        let globex = world.another_account("Globex", "zoe@example.com").await;
        for sealed in [false, true] {
            if sealed {
                seal(&world).await;
            }
            for account in [&account, &globex] {
                let gone = (account.id.to_string(), 1, "is missing, and so is every other one");
                assert_eq!(tampered(&world, account, &[rows, head]).await, Some(gone.clone()));
                assert_eq!(tampered(&world, account, &[rows]).await, Some(gone));
            }
        }
        // The chain of logins has no account to ask for it, but its end was there from the first account on.
        let logins = |sql: &str| sql.replace("$account", "account_id = ''");
        let found = tampered(&world, &account, &[&logins(rows), &logins(head)]).await;
        assert_eq!(found, Some((String::new(), 1, "is in a chain whose end was removed")));
        let found = tampered(&world, &account, &[&logins(rows)]).await;
        assert_eq!(found, Some((String::new(), 1, "is missing at the end")));
        world.another_account("Initech", "bob@example.com").await;
        assert_eq!(fault(&world).await, None);
    }
}

/// Sealing passes by what is false and goes on behind it, many pages of it too.
///
#[tokio::test]
async fn a05_false_entries_keep_nobody_else_from_being_sealed() {
    for world in testkit::worlds().await {
        let account = with_trail(&world).await;
        seal(&world).await;
        let forge = |number: u32| {
            format!(
                "INSERT INTO activity SELECT account_id, id || '{number}', at, verb, actor_kind, actor_id, actor_name,
                 subject_id, subject_name, changes, network, request_id, mac, NULL, NULL FROM activity
                 WHERE account_id = '{}' AND seq = 1",
                account.id
            )
        };
        for number in 0..600 {
            world.sql(&forge(number));
        }
        let globex = world.another_account("Globex", "zoe@example.com").await;
        account.company("Newer").await;
        seal(&world).await;
        let open =
            world.sql("SELECT account_id, count(*) FROM activity WHERE seq IS NULL GROUP BY account_id");
        assert_eq!(open, [[account.id.to_string(), "600".to_owned()]]);
        assert!(!globex.activity().await.is_empty());
        assert_eq!(fault_of(&world).await, Some((12, "was changed or put there before it was sealed")));
    }
}

/// Where all that waits is false, sealing reads all of it in vain, and so not four times a second.
///
#[tokio::test]
async fn a05_sealing_waits_longer_where_it_can_seal_nothing() {
    for world in testkit::worlds().await {
        let pass = SystemPass::new(Reason::Worker);
        let account = with_trail(&world).await;
        let pause = async || app::worker::pause_after(&world.app.seal_round(&pass).await.unwrap());
        let (seals, idle) = (pause().await, pause().await);
        assert_eq!(seals, idle);
        account.company("Newer").await;
        world.sql("UPDATE activity SET network = '192.0.2.9' WHERE seq IS NULL");
        assert_eq!(pause().await, std::time::Duration::from_secs(10));
        account.company("Newest").await;
        assert_eq!(pause().await, idle);
    }
}

/// An older end that was genuine then does not fit the entries behind it, and nothing is sealed over them.
///
#[tokio::test]
async fn a05_an_older_end_before_the_last_entry_is_found() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        seal(&world).await;
        let chain = format!("account_id = '{}'", account.id);
        let old = world.sql(&format!("SELECT seq, hash, mac FROM activity_head WHERE {chain}")).remove(0);
        account.company("North").await;
        seal(&world).await;
        let back = format!("seq = {}, hash = '{}', mac = '{}'", old[0], old[1], old[2]);
        world.sql(&format!("UPDATE activity_head SET {back} WHERE {chain}"));
        account.company("East").await;
        assert_eq!(fault_of(&world).await, Some((3, "is behind the end of its chain")));
    }
}

/// More than one page of each kind of entry is walked.
///
#[tokio::test]
async fn a05_long_trails_are_walked_to_their_end() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        account.company("Stays").await;
        let (desk, branch) = (Desk::of(&world, &account), account.company("Harbor Dental").await);
        for _ in 0..510 {
            desk.company(&branch, company::disable).await.unwrap();
            desk.company(&branch, company::enable).await.unwrap();
        }
        let pass = SystemPass::new(Reason::Worker);
        let entries = world.sql("SELECT id FROM activity").len() as u64;
        let open = world.app.verify_activity(&pass).await.unwrap();
        assert_eq!((open.entries, open.chains, open.broken), (entries, 0, None));
        assert_eq!(world.app.seal_activity(&pass).await.unwrap(), entries);
        let whole = world.app.verify_activity(&pass).await.unwrap();
        assert_eq!((whole.entries, whole.chains, whole.broken), (entries, 2, None));
        world.sql("UPDATE activity SET network = '' WHERE seq = 1010");
        assert_eq!(fault_of(&world).await, Some((1010, "was changed, or one before it")));
    }
}
