//! The route table: every page and action, who gets in, what it records. Router, menus and the tests that walk every
//! route are made from it.

mod account;
mod account_center;
mod person;
mod user;

use std::sync::LazyLock;

use app::pass::Door;
use domain::activity::Verb;

use crate::http::route::{Route, Speaks, get, post};
use crate::pages::operator;
use crate::{api, scim};

/// All routes.
pub fn table() -> Vec<Route> {
    let parts = [
        person::all(),
        account::all(),
        user::all(),
        account_center::all(),
        operator(),
        api::routes(),
        scim::routes(),
    ];
    parts.into_iter().flatten().collect()
}

fn operator() -> Vec<Route> {
    vec![
        get("/operator/mails", operator::mails),
        get("/operator/mails/{mail}", operator::mail),
        get("/operator/mails/{mail}/html", operator::mail_html),
        post("/operator/mails/{mail}/again", operator::try_again).records(&[Verb::MailTriedAgain]),
        get("/operator/{token}", operator::follow),
    ]
}

static DOORS: LazyLock<Vec<(http::Method, &'static str, Door)>> = LazyLock::new(|| {
    let pages = table().into_iter().filter(|route| route.speaks == Speaks::Pages);
    pages.map(|route| (route.method, route.path, route.door)).collect()
});

/// Who gets in at a page of this path; `None` if there is none.
pub fn door_of(path: &str) -> Option<Door> {
    DOORS
        .iter()
        .find(|(method, found, _)| method == http::Method::GET && *found == path)
        .map(|(_, _, door)| *door)
}

/// Whether a path leads to a page of ours: where people may be sent after signing in.
pub fn leads_to_a_page(path: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/-_".contains(&b);
    // A link that is followed changes which link a browser has: nobody is sent along one.
    let is_page = |(method, pattern, _): &&(http::Method, &'static str, Door)| {
        method == http::Method::GET && !pattern.contains("{token}") && fits(pattern, path)
    };
    path.starts_with('/') && path.bytes().all(plain) && DOORS.iter().find(is_page).is_some()
}

fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
    let same = |(wanted, found): (&&str, &&str)| {
        if wanted.starts_with('{') { !found.is_empty() } else { wanted == found }
    };
    pattern.len() == path.len() && pattern.iter().zip(&path).all(same)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seen to fail: with whatever begins with a slash taken for a page of ours.
    #[test]
    fn x24_only_our_own_pages_are_led_to() {
        for good in ["/", "/accounts", "/accounts/ACC1/users", "/me/sessions"] {
            assert!(leads_to_a_page(good), "{good}");
        }
        for bad in [
            "",
            "//evil.example",
            "/\\evil.example",
            "/%09/evil.example",
            "https:evil.example",
            "javascript:alert(1)",
            "https://evil.example/accounts",
            "/accounts?next=//evil",
            "/nowhere",
            "/accounts//users",
            "/sign-out",
            "/reset/x",
            "/email-change/x",
            "/login-merge/x",
            "/invitations/ACC1/x",
            "/setup/x",
        ] {
            assert!(!leads_to_a_page(bad), "{bad}");
        }
    }
}
