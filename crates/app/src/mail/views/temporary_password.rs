//! The mails about temporary passwords, and about addresses that they have left unproven.

use askama::Template;
use text::Text;

use super::{Sender, View};

/// Tells somebody that they are awaited, with a password that an administrator gives them. It has no password, and no link but
/// to the page where everybody signs in.
#[derive(Clone, Debug)]
pub struct TemporaryPasswordMail {
    /// The language of the mail.
    pub t: Text,
    /// Whom it was set for.
    pub to_name: String,
    /// What it opens.
    pub account_name: String,
    /// How many other accounts it opens.
    pub more: i64,
    /// Who set it.
    pub set_by: String,
    /// The moment after which it is dead, as pages show it.
    pub expires_on: String,
    /// The sign-in page.
    pub link: String,
    /// Where they say that they want no more of the account's mails.
    pub block_link: String,
}

impl View for TemporaryPasswordMail {
    fn link(&self) -> Option<&str> {
        Some(&self.link)
    }

    fn cleaned(&self, name: fn(&str) -> String, _message: fn(&str) -> String) -> TemporaryPasswordMail {
        TemporaryPasswordMail {
            to_name: name(&self.to_name),
            account_name: name(&self.account_name),
            set_by: name(&self.set_by),
            expires_on: name(&self.expires_on),
            ..self.clone()
        }
    }

    templates!(
        TemporaryPasswordMail,
        "temporary_password/subject.txt",
        "temporary_password/body.txt",
        "temporary_password/body.html"
    );
}

/// Lets somebody choose a password that nobody else can know, and so show that the address is theirs.
#[derive(Clone, Debug)]
pub struct EmailProofMail {
    /// The language of the mail.
    pub t: Text,
    /// Whose login it is said to be.
    pub to_name: String,
    /// Where they choose it.
    pub link: String,
    /// How long the link lives.
    pub minutes: i64,
}

impl View for EmailProofMail {
    fn link(&self) -> Option<&str> {
        Some(&self.link)
    }

    fn cleaned(&self, name: fn(&str) -> String, _message: fn(&str) -> String) -> EmailProofMail {
        EmailProofMail { to_name: name(&self.to_name), ..self.clone() }
    }

    templates!(EmailProofMail, "email_proof/subject.txt", "email_proof/body.txt", "email_proof/body.html");
}
