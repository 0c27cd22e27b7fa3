//! Hands messages to push services, by the [`Way`] out: where to is what somebody's browser says, or whoever plays one.

use domain::push::Endpoint;
use domain::time::Span;

use crate::way::{Fault, Reply, Request, Way};

/// The longest wait that a service may ask for.
const LONGEST_WAIT: i64 = 24 * 3_600;

/// A message for one browser.
pub(super) struct Letter {
    pub(super) endpoint: Endpoint,
    /// Locked.
    pub(super) body: Vec<u8>,
    /// Who sends.
    pub(super) authorization: String,
    /// How long the service keeps it for a browser that is not there, in seconds.
    pub(super) keep: i64,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The service has taken it over.
    Taken,
    /// The service knows the browser no more.
    Gone,
    /// It will never be taken.
    Refused(String),
    /// Nothing was decided; `wait` is how long the service asks to be left alone.
    Later { sentence: String, wait: Option<Span> },
}

/// Hands a message over. Safe to drop half-way.
pub(super) async fn post(way: &Way, letter: Letter) -> Answer {
    let Letter { endpoint, body, authorization, keep } = letter;
    let headers = vec![
        ("authorization", authorization),
        ("content-encoding", "aes128gcm".to_owned()),
        ("content-type", "application/octet-stream".to_owned()),
        ("ttl", keep.to_string()),
        ("urgency", "high".to_owned()),
    ];
    match way.ask(Request { to: &endpoint, post: Some(body), headers }, 0).await {
        Ok(reply) => judge(&reply),
        Err(Fault::Inside) => {
            Answer::Refused("The push service's name leads into a network that is not public.".to_owned())
        }
        Err(Fault::NotListed) => {
            Answer::Refused("The operator has not listed the push service's name.".to_owned())
        }
        Err(fault) => Answer::Later { sentence: sentence(fault).to_owned(), wait: None },
    }
}

fn sentence(fault: Fault) -> &'static str {
    match fault {
        Fault::Late => "The push service did not answer in time.",
        Fault::NotFound => "The push service was not found.",
        Fault::Unproven => "The push service could not show who it is.",
        Fault::Weak => "The push service's certificate has a key that is too weak for this server.",
        Fault::Unreached => "The push service could not be reached.",
        Fault::NotListed | Fault::Inside | Fault::BrokeOff => "The push service broke off.",
    }
}

/// What an answer means. A redirect is none that is followed.
fn judge(reply: &Reply) -> Answer {
    let sentence = format!("The push service answered with {}.", reply.status);
    match reply.status {
        200..=299 => Answer::Taken,
        404 | 410 => Answer::Gone,
        408 | 425 | 429 | 500..=599 => Answer::Later { sentence, wait: wait(reply) },
        _ => Answer::Refused(sentence),
    }
}

/// How long it asks to be left alone, where it says so in seconds.
fn wait(reply: &Reply) -> Option<Span> {
    let seconds: i64 = reply.retry_after.as_deref()?.trim().parse().ok()?;
    Some(Span::seconds(seconds.clamp(0, LONGEST_WAIT)))
}
