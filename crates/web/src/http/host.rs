//! Which host a request names: the configured one, or one that was shown to be an account's. No made-up host gets into caches
//! or is mistaken for ours, and nothing of another account is seen on an account's own (G-10).

use std::net::Ipv4Addr;
use std::sync::{Arc, LazyLock};

use ::http::{Request, header};
use app::pass::OwnHost;
use app::{Refused, SharedApp};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use domain::brand::host::host_of;
use domain::brand::{HostName, Look};
use text::Text;

use super::cookies::Cookies;
use super::visitor::language;
use crate::api;
use crate::views::problem::{Kind, Problem};
use crate::views::{Frame, Page};

/// Asked by machines that know the server by its address.
const BY_ANY_NAME: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// The site that a request came to, set by the outermost layer.
#[derive(Clone, Debug)]
pub(super) struct Site {
    /// What it shows where no account says otherwise.
    pub(super) look: Arc<Look>,
    /// The account whose own host it is; `None`: the server's.
    pub(super) own: Option<OwnHost>,
}

impl Site {
    /// The server's own.
    pub(super) fn of_server() -> Site {
        static PRODUCT: LazyLock<Arc<Look>> =
            LazyLock::new(|| Arc::new(Look::of_product(Text::default().common_product(), "")));
        Site { look: Arc::clone(&PRODUCT), own: None }
    }

    /// One of which it is not known whose it is.
    pub(super) fn of_nobody() -> Site {
        Site { look: Arc::new(Look::of_nobody()), own: None }
    }
}

/// Which host a request names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// The server's own.
    Server,
    /// Another one, which may be an account's.
    Other(HostName),
    /// None that anybody could have here.
    None,
}

/// Reads which host a request names.
pub(super) fn host_named(app: &SharedApp, request: &Request<Body>) -> Named {
    if BY_ANY_NAME.contains(&request.uri().path()) {
        return Named::Server;
    }
    named(request).map_or(Named::None, |named| named_of(&app.settings.base_url, named))
}

/// Which host it is that a request to the server at `base` names.
pub(crate) fn named_of(base: &str, named: &str) -> Named {
    if is_ours(base, named) {
        return Named::Server;
    }
    let host = without_port(base, named).and_then(|host| HostName::parse(host).ok());
    // The server's own, spelled so that it is not the server's own, is nobody's.
    host.filter(|host| host.as_str() != host_of(base)).map_or(Named::None, Named::Other)
}

/// The site of a host; `None` if it is none of ours. An account's host is looked up, the server's own is not.
pub(super) async fn site_of(app: &SharedApp, named: Named) -> Result<Option<Site>, Refused> {
    let host = match named {
        Named::Server => return Ok(Some(Site::of_server())),
        Named::Other(host) => host.to_string(),
        Named::None => return Ok(None),
    };
    let shown = app.shown_at(host.clone()).await?;
    Ok(shown.map(|shown| {
        let look = Arc::new(shown.look());
        Site { look, own: Some(OwnHost { account: shown.account, host }) }
    }))
}

/// Whether a route is there on an account's own host: what concerns one account, and signing in to it. What spans several
/// accounts, or joins and moves logins, is on the server's own host alone.
pub(super) fn is_on_own_hosts(route: &str) -> bool {
    let first = route.split('/').nth(1).unwrap_or_default();
    // A passkey is made for one host, which is the server's.
    if ["/sign-in/", "/second-factor/"].iter().any(|with_passkeys| route.starts_with(with_passkeys)) {
        return false;
    }
    match first {
        "sign-in" => route == "/sign-in",
        "" | "sign-out" | "see-as" | "language" | "reset" => true,
        "invitations" | "invitation" | "invitation-block" | "unsubscribe" | "temporary-password" => true,
        "second-factor" => true,
        // Providers send people back to the server's own host, and directories ask there.
        "accounts" => !["/single-sign-on", "/directory"].iter().any(|server| route.contains(server)),
        "logos" | "looks" | "static" => true,
        "me" => {
            matches!(route, "/me")
                || ["/me/password", "/me/proof", "/me/push", "/me/sessions"]
                    .iter()
                    .any(|own| route.starts_with(own))
        }
        _ => route.starts_with(api::BASE) || BY_ANY_NAME.contains(&route),
    }
}

/// Whether a request names the server's own host, whatever it asks for.
pub(super) fn names_server(app: &SharedApp, request: &Request<Body>) -> bool {
    named(request).is_some_and(|named| is_ours(&app.settings.base_url, named))
}

/// Whether it is the host of the base URL. A base URL of `localhost` means this machine by any name.
fn is_ours(base: &str, named: &str) -> bool {
    let (default_port, ours) = match base.split_once("://") {
        Some(("https", ours)) => (":443", ours),
        Some((_, ours)) => (":80", ours),
        None => return false,
    };
    let plain = named.strip_suffix(default_port).unwrap_or(named);
    let same = |host: &str| named.eq_ignore_ascii_case(host) || plain.eq_ignore_ascii_case(host);
    let port = ours.strip_prefix("localhost");
    same(ours) || port.is_some_and(|port| same(&format!("127.0.0.1{port}")) || same(&format!("[::1]{port}")))
}

/// The host without the port that the base URL has, or that its scheme has by itself. Another port is none of ours.
fn without_port<'a>(base: &str, named: &'a str) -> Option<&'a str> {
    let rest = base.split_once("://").map_or(base, |(_, rest)| rest);
    let port = &rest[host_of(base).len()..];
    let default_port = if base.starts_with("https://") { ":443" } else { ":80" };
    let plain = match port {
        "" => named.strip_suffix(default_port).unwrap_or(named),
        port => named.strip_suffix(port)?,
    };
    (!plain.contains(':')).then_some(plain)
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

/// Whether a host with its port is an address in numbers or a name without a dot.
fn is_of_machine(named: &str) -> bool {
    let host = host_of(named);
    !host.contains('.') || host.parse::<Ipv4Addr>().is_ok()
}

/// Tells a person who came by another address of the server's machine where the server is. Under another name it says nothing:
/// that may have been an account's own, whose people know nothing of the server (G-10).
pub(super) fn wrong(app: &SharedApp, request: &Request<Body>) -> Response {
    let secure = app.settings.base_url.starts_with("https://");
    let t = Text::new(language(&mut Cookies::of(secure, request.headers()), request.headers()));
    let sentence = match named(request).is_some_and(is_of_machine) {
        true => t.problem_wrong_host(&app.settings.base_url),
        false => t.problem_nothing_here().to_owned(),
    };
    let view = Problem { t, frame: Frame::default(), kind: Kind::Nowhere(sentence), sign_out_to: None };
    (::http::StatusCode::MISDIRECTED_REQUEST, Page(view)).into_response()
}
