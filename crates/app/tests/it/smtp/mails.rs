//! What a reader gets.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use app::mail::compose::{ComposeError, Message, compose};
use app::mail::smtp::{Delivery, Smtp};
use app::mail::views::{InvitationMail, LoginMergeMail, LoginMergedMail, PasswordChangedMail, View};
use serde_json::{Value, json};
use text::Text;

use super::server::Server;
use super::{AT, BLOCK_LINK, LINK, address, invitation, kim, message, password_changed, reset, rollcall};

fn login_merge() -> LoginMergeMail {
    LoginMergeMail { t: Text::default(), to_name: "Kim".to_owned(), link: LINK.to_owned(), minutes: 60 }
}

fn login_merged() -> LoginMergedMail {
    let when = "22 November 2026, 14:05".to_owned();
    LoginMergedMail { t: Text::default(), to_name: "Kim".to_owned(), when, signs_in: true, days: 14 }
}

async fn sent(message: &Message) -> (Value, String) {
    let server = Server::start("normal");
    let delivery = Smtp::from_url(&server.url()).unwrap().send(message, AT).await;
    assert!(matches!(delivery, Delivery::HandedOver { .. }), "{delivery:?}");
    (server.mail(1), server.raw_mail(1))
}

fn strings(value: &Value) -> BTreeSet<String> {
    value.as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()).collect()
}

/// Every address in either part, clickable or not.
fn links(mail: &Value) -> BTreeSet<String> {
    ["links", "links_in_text", "links_in_html"].iter().flat_map(|key| strings(&mail[key])).collect()
}

#[tokio::test]
async fn the_headers_are_these() {
    let (mail, raw) = sent(&message()).await;
    let mut headers = mail["headers"].as_array().unwrap().clone();
    let last = headers.pop().unwrap();
    assert_eq!(last[0], "Content-Type");
    assert_eq!(
        json!(headers),
        json!([
            ["From", "Rollcall <hello@rollcall.example.test>"],
            ["To", "Kim Ode <kim@example.test>"],
            ["Subject", "Ada Reyes invited you to Harbor Dental"],
            ["Date", "Sun, 22 Nov 2026 14:05:00 +0000"],
            ["Message-ID", "<0198a1b2c3d4@rollcall.example.test>"],
            ["Auto-Submitted", "auto-generated"],
            ["X-Auto-Response-Suppress", "All"],
            ["MIME-Version", "1.0"],
        ])
    );
    assert_eq!(mail["defects"], json!([]), "{raw}");
    assert_eq!((mail["bare_newlines"].clone(), mail["ascii"].clone()), (json!(0), json!(true)));
    assert!(mail["longest_line"].as_i64().unwrap() <= 998);
}

#[tokio::test]
async fn the_text_comes_first_then_the_html() {
    let mut view = invitation();
    view.personal_message = Some("Schön, dass du dabei bist! Übrigens: 東京 🎉".to_owned());
    let message = compose(&view, rollcall(), kim(), "1@rollcall.example.test".to_owned()).unwrap();
    let (mail, _) = sent(&message).await;
    assert_eq!(mail["type"], "multipart/alternative");
    for (part, (kind, content)) in
        [("text/plain", &message.text), ("text/html", &message.html)].iter().enumerate()
    {
        let part = &mail["parts"][part];
        assert_eq!((part["type"].as_str(), part["charset"].as_str()), (Some(*kind), Some("utf-8")));
        assert_eq!(part["content"].as_str().unwrap().replace("\r\n", "\n").trim_end(), content.trim_end());
    }
}

#[tokio::test]
async fn the_same_mail_keeps_its_id_at_every_try() {
    let server = Server::start("normal");
    let smtp = Smtp::from_url(&server.url()).unwrap();
    for n in 1..=2 {
        smtp.send(&message(), AT + n * 60_000_000).await;
    }
    let id = |n| server.mail(n)["headers"][4].clone();
    assert_eq!(id(1), id(2));
}

#[test]
fn the_text_of_an_invitation_reads_alone() {
    let mut view = invitation();
    view.personal_message = Some("Welcome!\n\nThe rota is at https://rota.example/today.".to_owned());
    let message = compose(&view, rollcall(), kim(), "1@example.test".to_owned()).unwrap();
    assert_eq!(message.subject, "Ada Reyes invited you to Harbor Dental");
    assert_eq!(
        message.text,
        format!(
            "Hello Kim,\n\n\
             Ada Reyes has invited you to Harbor Dental. Your user type: Manager.\n\n\
             Ada Reyes wrote:\n\n\
             > Welcome!\n>\n> The rota is at https[:]//rota[.]example/today.\n\n\
             To accept, set your own password:\n\n\
             {LINK}\n\n\
             The link works once, until 29 November 2026. After that, ask Ada Reyes for a new one.\n\n\
             If you did not expect this, ignore this mail: nobody is added until you set a password. \
             To get no more invitations from Harbor Dental:\n\n\
             {BLOCK_LINK}\n"
        )
    );
}

#[test]
fn the_text_of_an_agents_invitation_leads_into_lead_center() {
    let view = InvitationMail { agent: true, to_name: String::new(), ..invitation() };
    let message = compose(&view, rollcall(), kim(), "1@example.test".to_owned()).unwrap();
    assert_eq!(message.subject, "Ada Reyes invited you to Lead Center at Harbor Dental");
    assert_eq!(
        message.text,
        format!(
            "Hello,\n\n\
             Ada Reyes has invited you to Harbor Dental, to take calls and messages in Lead Center. \
             Your user type: Manager.\n\n\
             Create your password, and Lead Center opens:\n\n\
             {LINK}\n\n\
             The link works once, until 29 November 2026. After that, ask Ada Reyes for a new one.\n\n\
             If you did not expect this, ignore this mail: nobody is added until you set a password. \
             To get no more invitations from Harbor Dental:\n\n\
             {BLOCK_LINK}\n"
        )
    );
}

/// S2. Seen to fail: with the lead of one account.
#[test]
fn the_text_of_an_invitation_to_run_a_center_speaks_of_all_its_accounts() {
    let view = InvitationMail { executive_of: Some("Reyes Agency".to_owned()), ..invitation() };
    let message = compose(&view, rollcall(), kim(), "1@example.test".to_owned()).unwrap();
    assert_eq!(message.subject, "Ada Reyes invited you to Reyes Agency");
    assert_eq!(
        message.text,
        format!(
            "Hello Kim,\n\n\
             Ada Reyes has invited you to be executive administrator of Reyes Agency: administrator of all its \
             accounts, now and later.\n\n\
             To accept, set your own password:\n\n\
             {LINK}\n\n\
             The link works once, until 29 November 2026. After that, ask Ada Reyes for a new one.\n\n\
             If you did not expect this, ignore this mail: nobody is added until you set a password. \
             To get no more invitations from Harbor Dental:\n\n\
             {BLOCK_LINK}\n"
        )
    );
    let alone = message.html.replace(BLOCK_LINK, "");
    assert!(!alone.contains("Harbor Dental"), "{alone}");
}

#[test]
fn the_text_of_a_reset_reads_alone() {
    let message = compose(&reset(), rollcall(), kim(), "1@example.test".to_owned()).unwrap();
    assert_eq!(
        message.text,
        format!(
            "Hello Kim,\n\n\
             We were asked to reset the password you sign in with. To choose a new one:\n\n\
             {LINK}\n\n\
             The link works once, for 30 minutes.\n\n\
             If you did not ask for this, ignore this mail: your password stays as it is.\n"
        )
    );
}

#[test]
fn the_text_of_a_changed_password_reads_alone() {
    let message = compose(&password_changed(), rollcall(), kim(), "1@example.test".to_owned()).unwrap();
    assert_eq!(
        message.text,
        "Hello Kim,\n\n\
         The password you sign in with was changed, and every other session was signed out.\n\n\
         When: 22 November 2026, 14:05\n\
         Device: Firefox on Windows, near Lyon\n\n\
         If this was you, there is nothing to do.\n\n\
         If it was not you, open the sign-in page yourself, reset your password at once, and tell an administrator \
         of your account.\n"
    );
}

#[test]
fn the_text_of_a_link_that_proves_a_login_reads_alone() {
    let message = compose(&login_merge(), rollcall(), kim(), "1@example.test".to_owned()).unwrap();
    assert_eq!(
        message.text,
        format!(
            "Hello Kim,\n\n\
             Somebody who signs in with another address asked to merge the login of this address into theirs. All your \
             accounts would then open with their login, so go on only if that was you.\n\n\
             Open this link in the browser in which you are signed in with the other address:\n\n\
             {LINK}\n\n\
             The link works once, for 60 minutes.\n\n\
             If you did not ask for this, ignore this mail: nothing changes. Give the link to nobody.\n"
        )
    );
}

#[test]
fn the_text_of_merged_logins_reads_alone() {
    let gone = LoginMergedMail { signs_in: false, ..login_merged() };
    let message = compose(&gone, rollcall(), kim(), "1@example.test".to_owned()).unwrap();
    assert_eq!(
        message.text,
        "Hello Kim,\n\n\
         The login of this address was merged into another one. This address signs in nobody any more: sign in with \
         the other one, which opens all your accounts.\n\n\
         When: 22 November 2026, 14:05\n\n\
         For 14 days it can be undone, under My Profile.\n\n\
         If it was not you, tell an administrator of your account at once, and whoever runs this server.\n"
    );
}

#[tokio::test]
async fn there_is_one_link_and_nothing_remote() {
    async fn check(view: impl View, expected: &[&str]) {
        let message = compose(&view, rollcall(), kim(), "1@example.test".to_owned()).unwrap();
        let (mail, _) = sent(&message).await;
        let mut found = links(&mail);
        // Beside the one that the mail is there for.
        found.remove(BLOCK_LINK);
        assert_eq!(found, expected.iter().map(|&link| link.to_owned()).collect());
        let remote = ["img", "script", "link", "iframe", "form", "object", "base"];
        for element in mail["elements"].as_array().unwrap() {
            assert!(!remote.contains(&element[0].as_str().unwrap()), "{element}");
        }
        assert!(!message.html.contains("url(") && !message.html.contains("@import"));
        // The link stands alone on its line, unbroken.
        assert_eq!(message.text.lines().filter(|line| *line == LINK).count(), expected.len());
        assert_eq!(message.html.matches(&format!("href=\"{LINK}\"")).count(), 2 * expected.len());
    }
    check(invitation(), &[LINK]).await;
    check(
        InvitationMail { personal_message: Some("See http://evil.example".to_owned()), ..invitation() },
        &[LINK],
    )
    .await;
    check(InvitationMail { agent: true, ..invitation() }, &[LINK]).await;
    check(InvitationMail { executive_of: Some("Agency".to_owned()), ..invitation() }, &[LINK]).await;
    check(reset(), &[LINK]).await;
    check(login_merge(), &[LINK]).await;
    check(login_merged(), &[]).await;
    // A thief would forge this one: the true one asks for no click.
    check(password_changed(), &[]).await;
}

#[test]
fn a_branded_mail_names_the_brand_alone() {
    let brand = address("Brightline & Co", "hello@brightline.example.test");
    for html in [
        compose(&invitation(), brand.clone(), kim(), "1@example.test".to_owned()).unwrap(),
        compose(&reset(), brand.clone(), kim(), "1@example.test".to_owned()).unwrap(),
        compose(&password_changed(), brand.clone(), kim(), "1@example.test".to_owned()).unwrap(),
    ] {
        assert!(html.html.contains("Brightline &#38; Co"), "{}", html.html);
        assert!(!format!("{html:?}").to_lowercase().contains("rollcall"));
    }
}

#[test]
fn a_link_is_a_web_address_or_there_is_no_mail() {
    for link in [
        "",
        "https://",
        "javascript:alert(1)",
        "/invitation",
        "https://a.example/\" onclick=\"",
        "https://a b",
    ] {
        let view = InvitationMail { link: link.to_owned(), ..invitation() };
        let result = compose(&view, rollcall(), kim(), "1@example.test".to_owned());
        assert!(matches!(result, Err(ComposeError::Link)), "{link}");
    }
}

/// For eyes: open `target/mails/*.html` in a browser.
#[test]
fn samples_for_looking_at() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("mails");
    fs::create_dir_all(&folder).unwrap();
    let save = |name: &str, message: Message| {
        fs::write(folder.join(format!("{name}.html")), message.html).unwrap();
        fs::write(folder.join(format!("{name}.txt")), format!("{}\n\n{}", message.subject, message.text))
            .unwrap();
    };
    let id = || "1@example.test".to_owned();
    let written = "Hi Kim,\n\nwelcome to the front desk team! Your first shift is Monday at 8.30. The handbook lies at \
                   https://handbook.example/desk, and Tom shows you round.\n\nSee you then\nAda";
    let noted = InvitationMail { personal_message: Some(written.to_owned()), ..invitation() };
    let long = InvitationMail {
        to_name: "Maximiliane".repeat(9),
        account_name: "The Extraordinarily Long-Named Dental and Orthodontic Group of Greater Copenhagen"
            .to_owned(),
        inviter_name: "דנה כהן-לוי".to_owned(),
        type_name: "Administrator".to_owned(),
        personal_message: Some("ברוכה הבאה לצוות!\nנתראה ביום שני.".to_owned()),
        ..invitation()
    };
    let changed = PasswordChangedMail {
        device: "Safari on iPhone, near São Paulo, Brazil".to_owned(),
        ..password_changed()
    };
    save("invitation", compose(&invitation(), rollcall(), kim(), id()).unwrap());
    save("invitation_with_message", compose(&noted, rollcall(), kim(), id()).unwrap());
    save("invitation_long", compose(&long, rollcall(), kim(), id()).unwrap());
    save(
        "agent",
        compose(
            &InvitationMail { agent: true, type_name: "Agent".to_owned(), ..invitation() },
            rollcall(),
            kim(),
            id(),
        )
        .unwrap(),
    );
    save("login_merge", compose(&login_merge(), rollcall(), kim(), id()).unwrap());
    save("login_merged", compose(&login_merged(), rollcall(), kim(), id()).unwrap());
    save("reset", compose(&reset(), rollcall(), kim(), id()).unwrap());
    save(
        "password_changed",
        compose(&changed, address("Brightline & Co", "a@brightline.example.test"), kim(), id()).unwrap(),
    );
}
