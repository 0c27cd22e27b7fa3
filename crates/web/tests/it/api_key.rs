//! Keys that are narrowed, at every route that a key opens; and the pages on which they are made, seen and ended.

use app::Ask;
use app::pass::Door;
use domain::api_key::TypedKey;
use domain::user::UserType;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use web::http::route::{Route, Speaks};

use crate::data::member;
use crate::site::{Reply, Site};

/// Every route that opens to keys: of the API, and of pages' data.
fn routes() -> Vec<Route> {
    let mut routes = web::routes::table();
    routes.retain(|route| matches!(route.speaks, Speaks::Api | Speaks::Data) && route.door != Door::Open);
    routes
}

async fn made(site: &Site, ask: &Ask, typed: TypedKey) -> String {
    let typed = TypedKey { account: site.account.id.to_string(), ends: "90".into(), ..typed };
    let name = format!("key {}", site.world.sql("SELECT COUNT(*) FROM api_key")[0][0]);
    let typed = TypedKey { name, ..typed };
    site.world.app.create_api_key(ask, &typed, testkit::PASSWORD).await.expect("a key is made").1
}

async fn of_company(site: &Site, ask: &Ask) -> String {
    let companies = vec![site.company.to_string()];
    made(site, ask, TypedKey { which: "some".into(), companies, ..TypedKey::default() }).await
}

async fn of_rights(site: &Site, ask: &Ask, keys: &[&str]) -> String {
    let capabilities = keys.iter().map(|key| (*key).to_owned()).collect();
    made(site, ask, TypedKey { may: "some".into(), capabilities, ..TypedKey::default() }).await
}

async fn call(site: &Site, method: &Method, path: &str, key: &str, body: &Value) -> Reply {
    let authorization = format!("Token token=\"{key}\"");
    let headers = [
        ("authorization", authorization.as_str()),
        ("content-type", "application/json"),
        ("sec-fetch-site", "same-origin"),
    ];
    let body = if body.is_null() { String::new() } else { body.to_string() };
    site.send(method, path, None, &body, &headers).await
}

/// Paths of a route: with the company that the key names, and with the one that it does not.
fn paths(site: &Site, route: &Route) -> Vec<String> {
    let path = site.path(route.path);
    let of_other = path.replace(site.company.as_str(), site.other_company.as_str());
    let questions = match route.path {
        "/accounts/{account}/may/{capability}" => vec![format!("{path}?company={}", site.other_company)],
        path if path.ends_with("s.json") => vec![format!("{of_other}?company_id={}", site.other_company)],
        _ => Vec::new(),
    };
    let mut paths = vec![path, of_other];
    paths.extend(questions);
    paths.dedup();
    paths
}

/// A key that names one company sees and changes nothing of another, nor what is its owner's alone or of the
/// account as a whole, at any route there is, in whatever it asks for; and nothing is changed by what was refused. Seen to
/// fail: with lists that do not ask which companies the key names.
#[tokio::test(flavor = "multi_thread")]
async fn a07_x03_a_key_of_one_company_sees_no_other_at_any_route() {
    for site in Site::everywhere().await {
        for ask in [site.admin().expect("there is one"), member(&site, UserType::Manager)] {
            if ask.credentials.session == site.account.admin.ask.credentials.session {
                name_everything(&site).await;
            }
            let key = of_company(&site, ask).await;
            let mut let_in = 0;
            for route in routes() {
                for path in paths(&site, &route) {
                    let other = site.other_company.as_str();
                    for body in bodies(&site) {
                        let reply = call(&site, &route.method, &path, &key, &body).await;
                        let whole = format!("{} {path}: {} {}", route.method, reply.status, reply.body);
                        assert!(!reply.body.contains("Riverside"), "{whole}");
                        assert!(!reply.body.contains(other), "{whole}");
                        assert!(reply.status.as_u16() < 500, "{whole}");
                        if reply.status.is_success() {
                            let_in += 1;
                            let narrowed = ["companies", "tags", "a.json", ".json", "/may/"];
                            assert!(narrowed.iter().any(|part| path.contains(part)), "{whole}");
                            for own in ["users", "notifications", "summary_emails"] {
                                assert!(!path.contains(own), "{whole}");
                            }
                        }
                    }
                }
            }
            assert!(let_in > 5, "{let_in}");
            let others = format!(
                "SELECT name, disabled, external_form_capture FROM company WHERE id = '{}'",
                site.other_company
            );
            assert_eq!(site.world.sql(&others), [["Riverside", "0", "0"]]);
            site.world.sql(&format!(
                "UPDATE company SET name = 'Downtown', disabled = 0 WHERE id = '{}'",
                site.company
            ));
        }
    }
}

/// What may be sent along: nothing, and what names the other company.
fn bodies(site: &Site) -> [Value; 2] {
    let other = site.other_company.as_str();
    let named = json!({ "name": "Named", "company_id": other, "company_ids": [other], "companies": [other],
        "external_form_capture": true, "first_name": "Kim", "last_name": "Ode", "email": "kim@example.com",
        "role": "reporting", "sms_enabled": true, "send_email": true, "frequency": ["daily"] });
    [Value::Null, named]
}

/// Something of the other company in each list.
async fn name_everything(site: &Site) {
    let admin =
        of_rights(site, site.admin().expect("there is one"), &["manage_companies", "work_leads"]).await;
    let path = format!("/v3/a/{}/tags.json", site.account.id);
    let tag = json!({ "name": "Riverside lead", "company_id": site.other_company.as_str() });
    let reply = call(site, &Method::POST, &path, &admin, &tag).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.body);
}

/// A-07, P-17. A key that has some rights opens what takes these, and nothing else; a program is told which one is missing, as it
/// is told of a right that its owner lacks.
#[tokio::test(flavor = "multi_thread")]
async fn a07_p17_a_key_of_some_rights_opens_what_takes_these() {
    for site in Site::everywhere().await {
        let admin = site.admin().expect("there is one");
        let users = of_rights(&site, admin, &["manage_users"]).await;
        let calls = of_rights(&site, admin, &["read_calls"]).await;
        let at = |path: &str| format!("/v3/a/{}/{path}", site.account.id);
        let status = async |key: &str, method: Method, path: &str, body: Value| {
            let reply = call(&site, &method, &at(path), key, &body).await;
            let missing =
                reply.headers.get("x-missing-capability").map(|key| key.to_str().unwrap().to_owned());
            (reply.status.as_u16(), missing)
        };
        let named = |missing: &str| (403, Some(missing.to_owned()));
        assert_eq!(status(&users, Method::GET, "users.json", Value::Null).await.0, 200);
        assert_eq!(status(&calls, Method::GET, "users.json", Value::Null).await.0, 403);
        for key in [&users, &calls] {
            assert_eq!(status(key, Method::GET, "companies.json", Value::Null).await.0, 200);
            assert_eq!(status(key, Method::GET, "notifications.json", Value::Null).await.0, 403);
            let made = status(key, Method::POST, "companies.json", json!({ "name": "Branch" })).await;
            assert_eq!(made, named("manage_companies"));
        }
        let create = |role: &str| {
            // Administrators have all companies, and none is named.
            let mut body =
                json!({ "first_name": "Kim", "last_name": "Ode", "email": "kim@example.com", "role": role });
            if role != "admin" {
                body["companies"] = json!([site.company.as_str()]);
            }
            body
        };
        // Nobody gives by a key what the key has not: least of all an administrator's access. The right that this takes is there.
        let gives_too_much = (403, None);
        for role in ["admin", "manager", "reporting"] {
            let made = status(&users, Method::POST, "users.json", create(role)).await;
            assert_eq!(made, gives_too_much, "{role}");
        }
        let reading = [
            "manage_users",
            "receive_notifications",
            "read_calls",
            "use_lead_center",
            "place_calls",
            "work_leads",
        ];
        let enough = of_rights(&site, admin, &reading).await;
        assert_eq!(status(&enough, Method::POST, "users.json", create("manager")).await, gives_too_much);
        assert_eq!(status(&enough, Method::POST, "users.json", create("reporting")).await.0, 201);
        let promote = format!("users/{}/promote.json", site.user);
        let promoted = status(&enough, Method::POST, &promote, json!({ "role": "admin" })).await;
        assert_eq!(promoted, gives_too_much);
    }
}

/// A-07, P-17. A program learns in which way its key is too narrow; only where a right is missing, one is named.
#[tokio::test(flavor = "multi_thread")]
async fn a07_p17_a_refusal_says_how_the_key_is_too_narrow() {
    for site in Site::everywhere().await {
        let admin = site.admin().expect("there is one");
        let here = of_company(&site, admin).await;
        let reads = made(&site, admin, TypedKey { reads_only: true, ..TypedKey::default() }).await;
        let calls = of_rights(&site, admin, &["read_calls"]).await;
        let users = of_rights(&site, admin, &["manage_users"]).await;
        let branch = json!({ "name": "Branch" });
        let kim =
            json!({ "first_name": "Kim", "last_name": "Ode", "email": "kim@example.com", "role": "admin" });
        for (key, method, path, sent, said, right) in [
            (&here, Method::GET, "users.json", &Value::Null, "works for some companies only", None),
            (&here, Method::POST, "companies.json", &branch, "works for some companies only", None),
            (&reads, Method::POST, "companies.json", &branch, "only reads", None),
            (&calls, Method::POST, "companies.json", &branch, "without the right", Some("manage_companies")),
            (&calls, Method::GET, "users.json", &Value::Null, "for some rights only", None),
            (&users, Method::POST, "users.json", &kim, "gives nobody what it has not", None),
        ] {
            let path = format!("/v3/a/{}/{path}", site.account.id);
            let reply = call(&site, &method, &path, key, sent).await;
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{method} {path}: {}", reply.body);
            assert!(reply.body.contains(said), "{method} {path}: {}", reply.body);
            let named = reply.headers.get("x-missing-capability").map(|key| key.to_str().unwrap());
            assert_eq!(named, right, "{method} {path}");
        }
        // Its owner reads the same where it is listed.
        let own = site.ask(&Method::GET, "/me/api-keys", Some(admin), "").await.body;
        for line in ["All that its owner may within its companies", "no users and no account settings"] {
            assert_eq!(own.matches(line).count(), 1, "{line}: {own}");
        }
    }
}

/// A key that only reads is refused by every route that changes something, and nothing is changed.
#[tokio::test(flavor = "multi_thread")]
async fn a07_a_key_that_only_reads_is_refused_by_every_route_that_changes_something() {
    for site in Site::everywhere().await {
        let admin = site.admin().expect("there is one");
        let key = made(&site, admin, TypedKey { reads_only: true, ..TypedKey::default() }).await;
        // What is noted of its use is noted once.
        call(&site, &Method::GET, &format!("/v3/a/{}.json", site.account.id), &key, &Value::Null).await;
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        let before = site.rows();
        let (mut read, mut refused) = (0, 0);
        for route in routes() {
            let [_, body] = bodies(&site);
            let reply = call(&site, &route.method, &site.path(route.path), &key, &body).await;
            match route.method {
                Method::GET => read += usize::from(reply.status.is_success()),
                _ => {
                    let is_refused = matches!(reply.status.as_u16(), 400 | 403 | 404 | 422);
                    assert!(is_refused, "{} {}: {}", route.method, route.path, reply.body);
                    refused += usize::from(reply.status == StatusCode::FORBIDDEN);
                }
            }
        }
        assert!(read > 8 && refused > 4, "{read} {refused}");
        assert!(before == site.rows(), "a key that only reads changed something");
    }
}

/// The form gives back what was typed where something is wrong, and nothing chosen is told in a sentence. Seen to
/// fail: with the companies that were ticked not given back.
#[tokio::test(flavor = "multi_thread")]
async fn a07_the_form_loses_nothing_and_says_what_is_missing() {
    for site in Site::everywhere().await {
        let password = testkit::PASSWORD.replace(' ', "+");
        let form = format!(
            "name=Nightly&account={}&which=some&company={}&may=some&reads_only=yes&ends=day&ends_on=2001-01-01&password={password}",
            site.account.id, site.company
        );
        let reply = site.ask(&Method::POST, "/me/api-keys", site.admin(), &form).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", reply.body);
        for shown in ["Choose at least one thing it may do.", "value=\"Nightly\"", "2001-01-01"] {
            assert!(reply.body.contains(shown), "{shown}: {}", reply.body);
        }
        let ticked = format!("value=\"{}\" checked", site.company);
        assert!(reply.body.contains(&ticked), "{}", reply.body);
        assert!(!reply.body.contains(testkit::PASSWORD));
        // An account that one is not in is none, and looks like one that nobody has.
        for account in [site.other.id.to_string(), format!("ACC{}", "7".repeat(32))] {
            let form =
                format!("name=Nightly&account={account}&which=all&may=all&ends=90&password={password}");
            let reply = site.ask(&Method::POST, "/me/api-keys", site.admin(), &form).await;
            assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(!reply.body.contains("Other Dental"), "{}", reply.body);
        }
        assert!(site.world.sql("SELECT id FROM api_key").is_empty());
    }
}

/// A-07, P-08. Administrators alone see the keys of others, and nobody sees one again; what an administrator ends stands to be
/// read by its owner.
#[tokio::test(flavor = "multi_thread")]
async fn a07_administrators_alone_see_keys_of_others() {
    for site in Site::everywhere().await {
        let manager = member(&site, UserType::Manager);
        let key = of_company(&site, manager).await;
        let path = format!("/accounts/{}/api-keys", site.account.id);
        let page = site.ask(&Method::GET, &path, site.admin(), "").await;
        for shown in ["key 0", "Manager Reyes", "Only Downtown", "Never used"] {
            assert!(page.body.contains(shown), "{shown}: {}", page.body);
        }
        let hash = site.world.sql("SELECT token_hash FROM api_key").remove(0).remove(0);
        assert!(!page.body.contains(&key) && !page.body.contains(&hash));
        let id = site.world.sql("SELECT id FROM api_key").remove(0).remove(0);
        let end = format!("{path}/{id}/end");
        for standing in [UserType::Manager, UserType::Reporting, UserType::Agent] {
            let ask = Some(member(&site, standing));
            assert_eq!(site.ask(&Method::GET, &path, ask, "").await.status, StatusCode::FORBIDDEN);
            assert_eq!(site.ask(&Method::POST, &end, ask, "").await.status, StatusCode::FORBIDDEN);
        }
        let foreign = format!("/accounts/{}/api-keys/{id}/end", site.other.id);
        let olga = Some(&site.other.admin.ask);
        assert_eq!(site.ask(&Method::POST, &foreign, olga, "").await.status, StatusCode::NOT_FOUND);
        assert_eq!(site.ask(&Method::POST, &end, site.admin(), "").await.status, StatusCode::SEE_OTHER);
        let own = site.ask(&Method::GET, "/me/api-keys", Some(manager), "").await;
        assert!(own.body.contains("Ended in Acme by Ada Reyes"), "{}", own.body);
        let account = format!("/v3/a/{}.json", site.account.id);
        let refused = call(&site, &Method::GET, &account, &key, &Value::Null).await;
        let wrong = call(&site, &Method::GET, &account, "x", &Value::Null).await;
        assert_eq!((refused.status, refused.body), (wrong.status, wrong.body));
    }
}

/// What ends is asked for first: the page says what stops, when the key was last used, and that it can't be undone; looking at
/// it ends nothing, and of an ended key there is none.
#[tokio::test(flavor = "multi_thread")]
async fn a07_before_a_key_ends_the_page_says_what_stops() {
    for site in Site::everywhere().await {
        let manager = member(&site, UserType::Manager);
        let key = of_company(&site, manager).await;
        let id = site.world.sql("SELECT id FROM api_key").remove(0).remove(0);
        let (own, of_account) =
            (format!("/me/api-keys/{id}/end"), format!("/accounts/{}/api-keys/{id}/end", site.account.id));
        let look = async |path: &str, ask: &Ask| site.ask(&Method::GET, path, Some(ask), "").await;
        let admin = &site.account.admin.ask;
        let page = look(&own, manager).await.body;
        for shown in
            ["End the key key 0?", "refused from the next request on", "Never used", "can’t be undone"]
        {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        let account = format!("/v3/a/{}.json", site.account.id);
        assert_eq!(call(&site, &Method::GET, &account, &key, &Value::Null).await.status, StatusCode::OK);
        site.world.sql(&format!(
            "INSERT INTO api_key_account (account_id, api_key_id, last_used_at) VALUES ('{}', '{id}', 1)
             ON CONFLICT (account_id, api_key_id) DO UPDATE SET last_used_at = 1",
            site.account.id
        ));
        let page = look(&of_account, admin).await.body;
        for shown in ["refused in Acme", "Last used:", "Manager Reyes is told by email.", "can’t be undone"]
        {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        assert!(!page.contains("In other accounts"), "this key is for one: {page}");
        assert_eq!(look(&own, admin).await.status, StatusCode::NOT_FOUND, "it is not theirs");
        assert_eq!(call(&site, &Method::GET, &account, &key, &Value::Null).await.status, StatusCode::OK);
        assert_eq!(site.ask(&Method::POST, &of_account, Some(admin), "").await.status, StatusCode::SEE_OTHER);
        assert_eq!(look(&of_account, admin).await.status, StatusCode::CONFLICT);
    }
}
