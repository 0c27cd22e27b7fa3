//! Foreign, deleted and made-up ids look alike.

use http::{Method, StatusCode};
use web::http::route::Route;

use crate::site::Site;

/// Ids of one kind: what the path is given, and what it must be taken for.
fn strangers(site: &Site, name: &str, of_center: bool) -> Vec<String> {
    let made_up = |prefix: &str| format!("{prefix}{}", "f".repeat(32));
    match name {
        "account" => vec![made_up("ACC"), site.other.id.to_string(), "x".into(), site.user.to_string()],
        "company" => {
            vec![made_up("COM"), site.foreign_company.to_string(), "x".into(), site.user.to_string()]
        }
        "user" => vec![
            made_up("USR"),
            site.foreign_user.to_string(),
            site.deleted.to_string(),
            "x".into(),
            site.company.to_string(),
        ],
        "account_center" => vec![made_up("CEN"), "x".into(), site.account.id.to_string()],
        "person" => vec![made_up("PSN"), "x".into(), site.user.to_string()],
        "login" => vec![made_up("LOG"), site.account.admin.login.to_string(), "x".into()],
        "job" => {
            let strange =
                vec![made_up("JOB"), site.foreign_job.to_string(), "x".into(), site.user.to_string()];
            // Of an account, jobs of a center are strange, and the other way round.
            strange
                .into_iter()
                .chain([if of_center { &site.job } else { &site.center_job }.to_string()])
                .collect()
        }
        "access_review" => {
            vec![made_up("REV"), site.foreign_review.to_string(), "x".into(), site.user.to_string()]
        }
        "session" => vec![made_up("SES"), "x".into()],
        "api_key" => vec![made_up("KEY"), "x".into()],
        "login_merge" => vec![made_up("MRG"), "x".into()],
        "access_request" => vec![made_up("ARQ"), "x".into()],
        "mail" => vec![made_up("MAI"), "x".into()],
        "capability" => vec!["everything".into(), "Read_calls".into(), "P-02".into()],
        "type" => vec!["owner".into(), "Manager".into(), "manager,administrator".into()],
        other => panic!("the walk knows no strange ids for {{{other}}}: add them"),
    }
}

/// The names of a pattern's parameters.
fn parameters(pattern: &str) -> Vec<&str> {
    pattern.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect()
}

/// The page that leads to Undo, and what would change somebody's access.
fn knows_deleted(route: &Route) -> bool {
    let below = route.path.strip_prefix("/accounts/{account}/users/{user}");
    let changes =
        ["/undo", "/suspend", "/restore", "/delete", "/end", "/promote/{type}", "/invitation/revoke"];
    match below {
        Some("") => route.method == Method::GET,
        Some("/change/{type}") => route.method == Method::POST,
        Some(below) => changes.contains(&below),
        None => route.path.ends_with("/give") || route.path.ends_with("/take"),
    }
}

/// Seen to fail: with the account left out of `user::find`, and of the company in `pass::place::load`.
#[tokio::test(flavor = "multi_thread")]
async fn x10_ids_of_others_are_told_apart_from_made_up_ones_by_nothing() {
    for site in Site::everywhere().await {
        let before = site.rows();
        // Links are exchanged for a cookie unread; what they name is looked up behind it.
        for route in web::routes::table().into_iter().filter(|route| !route.path.contains("{token}")) {
            for name in parameters(route.path) {
                let mut first: Option<String> = None;
                let mut ids = strangers(&site, name, route.path.starts_with("/account-centers/"));
                // A deletion in one's own account is known there, and can be undone (U-22).
                ids.retain(|id| !knows_deleted(&route) || id != site.deleted.as_str());
                for id in ids {
                    let path = site.path(&route.path.replace(&format!("{{{name}}}"), &id));
                    let reply = site.ask(&route.method, &path, site.master(&path), "").await;
                    assert_eq!(reply.status, StatusCode::NOT_FOUND, "{} {path}", route.method);
                    let body = first.get_or_insert_with(|| reply.body.clone());
                    assert_eq!(*body, reply.body, "{} {path}", route.method);
                }
            }
        }
        assert!(before == site.rows(), "an id of somebody else changed something");
    }
}

/// A GET never changes anything, whoever follows it and however often. Seen to fail: with the invitation
/// marked as accepted when its page is shown.
#[tokio::test(flavor = "multi_thread")]
async fn x02_looking_changes_nothing() {
    for site in Site::everywhere().await {
        let before = site.rows();
        let link = site.world.letter_to("pending@example.com").await.link().to_owned();
        let link = link.strip_prefix(&site.world.app.settings.base_url).expect("our own link").to_owned();
        let follow = site.world.follow(&format!("{}{link}", site.world.app.settings.base_url));
        for method in [Method::GET, Method::HEAD] {
            for _ in 0..5 {
                assert_eq!(site.ask(&method, &link, None, "").await.status, StatusCode::SEE_OTHER);
                assert_eq!(site.ask(&method, "/invitation", Some(&follow), "").await.status, StatusCode::OK);
            }
            for route in web::routes::table().iter().filter(|route| route.method == Method::GET) {
                site.ask(&method, &site.path(route.path), site.master(route.path), "").await;
            }
        }
        assert!(before == site.rows(), "a GET changed something");
        let joined =
            site.ask(&Method::POST, "/invitation", Some(&follow), "password=correct+horse+battery+staple");
        assert_eq!(joined.await.status, StatusCode::SEE_OTHER, "and afterwards a person still gets in");
    }
}
