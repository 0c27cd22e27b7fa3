//! What stands behind the question mark of a page's address: what a mail program adds is passed over, and what is asked for
//! is neither passed over nor guessed.

use http::{Method, StatusCode};

use crate::site::Site;

/// Whoever asks for one person's is not shown another's, or everybody's. Seen to fail: with a query that has an unknown
/// field taken for none.
#[tokio::test]
async fn x19_what_a_mail_program_adds_to_an_address_changes_nothing_else() {
    for site in Site::everywhere().await {
        let account = format!("/accounts/{}", site.account.id);
        for asked in [
            format!("{account}/alerts?user={}", site.user),
            format!("{account}/api-keys?user={}", site.user),
            format!("{account}/users?type=manager"),
            format!("{account}/activity?q=reporting"),
        ] {
            let without = site.ask(&Method::GET, &asked, site.admin(), "").await;
            assert_eq!(without.status, StatusCode::OK, "{asked}");
            let nothing = asked.split('?').next().expect("a path");
            let nothing = site.ask(&Method::GET, nothing, site.admin(), "").await;
            assert_ne!(without.body, nothing.body, "{asked} asks for something");
            for more in [format!("{asked}&utm_source=x"), asked.replace('?', "?utm_source=x&")] {
                let with = site.ask(&Method::GET, &more, site.admin(), "").await;
                assert_eq!(with.status, StatusCode::OK, "{more}");
                assert_eq!(bare(&with.body), bare(&without.body), "{more}");
            }
            let (_, pair) = asked.split_once('?').expect("a query");
            let twice = site.ask(&Method::GET, &format!("{asked}&{pair}"), site.admin(), "").await;
            assert_eq!(twice.status, StatusCode::BAD_REQUEST, "{asked} twice");
        }
    }
}

/// A page without the address that it leads back to.
fn bare(body: &str) -> String {
    [
        "%26utm_source%3Dx",
        "utm_source%3Dx%26",
        "&amp;utm_source=x",
        "utm_source=x&amp;",
        "&#38;utm_source=x",
        "utm_source=x&#38;",
    ]
    .iter()
    .fold(body.to_owned(), |body, added| body.replace(added, ""))
}
