//! Mailed links in the hands of scanners, guessers and those who had them sent, and what a link leaves
//! behind.

use std::collections::{BTreeSet, HashMap, VecDeque};

use app::Ask;
use app::pass::{Credentials, SelfPass};
use app::work::Writer;
use domain::email::EmailAddress;
use http::{Method, StatusCode};
use testkit::{Engine, PASSWORD};

use crate::records::half_signed_in;
use crate::site::{Reply, Site, TEMPORARY};

/// A mailed link: the path in the mail, the page it leads to, and the form that a person sends there.
struct Mailed {
    path: String,
    page: &'static str,
    form: &'static str,
    /// Of whom it must be, where it opens to one person alone.
    session: Option<String>,
}

/// One link of every kind that is mailed, each still to be followed.
async fn mailed(site: &Site) -> Vec<Mailed> {
    let (world, app) = (&site.world, &site.world.app);
    let moved = EmailAddress::parse("moved@example.com").expect("an address");
    let forgot = EmailAddress::parse("user@example.com").expect("an address");
    let agent = world.sign_in("agent@example.com").await.ask;
    app.request_email_change(&agent, PASSWORD, moved).await.expect("a link is sent");
    app.request_reset(&world.visitor(), forgot).await.expect("a link is sent");
    let mut links = Vec::new();
    for (to, page, form) in [
        ("pending@example.com", "/invitation", "password=a+kettle+full+of+thunder"),
        ("user@example.com", "/reset/new", "password=a+kettle+full+of+thunder"),
        ("moved@example.com", "/email-change", "password=correct+horse+battery+staple"),
    ] {
        let link = world.letter_to(to).await.link().to_owned();
        let path = link.strip_prefix(&app.settings.base_url).expect("our own link").to_owned();
        links.push(Mailed { path, page, form, session: None });
    }
    let text = world.letter_to("pending@example.com").await.text;
    let second = text.split_whitespace().find_map(|word| {
        word.strip_prefix(app.settings.base_url.as_str())
            .filter(|path| path.starts_with("/invitation-block/"))
    });
    let path = second.expect("a link to be invited no more").to_owned();
    links.insert(0, merge_link(site).await);
    links.push(Mailed { path, page: "/invitation-block", form: "", session: None });
    links
}

/// The link to a login that somebody wants to merge with theirs.
async fn merge_link(site: &Site) -> Mailed {
    let ask = site.world.sign_in("manager@example.com").await.ask;
    let olga = EmailAddress::parse("olga@example.com").expect("an address");
    let request = move |w: Writer, pass: &SelfPass| app::login_merge::request(w, pass, &olga);
    site.world.app.write(&ask, (), request).await.expect("a link is sent");
    let link = site.world.letter_to("olga@example.com").await.link().to_owned();
    let path = link.strip_prefix(&site.world.app.settings.base_url).expect("our own link").to_owned();
    Mailed { path, page: "/login-merge", form: "", session: ask.credentials.session }
}

/// Who has followed a link.
fn holder(site: &Site, link: &Mailed) -> Ask {
    let mut ask = site.world.follow(&format!("{}{}", site.world.app.settings.base_url, link.path));
    ask.credentials.session.clone_from(&link.session);
    ask
}

/// Every row of every table, counters of attempts among them.
fn dump(site: &Site) -> (Vec<Vec<Vec<String>>>, Vec<Vec<String>>) {
    (site.rows(), site.world.sql("SELECT name, made, ends_at FROM attempt ORDER BY name"))
}

const SCANNERS: [&str; 20] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) SafeLinks",
    "Mozilla/5.0 (compatible; Microsoft Office Protocol Discovery)",
    "Mozilla/4.0 (compatible; ms-office; MSOffice rmj)",
    "Microsoft-Outlook-ThreatProtection/1.0",
    "Barracuda Sentinel (EE)",
    "BarracudaCentral/1.0",
    "Mimecast-URL-Protect/1.0",
    "Proofpoint URL Defense/3",
    "GoogleImageProxy via ggpht.com",
    "Mozilla/5.0 (compatible; Google-Safety; +http://www.google.com/bot.html)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "facebookexternalhit/1.1",
    "WhatsApp/2.23.20.0",
    "Twitterbot/1.0",
    "SkypeUriPreview Preview/0.5",
    "Symantec Cloud Link Following",
    "TrendMicro-URL-Scanner",
    "curl/8.5.0",
    "python-requests/2.31",
    "",
];

/// Every order of so many.
fn orders(count: usize) -> Vec<Vec<usize>> {
    let mut orders = vec![Vec::new()];
    for _ in 0..count {
        let longer = |order: Vec<usize>| {
            let rest: Vec<usize> = (0..count).filter(|at| !order.contains(at)).collect();
            rest.into_iter().map(move |at| [order.clone(), vec![at]].concat())
        };
        orders = orders.into_iter().flat_map(longer).collect();
    }
    orders
}

/// Scanners look at every link in every order, at the page behind it too, and change no byte. Then a person gets
/// in. Seen to fail: with the invitation accepted, and with the block made, when its page is shown.
#[tokio::test(flavor = "multi_thread")]
async fn x02_scanners_use_no_link_up() {
    for site in Site::everywhere().await {
        let links = mailed(&site).await;
        let before = dump(&site);
        let orders = orders(links.len());
        for (number, order) in orders.iter().enumerate() {
            let agent = SCANNERS[number % SCANNERS.len()];
            let headers = [("user-agent", agent), ("purpose", "prefetch"), ("sec-purpose", "prefetch")];
            for link in order.iter().map(|at| &links[*at]) {
                for method in [Method::OPTIONS, Method::HEAD, Method::GET] {
                    let reply = site.send(&method, &link.path, None, "", &headers).await;
                    let led = if method == Method::OPTIONS { "" } else { link.page };
                    assert_eq!(reply.location(), led, "{method} {}", link.path);
                    let holder = holder(&site, link);
                    let page = site.send(&method, link.page, Some(&holder), "", &headers).await;
                    assert!(
                        method == Method::OPTIONS || page.status == StatusCode::OK,
                        "{method} {}",
                        link.page
                    );
                }
            }
        }
        assert!(before == dump(&site), "a scanner changed something");
        for link in &links {
            let reply = site.ask(&Method::POST, link.page, Some(&holder(&site, link)), link.form).await;
            assert_eq!(reply.status, StatusCode::SEE_OTHER, "a person at {}", link.page);
        }
    }
}

/// Every kind of link leaves the address at once, for a cookie that no script and no other site gets; no page or
/// refusal on the way holds it. Seen to fail: with the token in the address that `reset::follow` leads to.
#[tokio::test(flavor = "multi_thread")]
async fn x03_no_answer_on_a_links_way_holds_its_token() {
    for site in Site::everywhere().await {
        for link in mailed(&site).await {
            let token = link.path.rsplit('/').next().expect("a token").to_owned();
            let followed = site.ask(&Method::GET, &link.path, None, "").await;
            let holder = holder(&site, &link);
            let page = site.ask(&Method::GET, link.page, Some(&holder), "").await;
            let wrong = site.ask(&Method::POST, link.page, Some(&holder), "password=short").await;
            let strange = site.ask(&Method::POST, link.page, Some(&holder), "nothing=here").await;
            let other_site = [("sec-fetch-site", "cross-site")];
            let foreign = site.send(&Method::POST, link.page, Some(&holder), "", &other_site).await;
            let done = site.ask(&Method::POST, link.page, Some(&holder), link.form).await;
            let again = site.ask(&Method::POST, link.page, Some(&holder), link.form).await;
            assert_eq!((followed.status, followed.location()), (StatusCode::SEE_OTHER, link.page));
            assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", link.page);
            assert!([StatusCode::GONE, StatusCode::CONFLICT].contains(&again.status), "{}", link.page);
            for (what, reply) in [
                ("followed", followed),
                ("page", page),
                ("wrong", wrong),
                ("strange", strange),
                ("foreign", foreign),
                ("done", done),
                ("again", again),
            ] {
                let header = |name: &str| reply.headers.get(name).and_then(|value| value.to_str().ok());
                assert_eq!(header("referrer-policy"), Some("no-referrer"), "{what} at {}", link.page);
                assert_eq!(header("cache-control"), Some("no-store"), "{what} at {}", link.page);
                let policy = header("content-security-policy").expect("a policy");
                assert!(!policy.contains("http") && !policy.contains('*'), "{policy}");
                assert!(
                    !reply.body.contains(&token) && !reply.location().contains(&token),
                    "{what} {}",
                    link.page
                );
                assert!(!reply.body.contains("src=\"http") && !reply.body.contains("href=\"http"), "{what}");
            }
        }
    }
}

/// The doors that a link opens, by the cookie it becomes.
const DOORS: [(&str, &str); 8] = [
    ("invitation", "/invitation"),
    ("reset", "/reset/new"),
    ("email-change", "/email-change"),
    ("invitation-block", "/invitation-block"),
    ("login-merge", "/login-merge"),
    ("temporary-password", "/temporary-password"),
    ("second-factor", "/second-factor"),
    ("setup", "/setup"),
];

fn with(cookie: &str, value: &str) -> Ask {
    let value = Some(value.to_owned());
    let none = Credentials::default();
    let credentials = match cookie {
        "invitation" => Credentials { invitation: value, ..none },
        "reset" => Credentials { reset: value, ..none },
        "email-change" => Credentials { email_change: value, ..none },
        "login-merge" => Credentials { login_merge: value, ..none },
        "invitation-block" => Credentials { invitation_block: value, ..none },
        "temporary-password" => Credentials { temporary_password: value, ..none },
        "second-factor" => Credentials { second_factor: value, ..none },
        "setup" => Credentials { setup: value, ..none },
        "session" => Credentials { session: value, ..none },
        other => panic!("no cookie {other}"),
    };
    Ask {
        credentials,
        origin: app::work::Origin::internal(),
        device: String::new(),
        spoken: app::Spoken::default(),
    }
}

/// What somebody goes on with who has typed a temporary password.
async fn ticket(site: &Site) -> String {
    site.given("given.to@example.com").await;
    let ask = site.world.type_temporary("given.to@example.com", TEMPORARY).await.expect("it fits");
    ask.credentials.temporary_password.expect("a ticket")
}

/// Status, body and headers, but for the request's own id.
fn told(reply: Reply) -> (StatusCode, String, Vec<(String, String)>) {
    let mut headers: Vec<(String, String)> = reply
        .headers
        .iter()
        .filter(|(name, _)| name.as_str() != "x-request-id")
        .map(|(name, value)| (name.to_string(), format!("{value:?}")))
        .collect();
    headers.sort();
    (reply.status, reply.body, headers)
}

/// The nth way to spoil a token: a letter changed, left out, put in, swapped, the case turned, cut, padded.
fn spoiled(token: &str, n: usize) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bytes = token.as_bytes().to_vec();
    let at = n % bytes.len();
    let letter = LETTERS[(n / bytes.len() * 7 + n) % LETTERS.len()];
    match n / 7 % 7 {
        0 if n.is_multiple_of(11) => bytes.truncate(at),
        1 => drop(bytes.remove(at)),
        2 => bytes.insert(at, letter),
        3 => bytes.swap(at, token.len() - 1 - at),
        4 => bytes[at] ^= if bytes[at].is_ascii_alphabetic() { 0x20 } else { 1 },
        5 => bytes.extend(std::iter::repeat_n(b'=', n % 3 + 1)),
        _ => bytes[at] = letter,
    }
    String::from_utf8(bytes).expect("letters")
}

/// 10,000 tokens that are none, over all doors: answered as one that never was, byte by byte, and nothing is
/// written. Seen to fail: with the first half of a token compared alone.
#[tokio::test(flavor = "multi_thread")]
async fn x05_ten_thousand_tokens_that_are_none_are_answered_alike() {
    for site in Site::everywhere().await {
        let count = if site.world.engine() == Engine::Sqlite { 10_000 } else { 500 };
        let mut tokens: HashMap<&str, String> = HashMap::new();
        for link in mailed(&site).await {
            let credentials = holder(&site, &link).credentials;
            tokens.extend(credentials.invitation.map(|token| ("invitation", token)));
            tokens.extend(credentials.reset.map(|token| ("reset", token)));
            tokens.extend(credentials.email_change.map(|token| ("email-change", token)));
            tokens.extend(credentials.login_merge.map(|token| ("login-merge", token)));
            tokens.extend(credentials.invitation_block.map(|token| ("invitation-block", token)));
        }
        tokens.insert("temporary-password", ticket(&site).await);
        tokens.insert(
            "second-factor",
            half_signed_in(&site).await.credentials.second_factor.expect("a ticket"),
        );
        let fresh = site.world.follow(&site.world.setup_link()).credentials.setup.expect("a token");
        tokens.insert("setup", fresh);
        let before = dump(&site);
        let mut first: HashMap<String, _> = HashMap::new();
        for n in 0..count {
            let (cookie, page) = DOORS[n % DOORS.len()];
            let token = &tokens[cookie];
            // An account's id goes before an invitation's token; either part may be the spoiled one.
            let spoiled = spoiled(token, n / DOORS.len());
            if spoiled == *token {
                continue;
            }
            let method = if n % (2 * DOORS.len()) < DOORS.len() { Method::GET } else { Method::POST };
            let form = if method == Method::POST { "password=correct+horse+battery+staple" } else { "" };
            let form = if ["/setup", "/invitation-block", "/login-merge", "/second-factor"].contains(&page) {
                ""
            } else {
                form
            };
            let reply = site.ask(&method, page, Some(&with(cookie, &spoiled)), form).await;
            assert_eq!(reply.status, StatusCode::GONE, "{method} {page} {spoiled}");
            let answer = told(reply);
            let like = first.entry(page.to_owned()).or_insert_with(|| answer.clone());
            assert!(*like == answer, "{method} {page} {spoiled}: {answer:?}");
        }
        assert!(before == dump(&site), "a wrong token changed something");
        for (cookie, page) in &DOORS[..6] {
            let reply = site.ask(&Method::GET, page, Some(&with(cookie, &tokens[cookie])), "").await;
            assert_eq!(reply.status, StatusCode::OK, "the right token still opens {page}");
        }
    }
}

/// A token opens what it was made for and nothing else. Seen to fail: with the set-up link's token taken for the
/// operator's.
#[tokio::test(flavor = "multi_thread")]
async fn x05_no_token_opens_another_door() {
    for site in Site::everywhere().await {
        let mut tokens: Vec<(&str, String)> = Vec::new();
        for link in mailed(&site).await {
            let token = link.path.rsplit('/').next().expect("a token").to_owned();
            let cookie = DOORS.iter().find(|(_, page)| *page == link.page).expect("a door").0;
            if cookie == "invitation" {
                tokens.push(("another account's invitation", format!("{}.{token}", site.other.id)));
                tokens.push(("invitation without account", token.clone()));
                tokens.push((cookie, format!("{}.{token}", site.account.id)));
                tokens.push(("an invitation's hash", format!("{}.{}", site.account.id, hash_of(&site))));
            } else {
                tokens.push((cookie, token));
            }
        }
        tokens.push(("temporary-password", ticket(&site).await));
        tokens.push((
            "second-factor",
            half_signed_in(&site).await.credentials.second_factor.expect("a ticket"),
        ));
        let key = site.world.app.store.key();
        let ada = site.world.sign_in("ada@example.com").await.ask.credentials;
        tokens.push(("the metrics token", app::pass::metrics_token(key)));
        tokens.push(("the operator's token", app::pass::operator_token(key)));
        tokens.push(("a session", ada.session.expect("a session")));
        tokens.push(("setup", app::pass::setup_token(key)));
        let before = dump(&site);
        for (made_for, token) in &tokens {
            for (cookie, page) in DOORS.iter().filter(|(cookie, _)| cookie != made_for) {
                for value in [token.clone(), format!("{}.{token}", site.account.id)] {
                    // The pair of account and token that an invitation's door takes is the invitation's alone.
                    if *made_for == "invitation without account" && *cookie == "invitation" && value != *token
                    {
                        continue;
                    }
                    let ask = with(cookie, &value);
                    let look = site.ask(&Method::GET, page, Some(&ask), "").await;
                    assert_eq!(look.status, StatusCode::GONE, "{made_for} at {page}");
                    let form = "password=correct+horse+battery+staple";
                    let form =
                        if ["/setup", "/invitation-block", "/login-merge", "/second-factor"].contains(page) {
                            ""
                        } else {
                            form
                        };
                    let done = site.ask(&Method::POST, page, Some(&ask), form).await;
                    assert_eq!(done.status, StatusCode::GONE, "{made_for} at POST {page}");
                }
            }
            if *made_for != "a session" {
                let reply = site.ask(&Method::GET, "/me", Some(&with("session", token)), "").await;
                assert_eq!(reply.location(), "/sign-in?next=/me", "{made_for} as a session");
            }
            if *made_for != "the operator's token" {
                let credentials = Credentials { operator: Some(token.clone()), ..Credentials::default() };
                let ask = Ask { credentials, ..with("session", "") };
                let reply = site.ask(&Method::GET, "/operator/mails", Some(&ask), "").await;
                assert_eq!(reply.status, StatusCode::NOT_FOUND, "{made_for} as the operator's");
            }
            let bearer = [("authorization", format!("Bearer {token}"))];
            let bearer = [(bearer[0].0, bearer[0].1.as_str())];
            let reply = site.send(&Method::GET, "/metrics", None, "", &bearer).await;
            let is_metrics = *made_for == "the metrics token";
            assert_eq!(reply.status == StatusCode::OK, is_metrics, "{made_for} at the metrics");
            let key = [("authorization", format!("Token token=\"{token}\""))];
            let key = [(key[0].0, key[0].1.as_str())];
            let users = format!("/accounts/{}/users.json", site.account.id);
            let reply = site.send(&Method::GET, &users, None, "", &key).await;
            assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{made_for} as a key");
        }
        assert!(before == dump(&site), "a token of another kind changed something");
    }
}

/// What the database holds of the pending invitation's token.
fn hash_of(site: &Site) -> String {
    let rows = format!("SELECT token_hash FROM invitation WHERE user_id = '{}'", site.pending);
    site.world.sql(&rows).remove(0).remove(0)
}

/// All that must not be read: every hash in the database, and the tokens of all links.
async fn secrets(site: &Site) -> BTreeSet<String> {
    let mut secrets = BTreeSet::new();
    for table in ["invitation", "reset", "email_change", "login_merge", "session", "api_key"] {
        secrets.extend(site.world.sql(&format!("SELECT token_hash FROM {table}")).into_iter().flatten());
    }
    secrets.extend(site.world.sql("SELECT password_hash FROM login").into_iter().flatten());
    let given =
        "SELECT password_hash FROM temporary_password UNION SELECT ticket_hash FROM temporary_password";
    secrets.extend(site.world.sql(given).into_iter().flatten());
    secrets.extend(
        site.world
            .sql("SELECT mac FROM activity UNION SELECT hash FROM activity WHERE hash IS NOT NULL")
            .into_iter()
            .flatten(),
    );
    for letter in site.world.mailbox().await {
        secrets.extend(letter.find_link().and_then(|link| link.rsplit('/').next()).map(str::to_owned));
    }
    let key = site.world.app.store.key();
    secrets.extend([
        app::pass::operator_token(key),
        app::pass::setup_token(key),
        app::pass::metrics_token(key),
    ]);
    // A notice's link ends in an id, which is no secret.
    secrets.retain(|secret| secret.len() > 40);
    secrets.insert(TEMPORARY.to_owned());
    secrets
}

/// The addresses of our own that a page names.
fn links(body: &str) -> Vec<String> {
    let quoted = body.split(['"', '\'']).filter(|text| text.starts_with('/') && !text.starts_with("//"));
    quoted
        .map(|text| text.replace("&amp;", "&"))
        .filter(|text| !text.starts_with("/static/") && text.parse::<http::Uri>().is_ok())
        .collect()
}

/// Everything that an administrator, the inviter among them, can read: every route of the table with every user,
/// and whatever those pages lead to, data and activity too. Seen to fail: with an invitation's token in its entry
/// of the activity.
#[tokio::test(flavor = "multi_thread")]
async fn x06_nothing_an_administrator_can_read_holds_a_token_or_its_hash() {
    for site in Site::everywhere().await {
        mailed(&site).await;
        ticket(&site).await;
        site.account.set_temporary(&site.pending, TEMPORARY).await.expect("it is set");
        let resend = format!("/accounts/{}/users/{}/invitation", site.account.id, site.pending);
        site.ask(&Method::POST, &resend, site.admin(), "").await;
        let secrets = secrets(&site).await;
        assert!(secrets.len() > 20, "{}", secrets.len());
        let mut queue: VecDeque<String> = VecDeque::new();
        for route in crate::site::pages().iter().filter(|route| route.method == Method::GET) {
            // The operator's pages are no administrator's; an event stream does not end.
            if route.path.contains("{token}") || route.path.ends_with("/events") {
                continue;
            }
            let path = site.path(route.path);
            queue.push_back(path.replace(site.user.as_str(), site.pending.as_str()));
            queue.push_back(path);
        }
        let mut seen: BTreeSet<String> = queue.iter().cloned().collect();
        let (mut read, mut bytes) = (0, 0);
        while let Some(path) = queue.pop_front() {
            let reply = site.ask(&Method::GET, &path, site.admin(), "").await;
            read += usize::from(reply.status.is_success());
            bytes += reply.body.len();
            let whole = format!("{:?} {}", reply.headers, reply.body);
            for secret in &secrets {
                assert!(!whole.contains(secret.as_str()), "{path} holds a secret");
            }
            for link in links(&reply.body).into_iter().filter(|link| !link.ends_with("/events")) {
                if seen.len() < 600 && seen.insert(link.clone()) {
                    queue.push_back(link);
                }
            }
        }
        assert!(read > 60 && bytes > 200_000, "{read} pages, {bytes} bytes");
    }
}

/// One press of a button, and no press of a scanner, ends an account's invitations to an address; the inviter sees
/// it and can send no more, until it is taken back. Seen to fail: with the block not looked at when an invitation is
/// sent, and with `at_address` left out of `user::place`.
#[tokio::test(flavor = "multi_thread")]
async fn x31_one_click_ends_the_invitations_of_an_account() {
    for site in Site::everywhere().await {
        let link = mailed(&site).await.pop().expect("the last one");
        let ask = holder(&site, &link);
        let page = site.ask(&Method::GET, link.page, Some(&ask), "").await;
        assert!(page.body.contains(STOP), "{}", page.body);
        assert!(page.body.contains("Acme") && page.body.contains("pending@example.com"));
        let done = site.ask(&Method::POST, link.page, Some(&ask), "").await;
        assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/invitation-block"));
        let page = site.ask(&Method::GET, link.page, Some(&ask), "").await;
        assert!(
            page.body.contains("You get no more invitations") && !page.body.contains(STOP),
            "{}",
            page.body
        );

        let users = format!("/accounts/{}/users", site.account.id);
        let mails = || site.world.sql("SELECT COUNT(*) FROM mail");
        let before = mails();
        for look in [format!("{users}?tab=pending"), format!("{users}/{}", site.pending)] {
            let page = site.ask(&Method::GET, &look, site.admin(), "").await;
            assert!(page.body.contains("Wants no invitations"), "{look}");
            let resend = format!("{}/invitation\"", site.pending);
            assert!(!page.body.contains(&resend), "{look} offers to send it again");
        }
        let resend = format!("{users}/{}/invitation", site.pending);
        let reply = site.ask(&Method::POST, &resend, site.admin(), "").await;
        assert_eq!(reply.status, StatusCode::CONFLICT);
        assert!(reply.body.contains("does not want invitations"), "{}", reply.body);
        assert_eq!(mails(), before);
        // A new one is explained at its address, and what was typed stays.
        let revoke = format!("{users}/{}/invitation/revoke", site.pending);
        assert_eq!(
            site.ask(&Method::POST, &revoke, site.admin(), "version=0").await.status,
            StatusCode::SEE_OTHER
        );
        let form = format!(
            "agent=no&user_type=reporting&first_name=Nova&last_name=Bell&email=pending%40example.com&company={}\
             &message=Come+and+see&send=now",
            site.company
        );
        let reply = site.ask(&Method::POST, &users, site.admin(), &form).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        for kept in
            ["wants no invitations from this account", "Nova", "Bell", "pending@example.com", "Come and see"]
        {
            assert!(reply.body.contains(kept), "{kept}: {}", reply.body);
        }
        assert_eq!(mails(), before);
        // And the same link takes it back.
        assert!(page.body.contains(ALLOW) && page.body.contains("Allow again"));
        let done = site.ask(&Method::POST, "/invitation-block/allow", Some(&ask), "").await;
        assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/invitation-block"));
        let page = site.ask(&Method::GET, link.page, Some(&ask), "").await;
        assert!(page.body.contains(STOP) && !page.body.contains(ALLOW), "{}", page.body);
        let reply = site.ask(&Method::POST, &users, site.admin(), &form).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER);
        assert_ne!(mails(), before);
    }
}

const STOP: &str = "<form method=\"post\" action=\"/invitation-block\">";
const ALLOW: &str = "<form method=\"post\" action=\"/invitation-block/allow\">";
