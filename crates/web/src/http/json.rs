//! Answers to programs: JSON, refusals too. Keys as CallRail's API takes them: `Authorization: Token token="…"`.

use ::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use ::http::{HeaderMap, HeaderValue, StatusCode};
use app::Refused;
use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use super::problem::Chain;
use super::visitor::Visitor;
use crate::views::refusal;

/// The type of an answer.
pub(super) const DATA: &str = "application/json";
/// The type of a refusal, as in RFC 9457.
const PROBLEM: &str = "application/problem+json";

/// Why a program gets no answer. Nothing in it depends on what was asked for, so that it tells nothing either.
#[derive(Serialize)]
struct Problem {
    status: u16,
    title: &'static str,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    refusal: Option<Missing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<String>,
    /// What of the question does not fit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<&'static str>,
}

/// What is missing, and who can give it (P-17).
#[derive(Serialize)]
struct Missing {
    reason: &'static str,
    sentence: String,
    ask: Vec<String>,
}

/// A value as an answer.
pub(super) fn response(status: StatusCode, kind: &'static str, value: &impl Serialize) -> Response {
    let Ok(text) = serde_json::to_vec(value) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// The key that a program gives. Another scheme is none of ours; what follows ours is a key, and be it a wrong one.
pub(crate) fn api_key(headers: &HeaderMap) -> Option<String> {
    let (scheme, rest) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("token") {
        return None;
    }
    let rest = rest.trim();
    Some(rest.strip_prefix("token=").unwrap_or(rest).trim_matches('"').to_owned())
}

/// The answer to whatever was refused.
pub(super) fn problem(visitor: &Visitor, refused: Refused) -> Response {
    let t = visitor.t();
    let plain = |status, title| answer(status, title, None, None);
    match refused {
        Refused::SignedOut => {
            let response = plain(StatusCode::UNAUTHORIZED, t.problem_signed_out());
            with(response, WWW_AUTHENTICATE, HeaderValue::from_static("Token"))
        }
        Refused::NotFound => plain(StatusCode::NOT_FOUND, t.problem_not_found()),
        Refused::Forbidden { refusal, ask } => {
            let sentence = refusal::sentence(t, refusal);
            let ask = ask.into_iter().map(|helper| helper.name).collect();
            let missing = Missing { reason: refusal.key(), sentence, ask };
            answer(StatusCode::FORBIDDEN, t.problem_forbidden(), Some(missing), None)
        }
        Refused::SeeingAs(_) | Refused::Unproven => plain(StatusCode::FORBIDDEN, t.problem_forbidden()),
        Refused::Link(_) => plain(StatusCode::GONE, t.problem_not_found()),
        Refused::Invalid(errors) => {
            let (status, title) = (StatusCode::BAD_REQUEST, t.problem_bad_request());
            let fields = errors.iter().map(|error| error.field).collect();
            let problem = Problem { status: status.as_u16(), title, refusal: None, request: None, fields };
            response(status, PROBLEM, &problem)
        }
        Refused::Conflict(_) => plain(StatusCode::CONFLICT, t.problem_bad_request()),
        Refused::TooMany(exceeded) => {
            let span = exceeded.until.since(visitor.app.store.now());
            let response = plain(StatusCode::TOO_MANY_REQUESTS, t.problem_too_many());
            with(response, RETRY_AFTER, span.as_seconds_up().max(1).into())
        }
        Refused::Busy => {
            let response = plain(StatusCode::SERVICE_UNAVAILABLE, t.problem_unavailable());
            with(response, RETRY_AFTER, 1.into())
        }
        Refused::Failed(error) => {
            let request = visitor.ask.origin.request_id.clone();
            tracing::error!(%request, error = %Chain(&error), "a request failed");
            answer(StatusCode::INTERNAL_SERVER_ERROR, t.problem_internal(), None, Some(request))
        }
    }
}

/// A query that does not fit.
pub(super) fn unread(visitor: &Visitor, status: StatusCode) -> Response {
    answer(status, visitor.t().problem_bad_request(), None, None)
}

fn answer(
    status: StatusCode,
    title: &'static str,
    refusal: Option<Missing>,
    request: Option<String>,
) -> Response {
    response(
        status,
        PROBLEM,
        &Problem { status: status.as_u16(), title, refusal, request, fields: Vec::new() },
    )
}

fn with(mut response: Response, name: ::http::HeaderName, value: HeaderValue) -> Response {
    response.headers_mut().insert(name, value);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    ///
    #[test]
    fn a07_keys_are_read_as_programs_write_them() {
        let read = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, HeaderValue::from_str(value).expect("a header"));
            api_key(&headers)
        };
        for good in ["Token token=\"abc\"", "Token token=abc", "token token=\"abc\"", "Token abc"] {
            assert_eq!(read(good).as_deref(), Some("abc"), "{good}");
        }
        assert_eq!(read("Token token=\"\"").as_deref(), Some(""), "an empty key is a wrong one");
        for other in ["Bearer abc", "Basic YWJj", "Token", ""] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
