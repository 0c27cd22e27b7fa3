//! What the fuzz targets reach of this crate, and nothing else does: it is compiled for them alone.

use domain::single_sign_on::Claims;
use serde_json::Value;

use crate::brand::dns;
use crate::mail::compose::{Message, plain};
use crate::single_sign_on::token;
use crate::{mail, passkey, password};

/// The texts of what a name server answers to this question; `None` where it is no answer to it.
pub fn dns_texts(name: &str, luck: [u8; 2], answer: &[u8]) -> Option<Vec<String>> {
    let question = dns::question(name, luck)?;
    if dns::is_answer(&question, answer) { dns::texts(&question, answer) } else { None }
}

/// The question after a name.
pub fn dns_question(name: &str, luck: [u8; 2]) -> Option<Vec<u8>> {
    dns::question(name, luck)
}

/// A mail as it goes over the wire, with whom it goes to; `None` where it can't be sent.
pub fn wire(message: &Message) -> Option<(String, Vec<u8>)> {
    mail::smtp::wire(message)
}

/// As one line of so many characters.
pub fn line(text: &str, length: usize) -> String {
    plain::line(text, length)
}

/// A name in a mail.
pub fn mail_name(name: &str) -> String {
    plain::name(name)
}

/// A message of several lines in a mail.
pub fn mail_message(text: &str) -> String {
    plain::body_message(text)
}

/// Without what a mail program makes a link of.
pub fn break_links(text: &str) -> String {
    plain::break_links(text)
}

/// What a provider says with this token, where one of these keys has signed it.
pub fn said_by_provider(token: &str, keys: &str) -> Option<Claims> {
    let keys: Value = serde_json::from_str(keys).ok()?;
    token::read(token, keys.get("keys")?.as_array()?, false).ok()
}

/// Whether a password is too easy to guess.
pub fn is_weak(password: &str, known: &[String]) -> bool {
    password::is_weak(password, known)
}

/// What is kept of a new passkey whose device answers so to [`PASSKEY_CHALLENGE`]: what it calls it, and the public half.
pub fn passkey_made(answer: &str) -> Option<(String, String)> {
    passkey::fuzzing::made(answer)
}

/// What is kept of this passkey once it has answered so to [`PASSKEY_CHALLENGE`]; `None` if that is no answer of it.
pub fn passkey_signed((id, credential): (&str, &str), answer: &str) -> Option<String> {
    passkey::fuzzing::signed((id, credential), answer)
}

/// What passkeys are asked there: always the same.
pub use crate::passkey::fuzzing::CHALLENGE as PASSKEY_CHALLENGE;
