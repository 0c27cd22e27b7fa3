//! The mails about keys for programs. None has a link: a thief would forge these.

use askama::Template;
use text::Text;

use super::{Sender, View};

/// Tells somebody that a key for programs was made that does what they may.
#[derive(Clone, Debug)]
pub struct ApiKeyCreatedMail {
    /// The language of the mail.
    pub t: Text,
    /// Whose key it is.
    pub to_name: String,
    /// What it is called.
    pub key_name: String,
    /// When it was made, as pages show it.
    pub when: String,
    /// From which device, as pages show it.
    pub device: String,
    /// Whether whoever runs the server made it.
    pub by_operator: bool,
}

impl View for ApiKeyCreatedMail {
    fn link(&self) -> Option<&str> {
        None
    }

    fn cleaned(&self, name: fn(&str) -> String, _message: fn(&str) -> String) -> ApiKeyCreatedMail {
        ApiKeyCreatedMail {
            t: self.t,
            to_name: name(&self.to_name),
            key_name: name(&self.key_name),
            when: name(&self.when),
            device: name(&self.device),
            by_operator: self.by_operator,
        }
    }

    templates!(
        ApiKeyCreatedMail,
        "api_key_created/subject.txt",
        "api_key_created/body.txt",
        "api_key_created/body.html"
    );
}

/// Tells somebody that an administrator has ended a key of theirs.
#[derive(Clone, Debug)]
pub struct ApiKeyEndedMail {
    /// The language of the mail.
    pub t: Text,
    /// Whose key it is.
    pub to_name: String,
    /// What it is called.
    pub key_name: String,
    /// When it was ended, as pages show it.
    pub when: String,
    /// The account that it was ended in.
    pub account_name: String,
    /// By whom.
    pub by: String,
}

impl View for ApiKeyEndedMail {
    fn link(&self) -> Option<&str> {
        None
    }

    fn cleaned(&self, name: fn(&str) -> String, _message: fn(&str) -> String) -> ApiKeyEndedMail {
        ApiKeyEndedMail {
            t: self.t,
            to_name: name(&self.to_name),
            key_name: name(&self.key_name),
            when: name(&self.when),
            account_name: name(&self.account_name),
            by: name(&self.by),
        }
    }

    templates!(
        ApiKeyEndedMail,
        "api_key_ended/subject.txt",
        "api_key_ended/body.txt",
        "api_key_ended/body.html"
    );
}

/// Tells somebody that a key of theirs will soon end by itself.
#[derive(Clone, Debug)]
pub struct ApiKeyEndingMail {
    /// The language of the mail.
    pub t: Text,
    /// Whose key it is.
    pub to_name: String,
    /// What it is called.
    pub key_name: String,
    /// When it ends, as pages show it.
    pub ends: String,
}

impl View for ApiKeyEndingMail {
    fn link(&self) -> Option<&str> {
        None
    }

    fn cleaned(&self, name: fn(&str) -> String, _message: fn(&str) -> String) -> ApiKeyEndingMail {
        ApiKeyEndingMail {
            t: self.t,
            to_name: name(&self.to_name),
            key_name: name(&self.key_name),
            ends: name(&self.ends),
        }
    }

    templates!(
        ApiKeyEndingMail,
        "api_key_ending/subject.txt",
        "api_key_ending/body.txt",
        "api_key_ending/body.html"
    );
}
