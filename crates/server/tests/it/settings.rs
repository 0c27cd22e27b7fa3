//! Settings: every wrong one has its sentence, and the environment stands above the file (I-05).

use crate::support::{Installation, mode};

/// Wrong settings and a part of the sentence about each.
const WRONG: [(&str, &str, &str); 29] = [
    ("ROLLCALL_LISTEN", "8080", "ROLLCALL_LISTEN must be an IP address and a port"),
    ("ROLLCALL_LISTEN", "localhost:8080", "and is \"localhost:8080\""),
    ("ROLLCALL_LISTEN", "127.0.0.1:0", "127.0.0.1:8080 or [::]:8080"),
    ("ROLLCALL_BASE_URL", "calls.example.com", "begin with http:// or https://"),
    ("ROLLCALL_BASE_URL", "https://kim:secret@calls.example.com", "no user and no password"),
    ("ROLLCALL_BASE_URL", "https://example.com/calls", "without path and query"),
    ("ROLLCALL_BASE_URL", "https://example.com/?secret=1", "without path and query"),
    ("ROLLCALL_DATA_DIR", "/proc/none", "cannot be made"),
    ("ROLLCALL_DATA_DIR", "", "is empty: give it a value, or take it away"),
    ("ROLLCALL_DATABASE_URL", "mysql://kim:secret@localhost/calls", "must begin with postgres://"),
    ("ROLLCALL_DATABASE_URL", "postgres://", "must begin with postgres://"),
    ("ROLLCALL_DATABASE_URL", "postgres://kim:secret@localhost:port/calls", "cannot be read"),
    ("ROLLCALL_DATABASE_URL", "postgres://kim:se%cret@localhost/calls?secret=1", "cannot be read"),
    ("ROLLCALL_SMTP_URL", "mail.example.com", "must start with smtp://"),
    ("ROLLCALL_SMTP_URL", "smtp://kim:secret/word@mail.example.com", "%2F"),
    ("ROLLCALL_SMTP_URL", "smtp://localhost:1025", "set ROLLCALL_MAIL_FROM too"),
    ("ROLLCALL_MAIL_FROM", "Acme", "must be an email address, with a name or without"),
    ("ROLLCALL_MAIL_FROM", "a@example.com, b@example.com", "must be an email address"),
    ("ROLLCALL_OUTGOING_HOSTS", "https://login.example.com", "and has \"https://login.example.com\""),
    ("ROLLCALL_OUTGOING_HOSTS", "a.example,push.*", "must be names of hosts with commas between"),
    ("ROLLCALL_OUTGOING_HOSTS", "", "is empty: give it a value, or take it away"),
    ("ROLLCALL_SECOND_FACTOR_FROM", "soon", "must be a day such as 2026-12-01, and is \"soon\""),
    ("ROLLCALL_SECOND_FACTOR_FROM", "2026-02-30", "must be a day such as 2026-12-01"),
    ("ROLLCALL_SECOND_FACTOR_FROM", "2026-12-01T08:00", "must be a day such as 2026-12-01"),
    ("ROLLCALL_STRONG_KEYS", "yes", "ROLLCALL_STRONG_KEYS must be on or off, and is \"yes\""),
    ("ROLLCALL_LOG", "inffo", "must be off, error, warn, info, debug or trace"),
    ("ROLLCALL_LOG", "info,store", "and is \"info,store\""),
    ("ROLLCALL_LOG", "app=loud", "ROLLCALL_LOG must be"),
    ("ROLLCALL_LOG", " ", "ROLLCALL_LOG is empty"),
];

#[test]
fn i05_each_wrong_setting_has_its_sentence_and_no_password_is_told() {
    for (name, value, part) in WRONG {
        let sentence = Installation::new().set(name, value).refusal(2, &["migrate"]);
        assert!(sentence.contains(part), "{name}={value}: {sentence}");
        assert!(sentence.ends_with('.') && !sentence.contains("secret"), "{name}={value}: {sentence}");
    }
}

#[test]
fn i05_all_wrong_settings_are_told_at_once_whatever_is_to_be_done() {
    let installation = Installation::new()
        .set("ROLLCALL_LISTEN", "x")
        .set("ROLLCALL_BASE_URL", "x")
        .set("ROLLCALL_DATA_DIR", "/proc/none")
        .set("ROLLCALL_DATABASE_URL", "x")
        .set("ROLLCALL_SMTP_URL", "x")
        .set("ROLLCALL_MAIL_FROM", "x")
        .set("ROLLCALL_LOG", "x");
    installation.write("rollcall.toml", "colour = 'red'");
    for args in [&["serve"][..], &[], &["doctor"]] {
        let told = installation.refusal(2, args);
        for name in ["LISTEN", "BASE_URL", "DATA_DIR", "DATABASE_URL", "SMTP_URL", "MAIL_FROM", "LOG"] {
            assert!(told.contains(&format!("ROLLCALL_{name}")), "{args:?}: {name} is not in: {told}");
        }
        assert!(told.contains("unknown key colour"), "{told}");
    }
}

#[test]
fn i05_the_environment_stands_above_the_file() {
    let installation = Installation::new();
    installation.write("rollcall.toml", "data_dir = \"of-file/inner\"\nlog = \"warn\"\n");
    installation.answer(&["migrate"]);
    assert!(installation.folder.join("of-file/inner/rollcall.db").exists());
    assert_eq!(mode(&installation.folder.join("of-file/inner")), 0o700);
    let installation = installation.set("ROLLCALL_DATA_DIR", "of-environment");
    installation.answer(&["migrate"]);
    assert!(installation.folder.join("of-environment/rollcall.db").exists());
    // What the environment does not say is still the file's.
    installation.write("rollcall.toml", "data_dir = \"/proc/none\"\nlog = \"loud\"\n");
    let told = installation.refusal(2, &["migrate"]);
    assert!(told.contains("log in rollcall.toml must be") && !told.contains("data_dir"), "{told}");
}

#[test]
fn i05_a_wrong_file_is_told_and_none_of_its_content() {
    for (content, part) in [
        ("lisen = \"x\"", "unknown key lisen; did you mean listen?"),
        ("[smtp]\nurl = \"secret\"", "unknown key smtp; did you mean smtp_url?"),
        ("listen = 8080", "listen in rollcall.toml must be a text in quotes"),
        ("log = \"info\"\nsmtp_url = smtp://kim:secret@x", "Line 2 of rollcall.toml cannot be read"),
        ("log = \"info\"\nlog = \"secret\"", "Line 2 of rollcall.toml cannot be read"),
        (
            "database_url = \"mysql://kim:secret@x\"",
            "database_url in rollcall.toml must begin with postgres://",
        ),
    ] {
        let installation = Installation::new();
        installation.write("rollcall.toml", content);
        let sentence = installation.refusal(2, &["migrate"]);
        assert!(sentence.contains(part) && !sentence.contains("secret"), "{content}: {sentence}");
    }
    let installation = Installation::new();
    std::fs::create_dir(installation.folder.join("rollcall.toml")).unwrap();
    assert!(installation.refusal(2, &["migrate"]).contains("rollcall.toml is there and cannot be read"));
}

#[test]
fn i05_an_unknown_variable_is_warned_about() {
    let ran = Installation::new()
        .set("ROLLCALL_DATA", "/secret")
        .set("ROLLCALL_TEST_POSTGRES", "x")
        .run(&["migrate"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.err.contains("ROLLCALL_DATA sets nothing; did you mean ROLLCALL_DATA_DIR?"), "{ran:?}");
    assert!(ran.err.lines().count() == 1 && !ran.err.contains("secret"), "{ran:?}");
    ran.answer();
}

#[test]
fn i05_what_cannot_be_opened_is_told_with_what_to_do() {
    let installation = Installation::new();
    installation
        .write("data/rollcall.db", "this is no database, and long enough to be taken for one".repeat(100));
    assert!(installation.refusal(1, &["doctor"]).contains("check that rollcall.db is a SQLite database"));

    let installation = Installation::new();
    std::fs::create_dir_all(installation.folder.join("data/secret.key")).unwrap();
    let told = installation.refusal(1, &["doctor"]);
    assert!(told.contains("can be neither read nor made") && told.contains("ROLLCALL_DATA_DIR"), "{told}");

    let installation = Installation::new();
    installation.write("data/secret.key", "short");
    assert!(installation.refusal(1, &["doctor"]).contains("exactly 32 bytes; restore it from a backup"));

    // Nobody may write there, not even root.
    let told = Installation::new().set("ROLLCALL_DATA_DIR", "/proc").refusal(1, &["doctor"]);
    assert!(told.contains("let the user who runs rollcall write there"), "{told}");
}

#[test]
fn i05_a_postgres_that_is_not_there_is_told_without_its_password() {
    // The usual port may be taken by a server that somebody is trying out.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let installation = Installation::new()
        .set("ROLLCALL_LISTEN", &format!("127.0.0.1:{port}"))
        .set("ROLLCALL_DATABASE_URL", "postgres://kim:secret@127.0.0.1:1/calls");
    for args in [&["doctor"][..], &["serve"]] {
        let told = installation.refusal(1, args);
        assert!(told.contains("PostgreSQL cannot be reached: check that it runs"), "{told}");
        assert!(!told.contains("secret") && !told.contains("kim"), "{told}");
    }
    if let Ok(admin) = std::env::var("ROLLCALL_TEST_POSTGRES") {
        let url = format!("{}/rollcall_is_not_here", admin.rsplit_once('/').unwrap().0);
        let told = Installation::new().set("ROLLCALL_DATABASE_URL", &url).refusal(1, &["doctor"]);
        assert!(told.contains("make it with CREATE DATABASE"), "{told}");
    }
}
