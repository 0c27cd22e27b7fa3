//! Routes: one line of the table each, with method, path, door, handler and what it records.
//!
//! A handler names in its signature the pass it needs, so a route without a gate can't be written:
//!
//! ```compile_fail
//! # use web::http::{route::{self, Nothing}, visit::{Answer, Visit}};
//! struct NoGate;
//! async fn page(visit: Visit<NoGate>, _: Nothing) -> Answer { unreachable!() }
//! let route = route::get("/users", page);
//! ```
//!
//! With a gate it can:
//!
//! ```
//! # use web::http::{route::{self, Nothing}, visit::{Answer, Visit}}; use app::pass::SelfPass;
//! async fn page(visit: Visit<SelfPass>, _: Nothing) -> Answer { unreachable!() }
//! let route = route::get("/users", page);
//! ```

use std::future::Future;

use ::http::Method;
use app::SharedApp;
use app::pass::{Door, Gate};
use axum::extract::{RawPathParams, Request, State};
use axum::routing::{MethodFilter, MethodRouter, on};
use domain::activity::Verb;
use domain::id::{AccountCenterId, AccountId, CompanyId};
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::counted::Counted;
use super::upload::{self, FileForm, Upload};
use super::visit::{self, Answer, Visit};
use crate::api::Described;

/// A route of the table.
pub struct Route {
    /// GET or POST; of the API PUT and DELETE, of SCIM PATCH, too.
    pub method: Method,
    /// The path, with `{account}`, `{company}`, `{user}` and the like in it.
    pub path: &'static str,
    /// Who gets in.
    pub door: Door,
    /// Whether whoever gets in has shown a moment ago that it is them.
    pub proven: bool,
    /// What it writes into the activity when it does what it is there for; nothing for routes that only look.
    pub records: &'static [Verb],
    /// In what it answers.
    pub speaks: Speaks,
    /// What its document tells, of routes of the API.
    pub described: Option<Described>,
    pub(crate) endpoint: MethodRouter<SharedApp>,
}

/// The largest form that is read, in bytes.
pub(super) const FORM: usize = 256 * 1024;
/// The largest one with a list in it, of which a byte may take three.
const LARGE_FORM: usize = 4 * domain::job::MAX_BYTES;

/// In what a route answers, refusals among it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaks {
    /// Pages, for people.
    Pages,
    /// JSON, for programs too: they may come with a key.
    Data,
    /// Events, for scripts of our own pages.
    Events,
    /// Nothing but whether it is done, for mail programs: they come from anywhere, with what the address holds and nothing else.
    Mailboxes,
    /// JSON as the API has it, for programs alone.
    Api,
    /// JSON as SCIM has it, for a customer's directory alone.
    Scim,
}

/// What a route of pages is like, beside its handler.
pub(super) struct Kind<P> {
    /// In what it answers.
    pub(super) speaks: Speaks,
    /// The largest form that is read, in bytes.
    pub(super) largest: usize,
    /// Whose requests are counted, where programs may come with a key.
    pub(super) whose: Option<fn(&P) -> String>,
}

// Derived, these would ask the same of `P`.
impl<P> Clone for Kind<P> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<P> Copy for Kind<P> {}

impl<P> Kind<P> {
    /// One that is not for programs.
    fn of(speaks: Speaks, largest: usize) -> Kind<P> {
        Kind { speaks, largest, whose: None }
    }
}

/// Input of routes that take none.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// What a route's path names.
pub trait FromPath: Sized {
    /// Reads it; `None` when it is no such thing, which is "not found" like any other.
    fn from_path<'a>(param: &dyn Fn(&str) -> Option<&'a str>) -> Option<Self>;

    /// Reads it where the query names something too.
    fn from_address<'a>(param: &dyn Fn(&str) -> Option<&'a str>, _query: &str) -> Option<Self> {
        Self::from_path(param)
    }
}

impl FromPath for () {
    fn from_path<'a>(_param: &dyn Fn(&str) -> Option<&'a str>) -> Option<()> {
        Some(())
    }
}

impl FromPath for AccountId {
    fn from_path<'a>(param: &dyn Fn(&str) -> Option<&'a str>) -> Option<AccountId> {
        param("account")?.parse().ok()
    }
}

impl FromPath for AccountCenterId {
    fn from_path<'a>(param: &dyn Fn(&str) -> Option<&'a str>) -> Option<AccountCenterId> {
        param("account_center")?.parse().ok()
    }
}

impl FromPath for (AccountId, CompanyId) {
    fn from_path<'a>(param: &dyn Fn(&str) -> Option<&'a str>) -> Option<(AccountId, CompanyId)> {
        Some((param("account")?.parse().ok()?, param("company")?.parse().ok()?))
    }
}

impl FromPath for (AccountId, Option<CompanyId>) {
    fn from_path<'a>(param: &dyn Fn(&str) -> Option<&'a str>) -> Option<Self> {
        Some((param("account")?.parse().ok()?, None))
    }

    fn from_address<'a>(param: &dyn Fn(&str) -> Option<&'a str>, query: &str) -> Option<Self> {
        let (account, _) = Self::from_path(param)?;
        let named: Named = serde_html_form::from_str(query).ok()?;
        let company = if named.company.is_empty() { None } else { Some(named.company.parse().ok()?) };
        Some((account, company))
    }
}

/// A company that the query names instead of the path.
#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    company: String,
}

/// A route that looks. It changes nothing, whoever follows it (X-02).
pub fn get<P, I, F, R>(path: &'static str, handler: F) -> Route
where
    P: Gate<Target: FromPath>,
    I: DeserializeOwned + Send + 'static,
    F: Fn(Visit<P>, I) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Answer> + Send,
{
    route(Method::GET, Kind::of(Speaks::Pages, FORM), path, handler)
}

/// A route that does something.
pub fn post<P, I, F, R>(path: &'static str, handler: F) -> Route
where
    P: Gate<Target: FromPath>,
    I: DeserializeOwned + Send + 'static,
    F: Fn(Visit<P>, I) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Answer> + Send,
{
    route(Method::POST, Kind::of(Speaks::Pages, FORM), path, handler)
}

/// A route that does something for a mail program, which shows by the address alone that it may (RFC 8058).
pub fn post_for_mailboxes<P, I, F, R>(path: &'static str, handler: F) -> Route
where
    P: Gate<Target: FromPath>,
    I: DeserializeOwned + Send + 'static,
    F: Fn(Visit<P>, I) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Answer> + Send,
{
    route(Method::POST, Kind::of(Speaks::Mailboxes, FORM), path, handler)
}

/// A route that does something, and takes a form as large as a list of many rows.
pub fn post_large<P, I, F, R>(path: &'static str, handler: F) -> Route
where
    P: Gate<Target: FromPath>,
    I: DeserializeOwned + Send + 'static,
    F: Fn(Visit<P>, I) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Answer> + Send,
{
    route(Method::POST, Kind::of(Speaks::Pages, LARGE_FORM), path, handler)
}

/// A route that does something with a form that may hold a file.
pub fn post_file<P, F, R>(path: &'static str, form: FileForm, handler: F) -> Route
where
    P: Gate<Target: FromPath>,
    F: Fn(Visit<P>, Upload) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Answer> + Send,
{
    let run = move |State(app): State<SharedApp>, params: RawPathParams, request: Request| {
        upload::run(app, (params, form), request, handler.clone())
    };
    let (method, endpoint) = (Method::POST, on(MethodFilter::POST, run));
    Route {
        method,
        path,
        door: P::DOOR,
        proven: P::PROVEN,
        records: &[],
        speaks: Speaks::Pages,
        described: None,
        endpoint,
    }
}

/// A route that looks, and answers with JSON. What a program asks for there is counted like the API's requests.
pub fn get_data<P, I, F, R>(path: &'static str, handler: F) -> Route
where
    P: Gate<Target: FromPath> + Counted,
    I: DeserializeOwned + Send + 'static,
    F: Fn(Visit<P>, I) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Answer> + Send,
{
    route(Method::GET, Kind { speaks: Speaks::Data, largest: FORM, whose: Some(P::whose) }, path, handler)
}

/// A route that goes on telling.
pub fn get_events<P, I, F, R>(path: &'static str, handler: F) -> Route
where
    P: Gate<Target: FromPath>,
    I: DeserializeOwned + Send + 'static,
    F: Fn(Visit<P>, I) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Answer> + Send,
{
    route(Method::GET, Kind::of(Speaks::Events, FORM), path, handler)
}

fn route<P, I, F, R>(method: Method, kind: Kind<P>, path: &'static str, handler: F) -> Route
where
    P: Gate<Target: FromPath>,
    I: DeserializeOwned + Send + 'static,
    F: Fn(Visit<P>, I) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Answer> + Send,
{
    let filter = if method == Method::POST { MethodFilter::POST } else { MethodFilter::GET };
    let endpoint =
        on(filter, move |State(app): State<SharedApp>, params: RawPathParams, request: Request| {
            visit::run(app, kind, params, request, handler.clone())
        });
    Route {
        method,
        path,
        door: P::DOOR,
        proven: P::PROVEN,
        records: &[],
        speaks: kind.speaks,
        described: None,
        endpoint,
    }
}

impl Route {
    /// The same route with what it writes into the activity.
    pub fn records(self, verbs: &'static [Verb]) -> Route {
        Route { records: verbs, ..self }
    }
}
