//! One scan of all that is on an account's own host, for the product's name and those of other accounts (G-10, C-09).

use std::collections::BTreeSet;

use app::Ask;
use domain::mail::MailKind;
use http::{Method, StatusCode};

use super::{HOST, all_read, assert_silent, branded, signed_in};
use crate::data::key;
use crate::records::success;
use crate::site::{Reply, Site, pages};

/// What everybody asks a site for.
const ANYWHERE: [&str; 6] = [
    "/nowhere",
    "/robots.txt",
    "/favicon.ico",
    "/.well-known/security.txt",
    "/manifest.json",
    "/v3/nowhere.json",
];

/// What would end the walk: the brand is off then, its host is none any more, or somebody is not signed in.
const ENDS: [&str; 6] = [
    "/accounts/{account}/users/{user}/see-as",
    "/accounts/{account}/white-label/host",
    "/accounts/{account}/white-label/host/prove",
    "/accounts/{account}/white-label/off",
    "/me/sessions/end-others",
    "/sign-out",
];

/// What a link or a temporary password opens, as it is on the server's host as well.
const LINKS: [&str; 4] =
    ["/invitation-block", "/invitation-block/allow", "/temporary-password", "/invitation"];

/// A scan, and how often it was answered with what.
struct Scan<'a> {
    site: &'a Site,
    met: BTreeSet<StatusCode>,
}

impl Scan<'_> {
    async fn at(&mut self, method: &Method, path: &str, ask: Option<&Ask>, form: &str) -> Reply {
        let reply = self.site.at(HOST, method, path, ask, form).await;
        assert_silent(&format!("{method} {path}"), &reply);
        self.met.insert(reply.status);
        reply
    }

    /// Every page, as somebody who may do all, who may do little, and as nobody.
    async fn looks(&mut self, admin: &Ask, manager: &Ask) {
        let mut routes = web::routes::table();
        routes.retain(|route| route.method == Method::GET && !route.path.ends_with("/events"));
        for route in routes {
            let path = self.site.path(route.path);
            for (code, ask) in [("en", Some(admin)), ("es", Some(admin)), ("en", Some(manager)), ("", None)] {
                all_read(self.site, code);
                self.at(&Method::GET, &path, ask, "").await;
            }
        }
        for path in ANYWHERE {
            self.at(&Method::GET, path, None, "").await;
        }
    }

    /// What a mailed link opens: the page, and the action without and with its form.
    async fn links(&mut self) {
        for pattern in LINKS {
            let (path, ask, form) = success(self.site, pattern).await;
            self.at(&Method::GET, &path, ask.as_ref(), "").await;
            self.at(&Method::POST, &path, ask.as_ref(), "").await;
            self.at(&Method::POST, &path, ask.as_ref(), &form).await;
        }
        let email = &self.site.account.admin.email;
        self.at(&Method::POST, "/reset", None, &format!("email={email}")).await;
        let link = self.site.world.letter_to(email).await.link().to_owned();
        let ask = self.site.world.follow_at(&self.site.account, HOST, &link);
        let page = self.at(&Method::GET, "/reset/new", Some(&ask), "").await;
        assert_eq!(page.status, StatusCode::OK);
        self.at(&Method::POST, "/reset/new", Some(&ask), "password=short").await;
    }

    /// Every action: with a form that is empty, and where it is about the account, one by which it is done.
    async fn actions(&mut self, admin: &Ask) {
        let mut routes = pages();
        routes.retain(|route| route.method == Method::POST);
        routes.retain(|route| !ENDS.contains(&route.path));
        routes.sort_by_key(|route| route.path.ends_with("/{user}/delete"));
        for route in routes {
            let path = self.site.path(route.path);
            for ask in [Some(admin), None] {
                self.at(&Method::POST, &path, ask, "").await;
            }
            if route.path.starts_with("/accounts/{account}/") && !route.records.is_empty() {
                let (path, _, form) = success(self.site, route.path).await;
                self.at(&Method::POST, &path, Some(admin), &form).await;
            }
        }
    }

    /// What programs are answered.
    async fn programs(&mut self, email: &str) {
        let key = format!("Token token=\"{}\"", key(self.site, email).await);
        for route in web::routes::table().iter().filter(|route| route.path.starts_with("/v3/")) {
            let path = self.site.path(route.path);
            for authorization in [key.as_str(), "Token token=\"x\"", ""] {
                let headers = [("host", HOST), ("authorization", authorization)];
                let reply = self.site.send_with(&route.method, &path, "{", &headers).await;
                assert_silent(&path, &reply);
                self.met.insert(reply.status);
            }
        }
    }

    /// What is refused before it comes to anything, and what is asked too often.
    async fn refusals(&mut self, admin: &Ask) {
        self.at(&Method::DELETE, "/sign-in", None, "").await;
        self.at(&Method::POST, "/sign-in", None, "x=1").await;
        self.at(&Method::POST, "/sign-in", None, &format!("email={}", "x".repeat(2_000_000))).await;
        let on = format!("/accounts/{}/white-label/on", self.site.account.id);
        self.at(&Method::POST, &on, Some(admin), "version=999").await;
        for _ in 0..12 {
            self.at(&Method::POST, "/sign-in", None, "email=ada%40example.com&password=wrong").await;
        }
        for site in ["cross-site", "none"] {
            let headers = [("host", HOST), ("sec-fetch-site", site)];
            let reply = self.site.send_with(&Method::POST, "/sign-in", "", &headers).await;
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{site}");
            assert_silent(site, &reply);
        }
    }

    /// What stands behind a failure: of what is asked for, and then of the look at whose host it is.
    async fn failures(&mut self, admin: &Ask) {
        for table in ["session", "brand_host"] {
            self.site.world.sql(&format!("ALTER TABLE {table} RENAME TO {table}_gone"));
            let me = self.at(&Method::GET, "/me", Some(admin), "").await;
            assert_eq!(me.status, StatusCode::INTERNAL_SERVER_ERROR, "without {table}");
            let program = self.at(&Method::GET, "/v3/a.json", None, "").await;
            assert!(program.status.is_client_error() || program.status.is_server_error());
        }
    }
}

/// G-10. Every page and action there is, what programs are answered, what is refused and what has failed, for who may do all,
/// little or nothing, in both languages. Seen to fail: with the product's look on own hosts, and where it
/// can't be looked up whose host it is.
#[tokio::test(flavor = "multi_thread")]
async fn g10_nothing_on_an_own_host_names_the_product_or_another_account() {
    for world in testkit::worlds().await {
        let site = branded(world).await;
        let admin = signed_in(&site, &site.account.admin.email).await;
        let manager = signed_in(&site, "manager@example.com").await;
        let mut scan = Scan { site: &site, met: BTreeSet::new() };
        scan.looks(&admin, &manager).await;
        let page = scan.at(&Method::GET, "/sign-in", None, "").await;
        assert!(page.body.contains("Bright Calls") && page.body.contains("/looks/0b5c4d.css"));
        assert!(page.body.contains("help@"), "{}", page.body);
        scan.links().await;
        scan.actions(&admin).await;
        scan.programs(&site.account.admin.email).await;
        scan.refusals(&admin).await;
        scan.failures(&admin).await;
        let met: Vec<u16> = scan.met.iter().map(StatusCode::as_u16).collect();
        for status in [200, 303, 400, 401, 403, 404, 405, 409, 410, 413, 422, 429, 500] {
            assert!(met.contains(&status), "{status} was not met: {met:?}");
        }
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
                    let reply = site.at("calls.hosted.test", &Method::GET, &path, site.admin(), "").await;
                    assert_eq!(reply.status, StatusCode::OK, "{path}");
                    assert_silent(&path, &reply);
                    assert!(reply.body.contains("Bright Calls"), "{path}");
                    assert!(reply.body.contains(&format!("<html lang=\"{code}\"")), "{path}");
                }
            }
        }
    }
}

/// G-10. No text says the product's name, but the one that is its name, and the names of two settings on the operator's page, which is
/// on no own host. Seen to fail: with the name in a toast.
#[test]
fn g10_no_text_says_the_products_name() {
    for code in ["en", "es"] {
        let named: Vec<String> = testkit::texts(code)
            .into_iter()
            .filter(|text| text.replace("ROLLCALL_", "").to_lowercase().contains("rollcall"))
            .collect();
        assert_eq!(named, ["Rollcall"], "{code}");
    }
}
