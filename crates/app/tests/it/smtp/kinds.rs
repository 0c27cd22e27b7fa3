//! Every kind of mail there is, filled with hostile text wherever it takes any, over the wire.

use app::mail::compose::{Address, Message, compose};
use app::mail::smtp::{Delivery, Smtp};
use app::mail::views::{
    AccessApprovedMail, AccessDeclinedMail, AccessGivenMail, AccessOfferMail, AccessRequestMail, AlertMail,
    AlertsMoreMail, ApiKeyCreatedMail, ApiKeyEndedMail, ApiKeyEndingMail, BrandHostMail, BundleLine,
    BundleMail, CenterAccountMail, EmailChangeMail, EmailChangedMail, EmailProofMail, EmailTakenMail,
    EndNoticeMail, ExecutiveChangedMail, ExecutiveNoticeMail, HostNotice, InvitationMail, LoginMergeMail,
    LoginMergeUndoneMail, LoginMergedMail, PasswordChangedMail, ResetMail, SecondFactorMail, SummaryLine,
    SummaryMail, TemporaryPasswordMail, View,
};
use app::second_factor::Told;
use domain::mail::MailKind;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use text::{Language, Text};

use super::hostile::{linklike, names, tags, typed};
use super::server::Server;
use super::{AT, BLOCK_LINK, LINK, invitation, kim, rollcall};

const HOSTILE: [&str; 12] = [
    "https://evil.example win",
    "evil.example",
    "You won, see evil.example/now",
    "Kim\r\nBcc: eve@evil.example\r\nX-Evil: 1\r\n\r\n<a href=\"https://evil.example\">click</a>",
    "Kim\nTo: eve@evil.example\nSubject: other",
    "=?utf-8?q?Kim=0D=0ABcc:_eve@evil.example?=",
    "=?utf-8?b?S2ltDQpCY2M6IGV2ZUBldmlsLmV4YW1wbGU=?= =?us-ascii?q?evil.example?=",
    "\u{202E}elpmaxe.live\u{202C}\u{2066}\u{200F}דנה",
    "<script>alert(1)</script></td><a href='//evil.example'><img src=x onerror=y>&lt;b&gt;",
    "Kim <eve@evil.example>, \"x\" (y) mailto:eve@evil.example",
    "Kim\u{2028}Bcc: eve@evil.example\u{85}\u{0}\u{1b}[31m\u{9b}",
    "ＥＶＩＬ．ｅｘａｍｐｌｅ evil。example evil.\u{200D}example xn--e1aybc.xn--p1ai",
];

/// The mails of a kind, `text` in every part that somebody types.
fn mails(t: Text, kind: MailKind, text: &str) -> Vec<Message> {
    let (link, it) = (LINK.to_owned(), || text.to_owned());
    let invited = |agent| InvitationMail {
        t,
        to_name: it(),
        account_name: it(),
        inviter_name: it(),
        personal_message: Some(it()),
        agent,
        ..invitation()
    };
    let to_run = InvitationMail { executive_of: Some(it()), ..invited(false) };
    match kind {
        MailKind::Invitation => {
            vec![mail(&invited(false), text), mail(&invited(true), text), mail(&to_run, text)]
        }
        MailKind::Reset => vec![mail(&ResetMail { t, to_name: it(), link, minutes: 30 }, text)],
        MailKind::EndNotice => {
            let day = "Sunday".to_owned();
            let (to_name, user_name, account_name) = (it(), it(), it());
            vec![mail(&EndNoticeMail { t, to_name, user_name, account_name, day, link }, text)]
        }
        MailKind::PasswordChanged => {
            let when = "today".to_owned();
            vec![mail(&PasswordChangedMail { t, to_name: it(), when, device: it() }, text)]
        }
        MailKind::SecondFactor => {
            let view =
                |told| SecondFactorMail { t, to_name: it(), told, when: "today".to_owned(), device: it() };
            (1..).map_while(Told::of).map(|told| mail(&view(told), text)).collect()
        }
        MailKind::ApiKeyCreated => {
            let (to_name, key_name, device, when) = (it(), it(), it(), "today".to_owned());
            let view = ApiKeyCreatedMail { t, to_name, key_name, when, device, by_operator: false };
            vec![mail(&view, text)]
        }
        MailKind::ApiKeyEnded => {
            let (to_name, key_name, account_name, by) = (it(), it(), it(), it());
            let when = "today".to_owned();
            vec![mail(&ApiKeyEndedMail { t, to_name, key_name, when, account_name, by }, text)]
        }
        MailKind::ApiKeyEnding => {
            let (to_name, key_name, ends) = (it(), it(), "Sunday".to_owned());
            vec![mail(&ApiKeyEndingMail { t, to_name, key_name, ends }, text)]
        }
        MailKind::EmailChange => vec![
            mail(&EmailChangeMail { t, to_name: it(), link, minutes: 30 }, text),
            mail(&EmailTakenMail { t }, text),
        ],
        MailKind::LoginMerge => vec![mail(&LoginMergeMail { t, to_name: it(), link, minutes: 30 }, text)],
        MailKind::LoginMerged => {
            vec![mail(&LoginMergedMail { t, to_name: it(), when: it(), signs_in: false, days: 14 }, text)]
        }
        MailKind::LoginMergeUndone => {
            vec![mail(&LoginMergeUndoneMail { t, to_name: it(), when: it(), signs_in: false }, text)]
        }
        MailKind::EmailChanged => {
            let when = "today".to_owned();
            vec![mail(&EmailChangedMail { t, to_name: it(), when, device: it() }, text)]
        }
        MailKind::AccessRequest => {
            let (to_name, name, email, account_name) = (it(), it(), it(), it());
            let personal_message = Some(it());
            let view = AccessRequestMail { t, to_name, name, email, account_name, personal_message, link };
            vec![mail(&view, text)]
        }
        MailKind::AccessApproved => {
            let (to_name, account_name, type_name) = (it(), it(), it());
            vec![mail(&AccessApprovedMail { t, to_name, account_name, type_name, link }, text)]
        }
        MailKind::AccessDeclined => {
            let (to_name, account_name, reason) = (it(), it(), Some(it()));
            vec![mail(&AccessDeclinedMail { t, to_name, account_name, reason }, text)]
        }
        MailKind::EmailProof => vec![mail(&EmailProofMail { t, to_name: it(), link, minutes: 30 }, text)],
        MailKind::TemporaryPassword => {
            let (to_name, account_name, set_by, expires_on) = (it(), it(), it(), it());
            let block_link = BLOCK_LINK.to_owned();
            let view = TemporaryPasswordMail {
                t,
                to_name,
                account_name,
                more: 2,
                set_by,
                expires_on,
                link,
                block_link,
            };
            vec![mail(&view, text)]
        }
        MailKind::Bundle => {
            let lines = vec![BundleLine { account_name: it(), type_name: it() }];
            let (to_name, center_name, inviter_name, block_name) = (it(), it(), it(), it());
            let (block_link, expires_on, personal_message) = (BLOCK_LINK.to_owned(), it(), Some(it()));
            let view = BundleMail {
                t,
                to_name,
                center_name,
                inviter_name,
                lines,
                more: 2,
                personal_message,
                link,
                block_name,
                block_link,
                expires_on,
            };
            vec![mail(&view, text)]
        }
        MailKind::AccessGiven => {
            let lines = vec![BundleLine { account_name: it(), type_name: it() }];
            let (to_name, center_name, by_name) = (it(), it(), it());
            let (block_name, block_link) = (it(), BLOCK_LINK.to_owned());
            let view = AccessGivenMail {
                t,
                to_name,
                center_name,
                by_name,
                lines,
                more: 1,
                link,
                block_name,
                block_link,
            };
            vec![mail(&view, text)]
        }
        MailKind::AccessOffer => {
            let block_link = BLOCK_LINK.to_owned();
            vec![mail(&AccessOfferMail { t, account_name: it(), link, block_link }, text)]
        }
        MailKind::ExecutiveChanged => {
            let view = |made, by_name| {
                let (to_name, center_name, when) = (it(), it(), it());
                mail(&ExecutiveChangedMail { t, to_name, center_name, by_name, when, made }, text)
            };
            vec![view(true, Some(it())), view(true, None), view(false, Some(it())), view(false, None)]
        }
        MailKind::ExecutiveNotice => {
            let view = |made, by_name| {
                let (to_name, name, email, center_name, when) = (it(), it(), it(), it(), it());
                let view = ExecutiveNoticeMail { t, to_name, name, email, center_name, by_name, when, made };
                mail(&view, text)
            };
            vec![view(true, Some(it())), view(true, None), view(false, Some(it())), view(false, None)]
        }
        MailKind::CenterAccount => {
            let view = |linked| {
                let (to_name, account_name, center_name, by_name, when) = (it(), it(), it(), it(), it());
                let view = CenterAccountMail { t, to_name, account_name, center_name, by_name, when, linked };
                mail(&view, text)
            };
            vec![view(true), view(false)]
        }
        MailKind::Alert => {
            let view = |signs_in: bool, caller: &str| {
                let view = AlertMail {
                    t,
                    to_name: it(),
                    what: "Missed call".to_owned(),
                    company_name: it(),
                    account_name: it(),
                    caller_name: caller.to_owned(),
                    caller_number: caller.to_owned(),
                    tracker_name: caller.to_owned(),
                    when: "today".to_owned(),
                    first: signs_in,
                    test: !signs_in,
                    link: signs_in.then(|| link.clone()),
                    stop_link: BLOCK_LINK.to_owned(),
                };
                mail(&view, text)
            };
            vec![view(true, text), view(false, text), view(true, "")]
        }
        MailKind::AlertsMore => {
            let view = AlertsMoreMail {
                t,
                to_name: it(),
                company_name: it(),
                account_name: it(),
                more: 3,
                most: 30,
                link: Some(link),
                stop_link: BLOCK_LINK.to_owned(),
            };
            vec![mail(&view, text)]
        }
        MailKind::Summary => {
            let view = |lines| {
                let view = SummaryMail {
                    t,
                    to_name: it(),
                    title: t.mail_summary_daily().to_owned(),
                    whose: it(),
                    account_name: it(),
                    period: "Sunday".to_owned(),
                    lines,
                    total: 2,
                    link: Some(link.clone()),
                    stop_link: BLOCK_LINK.to_owned(),
                };
                mail(&view, text)
            };
            let line = SummaryLine { label: "Sunday".to_owned(), number: "2".to_owned() };
            vec![view(Vec::new()), view(vec![line])]
        }
        MailKind::BrandHost => {
            let view = |what| {
                let (to_name, account_name, host, link) = (it(), it(), it(), link.clone());
                mail(&BrandHostMail { t, to_name, account_name, host, what, link }, text)
            };
            [HostNotice::Given, HostNotice::Failing(it()), HostNotice::Lost].map(view).into()
        }
    }
}

fn mail(view: &impl View, name: &str) -> Message {
    let (from, to) =
        (Address { name: name.to_owned(), ..rollcall() }, Address { name: name.to_owned(), ..kim() });
    compose(view, from, to, "1@example.test".to_owned()).unwrap()
}

const KINDS: [MailKind; 28] = [
    MailKind::Invitation,
    MailKind::Reset,
    MailKind::EndNotice,
    MailKind::PasswordChanged,
    MailKind::SecondFactor,
    MailKind::ApiKeyCreated,
    MailKind::ApiKeyEnded,
    MailKind::ApiKeyEnding,
    MailKind::EmailChange,
    MailKind::EmailChanged,
    MailKind::LoginMerge,
    MailKind::LoginMerged,
    MailKind::LoginMergeUndone,
    MailKind::AccessRequest,
    MailKind::AccessApproved,
    MailKind::AccessDeclined,
    MailKind::AccessOffer,
    MailKind::TemporaryPassword,
    MailKind::EmailProof,
    MailKind::Bundle,
    MailKind::AccessGiven,
    MailKind::ExecutiveChanged,
    MailKind::ExecutiveNotice,
    MailKind::CenterAccount,
    MailKind::BrandHost,
    MailKind::Alert,
    MailKind::AlertsMore,
    MailKind::Summary,
];

/// Seen to fail: with links in subjects left whole.
#[tokio::test]
async fn x21_x23_no_kind_of_mail_carries_what_was_typed_as_more_than_text() {
    let server = Server::start("normal");
    let smtp = Smtp::from_url(&server.url()).unwrap();
    let mut runner = TestRunner::deterministic();
    let made_up = (0..4).map(|_| format!("x{}", typed().new_tree(&mut runner).unwrap().current()));
    let long = format!("{}.evil.example/", "Long".repeat(500));
    let texts: Vec<String> = HOSTILE.map(str::to_owned).into_iter().chain(made_up).chain([long]).collect();
    let mut sent = Vec::new();
    for kind in KINDS {
        let plain = mails(Text::default(), kind, "Kim");
        for text in &texts {
            for (mail, plain) in mails(Text::default(), kind, text).into_iter().zip(&plain) {
                let delivery = smtp.send(&mail, AT).await;
                assert!(matches!(delivery, Delivery::HandedOver { .. }), "{kind:?} {text:?}: {delivery:?}");
                assert_eq!(tags(&mail.html), tags(&plain.html), "{kind:?} {text:?}");
                sent.push((kind, text, mail.subject));
            }
        }
    }
    assert_eq!(server.recipients(), vec!["'kim@example.test'"; sent.len()]);
    for (n, (kind, text, subject)) in sent.iter().enumerate() {
        let mail = server.mail(n + 1);
        // What comes again and again can be ended by a mail program (RFC 8058).
        let stops = matches!(kind, MailKind::Alert | MailKind::AlertsMore | MailKind::Summary);
        let (stop, rest): (Vec<_>, Vec<_>) =
            names(&mail).into_iter().partition(|name| name.starts_with("List-"));
        assert_eq!(rest, super::HEADERS, "{kind:?} {text:?}");
        let wanted: &[&str] = if stops { &["List-Unsubscribe", "List-Unsubscribe-Post"] } else { &[] };
        assert_eq!(stop, wanted, "{kind:?} {text:?}");
        let to = mail["to"].as_array().unwrap();
        assert!(to.len() == 1 && to[0][1] == "kim@example.test", "{kind:?} {text:?}: {to:?}");
        assert_eq!(mail["from"].as_array().unwrap().len(), 1);
        // A full stop in a name without quotes is read everywhere, if of an older grammar.
        let defects: Vec<&str> =
            mail["defects"].as_array().unwrap().iter().map(|d| d.as_str().unwrap()).collect();
        assert!(
            defects.iter().all(|defect| *defect == "period in 'phrase'"),
            "{kind:?} {text:?}: {defects:?}"
        );
        assert_eq!(mail["bare_newlines"], 0, "{kind:?} {text:?}");
        let read = mail["headers"][2][1].as_str().unwrap();
        assert!(!linklike(read) && !linklike(subject), "{kind:?} {text:?}: {read:?}");
        for key in ["links", "links_in_text", "links_in_html"] {
            for link in mail[key].as_array().unwrap() {
                assert!(link == LINK || link == BLOCK_LINK, "{kind:?} {text:?} in {key}: {link}");
            }
        }
    }
}

/// I-08. Seen to fail: with a text written into the template of a mail.
#[test]
fn i08_every_kind_of_mail_is_written_in_the_language_asked_for() {
    let (english, spanish) = (testkit::said_in_english_alone(), Text::new(Language::Spanish));
    for kind in KINDS {
        for (mail, in_english) in mails(spanish, kind, "Kim").iter().zip(mails(Text::default(), kind, "Kim"))
        {
            assert!(mail.html.contains("<html lang=\"es\""), "{kind:?}");
            assert_ne!(mail.subject, in_english.subject, "{kind:?}");
            let html = testkit::unescaped(&mail.html);
            for part in [&mail.subject, &mail.text, &html] {
                let found: Vec<_> = english.iter().filter(|text| part.contains(*text)).collect();
                assert!(found.is_empty(), "{kind:?}: {found:?}");
            }
            // Whoever is here is in English, so looking finds what there is to be found.
            assert!(english.iter().any(|text| in_english.text.contains(text)), "{kind:?}");
        }
    }
}
