//! The mails that tell of access through an account center. They have no link: a thief would forge these.

use askama::Template;
use text::Text;

use super::{Sender, View};

/// Tells somebody that they are an executive administrator, or one no more.
#[derive(Clone, Debug)]
pub struct ExecutiveChangedMail {
    /// The language of the mail.
    pub t: Text,
    /// Whom it concerns.
    pub to_name: String,
    /// Of which account center.
    pub center_name: String,
    /// Who did it; none for themselves.
    pub by_name: Option<String>,
    /// When, as pages show it.
    pub when: String,
    /// Whether they were made; otherwise they were unmade.
    pub made: bool,
}

impl View for ExecutiveChangedMail {
    fn link(&self) -> Option<&str> {
        None
    }

    fn cleaned(&self, name: fn(&str) -> String, _message: fn(&str) -> String) -> ExecutiveChangedMail {
        ExecutiveChangedMail {
            t: self.t,
            to_name: name(&self.to_name),
            center_name: name(&self.center_name),
            by_name: self.by_name.as_deref().map(name),
            when: name(&self.when),
            made: self.made,
        }
    }

    templates!(
        ExecutiveChangedMail,
        "executive_changed/subject.txt",
        "executive_changed/body.txt",
        "executive_changed/body.html"
    );
}

/// Tells the other executive administrators of a center.
#[derive(Clone, Debug)]
pub struct ExecutiveNoticeMail {
    /// The language of the mail.
    pub t: Text,
    /// One of the others.
    pub to_name: String,
    /// Who was made or unmade.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Of which account center.
    pub center_name: String,
    /// Who did it; none for themselves.
    pub by_name: Option<String>,
    /// When, as pages show it.
    pub when: String,
    /// Whether they were made; otherwise they were unmade.
    pub made: bool,
}

impl View for ExecutiveNoticeMail {
    fn link(&self) -> Option<&str> {
        None
    }

    fn cleaned(&self, name: fn(&str) -> String, _message: fn(&str) -> String) -> ExecutiveNoticeMail {
        ExecutiveNoticeMail {
            t: self.t,
            to_name: name(&self.to_name),
            name: name(&self.name),
            email: name(&self.email),
            center_name: name(&self.center_name),
            by_name: self.by_name.as_deref().map(name),
            when: name(&self.when),
            made: self.made,
        }
    }

    templates!(
        ExecutiveNoticeMail,
        "executive_notice/subject.txt",
        "executive_notice/body.txt",
        "executive_notice/body.html"
    );
}

/// Tells an administrator that their account came into an account center, or left it.
#[derive(Clone, Debug)]
pub struct CenterAccountMail {
    /// The language of the mail.
    pub t: Text,
    /// The administrator.
    pub to_name: String,
    /// The account.
    pub account_name: String,
    /// The account center.
    pub center_name: String,
    /// Who did it.
    pub by_name: String,
    /// When, as pages show it.
    pub when: String,
    /// Whether it came; otherwise it left.
    pub linked: bool,
}

impl View for CenterAccountMail {
    fn link(&self) -> Option<&str> {
        None
    }

    fn cleaned(&self, name: fn(&str) -> String, _message: fn(&str) -> String) -> CenterAccountMail {
        CenterAccountMail {
            t: self.t,
            to_name: name(&self.to_name),
            account_name: name(&self.account_name),
            center_name: name(&self.center_name),
            by_name: name(&self.by_name),
            when: name(&self.when),
            linked: self.linked,
        }
    }

    templates!(
        CenterAccountMail,
        "center_account/subject.txt",
        "center_account/body.txt",
        "center_account/body.html"
    );
}
