//! Single sign-on over HTTP: what its cookie opens, and how somebody leaves and comes back.

use app::Ask;
use app::pass::Credentials;
use app::single_sign_on::{Arrived, Returned};
use domain::time::Span;
use http::{Method, StatusCode};
use testkit::Says;

use crate::records::{by_provider, success};
use crate::site::{Reply, Site};

/// The value of a cookie that an answer sets.
fn cookie(reply: &Reply, name: &str) -> Option<String> {
    let start = format!("__Host-{name}=");
    let set = reply.headers.get_all("set-cookie").into_iter().filter_map(|line| line.to_str().ok());
    let mut values = set.filter_map(|line| Some(line.strip_prefix(&start)?.split(';').next()?.to_owned()));
    values.next_back()
}

/// The administrator, signed in by the account's provider.
async fn admin_by_provider(site: &Site) -> Ask {
    site.connect_provider().await;
    let (app, admin, account) = (&site.world.app, &site.account.admin.ask, &site.account.id);
    let asked_at = site.world.app.store.now().micros() / 1_000_000;
    let says = |url: &str| {
        site.provider.code(&site.world, url, Says::Rs256, |claims| {
            claims["sub"] = "ada".into();
            claims["auth_time"] = asked_at.into();
        })
    };
    let linking = app.leave_to_link(admin, account.clone(), testkit::PASSWORD).await.expect("it fits");
    let mut signed_in = site.world.visitor();
    for (ask, leaving) in [
        (admin.clone(), linking),
        (
            site.world.visitor(),
            app.leave_to_sign_in(&signed_in, account.as_str(), "").await.expect("there is one"),
        ),
    ] {
        let (code, state) = says(&leaving.url);
        let credentials = Credentials { single_sign_on: Some(leaving.kept.clone()), ..ask.credentials };
        let back = Ask { credentials, ..site.world.visitor() };
        let arrived = app
            .arrive(&back, account.clone(), Returned { code, state, issuer: String::new() })
            .await
            .expect("it counts");
        if let Arrived::SignedIn(_, session) = arrived {
            signed_in.credentials.session = Some(session.token);
        }
    }
    signed_in
}

/// Leaving goes to the provider's address, with what comes back kept in a cookie, by no form that ends at another
/// site. Seen to fail: with the token that the browser keeps sent along as the state.
#[tokio::test(flavor = "multi_thread")]
async fn a08_x24_one_leaves_for_the_provider_of_the_account() {
    for site in Site::everywhere().await {
        let page = site.ask(&Method::GET, "/sign-in", None, "").await;
        assert!(page.body.contains("href=\"/sign-in/single-sign-on\""));
        let (path, ask, form) = success(&site, "/sign-in/single-sign-on").await;
        let reply = site.ask(&Method::POST, &path, ask.as_ref(), &form).await;
        assert_eq!(reply.status, StatusCode::OK);
        let to = reply.headers["refresh"].to_str().unwrap().to_owned();
        assert!(to.starts_with(&format!("0; url={}/authorize?", site.provider.issuer())), "{to}");
        assert!(reply.headers["referrer-policy"] == "no-referrer");
        let kept = cookie(&reply, "single-sign-on").unwrap();
        assert!(kept.starts_with(&format!("{}.", site.account.id)));
        // What is kept is not what is sent along.
        assert!(!to.contains(kept.split_once('.').unwrap().1));
        let wrong = site.ask(&Method::POST, &path, None, "account=Acme").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(cookie(&wrong, "single-sign-on").is_none());
    }
}

/// Looking at the way back changes nothing; the button signs in with a new session, which opens the account's
/// pages and leads from everything else to signing in; signing out ends it. Seen to fail: with a session by an account's
/// provider taken for one that opens what is one's own, too.
#[tokio::test(flavor = "multi_thread")]
async fn a08_x02_x28_one_comes_back_into_the_account_alone() {
    for site in Site::everywhere().await {
        let (mut ask, form) = by_provider(&site).await;
        ask.credentials.session = Some("planted".to_owned());
        let rows = site.rows();
        let back = format!("/single-sign-on/{}?{form}&session_state=x&scope=openid", site.account.id);
        let page = site.ask(&Method::GET, &back, Some(&ask), "").await;
        assert_eq!(page.status, StatusCode::OK);
        let code = form.split(['=', '&']).nth(1).unwrap();
        assert!(page.body.contains(&format!("name=\"code\" value=\"{code}\"")), "{}", page.body);
        assert!(rows == site.rows(), "looking changed something");
        let reply = site.ask(&Method::POST, &site.path("/single-sign-on/{account}"), Some(&ask), &form).await;
        let home = format!("/accounts/{}", site.account.id);
        assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, home.as_str()));
        assert_eq!(cookie(&reply, "single-sign-on").as_deref(), Some(""));
        let token = cookie(&reply, "session").unwrap();
        assert!(!token.contains("planted"));
        let credentials = Credentials { session: Some(token), ..Credentials::default() };
        let signed_in = Ask { credentials, ..site.world.visitor() };
        for path in [home.clone(), format!("{home}/me"), format!("{home}/me/single-sign-on")] {
            let reply = site.ask(&Method::GET, &path, Some(&signed_in), "").await;
            assert_eq!(reply.status, StatusCode::OK, "{path}");
            for out in ["/accounts", "/me", "/me/sessions", "/me/push"] {
                assert!(!reply.body.contains(&format!("href=\"{out}\"")), "{path} leads out to {out}");
            }
        }
        assert_eq!(site.ask(&Method::GET, "/", Some(&signed_in), "").await.location(), home);
        let closed =
            ["/me", "/accounts", "/me/password", "/me/api-keys/new", "/me/merge", "/account-centers/new"];
        for path in closed {
            let reply = site.ask(&Method::GET, path, Some(&signed_in), "").await;
            assert!(reply.location().starts_with("/sign-in"), "{path}: {}", reply.status);
        }
        let out = site.ask(&Method::POST, "/sign-out", Some(&signed_in), "").await;
        assert_eq!(out.status, StatusCode::SEE_OTHER);
        let after = site.ask(&Method::GET, &home, Some(&signed_in), "").await;
        assert!(after.location().starts_with("/sign-in"), "{}", after.status);
        // What was brought counted once.
        let again = site.ask(&Method::POST, &site.path("/single-sign-on/{account}"), Some(&ask), &form).await;
        assert!(again.status.is_client_error());
    }
}

/// Who came by the provider has no password to show again: what is dangerous leads them to signing in there, and from there
/// back. Seen to fail: with the session looked up as one by a password is.
#[tokio::test(flavor = "multi_thread")]
async fn a02_a08_the_provider_is_the_way_to_show_again_who_one_is() {
    for site in Site::everywhere().await {
        let signed_in = admin_by_provider(&site).await;
        let page = format!("/accounts/{}/single-sign-on", site.account.id);
        assert_eq!(site.ask(&Method::GET, &page, Some(&signed_in), "").await.status, StatusCode::OK);
        site.world.advance(Span::minutes(31));
        let late = site.ask(&Method::GET, &page, Some(&signed_in), "").await;
        let way = format!("/sign-in/single-sign-on?account={}&next={page}", site.account.id);
        assert_eq!((late.status, late.location()), (StatusCode::SEE_OTHER, way.as_str()));
        let not_done = site.ask(&Method::POST, &format!("{page}/end"), Some(&signed_in), "").await;
        assert_eq!(not_done.status, StatusCode::FORBIDDEN);
        assert!(
            not_done.body.contains(&format!("href=\"{}\"", way.replace('&', "&#38;"))),
            "{}",
            not_done.body
        );
        let asked = site.ask(&Method::GET, &way, Some(&signed_in), "").await;
        assert!(asked.body.contains(&format!("name=\"next\" value=\"{page}\"")), "{}", asked.body);
        for (next, to) in [(page.as_str(), page.as_str()), ("https://example.org/", "")] {
            let form = format!("account={}&next={next}", site.account.id);
            let left = site.ask(&Method::POST, "/sign-in/single-sign-on", Some(&signed_in), &form).await;
            let leaving = left.headers["refresh"].to_str().unwrap().trim_start_matches("0; url=").to_owned();
            assert!(leaving.ends_with("&prompt=login"), "{leaving}");
            let asked_at = site.world.app.store.now().micros() / 1_000_000;
            let (code, state) = site.provider.code(&site.world, &leaving, Says::Rs256, |claims| {
                claims["sub"] = "ada".into();
                claims["auth_time"] = asked_at.into();
            });
            let mut back = signed_in.clone();
            back.credentials.single_sign_on = cookie(&left, "single-sign-on");
            let form = format!("code={code}&state={state}&iss=");
            let reply =
                site.ask(&Method::POST, &site.path("/single-sign-on/{account}"), Some(&back), &form).await;
            let home = format!("/accounts/{}", site.account.id);
            assert_eq!(reply.location(), if to.is_empty() { &home } else { to }, "{}", reply.body);
        }
    }
}

/// Where it is required a password is told the way on: to the provider, and to one's own link, which opens.
/// Programs read why; and who has no user there sees nothing else than before. Seen to fail: with who has no user there told as
/// well that the account wants its provider.
#[tokio::test(flavor = "multi_thread")]
async fn a08_x10_a_password_is_told_the_way_on() {
    for site in Site::everywhere().await {
        let home = format!("/accounts/{}", site.account.id);
        let manager = site.people()[3].1.cloned().expect("a manager is signed in");
        let (path, ask, form) = success(&site, "/accounts/{account}/single-sign-on/require").await;
        let stranger = site.people()[1].1.cloned().expect("a stranger is signed in");
        let before = site.ask(&Method::GET, &home, Some(&stranger), "").await;
        let done = site.ask(&Method::POST, &path, ask.as_ref(), &format!("{form}&required=yes")).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        let shut = site.ask(&Method::GET, &home, Some(&manager), "").await;
        assert_eq!(shut.status, StatusCode::FORBIDDEN);
        let ways = [
            format!("/sign-in/single-sign-on?account={}", site.account.id),
            format!("{home}/me/single-sign-on"),
        ];
        for way in &ways {
            assert!(shut.body.contains(&format!("href=\"{way}\"")), "{way}: {}", shut.body);
            assert_eq!(site.ask(&Method::GET, way, Some(&manager), "").await.status, StatusCode::OK, "{way}");
        }
        let asked = site.ask(&Method::GET, &format!("{home}/may/manage_users"), Some(&manager), "").await;
        assert_eq!(asked.status, StatusCode::FORBIDDEN, "{}", asked.body);
        let after = site.ask(&Method::GET, &home, Some(&stranger), "").await;
        assert_eq!((after.status, after.body == before.body), (before.status, true));
        assert_eq!(
            site.ask(&Method::GET, &home, Some(&site.account.admin.ask), "").await.status,
            StatusCode::OK
        );
        let freed = site.ask(&Method::POST, &path, ask.as_ref(), &form).await;
        assert_eq!(freed.status, StatusCode::SEE_OTHER);
        assert_eq!(site.ask(&Method::GET, &home, Some(&manager), "").await.status, StatusCode::OK);
    }
}
