//! Forms that nobody of ours has sent: from other sites, with fields that were not asked for, with several
//! addresses where one belongs. Every action of the route table is attacked with a form that would succeed.

use app::Ask;
use http::{Method, StatusCode};
use testkit::World;
use web::http::route::Route;

use crate::records::success;
use crate::site::Site;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");

/// Every action there is.
pub(crate) fn actions() -> Vec<Route> {
    crate::site::pages().into_iter().filter(|route| route.method == Method::POST).collect()
}

/// What each form asks for, written down apart from the handlers.
pub(crate) fn fields(pattern: &str) -> &'static [&'static str] {
    let rest = pattern.strip_prefix("/accounts/{account}").unwrap_or(pattern);
    match rest {
        "/sign-in" => &["email", "password", "next", "kept"],
        "/sign-out" => &["next"],
        "/sign-in/single-sign-on" => &["account", "next"],
        "/single-sign-on/{account}" => &["code", "state", "iss"],
        "/single-sign-on" => &["issuer", "client_id", "client_secret"],
        "/me/single-sign-on" => &["password"],
        "/single-sign-on/require" => &["required", "keeper"],
        "/single-sign-on/end" | "/me/single-sign-on/end" => &[],
        "/setup" => &["account_name", "time_zone", "first_name", "last_name", "email", "password"],
        "/reset" => &["email"],
        "/reset/new" | "/email-change" | "/invitation" | "/temporary-password" => &["password"],
        "/me" if rest == pattern => &["first_name", "last_name", "language"],
        "/language" => &["language", "next"],
        "/me" => &["first_name", "last_name", "display_name"],
        "/me/password" => &["password", "new_password"],
        "/second-factor" => &["code", "next", "kept"],
        "/me/second-factor" | "/me/second-factor/codes" | "/me/second-factor/off" => &["password", "code"],
        "/me/proof" => &["password", "code", "next"],
        "/settings/second-factor" | "/account-centers/{account_center}/settings/second-factor" => {
            &["from", "lift"]
        }
        "/me/second-factor/begin" | "/sign-in/passkey/begin" | "/second-factor/passkey/begin" => &[],
        "/sign-in/passkey" | "/second-factor/passkey" => &["credential", "next", "kept"],
        "/me/passkeys" => &["name", "credential"],
        "/me/passkeys/begin" => &["password"],
        "/me/passkeys/{passkey}" => &["name"],
        "/me/passkeys/{passkey}/remove" => &["password", "code"],
        "/me/push" => &["endpoint", "p256dh", "auth"],
        "/me/api-keys" => &[
            "name",
            "account",
            "which",
            "company",
            "may",
            "capability",
            "reads_only",
            "ends",
            "ends_on",
            "password",
        ],
        "/me/api-keys/{api_key}" => &["name"],
        "/me/email" | "/me/merge" | "/me/merge/link" => &["email", "password"],
        "/me/merge/confirm" => &["keep", "seen", "password"],
        "/me/merge/undo/{login_merge}" => &["seen", "password"],
        "/settings" => &[
            "name",
            "time_zone",
            "invitation_days",
            "free_types",
            "takes_requests",
            "temporary_passwords",
            "see_as",
        ],
        "/users/{user}/see-as" => &["reason"],
        "/directory" | "/directory/change" => &["name", "user_type"],
        "/directory/groups/{directory_group}" => &["user_type", "all_companies", "company", "filter", "go"],
        "/me/access-requests" => &["account", "message", "via"],
        "/users/access-requests/{access_request}/approve" => {
            &["user_type", "agent", "company", "filter", "go"]
        }
        "/users/access-requests/{access_request}/decline" => &["reason"],
        "/users" | "/users/new" | "/users/access-offer" => &[
            "step",
            "go",
            "filter",
            "agent",
            "user_type",
            "first_name",
            "last_name",
            "email",
            "display_name",
            "company",
            "message",
            "invoice_emails",
            "send",
        ],
        "/users/{user}" => &[
            "go",
            "filter",
            "version",
            "first_name",
            "last_name",
            "display_name",
            "company",
            "agent",
            "invoice_emails",
        ],
        "/account-centers/new" => &["name", "account"],
        "/account-centers/{account_center}/accounts/link" => &["account"],
        "/account-centers/{account_center}/accounts/new" => &["name", "time_zone"],
        "/account-centers/{account_center}/settings" => &["name", "temporary_passwords"],
        "/account-centers/{account_center}/executives/new" => {
            &["first_name", "last_name", "email", "message"]
        }
        "/account-centers/{account_center}/executives/{login}/end" => &["afterwards"],
        "/account-centers/{account_center}/users/{person}/change"
        | "/account-centers/{account_center}/users/{person}/change/make" => &["go", "q", "next", "choice"],
        "/account-centers/{account_center}/jobs" | "/account-centers/{account_center}/jobs/new" => {
            &["text", "from"]
        }
        "/account-centers/{account_center}/users/new" | "/account-centers/{account_center}/users/create" => {
            &[
                "step",
                "go",
                "user_type",
                "agent",
                "first_name",
                "last_name",
                "email",
                "account",
                "q",
                "name",
                "after",
                "next_name",
                "next_after",
                "at",
                "which",
                "some",
                "company",
                "filter",
                "password",
                "temporary",
                "from",
            ]
        }
        "/white-label" => {
            &["name", "sender", "support", "accent", "terms", "privacy", "logo", "remove_logo", "version"]
        }
        "/white-label/on" | "/white-label/preview" | "/white-label/preview/{what}" => &["version"],
        "/white-label/host" => &["host"],
        "/users/{user}/promote/{type}" => &["message", "version"],
        "/users/{user}/invitation/address" => &["was", "email"],
        "/users/{user}/change/{type}" => &["version", "go", "filter", "company"],
        "/users/{user}/end" => &["version", "ends_on", "remove"],
        "/users/{user}/suspend"
        | "/users/{user}/restore"
        | "/users/{user}/delete"
        | "/users/{user}/undo"
        | "/users/{user}/invitation/revoke" => &["version"],
        "/companies/{company}/users/{user}/give" | "/companies/{company}/users/{user}/take" => &["version"],
        "/jobs" | "/jobs/new" => &["text", "from"],
        "/alerts" | "/alerts/{notification}" | "/alerts/{notification}/remove" => {
            &["user", "email", "company_id", "calls", "texts", "by_email", "by_push"]
        }
        "/summaries" | "/summaries/{summary_email}" | "/summaries/{summary_email}/remove" => {
            &["user", "email", "company_id", "daily", "weekly", "monthly"]
        }
        "/companies/{company}/alerts" => &["kind", "first"],
        "/companies/new" | "/companies/{company}" => &["name", "time_zone", "lead_center"],
        "/users/{user}/temporary-password" => &["password"],
        "/access-reviews" => &["who", "idle_days"],
        "/access-reviews/{access_review}/users/{user}" => &["decision", "reason", "tab", "after"],
        "/access-reviews/{access_review}/finish" => &["version"],
        "/see-as/end"
        | "/login-merge"
        | "/invitation-block"
        | "/unsubscribe"
        | "/invitation-block/allow"
        | "/me/email/send"
        | "/me/email/cancel"
        | "/me/email/prove"
        | "/me/merge/send"
        | "/me/merge/cancel"
        | "/me/sessions/end-others"
        | "/me/sessions/{session}/end"
        | "/me/api-keys/{api_key}/end"
        | "/api-keys/{api_key}/end"
        | "/me/push/{push_device}/test"
        | "/me/push/{push_device}/end"
        | "/me/access-requests/{access_request}/withdraw"
        | "/settings/request-link"
        | "/white-label/off"
        | "/white-label/host/prove"
        | "/settings/leave-center"
        | "/directory/off"
        | "/directory/tokens"
        | "/directory/tokens/{directory_token}/end"
        | "/users/{user}/invitation"
        | "/operator/mails/{mail}/again"
        | "/users/{user}/temporary-password/end"
        | "/jobs/{job}/cancel"
        | "/companies/{company}/disable"
        | "/companies/{company}/enable"
        | "/account-centers/{account_center}/accounts/{account}/unlink"
        | "/account-centers/{account_center}/dissolve"
        | "/account-centers/{account_center}/users-open"
        | "/account-centers/{account_center}/executives/first"
        | "/account-centers/{account_center}/executives/{login}/make"
        | "/account-centers/{account_center}/jobs/{job}/cancel" => &[],
        other => panic!("say here what the form of {other} asks for"),
    }
}

/// A request that succeeds at an action, also where nothing is written or all is over in this world.
pub(crate) async fn honest(site: &Site, pattern: &str) -> (String, Option<Ask>, String) {
    let path = site.path(pattern);
    match pattern {
        "/setup" => {
            let ask = site.world.follow(&site.world.setup_link());
            let form = "account_name=B&time_zone=UTC&first_name=D&last_name=R&email=d%40example.com\
                        &password=correct+horse+battery+staple";
            (path, Some(ask), form.to_owned())
        }
        "/accounts/{account}/users/new" => {
            (path, site.admin().cloned(), "step=details&go=next&email=nova%40example.com".to_owned())
        }
        "/reset/new" => {
            let ada = domain::email::EmailAddress::parse("ada@example.com").expect("an address");
            site.world.app.request_reset(&site.world.visitor(), ada).await.expect("asked");
            success(site, pattern).await
        }
        _ => success(site, pattern).await,
    }
}

/// Seen to fail: without the `CsrfLayer`, and with `says_where_from` always true.
#[tokio::test(flavor = "multi_thread")]
async fn x17_no_action_is_carried_out_for_another_site_however_it_asks() {
    for site in Site::everywhere().await {
        for route in actions() {
            let (path, ask, form) = honest(&site, route.path).await;
            let (before, ask) = (site.rows(), ask.as_ref());
            for from in [
                ("x-nothing", "said"),
                ("referer", "https://rollcall.example.test/"),
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-site", "same-site"),
                ("sec-fetch-site", "none"),
                ("origin", "null"),
                ("origin", "https://evil.example"),
                ("origin", "https://evil.rollcall.example.test"),
                ("origin", "https://sibling.example.test"),
                ("origin", "https://example.test"),
                ("origin", "https://rollcall.example.test.evil.example"),
                ("origin", "https://rollcall.example.test:8443"),
                ("origin", "https://evil.example/rollcall.example.test"),
            ] {
                for kind in
                    ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"]
                {
                    let headers = [from, ("content-type", kind)];
                    let reply = site.send(&Method::POST, &path, ask, &form, &headers).await;
                    assert_eq!(reply.status, StatusCode::FORBIDDEN, "{path} {headers:?}");
                }
            }
            // What only looks, or looks as if it did more.
            for (name, value) in [("x-http-method-override", "POST"), ("x-method-override", "POST"), FORM] {
                for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
                    for address in [format!("{path}?{form}"), format!("{path}?_method=POST&{form}")] {
                        site.send(&method, &address, ask, &form, &[(name, value)]).await;
                    }
                }
            }
            for kind in ["text/plain", "application/json", "multipart/form-data; boundary=x"] {
                let (headers, form) = ([OURS, ("content-type", kind)], format!("{form}&a=b"));
                let reply = site.send(&Method::POST, &path, ask, &form, &headers).await;
                // A form that comes in parts is none where the parts are missing.
                let in_parts = kind.starts_with("multipart") && crate::site::comes_in_parts(&path);
                let refused =
                    if in_parts { StatusCode::BAD_REQUEST } else { StatusCode::UNSUPPORTED_MEDIA_TYPE };
                assert_eq!(reply.status, refused, "{path} {kind}");
            }
            assert!(before == site.rows(), "{path} was carried out");
        }
    }
}

/// What a person opens by hand is no form; only where the origin is ours too, it is let through. Seen to fail: with
/// `none` taken for ours, and with any origin taken beside it.
#[tokio::test(flavor = "multi_thread")]
async fn x17_none_says_nothing_of_where_a_form_comes_from() {
    let site = Site::new(World::sqlite().await).await;
    let none = ("sec-fetch-site", "none");
    let path = site.path("/accounts/{account}/companies/new");
    for (name, origin, status) in [
        ("A", None, StatusCode::FORBIDDEN),
        ("B", Some("null"), StatusCode::FORBIDDEN),
        ("C", Some("https://evil.example"), StatusCode::FORBIDDEN),
        ("D", Some("https://rollcall.example.test.evil.example"), StatusCode::FORBIDDEN),
        ("E", Some("rollcall.example.test"), StatusCode::FORBIDDEN),
        ("F", Some("https://rollcall.example.test"), StatusCode::SEE_OTHER),
    ] {
        let mut headers = vec![none, FORM];
        headers.extend(origin.map(|origin| ("origin", origin)));
        let form = format!("name={name}&time_zone=UTC");
        let reply = site.send(&Method::POST, &path, site.admin(), &form, &headers).await;
        assert_eq!(reply.status, status, "{origin:?}");
    }
}

/// The names of all columns of the migrated schema.
fn columns(site: &Site) -> Vec<String> {
    let catalogue = "SELECT DISTINCT c.name FROM sqlite_schema s, pragma_table_info(s.name) c
                     WHERE s.type = 'table' ORDER BY 1";
    let columns: Vec<String> = site.world.sql(catalogue).into_iter().flatten().collect();
    assert!(columns.len() > 60 && columns.iter().any(|name| name == "login_id"), "{columns:?}");
    columns
}

/// Seen to fail: without `deny_unknown_fields` at the form of `/me`.
#[tokio::test(flavor = "multi_thread")]
async fn x19_no_form_takes_a_column_that_it_does_not_ask_for() {
    // A form is read before any engine is asked: one will do.
    for site in [Site::new(World::sqlite().await).await] {
        let mut names = columns(&site);
        let others = [
            "role",
            "isAdmin",
            "accountId",
            "userId",
            "verified",
            "createdAt",
            "user%5Buser_type%5D",
            "__proto__",
        ];
        names.extend(others.map(str::to_owned));
        for route in actions() {
            let (path, ask, form) = honest(&site, route.path).await;
            let before = site.rows();
            for name in names.iter().filter(|name| !fields(route.path).contains(&name.as_str())) {
                let form = format!("{name}=administrator&{form}");
                let reply = site.ask(&Method::POST, &path, ask.as_ref(), form.trim_end_matches('&')).await;
                assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{path} took {name}");
            }
            assert!(before == site.rows(), "{path} took a field that no form has");
            // The form itself is no bad one: a visitor is only sent away with it.
            let reply = site.ask(&Method::POST, &path, None, &form).await;
            assert_ne!(reply.status, StatusCode::BAD_REQUEST, "{path} {form}");
        }
    }
}

/// Rows that a second address would add to.
fn people(site: &Site) -> Vec<Vec<Vec<String>>> {
    [
        "mail",
        "login",
        "\"user\"",
        "invitation",
        "reset",
        "reset_request",
        "email_change",
        "login_merge",
        "session",
        "account",
    ]
    .map(|table| site.world.sql(&format!("SELECT * FROM {table} ORDER BY 1, 2")))
    .to_vec()
}

/// Forms that ask for several people at once: each has an address of their own, which is read like any other.
const FOR_SEVERAL: [&str; 2] =
    ["/account-centers/{account_center}/users/new", "/account-centers/{account_center}/users/create"];

const AT_PEOPLE: &str =
    "step=people&go=next&user_type=administrator&first_name=Kim&last_name=Ito&email=kim%40example.com";

/// Seen to fail: with the first address of a list taken in `EmailAddress::parse`.
#[tokio::test(flavor = "multi_thread")]
async fn x13_every_field_for_one_address_takes_one() {
    for site in Site::everywhere().await {
        let mut tried = 0;
        for route in actions().into_iter().filter(|route| fields(route.path).contains(&"email")) {
            tried += 1;
            let (path, ask, form) = honest(&site, route.path).await;
            // Where they are asked for at one step of several.
            let form = if FOR_SEVERAL.contains(&route.path) { AT_PEOPLE.to_owned() } else { form };
            let (before, ask) = (people(&site), ask.as_ref());
            let rest: Vec<&str> = form.split('&').filter(|pair| !pair.starts_with("email=")).collect();
            let with = |address: &str| format!("{}&{address}", rest.join("&"));
            let (one, two) = ("victim%40example.com", "attacker%40evil.example");
            for doubled in [
                format!("email={one}&email={two}"),
                format!("email={one}&email={one}"),
                format!("email={one}&email%5B%5D={two}"),
                format!("email%5B%5D={one}&email%5B%5D={two}"),
                format!("email%5B0%5D={one}&email%5B1%5D={two}"),
                format!("email%5Baddress%5D={one}"),
                format!("email={one}&Email={two}"),
                format!("email={one}&email%00={two}"),
                format!("email={one}&user%5Bemail%5D={two}"),
                format!("email={one}&email.0={two}"),
            ] {
                if FOR_SEVERAL.contains(&route.path) {
                    break;
                }
                let reply = site.ask(&Method::POST, &path, ask, &with(&doubled)).await;
                assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{path} {doubled}");
            }
            for list in [
                format!("{one}%2C{two}"),
                format!("{one}%3B{two}"),
                format!("{one}+{two}"),
                format!("{one}%0A{two}"),
                format!("{one}%0D%0ABcc%3A+{two}"),
                format!("{one}%00{two}"),
                format!("{one}%E2%80%A8{two}"),
                format!("Victim+%3C{one}%3E%2C+{two}"),
                format!("%3C{one}%3E"),
                format!("%22{one}%22+%3C{two}%3E"),
                format!("{one}%28{two}%29"),
                "victim%28attacker%40evil.example%29%40example.com".to_string(),
                format!("%5B%22{one}%22%2C%22{two}%22%5D"),
                format!("mailto%3A{one}"),
                format!("friends%3A{one}%2C{two}%3B"),
                format!("{one}%40evil.example"),
            ] {
                let reply = site.ask(&Method::POST, &path, ask, &with(&format!("email={list}"))).await;
                let is_refused = reply.status == StatusCode::UNPROCESSABLE_ENTITY
                    || (path == "/sign-in" && reply.status == StatusCode::TOO_MANY_REQUESTS)
                    || (path == "/setup" && reply.status == StatusCode::GONE);
                assert!(is_refused, "{path} {list}: {}", reply.status);
            }
            site.world.answer_resets().await;
            assert!(before == people(&site), "{path} took several addresses");
        }
        assert!(tried >= 6, "forms with an address: {tried}");
    }
}
