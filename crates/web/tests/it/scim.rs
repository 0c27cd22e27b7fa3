//! Routes of SCIM: whose they are, what they record, and that nothing of a person opens them (A-08, X-10, X-29).

use app::Ask;
use http::{Method, StatusCode};
use web::http::route::{Route, Speaks};

use crate::site::{Reply, Site};

fn routes() -> Vec<Route> {
    let mut routes = web::routes::table();
    routes.retain(|route| route.path.starts_with("/scim/"));
    assert!(routes.iter().all(|route| route.speaks == Speaks::Scim));
    routes
}

fn changes(route: &Route) -> bool {
    !route.records.is_empty()
}

/// What succeeds at a route.
fn body(route: &Route) -> &'static str {
    match (route.method.as_str(), route.path) {
        ("POST" | "PUT", path) if path.starts_with("/scim/v2/Users") => {
            r#"{"userName": "nova@example.com", "name": {"givenName": "Nova", "familyName": "Bell"}, "active": true}"#
        }
        ("PATCH", path) if path.starts_with("/scim/v2/Users") => {
            r#"{"Operations": [{"op": "replace", "path": "active", "value": false}]}"#
        }
        ("POST" | "PUT", path) if path.starts_with("/scim/v2/Groups") => r#"{"displayName": "Others"}"#,
        ("PATCH", _) => r#"{"Operations": [{"op": "replace", "path": "displayName", "value": "More"}]}"#,
        _ => "{}",
    }
}

async fn ask(site: &Site, route: &Route, path: &str, token: Option<&str>, cookies: Option<&Ask>) -> Reply {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let mut headers = vec![("content-type", "application/scim+json")];
    if let Some(bearer) = &bearer {
        headers.push(("authorization", bearer));
    }
    site.send(&route.method, path, cookies, body(route), &headers).await
}

fn with(pattern: &str, user: &str, group: &str) -> String {
    pattern.replace("{scim_user}", user).replace("{scim_group}", group).replace("{scim_name}", "User")
}

async fn token(site: &Site, account: &testkit::Account) -> (String, String) {
    site.world.sql(&format!("DELETE FROM directory WHERE account_id = '{}'", account.id));
    let (ask, group) = site.world.directory(account).await;
    (ask.credentials.directory.expect("a token"), group.to_string())
}

/// A-08, X-09: neither nobody, nor a person's cookies, nor their key opens a route; each says so in SCIM's words. Seen to fail: with
/// the credentials of the visitor left as they are in `call.rs` and a session asked for in `DirectoryPass`.
#[tokio::test]
async fn a08_x09_only_the_directorys_token_opens_its_routes() {
    for site in Site::everywhere().await {
        let (token, _) = token(&site, &site.account).await;
        for route in routes() {
            let path = with(route.path, site.user.as_str(), "GRP0");
            for (tried, cookies) in [(None, None), (None, site.admin()), (Some("x"), site.admin())] {
                let reply = ask(&site, &route, &path, tried, cookies).await;
                assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{} {path}", route.method);
                assert_eq!(reply.headers["content-type"], "application/scim+json");
                assert_eq!(reply.headers["www-authenticate"], "Bearer");
            }
        }
        // Nor does it open anything else.
        for path in [format!("/accounts/{}", site.account.id), "/v3/a.json".to_owned()] {
            let bearer = format!("Bearer {token}");
            let reply = site.send(&Method::GET, &path, None, "", &[("authorization", &bearer)]).await;
            assert!([StatusCode::SEE_OTHER, StatusCode::UNAUTHORIZED].contains(&reply.status), "{path}");
        }
    }
}

/// A-08, A-05: what changes something is recorded as the table says, under the directory's name. Seen to fail: with another verb in
/// the table.
#[tokio::test]
async fn a08_a05_every_change_is_recorded_under_the_directorys_name() {
    for site in Site::everywhere().await {
        for (number, route) in routes().iter().filter(|route| changes(route)).enumerate() {
            let (token, group) = token(&site, &site.account).await;
            let user = site
                .account
                .join(&format!("nick{number}@scim.example"), domain::user::UserType::Administrator, &[])
                .await
                .0;
            site.world.sql("DELETE FROM \"user\" WHERE email = 'nova@example.com'");
            let before = site.account.activity().await.len();
            let path = with(route.path, user.as_str(), &group);
            // Who signs in keeps their address, which a PUT names.
            let reply = if route.method == Method::PUT && path.contains("v2/Users/") {
                let bearer = format!("Bearer {token}");
                let body = r#"{"userName": "nova", "name": {"givenName": "Nova", "familyName": "Bell"}}"#;
                let headers = [("content-type", "application/scim+json"), ("authorization", bearer.as_str())];
                site.send(&route.method, &path, None, body, &headers).await
            } else {
                ask(&site, route, &path, Some(&token), None).await
            };
            assert!(reply.status.is_success(), "{} {path}: {} {}", route.method, reply.status, reply.body);
            let entries = site.account.activity().await.split_off(before);
            for verb in route.records {
                assert!(
                    entries.iter().any(|entry| entry.verb == verb.key()),
                    "{} {path}: {entries:?}",
                    route.method
                );
            }
            assert!(
                entries.iter().all(|entry| entry.actor_kind == "directory" && entry.actor_name == "Okta")
            );
        }
    }
}

/// A-08, X-10: ids of others, and what is no id, are not there, and tell nothing. Seen to fail: with the account left out of
/// `directory::user::list`.
#[tokio::test]
async fn a08_x10_ids_of_others_are_not_there() {
    for site in Site::everywhere().await {
        let (token, _) = token(&site, &site.account).await;
        let (_, foreign_group) = self::token(&site, &site.other).await;
        let made_up = format!("USR{}", "f".repeat(32));
        let none = format!("GRP{}", "f".repeat(32));
        for route in routes()
            .iter()
            .filter(|route| route.path.contains("{scim_user}") || route.path.contains("{scim_group}"))
        {
            let first = ask(&site, route, &with(route.path, &made_up, &none), Some(&token), None).await;
            assert_eq!(first.status, StatusCode::NOT_FOUND);
            for (user, group) in [
                (site.foreign_user.as_str(), foreign_group.as_str()),
                (site.deleted.as_str(), "x"),
                ("1", "1"),
            ] {
                let reply = ask(&site, route, &with(route.path, user, group), Some(&token), None).await;
                assert_eq!(
                    (reply.status, &reply.body),
                    (first.status, &first.body),
                    "{} {}",
                    route.method,
                    route.path
                );
            }
        }
    }
}

/// A-08: nothing that is sent breaks the server, and what is wrong is told in SCIM's words. Seen to fail: with `invalid` answering 200.
#[tokio::test]
async fn a08_what_can_not_be_read_is_refused_in_words_of_scim() {
    let site = Site::new(testkit::World::sqlite().await).await;
    let (token, _) = token(&site, &site.account).await;
    let bearer = format!("Bearer {token}");
    let headers = [("content-type", "application/scim+json"), ("authorization", bearer.as_str())];
    for (method, path, body, status, word) in [
        ("POST", "/scim/v2/Users", "{", 400, "invalidSyntax"),
        ("POST", "/scim/v2/Users", "[]", 400, "invalidSyntax"),
        ("POST", "/scim/v2/Users", "{}", 400, "invalidValue"),
        ("POST", "/scim/v2/Users", r#"{"userName": 1}"#, 400, "invalidValue"),
        ("POST", "/scim/v2/Users", r#"{"userName": "nova"}"#, 400, "invalidValue"),
        ("POST", "/scim/v2/Users", r#"{"userName": "user@example.com"}"#, 409, "uniqueness"),
        (
            "POST",
            "/scim/v2/Groups",
            r#"{"displayName": "a", "members": [{"value": "USR1"}]}"#,
            400,
            "invalidValue",
        ),
        ("GET", "/scim/v2/Users?filter=userName", "", 400, "invalidFilter"),
        ("GET", "/scim/v2/Users?filter=title%20eq%20%22a%22", "", 400, "invalidFilter"),
        ("GET", "/scim/v2/Users?startIndex=9999999", "", 400, "tooMany"),
        ("GET", "/scim/v2/Users?count=x", "", 400, "invalidValue"),
    ] {
        let reply = site.send(&method.parse().expect("a method"), path, None, body, &headers).await;
        assert_eq!(reply.status.as_u16(), status, "{path} {body}: {}", reply.body);
        assert!(reply.body.contains(&format!("\"scimType\":\"{word}\"")), "{path} {body}: {}", reply.body);
    }
    for (method, path, status) in [
        // What is left empty is left out.
        ("GET", "/scim/v2/Users?filter=&attributes=&excludedAttributes=&startIndex=&count=&sortBy=", 200),
        ("GET", "/scim/v2/Nothing", 404),
        ("GET", "/scim/v2", 404),
        ("PUT", "/scim/v2/Users", 405),
        ("GET", "/scim/v2/Me", 501),
        ("POST", "/scim/v2/Bulk", 501),
    ] {
        let reply = site.send(&method.parse().expect("a method"), path, None, "{}", &headers).await;
        assert_eq!(reply.status.as_u16(), status, "{path}: {}", reply.body);
        let kind = if status == 200 { "ListResponse" } else { "Error" };
        assert!(reply.body.contains(&format!("api:messages:2.0:{kind}")), "{path}: {}", reply.body);
    }
}

/// A-08: a list ends before it has too many people or groups in it, and says where; who leaves them out gets all of it. Seen to fail:
/// without the `break` in `group::list`.
#[tokio::test]
async fn a08_lists_end_before_there_is_too_much_in_them() {
    for site in Site::everywhere().await {
        let account = &site.account.id;
        let (token, first) = token(&site, &site.account).await;
        site.world
            .sql(&format!("DELETE FROM directory_group WHERE account_id = '{account}' AND id = '{first}'"));
        let zeros = "0".repeat(24);
        let numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <";
        site.world.sql(&format!(
            "{numbers} 300) INSERT INTO \"user\" (account_id, id, email, email_canonical, first_name, last_name, display_name,
                 sort_name, user_type, agent, status, invoice_emails, created_at, last_active_at, listed)
             SELECT '{account}', 'USR{zeros}' || (10000000 + i), i || '@crowd.example', i || '@crowd.example', 'A', 'B', '',
                 'a b', 'reporting', 0, 'active', 0, 1, 1, 'active' FROM n"
        ));
        site.world.sql(&format!(
            "{numbers} 80) INSERT INTO directory_group (account_id, id, name, name_key, external_id, created_at, updated_at)
             SELECT '{account}', 'GRP{zeros}' || (10000000 + i), 'G', 'g', '', 1, 1 FROM n"
        ));
        site.world.sql(&format!(
            "INSERT INTO directory_member (account_id, group_id, user_id)
             SELECT u.account_id, g.id, u.id FROM \"user\" u JOIN directory_group g ON g.account_id = u.account_id
             WHERE u.account_id = '{account}' AND u.email LIKE '%@crowd.example'"
        ));
        let bearer = format!("Bearer {token}");
        // What is listed of a whole page, and how much of it where the other kind is listed with each.
        for (path, inner, whole, cut, each) in
            [("Groups", "members", 80, 5_000 / 300, 300), ("Users", "groups", 100, 4_999 / 80, 80)]
        {
            let without = format!("?excludedAttributes={inner}");
            for (query, shown, each) in [("", cut, each), ("?startIndex=11", cut, each), (&without, whole, 0)]
            {
                let path = format!("/scim/v2/{path}{query}");
                let reply = site.send(&Method::GET, &path, None, "", &[("authorization", &bearer)]).await;
                let list: serde_json::Value = serde_json::from_str(&reply.body).expect("JSON");
                assert_eq!(list["itemsPerPage"].as_u64(), Some(shown), "{path}");
                assert!(list["totalResults"].as_u64() >= Some(whole), "{path}");
                let listed = list["Resources"].as_array().expect("a list");
                assert_eq!(listed.len() as u64, shown, "{path}");
                let has = |one: &serde_json::Value| one[inner].as_array().map_or(0, Vec::len);
                assert!(listed.iter().all(|one| has(one) == each), "{path}");
            }
        }
    }
}

/// A-08: a type that is none to choose is told of where it is chosen, and each token's button says which it ends. Seen to fail:
/// with `problems` knowing only `name`.
#[tokio::test]
async fn a08_the_directorys_page_tells_what_is_wrong_and_which_token_ends() {
    let site = Site::new(testkit::World::sqlite().await).await;
    let (_, _) = token(&site, &site.account).await;
    let at = format!("/accounts/{}/directory", site.account.id);
    site.world.advance(domain::time::Span::minutes(3));
    site.ask(&Method::POST, &format!("{at}/tokens"), site.admin(), "").await;
    let reply = site
        .ask(&Method::POST, &format!("{at}/change"), site.admin(), "name=Okta&user_type=administrator")
        .await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        reply.body.contains("href=\"#user_type\"") && reply.body.contains("id=\"user_type-error\""),
        "{}",
        reply.body
    );
    let labels: std::collections::BTreeSet<&str> = reply
        .body
        .split("aria-label=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|label| label.starts_with("End "))
        .collect();
    assert_eq!(labels.len(), 2, "{labels:?}");
}
