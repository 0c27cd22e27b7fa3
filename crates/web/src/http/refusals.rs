//! The log's line of what was refused for want of a right, a password or a limit, so that an operator sees who tries doors: with
//! the network, and the request's id, by which its other lines are found. Whoever asked is not named, nor what they typed.

use ::http::StatusCode;
use app::work::Origin;
use app::{Conflict, Refused};

/// Writes the line; none for what is wrong in a form, or in the server.
pub(crate) fn note(origin: &Origin, refused: &Refused) {
    match refused {
        Refused::Forbidden { refusal, .. } => line(origin, refusal.key()),
        Refused::NotFound => line(origin, "not_found"),
        Refused::Link(_) => line(origin, "dead_link"),
        Refused::Unproven => line(origin, "unproven"),
        Refused::SeeingAs(_) => line(origin, "seeing_as"),
        Refused::TooMany(_) => line(origin, "too_often"),
        Refused::Conflict(Conflict::WrongPassword) => line(origin, "wrong_password"),
        Refused::SignedOut
        | Refused::Invalid(_)
        | Refused::Conflict(_)
        | Refused::Busy
        | Refused::Failed(_) => {}
    }
}

/// Writes the line of what a handler has answered by a page of its own, as those of dead links are.
pub(crate) fn note_answered(origin: &Origin, status: StatusCode) {
    if status == StatusCode::GONE {
        line(origin, "dead_link");
    }
}

/// Writes the line of a form that does not say that it is ours.
pub(crate) fn note_other_site(origin: &Origin) {
    line(origin, "other_site");
}

/// Writes the line of a key that nobody has.
pub(crate) fn note_wrong_key(origin: &Origin) {
    line(origin, "wrong_key");
}

fn line(origin: &Origin, why: &str) {
    tracing::info!(request = origin.request_id, network = origin.network, why, "refused");
}
