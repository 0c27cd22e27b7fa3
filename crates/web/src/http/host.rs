//! Which host a request names: only the configured one is served, so that no made-up host gets into caches or is
//! mistaken for ours.

use ::http::{Request, header};
use app::SharedApp;
use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use text::Text;

use super::cookies::Cookies;
use super::visit;
use crate::views::problem::{Kind, Problem};
use crate::views::{Frame, Page};

/// Asked by machines that know the server by its address.
const BY_ANY_NAME: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Whether the request names the host of the base URL. A base URL of `localhost` means this machine by any name.
pub(super) fn is_ours(app: &SharedApp, request: &Request<Body>) -> bool {
    if BY_ANY_NAME.contains(&request.uri().path()) {
        return true;
    }
    let base = app.settings.base_url.as_str();
    let (default_port, ours) = match base.split_once("://") {
        Some(("https", ours)) => (":443", ours),
        Some((_, ours)) => (":80", ours),
        None => return false,
    };
    let Some(named) = named(request) else { return false };
    let plain = named.strip_suffix(default_port).unwrap_or(named);
    let same = |host: &str| named.eq_ignore_ascii_case(host) || plain.eq_ignore_ascii_case(host);
    let port = ours.strip_prefix("localhost");
    same(ours) || port.is_some_and(|port| same(&format!("127.0.0.1{port}")) || same(&format!("[::1]{port}")))
}

/// The one host a request names: in its target, else in its Host header. Two headers name none.
fn named(request: &Request<Body>) -> Option<&str> {
    if let Some(authority) = request.uri().authority() {
        return Some(authority.as_str());
    }
    let mut hosts = request.headers().get_all(header::HOST).into_iter();
    let host = hosts.next()?.to_str().ok()?;
    hosts.next().is_none().then_some(host)
}

/// Tells a person who came by another name where the server is.
pub(super) fn wrong(app: &SharedApp, request: &Request<Body>) -> Response {
    let secure = app.settings.base_url.starts_with("https://");
    let t = Text::new(visit::language(&mut Cookies::of(secure, request.headers()), request.headers()));
    let kind = Kind::BadRequest(t.problem_wrong_host(&app.settings.base_url));
    let view = Problem { t, frame: Frame::default(), kind, sign_out_to: None };
    (::http::StatusCode::MISDIRECTED_REQUEST, Page(view)).into_response()
}
