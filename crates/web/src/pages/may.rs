//! Whether one may do something, for scripts and programs.

use app::Refused;
use app::explain::{self, May};
use app::pass::QuestionPass;
use domain::capability::Capability;
use serde::{Deserialize, Serialize};
use text::Text;

use crate::http::visit::{Answer, Visit};
use crate::views::refusal;

/// The company that the question is about; the gate reads it too.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    #[serde(default, rename = "company")]
    _company: String,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Told {
    Yes { allowed: bool, how_far: &'static str },
    No { allowed: bool, reason: &'static str, sentence: String, ask: Vec<String> },
}

/// Answers for whoever asks. A "no" is an answer to the question and no refusal to answer it, so both are 200.
pub async fn may(visit: Visit<QuestionPass>, _: Question) -> Answer {
    let key: String = visit.param("capability")?;
    let capability = Capability::of_key(&key).ok_or(Refused::NotFound)?;
    let (_, may) = visit.read(move |r, pass| explain::may(r, pass, capability)).await?;
    visit.data(&told(visit.t(), may))
}

fn told(t: Text, may: May) -> Told {
    match may.decision {
        Ok(mark) => Told::Yes { allowed: true, how_far: mark.key() },
        Err(refusal) => Told::No {
            allowed: false,
            reason: refusal.key(),
            sentence: refusal::sentence(t, refusal),
            ask: may.ask.into_iter().map(|helper| helper.name).collect(),
        },
    }
}
