//! Email addresses: exactly one, plain, ASCII.
//!
//! Two addresses are the same when they differ only in ASCII case, and in no other way: no folding of accents
//! or look-alikes, so nobody can take a look-alike of another's address.

use std::fmt;

use crate::input::Problem;

/// One email address as it was typed, without surrounding spaces.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

/// The longest address SMTP carries.
const MAX: usize = 254;

impl EmailAddress {
    /// Reads one address.
    pub fn parse(typed: &str) -> Result<EmailAddress, Problem> {
        let text = typed.trim_matches([' ', '\t', '\r', '\n']);
        if text.is_empty() {
            return Err(Problem::Missing);
        }
        if text.len() > MAX {
            return Err(Problem::TooLong { max: MAX });
        }
        if !text.is_ascii() {
            return Err(Problem::EmailNotAscii);
        }
        if !text.contains('@') {
            return Err(Problem::NotAnEmail);
        }
        if text.matches('@').count() > 1 || text.contains([',', ';', '<', '>', ' ']) {
            return Err(Problem::SeveralEmails);
        }
        let (local, host) = text.split_once('@').ok_or(Problem::NotAnEmail)?;
        if !is_local(local) || !is_host(host) {
            return Err(Problem::NotAnEmail);
        }
        Ok(EmailAddress(text.to_owned()))
    }

    /// The address as typed: what mail is sent to.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form that must be unique: ASCII lower case.
    pub fn canonical(&self) -> String {
        canonical(&self.0)
    }
}

/// That form of an address that was parsed before, or of whatever was typed for one.
pub fn canonical(address: &str) -> String {
    address.to_ascii_lowercase()
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_local(local: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"#$&'*+-/=?^_{}~.".contains(&b);
    (1..=64).contains(&local.len())
        && local.bytes().all(allowed)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
}

fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let top = host.rsplit('.').next().unwrap_or_default();
    host.contains('.') && host.split('.').all(is_label) && !top.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Seen to fail: with the first of several addresses taken.
    #[test]
    fn x12_x13_only_one_plain_address_is_read() {
        for good in ["natalie@localsync.com", "n.ford+calls@sub.example.co", " Natalie@Example.com "] {
            assert!(EmailAddress::parse(good).is_ok(), "{good}");
        }
        for (bad, problem) in [
            ("", Problem::Missing),
            ("natalie", Problem::NotAnEmail),
            ("natalie at home", Problem::NotAnEmail),
            ("a@b", Problem::NotAnEmail),
            ("a@example.com.", Problem::NotAnEmail),
            ("a..b@example.com", Problem::NotAnEmail),
            ("a@127.0.0.1", Problem::NotAnEmail),
            ("\"a b\"@example.com", Problem::SeveralEmails),
            ("a@example.com,b@example.com", Problem::SeveralEmails),
            ("a@example.com;b@example.com", Problem::SeveralEmails),
            ("Name <a@example.com>", Problem::SeveralEmails),
            ("\"a@evil\"@example.com", Problem::SeveralEmails),
            ("mıke@example.com", Problem::EmailNotAscii),
            ("mike@exämple.com", Problem::EmailNotAscii),
            ("a\0@example.com", Problem::NotAnEmail),
            ("a@example.com\r\nBcc: b", Problem::SeveralEmails),
        ] {
            assert_eq!(EmailAddress::parse(bad), Err(problem), "{bad:?}");
        }
    }

    proptest! {
        /// Seen to fail: with the plus sign folded away.
        #[test]
        fn x12_canonical_is_idempotent_and_folds_only_ascii_case(typed in "[a-zA-Z0-9.+]{1,10}@[a-zA-Z]{1,8}\\.[a-z]{2,3}") {
            if let Ok(address) = EmailAddress::parse(&typed) {
                let canonical = address.canonical();
                prop_assert!(canonical.eq_ignore_ascii_case(address.as_str()));
                prop_assert_eq!(EmailAddress::parse(&canonical).map(|a| a.canonical()), Ok(canonical));
            }
        }

        #[test]
        fn any_text_is_read_or_refused_without_a_panic(typed in ".{0,80}") {
            let _ = EmailAddress::parse(&typed);
        }
    }
}
