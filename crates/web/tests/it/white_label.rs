//! A site on an account's own host: nothing of it names the product, or another account (G-10, C-09).

use app::Ask;
use axum::body::Body;
use data_encoding::BASE64;
use domain::mail::MailKind;
use http::{HeaderMap, Method, Request, StatusCode};
use testkit::World;

use crate::records::success;
use crate::site::{Reply, Site};

const HOST: &str = "calls.bright.test";

/// What must stand nowhere.
const OTHERS: [&str; 4] = ["rollcall", "Other Dental", "olga@example.com", "Agency"];

/// A site whose account has a brand on its own host, under a base URL that names nobody.
async fn branded(mut world: World) -> Site {
    world.serve_plainly();
    let site = Site::new(world).await;
    site.account.show_brand("Bright Calls", Some(HOST)).await;
    site
}

/// Somebody who has signed in on the host.
async fn signed_in(site: &Site, email: &str) -> Ask {
    let visitor = site.account.at_host(&site.world.visitor(), HOST);
    let entered =
        site.world.app.sign_in(&visitor, email, testkit::PASSWORD).await.expect("the password fits");
    let app::session::Entered::Session(session) = entered else { panic!("a password of one's own") };
    let mut ask = visitor;
    ask.credentials.session = Some(session.token);
    ask
}

/// What everybody reads.
fn all_read(site: &Site, code: &str) {
    site.world.sql(&format!("UPDATE login SET language = '{code}'"));
}

fn all_of(reply: &Reply) -> String {
    let headers: Vec<String> = reply
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or_default()))
        .collect();
    format!("{}\n\n{}", headers.join("\n"), reply.body)
}

fn assert_silent(what: &str, reply: &Reply) {
    let all = all_of(reply).to_lowercase();
    for name in OTHERS {
        let at = all.find(&name.to_lowercase());
        let around =
            at.map(|at| all.get(at.saturating_sub(80)..(at + 80).min(all.len())).unwrap_or_default());
        assert!(at.is_none(), "{what} names {name}: …{}…", around.unwrap_or_default());
    }
}

/// G-10. Every page and action that looks, as an administrator of either language, as nobody, and as who comes by a dead link.
/// Seen to fail: with the product's look on own hosts.
#[tokio::test(flavor = "multi_thread")]
async fn g10_nothing_on_an_own_host_names_the_product_or_another_account() {
    for world in testkit::worlds().await {
        let site = branded(world).await;
        let admin = signed_in(&site, &site.account.admin.email).await;
        let mut routes = web::routes::table();
        routes.retain(|route| route.method == Method::GET);
        for route in routes.iter().filter(|route| !route.path.ends_with("/events")) {
            let path = site.path(route.path);
            for (code, ask) in [("en", Some(&admin)), ("es", Some(&admin)), ("", None)] {
                all_read(&site, code);
                let reply = site.at(HOST, &Method::GET, &path, ask, "").await;
                assert_silent(&path, &reply);
            }
        }
        for path in ["/nowhere", "/robots.txt", "/favicon.ico", "/.well-known/security.txt", "/manifest.json"]
        {
            assert_silent(path, &site.at(HOST, &Method::GET, path, None, "").await);
        }
        for (path, form) in
            [("/sign-in", "email=a%40b.example&password=wrong"), ("/reset", "email=x"), ("/sign-in", "x=1")]
        {
            assert_silent(path, &site.at(HOST, &Method::POST, path, None, form).await);
        }
        let wrong = site.at(HOST, &Method::DELETE, "/sign-in", None, "").await;
        assert_eq!(wrong.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_silent("DELETE", &wrong);
        let page = site.at(HOST, &Method::GET, "/sign-in", None, "").await;
        assert!(page.body.contains("Bright Calls") && page.body.contains("/looks/0b5c4d.css"));
        assert!(page.body.contains("help@"), "{}", page.body);
    }
}

/// G-10, I-08. Every kind of mail, as it is looked at before it is switched on, in the language of who looks. Seen to fail: with
/// the product's name above them.
#[tokio::test(flavor = "multi_thread")]
async fn g10_no_mail_of_a_brand_names_the_product() {
    for world in testkit::worlds().await {
        let site = branded(world).await;
        for kind in MailKind::ALL {
            let word = kind.word().replace('_', "-");
            let path = format!("/accounts/{}/white-label/preview/{word}", site.account.id);
            for code in ["en", "es"] {
                all_read(&site, code);
                for path in [path.clone(), format!("{path}/content")] {
                    let reply = site.at("calls.agency.test", &Method::GET, &path, site.admin(), "").await;
                    assert_eq!(reply.status, StatusCode::OK, "{path}");
                    assert_silent(&path, &reply);
                    assert!(reply.body.contains("Bright Calls"), "{path}");
                    assert!(reply.body.contains(&format!("<html lang=\"{code}\"")), "{path}");
                }
            }
        }
    }
}

/// G-10, I-08. Whoever is not signed in chooses a language on an own host as on the server's, and comes back to it.
#[tokio::test(flavor = "multi_thread")]
async fn g10_a_language_is_chosen_on_an_own_host() {
    for world in testkit::worlds().await {
        let site = branded(world).await;
        let page = site.at(HOST, &Method::GET, "/sign-in", None, "").await;
        assert!(page.body.contains("action=\"/language\""), "{}", page.body);
        assert!(page.body.contains("name=\"next\" value=\"/sign-in\""), "{}", page.body);
        let chosen = site.at(HOST, &Method::POST, "/language", None, "language=es&next=%2Fsign-in").await;
        assert_eq!((chosen.status, chosen.location()), (StatusCode::SEE_OTHER, "/sign-in"));
        let cookie = chosen.headers["set-cookie"].to_str().expect("a cookie");
        assert!(cookie.starts_with("__Host-lang=es; Path=/;") && !cookie.contains("Domain"), "{cookie}");
        assert_silent("/language", &chosen);
        // What is not there has no choice, and so names no address to come back to.
        for path in ["/nowhere", "/account-centers", "/me/merge", "/invitation"] {
            let reply = site.at(HOST, &Method::GET, path, None, "").await;
            assert!(!reply.body.contains("action=\"/language\""), "{path}");
        }
    }
}

/// G-10. What a link or a temporary password of the account opens shows its brand, also on the server's own host, where it leads
/// for who signs in elsewhere, too.
#[tokio::test(flavor = "multi_thread")]
async fn g10_what_a_brands_links_open_on_the_servers_host_is_the_brands() {
    for world in testkit::worlds().await {
        let site = branded(world).await;
        for path in ["/invitation", "/invitation-block", "/temporary-password"] {
            let (_, ask, _) = success(&site, path).await;
            let reply = site.at("calls.agency.test", &Method::GET, path, ask.as_ref(), "").await;
            assert_eq!(reply.status, StatusCode::OK, "{path}");
            assert_silent(path, &reply);
            assert!(reply.body.contains("Bright Calls"), "{path}");
            assert!(reply.body.contains("action=\"/language\""), "{path}");
        }
    }
}

/// G-10. Seen to fail: with every route shown on own hosts.
#[tokio::test(flavor = "multi_thread")]
async fn g10_nothing_of_others_is_there_on_an_own_host() {
    for world in testkit::worlds().await {
        let site = branded(world).await;
        // Whoever has both accounts sees one of them there.
        site.other.invite_known(&site.account.admin.email, domain::user::UserType::Administrator, &[]).await;
        let link = site.world.letter_to(&site.account.admin.email).await.link().to_owned();
        site.world.app.accept(&site.world.follow(&link), testkit::PASSWORD).await.expect("it is accepted");
        let admin = signed_in(&site, &site.account.admin.email).await;
        let get = async |path: &str| site.at(HOST, &Method::GET, path, Some(&admin), "").await;
        assert_eq!(get(&format!("/accounts/{}", site.account.id)).await.status, StatusCode::OK);
        assert_eq!(get("/accounts").await.location(), format!("/accounts/{}", site.account.id));
        for path in [
            format!("/accounts/{}", site.other.id),
            format!("/accounts/{}/users", site.other.id),
            "/account-centers".to_owned(),
            format!("/account-centers/{}", site.center.id),
            "/me/access".to_owned(),
            "/me/merge".to_owned(),
            "/operator/mails".to_owned(),
            "/setup/x".to_owned(),
        ] {
            let reply = get(&path).await;
            assert_eq!(reply.status, StatusCode::NOT_FOUND, "{path}");
            assert_silent(&path, &reply);
        }
        let profile = get("/me").await;
        assert_eq!(profile.status, StatusCode::OK);
        assert_silent("/me", &profile);
        // The session is none on the server's own host, and one of there is none here.
        let elsewhere = site.at("calls.agency.test", &Method::GET, "/accounts", Some(&admin), "").await;
        assert_eq!(elsewhere.location(), "/sign-in?next=/accounts");
        let foreign = site.at(HOST, &Method::GET, "/me", site.admin(), "").await;
        assert_eq!(foreign.location(), "/sign-in?next=/me");
    }
}

/// G-10, X-18
#[tokio::test(flavor = "multi_thread")]
async fn g10_a_host_is_there_as_long_as_its_brand_is_on() {
    for world in testkit::worlds().await {
        let site = branded(world).await;
        let status = async |host: &str| site.at(host, &Method::GET, "/sign-in", None, "").await.status;
        assert_eq!(status("CALLS.bright.test:443").await, StatusCode::OK);
        for host in
            ["calls.bright.test:8443", "x.calls.bright.test", "calls.bright.test.evil.example", "bright.test"]
        {
            assert_eq!(status(host).await, StatusCode::MISDIRECTED_REQUEST, "{host}");
        }
        let path = format!("/accounts/{}/white-label/off", site.account.id);
        let off = site.ask(&Method::POST, &path, site.admin(), "").await;
        assert_eq!(off.status, StatusCode::SEE_OTHER);
        assert_eq!(status(HOST).await, StatusCode::MISDIRECTED_REQUEST);
    }
}

/// A form with a file, as a browser sends it.
fn with_file(version: &str, name: &str, file: &[u8]) -> Vec<u8> {
    let part = |head: &str, content: &[u8]| {
        [b"--x\r\nContent-Disposition: form-data; ", head.as_bytes(), b"\r\n\r\n", content, b"\r\n"].concat()
    };
    let version = part("name=\"version\"", version.as_bytes());
    let file = part(&format!("name=\"{name}\"; filename=\"a.png\"\r\nContent-Type: image/png"), file);
    [version, file, b"--x--\r\n".to_vec()].concat()
}

async fn upload(site: &Site, ask: Option<&Ask>, headers: &[(&str, &str)], body: Vec<u8>) -> Reply {
    let path = format!("/accounts/{}/white-label/logo", site.account.id);
    let mut request = Request::builder().method("POST").uri(path).header("host", site.host());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(session) = ask.and_then(|ask| ask.credentials.session.as_ref()) {
        request = request.header("cookie", format!("__Host-session={session}"));
    }
    site.answer(request.body(Body::from(body)).expect("a request")).await
}

/// A PNG of one pixel.
const PIXEL: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// G-10. Seen to fail: with other fields passed over.
#[tokio::test(flavor = "multi_thread")]
async fn g10_a_logo_is_taken_from_who_may_and_written_anew() {
    for world in testkit::worlds().await {
        let site = Site::new(world).await;
        site.account.draft_brand("Bright").await;
        let pixel = BASE64.decode(PIXEL.as_bytes()).expect("base64");
        let ours = [("sec-fetch-site", "same-origin"), ("content-type", "multipart/form-data; boundary=x")];
        let before = site.rows();
        let send = async |ask: Option<&Ask>, headers: &[(&str, &str)], body: Vec<u8>| {
            upload(&site, ask, headers, body).await.status
        };
        let good = || with_file("1", "logo", &pixel);
        let manager = site.world.sign_in("manager@example.com").await.ask;
        assert_eq!(send(None, &ours, good()).await, StatusCode::SEE_OTHER);
        assert_eq!(send(Some(&site.other.admin.ask), &ours, good()).await, StatusCode::NOT_FOUND);
        assert_eq!(send(Some(&manager), &ours, good()).await, StatusCode::FORBIDDEN);
        let other = [("sec-fetch-site", "cross-site"), ours[1]];
        assert_eq!(send(site.admin(), &other, good()).await, StatusCode::FORBIDDEN);
        for kind in ["text/plain", "image/png", "application/x-www-form-urlencoded", "multipart/form-data"] {
            let headers = [ours[0], ("content-type", kind)];
            assert_eq!(
                send(site.admin(), &headers, good()).await,
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "{kind}"
            );
        }
        let large = vec![0; app::brand::logo::MAX_BYTES + 100_000];
        let too_large = with_file("1", "logo", &large);
        assert_eq!(send(site.admin(), &ours, too_large).await, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(send(site.admin(), &ours, b"none".to_vec()).await, StatusCode::BAD_REQUEST);
        assert_eq!(send(site.admin(), &ours, with_file("1", "photo", &pixel)).await, StatusCode::BAD_REQUEST);
        assert_eq!(send(site.admin(), &ours, with_file("9", "logo", &pixel)).await, StatusCode::CONFLICT);
        let svg = upload(&site, site.admin(), &ours, with_file("1", "logo", b"<svg xmlns='x'/>")).await;
        assert_eq!(svg.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(svg.body.contains("An SVG can carry scripts"), "{}", svg.body);
        let changed = |rows: &Vec<Vec<Vec<String>>>| {
            rows.iter().flatten().any(|row| row.contains(&"brand.changed".to_owned()))
        };
        assert_eq!(changed(&before), changed(&site.rows()));
        assert_eq!(send(site.admin(), &ours, good()).await, StatusCode::SEE_OTHER);
        let hash = site.account.brand().await.record.and_then(|record| record.draft.logo).expect("a logo");
        let logo = served(&site, &site.host(), &format!("/logos/{}/{hash}", site.account.id)).await;
        assert_eq!(logo["content-type"], "image/png");
        assert_eq!(logo["x-content-type-options"], "nosniff");
        assert!(logo["cache-control"].to_str().unwrap_or_default().contains("immutable"));
    }
}

/// The headers of something that is no text; panics where it is not there.
async fn served(site: &Site, host: &str, path: &str) -> HeaderMap {
    let request = Request::builder().uri(path).header("host", host).body(Body::empty()).expect("a request");
    let response = tower::ServiceExt::oneshot(site.router.clone(), request).await.expect("answered");
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    response.headers().clone()
}
