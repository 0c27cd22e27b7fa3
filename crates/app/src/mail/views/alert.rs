//! The mails of alerts and summaries. Each has a link that ends it, in its text and for mail programs.

use askama::Template;
use text::Text;

use super::{Sender, View};

/// Tells somebody at once of a call or text.
#[derive(Clone, Debug)]
pub struct AlertMail {
    /// The language of the mail.
    pub t: Text,
    /// Whoever is told.
    pub to_name: String,
    /// What came in, in a few words.
    pub what: String,
    /// For which company.
    pub company_name: String,
    /// Of which account.
    pub account_name: String,
    /// The caller's name; empty: unknown.
    pub caller_name: String,
    /// Their number; empty: withheld.
    pub caller_number: String,
    /// What was called; empty: no tracker.
    pub tracker_name: String,
    /// When, as pages show it.
    pub when: String,
    /// Whether it is the first of its caller.
    pub first: bool,
    /// Whether it is a test.
    pub test: bool,
    /// The account's Home; `None` for who does not sign in.
    pub link: Option<String>,
    /// Where they have no more of them sent.
    pub stop_link: String,
}

impl AlertMail {
    /// The caller as one: name and number, as far as they are known.
    pub fn caller(&self) -> String {
        match (self.caller_name.as_str(), self.caller_number.as_str()) {
            ("", "") => self.t.mail_alert_unknown().to_owned(),
            ("", one) | (one, "") => one.to_owned(),
            (name, number) => self.t.mail_alert_caller(name, number),
        }
    }
}

impl View for AlertMail {
    fn link(&self) -> Option<&str> {
        self.link.as_deref()
    }

    fn stop_link(&self) -> Option<&str> {
        Some(&self.stop_link)
    }

    fn cleaned(&self, name: fn(&str) -> String, _message: fn(&str) -> String) -> AlertMail {
        let there = |text: &str| if text.is_empty() { String::new() } else { name(text) };
        AlertMail {
            to_name: name(&self.to_name),
            company_name: name(&self.company_name),
            account_name: name(&self.account_name),
            caller_name: there(&self.caller_name),
            caller_number: there(&self.caller_number),
            tracker_name: there(&self.tracker_name),
            ..self.clone()
        }
    }

    templates!(AlertMail, "alert/subject.txt", "alert/body.txt", "alert/body.html");
}

/// Tells somebody how many more there were than are mailed one by one.
#[derive(Clone, Debug)]
pub struct AlertsMoreMail {
    /// The language of the mail.
    pub t: Text,
    /// Whoever is told.
    pub to_name: String,
    /// For which company.
    pub company_name: String,
    /// Of which account.
    pub account_name: String,
    /// How many more.
    pub more: i64,
    /// How many are mailed one by one in an hour.
    pub most: i64,
    /// The account's Home; `None` for who does not sign in.
    pub link: Option<String>,
    /// Where they have no more of them sent.
    pub stop_link: String,
}

impl View for AlertsMoreMail {
    fn link(&self) -> Option<&str> {
        self.link.as_deref()
    }

    fn stop_link(&self) -> Option<&str> {
        Some(&self.stop_link)
    }

    fn cleaned(&self, name: fn(&str) -> String, _message: fn(&str) -> String) -> AlertsMoreMail {
        AlertsMoreMail {
            to_name: name(&self.to_name),
            company_name: name(&self.company_name),
            account_name: name(&self.account_name),
            ..self.clone()
        }
    }

    templates!(AlertsMoreMail, "alerts_more/subject.txt", "alerts_more/body.txt", "alerts_more/body.html");
}

/// Tells somebody what came in during a day, a week or a month.
#[derive(Clone, Debug)]
pub struct SummaryMail {
    /// The language of the mail.
    pub t: Text,
    /// Whoever gets it.
    pub to_name: String,
    /// What it is.
    pub title: String,
    /// Of which company; of which account, where it is of all that they have.
    pub whose: String,
    /// Of which account.
    pub account_name: String,
    /// Its days, as pages show them.
    pub period: String,
    /// What of it is counted.
    pub lines: Vec<SummaryLine>,
    /// How much came in.
    pub total: i64,
    /// The account's Home; `None` for who does not sign in.
    pub link: Option<String>,
    /// Where they have no more of them sent.
    pub stop_link: String,
}

/// How much of something there was.
#[derive(Clone, Debug)]
pub struct SummaryLine {
    /// Of what.
    pub label: String,
    /// How much, as pages show it.
    pub number: String,
}

impl SummaryMail {
    /// Why it counts nothing, where it does not.
    pub fn nothing(&self) -> &'static str {
        match self.total {
            0 => self.t.mail_summary_nothing(),
            _ => self.t.mail_summary_unjudged(),
        }
    }
}

impl View for SummaryMail {
    fn link(&self) -> Option<&str> {
        self.link.as_deref()
    }

    fn stop_link(&self) -> Option<&str> {
        Some(&self.stop_link)
    }

    fn cleaned(&self, name: fn(&str) -> String, _message: fn(&str) -> String) -> SummaryMail {
        SummaryMail {
            to_name: name(&self.to_name),
            whose: name(&self.whose),
            account_name: name(&self.account_name),
            ..self.clone()
        }
    }

    templates!(SummaryMail, "summary/subject.txt", "summary/body.txt", "summary/body.html");
}
