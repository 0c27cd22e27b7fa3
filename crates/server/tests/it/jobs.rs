//! Many users from one list, and `kill -9` again and again while they are created: each is there once, whole, and mailed
//! once (U-19, I-05). Meanwhile others get their pages.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use crate::crashes::{find, strays, wait_for_mails};
use crate::http::{Ask, Hand};
use crate::serve::Server;
use crate::sink::Sink;
use crate::stage::{Stage, engine, is_whole, rounds, token};
use crate::support::Installation;

/// How long a list may take.
const PATIENCE: Duration = Duration::from_secs(180);

/// Begins to create as many reporting users of the first company.
fn start(address: &str, installation: &Installation, account: &str, rows: usize) {
    let name = format!("SELECT name FROM company WHERE account_id = '{account}' ORDER BY id");
    let company = installation.sql(&name).remove(0).remove(0).replace('&', "%26");
    let row = |n: usize| format!("kim{n}@example.com,Kim,Ito,reporting,\"{company}\"\n");
    let list: String = (0..rows).map(row).collect();
    let ask = Ask::post(format!("/accounts/{account}/jobs"), &[("text", &list)]).with_session(&token(0, 0));
    assert_eq!(Hand::new(address).told(&ask).status, 303);
}

fn created(installation: &Installation, account: &str) -> usize {
    let count = "SELECT COUNT(*) FROM job_item WHERE fate = 'created' AND account_id";
    installation.sql(&format!("{count} = '{account}'")).remove(0).remove(0).parse().unwrap()
}

fn is_done(installation: &Installation, account: &str) -> bool {
    installation.sql(&format!("SELECT state FROM job WHERE account_id = '{account}'")) == [["done"]]
}

/// Waits for something of a list to come true.
fn wait(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Each round a little further in the list.
#[test]
fn u19_i05_a_list_survives_kill_9_and_nobody_is_made_or_mailed_twice() {
    for installation in Installation::each() {
        let (kills, rows) = (rounds(3, 20), rounds(120, 1_000));
        let mut sink = Sink::start(installation.folder.join("mails"));
        let installation =
            installation.set("ROLLCALL_SMTP_URL", &sink.url()).set("ROLLCALL_MAIL_FROM", "calls@example.com");
        let Stage { installation, address, mut server, accounts, .. } = Stage::new(installation, 1);
        let account = &accounts[0];
        start(&address, &installation, account, rows);
        for kill in 1..=kills {
            // Each time a little further.
            wait("it goes on", || created(&installation, account) >= rows * kill / (kills + 1));
            server.kill();
            is_whole(&installation);
            server = Server::start(&installation, &address).ready();
        }
        wait("it comes to its end", || is_done(&installation, account));
        // A mail that was being sent is left alone for five minutes; they pass.
        installation.sql("UPDATE mail SET lease_until = 0 WHERE state = 'queued'");
        wait_for_mails(&installation);
        is_whole(&installation);

        let found = find(&installation, account);
        assert_eq!((found.len(), created(&installation, account)), (rows, rows));
        for (email, found) in &found {
            assert_eq!(found.parts, [1, 1, 1, 1, 1, 1], "{email} is half made");
        }
        assert_eq!(strays(&installation, account), "0");
        let mails = sink.new_mails();
        assert!(found.keys().eq(mails.keys()), "who was mailed is who is there");
        assert_eq!(mails.values().map(BTreeSet::len).max(), Some(1), "one mail each, by its Message-ID");
        let counts = "SELECT created, already, refused FROM job";
        assert_eq!(installation.sql(counts), [[rows.to_string(), "0".into(), "0".into()]]);
        let (code, logs) = server.stop("-TERM");
        assert_eq!((code, logs.as_str()), (Some(0), ""));
        println!("{}: {kills} kills in the middle of a list of {rows}", engine(&installation));
    }
}

/// Makes an account center of the accounts, and begins to create as many administrators in all of them; the center.
fn start_across(address: &str, installation: &Installation, accounts: &[String], people: usize) -> String {
    let mut hand = Hand::new(address);
    let fields: Vec<(&str, &str)> = std::iter::once(("name", "Agency"))
        .chain(accounts.iter().map(|account| ("account", account.as_str())))
        .collect();
    let mut post = |path: String, fields: &[(&str, &str)]| {
        let answer = hand.told(&Ask::post(&path, fields).with_session(&token(0, 0)));
        assert_eq!(answer.status, 303, "{path}");
    };
    post("/account-centers/new".to_owned(), &fields);
    let center = installation.sql("SELECT id FROM account_center").remove(0).remove(0);
    post(format!("/account-centers/{center}/executives/first"), &[]);
    let row = |n: usize| format!("kim{n}@example.com,Kim,Ito,administrator,all\n");
    let list: String = (0..people).map(row).collect();
    post(format!("/account-centers/{center}/jobs"), &[("text", &list)]);
    center
}

/// C-06: all accounts of a person come together, and with them their one mail.
#[test]
fn c06_i05_a_list_for_several_accounts_survives_kill_9_and_nobody_is_made_or_mailed_twice() {
    for installation in Installation::each() {
        let (kills, people, places) = (rounds(3, 20), rounds(120, 1_000), 4);
        let mut sink = Sink::start(installation.folder.join("mails"));
        let installation =
            installation.set("ROLLCALL_SMTP_URL", &sink.url()).set("ROLLCALL_MAIL_FROM", "calls@example.com");
        let Stage { installation, address, mut server, accounts, .. } = Stage::new(installation, places);
        let center = start_across(&address, &installation, &accounts, people);
        for kill in 1..=kills {
            let wanted = people * places * kill / (kills + 1);
            wait("it goes on", || created(&installation, &center) >= wanted);
            server.kill();
            is_whole(&installation);
            // Nobody is in some of their accounts only.
            let partly =
                "SELECT email FROM \"user\" WHERE email LIKE 'kim%' GROUP BY email HAVING COUNT(*) <> 4";
            assert!(installation.sql(partly).is_empty());
            server = Server::start(&installation, &address).ready();
        }
        wait("it comes to its end", || is_done(&installation, &center));
        // A mail that was being sent is left alone for five minutes; they pass.
        installation.sql("UPDATE mail SET lease_until = 0 WHERE state = 'queued'");
        wait_for_mails(&installation);
        is_whole(&installation);

        for account in &accounts {
            let users = "SELECT COUNT(*) FROM \"user\" WHERE email LIKE 'kim%' AND account_id";
            assert_eq!(installation.sql(&format!("{users} = '{account}'")), [[people.to_string()]]);
        }
        let mut mails = sink.new_mails();
        // Whoever made themselves the first executive administrator is told that, too.
        mails.retain(|to, _| to.starts_with("kim"));
        assert_eq!(mails.len(), people, "everybody was mailed");
        assert_eq!(mails.values().map(BTreeSet::len).max(), Some(1), "one mail each, by its Message-ID");
        let counts = "SELECT created, already, refused FROM job";
        let all = (people * places).to_string();
        assert_eq!(installation.sql(counts), [[all, "0".into(), "0".into()]]);
        let (code, logs) = server.stop("-TERM");
        assert_eq!((code, logs.as_str()), (Some(0), ""));
        println!(
            "{}: {kills} kills in the middle of {people} people in {places} accounts",
            engine(&installation)
        );
    }
}

/// U-19: small units, which others go before.
#[test]
fn u19_pages_answer_while_a_list_is_worked_off() {
    for installation in Installation::each() {
        let rows = rounds(400, 5_000);
        let Stage { installation, address, server, accounts, .. } = Stage::new(installation, 2);
        let [account, other] = &accounts[..] else { panic!("two accounts") };
        start(&address, &installation, account, rows);
        let (mut hand, mut times, mut n) = (Hand::new(&address), Vec::new(), 0);
        while !is_done(&installation, account) {
            n += 1;
            // A look and a write, in another account.
            let (name, path) = (format!("Kim {n}"), format!("/accounts/{other}"));
            let form = [("first_name", name.as_str()), ("last_name", "Ito"), ("display_name", "")];
            let write = Ask::post("/me", &form[..2]).with_session(&token(1, 0));
            for ask in [Ask::get(path).with_session(&token(1, 0)), write] {
                let began = Instant::now();
                let answer = hand.told(&ask);
                times.push(began.elapsed());
                assert!([200, 303].contains(&answer.status), "{answer:?}");
            }
        }
        times.sort();
        let (middle, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
        println!(
            "{}: {} answers while a list of {rows} was worked off: half within {middle:?}, 99 of 100 within {p99:?}",
            engine(&installation),
            times.len()
        );
        // The bound is that of a server; a build for tests, beside other tests, takes several times as long.
        let most = if cfg!(debug_assertions) { 1_000 } else { 100 };
        assert!(p99 < Duration::from_millis(most), "{p99:?}");
        server.stop("-TERM");
    }
}
