//! What pages tell of addresses and accounts that are not one's own (U-15, U-16).

use http::{Method, StatusCode};

use crate::site::Site;

const INFO: &str =
    "step=info&go=next&agent=no&user_type=administrator&first_name=Olga&last_name=Novak&email=";

/// U-15: the wizard refuses where the address is typed, keeps the answers, and says both ways on. When it was told too often, a
/// known and an unknown address are answered alike. Seen to fail: with addresses looked at however often it was told, so that
/// only the known ones are refused.
#[tokio::test(flavor = "multi_thread")]
async fn u15_x16_the_wizard_says_what_to_do_and_only_a_few_times() {
    for site in Site::everywhere().await {
        let wizard = format!("/accounts/{}/users/new", site.account.id);
        let type_in = async |address: &str| {
            site.ask(&Method::POST, &wizard, site.admin(), &format!("{INFO}{address}")).await
        };
        for _ in 0..app::limits::ELSEWHERE_YOUNG.most {
            let reply = type_in("olga%40example.com").await;
            assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(reply.body.contains("an administrator of that account deletes the user there"));
            assert!(reply.body.contains("users/access-offer") && reply.body.contains("value=\"Olga\""));
            assert!(!reply.body.contains("Other Dental") && !reply.body.contains(site.other.id.as_str()));
        }
        let (known, unknown) = (type_in("olga%40example.com").await, type_in("nobody%40example.com").await);
        assert_eq!(
            (known.status, unknown.status),
            (StatusCode::TOO_MANY_REQUESTS, StatusCode::TOO_MANY_REQUESTS)
        );
        assert_eq!(known.body, unknown.body);
        let create = format!("/accounts/{}/users", site.account.id);
        for address in ["olga%40example.com", "nobody%40example.com"] {
            let form = format!("{}&send=now", INFO.replace("step=info&go=next&", "") + address);
            let reply = site.ask(&Method::POST, &create, site.admin(), &form).await;
            assert_eq!(reply.status, StatusCode::TOO_MANY_REQUESTS, "{address}");
        }
    }
}

/// U-16, X-16: whatever is named, the answer is one. Seen to fail: with an address that nobody signs in with refused at once.
#[tokio::test(flavor = "multi_thread")]
async fn u16_x16_asking_is_answered_alike_for_every_account() {
    for site in Site::everywhere().await {
        let nowhere = format!("ACC{}", "f".repeat(32));
        let mut answers = Vec::new();
        for named in [site.other.id.as_str(), &nowhere, "olga%40example.com", "nobody%40example.com"] {
            let form = format!("account={named}&message=Hello");
            let reply = site.ask(&Method::POST, "/me/access-requests", site.admin(), &form).await;
            let cookies: Vec<_> = reply.headers.get_all("set-cookie").iter().cloned().collect();
            answers.push((reply.status, reply.location().to_owned(), cookies, reply.body));
        }
        assert_eq!(answers[0].0, StatusCode::SEE_OTHER);
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        site.world.answer_resets().await;
        let page = site.ask(&Method::GET, "/me/access-requests", site.admin(), "").await;
        assert!(!page.body.contains("Other Dental"), "its name is not told either");
        assert_eq!(page.body.matches("/withdraw\"").count(), 4);
        let wrong =
            site.ask(&Method::POST, "/me/access-requests", site.admin(), "account=x&message=Kept").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains(">Kept</textarea>"), "nothing is lost");
    }
}

/// U-16, X-03: a request link leaves the address at once, leads through signing in, and says when it is dead. Seen to fail:
/// with a renewed link that is the one before.
#[tokio::test(flavor = "multi_thread")]
async fn u16_x03_a_request_link_leads_to_the_form() {
    for site in Site::everywhere().await {
        let renew = format!("/accounts/{}/settings/request-link", site.account.id);
        site.ask(&Method::POST, &renew, site.admin(), "").await;
        let settings = format!("/accounts/{}/settings", site.account.id);
        let page = site.ask(&Method::GET, &settings, site.admin(), "").await.body;
        let token =
            page.split("/access-request/").nth(1).and_then(|rest| rest.split('<').next()).expect("a link");
        let path = format!("/access-request/{token}");
        let reply = site.ask(&Method::GET, &path, None, "").await;
        assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, "/me/access-requests"));
        let visitor = site.ask(&Method::GET, "/me/access-requests", None, "").await;
        assert_eq!(visitor.location(), "/sign-in?next=/me/access-requests");
        let sign_in = site.ask(&Method::GET, visitor.location(), None, "").await;
        assert!(sign_in.body.contains("Sign in to ask for access."));

        let mut olga = site.other.admin.ask.clone();
        olga.credentials.access_request = Some(token.to_owned());
        let form = site.ask(&Method::GET, "/me/access-requests", Some(&olga), "").await;
        assert!(form.body.contains("You follow the request link of Acme.") && !form.body.contains(token));
        site.ask(&Method::POST, "/me/access-requests", Some(&olga), "via=link&message=").await;
        site.world.answer_resets().await;
        let list = format!("/accounts/{}/users/access-requests", site.account.id);
        assert!(site.ask(&Method::GET, &list, site.admin(), "").await.body.contains("Olga Reyes"));
        let users = format!("/accounts/{}/users", site.account.id);
        assert!(site.ask(&Method::GET, &users, site.admin(), "").await.body.contains(&list));

        site.ask(&Method::POST, &renew, site.admin(), "").await;
        let dead = site.ask(&Method::GET, "/me/access-requests", Some(&olga), "").await;
        assert!(dead.body.contains("This request link does not work any more."));
    }
}

/// U-16: who gives up what was decided meanwhile is told so, and not that it was withdrawn. Seen to fail: with one toast for
/// all.
#[tokio::test(flavor = "multi_thread")]
async fn u16_withdrawing_what_was_decided_says_what_happened() {
    for site in Site::everywhere().await {
        let asks = "/me/access-requests";
        for (state, toast) in [
            ("open", "AccessWithdrawn"),
            ("declined", "AccessDeclinedBefore"),
            ("approved", "AccessApprovedBefore"),
        ] {
            let form = format!("account={}", site.other.id);
            site.ask(&Method::POST, asks, site.admin(), &form).await;
            site.world.answer_resets().await;
            let id = site.world.sql("SELECT id FROM access_ask").remove(0).remove(0);
            site.world.sql(&format!("UPDATE access_request SET state = '{state}' WHERE state = 'open'"));
            let done = site.ask(&Method::POST, &format!("{asks}/{id}/withdraw"), site.admin(), "").await;
            assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, asks), "{state}");
            let told = done.headers.get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
            assert!(
                told.into_iter().any(|cookie| cookie.contains(&format!("={toast};"))),
                "{:?}",
                done.headers
            );
        }
    }
}
