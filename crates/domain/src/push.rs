//! Push: what a device shows although no page is open, by the push service of its browser (G-08, L-05).
//!
//! Where a browser is reached is an address that it tells by itself, and so is what anybody may have typed: it must lead
//! nowhere but outside.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use data_encoding::BASE64URL_NOPAD;

use crate::brand::HostName;
use crate::mail;
use crate::time::{Span, Timestamp};

/// How long a push is worth showing: what could not be handed over by then, or was not fetched, is not shown any more.
pub const LIFETIME: Span = Span::hours(4);
/// The most devices of one person.
pub const MOST_DEVICES: usize = 20;
/// The longest address of a browser that is taken. Those of the large services have up to 700 characters.
const LONGEST: usize = 2_000;

/// What a push tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushKind {
    /// That push works on this device.
    Test,
    /// An alert of a call or text.
    Alert,
}

impl PushKind {
    /// All there are.
    pub const ALL: &[PushKind] = &[PushKind::Test, PushKind::Alert];

    /// The word in the database.
    pub fn word(self) -> &'static str {
        match self {
            PushKind::Test => "test",
            PushKind::Alert => "alert",
        }
    }
}

/// Why the last push to a device was not taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Its service was not to be had; it is tried again.
    Later,
    /// Its service was not to be had for as long as the push was worth something.
    GivenUp,
    /// Its service would not take it.
    Refused,
}

impl Fault {
    /// All there are.
    pub const ALL: &[Fault] = &[Fault::Later, Fault::GivenUp, Fault::Refused];

    /// The word in the database.
    pub fn word(self) -> &'static str {
        match self {
            Fault::Later => "later",
            Fault::GivenUp => "given_up",
            Fault::Refused => "refused",
        }
    }
}

impl FromStr for Fault {
    type Err = Unknown;

    fn from_str(word: &str) -> Result<Fault, Unknown> {
        Fault::ALL.iter().copied().find(|fault| fault.word() == word).ok_or(Unknown)
    }
}

/// A word that is no kind of push, and no fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unknown;

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no word of pushes")
    }
}

impl std::error::Error for Unknown {}

impl FromStr for PushKind {
    type Err = Unknown;

    fn from_str(word: &str) -> Result<PushKind, Unknown> {
        PushKind::ALL.iter().copied().find(|kind| kind.word() == word).ok_or(Unknown)
    }
}

/// What a browser says of itself that no push can go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotABrowser;

/// Who is asked to hand a push over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Service {
    /// A name on the open internet, by HTTPS on its own port.
    Named(HostName),
    /// An address that the operator has allowed, without TLS.
    Allowed(SocketAddr),
}

/// Where the push service of a browser takes what is for it. Whoever knows it could be told apart by it: it is shown to
/// nobody, and not logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    text: String,
    service: Service,
    /// Where scheme and host end, and the path begins.
    path_at: usize,
}

impl Endpoint {
    /// Reads one. `allowed` are the operator's own addresses, which may be inside.
    pub fn parse(text: &str, allowed: &[SocketAddr]) -> Result<Endpoint, NotABrowser> {
        let (scheme, rest) = text.split_once("://").ok_or(NotABrowser)?;
        let (host, path) = rest.split_at(rest.find('/').ok_or(NotABrowser)?);
        let plain = |b: u8| b.is_ascii_graphic() && !b"\"#<>\\^`{|}".contains(&b);
        if text.len() > LONGEST || path.len() < 2 || !path.bytes().all(plain) {
            return Err(NotABrowser);
        }
        let service = match scheme {
            "https" => Service::Named(name(host)?),
            "http" => Service::Allowed(address(host, allowed)?),
            _ => return Err(NotABrowser),
        };
        Ok(Endpoint { text: text.to_owned(), service, path_at: text.len() - path.len() })
    }

    /// All of it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Scheme and host: whom a message is signed for.
    pub fn origin(&self) -> &str {
        &self.text[..self.path_at]
    }

    /// Path and query.
    pub fn path(&self) -> &str {
        &self.text[self.path_at..]
    }

    /// Who is asked.
    pub fn service(&self) -> &Service {
        &self.service
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({}/…)", self.origin())
    }
}

/// A name as browsers write it: no address in any spelling, no port, no user.
fn name(host: &str) -> Result<HostName, NotABrowser> {
    let name = HostName::parse(host).map_err(|_| NotABrowser)?;
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_name = name.as_str() == host && last.starts_with(|c: char| c.is_ascii_lowercase());
    if is_name { Ok(name) } else { Err(NotABrowser) }
}

fn address(host: &str, allowed: &[SocketAddr]) -> Result<SocketAddr, NotABrowser> {
    let address: SocketAddr = host.parse().map_err(|_| NotABrowser)?;
    // In one spelling alone: a browser is known again by what it says.
    if allowed.contains(&address) && address.to_string() == host { Ok(address) } else { Err(NotABrowser) }
}

/// What a message is locked with, so that its browser alone reads it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BrowserKeys {
    /// The browser's public key, a point of P-256 written out whole.
    pub public: [u8; 65],
    /// What only server and browser know.
    pub secret: [u8; 16],
}

impl BrowserKeys {
    /// Reads them as browsers give them, `p256dh` and `auth`, in base64 for addresses. Whether the point lies on the curve is
    /// not known yet.
    pub fn parse(p256dh: &str, auth: &str) -> Result<BrowserKeys, NotABrowser> {
        let keys = BrowserKeys { public: bytes(p256dh)?, secret: bytes(auth)? };
        if keys.public[0] == 4 { Ok(keys) } else { Err(NotABrowser) }
    }

    /// As they were given.
    pub fn texts(&self) -> [String; 2] {
        [BASE64URL_NOPAD.encode(&self.public), BASE64URL_NOPAD.encode(&self.secret)]
    }
}

impl fmt::Debug for BrowserKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BrowserKeys(…)")
    }
}

fn bytes<const N: usize>(text: &str) -> Result<[u8; N], NotABrowser> {
    let plain = text.trim_end_matches('=').as_bytes();
    BASE64URL_NOPAD.decode(plain).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(NotABrowser)
}

/// When to try again after `attempts` failures: as mails are, but never before the service wants to be asked again (`asked`),
/// and `None` where the push is worth nothing any more by then.
pub fn next_attempt(
    now: Timestamp,
    made: Timestamp,
    attempts: i64,
    jitter: u64,
    asked: Option<Span>,
) -> Option<Timestamp> {
    let next = mail::next_attempt(now, attempts, jitter);
    let next = asked.map_or(next, |wait| next.max(now + wait));
    (next < made + LIFETIME).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seen to fail: with any scheme, with ports, with names of numbers, and with addresses that nobody allowed.
    #[test]
    fn x26_a_browser_names_a_service_outside() {
        let own: SocketAddr = "127.0.0.1:9090".parse().unwrap();
        let parse = |text: &str| Endpoint::parse(text, &[own]);
        for good in [
            "https://fcm.googleapis.com/fcm/send/abc:APA91b-_x",
            "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
            "https://wns2-par02p.notify.windows.com/w/?token=BQYAAA%2bx",
            "https://web.push.apple.com/QGuQyavXutnMrL",
            "http://127.0.0.1:9090/x",
        ] {
            assert_eq!(parse(good).map(|endpoint| endpoint.as_str().to_owned()), Ok(good.to_owned()));
        }
        let long = format!("https://push.example/{}", "x".repeat(LONGEST));
        for bad in [
            "",
            "push.example/x",
            "http://push.example/x",
            "ftp://push.example/x",
            "file:///etc/passwd",
            "HTTPS://push.example/x",
            "https://push.example",
            "https://push.example/",
            "https://push.example:443/x",
            "https://push.example:22/x",
            "https://user@push.example/x",
            "https://push.example@127.0.0.1/x",
            "https://push.example#@127.0.0.1/x",
            "https://push.example?/x",
            "https://localhost/x",
            "https://127.0.0.1/x",
            "https://2130706433/x",
            "https://0x7f.0x0.0x0.0x1/x",
            "https://0177.0.0.1/x",
            "https://[::1]/x",
            "https://[::ffff:127.0.0.1]/x",
            "https://push.example./x",
            "https://Push.example/x",
            "https://p\u{fc}sh.example/x",
            "https://push.example/x y",
            "https://push.example/x\r\nHost: a",
            "https://push.example/x#y",
            "https://push.example\\@127.0.0.1/x",
            "http://127.0.0.1:9091/x",
            "http://127.0.0.1/x",
            "http://[::1]:9090/x",
            &long,
        ] {
            assert_eq!(parse(bad), Err(NotABrowser), "{bad}");
        }
        assert!(Endpoint::parse("http://127.0.0.1:9090/x", &[]).is_err());
    }

    /// Seen to fail: with all of it written.
    #[test]
    fn x03_where_a_browser_is_reached_is_not_logged() {
        let endpoint = Endpoint::parse("https://push.example/secret?x=1", &[]).unwrap();
        assert_eq!(format!("{endpoint:?}"), "Endpoint(https://push.example/…)");
        assert_eq!((endpoint.origin(), endpoint.path()), ("https://push.example", "/secret?x=1"));
        let keys = BrowserKeys { public: [4; 65], secret: [7; 16] };
        assert_eq!(format!("{keys:?}"), "BrowserKeys(…)");
    }

    #[test]
    fn keys_are_read_back_and_others_are_none() {
        let keys = BrowserKeys { public: [4; 65], secret: [7; 16] };
        let [public, secret] = keys.texts();
        assert_eq!(BrowserKeys::parse(&public, &secret), Ok(keys));
        assert_eq!(BrowserKeys::parse(&format!("{public}="), &format!("{secret}==")), Ok(keys));
        let compressed = BASE64URL_NOPAD.encode(&[2; 65]);
        for (public, secret) in [(&secret, &secret), (&public, &public), (&compressed, &secret)] {
            assert_eq!(BrowserKeys::parse(public, secret), Err(NotABrowser));
        }
    }

    /// G-08. Seen to fail: without the service's own wish, and without an end.
    #[test]
    fn g08_a_push_is_tried_again_as_long_as_it_is_worth_something() {
        let made = Timestamp::from_micros(0);
        let after = |attempts, asked| next_attempt(made, made, attempts, 0, asked).map(|at| at.since(made));
        assert_eq!(after(1, None), Some(Span::seconds(30)));
        assert_eq!(after(2, Some(Span::seconds(5))), Some(Span::minutes(1)));
        assert_eq!(after(1, Some(Span::minutes(10))), Some(Span::minutes(10)));
        assert_eq!(after(1, Some(Span::hours(4))), None);
        assert_eq!(next_attempt(made + LIFETIME, made, 1, 0, None), None);
    }

    #[test]
    fn words_are_read_back() {
        for &kind in PushKind::ALL {
            assert_eq!(kind.word().parse(), Ok(kind));
        }
        for &fault in Fault::ALL {
            assert_eq!(fault.word().parse(), Ok(fault));
        }
    }
}
