//! Who mails come from.

use app::mail::compose::Address;
use domain::email::EmailAddress;
use domain::name;

use super::Given;
use super::base_url::host;

/// The product's name, for mails that nobody else lends their name to.
const NAME: &str = "Rollcall";

/// Reads `Name <address>` or an address alone.
pub(super) fn parse(given: &Given) -> Result<Address, String> {
    let text = given.text.trim();
    let (typed, email) = match text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
        Some((typed, email)) => (unquoted(typed.trim()), email),
        None => (NAME, text),
    };
    match (name::optional(typed), EmailAddress::parse(email)) {
        (Ok(name), Ok(email)) if !name.contains(['<', '>', '"']) => {
            let name = if name.is_empty() { NAME.to_owned() } else { name };
            Ok(Address { name, email: email.to_string() })
        }
        _ => Err(format!(
            "{} must be an email address, with a name or without, such as Rollcall <rollcall@example.com>.",
            given.name
        )),
    }
}

/// The sender while no other is set: mails are then kept and not sent, so the address must be sound, not real.
pub(super) fn at(base_url: &str) -> Address {
    let email = EmailAddress::parse(&format!("rollcall@{}", host(base_url)));
    let email = email.map_or_else(|_| "rollcall@localhost.localdomain".to_owned(), |email| email.to_string());
    Address { name: NAME.to_owned(), email }
}

fn unquoted(name: &str) -> &str {
    name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, String)> {
        let given = Given { name: "ROLLCALL_MAIL_FROM".to_owned(), text: text.to_owned() };
        parse(&given).ok().map(|address| (address.name, address.email))
    }

    /// I-07
    #[test]
    fn i07_a_sender_has_a_name_and_one_plain_address() {
        let sender = |name: &str| Some((name.to_owned(), "calls@example.com".to_owned()));
        assert_eq!(read("calls@example.com"), sender("Rollcall"));
        assert_eq!(read("<calls@example.com>"), sender("Rollcall"));
        assert_eq!(read("Acme Calls <calls@example.com>"), sender("Acme Calls"));
        assert_eq!(read("\"Acme, Inc.\" <calls@example.com>"), sender("Acme, Inc."));
        for bad in
            ["Acme", "Acme <calls>", "a@example.com, b@example.com", "A <a@b.co> <c@d.co>", "A\n<a@b.co>\nX"]
        {
            assert_eq!(read(bad), None, "{bad:?}");
        }
    }

    /// I-07
    #[test]
    fn i07_without_one_it_is_sound() {
        assert_eq!(at("https://calls.example.com").email, "rollcall@calls.example.com");
        for base_url in ["http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080"] {
            assert_eq!(at(base_url).email, "rollcall@localhost.localdomain");
        }
    }
}
