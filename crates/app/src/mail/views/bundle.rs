//! The mails about several accounts at once.

use askama::Template;
use text::Text;

use super::{Sender, View};

/// An account, as a line of a list.
#[derive(Clone, Debug)]
pub struct BundleLine {
    /// Its name.
    pub account_name: String,
    /// What the reader is there, as pages show it.
    pub type_name: String,
}

fn cleaned(lines: &[BundleLine], name: fn(&str) -> String) -> Vec<BundleLine> {
    let line = |line: &BundleLine| BundleLine {
        account_name: name(&line.account_name),
        type_name: name(&line.type_name),
    };
    lines.iter().map(line).collect()
}

/// Asks somebody to join several accounts of a center.
#[derive(Clone, Debug)]
pub struct BundleMail {
    /// The language of the mail.
    pub t: Text,
    /// Who is invited.
    pub to_name: String,
    /// The account center.
    pub center_name: String,
    /// Who invites them.
    pub inviter_name: String,
    /// The first accounts.
    pub lines: Vec<BundleLine>,
    /// How many there are beside those.
    pub more: i64,
    /// What the inviter wrote.
    pub personal_message: Option<String>,
    /// Where they accept all of them.
    pub link: String,
    /// The account that sends the mail.
    pub block_name: String,
    /// Where they say that they want no more invitations from it.
    pub block_link: String,
    /// Until when the link opens all of them, as pages show it.
    pub expires_on: String,
}

impl View for BundleMail {
    fn link(&self) -> Option<&str> {
        Some(&self.link)
    }

    fn cleaned(&self, name: fn(&str) -> String, message: fn(&str) -> String) -> BundleMail {
        BundleMail {
            t: self.t,
            to_name: name(&self.to_name),
            center_name: name(&self.center_name),
            inviter_name: name(&self.inviter_name),
            lines: cleaned(&self.lines, name),
            more: self.more,
            personal_message: self.personal_message.as_deref().map(message).filter(|kept| !kept.is_empty()),
            link: self.link.clone(),
            block_name: name(&self.block_name),
            block_link: self.block_link.clone(),
            expires_on: name(&self.expires_on),
        }
    }

    templates!(BundleMail, "bundle/subject.txt", "bundle/body.txt", "bundle/body.html");
}

/// Tells who signs in already that they were let into accounts of a center.
#[derive(Clone, Debug)]
pub struct AccessGivenMail {
    /// The language of the mail.
    pub t: Text,
    /// Who was let in.
    pub to_name: String,
    /// The account center.
    pub center_name: String,
    /// Who let them in.
    pub by_name: String,
    /// The first accounts.
    pub lines: Vec<BundleLine>,
    /// How many there are beside those.
    pub more: i64,
    /// Their list of accounts.
    pub link: String,
    /// The account that sends the mail.
    pub block_name: String,
    /// Where they say that they want no more from it.
    pub block_link: String,
}

impl View for AccessGivenMail {
    fn link(&self) -> Option<&str> {
        Some(&self.link)
    }

    fn cleaned(&self, name: fn(&str) -> String, _message: fn(&str) -> String) -> AccessGivenMail {
        AccessGivenMail {
            t: self.t,
            to_name: name(&self.to_name),
            center_name: name(&self.center_name),
            by_name: name(&self.by_name),
            lines: cleaned(&self.lines, name),
            more: self.more,
            link: self.link.clone(),
            block_name: name(&self.block_name),
            block_link: self.block_link.clone(),
        }
    }

    templates!(
        AccessGivenMail,
        "access_given/subject.txt",
        "access_given/body.txt",
        "access_given/body.html"
    );
}
