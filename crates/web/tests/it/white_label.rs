//! A site on an account's own host: nothing of it names the product, or another account (G-10, C-09).

mod leaks;
mod upload;

use app::Ask;
use http::{Method, StatusCode};
use testkit::World;

use crate::records::success;
use crate::site::{Reply, Site};

const HOST: &str = "calls.bright.test";

/// What must stand nowhere.
const OTHERS: [&str; 5] = ["rollcall", "Other Dental", "olga@example.com", "Agency", "calls.hosted.test"];

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
    let app::session::Entered::Started(app::session::Started::Session(session)) = entered else {
        panic!("a password of one's own")
    };
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

/// G-10. What stands below the name of an account's host is the account's, and may know no TLS; what stands below the server's is
/// the operator's. Seen to fail: with what is below told of on every host.
#[tokio::test(flavor = "multi_thread")]
async fn g10_an_own_host_speaks_for_itself_alone() {
    let mut world = World::sqlite().await;
    world.serve_plainly();
    let site = branded(world).await;
    let server = site.host();
    for (host, path, wanted) in [
        (HOST, "/sign-in", "max-age=31536000"),
        (HOST, "/nowhere", "max-age=31536000"),
        (HOST, "/healthz", "max-age=31536000"),
        ("elsewhere.test", "/sign-in", "max-age=31536000"),
        (server.as_str(), "/sign-in", "max-age=31536000; includeSubDomains"),
    ] {
        let reply = site.send_to(&[host], path).await;
        assert_eq!(reply.headers["strict-transport-security"], wanted, "{host}{path}");
    }
}

/// G-10, I-08. Whoever is not signed in chooses a language on an own host as on the server's, and comes back to it. Seen to
/// fail: with the choice of the language not on own hosts.
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
/// for who signs in elsewhere, too. Seen to fail: with the product's frame where invitations are blocked, and
/// where a temporary password is changed.
#[tokio::test(flavor = "multi_thread")]
async fn g10_what_a_brands_links_open_on_the_servers_host_is_the_brands() {
    for world in testkit::worlds().await {
        let site = branded(world).await;
        for path in ["/invitation", "/invitation-block", "/temporary-password"] {
            let (_, ask, _) = success(&site, path).await;
            let reply = site.at("calls.hosted.test", &Method::GET, path, ask.as_ref(), "").await;
            assert_eq!(reply.status, StatusCode::OK, "{path}");
            assert_silent(path, &reply);
            assert!(reply.body.contains("Bright Calls"), "{path}");
            assert!(reply.body.contains("action=\"/language\""), "{path}");
        }
    }
}

/// G-10. The operator sees who a mail comes from, as its reader does. Seen to fail: with the server's own sender.
#[tokio::test(flavor = "multi_thread")]
async fn g10_the_operator_sees_the_sender_of_a_brands_mail() {
    for world in testkit::worlds().await {
        let site = branded(world).await;
        site.invited("nora@example.com").await;
        let sql = "SELECT id FROM mail WHERE email = 'nora@example.com' ORDER BY id DESC";
        let path = format!("/operator/mails/{}", site.world.sql(sql)[0][0]);
        let page = site.at("calls.hosted.test", &Method::GET, &path, Some(&site.world.operator()), "").await;
        let body = page.body.replace("<wbr>", "");
        assert!(body.contains(&format!("mail@{HOST}")), "{body}");
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
        let elsewhere = site.at("calls.hosted.test", &Method::GET, "/accounts", Some(&admin), "").await;
        assert_eq!(elsewhere.location(), "/sign-in?next=/accounts");
        let foreign = site.at(HOST, &Method::GET, "/me", site.admin(), "").await;
        assert_eq!(foreign.location(), "/sign-in?next=/me");
    }
}

/// G-10, X-18. Seen to fail: with the brand kept where it is switched off.
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
