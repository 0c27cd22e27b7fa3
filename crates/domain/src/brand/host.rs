//! Host names of brands: what may be one, how it is shown to be the account's, and what is made of it.

use std::fmt;

use crate::input::Problem;
use crate::time::{Span, Timestamp};

/// Before the host: the name whose TXT record shows that it is the account's. It tells nothing of the product.
pub const LABEL: &str = "_white-label";
/// How often a host is looked up again.
pub const CHECK_EVERY: Span = Span::days(1);
/// How long a host stays without its record.
pub const LOST_AFTER: Span = Span::days(7);
/// How long nothing is concluded from there being no answer. After that it is as if the record were missing: whoever has the name
/// by now may be who does not answer.
pub const UNANSWERED: Span = Span::days(3);
/// The longest name there is in DNS, with the label before it.
const MAX: usize = 253 - LABEL.len() - 1;

/// A host name in lower case, such as `calls.example.com`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HostName(String);

impl HostName {
    /// Reads a name without scheme, port or path. An address in numbers is none, nor is a name without a dot. What ends in a label
    /// that begins with a digit is an address to browsers, as `1.0x7f` is; no such domain is there.
    pub fn parse(typed: &str) -> Result<HostName, Problem> {
        let name = typed.trim().trim_end_matches('.').to_ascii_lowercase();
        if name.is_empty() {
            return Err(Problem::Missing);
        }
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(plain)
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let last = name.rsplit('.').next().unwrap_or_default();
        let fits = name.len() <= MAX && name.contains('.') && name.split('.').all(label);
        let is_address = last.starts_with(|c: char| c.is_ascii_digit());
        if fits && !is_address { Ok(HostName(name)) } else { Err(Problem::NotAHost) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name whose TXT record is looked up.
    pub fn record(&self) -> String {
        format!("{LABEL}.{}", self.0)
    }

    /// Whether it is the server's own, or a name below it: that is nobody's but the operator's.
    pub fn is_of_server(&self, base_url: &str) -> bool {
        let own = host_of(base_url).to_ascii_lowercase();
        self.0 == own || self.0.ends_with(&format!(".{own}"))
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The host of an address, without port.
pub fn host_of(base_url: &str) -> &str {
    let rest = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    let end = if rest.starts_with('[') {
        rest.find(']').map_or(rest.len(), |at| at + 1)
    } else {
        rest.find([':', '/']).unwrap_or(rest.len())
    };
    &rest[..end]
}

/// The base of a brand's addresses: the server's, with scheme and port, under the brand's host.
pub fn base_at(base_url: &str, host: &str) -> String {
    let (scheme, rest) = base_url.split_once("://").unwrap_or(("https", base_url));
    format!("{scheme}://{host}{}", &rest[host_of(base_url).len()..])
}

/// What becomes of a host that was looked up again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its record is there, or nobody answers and it was there lately.
    Proven,
    /// It is missing, and the account's administrators can still mend that until then.
    Failing(Timestamp),
    /// It has been missing for too long: the host is the account's no more.
    Lost,
}

/// What becomes of a host whose record was looked up at `now`. `found`: `None` if nobody answered; `proven`: when it was last
/// found; `failing`: since when it was missing.
pub fn standing(
    found: Option<bool>,
    proven: Timestamp,
    failing: Option<Timestamp>,
    now: Timestamp,
) -> Standing {
    let is_lately = failing.is_none() && now < proven + UNANSWERED;
    if found.unwrap_or(is_lately) {
        return Standing::Proven;
    }
    let until = failing.unwrap_or(now) + LOST_AFTER;
    if until <= now { Standing::Lost } else { Standing::Failing(until) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// G-10. Seen to fail: with names of numbers let through, in tens and in sixteens.
    #[test]
    fn g10_only_names_of_others_are_taken() {
        let name = |typed| HostName::parse(typed).map(|host| host.to_string());
        assert_eq!(name(" Calls.Example.COM. "), Ok("calls.example.com".to_owned()));
        assert_eq!(HostName::parse(""), Err(Problem::Missing));
        for typed in [
            "localhost",
            "https://a.example",
            "a.example:80",
            "a.example/x",
            "127.0.0.1",
            "1.0x7f",
            "0x7f.0x0.0x0.0x1",
            "[::1]",
            "a..example",
            "-a.example",
            "a b.example",
            "münchen.example",
            "a_b.example",
            "a.example\r\nx",
        ] {
            assert_eq!(HostName::parse(typed), Err(Problem::NotAHost), "{typed}");
        }
        let host = HostName::parse("calls.example.com").unwrap();
        assert_eq!(host.record(), "_white-label.calls.example.com");
        for own in ["https://calls.example.com", "http://CALLS.example.com:8080", "https://example.com"] {
            assert!(host.is_of_server(own), "{own}");
        }
        for other in ["https://alls.example.com", "https://x.calls.example.com", "http://localhost:8080"] {
            assert!(!host.is_of_server(other), "{other}");
        }
    }

    /// Seen to fail: without the port.
    #[test]
    fn a_brands_base_has_the_servers_scheme_and_port() {
        assert_eq!(base_at("https://one.example", "two.example"), "https://two.example");
        assert_eq!(base_at("http://localhost:8080", "two.example"), "http://two.example:8080");
        assert_eq!(host_of("http://[::1]:80"), "[::1]");
    }

    /// G-10. Seen to fail: with a host that is lost at once.
    #[test]
    fn g10_a_host_is_lost_after_seven_days_without_its_record() {
        let day = |n| Timestamp::from_micros(0) + Span::days(n);
        assert_eq!(standing(Some(true), day(0), Some(day(1)), day(30)), Standing::Proven);
        assert_eq!(standing(Some(false), day(0), None, day(1)), Standing::Failing(day(8)));
        assert_eq!(standing(Some(false), day(0), Some(day(1)), day(7)), Standing::Failing(day(8)));
        assert_eq!(standing(Some(false), day(0), Some(day(1)), day(8)), Standing::Lost);
    }

    /// G-10, X-18. Whoever buys a name that has lapsed need not answer. Seen to fail: with no answer taken for a record.
    #[test]
    fn x18_a_host_that_nobody_answers_for_is_lost_in_the_end() {
        let day = |n| Timestamp::from_micros(0) + Span::days(n);
        assert_eq!(standing(None, day(0), None, day(2)), Standing::Proven);
        assert_eq!(standing(None, day(0), None, day(3)), Standing::Failing(day(10)));
        assert_eq!(standing(None, day(0), Some(day(1)), day(2)), Standing::Failing(day(8)));
        assert_eq!(standing(None, day(0), Some(day(3)), day(10)), Standing::Lost);
    }
}
