//! No more emails of an alert: what a link does that is followed, and what a mail program's request does.

use domain::receiver::Stop;
use http::{Method, StatusCode};

use crate::records::new_mailed_alert;
use crate::site::Site;

/// A mail program's request has no cookie, and says nothing of where it comes from.
const BY_MAILBOX: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];

/// Seen to fail: with the link ending it when it is followed, with the `CsrfLayer` around the request of mail
/// programs, and with what is over answered as an error.
#[tokio::test(flavor = "multi_thread")]
async fn x31_x02_a_mail_program_ends_an_alert_and_whoever_looks_does_not() {
    for site in Site::everywhere().await {
        let world = &site.world;
        let (one, two) = (new_mailed_alert(&site).await, new_mailed_alert(&site).await);
        let link = |id| world.app.unsubscribe_link(&site.account.id, Stop::Alert(id), "");
        let alerts = || world.sql("SELECT id FROM notification").len();
        let (before, rows) = (alerts(), site.rows());
        for method in [Method::GET, Method::HEAD] {
            let reply = site.send(&method, &link(one), None, "", &[]).await;
            assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, "/unsubscribe"));
        }
        let ask = world.follow(&format!("{}{}", world.app.settings.base_url, link(one)));
        let page = site.ask(&Method::GET, "/unsubscribe", Some(&ask), "").await;
        assert!(page.body.contains("<form method=\"post\" action=\"/unsubscribe\">"), "{}", page.body);
        assert!(page.body.contains("manager@example.com"));
        assert!(rows == site.rows(), "looking changed something");
        // As RFC 8058 has it, and the same once more.
        for form in ["List-Unsubscribe=One-Click", "List-Unsubscribe=One-Click", ""] {
            let reply = site.send(&Method::POST, &link(one), None, form, &BY_MAILBOX).await;
            assert_eq!(reply.status, StatusCode::OK);
        }
        assert_eq!(alerts(), before - 1);
        let page = site.ask(&Method::GET, "/unsubscribe", Some(&ask), "").await;
        assert!(page.body.contains("These emails have stopped"), "{}", page.body);
        let again = site.ask(&Method::POST, "/unsubscribe", Some(&ask), "").await;
        assert_eq!((again.status, again.location()), (StatusCode::SEE_OTHER, "/unsubscribe"));
        // In another form, from another site: the address alone counts, and opens nothing else.
        let elsewhere =
            [("content-type", "multipart/form-data; boundary=x"), ("sec-fetch-site", "cross-site")];
        let reply = site.send(&Method::POST, &link(two), None, "--x--", &elsewhere).await;
        assert_eq!((reply.status, alerts()), (StatusCode::OK, before - 2));
        let rows = site.rows();
        for bad in [link(two).replace("/alert/", "/summary/"), format!("{}x", link(two)), link(one) + "/x"] {
            let reply = site.send(&Method::POST, &bad, None, "", &BY_MAILBOX).await;
            assert!(reply.status.is_client_error(), "{bad}: {}", reply.status);
        }
        assert!(rows == site.rows());
    }
}
