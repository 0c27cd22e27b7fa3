//! Answers to what cannot be done: a sentence, and the way on.

use askama::Template;
use text::Text;

use super::{Frame, Icon};

/// A problem page. The handler sets the status; [`Kind::status`] says which.
#[derive(Template, Clone, Debug)]
#[template(path = "problem/page.html")]
pub struct Problem {
    /// The texts.
    pub t: Text,
    /// The frame; a signed-out one makes a card.
    pub frame: Frame,
    /// What it is.
    pub kind: Kind,
}

/// What the problem is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// 404: not there, or not for this person to know of.
    NotFound,
    /// 403: the missing capability and who can give it.
    Forbidden {
        /// The matrix line: "Create, change and delete users".
        capability: Option<String>,
        /// "Dana Reyes or Sam Ito"
        who_can_give: Option<String>,
    },
    /// 400, 405, 409, 413, 422: a sentence.
    BadRequest(String),
    /// 429: in how many minutes to come back.
    TooMany {
        /// Minutes, at least one; `None`: later.
        minutes: Option<i64>,
    },
    /// 500, with the request's id.
    Internal(String),
    /// 503: too busy, or being upgraded.
    Unavailable,
}

impl Kind {
    /// The status of the answer; a bad request may be more exact.
    pub fn status(&self) -> http::StatusCode {
        use http::StatusCode;
        match self {
            Kind::NotFound => StatusCode::NOT_FOUND,
            Kind::Forbidden { .. } => StatusCode::FORBIDDEN,
            Kind::BadRequest(_) => StatusCode::BAD_REQUEST,
            Kind::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Kind::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl Problem {
    fn title(&self) -> &'static str {
        let t = self.t;
        match self.kind {
            Kind::NotFound => t.problem_not_found(),
            Kind::Forbidden { .. } => t.problem_forbidden(),
            Kind::BadRequest(_) => t.problem_bad_request(),
            Kind::TooMany { .. } => t.problem_too_many(),
            Kind::Internal(_) => t.problem_internal(),
            Kind::Unavailable => t.problem_unavailable(),
        }
    }
}
