//! Why a program gets no good answer: a status, and one sentence under `error`.

use ::http::StatusCode;
use ::http::header::{ALLOW, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use app::limits::Exceeded;
use app::{Conflict, Refused};
use axum::extract::Request;
use axum::response::Response;
use domain::access::{Outside, Refusal};
use domain::input::{FieldError, Problem};
use domain::time::Timestamp;
use serde::Serialize;

use super::answer::json;
use crate::http::counted::Stopped;
use crate::http::problem::{Chain, sentence_of};
use crate::http::route::Route;
use crate::views::form;

/// Names the capability that is missing (P-17); the sentence is everybody's.
const MISSING: HeaderName = HeaderName::from_static("x-missing-capability");

/// Why not.
#[derive(Debug)]
pub(super) enum Wrong {
    /// What an operation refused.
    Refused(Refused),
    /// The account's requests are used up.
    UsedUp(Exceeded),
    /// What the API itself says.
    Said(StatusCode, String),
}

impl Wrong {
    pub(super) fn said(status: StatusCode, sentence: impl Into<String>) -> Wrong {
        Wrong::Said(status, sentence.into())
    }

    /// A parameter that is wrong.
    pub(super) fn field(name: &str, what: &str) -> Wrong {
        Wrong::said(StatusCode::BAD_REQUEST, format!("{} {what}", label(name)))
    }

    /// A parameter that is well written, and can't be done as things stand.
    pub(super) fn refused_field(name: &str, what: &str) -> Wrong {
        Wrong::said(StatusCode::UNPROCESSABLE_ENTITY, format!("{} {what}", label(name)))
    }
}

impl From<Refused> for Wrong {
    fn from(refused: Refused) -> Wrong {
        Wrong::Refused(refused)
    }
}

impl From<Stopped> for Wrong {
    fn from(stopped: Stopped) -> Wrong {
        match stopped {
            Stopped::Refused(refused) => Wrong::Refused(refused),
            Stopped::UsedUp(exceeded) => Wrong::UsedUp(exceeded),
        }
    }
}

/// The body of every refusal.
#[derive(Serialize)]
pub(super) struct Sentence<'a> {
    error: &'a str,
}

/// The name of a field at the beginning of a sentence.
pub(super) fn label(name: &str) -> String {
    let name = name.strip_suffix("_id").unwrap_or(name).replace('_', " ");
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn said(status: StatusCode, sentence: &str) -> Response {
    json(status, &Sentence { error: sentence })
}

/// The answer.
pub(super) fn answer(wrong: Wrong, request_id: &str, now: Timestamp) -> Response {
    let refused = match wrong {
        Wrong::Said(status, sentence) => return said(status, &sentence),
        Wrong::UsedUp(exceeded) => return too_many("Rate limit exceeded", exceeded, now),
        Wrong::Refused(refused) => refused,
    };
    match refused {
        Refused::SignedOut => {
            let response = said(StatusCode::UNAUTHORIZED, "HTTP Token: Access denied");
            with(response, WWW_AUTHENTICATE, HeaderValue::from_static("Token realm=\"Application\""))
        }
        Refused::NotFound | Refused::Link(_) => not_found(),
        Refused::Forbidden { refusal, .. } => forbidden(Some(refusal)),
        Refused::Conflict(Conflict::OnlyOneself) | Refused::SeeingAs(_) | Refused::Unproven => {
            forbidden(None)
        }
        Refused::Invalid(errors) => {
            let sentences: Vec<String> = errors.iter().map(sentence).collect();
            said(StatusCode::UNPROCESSABLE_ENTITY, &sentences.join(", "))
        }
        Refused::Conflict(conflict) => {
            let t = text::Text::default();
            said(StatusCode::UNPROCESSABLE_ENTITY, &sentence_of(t, t.problem_this_user(), conflict))
        }
        // Other requests still do what they are for.
        Refused::TooMany(exceeded) => {
            too_many("This was done too often: only so many are allowed in a time", exceeded, now)
        }
        Refused::Busy => {
            with(said(StatusCode::SERVICE_UNAVAILABLE, "Try again in a moment"), RETRY_AFTER, 1.into())
        }
        Refused::Failed(error) => {
            tracing::error!(request = %request_id, error = %Chain(&error), "a request failed");
            said(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong")
        }
    }
}

fn too_many(sentence: &str, exceeded: Exceeded, now: Timestamp) -> Response {
    let seconds = exceeded.until.since(now).as_seconds_up().max(1);
    with(said(StatusCode::TOO_MANY_REQUESTS, sentence), RETRY_AFTER, seconds.into())
}

fn not_found() -> Response {
    said(StatusCode::NOT_FOUND, "Not found")
}

fn forbidden(refusal: Option<Refusal>) -> Response {
    let sentence = match refusal {
        Some(Refusal::OutsideKey(how)) => outside(how),
        _ => "You do not have permission",
    };
    let response = said(StatusCode::FORBIDDEN, sentence);
    match refusal {
        Some(Refusal::Lacks(capability) | Refusal::OutsideKey(Outside::Right(capability))) => {
            with(response, MISSING, HeaderValue::from_static(capability.line().key))
        }
        _ => response,
    }
}

/// What whoever made the key can change about it: no user type helps here.
fn outside(how: Outside) -> &'static str {
    match how {
        Outside::Companies => {
            "This key works for some companies only, and this concerns the whole account, as users and settings do"
        }
        Outside::Right(_) => "This key was made without the right that this needs",
        Outside::Giving => {
            "This key has not all the rights of that user type, and gives nobody what it has not"
        }
        Outside::Reading => "This key only reads, and this would change something",
        Outside::Whole => {
            "This key was made for some rights only, and this needs a key with all that its owner may"
        }
    }
}

/// That something is none of what there is, and what there is.
pub(super) fn not_in_list(list: &str) -> String {
    if list.is_empty() {
        return "is not included in the list".to_owned();
    }
    format!("is not included in the list ({list})")
}

/// What a field names one of.
fn list_of(field: &str) -> &'static str {
    match field {
        "user_id" => "users of this account who can get it",
        "email" => "addresses of who can get it, and none beside user_id",
        "agent_id" => "agents who share a company with whoever gets it",
        "company_id" => "companies in use that can be named here",
        "tracker_id" => "there are no trackers yet",
        "send_push" | "send_desktop" => "an address without a user gets emails alone",
        "tag_level" => "account, company",
        "swap_cookie_duration_unit" => "months, weeks, days",
        "time_zone" => "IANA time zones, such as America/New_York",
        _ => "",
    }
}

/// One field's error, as a sentence.
fn sentence(FieldError { field, problem }: &FieldError) -> String {
    let what = match problem {
        Problem::AddressTaken => "is already a user of this account".to_owned(),
        Problem::Elsewhere => {
            "belongs to an account outside this account center: ask that account's administrator to delete it, or have \
             the person request access to this account"
                .to_owned()
        }
        Problem::NameTaken => "has already been taken".to_owned(),
        Problem::NotAChoice if *field == "companies" || *field == "company" => {
            return "Companies include an unknown company".to_owned();
        }
        Problem::NotAChoice => not_in_list(list_of(field)),
        Problem::Missing if *field == "call_enabled" => {
            return "Call enabled or sms enabled must be true".to_owned();
        }
        Problem::Missing if *field == "send_email" => {
            return "Send email, send push or send desktop must be true".to_owned();
        }
        Problem::Missing => "can't be blank".to_owned(),
        Problem::TooLong { max } => format!("is too long (maximum is {max} characters)"),
        Problem::TooShort { min } => format!("is too short (minimum is {min} characters)"),
        Problem::NotInRange { min, max } => format!("must be between {min} and {max}"),
        Problem::NotAnEmail | Problem::SeveralEmails | Problem::EmailNotAscii => "is invalid".to_owned(),
        other => format!("is invalid: {}", form::sentence(text::Text::default(), field, *other)),
    };
    // People choose a company, and programs name companies.
    let name = if *field == "company" { "companies" } else { field };
    format!("{} {what}", label(name))
}

fn with(mut response: Response, name: HeaderName, value: HeaderValue) -> Response {
    response.headers_mut().insert(name, value);
    response
}

/// The answer where there is no route.
pub(crate) fn nothing_here() -> Response {
    not_found()
}

/// The answer after a panic, which the panic hook has told.
pub(crate) fn panicked() -> Response {
    said(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong")
}

/// The answer where there is one for other methods. A path that is written out is not one that has a name in its place.
pub(crate) fn wrong_method(request: &Request) -> Response {
    let mut fitting: Vec<Route> = super::routes();
    fitting.retain(|route| super::call::fits(route.path, request.uri().path()));
    let names = |route: &Route| route.path.matches('{').count();
    let least = fitting.iter().map(names).min();
    let allowed: Vec<String> = fitting
        .iter()
        .filter(|route| Some(names(route)) == least)
        .map(|route| route.method.to_string())
        .collect();
    let response = said(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed");
    match HeaderValue::from_str(&allowed.join(", ")) {
        Ok(allowed) => with(response, ALLOW, allowed),
        Err(_) => response,
    }
}
