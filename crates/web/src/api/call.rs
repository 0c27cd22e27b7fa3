//! A request to the API, from the key to the answer: who asks, whether there are requests left, what was given, then the
//! handler; whatever is refused becomes a sentence here.

use std::future::Future;
use std::sync::Arc;

use ::http::header::{HOST, HeaderName, HeaderValue};
use app::api_limit::Left;
use app::pass::{Credentials, Gate};
use app::{Refused, SharedApp};
use axum::extract::{RawPathParams, Request};
use axum::response::Response;
use domain::id::AccountId;

use super::answer::{Answers, Asked};
use super::given::{Fields, Given};
use super::refused::{self, Wrong};
use crate::http::counted::{self, Counted};
use crate::http::json;
use crate::http::refusals;
use crate::http::route::{FromPath, Speaks};
use crate::http::visit::{Visit, param};
use crate::http::visitor::Visitor;

const WARNING: HeaderName = HeaderName::from_static("warning");

/// Runs a handler on a request.
pub(super) async fn run<P, O, F, R>(
    app: SharedApp,
    (path, fields): (&'static str, Arc<Fields>),
    params: RawPathParams,
    request: Request,
    handler: F,
) -> Response
where
    P: Gate<Target: FromPath> + Counted,
    O: Answers,
    F: FnOnce(Visit<P>, Given) -> R,
    R: Future<Output = Result<O, Wrong>>,
{
    let mut visitor = Visitor::of(app, &request).at(Speaks::Api, request.headers());
    // A session of a browser opens nothing here, so no other site can have it do anything.
    let key = json::api_key(request.headers()).unwrap_or_default();
    let at = visitor.ask.credentials.at.take();
    visitor.ask.credentials = Credentials { api_key: Some(key), at, ..Credentials::default() };
    let visitor = Arc::new(visitor);
    let mut left = None;
    let answered = answer(&visitor, (path, fields), params, request, handler, &mut left).await;
    let mut response = match answered {
        Ok(response) => response,
        Err(wrong) => {
            match &wrong {
                Wrong::Refused(Refused::SignedOut) => refusals::note_wrong_key(&visitor.ask.origin),
                Wrong::Refused(refused) => refusals::note(&visitor.ask.origin, refused),
                _ => {}
            }
            refused::answer(wrong, &visitor.ask.origin.request_id, visitor.app.store.now())
        }
    };
    counted::tell_left(response.headers_mut(), left, &visitor);
    response
}

async fn answer<P, O, F, R>(
    visitor: &Arc<Visitor>,
    (path, fields): (&'static str, Arc<Fields>),
    params: RawPathParams,
    request: Request,
    handler: F,
    left: &mut Option<[Left; 2]>,
) -> Result<Response, Wrong>
where
    P: Gate<Target: FromPath> + Counted,
    O: Answers,
    F: FnOnce(Visit<P>, Given) -> R,
    R: Future<Output = Result<O, Wrong>>,
{
    let params = named(visitor, &params).await?;
    let target = P::Target::from_path(&|name| param(&params, name)).ok_or(Refused::NotFound)?;
    let account = param(&params, "account").unwrap_or_default();
    counted::admit::<P>(visitor, &target, P::whose, account, left).await?;
    if !fits(path, request.uri().path()) {
        return Err(Refused::NotFound.into());
    }
    let asked = Asked { site: site(visitor, &request), uri: request.uri().clone() };
    let given = Given::of(request, fields).await?;
    let warning = warning(&given.unknown);
    let answered = handler(Visit::new(Arc::clone(visitor), target, params), given).await?;
    let mut response = answered.answer(&asked);
    if let Some(warning) = warning {
        response.headers_mut().insert(WARNING, warning);
    }
    Ok(response)
}

/// What the path names: without what stands behind the name of the last thing, and accounts by their ids. What is no id is
/// one that nobody has, so that a wrong key is told first, and then that there is no such thing.
async fn named(visitor: &Visitor, params: &RawPathParams) -> Result<Vec<(String, String)>, Wrong> {
    let mut named = Vec::new();
    for (name, value) in params {
        let value = value.strip_suffix(SUFFIX).unwrap_or(value);
        let value = match name {
            "account" => account_of(visitor, value).await?,
            "company" if value.parse::<domain::id::CompanyId>().is_err() => nobodys("COM"),
            _ => value.to_owned(),
        };
        named.push((name.to_owned(), value));
    }
    Ok(named)
}

fn nobodys(prefix: &str) -> String {
    format!("{prefix}{}", "0".repeat(32))
}

async fn account_of(visitor: &Visitor, value: &str) -> Result<String, Wrong> {
    if value.parse::<AccountId>().is_ok() {
        return Ok(value.to_owned());
    }
    let is_number = value.len() == 9 && value.bytes().all(|b| b.is_ascii_digit());
    let number: Option<i64> = value.parse().ok().filter(|_| is_number);
    let Some(number) = number else { return Ok(nobodys("ACC")) };
    let found = visitor.app.account_of_number(number).await?;
    Ok(found.map_or_else(|| nobodys("ACC"), |id| id.to_string()))
}

/// What stands behind the names of things in paths.
pub(super) const SUFFIX: &str = ".json";

/// Whether a path is one of a route.
pub(super) fn fits(route: &str, path: &str) -> bool {
    let (wanted, found): (Vec<_>, Vec<_>) = (route.split('/').collect(), path.split('/').collect());
    let same = |(wanted, found): (&&str, &&str)| match wanted.strip_prefix('{') {
        Some(name) if name.ends_with(SUFFIX) => found.len() > SUFFIX.len() && found.ends_with(SUFFIX),
        Some(_) => !found.is_empty(),
        None => wanted == found,
    };
    wanted.len() == found.len() && wanted.iter().zip(&found).all(same)
}

/// Scheme and host as the program has them. The host is one of ours: that was looked at before, in the address where the
/// program wrote a whole one, and else in the header.
fn site(visitor: &Visitor, request: &Request) -> String {
    let scheme = if visitor.secure { "https" } else { "http" };
    let header = || request.headers().get(HOST).and_then(|host| host.to_str().ok());
    match request.uri().authority().map(|authority| authority.as_str()).or_else(header) {
        Some(host) => format!("{scheme}://{host}"),
        None => visitor.app.settings.base_url.clone(),
    }
}

/// Names the parameters that were passed over.
fn warning(unknown: &[String]) -> Option<HeaderValue> {
    let plain = |name: &&String| {
        name.len() <= 60 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-[]".contains(&b))
    };
    let names: Vec<&str> = unknown.iter().filter(plain).map(String::as_str).collect();
    if names.is_empty() {
        return None;
    }
    HeaderValue::from_str(&format!("299 - \"Not used here: {}\"", names.join(" "))).ok()
}

/// The path as the router takes it: names of things stand alone between their slashes there.
pub(crate) fn routed(path: &str) -> String {
    path.replace("}.json", "}")
}
