//! From what was refused to a page: one place, so that nobody is told more than they may know.

use ::http::{StatusCode, header};
use app::pass::LinkState;
use app::{Conflict, Refused};
use axum::response::{IntoResponse, Redirect, Response};
use domain::access::Refusal;
use domain::capability::Capability;

use super::visit::Visitor;
use crate::views::capability::label;
use crate::views::problem::{Kind, Problem};
use crate::views::{Page, invitation};

/// The answer to whatever was refused.
pub(super) fn answer(visitor: &Visitor, refused: Refused) -> Response {
    let t = visitor.t;
    match refused {
        Refused::SignedOut => sign_in_first(visitor),
        Refused::NotFound => page(visitor, Kind::NotFound),
        Refused::Forbidden { refusal, ask } => {
            let capability = missing(refusal).map(|capability| label(t, capability).to_owned());
            page(visitor, Kind::Forbidden { capability, who_can_give: names(visitor, ask) })
        }
        Refused::Link(state) => closed_link(visitor, state),
        Refused::Invalid(_) => page(visitor, Kind::BadRequest(t.problem_invalid().to_owned())),
        Refused::Conflict(conflict) => conflicting(visitor, conflict),
        Refused::TooMany(exceeded) => {
            let span = exceeded.until.since(visitor.app.store.now());
            let mut response = page(visitor, Kind::TooMany { minutes: Some(span.as_minutes() + 1) });
            response.headers_mut().insert(header::RETRY_AFTER, span.as_seconds_up().max(1).into());
            response
        }
        Refused::Busy => {
            let mut response = page(visitor, Kind::Unavailable);
            response.headers_mut().insert(header::RETRY_AFTER, 1.into());
            response
        }
        Refused::Failed(error) => {
            let request = &visitor.ask.origin.request_id;
            tracing::error!(%request, error = %Chain(&error), "a request failed");
            page(visitor, Kind::Internal(request.clone()))
        }
    }
}

/// A request whose form, size or type is wrong.
pub(super) fn bad_request(visitor: &Visitor, status: StatusCode) -> Response {
    let mut response = page(visitor, Kind::BadRequest(visitor.t.problem_unreadable().to_owned()));
    *response.status_mut() = status;
    response
}

/// A form that did not come from a page of ours.
pub(super) fn cross_site(visitor: &Visitor) -> Response {
    let mut response = page(visitor, Kind::BadRequest(visitor.t.problem_cross_site().to_owned()));
    *response.status_mut() = StatusCode::FORBIDDEN;
    response
}

/// "Dana Reyes or Sam Ito"; `None` without names.
pub(crate) fn names(visitor: &Visitor, mut names: Vec<String>) -> Option<String> {
    let last = names.pop()?;
    if names.is_empty() {
        return Some(last);
    }
    Some(visitor.t.common_or(names.join(", "), last))
}

/// An error with its causes, for the log.
struct Chain<'a>(&'a dyn std::error::Error);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

fn page(visitor: &Visitor, kind: Kind) -> Response {
    let status = kind.status();
    let view = Problem { t: visitor.t, frame: visitor.bare_frame(), kind };
    (status, Page(view)).into_response()
}

fn missing(refusal: Refusal) -> Option<Capability> {
    match refusal {
        Refusal::Lacks(capability) => Some(capability),
        Refusal::NotActive(_)
        | Refusal::OutsideCompanies
        | Refusal::GreaterAccess
        | Refusal::NamesProduct => None,
    }
}

/// To the sign-in page, and from there back to where they wanted to go.
fn sign_in_first(visitor: &Visitor) -> Response {
    let wanted = if visitor.is_get() && visitor.path != "/" { visitor.path.as_str() } else { "" };
    let to = if wanted.is_empty() { "/sign-in".to_owned() } else { format!("/sign-in?next={wanted}") };
    Redirect::to(&to).into_response()
}

fn closed_link(visitor: &Visitor, state: LinkState) -> Response {
    let reason = match state {
        LinkState::Unknown => invitation::Reason::Unknown,
        LinkState::Used => invitation::Reason::Used,
        LinkState::NeedsApproval { account_name } => {
            invitation::Reason::NeedsApproval { account: account_name }
        }
        LinkState::Expired { account_name, inviter } => {
            let ask = if inviter.trim().is_empty() { account_name.clone() } else { inviter };
            invitation::Reason::Expired { account: account_name, ask }
        }
    };
    let view = invitation::Closed { t: visitor.t, frame: visitor.bare_frame(), reason };
    (StatusCode::GONE, Page(view)).into_response()
}

/// Conflicts that no form of their own tells.
fn conflicting(visitor: &Visitor, conflict: Conflict) -> Response {
    let sentence = sentence(visitor, conflict).to_owned();
    let mut response = page(visitor, Kind::BadRequest(sentence));
    let other_person = conflict == Conflict::OtherAddress;
    *response.status_mut() = if other_person { StatusCode::FORBIDDEN } else { StatusCode::CONFLICT };
    response
}

/// A conflict in one sentence.
pub(crate) fn sentence(visitor: &Visitor, conflict: Conflict) -> &'static str {
    let t = visitor.t;
    match conflict {
        Conflict::LastAdministrator => t.problem_last_administrator(),
        Conflict::Changed => t.problem_changed(),
        Conflict::NoPromotion => t.problem_no_promotion(),
        Conflict::WrongPassword => t.problem_wrong_password(),
        Conflict::AlreadyHere => t.problem_already_here(),
        Conflict::OtherAddress => t.problem_other_address(),
    }
}
