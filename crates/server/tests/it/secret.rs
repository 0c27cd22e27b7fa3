//! Replacing the key at the command line, and forgetting the older ones.

use serde_json::{Value, json};

use crate::activity::seal;
use crate::serve::{Server, listening};
use crate::support::{Installation, mode};

const REPLACE: [&str; 2] = ["secret", "replace"];
const FORGET: [&str; 2] = ["secret", "forget"];

fn is_well(installation: &Installation) -> bool {
    let doctor = installation.run(&["doctor"]);
    doctor.code == Some(0) && doctor.answer()["problems"] == json!([])
}

fn file(installation: &Installation) -> Vec<u8> {
    std::fs::read(installation.folder.join("data/secret.key")).unwrap()
}

fn noted(installation: &Installation) -> String {
    let rows = installation.sql("SELECT content FROM installation WHERE name = 'key_fingerprint'");
    rows[0][0].clone()
}

/// Seen to fail: with the new key not taken up by the database, with nothing counted before the
/// older ones are forgotten, with the activity not sealed anew, and with nothing told of it.
#[test]
fn x06_the_key_is_replaced_and_the_older_one_forgotten() {
    for installation in Installation::each() {
        let account = installation.account("Acme", "ada@example.com");
        let log = seal(&installation);
        installation.account("Other", "other@example.com");
        let (first, was_noted) = (file(&installation), noted(&installation));
        assert_eq!(installation.answer(&REPLACE), json!({ "key": 2, "older": [1] }));
        assert!(is_well(&installation));
        assert_ne!(noted(&installation), was_noted);
        let path = installation.folder.join("data/secret.key");
        assert_eq!(mode(&path), 0o600);
        assert!(file(&installation).starts_with(b"rollcall keys\n2 hmac-sha256 "));
        installation.answer(&["company", "create", "--account", &account, "--name", "Paris"]);
        assert_eq!(installation.answer(&REPLACE), json!({ "key": 3, "older": [2, 1] }));
        assert!(is_well(&installation));
        // Links in mails live on, so it is asked for once more.
        let ran = installation.run(&FORGET);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        let lost = &ran.answer()["would_be_lost"];
        assert_eq!((&lost["days_that_links_in_mails_live"], &lost["apps"]), (&json!(100), &json!(0)));
        assert_eq!(lost["waiting_mails"], json!(2), "one waits, and one is kept: {lost}");
        let links = ["invitations", "request_links", "resets", "email_changes", "login_merges"];
        assert_eq!(links.map(|link| lost[link].clone()), [2, 0, 0, 0, 0].map(|count| json!(count)), "{lost}");
        let both = file(&installation);
        let ran = installation.run(&["secret", "forget", "--even-so"]);
        assert_eq!(ran.answer(), json!({ "key": 3, "forgotten": [2, 1] }));
        assert!(is_well(&installation));
        // What was collected before tells of other hashes; what the command has told goes behind it.
        let compared = |log: &str| {
            installation.write("kept.log", log);
            installation.run(&["activity", "verify", "--log", "kept.log"]).answer()["whole"].clone()
        };
        assert_eq!(compared(&log), json!(false));
        assert_eq!(compared(&(log.clone() + &ran.err)), json!(true), "{}", ran.err);
        assert_eq!(installation.answer(&["activity", "verify"])["whole"], json!(true));
        assert_eq!(installation.answer(&FORGET), json!({ "key": 3, "forgotten": [] }));
        // Who comes with a file of before has either what is needed or no way in.
        installation.write("data/secret.key", &first);
        assert!(installation.refusal(1, &["activity", "verify"]).contains("is not the one"));
        installation.write("data/secret.key", both);
        assert!(installation.refusal(1, &["activity", "verify"]).contains("holds keys that were forgotten"));
        let doctor = installation.run(&["doctor"]);
        assert_eq!(doctor.answer()["problems"], json!(["secret.key holds keys that were forgotten."]));
    }
}

/// What fails after the change is no reason to say that nothing has changed. Seen to fail: with the
/// other sentence.
#[test]
fn x06_a_key_that_was_replaced_is_not_told_to_be_as_it_was() {
    let installation = Installation::new();
    installation.account("Acme", "ada@example.com");
    let in_the_way = installation.folder.join("data/secret.draft-00");
    std::fs::create_dir(&in_the_way).unwrap();
    let told = installation.refusal(1, &REPLACE);
    assert!(told.contains("has its new keys by now") && !told.contains("stay as they are"), "{told}");
    assert!(file(&installation).starts_with(b"rollcall keys\n2 hmac-sha256 "));
    std::fs::remove_dir(&in_the_way).unwrap();
    assert!(is_well(&installation));
}

/// A server that runs knows the older key alone. Seen to fail: with the command holding the folder as servers do.
#[test]
fn x06_no_key_is_replaced_beside_a_server() {
    for installation in Installation::each() {
        let (installation, address) = listening(installation);
        let server = Server::start(&installation, &address).ready();
        let before = file(&installation);
        for args in [REPLACE, FORGET] {
            let told = installation.refusal(1, &args);
            assert!(told.contains("stop every server"), "{told}");
        }
        assert_eq!(file(&installation), before);
        assert_eq!(server.stop("-TERM").0, Some(0));
        installation.answer(&REPLACE);
        let server = Server::start(&installation, &address).ready();
        assert!(server.get("/readyz").starts_with("HTTP/1.1 200"));
        assert_eq!(server.stop("-TERM").0, Some(0));
    }
}

/// Whenever it is killed, the next one goes on from there. Seen to fail: with the new key not taken up at the next start.
#[test]
fn x06_whoever_kills_it_in_the_middle_leaves_a_key_that_fits() {
    for installation in Installation::each() {
        installation.account("Acme", "ada@example.com");
        let started = std::time::Instant::now();
        installation.answer(&REPLACE);
        let whole = started.elapsed();
        for part in 1..=20_u32 {
            for args in [&REPLACE[..], &["secret", "forget", "--even-so"]] {
                let mut child = installation.program(args).spawn().unwrap();
                std::thread::sleep(whole * part / 20);
                child.kill().unwrap();
                child.wait().unwrap();
                assert!(is_well(&installation), "{args:?} after {part}/20");
            }
        }
        assert_eq!(installation.run(&["secret", "forget", "--even-so"]).code, Some(0));
        // A file that was written, where the database has not heard of it: the next start takes it up.
        let (before, was_noted) = (file(&installation), noted(&installation));
        let next = installation.folder.join("next.key");
        installation.answer(&["secret", "replace", "--to", next.to_str().unwrap()]);
        assert_eq!((file(&installation), noted(&installation)), (before, was_noted.clone()));
        std::fs::rename(&next, installation.folder.join("data/secret.key")).unwrap();
        assert!(is_well(&installation));
        assert_ne!(noted(&installation), was_noted);
    }
}

/// I-05, X-06. What a vault hands out is read from its file, and written nowhere. Seen to fail: with the key
/// looked for in the data folder all the same.
#[test]
fn i05_x06_secrets_may_stand_in_files_of_their_own() {
    let installation = Installation::new();
    installation.write("vault/key", [5; 32]);
    installation.write("vault/smtp", "smtp://kim:secret@127.0.0.1:9?tls=required\n");
    for name in ["vault/key", "vault/smtp"] {
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o400);
        std::fs::set_permissions(installation.folder.join(name), private).unwrap();
    }
    let installation = installation
        .set("ROLLCALL_SECRET_KEY_FILE", "vault/key")
        .set("ROLLCALL_SMTP_URL_FILE", "vault/smtp")
        .set("ROLLCALL_MAIL_FROM", "calls@example.com");
    let doctor = installation.answer(&["doctor"]);
    assert_eq!((&doctor["sends_mail"], &doctor["problems"]), (&json!(true), &json!([])));
    assert!(!installation.folder.join("data/secret.key").exists());
    let next = installation.folder.join("vault/next");
    installation.answer(&["secret", "replace", "--to", next.to_str().unwrap()]);
    assert_eq!(mode(&next), 0o600);
    assert!(installation.refusal(1, &["secret", "replace", "--to", next.to_str().unwrap()]).contains("--to"));
    let installation = installation.set("ROLLCALL_SECRET_KEY_FILE", "vault/next");
    assert!(is_well(&installation));
    let Some(server) = Installation::on_postgres() else { return };
    let url = server.setting("ROLLCALL_DATABASE_URL");
    let installation = Installation::new().set("ROLLCALL_DATABASE_URL_FILE", "url");
    installation.write("url", format!("{url}\n"));
    std::fs::set_permissions(
        installation.folder.join("url"),
        std::os::unix::fs::PermissionsExt::from_mode(0o600),
    )
    .unwrap();
    assert_eq!(installation.answer(&["doctor"])["engine"], json!("postgres"));
}

/// I-05, X-06. Seen to fail: with a file taken that everybody can read.
#[test]
fn i05_x06_a_file_with_a_secret_that_is_no_good_has_its_sentence() {
    let with = |content: &[u8], mode: u32| {
        let installation = Installation::new();
        installation.write("file", content);
        let mode = std::os::unix::fs::PermissionsExt::from_mode(mode);
        std::fs::set_permissions(installation.folder.join("file"), mode).unwrap();
        installation
    };
    for name in ["DATABASE_URL", "SMTP_URL", "SECRET_KEY"] {
        let file = format!("ROLLCALL_{name}_FILE");
        let told = |installation: Installation, part: &str| {
            let sentence = installation.refusal(2, &["migrate"]);
            assert!(sentence.contains(&file) && sentence.contains(part), "{sentence}");
            assert!(!sentence.contains("hush"), "{sentence}");
        };
        told(Installation::new().set(&file, "file"), "is not there");
        told(with(b"", 0o600).set(&file, "file"), "is empty");
        for open in [0o604, 0o602] {
            told(with(b"hush", open).set(&file, "file"), "can be read or changed by everybody");
        }
        told(with(b"hush", 0o600).set(&file, "."), "is no file");
    }
    for name in ["DATABASE_URL", "SMTP_URL"] {
        let file = format!("ROLLCALL_{name}_FILE");
        let both = with(b"hush", 0o600).set(&file, "file").set(&format!("ROLLCALL_{name}"), "hush");
        let sentence = both.refusal(2, &["migrate"]);
        assert!(
            sentence.contains("Both") && sentence.contains(&file) && !sentence.contains("hush"),
            "{sentence}"
        );
        for (content, part) in [(&b"\xff"[..], "UTF-8"), (b" \n", "is empty"), (b"hush", &file)] {
            let sentence = with(content, 0o600).set(&file, "file").refusal(2, &["migrate"]);
            assert!(sentence.contains(part) && !sentence.contains("hush"), "{sentence}");
        }
    }
    let broken = with(b"hush", 0o600).set("ROLLCALL_SECRET_KEY_FILE", "file").refusal(1, &["doctor"]);
    assert!(broken.contains("ROLLCALL_SECRET_KEY_FILE (file) is broken"), "{broken}");
}

/// I-05. A role that PostgreSQL lets in by a certificate alone, and by none but its own. Seen to fail: with no
/// certificate shown.
#[test]
fn i05_postgres_is_reached_by_a_certificate() {
    let Some(installation) = Installation::on_postgres() else { return };
    // Another server than that of scripts/with-postgres may know no certificates.
    let Ok(folder) = std::env::var("ROLLCALL_TEST_CERTIFICATES") else { return };
    let name = "certified";
    installation
        .sql("DO $$ BEGIN CREATE ROLE certified LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
    let url = installation.setting("ROLLCALL_DATABASE_URL");
    let database = url.rsplit('/').next().unwrap();
    installation.sql(&format!("ALTER DATABASE {database} OWNER TO {name}"));
    let url = url.replace("//app@", &format!("//{name}@"));
    let encrypted = format!("{url}?sslmode=require&sslrootcert={folder}/authority.pem");
    let by = |url: &str| {
        let installation = Installation::new().set("ROLLCALL_DATABASE_URL", url);
        installation.run(&["doctor"])
    };
    let own = |of: &str| format!("&sslcert={folder}/{of}-certified.pem&sslkey={folder}/{of}-certified.key");
    let ran = by(&format!("{encrypted}{}", own("authority")));
    assert_eq!((ran.code, &ran.answer()["engine"]), (Some(0), &json!("postgres")), "{ran:?}");
    let told = |url: &str, part: &str| {
        let ran = by(url);
        let error: Value = serde_json::from_str(&ran.err).unwrap();
        let error = error["error"].as_str().unwrap();
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(error.contains(part), "{error}");
    };
    told(&url, "rejects connection");
    told(&encrypted, "requires a valid client certificate");
    told(&format!("{encrypted}{}", own("stranger")), "PostgreSQL");
    told(&format!("{url}?sslmode=require{}", own("authority")), "certificate");
    told(&format!("{url}?x=1{}", own("authority")).replace("?x=1&", "?"), "need sslmode=require");
    told(&format!("{encrypted}&sslcert={folder}/authority-certified.pem"), "belong together");
    told(&format!("{encrypted}{}", own("nobody")), "nobody-certified.pem cannot be read");
    let strange = own("authority").replace("authority-certified.key", "stranger-certified.key");
    told(&format!("{encrypted}{strange}"), "do not fit");
}
