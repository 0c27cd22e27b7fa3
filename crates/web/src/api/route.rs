//! Routes of the API: one line each, with path, handler and what it is for. What a handler takes and answers is in its
//! types, and described from them.

use std::future::Future;
use std::sync::Arc;

use ::http::Method;
use app::SharedApp;
use app::pass::Gate;
use axum::extract::{RawPathParams, Request, State};
use axum::routing::{MethodFilter, on};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;

use super::answer::Answers;
use super::call;
use super::given::{Fields, Given};
use super::listing::{Listed, Listing, Paging};
use super::refused::Wrong;
use crate::http::counted::Counted;
use crate::http::route::{FromPath, Route, Speaks};
use crate::http::visit::Visit;

/// What the document tells of a route beside its path.
#[derive(Clone)]
pub struct Described {
    /// What it does, in a few words.
    pub summary: &'static str,
    /// What it takes, as an object.
    pub(super) input: fn(&mut SchemaGenerator) -> Schema,
    /// Whether it takes pages, too.
    pub(super) is_list: bool,
    /// What it answers; nothing where it answers nothing.
    pub(super) output: fn(&mut SchemaGenerator) -> Option<Schema>,
    /// The status of a good answer.
    pub(super) status: u16,
}

/// A list, of which a part is asked for.
pub(super) fn list<P, I, T, F, R>(path: &'static str, summary: &'static str, handler: F) -> Route
where
    P: Gate<Target: FromPath> + Counted,
    I: DeserializeOwned + JsonSchema + Send + 'static,
    T: Listed + 'static,
    F: Fn(Visit<P>, Paging, I) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Result<Listing<T>, Wrong>> + Send,
{
    let fields = Fields::of::<I>().and(Fields::of::<Paging>());
    route(Method::GET, path, fields, describe::<I, Listing<T>>(summary, true), move |visit, given: Given| {
        let handler = handler.clone();
        async move { handler(visit, given.read()?, given.read()?).await }
    })
}

macro_rules! verbs {
    ($($(#[$doc:meta])* $name:ident $method:ident;)*) => {$(
        $(#[$doc])*
        pub(super) fn $name<P, I, O, F, R>(path: &'static str, summary: &'static str, handler: F) -> Route
        where
            P: Gate<Target: FromPath> + Counted,
            I: DeserializeOwned + JsonSchema + Send + 'static,
            O: Answers + 'static,
            F: Fn(Visit<P>, I) -> R + Clone + Send + Sync + 'static,
            R: Future<Output = Result<O, Wrong>> + Send,
        {
            let described = describe::<I, O>(summary, false);
            route(Method::$method, path, Fields::of::<I>(), described, move |visit, given: Given| {
                let handler = handler.clone();
                async move { handler(visit, given.read()?).await }
            })
        }
    )*};
}

verbs! {
    /// One thing.
    get GET;
    /// Something is made, or done.
    post POST;
    /// Something is changed, as far as it is named.
    put PUT;
    /// Something is removed.
    delete DELETE;
}

fn describe<I: JsonSchema, O: Answers>(summary: &'static str, is_list: bool) -> Described {
    Described {
        summary,
        input: |generator| I::json_schema(generator),
        is_list,
        output: O::schema,
        status: O::STATUS.as_u16(),
    }
}

fn route<P, O, F, R>(
    method: Method,
    path: &'static str,
    fields: Fields,
    described: Described,
    handler: F,
) -> Route
where
    P: Gate<Target: FromPath> + Counted,
    O: Answers + 'static,
    F: Fn(Visit<P>, Given) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Result<O, Wrong>> + Send,
{
    let filter = match method {
        Method::POST => MethodFilter::POST,
        Method::PUT => MethodFilter::PUT,
        Method::DELETE => MethodFilter::DELETE,
        _ => MethodFilter::GET,
    };
    let fields = Arc::new(fields);
    let endpoint =
        on(filter, move |State(app): State<SharedApp>, params: RawPathParams, request: Request| {
            call::run(app, (path, Arc::clone(&fields)), params, request, handler.clone())
        });
    let speaks = Speaks::Api;
    Route {
        method,
        path,
        door: P::DOOR,
        proven: P::PROVEN,
        records: &[],
        speaks,
        described: Some(described),
        endpoint,
    }
}
