//! Forms of other sites, of wrong types and with wrong fields.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use http::{Method, Request, StatusCode};
use hyper::body::Frame;

use crate::site::{Site, comes_in_parts};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// Seen to fail: without the `CsrfLayer`.
#[tokio::test(flavor = "multi_thread")]
async fn x17_forms_of_other_sites_are_not_carried_out() {
    for site in Site::everywhere().await {
        let before = site.rows();
        let foreign: [&[(&str, &str)]; 6] = [
            &[FORM],
            &[FORM, ("sec-fetch-site", "cross-site")],
            &[FORM, ("sec-fetch-site", "same-site")],
            &[FORM, ("origin", "https://evil.example")],
            &[FORM, ("origin", "https://evil.rollcall.example.test")],
            &[FORM, ("origin", "null")],
        ];
        for route in crate::site::pages().iter().filter(|route| route.method == Method::POST) {
            for headers in foreign {
                let reply = site.send(&Method::POST, &site.path(route.path), site.admin(), "", headers).await;
                assert_eq!(reply.status, StatusCode::FORBIDDEN, "{} {headers:?}", route.path);
            }
        }
        assert!(before == site.rows(), "a form of another site changed something");
    }
}

/// Seen to fail: with forms of every content type read.
#[tokio::test(flavor = "multi_thread")]
async fn x17_other_types_and_methods_are_refused() {
    for site in Site::everywhere().await {
        let before = site.rows();
        for route in crate::site::pages().iter().filter(|route| route.method == Method::POST) {
            let path = site.path(route.path);
            for kind in ["text/plain", "application/json", "multipart/form-data; boundary=x"] {
                let headers = [("sec-fetch-site", "same-origin"), ("content-type", kind)];
                let reply = site.send(&Method::POST, &path, site.master(&path), "{\"a\":1}", &headers).await;
                let in_parts = kind.starts_with("multipart") && comes_in_parts(&path);
                let refused =
                    if in_parts { StatusCode::BAD_REQUEST } else { StatusCode::UNSUPPORTED_MEDIA_TYPE };
                assert_eq!(reply.status, refused, "{path} {kind}");
            }
            for method in [Method::PUT, Method::PATCH, Method::DELETE] {
                let reply = site.ask(&method, &path, site.admin(), "").await;
                assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            }
        }
        assert!(before == site.rows());
    }
}

/// Fields nobody asked for are refused, not ignored. Seen to fail: with `deny_unknown_fields` taken from a form.
#[tokio::test(flavor = "multi_thread")]
async fn x19_fields_that_no_form_has_are_refused() {
    for site in Site::everywhere().await {
        let before = site.rows();
        for route in crate::site::pages().iter().filter(|route| route.method == Method::POST) {
            for field in
                ["login_id", "account_id", "status", "role", "isAdmin", "password_hash", "verified", "seq"]
            {
                let (path, form) = (site.path(route.path), format!("{field}=administrator"));
                let reply = site.ask(&Method::POST, &path, site.master(&path), &form).await;
                assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{} {field}", route.path);
            }
        }
        assert!(before == site.rows(), "a field that no form has changed something");
    }
}

/// One field given twice is refused. Seen to fail: with the last of two taken.
#[tokio::test(flavor = "multi_thread")]
async fn x13_an_address_given_twice_is_refused() {
    for site in Site::everywhere().await {
        let before = site.rows();
        let users = format!("/accounts/{}/users", site.account.id);
        for (path, form) in [
            ("/reset", "email=a%40example.com&email=b%40example.com"),
            ("/sign-in", "email=a%40example.com&email=b%40example.com&password=x"),
            (
                users.as_str(),
                "agent=no&user_type=administrator&first_name=A&last_name=B&email=a%40b.co&email=c%40d.co",
            ),
            (
                users.as_str(),
                "agent=no&user_type=administrator&first_name=A&last_name=B&email%5B%5D=a%40b.co",
            ),
        ] {
            let reply = site.ask(&Method::POST, path, site.admin(), form).await;
            assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{path} {form}");
        }
        for list in ["a%40b.co%2Cc%40d.co", "a%40b.co%3Bc%40d.co", "Name+%3Ca%40b.co%3E%2C+c%40d.co"] {
            let form = format!("agent=no&user_type=administrator&first_name=A&last_name=B&email={list}");
            let reply = site.ask(&Method::POST, &users, site.admin(), &form).await;
            assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{list}");
        }
        assert!(before == site.rows(), "nobody was made and nothing was sent");
    }
}

/// Seen to fail: without `MAX_FORM`.
#[tokio::test(flavor = "multi_thread")]
async fn x17_a_form_beyond_all_measure_is_not_read() {
    for site in Site::everywhere().await {
        let form = format!("first_name=Dana&last_name={}", "x".repeat(256 * 1024));
        let reply = site.ask(&Method::POST, "/me", site.admin(), &form).await;
        assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    }
}

/// After signing in one is led to a page of ours or to one's accounts, never elsewhere. Seen to fail: with
/// `next` taken as it was typed.
#[tokio::test(flavor = "multi_thread")]
async fn x24_signing_in_leads_nowhere_else() {
    for site in Site::everywhere().await {
        let email = site.account.admin.email.replace('@', "%40");
        let password = testkit::PASSWORD.replace(' ', "+");
        let (users, own) = (format!("/accounts/{}/users", site.account.id), "/accounts");
        for (next, led) in [
            (users.as_str(), users.as_str()),
            ("", own),
            ("//evil.example", own),
            ("https://evil.example/accounts", own),
            ("/%5Cevil.example", own),
            ("/nowhere", own),
        ] {
            let form = format!("email={email}&password={password}&next={next}");
            let reply = site.ask(&Method::POST, "/sign-in", None, &form).await;
            assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, led), "{next}");
        }
    }
}

/// Who tries too often is told for how long to wait. Seen to fail: without `Retry-After`.
#[tokio::test(flavor = "multi_thread")]
async fn a06_who_tries_too_often_is_told_when_to_try_again() {
    for site in Site::everywhere().await {
        let mut reply = site.ask(&Method::POST, "/sign-in", None, "email=a%40b.co&password=x").await;
        for _ in 0..app::limits::SIGN_IN.most {
            assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
            reply = site.ask(&Method::POST, "/sign-in", None, "email=a%40b.co&password=x").await;
        }
        assert_eq!(reply.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(reply.headers.get("retry-after").and_then(|wait| wait.to_str().ok()), Some("900"));
    }
}

/// A form that must not be read.
struct Untouched;

impl HttpBody for Untouched {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        panic!("it is read");
    }
}

/// What is large is read from nobody who may not send it. Seen to fail: with the pass minted by the handler alone.
#[tokio::test(flavor = "multi_thread")]
async fn x31_no_large_form_of_a_stranger_is_read() {
    for site in Site::everywhere().await {
        for pattern in [
            "/accounts/{account}/jobs",
            "/accounts/{account}/jobs/new",
            "/account-centers/{account_center}/jobs",
            "/account-centers/{account_center}/jobs/new",
            "/account-centers/{account_center}/users/new",
            "/account-centers/{account_center}/users/create",
        ] {
            let path = site.path(pattern);
            let stranger = site.world.sign_in("manager@example.com").await.ask;
            for (ask, status) in [(None, StatusCode::SEE_OTHER), (Some(&stranger), StatusCode::NOT_FOUND)] {
                let mut request = Request::builder().method("POST").uri(&path).header("host", site.host());
                for (name, value) in [("sec-fetch-site", "same-origin"), FORM, ("content-length", "3000000")]
                {
                    request = request.header(name, value);
                }
                if let Some(session) = ask.and_then(|ask: &app::Ask| ask.credentials.session.as_deref()) {
                    request = request.header("cookie", format!("__Host-session={session}"));
                }
                let reply = site.answer(request.body(Body::new(Untouched)).expect("a request")).await;
                let refused = if pattern.contains("{account}") && ask.is_some() {
                    StatusCode::FORBIDDEN
                } else {
                    status
                };
                assert_eq!(reply.status, refused, "{pattern}");
            }
        }
    }
}
