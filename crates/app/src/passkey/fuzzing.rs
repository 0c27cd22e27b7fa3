//! What the fuzz target reaches of the readers of passkeys: they are asked the same there, always.

use std::sync::LazyLock;

use domain::time::Timestamp;
use serde_json::{Value, json};
use store::passkey::Passkey;

use super::answer::{Answer, Party, Question};
use crate::Settings;
use crate::mail::compose::Address;

/// What is asked, in base64url.
pub const CHALLENGE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

static PARTY: LazyLock<Party> = LazyLock::new(|| {
    let settings = Settings {
        base_url: "https://rollcall.example.test".to_owned(),
        mail_from: Address { name: String::new(), email: String::new() },
        trusted_proxies: Vec::new(),
        strong_keys: false,
    };
    Party::of(&settings).ok().expect("a host with a name and https")
});
static NEW: LazyLock<String> =
    LazyLock::new(|| always(PARTY.ask_new([7; 16], "kim@example.com", "Kim", &[]).ok()));
static KNOWN: LazyLock<String> = LazyLock::new(|| always(PARTY.ask(&[]).ok()));

/// The state of a question, with the same challenge each time.
fn always(question: Option<Question>) -> String {
    let state = question.expect("it can be asked").state;
    let mut state: Value = serde_json::from_str(&state).expect("it is JSON");
    let inner = state.as_object_mut().and_then(|state| state.values_mut().next());
    inner.expect("a state within")["challenge"] = json!(CHALLENGE);
    state.to_string()
}

pub(crate) fn made(answer: &str) -> Option<(String, String)> {
    PARTY.read_new(&NEW, answer).ok()
}

pub(crate) fn signed((id, credential): (&str, &str), answer: &str) -> Option<String> {
    let answer = Answer::parse(answer)?;
    let passkey = Passkey {
        id: format!("PKY{}", "0".repeat(32)).parse().ok()?,
        login: format!("LOG{}", "0".repeat(32)).parse().ok()?,
        name: String::new(),
        credential: credential.to_owned(),
        created_at: Timestamp::from_micros(0),
        used_at: None,
    };
    let kept = PARTY.check(&KNOWN, &answer, &passkey).ok()?;
    assert_eq!(answer.credential_id(), id, "another passkey has signed");
    Some(kept)
}
