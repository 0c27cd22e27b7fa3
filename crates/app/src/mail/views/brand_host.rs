//! The mail about an account's own host whose record is missing.

use askama::Template;
use text::Text;

use super::{Sender, View};

/// Tells an administrator that the record of their account's own host is missing, or was for too long.
#[derive(Clone, Debug)]
pub struct BrandHostMail {
    /// The language of the mail.
    pub t: Text,
    /// The administrator.
    pub to_name: String,
    /// The account.
    pub account_name: String,
    /// The host.
    pub host: String,
    /// Until when the record can be set again; `None`: the host is the account's no more.
    pub until: Option<String>,
    /// The settings, which show the record.
    pub link: String,
}

impl View for BrandHostMail {
    fn link(&self) -> Option<&str> {
        Some(&self.link)
    }

    fn cleaned(&self, name: fn(&str) -> String, _message: fn(&str) -> String) -> BrandHostMail {
        BrandHostMail {
            t: self.t,
            to_name: name(&self.to_name),
            account_name: name(&self.account_name),
            // Nobody is led there: whoever has the name now is not known.
            host: name(&self.host),
            until: self.until.as_deref().map(name),
            link: self.link.clone(),
        }
    }

    templates!(BrandHostMail, "brand_host/subject.txt", "brand_host/body.txt", "brand_host/body.html");
}
