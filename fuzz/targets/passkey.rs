//! What browsers say that a passkey has answered: read by the library, outside of the units that write. What is taken of a new one is
//! what was sent, and is read again as it was; what a known one has signed is taken of it alone, and of what was asked alone.

#![no_main]

use std::sync::LazyLock;

use app::fuzzing::{PASSKEY_CHALLENGE, passkey_made, passkey_signed};
use data_encoding::BASE64URL_NOPAD;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use url::Url;

/// A passkey that is there, made by what is in the corpus.
static KNOWN: LazyLock<(String, String)> =
    LazyLock::new(|| passkey_made(include_str!("../corpus/passkey/new")).expect("it is taken"));

/// Whether the page's script, which the browser has signed for, was asked this.
fn is_to_what_was_asked(answer: &str) -> bool {
    let answer: Value = serde_json::from_str(answer).expect("it was read");
    let client = answer["response"]["clientDataJSON"].as_str().expect("it was read");
    let client = BASE64URL_NOPAD.decode(client.as_bytes()).expect("it was read");
    let client: Value = serde_json::from_slice(&client).expect("it was read");
    let origin = Url::parse(client["origin"].as_str().expect("it was read")).expect("it was read");
    client["challenge"] == PASSKEY_CHALLENGE
        && origin.origin().ascii_serialization() == "https://rollcall.example.test"
}

fuzz_target!(|text: &str| {
    if let Some((id, credential)) = passkey_made(text) {
        let sent: Value = serde_json::from_str(text).expect("it was read");
        // The library reads other spellings of the same bytes, too.
        let said = sent["rawId"].as_str().and_then(|said| BASE64URL_NOPAD.decode(said.as_bytes()).ok());
        assert!(said.is_none_or(|said| BASE64URL_NOPAD.encode(&said) == id));
        assert!(is_to_what_was_asked(text));
        // Nobody has signed with it yet.
        assert!(passkey_signed((&id, &credential), text).is_none());
    }
    if let Some(kept) = passkey_signed((&KNOWN.0, &KNOWN.1), text) {
        assert!(is_to_what_was_asked(text));
        assert!(!kept.is_empty());
    }
});
