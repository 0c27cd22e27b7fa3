//! What each command answers (I-03).

use crate::http::{Ask, Hand};
use crate::serve::{Server, free_address};
use crate::support::{Installation, text};

const NOBODY: &str = "ACC00000000000070008000000000000000";

fn invite<'a>(account: &'a str, user_type: &'a str, email: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let args = ["user", "invite", "--account", account, "--type", user_type, "--email", email];
    [&args, &["--first-name", "Ben", "--last-name", "Cruz"][..], more].concat()
}

#[test]
fn i03_migrate_applies_what_is_missing_once() {
    for installation in Installation::each() {
        let first = installation.answer(&["migrate"]);
        let applied = first["applied"].as_array().unwrap();
        assert_eq!(
            (applied.len() as i64, &applied[0]),
            (first["version"].as_i64().unwrap(), &"0001_login".into())
        );
        let second = installation.answer(&["migrate"]);
        assert_eq!((second["applied"].as_array().unwrap().len(), &second["version"]), (0, &first["version"]));
    }
}

#[test]
fn i03_account_create_hands_out_the_invitation_link() {
    for installation in Installation::each() {
        let installation = installation.set("ROLLCALL_BASE_URL", "https://Calls.example.com/");
        let args =
            ["--admin-email", "ada@example.com", "--admin-first-name", "Ada", "--admin-last-name", "Bell"];
        let zone = ["--time-zone", "america/chicago"];
        let made =
            installation.answer(&[&["account", "create", "--name", "Acme"], &args[..], &zone].concat());
        let (account, link) = (text(&made["account"]), text(&made["invitation_link"]));
        assert!(link.starts_with(&format!("https://calls.example.com/invitations/{account}/")), "{link}");
        assert!(text(&made["user"]).starts_with("USR"));
        let zones = installation.sql(&format!("SELECT time_zone FROM account WHERE id = '{account}'"));
        assert_eq!(zones, [["America/Chicago"]]);
        // The mail is on its way too; an account of the same name and person is another account.
        assert_eq!(installation.sql("SELECT email, kind FROM mail"), [["ada@example.com", "invitation"]]);
        assert_ne!(installation.account("Acme", "ada@example.com"), account);
    }
}

#[test]
fn i03_without_the_servers_settings_a_link_has_its_address_all_the_same() {
    for installation in Installation::each() {
        let address = free_address();
        let port = address.rsplit(':').next().unwrap();
        let link = |installation: &Installation, email: &str| {
            let args = ["--admin-email", email, "--admin-first-name", "Ada", "--admin-last-name", "Bell"];
            let made = installation.answer(&[&["account", "create", "--name", "Acme"], &args[..]].concat());
            text(&made["invitation_link"]).to_owned()
        };
        assert!(link(&installation, "ada@example.com").starts_with("http://localhost:8080/"));
        Server::start(&installation, &address).ready().stop("-TERM");
        let begin = format!("http://localhost:{port}/invitations/");
        assert!(link(&installation, "ben@example.com").starts_with(&begin), "{begin}");
        let elsewhere = installation.set("ROLLCALL_BASE_URL", "https://calls.example.com");
        assert!(link(&elsewhere, "kim@example.com").starts_with("https://calls.example.com/"));
    }
}

#[test]
fn i03_wrong_values_have_a_sentence_each() {
    let installation = Installation::new();
    let names = [
        "--admin-first-name",
        " ",
        "--admin-last-name",
        "Be\nll",
        "--admin-email",
        "ada",
        "--time-zone",
        "Mars",
    ];
    let told = installation.refusal(1, &[&["account", "create", "--name", ""], &names[..]].concat());
    for part in [
        "--name must not be empty.",
        "--time-zone must be a name of the IANA list, such as America/New_York.",
        "--admin-first-name must not be empty.",
        "--admin-last-name must not hold line breaks",
        "--admin-email must be an email address, such as kim@example.com.",
    ] {
        assert!(told.contains(part), "{part} is not in: {told}");
    }
    // Nothing was opened for it.
    assert!(!installation.folder.join("data/rollcall.db").exists());
}

#[test]
fn i03_a_wrong_command_line_is_told_as_json() {
    let installation = Installation::new();
    for (args, part) in [
        (&["acount"][..], "Unrecognized subcommand 'acount'"),
        (&["account"], "`rollcall help` tells what there is"),
        (&["account", "create", "--name", "x"], "not provided: --admin-email <ADMIN_EMAIL>"),
        (&["explain", "--user", "USR1", "--capability", "manage_users"], "not an id of this kind"),
        (&["api-key", "create", "--login", "x"], "not provided: --name <NAME>"),
    ] {
        let told = installation.refusal(2, args);
        assert!(told.contains(part), "{args:?}: {told}");
    }
    for args in [&["--help"][..], &["help", "user", "invite"], &["--version"]] {
        let ran = installation.run(args);
        assert!(ran.code == Some(0) && ran.out.contains("rollcall") && ran.err.is_empty(), "{ran:?}");
    }
}

#[test]
fn i03_user_invite_tells_no_link() {
    for installation in Installation::each() {
        let account = installation.account("Acme", "ada@example.com");
        let company = installation.company(&account, "North");
        let args = invite(
            &account,
            "reporting",
            "ben@example.com",
            &["--company", &company, "--message", "Welcome"],
        );
        let ran = installation.run(&args);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        assert!(!ran.out.contains("http") && !ran.out.contains("invitation"), "{ran:?}");
        let user = text(&ran.answer()["user"]);
        assert_eq!(ran.answer().as_object().unwrap().len(), 1);
        let found = format!("SELECT user_type, status FROM \"user\" WHERE id = '{user}'");
        assert_eq!(installation.sql(&found), [["reporting", "pending"]]);
        assert_eq!(installation.sql("SELECT email FROM mail WHERE email LIKE 'ben%'"), [["ben@example.com"]]);
        assert!(
            installation
                .refusal(1, &args)
                .contains("--email is the address of a user of this account already.")
        );
    }
}

#[test]
fn i03_users_are_made_of_every_type_within_their_account_only() {
    let installation = Installation::new();
    let account = installation.account("Acme", "ada@example.com");
    let (plain, foreign) =
        (installation.company(&account, "North"), installation.account("Other", "o@example.com"));
    let foreign = installation.company(&foreign, "Far");
    let create = ["company", "create", "--account", &account, "--name", "South", "--lead-center"];
    let leads = text(&installation.answer(&create)["company"]);
    for (n, (user_type, more)) in [
        ("administrator", vec![]),
        ("manager", vec!["--company", plain.as_str(), "--company", leads.as_str()]),
        ("manager", vec!["--company", leads.as_str(), "--agent"]),
        ("agent", vec!["--company", leads.as_str()]),
        ("notification", vec!["--company", plain.as_str()]),
    ]
    .into_iter()
    .enumerate()
    {
        installation.answer(&invite(&account, user_type, &format!("user{n}@example.com"), &more));
    }
    for (user_type, more, part) in [
        ("owner", vec!["--company", plain.as_str()], "--type must be administrator, manager"),
        ("notification", vec!["--company", plain.as_str(), "--agent"], "a notification user is no agent"),
        ("reporting", vec![], "--company is missing"),
        ("reporting", vec!["--company", foreign.as_str()], "--company must name companies of this account"),
        ("agent", vec!["--company", plain.as_str()], "for agents, ones that use Lead Center"),
    ] {
        let told = installation.refusal(1, &invite(&account, user_type, "new@example.com", &more));
        assert!(told.contains(part), "{user_type} {more:?}: {told}");
    }
    let told = installation.refusal(1, &invite(NOBODY, "administrator", "new@example.com", &[]));
    assert_eq!(told, format!("There is no account {NOBODY}."));
}

#[test]
fn i03_a_company_has_its_account_s_time_zone_unless_told_otherwise() {
    for installation in Installation::each() {
        let args =
            ["--admin-email", "ada@example.com", "--admin-first-name", "Ada", "--admin-last-name", "Bell"];
        let made = ["account", "create", "--name", "Acme", "--time-zone", "America/Denver"];
        let account = text(&installation.answer(&[&made[..], &args].concat())["account"]);
        installation.company(&account, "North");
        let create =
            ["company", "create", "--account", &account, "--name", "South", "--time-zone", "Europe/Paris"];
        installation.answer(&[&create[..], &["--lead-center"]].concat());
        let rows = "SELECT name, time_zone, CAST(lead_center AS text) FROM company ORDER BY name";
        let expected = [["North", "America/Denver", "0"], ["South", "Europe/Paris", "1"]];
        assert_eq!(installation.sql(rows), expected);
        assert!(installation.refusal(1, &create).contains("--name is taken"));
        let told = installation.refusal(1, &["company", "create", "--account", NOBODY, "--name", "North"]);
        assert_eq!(told, format!("There is no account {NOBODY}."));
    }
}

/// I-03: what makes people up is another program, which is not shipped (ASVS 15.2.3). Seen to fail: with the command in the program.
#[test]
fn i03_the_program_makes_nobody_up() {
    let installation = Installation::new();
    let told = installation.refusal(2, &["seed", "--accounts", "1"]);
    assert!(told.contains("Unrecognized subcommand 'seed'"), "{told}");
    let help = installation.run(&["--help"]).out.to_lowercase();
    for word in ["seed", "demonstration", "made-up", "fill"] {
        assert!(!help.contains(word), "{word}: {help}");
    }
    assert!(!installation.folder.join("data").exists());
}

#[test]
fn i03_a_seeded_world_is_served_and_its_login_can_have_a_key() {
    for installation in Installation::each() {
        let made = installation.seed(3, 150);
        assert_eq!(made.users, 450);
        let count = "SELECT CAST(COUNT(*) AS text), CAST(COUNT(DISTINCT account_id) AS text) FROM \"user\"";
        assert_eq!(installation.sql(count), [["450", "3"]]);
        let login = made.login;
        let first = format!("SELECT user_type, account_id FROM \"user\" WHERE email = '{login}'");
        assert_eq!(installation.sql(&first), [["administrator", made.account.as_str()]]);
        let hashes = "SELECT CAST(COUNT(*) AS text) FROM login GROUP BY password_hash ORDER BY 1";
        assert_eq!(installation.sql(hashes), [["1"], ["395"]], "only the first password is known");

        let key = installation.answer(&["api-key", "create", "--login", &login, "--name", "Reports"]);
        let key = text(&key["api_key"]);
        assert_eq!(key.len(), 43);
        assert_eq!(installation.sql(&format!("SELECT id FROM api_key WHERE token_hash = '{key}'")).len(), 0);
        let told =
            installation.refusal(1, &["api-key", "create", "--login", "no@example.com", "--name", "x"]);
        assert_eq!(told, "Nobody signs in with the address no@example.com.");
        let ended = installation.answer(&["session", "end", "--login", &login]);
        assert_eq!((ended["ended"].as_i64(), text(&ended["login"])), (Some(0), login.clone()));
        let told = installation.refusal(1, &["session", "end", "--login", "no@example.com"]);
        assert_eq!(told, "Nobody signs in with the address no@example.com.");
        let listed = installation.answer(&["api-key", "list", "--login", &login]);
        let listed = &listed["api_keys"];
        assert_eq!((listed[0]["name"].as_str(), listed.as_array().unwrap().len()), (Some("Reports"), 1));
        assert!(!listed.to_string().contains(&key));
        let id = text(&listed[0]["id"]);
        let revoke = ["api-key", "revoke", "--login", &login, "--id", &id];
        assert_eq!(text(&installation.answer(&revoke)["revoked"]), id);
        assert_eq!(installation.refusal(1, &revoke), format!("The login {login} has no key {id}."));
        assert_eq!(
            installation.answer(&["api-key", "list", "--login", &login])["api_keys"],
            serde_json::json!([])
        );
    }
}

/// I-03, I-07: the server prints the operator's link only where no mail server is set. Meant to fail: with another token.
#[test]
fn i03_the_operators_link_is_told_where_mails_are_sent_too() {
    for installation in Installation::each() {
        let installation = installation
            .set("ROLLCALL_SMTP_URL", "smtp://127.0.0.1:9")
            .set("ROLLCALL_MAIL_FROM", "calls@example.com");
        let address = free_address();
        let server = Server::start(&installation, &address).ready();
        let link = text(&installation.answer(&["operator-link"])["operator_link"]).to_owned();
        let begin = format!("http://localhost:{}", address.rsplit(':').next().unwrap());
        let path = link.strip_prefix(&begin).unwrap_or_else(|| panic!("{link}")).to_owned();
        let mut hand = Hand::new(&address);
        let cookie = hand.told(&Ask::get(path)).cookie("operator").unwrap();
        let mails = Ask::get("/operator/mails?show=undelivered");
        assert_eq!(hand.told(&mails).status, 404, "to others it is not there");
        assert_eq!(hand.told(&mails.with("Cookie", &format!("operator={cookie}"))).status, 200);
        server.stop("-TERM");
    }
}
