//! Every route while somebody sees the account as one of its users: what does something is refused and does nothing,
//! and what shows something shows what that user would see.

use std::time::Duration;

use app::Ask;
use app::pass::Door;
use domain::id::UserId;
use domain::user::UserType;
use http::{Method, StatusCode};
use web::http::route::{Route, Speaks};

use crate::attack_forms::honest;
use crate::site::{Reply, Site, pages};

/// The walks go on behind the ways out.
const OUT: [&str; 2] = ["/see-as/end", "/sign-out"];

/// Somebody, and what the account's administrator asks with to see it as them.
async fn seen(site: &Site, user_type: UserType) -> (Ask, Ask) {
    let address = format!("seen.{}@example.com", user_type.word());
    let companies = match user_type.has_all_companies() {
        true => Vec::new(),
        false => vec![site.company.clone()],
    };
    let (user, person) = site.account.join(&address, user_type, &companies).await;
    (person.ask, seeing(site, &user).await)
}

async fn seeing(site: &Site, user: &UserId) -> Ask {
    let admin = site.world.sign_in(&site.account.admin.email).await.ask;
    site.account.see_as(&admin, user).await.expect("it begins")
}

/// A page without the banner, and whether it was there.
fn without_banner(body: &str) -> (String, bool) {
    let Some((before, rest)) = body.split_once("<aside class=\"seeing\"") else {
        return (body.to_owned(), false);
    };
    let (_, after) = rest.split_once("</aside>\n").expect("the banner has an end");
    (format!("{before}{after}"), true)
}

fn is_page(reply: &Reply) -> bool {
    reply
        .headers
        .get("content-type")
        .is_some_and(|kind| kind.to_str().unwrap_or_default().starts_with("text/html"))
}

/// What both get, looked at again where what was noted of the visit itself came in between.
async fn both(site: &Site, path: &str, own: &Ask, seeing: &Ask, times: u32) -> (Reply, Reply) {
    let mut tries = 0;
    loop {
        let theirs = site.ask(&Method::GET, path, Some(own), "").await;
        let ours = site.ask(&Method::GET, path, Some(seeing), "").await;
        tries += 1;
        if without_banner(&ours.body).0 == without_stream(&theirs.body) || tries == times {
            return (theirs, ours);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn gets() -> Vec<Route> {
    let mut routes = pages();
    routes
        .retain(|route| route.method == Method::GET && route.path != "/" && !route.path.contains("{token}"));
    routes
}

/// Seen to fail: with the place of who looks in place of that of the user.
#[tokio::test(flavor = "multi_thread")]
async fn a09_x33_every_page_is_what_the_user_would_see_and_nothing_else_opens() {
    for site in Site::everywhere().await {
        for user_type in [UserType::Administrator, UserType::Manager, UserType::Reporting, UserType::Agent] {
            let (own, seeing) = seen(&site, user_type).await;
            let mut alike = 0;
            for route in gets() {
                let path = site.path(route.path);
                let is_alike = matches!(route.door, Door::Account(_) | Door::Company(_))
                    && route.speaks != Speaks::Events;
                let (theirs, ours) = both(&site, &path, &own, &seeing, if is_alike { 5 } else { 1 }).await;
                let (body, has_banner) = without_banner(&ours.body);
                let at = format!("{user_type:?} at {}", route.path);
                assert_eq!(has_banner, is_page(&ours), "{at}: the banner");
                if !matches!(route.door, Door::Account(_) | Door::Company(_))
                    || route.speaks == Speaks::Events
                {
                    // What is somebody's own, or of an account center, and streams; links are whoever's who follows them.
                    let is_own = !matches!(route.door, Door::Open | Door::Link(_) | Door::Operator);
                    let status = if is_own { StatusCode::FORBIDDEN } else { theirs.status };
                    assert_eq!(ours.status, status, "{at}");
                    assert!(!body.contains(&format!("seen.{}@", user_type.word())), "{at} tells of them");
                    continue;
                }
                assert_eq!((ours.status, ours.location()), (theirs.status, theirs.location()), "{at}");
                assert_eq!(body, without_stream(&theirs.body), "{at}");
                alike += 1;
            }
            assert!(alike > 30, "only {alike} routes were compared");
        }
    }
}

/// A page as it is for who only looks: it asks for no stream, which would be refused.
fn without_stream(body: &str) -> String {
    let mut body = body.to_owned();
    for (start, end) in
        [("<script type=\"module\" src=\"/static/events.", "</script>"), (" data-events=\"", "\"")]
    {
        let Some(from) = body.find(start) else { continue };
        let after = from + start.len();
        let to = body[after..].find(end).expect("it ends") + after + end.len();
        body.replace_range(from..to, "");
    }
    body
}

/// What has changed: the rows that are there and were not before.
fn added(before: &[Vec<Vec<String>>], after: &[Vec<Vec<String>>]) -> Vec<Vec<String>> {
    let tables = before.iter().zip(after);
    let new = |(before, after): (&Vec<Vec<String>>, &Vec<Vec<String>>)| {
        assert!(before.iter().all(|row| after.contains(row)), "a row was changed or removed");
        after.iter().filter(|row| !before.contains(row)).cloned().collect::<Vec<_>>()
    };
    tables.flat_map(new).collect()
}

/// Every action, with a form that would do it by whoever may: nothing is done, and the try is recorded. Seen to
/// fail: with the tries of whoever sees refused and not recorded.
#[tokio::test(flavor = "multi_thread")]
async fn a09_x33_no_action_is_carried_out_and_every_try_is_recorded() {
    for site in Site::everywhere().await {
        let (_, as_manager) = seen(&site, UserType::Manager).await;
        let (_, as_administrator) = seen(&site, UserType::Administrator).await;
        let actions =
            pages().into_iter().filter(|route| route.method == Method::POST && !OUT.contains(&route.path));
        let mut tried = 0;
        for route in actions {
            let (path, ask, form) = honest(&site, route.path).await;
            for seeing in [&as_manager, &as_administrator] {
                let mut asked = ask.clone().unwrap_or_else(|| seeing.clone());
                asked.credentials.session = seeing.credentials.session.clone();
                let before = site.rows();
                let reply = site.ask(&Method::POST, &path, Some(&asked), &form).await;
                assert_eq!(reply.status, StatusCode::FORBIDDEN, "{}: {}", route.path, reply.body);
                let added = added(&before, &site.rows());
                let [entry] = added.as_slice() else { panic!("{}: {added:?}", route.path) };
                assert!(entry.iter().any(|cell| cell == "see_as.refused"), "{}: {entry:?}", route.path);
                let what = format!("POST {}", route.path);
                assert!(entry.iter().any(|cell| cell.contains(&what)), "{entry:?} names {what}");
                tried += 1;
            }
        }
        assert!(tried > 150, "only {tried} were tried");
    }
}

/// the way in, the banner's button and the way home, as a browser goes it. Seen to fail: with its time left out of
/// `goes_on`.
#[tokio::test(flavor = "multi_thread")]
async fn a09_x28_one_begins_looks_and_comes_back() {
    for site in Site::everywhere().await {
        let mut ask = site.world.sign_in(&site.account.admin.email).await.ask;
        let page = format!("/accounts/{}/users/{}/see-as", site.account.id, site.user);
        let user = format!("/accounts/{}/users/{}", site.account.id, site.user);
        let shown = site.ask(&Method::GET, &user, Some(&ask), "").await;
        assert!(shown.body.contains(&page), "the user's page leads there");
        let empty = site.ask(&Method::POST, &page, Some(&ask), "reason=+").await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        let cookie = |reply: &Reply| {
            let set = reply.headers.get_all("set-cookie").iter().filter_map(|one| one.to_str().ok());
            let session = set.filter_map(|one| one.strip_prefix("__Host-session=")).next();
            let session = session.unwrap_or_else(|| panic!("a session is set: {}", reply.status));
            for word in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
                assert!(session.contains(word), "{session}");
            }
            session.split(';').next().map(str::to_owned)
        };
        let begun = site.ask(&Method::POST, &page, Some(&ask), "reason=A+ticket").await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER);
        ask.credentials.session = cookie(&begun);
        let home = site.ask(&Method::GET, begun.location(), Some(&ask), "").await;
        assert!(home.body.contains("30 minutes left"), "{}", home.body);
        let start = site.ask(&Method::GET, "/", Some(&ask), "").await;
        assert_eq!(start.location(), begun.location());
        let ended = site.ask(&Method::POST, "/see-as/end", Some(&ask), "").await;
        assert_eq!((ended.status, ended.location()), (StatusCode::SEE_OTHER, user.as_str()));
        ask.credentials.session = cookie(&ended);
        let back = site.ask(&Method::GET, &user, Some(&ask), "").await;
        assert!(back.status.is_success() && !back.body.contains("class=\"seeing\""));
        // The time is over: a page says so, and the same button leads back.
        let begun = site.ask(&Method::POST, &page, Some(&ask), "reason=A+ticket").await;
        ask.credentials.session = cookie(&begun);
        site.world.advance(domain::time::Span::minutes(31));
        let over = site.ask(&Method::GET, begun.location(), Some(&ask), "").await;
        assert_eq!(over.status, StatusCode::FORBIDDEN);
        assert!(
            over.body.contains("/see-as/end") && !over.body.contains("class=\"seeing\""),
            "{}",
            over.body
        );
        let ended = site.ask(&Method::POST, "/see-as/end", Some(&ask), "").await;
        ask.credentials.session = cookie(&ended);
        assert!(site.ask(&Method::GET, &user, Some(&ask), "").await.status.is_success());
    }
}

/// What opens nothing any more keeps nobody from signing in. Seen to fail: with every form refused that comes with it.
#[tokio::test(flavor = "multi_thread")]
async fn x28_a_dead_token_keeps_nobody_from_signing_in() {
    for site in Site::everywhere().await {
        let mut ask = site.world.visitor();
        ask.credentials.session = Some(domain::see_as::token("nothing"));
        let form = format!("email=ada%40example.com&password={}", testkit::PASSWORD.replace(' ', "+"));
        let reply = site.ask(&Method::POST, "/sign-in", Some(&ask), &form).await;
        assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, "/accounts"));
    }
}
