//! The mail about an account's own host: it was given to the account, or its record is missing.

use askama::Template;
use text::Text;

use super::{Sender, View};

/// What is told of a host.
#[derive(Clone, Debug)]
pub enum HostNotice {
    /// Somebody has shown it to be the account's.
    Given,
    /// Its record is missing, and can be set again until this moment.
    Failing(String),
    /// It is the account's no more.
    Lost,
}

/// Tells an administrator what has become of their account's own host.
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
    /// What has become of it.
    pub what: HostNotice,
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
            what: match &self.what {
                HostNotice::Failing(until) => HostNotice::Failing(name(until)),
                other => other.clone(),
            },
            link: self.link.clone(),
        }
    }

    templates!(BrandHostMail, "brand_host/subject.txt", "brand_host/body.txt", "brand_host/body.html");
}
