//! Whatever people type, the mail has its template's headers, elements and link, and one recipient.

use app::mail::compose::{Address, Message, compose};
use app::mail::smtp::{Delivery, Smtp};
use app::mail::views::{InvitationMail, PasswordChangedMail, ResetMail};
use proptest::prelude::*;
use serde_json::Value;

use super::server::Server;
use super::{AT, BLOCK_LINK, LINK, address, invitation, kim, message, password_changed, reset, rollcall};

const HOSTILE: &[&str] = &[
    "Kim\r\nBcc: eve@evil.example",
    "Kim\nBcc: eve@evil.example\n\nhidden body",
    "Kim\rTo: eve@evil.example",
    "Kim\u{2028}Bcc: eve@evil.example\u{2029}x\u{85}y\u{0B}z\u{0C}",
    "Kim\0\r\n.\r\nRCPT TO:<eve@evil.example>\r\n",
    "\r\n.\r\nQUIT\r\n",
    "=?utf-8?q?Kim=0D=0ABcc:_eve@evil.example?=",
    "=\u{200B}?utf-8?b?S2lt?=",
    "\"Kim\" <eve@evil.example>, \"x",
    "Kim, eve@evil.example; tom@evil.example",
    "Kim (comment) \\",
    "דנה \u{202E}nad\u{202C} \u{2066}x",
    "محمد\u{200F}",
    "O'Brien & Söhne <b>GmbH</b>",
    "</title></td><a href=\"https://evil.example\">click</a><!--",
    "{{ mail.link }}{% raw %}{inviter}",
    "https://evil.example/?a=1&b=2 www.evil.com kim@evil.com \\\\evil\\share mailto:x",
    "東京 🎉👩‍👩‍👧 \u{1F3F4}",
    "",
    "   ",
];

fn over_long() -> String {
    "Long".repeat(1000)
}

fn hostile() -> Vec<String> {
    HOSTILE.iter().map(|&text| text.to_owned()).chain([over_long(), "ä".repeat(3000)]).collect()
}

fn filled(text: &str) -> InvitationMail {
    InvitationMail {
        to_name: text.to_owned(),
        account_name: text.to_owned(),
        inviter_name: text.to_owned(),
        type_name: text.to_owned(),
        personal_message: Some(text.to_owned()),
        expires_on: text.to_owned(),
        ..invitation()
    }
}

pub(super) fn names(mail: &Value) -> Vec<&str> {
    mail["headers"].as_array().unwrap().iter().map(|header| header[0].as_str().unwrap()).collect()
}

/// Seen to fail: with the beginning of an encoded word left in a subject.
#[tokio::test]
async fn every_field_with_every_text() {
    let server = Server::start("normal");
    let smtp = Smtp::from_url(&server.url()).unwrap();
    let texts = hostile();
    for text in &texts {
        let from = Address { name: text.clone(), ..rollcall() };
        let to = Address { name: text.clone(), ..kim() };
        let mut message = compose(&filled(text), from, to, "1@example.test".to_owned()).unwrap();
        assert!(!message.subject.contains(['\r', '\n', '\u{2028}', '\0']));
        // As if a queue had been tampered with: the subject is cleaned on the way out as well.
        message.subject = format!("{}{text}", message.subject);
        let delivery = smtp.send(&message, AT).await;
        assert!(matches!(delivery, Delivery::HandedOver { .. }), "{text:?}: {delivery:?}");
    }
    assert_eq!(server.mails(), texts.len());
    assert_eq!(server.recipients(), vec!["'kim@example.test'"; texts.len()]);

    for (n, text) in texts.iter().enumerate() {
        let mail = server.mail(n + 1);
        assert_eq!(names(&mail), super::HEADERS, "{text:?}");
        assert_eq!(mail["to"].as_array().unwrap().len(), 1, "{text:?}: {}", mail["to"]);
        assert_eq!(mail["to"][0][1], "kim@example.test");
        assert_eq!(mail["from"].as_array().unwrap().len(), 1);
        assert_eq!(mail["from"][0][1], "hello@rollcall.example.test");
        assert_eq!(mail["defects"], serde_json::json!([]), "{text:?}");
        assert_eq!(mail["bare_newlines"], 0, "{text:?}");
        assert!(mail["longest_line"].as_i64().unwrap() <= 998);
        assert_eq!(mail["parts"].as_array().unwrap().len(), 2);
        let subject = mail["headers"][2][1].as_str().unwrap();
        assert!(!subject.contains('\n') && !subject.contains('\0'), "{subject:?}");
        for key in ["links", "links_in_text", "links_in_html"] {
            for link in mail[key].as_array().unwrap() {
                assert!(link == LINK || link == BLOCK_LINK, "{text:?} in {key}: {link}");
            }
        }
    }
    // A name that survives cleaning is the name that readers see.
    assert_eq!(server.mail(14)["to"][0][0], "O'Brien & Söhne <b>GmbH</b>");
    assert_eq!(server.mail(9)["to"][0][0], "\"Kim\" <eve@evil.example>, \"x");
    // The encoded word was taken as letters, not decoded.
    assert_eq!(server.mail(7)["to"][0][0], HOSTILE[6]);
    assert!(
        server.mail(7)["headers"][2][1].as_str().unwrap().contains("= ?utf-8?q?Kim"),
        "{}",
        server.mail(7)
    );
}

#[tokio::test]
async fn only_one_plain_address_is_a_recipient() {
    let server = Server::start("normal");
    let smtp = Smtp::from_url(&server.url()).unwrap();
    for email in [
        "",
        "kim",
        "@example.test",
        "kim@",
        "kim@example.test, eve@evil.example",
        "kim@example.test;eve@evil.example",
        "kim@example.test eve@evil.example",
        "Kim <kim@example.test>",
        "kim@example.test>\r\nRCPT TO:<eve@evil.example",
        "kim@example.test\r\nRCPT TO:<eve@evil.example>",
        "kim\n@example.test",
        "kim\0@example.test",
        "kim\u{2028}@example.test",
        "kim\u{200B}@example.test",
        "\"kim@evil.example\"@example.test",
        "\"kim\"@example.test",
        "kim(comment)@example.test",
        "kim@evil.example@example.test",
        "@relay.example:kim@example.test",
        "kim%evil.example@example.test",
        "evil.example!kim@example.test",
        "kim@[127.0.0.1]",
        "kim@example..test",
        &format!("{}@example.test", "k".repeat(65)),
        &format!("kim@{}.test", "e.".repeat(130)),
    ] {
        let message = Message { to: address("Kim", email), ..message() };
        let Delivery::Refused { sentence } = smtp.send(&message, AT).await else {
            panic!("{email:?} was taken")
        };
        assert!(sentence.contains("not one plain e-mail address") && !sentence.contains('\n'), "{sentence}");
        // A sender is a setting, and settings get mended.
        let message = Message { from: address("Rollcall", email), ..self::message() };
        assert!(matches!(smtp.send(&message, AT).await, Delivery::TryLater { .. }), "{email:?}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn unusual_but_plain_addresses_are_recipients() {
    let server = Server::start("normal");
    let smtp = Smtp::from_url(&server.url()).unwrap();
    for email in [
        "o'brien+calls@example.test",
        "a_b-c.d=e@sub.example.test",
        "kím@example.test",
        "kim@xn--mller-kva.test",
    ] {
        let delivery = smtp.send(&Message { to: address("Kim", email), ..message() }, AT).await;
        assert!(matches!(delivery, Delivery::HandedOver { .. }), "{email}: {delivery:?}");
        assert!(server.dialogue(1).contains(&format!("RCPT TO:<{email}>\r\n")), "{email}");
    }
}

#[tokio::test]
async fn a_malformed_id_is_no_header() {
    let smtp = Smtp::from_url("smtp://127.0.0.1:9").unwrap();
    for id in ["", "1", "1@", "1@x>\r\nBcc: <eve@evil.example", "1 2@x", "<1@x>", "1@x\n", "1@@x", "1@x..y"] {
        let delivery = smtp.send(&Message { id: id.to_owned(), ..message() }, AT).await;
        assert!(matches!(delivery, Delivery::Refused { .. }), "{id:?}");
    }
}

#[tokio::test]
async fn any_time_makes_a_date() {
    let server = Server::start("normal");
    let smtp = Smtp::from_url(&server.url()).unwrap();
    for at in [i64::MIN, -1, 0, i64::MAX] {
        let delivery = smtp.send(&message(), at).await;
        assert!(matches!(delivery, Delivery::HandedOver { .. }), "{delivery:?}");
    }
}

/// Everything between < and >, that is, the element tree: what people typed can hold neither.
pub(super) fn tags(html: &str) -> Vec<&str> {
    html.split('<').skip(1).map(|rest| rest.split_once('>').unwrap().0).collect()
}

pub(super) fn typed() -> impl Strategy<Value = String> {
    let spice = prop::sample::select(vec![
        "<",
        ">",
        "\"",
        "'",
        "&",
        "&lt;",
        "\r\n",
        "\n",
        "\0",
        ".",
        "://",
        "https://evil.example/",
        "@",
        ":",
        "\\\\",
        "www.",
        "evil.com",
        "\u{2028}",
        "\u{202E}",
        "\u{200D}",
        "\u{FEFF}",
        "=?",
        "?=",
        "mailto:",
        "{{",
        "{%",
        "-->",
        "</pre>",
        "<a href=x>",
        "a",
        "1",
        " ",
        "ש",
        "。",
        "é",
    ]);
    prop::collection::vec(prop_oneof![spice.prop_map(str::to_owned), "\\PC{0,6}"], 0..12)
        .prop_map(|v| v.concat())
}

/// What is left that a client could take for a link: a scheme, or a dot within a host name.
pub(super) fn linklike(text: &str) -> bool {
    let chars: Vec<char> = text.chars().filter(|c| !matches!(c, '\u{200C}' | '\u{200D}')).collect();
    let letter = |c: &char| c.is_ascii_alphabetic();
    text.contains("://")
        || chars
            .windows(4)
            .any(|w| w[0].is_ascii_alphanumeric() && w[1] == '.' && letter(&w[2]) && letter(&w[3]))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn what_people_type_is_text(fields in prop::collection::vec(typed(), 6), written in typed()) {
        let [to_name, account_name, inviter_name, type_name, expires_on, brand] =
            <[String; 6]>::try_from(fields).unwrap();
        let from = Address { name: brand, ..rollcall() };
        let view = InvitationMail {
            to_name: to_name.clone(), account_name, inviter_name, type_name, expires_on,
            personal_message: Some(format!("x{written}")), ..invitation()
        };
        let plain = InvitationMail { personal_message: Some("x".to_owned()), ..invitation() };
        let id = || "1@example.test".to_owned();
        let same = [
            (compose(&view, from.clone(), kim(), id()).unwrap(), compose(&plain, rollcall(), kim(), id()).unwrap()),
            (
                compose(&ResetMail { to_name: to_name.clone(), ..reset() }, from.clone(), kim(), id()).unwrap(),
                compose(&reset(), rollcall(), kim(), id()).unwrap(),
            ),
            (
                compose(&PasswordChangedMail { to_name, device: written, ..password_changed() }, from, kim(), id())
                    .unwrap(),
                compose(&password_changed(), rollcall(), kim(), id()).unwrap(),
            ),
        ];
        for (mail, template) in &same {
            prop_assert_eq!(tags(&mail.html), tags(&template.html));
            prop_assert!(!mail.subject.contains(['\r', '\n', '\0']));
            prop_assert!(!linklike(&mail.subject), "{}", mail.subject);
            prop_assert!(!linklike(&mail.text.replace(LINK, "").replace(BLOCK_LINK, "")), "{}", mail.text);
            prop_assert!(!mail.html.contains('\0') && !mail.text.contains('\0'));
            let shown: String = mail.html.split_once("<body").unwrap().1.split('<')
                .filter_map(|rest| rest.split_once('>')).map(|(_, text)| text).collect::<Vec<_>>().join("\n");
            prop_assert!(!linklike(&shown.replace(LINK, "").replace(BLOCK_LINK, "")), "{}", shown);
        }
    }
}
