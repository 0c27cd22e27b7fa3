//! Several processes at once, and a key that does not belong (I-05).

use std::process::Child;

use serde_json::Value;

use crate::serve::{Server, listening};
use crate::support::Installation;

/// How many processes start at once.
const AT_ONCE: usize = 6;

fn both_answer(first: (&Installation, &str), second: (&Installation, &str)) {
    let start = |(installation, address): (&Installation, &str)| Server::start(installation, address);
    let servers = [start(first), start(second)].map(Server::ready);
    for server in &servers {
        assert!(server.get("/").starts_with("HTTP/1.1 "));
    }
    for server in servers {
        let (code, logs) = server.stop("-TERM");
        assert_eq!(code, Some(0), "{logs}");
        assert!(!logs.contains("ERROR"), "{logs}");
    }
}

#[test]
fn i05_processes_that_start_at_once_make_one_installation() {
    for installation in Installation::each() {
        let create = ["account", "create", "--name", "Acme", "--admin-email", "ada@example.com"];
        let args = [&create[..], &["--admin-first-name", "Ada", "--admin-last-name", "Bell"]].concat();
        let started: Vec<Child> =
            (0..AT_ONCE).map(|_| installation.program(&args).spawn().unwrap()).collect();
        for child in started {
            let output = child.wait_with_output().unwrap();
            assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0), "{output:?}");
            serde_json::from_slice::<Value>(&output.stdout).unwrap();
        }
        let accounts = installation.sql("SELECT CAST(COUNT(*) AS text) FROM account");
        assert_eq!(accounts, [[AT_ONCE.to_string()]]);
        let doctor = installation.answer(&["doctor"]);
        assert_eq!(doctor["problems"], serde_json::json!([]));
        let drafts = std::fs::read_dir(installation.folder.join("data")).unwrap();
        let drafts =
            drafts.filter(|entry| entry.as_ref().unwrap().file_name().to_str().unwrap().contains("draft"));
        assert_eq!(drafts.count(), 0);
    }
}

#[test]
fn i05_two_servers_start_at_once_on_one_folder() {
    let (first, at_first) = listening(Installation::new());
    let (second, at_second) = listening(Installation::new());
    let data = first.folder.join("data");
    let second = second.set("ROLLCALL_DATA_DIR", data.to_str().unwrap());
    both_answer((&first, &at_first), (&second, &at_second));
}

#[test]
fn i05_two_servers_start_at_once_on_one_postgres() {
    let Some(first) = Installation::on_postgres() else { return };
    let (first, at_first) = listening(first);
    let (second, at_second) = listening(Installation::new());
    let data = first.folder.join("data");
    let second = second.set("ROLLCALL_DATA_DIR", data.to_str().unwrap());
    let second = second.set("ROLLCALL_DATABASE_URL", &first.setting("ROLLCALL_DATABASE_URL"));
    both_answer((&first, &at_first), (&second, &at_second));
}

#[test]
fn i05_a_foreign_key_is_told_and_changes_nothing() {
    for installation in Installation::each() {
        let account = installation.account("Acme", "ada@example.com");
        let key = std::fs::read(installation.folder.join("data/secret.key")).unwrap();
        installation.write("data/secret.key", [7; 32]);
        let (installation, _) = listening(installation);
        for args in [
            &["serve"][..],
            &["activity", "verify"],
            &["company", "create", "--account", &account, "--name", "x"],
        ] {
            let told = installation.refusal(1, args);
            assert!(told.contains("is not the one this database was made with"), "{told}");
            assert!(told.contains("restore the secret.key that belongs to the database"), "{told}");
        }
        let doctor = installation.run(&["doctor"]);
        assert_eq!(doctor.code, Some(1), "{doctor:?}");
        let problem = "secret.key is not the one this database was made with.";
        assert_eq!(doctor.answer()["problems"], serde_json::json!([problem]));
        installation.write("data/secret.key", key);
        assert_eq!(installation.answer(&["doctor"])["problems"], serde_json::json!([]));
    }
}
