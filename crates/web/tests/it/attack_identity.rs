//! Whoever was at an address before its owner, whoever has one that looks like it, and sessions that were
//! planted.

use app::{Ask, Refused};
use domain::email::EmailAddress;
use domain::login_merge::Keep;
use domain::user::UserType;
use http::{HeaderMap, Method, StatusCode};
use testkit::{PASSWORD, World};

use crate::site::{Reply, Site};

const VICTIM: &str = "victim@example.com";
/// What the owner chooses.
const OWN: &str = "a kettle full of thunder";

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).expect("an address")
}

/// A cookie that an answer sets.
fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let start = format!("__Host-{name}=");
    let lines = headers.get_all("set-cookie").into_iter().filter_map(|line| line.to_str().ok());
    let found = lines.filter_map(|line| line.strip_prefix(&start)?.split(';').next()).next();
    found.map(str::to_owned)
}

/// Somebody who has a sign-in under the victim's address, and all they can prepare: sessions in two browsers, a
/// password they know, a device that is known, a reset's link of before, and a change of address that waits.
struct Squatter {
    sessions: Vec<Ask>,
    reset: Ask,
    change: Ask,
    device: String,
}

async fn squat(world: &World, site: &Site) -> Squatter {
    site.other.join(VICTIM, UserType::Administrator, &[]).await;
    let form = format!("email=victim%40example.com&password={}", PASSWORD.replace(' ', "+"));
    let signed_in = site.ask(&Method::POST, "/sign-in", None, &form).await;
    let device = cookie(&signed_in.headers, "device").expect("a device");
    let sessions = vec![world.sign_in(VICTIM).await.ask, world.sign_in(VICTIM).await.ask];
    world.app.request_reset(&world.visitor(), address(VICTIM)).await.expect("asked");
    let reset = world.follow(world.letter_to(VICTIM).await.link());
    world
        .app
        .request_email_change(&sessions[0], PASSWORD, address("squatter@evil.example"))
        .await
        .expect("asked");
    let change = world.follow(world.letter_to("squatter@evil.example").await.link());
    Squatter { sessions, reset, change, device }
}

/// Nothing that the squatter prepared works any more.
async fn assert_dead(site: &Site, squatter: &Squatter) {
    for ask in &squatter.sessions {
        let reply = site.ask(&Method::GET, "/me", Some(ask), "").await;
        assert_eq!(reply.location(), "/sign-in?next=/me", "a session of before");
    }
    let form = format!("email=victim%40example.com&password={}", PASSWORD.replace(' ', "+"));
    let reply = site.ask(&Method::POST, "/sign-in", None, &form).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "the password of before");
    let reply =
        site.ask(&Method::POST, "/reset/new", Some(&squatter.reset), "password=a+way+back+in+for+me").await;
    assert_eq!(reply.status, StatusCode::GONE, "a reset's link of before");
    for with_session in [false, true] {
        let mut ask = squatter.change.clone();
        ask.credentials.session = squatter.sessions[0].credentials.session.clone().filter(|_| with_session);
        for password in [PASSWORD, OWN] {
            let form = format!("password={}", password.replace(' ', "+"));
            let reply = site.ask(&Method::POST, "/email-change", Some(&ask), &form).await;
            assert_eq!(reply.status, StatusCode::GONE, "a change of address of before");
        }
    }
    let found = site.world.sql("SELECT email FROM login WHERE email_canonical = 'victim@example.com'");
    assert_eq!(found, [[VICTIM]], "the address is its owner's");
    let rows = site.world.sql("SELECT COUNT(*) FROM email_change WHERE email = 'squatter@evil.example'");
    assert_eq!(rows, [["0"]]);
}

/// The first three ways at once: a password chosen before, sessions that go on, and an identifier and a change that
/// wait. The owner proves the mailbox by a reset. Seen to fail: with the sessions, and with the change that waits,
/// left out of `session::cut_off`, and with the password's hash left out of a device's token.
#[tokio::test(flavor = "multi_thread")]
async fn x01_who_proves_the_mailbox_has_the_sign_in_alone() {
    for site in Site::everywhere().await {
        let world = &site.world;
        let squatter = squat(world, &site).await;
        world.advance(domain::time::Span::minutes(1));
        world.app.request_reset(&world.visitor(), address(VICTIM)).await.expect("asked");
        let link = world.follow(world.letter_to(VICTIM).await.link());
        let form = format!("password={}", OWN.replace(' ', "+"));
        let reply = site.ask(&Method::POST, "/reset/new", Some(&link), &form).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER);
        assert_dead(&site, &squatter).await;
        // The squatter's device is as strange as any: it has no tries of its own.
        let login = world
            .sql("SELECT id FROM login WHERE email_canonical = 'victim@example.com'")
            .remove(0)
            .remove(0);
        let counted =
            || world.sql("SELECT COUNT(*) FROM attempt WHERE name LIKE 'sign-in on % as victim@example.com'");
        let before = counted();
        let mut ask = world.visitor();
        ask.credentials.device = Some(squatter.device.clone());
        let refused = world.app.sign_in(&ask, VICTIM, PASSWORD).await;
        assert!(refused.is_err() && before == counted(), "the device of before is known");
        // And it is written down, and mailed.
        let told = format!(
            "SELECT COUNT(*) FROM activity WHERE verb = 'password.changed' AND subject_id = '{login}'"
        );
        assert_eq!(world.sql(&told), [["1"]]);
        assert!(world.letter_to(VICTIM).await.subject.contains("password"));
        world.app.sign_in(&world.visitor(), VICTIM, OWN).await.expect("the owner gets in");
    }
}

/// An invitation adds no way in to a sign-in that somebody else made before: it takes that sign-in's password,
/// which the owner sets by a reset, and then it is theirs alone. Seen to fail: with `check_password` taking any
/// password.
#[tokio::test(flavor = "multi_thread")]
async fn x01_an_invitation_joins_no_sign_in_that_somebody_else_holds() {
    for site in Site::everywhere().await {
        let world = &site.world;
        let squatter = squat(world, &site).await;
        site.account.invite_known(VICTIM, UserType::Administrator, &[]).await;
        let invited = world.follow(world.letter_to(VICTIM).await.link());
        let form = format!("password={}", OWN.replace(' ', "+"));
        // The owner chooses a password of their own: it is not taken, and nothing is joined.
        let reply = site.ask(&Method::POST, "/invitation", Some(&invited), &form).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        let home = format!("/accounts/{}", site.account.id);
        for ask in &squatter.sessions {
            assert_eq!(site.ask(&Method::GET, &home, Some(ask), "").await.status, StatusCode::NOT_FOUND);
        }
        world.advance(domain::time::Span::minutes(1));
        world.app.request_reset(&world.visitor(), address(VICTIM)).await.expect("asked");
        let reset = world.follow(world.letter_to(VICTIM).await.link());
        site.ask(&Method::POST, "/reset/new", Some(&reset), &form).await;
        let reply = site.ask(&Method::POST, "/invitation", Some(&invited), &form).await;
        assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, home.as_str()));
        assert_dead(&site, &squatter).await;
        let joined = world.sql("SELECT COUNT(*) FROM activity WHERE verb = 'invitation.accepted'");
        assert_ne!(joined, [["0"]]);
    }
}

/// A change to an address that is not one's own yet waits for a link there, and never takes the address from its
/// owner, whoever comes first. Seen to fail: with whoever is signed in taken for the one who asked.
#[tokio::test(flavor = "multi_thread")]
async fn x01_a_change_that_waits_takes_nobodys_address() {
    for site in Site::everywhere().await {
        let world = &site.world;
        let attacker = world.sign_in("manager@example.com").await.ask;
        world.app.request_email_change(&attacker, PASSWORD, address(VICTIM)).await.expect("asked");
        let change = world.follow(world.letter_to(VICTIM).await.link());
        // Until the link is followed the address is free: for the owner's own invitation too.
        site.other.join(VICTIM, UserType::Administrator, &[]).await;
        let mut ask = change.clone();
        ask.credentials.session = attacker.credentials.session.clone();
        let reply = site.ask(&Method::POST, "/email-change", Some(&ask), "").await;
        assert_eq!(reply.status, StatusCode::CONFLICT, "the owner was there first");
        let owners = world.sql("SELECT COUNT(*) FROM login WHERE email_canonical = 'victim@example.com'");
        assert_eq!(owners, [["1"]]);
        // The owner follows it by mistake: without the attacker's password it does nothing.
        let owner = world.sign_in(VICTIM).await.ask;
        let mut ask = change;
        ask.credentials.session = owner.credentials.session.clone();
        let form = format!("password={}", OWN.replace(' ', "+"));
        let reply = site.ask(&Method::POST, "/email-change", Some(&ask), &form).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(site.ask(&Method::GET, "/me", Some(&owner), "").await.status, StatusCode::OK);
    }
}

/// A session in the victim's browser that is the attacker's: accepting with it is refused, and accepting after signing
/// out gives the attacker nothing. Seen to fail: with `check_address` left out.
#[tokio::test(flavor = "multi_thread")]
async fn x01_x04_a_session_of_somebody_else_accepts_nothing_for_the_invited() {
    for site in Site::everywhere().await {
        let world = &site.world;
        let attacker = site.other.admin.ask.clone();
        site.account.invite(VICTIM, UserType::Administrator, &[]).await;
        let mut ask = world.follow(world.letter_to(VICTIM).await.link());
        let before = site.rows();
        ask.credentials.session = attacker.credentials.session.clone();
        let form = format!("password={}", OWN.replace(' ', "+"));
        let reply = site.ask(&Method::POST, "/invitation", Some(&ask), &form).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN);
        assert!(before == site.rows(), "the inviter sees nothing changed");
        ask.credentials.session = None;
        let reply = site.ask(&Method::POST, "/invitation", Some(&ask), &form).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER);
        let home = format!("/accounts/{}", site.account.id);
        assert_eq!(site.ask(&Method::GET, &home, Some(&attacker), "").await.status, StatusCode::NOT_FOUND);
    }
}

/// Whatever way in is taken with whatever cookies there are: session and device are new, those that came along are
/// dead or never lived, and the new cookies are tied to the host. Seen to fail: with the session that came along
/// kept by `session::insert`.
#[tokio::test(flavor = "multi_thread")]
async fn x28_no_way_in_goes_on_with_a_planted_cookie() {
    const NAMES: [&str; 9] = [
        "session",
        "device",
        "invitation",
        "reset",
        "email-change",
        "login-merge",
        "setup",
        "operator",
        "toast",
    ];
    for site in Site::everywhere().await {
        let world = &site.world;
        for way in
            ["/sign-in", "/reset/new", "/invitation", "/email-change", "/me/password", "/me/merge/confirm"]
        {
            world.advance(domain::time::Span::hours(2));
            // The attacker's own session, or, where only one's own is taken, one of the victim's.
            let email = match way {
                "/email-change" => "agent@example.com",
                "/me/password" => "agent2@example.com",
                "/me/merge/confirm" => "manager@example.com",
                _ => "olga@example.com",
            };
            let planted = world.sign_in(email).await.ask.credentials.session.expect("a session");
            let password = PASSWORD.replace(' ', "+");
            let (form, link) = match way {
                "/sign-in" => (format!("email=ada%40example.com&password={password}"), None),
                "/me/password" => (format!("password={password}&new_password={password}+2"), None),
                "/me/merge/confirm" => {
                    let only = [site.foreign_company.clone()];
                    site.other.join("two@example.com", UserType::Reporting, &only).await;
                    let mut ask = world.visitor();
                    ask.credentials.session = Some(planted.clone());
                    world.prove_login(&ask, "two@example.com").await.expect("the password fits");
                    let seen = world.seen_merge(&ask, Keep::Own).await.expect("proven");
                    (format!("keep=own&seen={seen}&password={password}"), None)
                }
                "/reset/new" => {
                    world
                        .app
                        .request_reset(&world.visitor(), address("user@example.com"))
                        .await
                        .expect("asked");
                    (format!("password={password}+3"), Some(world.letter_to("user@example.com").await))
                }
                "/invitation" => {
                    // One's own session goes on to another one; somebody else's is refused by the door.
                    site.account.invite_known("olga@example.com", UserType::Administrator, &[]).await;
                    (String::new(), Some(world.letter_to("olga@example.com").await))
                }
                _ => {
                    let ask = world.sign_in(email).await.ask;
                    let to = address("agent2@example.com");
                    world.app.request_email_change(&ask, PASSWORD, to).await.expect("asked");
                    (String::new(), Some(world.letter_to("agent2@example.com").await))
                }
            };
            let link = link.map(|letter| letter.link().rsplit('/').next().expect("a token").to_owned());
            let value = |name: &str| match name {
                "session" => planted.clone(),
                "device" => "AAAAAAAAAAAAAAAAAAAAAA.planted".to_owned(),
                "invitation" if way == "/invitation" => {
                    format!("{}.{}", site.account.id, link.clone().expect("a link"))
                }
                "reset" if way == "/reset/new" => link.clone().expect("a link"),
                "email-change" if way == "/email-change" => link.clone().expect("a link"),
                _ => "planted".to_owned(),
            };
            let pairs: Vec<String> = NAMES.map(|name| format!("__Host-{name}={}", value(name))).to_vec();
            // The same names without their prefix, as another host of the domain could plant them.
            let loose: Vec<String> = NAMES.map(|name| format!("{name}=planted")).to_vec();
            let line = [loose.join("; "), pairs.join("; "), loose.join("; ")].join("; ");
            let headers = [
                ("sec-fetch-site", "same-origin"),
                ("content-type", "application/x-www-form-urlencoded"),
                ("cookie", line.as_str()),
            ];
            let reply = site.send(&Method::POST, way, None, &form, &headers).await;
            assert_eq!(reply.status, StatusCode::SEE_OTHER, "{way}: {}", reply.body);
            assert_fresh(&site, way, &reply, &planted).await;
        }
    }
}

async fn assert_fresh(site: &Site, way: &str, reply: &Reply, planted: &str) {
    let session = cookie(&reply.headers, "session").expect("a session");
    assert!(session != planted && session.len() >= 43, "{way}");
    assert!(!cookie(&reply.headers, "device").expect("a device").starts_with("AAAAAAAA"), "{way}");
    for line in reply.headers.get_all("set-cookie").into_iter().filter_map(|line| line.to_str().ok()) {
        let tied =
            ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"].iter().all(|part| line.contains(part));
        assert!(tied && line.starts_with("__Host-") && !line.contains("Domain"), "{way}: {line}");
    }
    let with = |token: &str| {
        let mut ask = site.world.visitor();
        ask.credentials.session = Some(token.to_owned());
        ask
    };
    assert_eq!(
        site.ask(&Method::GET, "/me", Some(&with(&session)), "").await.status,
        StatusCode::OK,
        "{way}"
    );
    for dead in [planted, "planted", ""] {
        let reply = site.ask(&Method::GET, "/me", Some(&with(dead)), "").await;
        assert_eq!(reply.location(), "/sign-in?next=/me", "{way}: {dead:?} still opens something");
    }
}

/// Addresses that somebody might take for `mike.ska@example.com`, or that some fold into it.
const LOOK_ALIKES: &[&str] = &[
    "mıke.ska@example.com",
    "mİke.ska@example.com",
    "mike.ſka@example.com",
    "mike.s\u{212A}a@example.com",
    "ｍike.ska@example.com",
    "mike.ska@ｅxample.com",
    "mike.ska＠example.com",
    "mi\u{301}ke.ska@example.com",
    "míke.ska@example.com",
    "mike.ska@example\u{3002}com",
    "mike\u{200B}.ska@example.com",
    "mike.ska@exam\u{AD}ple.com",
    "mike.ska\u{FE0F}@example.com",
    "mike.sk\u{430}@example.com",
    "mike.ska@ex\u{430}mple.com",
    "\u{202E}moc.elpmaxe@aks.ekim",
    "mike.ska@example.com.",
    "mike.ska@example.com\0",
    "mike.ska\0@example.com",
    "\"mike.ska\"@example.com",
    "mike.ska@[93.184.216.34]",
    "mike.ﬁ@example.com",
    "mike.ß@example.com",
];

/// Plain addresses that are other people's, however near.
const NEIGHBOURS: &[&str] = &[
    "mikeska@example.com",
    "mike.ska+x@example.com",
    "mike.ska@xn--exmple-cua.com",
    "mike_ska@example.com",
    "mike.ska@example.com.co",
    "mike.sska@example.com",
    "mike.fi@example.com",
    "mlke.ska@example.com",
];

fn percent(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect()
}

/// Look-alikes are refused wherever an address is typed, or are somebody else; other cases of the letters are the
/// same person; and mail goes to the address as it is stored. Seen to fail: with other letters than ASCII let by
/// and folded, and with the reset's mail sent to the typed address.
#[tokio::test(flavor = "multi_thread")]
async fn x12_a_look_alike_is_nobody_and_mail_goes_where_it_is_stored() {
    for site in Site::everywhere().await {
        let world = &site.world;
        site.account.join("Mike.Ska@example.com", UserType::Administrator, &[]).await;
        let users = format!("/accounts/{}/users", site.account.id);
        let rows =
            || (world.sql("SELECT * FROM login ORDER BY id"), world.sql("SELECT * FROM mail ORDER BY id"));
        let before = rows();
        for alike in LOOK_ALIKES {
            assert!(EmailAddress::parse(alike).is_err(), "{alike:?}");
            let typed = percent(alike);
            let password = PASSWORD.replace(' ', "+");
            for (path, form) in [
                ("/reset", format!("email={typed}")),
                ("/sign-in", format!("email={typed}&password={password}")),
                ("/me/email", format!("email={typed}&password={password}")),
                (
                    users.as_str(),
                    format!("agent=no&user_type=administrator&first_name=A&last_name=B&email={typed}"),
                ),
            ] {
                let reply = site.ask(&Method::POST, path, site.admin(), &form).await;
                assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {alike:?}");
            }
        }
        for near in NEIGHBOURS {
            world.app.request_reset(&world.visitor_from(near), address(near)).await.expect("asked");
            let refused = world.app.sign_in(&world.visitor_from(near), near, PASSWORD).await;
            assert!(matches!(refused, Err(Refused::Conflict(_))), "{near}");
        }
        world.answer_resets().await;
        assert!(before == rows(), "a look-alike got in or got a mail");
        for (number, same) in
            ["mike.ska@example.com", "MIKE.SKA@EXAMPLE.COM", "mIKE.sKA@Example.Com"].iter().enumerate()
        {
            let from = world.visitor_from(&format!("192.0.2.{number}"));
            world.app.request_reset(&from, address(same)).await.expect("asked");
            world.answer_resets().await;
            let to = world.sql("SELECT email FROM mail ORDER BY id DESC LIMIT 1");
            assert_eq!(to, [["Mike.Ska@example.com"]], "asked as {same}");
            world.app.sign_in(&from, same, PASSWORD).await.expect("the same person");
            let form =
                format!("agent=no&user_type=administrator&first_name=A&last_name=B&email={}", percent(same));
            let reply = site.ask(&Method::POST, &users, site.admin(), &form).await;
            assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{same} is here already");
        }
    }
}

/// Pairs that one collation or another takes for the same: without case, accents or width, composed and decomposed,
/// with what shows nothing, and with blanks at the end.
const TAKEN_FOR_THE_SAME: [(&str, &str); 14] = [
    ("mike@x.example", "m\u{131}ke@x.example"),
    ("mike@x.example", "M\u{130}ke@x.example"),
    ("mike@x.example", "MIKE@x.example"),
    ("strasse@x.example", "stra\u{df}e@x.example"),
    ("stra\u{df}e@x.example", "stra\u{1e9e}e@x.example"),
    ("cafe@x.example", "caf\u{e9}@x.example"),
    ("caf\u{e9}@x.example", "cafe\u{301}@x.example"),
    ("kim@x.example", "\u{212a}im@x.example"),
    ("kim@x.example", "\u{ff4b}im@x.example"),
    ("fish@x.example", "\u{fb01}sh@x.example"),
    ("son@x.example", "\u{17f}on@x.example"),
    ("kim@x.example", "kim\u{200b}@x.example"),
    ("kim@x.example", "kim@x.example "),
    ("co-op@x.example", "co\u{2010}op@x.example"),
];

/// What is unique is so byte by byte, on both engines alike, whatever their own collations say. What counts as one is folded
/// before, by the same code for both. Seen to fail: with the columns of one engine compared without regard to case.
#[tokio::test(flavor = "multi_thread")]
async fn x12_unique_means_the_same_bytes_on_every_engine() {
    for site in Site::everywhere().await {
        let world = &site.world;
        let mut number = 0;
        for (one, other) in TAKEN_FOR_THE_SAME {
            // Each of the two twice: what is the same is refused, and what is not is taken.
            for text in [one, other, one, other] {
                number += 1;
                world.sql(&format!(
                    "INSERT INTO login (id, email, email_canonical, first_name, last_name, password_hash,
                                        password_changed_at, language, created_at)
                     VALUES ('LOG{number:032}', 'x', '{text}', '', '', '', 0, 'en', 0)
                     ON CONFLICT (email_canonical) DO NOTHING"
                ));
                world.sql(&format!(
                    "INSERT INTO company (account_id, id, name, sort_name, time_zone, lead_center, disabled, created_at)
                     VALUES ('{}', 'COM{number:032}', 'x', '{text}', 'UTC', 0, 0, 0)
                     ON CONFLICT (account_id, sort_name) DO NOTHING",
                    site.account.id
                ));
            }
            for (table, column) in [("login", "email_canonical"), ("company", "sort_name")] {
                let found = world.sql(&format!(
                    "SELECT {column} FROM {table} WHERE {column} IN ('{one}', '{other}') ORDER BY {column}"
                ));
                let mut wanted = vec![vec![one.to_owned()], vec![other.to_owned()]];
                wanted.sort();
                assert_eq!(found, wanted, "{table}: {one:?} and {other:?}");
                world.sql(&format!("DELETE FROM {table} WHERE {column} IN ('{one}', '{other}')"));
            }
        }
    }
}
