//! The mails about access requests.

use askama::Template;
use text::Text;

use super::{Sender, View};

/// Tells an administrator that somebody asks to be let in.
#[derive(Clone, Debug)]
pub struct AccessRequestMail {
    /// The language of the mail.
    pub t: Text,
    /// The administrator.
    pub to_name: String,
    /// Who asks.
    pub name: String,
    /// Their address.
    pub email: String,
    /// What they ask for.
    pub account_name: String,
    /// What they wrote.
    pub personal_message: Option<String>,
    /// The request's page.
    pub link: String,
}

impl View for AccessRequestMail {
    fn link(&self) -> Option<&str> {
        Some(&self.link)
    }

    fn cleaned(&self, name: fn(&str) -> String, message: fn(&str) -> String) -> AccessRequestMail {
        AccessRequestMail {
            t: self.t,
            to_name: name(&self.to_name),
            name: name(&self.name),
            email: name(&self.email),
            account_name: name(&self.account_name),
            personal_message: self.personal_message.as_deref().map(message).filter(|kept| !kept.is_empty()),
            link: self.link.clone(),
        }
    }

    templates!(
        AccessRequestMail,
        "access_request/subject.txt",
        "access_request/body.txt",
        "access_request/body.html"
    );
}

/// Tells whoever asked that they are in.
#[derive(Clone, Debug)]
pub struct AccessApprovedMail {
    /// The language of the mail.
    pub t: Text,
    /// Who asked.
    pub to_name: String,
    /// Where they are in.
    pub account_name: String,
    /// The user type they have there, as pages show it.
    pub type_name: String,
    /// The account's home.
    pub link: String,
}

impl View for AccessApprovedMail {
    fn link(&self) -> Option<&str> {
        Some(&self.link)
    }

    fn cleaned(&self, name: fn(&str) -> String, _message: fn(&str) -> String) -> AccessApprovedMail {
        AccessApprovedMail {
            to_name: name(&self.to_name),
            account_name: name(&self.account_name),
            type_name: name(&self.type_name),
            ..self.clone()
        }
    }

    templates!(
        AccessApprovedMail,
        "access_approved/subject.txt",
        "access_approved/body.txt",
        "access_approved/body.html"
    );
}

/// Tells whoever asked that they are not let in, and perhaps why.
#[derive(Clone, Debug)]
pub struct AccessDeclinedMail {
    /// The language of the mail.
    pub t: Text,
    /// Who asked.
    pub to_name: String,
    /// For what.
    pub account_name: String,
    /// What was written to them.
    pub reason: Option<String>,
}

impl View for AccessDeclinedMail {
    fn link(&self) -> Option<&str> {
        None
    }

    fn cleaned(&self, name: fn(&str) -> String, message: fn(&str) -> String) -> AccessDeclinedMail {
        AccessDeclinedMail {
            t: self.t,
            to_name: name(&self.to_name),
            account_name: name(&self.account_name),
            reason: self.reason.as_deref().map(message).filter(|kept| !kept.is_empty()),
        }
    }

    templates!(
        AccessDeclinedMail,
        "access_declined/subject.txt",
        "access_declined/body.txt",
        "access_declined/body.html"
    );
}

/// Tells who has a place elsewhere how to ask for one here. It names nobody: who it goes to need not be known here.
#[derive(Clone, Debug)]
pub struct AccessOfferMail {
    /// The language of the mail.
    pub t: Text,
    /// What they can ask for.
    pub account_name: String,
    /// The account's request link.
    pub link: String,
    /// Where they say that they want no more mails from the account.
    pub block_link: String,
}

impl View for AccessOfferMail {
    fn link(&self) -> Option<&str> {
        Some(&self.link)
    }

    fn cleaned(&self, name: fn(&str) -> String, _message: fn(&str) -> String) -> AccessOfferMail {
        AccessOfferMail { account_name: name(&self.account_name), ..self.clone() }
    }

    templates!(
        AccessOfferMail,
        "access_offer/subject.txt",
        "access_offer/body.txt",
        "access_offer/body.html"
    );
}
