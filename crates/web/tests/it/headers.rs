//! What every answer carries, and what none may.

use http::{Method, StatusCode};

use crate::site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn x03_every_answer_is_guarded() {
    let site = Site::new(testkit::World::sqlite().await).await;
    for route in web::routes::table().iter().filter(|route| route.method == Method::GET) {
        let reply = site.ask(&Method::GET, &site.path(route.path), site.admin(), "").await;
        let header =
            |name: &str| reply.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        assert_eq!(header("referrer-policy"), "no-referrer", "{}", route.path);
        assert_eq!(header("cache-control"), "no-store", "{}", route.path);
        assert_eq!(header("x-content-type-options"), "nosniff", "{}", route.path);
        let policy = header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'self'"),
            "{policy}"
        );
        assert!(!policy.contains("http") && !policy.contains("unsafe-eval"), "{policy}");
        for cookie in reply.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().expect("text");
            for part in ["__Host-", "; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
                assert!(cookie.contains(part), "{}: {cookie}", route.path);
            }
        }
    }
}

/// A followed link is exchanged at once for a cookie, and the address that stays has no secret in it. Seen to fail:
/// with the token kept in the address.
#[tokio::test(flavor = "multi_thread")]
async fn x03_a_link_is_exchanged_for_a_cookie() {
    let site = Site::new(testkit::World::sqlite().await).await;
    let base = site.world.app.settings.base_url.clone();
    let link = site.world.letter_to("pending@example.com").await.link().to_owned();
    let token = link.rsplit('/').next().expect("a token").to_owned();
    let reply = site.ask(&Method::GET, link.strip_prefix(&base).expect("ours"), None, "").await;
    assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, "/invitation"));
    let follow = site.world.follow(&link);
    let page = site.ask(&Method::GET, "/invitation", Some(&follow), "").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.body.contains(&token), "the page has the token in it");
}

/// Links in mails come from the setting alone. Seen to fail: with the link made from the request's Host.
#[tokio::test(flavor = "multi_thread")]
async fn x18_a_hostile_host_never_gets_into_a_mail() {
    let site = Site::new(testkit::World::sqlite().await).await;
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("x-forwarded-host", "evil.example"),
        ("forwarded", "host=evil.example"),
    ];
    let form = format!("email={}", site.account.admin.email.replace('@', "%40"));
    let reply = site.send(&Method::POST, "/reset", None, &form, &headers).await;
    assert_eq!(reply.status, StatusCode::OK);
    let letter = site.world.letter_to(&site.account.admin.email).await;
    assert!(letter.link().starts_with("https://rollcall.example.test/reset/"), "{}", letter.link());
    assert!(!letter.text.contains("evil") && !letter.html.contains("evil"));
}

/// Only the configured host is served. Seen to fail: without the check of the host.
#[tokio::test(flavor = "multi_thread")]
async fn x18_a_host_that_is_not_ours_is_misdirected() {
    let site = Site::new(testkit::World::sqlite().await).await;
    for hosts in [
        &["evil.example"][..],
        &["rollcall.example.test:8443"],
        &[],
        &["rollcall.example.test", "evil.example"],
    ] {
        let reply = site.send_to(hosts, "/sign-in").await;
        assert_eq!(reply.status, StatusCode::MISDIRECTED_REQUEST, "{hosts:?}");
        assert!(!reply.body.contains("evil"), "{hosts:?}");
    }
    for hosts in [["rollcall.example.test"], ["Rollcall.Example.Test:443"]] {
        assert_eq!(site.send_to(&hosts, "/sign-in").await.status, StatusCode::OK, "{hosts:?}");
    }
    assert_eq!(site.send_to(&["10.0.0.1:8080"], "/healthz").await.status, StatusCode::OK);
}

/// Metrics are for whoever has the token (I-06, X-16). Seen to fail: with `measured` asking for none.
#[tokio::test(flavor = "multi_thread")]
async fn i06_metrics_are_there_for_their_collector_alone() {
    let site = Site::new(testkit::World::sqlite().await).await;
    assert_eq!(
        site.send(&Method::GET, "/metrics", site.admin(), "", &[]).await.status,
        StatusCode::NOT_FOUND
    );
    let token = format!("Bearer {}", app::pass::metrics_token(site.world.app.store.key()));
    let reply = site.send(&Method::GET, "/metrics", None, "", &[("authorization", &token)]).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert!(reply.body.contains("rollcall_http_requests_total"), "{}", reply.body);
    for number in 0..20 {
        let method = Method::from_bytes(format!("MADEUP{number}").as_bytes()).expect("a method");
        site.send(&method, "/sign-in", None, "", &[]).await;
    }
    let reply = site.send(&Method::GET, "/metrics", None, "", &[("authorization", &token)]).await;
    assert!(!reply.body.contains("MADEUP"), "a made-up method became a metric");
}
