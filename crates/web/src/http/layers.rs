//! What surrounds every request: an id, a log line, metrics, headers.

use ::http::{HeaderName, HeaderValue, Method, header};
use app::{Refused, SharedApp};
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::visitor::{RequestId, Visitor};
use super::{host, problem, unread};

/// No inline script or style, nothing from elsewhere, nobody may frame us. What we frame
/// ourselves, mails and previews of a brand, has a policy of its own.
const POLICY: &str = "default-src 'none'; object-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; font-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// The outermost layer: gives the request its id, and the answer its headers; logs and counts.
pub(super) async fn around(State(app): State<SharedApp>, mut request: Request, next: Next) -> Response {
    let id = data_encoding::HEXLOWER.encode(&app.store.random_bytes()[..8]);
    request.extensions_mut().insert(RequestId(id.clone()));
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let method = known_method(request.method());
    let start = app.store.now();
    let (request, rest) = unread::watch(request);
    let secure = Secure::of(&app, &request);
    let mut response = answer(&app, request, &route, next).await;
    let (status, seconds) =
        (response.status().as_u16(), app.store.now().since(start).as_micros() as f64 / 1e6);
    tracing::info!(request = id, method, route, status, milliseconds = seconds * 1_000.0, "answered");
    let labels = [("method", method.to_owned()), ("route", route), ("status", status.to_string())];
    metrics::counter!("rollcall_http_requests_total", &labels).increment(1);
    metrics::histogram!("rollcall_http_request_seconds", &labels[..2]).record(seconds);
    add_headers(secure, &mut response, &id);
    if rest.is_left() {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// The answer of the site that the request names. What is not there on an account's own host is answered there as what is
/// nowhere.
async fn answer(app: &SharedApp, mut request: Request, route: &str, next: Next) -> Response {
    let named = host::host_named(app, &request);
    let site = match host::site_of(app, named).await {
        Ok(Some(site)) => site,
        Ok(None) => return host::wrong(app, &request),
        Err(refused) => {
            request.extensions_mut().insert(host::Site::of_nobody());
            let visitor = Visitor::of(app.clone(), &request);
            return problem::answer(&visitor, refused).await;
        }
    };
    let is_shown = site.own.is_none() || route == "none" || host::is_on_own_hosts(route);
    request.extensions_mut().insert(site);
    if is_shown {
        return next.run(request).await;
    }
    let visitor = Visitor::of(app.clone(), &request);
    problem::answer(&visitor, Refused::NotFound).await
}

/// Anybody can make up methods, and each new one would be a new metric that is kept for ever.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// How a site wants to be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Secure {
    /// Without TLS, for trying out.
    No,
    /// By TLS alone.
    Host,
    /// By TLS alone, and so whatever stands below its name. An account's own host never says that: what stands below that name is
    /// not ours.
    HostAndBelow,
}

impl Secure {
    fn of(app: &SharedApp, request: &Request) -> Secure {
        match app.settings.base_url.starts_with("https://") {
            false => Secure::No,
            true if host::names_server(app, request) => Secure::HostAndBelow,
            true => Secure::Host,
        }
    }
}

fn add_headers(secure: Secure, response: &mut Response, id: &str) {
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::CACHE_CONTROL, "no-store");
    // Without TLS a browser that may send no referrer sends `Origin: null` too, and then no form could be told
    // from another site's. There the referrer stays within the site.
    set(header::REFERRER_POLICY, if secure == Secure::No { "same-origin" } else { "no-referrer" });
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()");
    match secure {
        Secure::No => {}
        Secure::Host => set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
        Secure::HostAndBelow => set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains"),
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert("x-request-id", id);
    }
    // Static files come with their type alone.
    let with_letters = match headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes) {
        Some(b"text/css") => "text/css; charset=utf-8",
        Some(b"text/javascript") => "text/javascript; charset=utf-8",
        Some(b"image/svg+xml") => "image/svg+xml; charset=utf-8",
        _ => return,
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(with_letters));
}
