//! What is answered: resources with the attributes that were asked for, lists, and why not.

use ::http::StatusCode;
use ::http::header::{CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use app::{Conflict, Refused};
use axum::body::Body;
use axum::response::Response;
use domain::input::{FieldError, Problem};
use domain::scim::Path;
use domain::time::Timestamp;
use serde_json::{Map, Value, json};

use crate::http::problem::{Chain, sentence_of};
use crate::views::{form, refusal};

const KIND: HeaderValue = HeaderValue::from_static("application/scim+json");

/// Why not.
#[derive(Debug)]
pub(super) enum Wrong {
    /// What an operation refused.
    Refused(Refused),
    /// What is said here: a status, one of the words of RFC 7644 for a 400 or 409, or none, and a sentence.
    Said(u16, &'static str, String),
}

impl Wrong {
    pub(super) fn said(status: u16, word: &'static str, sentence: impl Into<String>) -> Wrong {
        Wrong::Said(status, word, sentence.into())
    }

    pub(super) fn plain(status: u16, sentence: &str) -> Wrong {
        Wrong::said(status, "", sentence)
    }
}

impl From<Refused> for Wrong {
    fn from(refused: Refused) -> Wrong {
        Wrong::Refused(refused)
    }
}

/// Which attributes are shown of a resource. `id`, `schemas` and `meta` are no choice.
#[derive(Debug)]
pub(super) struct Shown {
    only: Vec<(String, Option<String>)>,
    but: Vec<(String, Option<String>)>,
}

const ALWAYS: [&str; 2] = ["id", "schemas"];

impl Shown {
    pub(super) fn of(only: Option<&str>, but: Option<&str>) -> Result<Shown, Wrong> {
        Ok(Shown { only: paths(only)?, but: paths(but)? })
    }

    /// Whether an attribute is shown, at least in part.
    pub(super) fn has(&self, name: &str) -> bool {
        let named = |paths: &[(String, Option<String>)], whole: bool| {
            paths.iter().any(|(path, sub)| path.eq_ignore_ascii_case(name) && (!whole || sub.is_none()))
        };
        (self.only.is_empty() || named(&self.only, false)) && !named(&self.but, true)
    }

    fn of_resource(&self, resource: Value) -> Value {
        let Value::Object(resource) = resource else { return resource };
        let keep = |(name, value): (String, Value)| {
            if ALWAYS.contains(&name.as_str()) {
                return Some((name, value));
            }
            let shown = self.has(&name).then(|| self.parts(&name, value))?;
            Some((name, shown))
        };
        Value::Object(resource.into_iter().filter_map(keep).collect())
    }

    /// Of an attribute the parts that are asked for.
    fn parts(&self, name: &str, value: Value) -> Value {
        let subs = |paths: &[(String, Option<String>)]| -> Option<Vec<String>> {
            let of = paths.iter().filter(|(path, _)| path.eq_ignore_ascii_case(name));
            of.map(|(_, sub)| sub.clone()).collect()
        };
        // Where the whole is named its parts are no matter.
        let only = subs(&self.only).filter(|subs| !subs.is_empty());
        let but = subs(&self.but).unwrap_or_default();
        let keep = |sub: &str| {
            let among = |list: &[String]| list.iter().any(|one| one.eq_ignore_ascii_case(sub));
            only.as_ref().is_none_or(|only| among(only)) && !among(&but)
        };
        let part = |value: Value| match value {
            Value::Object(parts) => {
                Value::Object(parts.into_iter().filter(|(sub, _)| keep(sub)).collect::<Map<_, _>>())
            }
            other => other,
        };
        match value {
            Value::Array(values) => Value::Array(values.into_iter().map(part).collect()),
            other => part(other),
        }
    }
}

/// Names of attributes, with commas between them.
fn paths(list: Option<&str>) -> Result<Vec<(String, Option<String>)>, Wrong> {
    let read = |text: &str| {
        let path =
            Path::parse(text).map_err(|_| Wrong::said(400, "invalidPath", "attributes can't be read"))?;
        // Of another schema there is nothing.
        let key = path.key().map(|(name, sub)| (name.to_owned(), sub.map(str::to_owned)));
        Ok(key.unwrap_or_else(|| (path.to_string(), None)))
    };
    list.unwrap_or_default().split(',').map(str::trim).filter(|text| !text.is_empty()).map(read).collect()
}

/// A body.
pub(super) fn body(status: StatusCode, value: &Value) -> Response {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, KIND);
    response
}

/// A resource, as far as it is asked for.
pub(super) fn resource(status: StatusCode, shown: &Shown, resource: Value) -> Response {
    let location = resource["meta"]["location"].as_str().and_then(|at| HeaderValue::from_str(at).ok());
    let mut response = body(status, &shown.of_resource(resource));
    if let Some(location) = location {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}

/// A part of a list that has `total` in all.
pub(super) fn list(shown: &Shown, start: i64, total: i64, resources: Vec<Value>) -> Response {
    let resources: Vec<Value> = resources.into_iter().map(|one| shown.of_resource(one)).collect();
    let list = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": resources.len(),
        "Resources": resources,
    });
    body(StatusCode::OK, &list)
}

/// It is done, and nothing is left to be told.
pub(super) fn gone() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

fn error(status: u16, word: &str, detail: &str) -> Response {
    let mut error = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": status.to_string(),
        "detail": detail,
    });
    if !word.is_empty() {
        error["scimType"] = word.into();
    }
    body(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), &error)
}

fn with(mut response: Response, name: HeaderName, value: HeaderValue) -> Response {
    response.headers_mut().insert(name, value);
    response
}

/// The answer to whatever was refused.
pub(super) fn refused(wrong: Wrong, request_id: &str, now: Timestamp) -> Response {
    let refused = match wrong {
        Wrong::Said(status, word, sentence) => return error(status, word, &sentence),
        Wrong::Refused(refused) => refused,
    };
    match refused {
        Refused::SignedOut => {
            let response = error(401, "", "The bearer token is missing, or opens nothing any more");
            with(response, WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
        }
        Refused::NotFound | Refused::Link(_) | Refused::SeeingAs(_) | Refused::Unproven => {
            error(404, "", "Not found")
        }
        Refused::Forbidden { refusal, .. } => {
            error(403, "", &refusal::sentence(text::Text::default(), refusal))
        }
        Refused::Invalid(errors) => invalid(&errors),
        Refused::Conflict(Conflict::OnlyOneself) => {
            error(400, "mutability", "Whoever signs in changes their own address: it is not changed here")
        }
        Refused::Conflict(Conflict::NotOfTheDirectory) => {
            error(400, "mutability", text::Text::default().problem_not_of_the_directory())
        }
        Refused::Conflict(Conflict::Full) => error(413, "", "There are as many as there may be"),
        Refused::Conflict(conflict) => {
            let t = text::Text::default();
            error(409, "", &sentence_of(t, t.problem_this_user(), conflict))
        }
        Refused::TooMany(exceeded) => {
            let seconds = exceeded.until.since(now).as_seconds_up().max(1);
            with(error(429, "", "Only so many requests are taken in a time"), RETRY_AFTER, seconds.into())
        }
        Refused::Busy => with(error(503, "", "Try again in a moment"), RETRY_AFTER, 1.into()),
        Refused::Failed(failed) => {
            tracing::error!(request = %request_id, error = %Chain(&failed), "a request failed");
            error(500, "", "Something went wrong")
        }
    }
}

fn invalid(errors: &[FieldError]) -> Response {
    let is_taken = |error: &FieldError| matches!(error.problem, Problem::AddressTaken | Problem::NameTaken);
    let t = text::Text::default();
    let sentence = |error: &FieldError| match (error.field, error.problem) {
        ("user_name", Problem::NameTaken) => {
            "userName: somebody of the account is called so already".to_owned()
        }
        ("members", _) => "members: there is no such user in the account".to_owned(),
        (field, problem) => format!("{}: {}", attribute(field), form::sentence(t, field, problem)),
    };
    let detail = errors.iter().map(sentence).collect::<Vec<_>>().join(" ");
    match errors.iter().any(is_taken) {
        true => error(409, "uniqueness", &detail),
        false => error(400, "invalidValue", &detail),
    }
}

/// What SCIM calls a field.
fn attribute(field: &str) -> &str {
    match field {
        "user_name" => "userName",
        "external_id" => "externalId",
        "first_name" => "name.givenName",
        "last_name" => "name.familyName",
        "display_name" => "displayName",
        "email" => "emails.value",
        other => other,
    }
}

/// The answer where there is no route.
pub(crate) fn nothing_here() -> Response {
    error(404, "", "Not found")
}

/// The answer where there is one for other methods.
pub(crate) fn wrong_method() -> Response {
    error(405, "", "Method not allowed")
}

/// The answer after a panic, which the panic hook has told.
pub(crate) fn panicked() -> Response {
    error(500, "", "Something went wrong")
}
