//! A request of a directory, from the token to the answer.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use ::http::{HeaderMap, Method, header};
use app::pass::{Credentials, DirectoryPass, Gate as _};
use app::{Refused, SharedApp};
use axum::extract::{RawPathParams, Request, State};
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use domain::activity::Verb;
use domain::scim::{Filter, Unsupported};
use serde::Deserialize;
use serde_html_form::de::empty_as_none;
use serde_json::Value;
use tokio::time::timeout;

use super::answer::{self, Shown, Wrong};
use crate::http::refusals;
use crate::http::route::{Route, Speaks};
use crate::http::visit::Visit;
use crate::http::visitor::Visitor;

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);
/// The largest body, in bytes: a group of a thousand people has a quarter of that.
const LARGEST: usize = 512 * 1024;
/// The most of a list at once, and how many where it is not said.
const PAGE: i64 = 100;
/// How far into a list one may ask.
const FARTHEST: i64 = 100_000;

/// What a directory asks, beside the path.
pub(super) struct Asked {
    /// Which attributes it wants.
    pub(super) shown: Shown,
    /// Whom it looks for.
    pub(super) filter: Option<Filter>,
    /// The first of a list, from 1 on.
    pub(super) start: i64,
    /// How many of it.
    pub(super) count: i64,
    /// The body.
    pub(super) body: Value,
    /// The address of the server, with what all of SCIM is below.
    pub(super) base: String,
}

/// A good answer, made.
pub(super) type Answer = Result<Response, Wrong>;
/// A visit of a directory.
pub(super) type Visited = Visit<DirectoryPass>;

/// A line of the table.
pub(super) fn route<F, R>(method: Method, path: &'static str, records: &'static [Verb], handler: F) -> Route
where
    F: Fn(Visited, Asked) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Answer> + Send,
{
    let filter = match method {
        Method::POST => MethodFilter::POST,
        Method::PUT => MethodFilter::PUT,
        Method::PATCH => MethodFilter::PATCH,
        Method::DELETE => MethodFilter::DELETE,
        _ => MethodFilter::GET,
    };
    let endpoint =
        on(filter, move |State(app): State<SharedApp>, params: RawPathParams, request: Request| {
            run(app, params, request, handler.clone())
        });
    Route {
        method,
        path,
        door: DirectoryPass::DOOR,
        proven: false,
        records,
        speaks: Speaks::Scim,
        described: None,
        endpoint,
    }
}

async fn run<F, R>(app: SharedApp, params: RawPathParams, request: Request, handler: F) -> Response
where
    F: FnOnce(Visited, Asked) -> R,
    R: Future<Output = Answer>,
{
    let mut visitor = Visitor::of(app, &request).at(Speaks::Scim, request.headers());
    // Cookies and keys of people open nothing here.
    let token = bearer(request.headers());
    visitor.ask.credentials = Credentials { directory: token, ..Credentials::default() };
    let visitor = Arc::new(visitor);
    let params = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let visit = Visit::new(Arc::clone(&visitor), (), params);
    let answered = async {
        visitor.app.admit_directory(&visitor.ask).await?;
        let asked = read(&visitor.app, request).await?;
        handler(visit, asked).await
    };
    answered.await.unwrap_or_else(|wrong| {
        match &wrong {
            Wrong::Refused(Refused::SignedOut) => refusals::note_wrong_key(&visitor.ask.origin),
            Wrong::Refused(refused) => refusals::note(&visitor.ask.origin, refused),
            Wrong::Said(..) => {}
        }
        answer::refused(wrong, &visitor.ask.origin.request_id, visitor.app.store.now())
    })
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

/// The query. What else it may hold says nothing here, and neither does what is empty.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Query {
    #[serde(deserialize_with = "empty_as_none")]
    filter: Option<String>,
    #[serde(deserialize_with = "empty_as_none")]
    attributes: Option<String>,
    #[serde(deserialize_with = "empty_as_none")]
    excluded_attributes: Option<String>,
    #[serde(deserialize_with = "empty_as_none")]
    start_index: Option<String>,
    #[serde(deserialize_with = "empty_as_none")]
    count: Option<String>,
    #[serde(deserialize_with = "empty_as_none")]
    sort_by: Option<String>,
}

async fn read(app: &SharedApp, request: Request) -> Result<Asked, Wrong> {
    let query = request.uri().query().unwrap_or_default();
    let query: Query = serde_html_form::from_str(query)
        .map_err(|_| Wrong::said(400, "invalidValue", "The query can't be read"))?;
    if query.sort_by.is_some() {
        return Err(Wrong::said(400, "invalidValue", "Lists are not sorted: sortBy is not supported"));
    }
    let filter = match query.filter.as_deref().map(Filter::parse) {
        Some(Err(_)) => return Err(Wrong::said(400, "invalidFilter", "The filter can't be read")),
        Some(Ok(filter)) => Some(filter),
        None => None,
    };
    let whole = |typed: Option<&str>, missing: i64| match typed.map(str::parse::<i64>) {
        None => Ok(missing),
        Some(Ok(number)) => Ok(number),
        Some(Err(_)) => Err(Wrong::said(400, "invalidValue", "startIndex and count are whole numbers")),
    };
    // What is below the least stands for the least (RFC 7644, 3.4.2.4).
    let start = whole(query.start_index.as_deref(), 1)?.max(1);
    if start > FARTHEST {
        let sentence = format!("startIndex is at most {FARTHEST}: look for people by a filter");
        return Err(Wrong::said(400, "tooMany", sentence));
    }
    let count = whole(query.count.as_deref(), PAGE)?.clamp(0, PAGE);
    let shown = Shown::of(query.attributes.as_deref(), query.excluded_attributes.as_deref())?;
    let base = format!("{}{}", app.settings.base_url, super::BASE);
    Ok(Asked { shown, filter, start, count, body: body(request).await?, base })
}

async fn body(request: Request) -> Result<Value, Wrong> {
    if matches!(*request.method(), Method::GET | Method::DELETE) {
        return Ok(Value::Null);
    }
    let kind =
        request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let bytes = timeout(PATIENCE, axum::body::to_bytes(request.into_body(), LARGEST)).await;
    let bytes = bytes.map_err(|_| Wrong::plain(408, "The body took too long"))?;
    let bytes = bytes.map_err(|_| Wrong::plain(413, "The body is too large"))?;
    if !["", "application/scim+json", "application/json"].contains(&kind.as_str()) {
        return Err(Wrong::plain(415, "The body must be application/scim+json"));
    }
    let read: Value = serde_json::from_slice(&bytes)
        .map_err(|_| Wrong::said(400, "invalidSyntax", "The body is not valid JSON"))?;
    if read.is_object() {
        Ok(read)
    } else {
        Err(Wrong::said(400, "invalidSyntax", "The body must be an object"))
    }
}

impl From<Unsupported> for Wrong {
    fn from(_unsupported: Unsupported) -> Wrong {
        let sentence = "People are found by userName, emails.value, externalId and id, groups by displayName, externalId, id \
                        and members, with eq, and, or";
        Wrong::said(400, "invalidFilter", sentence)
    }
}
