//! Single sign-on: the provider that an account's people sign in by, and what it has to say of them.
//!
//! A person is the subject that the provider knows them by. An address is what a provider says, and may change: it signs
//! nobody in.

use std::net::SocketAddr;

use crate::input::{Checker, FieldError, Problem};
use crate::push::Endpoint;
use crate::time::{Span, Timestamp};

/// How long somebody may take at their provider.
pub const PATIENCE: Span = Span::minutes(10);
/// How far the clocks of provider and server may be apart.
const SKEW: Span = Span::minutes(1);
/// Where a provider says how it is used, behind its issuer.
const WELL_KNOWN: &str = "/.well-known/openid-configuration";
const MAX_ISSUER: usize = 255;
const MAX_CLIENT_ID: usize = 255;
const MAX_SECRET: usize = 1_000;
const MAX_SUBJECT: usize = 255;

/// How whoever asks came to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CameBy {
    /// By a session that a password began.
    Password,
    /// By a session of the account's provider.
    Provider,
    /// Otherwise: a program by its key, what somebody has set going, whoever is seen by somebody else.
    Other,
}

/// Whether somebody is to come by the provider instead. `keeps_password` are those administrators who may come without it, and
/// executive administrators, whom it does not know. Programs go on.
pub fn needs_provider(required: bool, came_by: CameBy, keeps_password: bool) -> bool {
    required && came_by == CameBy::Password && !keeps_password
}

/// A provider as it is typed.
#[derive(Clone, PartialEq, Eq)]
pub struct NewProvider {
    /// What it is called by, and begins its addresses with.
    pub issuer: String,
    /// Who we are to it.
    pub client_id: String,
    /// What shows it; `None`: the one that is kept.
    pub secret: Option<String>,
}

impl NewProvider {
    /// Reads what was typed. `allowed` are addresses that may be inside; where a secret `is_kept`, none need be typed.
    pub fn parse(
        (issuer, client_id, secret): (&str, &str, &str),
        allowed: &[SocketAddr],
        is_kept: bool,
    ) -> Result<NewProvider, Vec<FieldError>> {
        let mut checker = Checker::default();
        let issuer = checker.take("issuer", parse_issuer(issuer, allowed));
        let client_id = checker.take("client_id", visible(client_id, MAX_CLIENT_ID));
        let secret = match secret.trim() {
            "" if is_kept => Some(None),
            secret => checker.take("client_secret", visible(secret, MAX_SECRET)).map(Some),
        };
        let whole = issuer.zip(client_id).zip(secret);
        let whole = whole.map(|((issuer, client_id), secret)| NewProvider { issuer, client_id, secret });
        checker.finish(whole)
    }
}

fn parse_issuer(typed: &str, allowed: &[SocketAddr]) -> Result<String, Problem> {
    let typed = typed.trim();
    let issuer = typed.strip_suffix(WELL_KNOWN).unwrap_or(typed);
    match issuer.len() {
        0 => return Err(Problem::Missing),
        length if length > MAX_ISSUER => return Err(Problem::TooLong { max: MAX_ISSUER }),
        _ => {}
    }
    if issuer.contains('?') || Endpoint::parse(&description_of(issuer), allowed).is_err() {
        return Err(Problem::NotALink);
    }
    Ok(issuer.to_owned())
}

/// Where the provider of an issuer says how it is used.
pub fn description_of(issuer: &str) -> String {
    format!("{}{WELL_KNOWN}", issuer.strip_suffix('/').unwrap_or(issuer))
}

fn visible(typed: &str, max: usize) -> Result<String, Problem> {
    let typed = typed.trim();
    match typed.len() {
        0 => Err(Problem::Missing),
        length if length > max => Err(Problem::TooLong { max }),
        _ if !typed.bytes().all(|b| b.is_ascii_graphic()) => Err(Problem::BadCharacters),
        _ => Ok(typed.to_owned()),
    }
}

/// What a provider says of somebody, once its signature holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// Who says it.
    pub issuer: String,
    /// Of whom.
    pub subject: String,
    /// For whom it is said.
    pub audience: Vec<String>,
    /// For whom it was asked.
    pub authorized: Option<String>,
    /// Until when it counts, in seconds.
    pub expires: i64,
    /// When it was said, in seconds.
    pub issued: i64,
    /// From when on it counts, in seconds, where it says so.
    pub begins: Option<i64>,
    /// What we had it say.
    pub nonce: String,
    /// When the provider asked who it is, in seconds, where it says so.
    pub authenticated: Option<i64>,
}

impl Claims {
    /// When somebody showed there who they are, where the provider says it. That it was told to ask shows nothing: the
    /// browser may have left that out on the way.
    pub fn shown_at(&self, now: Timestamp) -> Option<Timestamp> {
        let at = |seconds: i64| Timestamp::from_micros(seconds.saturating_mul(1_000_000)).min(now);
        self.authenticated.map(at)
    }
}

/// What claims must be about.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The provider that was asked.
    pub issuer: &'a str,
    /// Who we are to it.
    pub client_id: &'a str,
    /// What was sent along, for this one sign-in.
    pub nonce: &'a str,
    /// When it was sent somebody to ask who they are, if it was.
    pub asked_anew: Option<Timestamp>,
    /// Whether the provider must then say when it has asked.
    pub must_say_when: bool,
}

/// Why what a provider said does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It is no signed token, or lacks something.
    Malformed,
    /// It is signed in a way that proves nothing.
    Algorithm,
    /// None of the provider's keys has signed it.
    Signature,
    /// What has signed it is too weak for the operator.
    Weak,
    /// Another provider says it.
    Issuer,
    /// It is said to somebody else.
    Audience,
    /// It is over, or from another time.
    Time,
    /// It was said for another sign-in.
    Nonce,
    /// The provider was to ask who it is, and has not.
    Stale,
    /// It is said of nobody.
    Subject,
}

/// Whether the claims are what was asked for, now.
pub fn check(claims: &Claims, expected: Expected, now: Timestamp) -> Result<(), Flaw> {
    let seconds = |span: Span| span.as_micros() / 1_000_000;
    let seconds_of = |at: Timestamp| at.micros() / 1_000_000;
    let (now, skew) = (seconds_of(now), seconds(SKEW));
    if claims.issuer != expected.issuer {
        return Err(Flaw::Issuer);
    }
    let is_ours = |name: &String| name == expected.client_id;
    let others = claims.audience.iter().any(|name| !is_ours(name));
    // What is said to others too was asked for by us, or is not ours.
    let authorized = claims.authorized.as_ref().map_or(!others, is_ours);
    if !claims.audience.iter().any(is_ours) || !authorized {
        return Err(Flaw::Audience);
    }
    let oldest = now - seconds(PATIENCE) - skew;
    if claims.begins.is_some_and(|begins| begins > now + skew) {
        return Err(Flaw::Time);
    }
    if claims.expires.saturating_add(skew) <= now || claims.issued > now + skew || claims.issued < oldest {
        return Err(Flaw::Time);
    }
    if claims.nonce != expected.nonce {
        return Err(Flaw::Nonce);
    }
    let asked = expected.asked_anew.map(|at| seconds_of(at) - skew);
    match (claims.authenticated, asked) {
        (Some(authenticated), Some(asked)) if authenticated < asked => return Err(Flaw::Stale),
        (None, Some(_)) if expected.must_say_when => return Err(Flaw::Stale),
        _ => {}
    }
    let subject = &claims.subject;
    if subject.is_empty() || subject.len() > MAX_SUBJECT || subject.chars().any(char::is_control) {
        return Err(Flaw::Subject);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);
    const EXPECTED: Expected = Expected {
        issuer: "https://id.example",
        client_id: "us",
        nonce: "n",
        asked_anew: None,
        must_say_when: true,
    };

    fn good() -> Claims {
        Claims {
            issuer: "https://id.example".to_owned(),
            subject: "s-1".to_owned(),
            audience: vec!["us".to_owned()],
            authorized: None,
            expires: 1_800_000_300,
            issued: 1_800_000_000,
            begins: None,
            nonce: "n".to_owned(),
            authenticated: None,
        }
    }

    /// Seen to fail: without each of the checks.
    #[test]
    fn x29_claims_are_of_this_provider_to_us_now_and_for_this_sign_in() {
        assert_eq!(check(&good(), EXPECTED, NOW), Ok(()));
        let wrong = |change: fn(&mut Claims)| {
            let mut claims = good();
            change(&mut claims);
            check(&claims, EXPECTED, NOW)
        };
        assert_eq!(wrong(|c| c.issuer.push('/')), Err(Flaw::Issuer));
        assert_eq!(wrong(|c| c.audience = vec!["them".to_owned()]), Err(Flaw::Audience));
        assert_eq!(wrong(|c| c.audience.clear()), Err(Flaw::Audience));
        assert_eq!(wrong(|c| c.audience.push("them".to_owned())), Err(Flaw::Audience));
        assert_eq!(wrong(|c| c.authorized = Some("them".to_owned())), Err(Flaw::Audience));
        let of_others = |c: &mut Claims| {
            c.audience = vec!["them".to_owned()];
            c.authorized = Some("us".to_owned());
        };
        assert_eq!(wrong(of_others), Err(Flaw::Audience));
        let ours_too = |c: &mut Claims| {
            c.audience.push("them".to_owned());
            c.authorized = Some("us".to_owned());
        };
        assert_eq!(wrong(ours_too), Ok(()));
        assert_eq!(wrong(|c| c.expires = 1_799_999_940), Err(Flaw::Time));
        assert_eq!(wrong(|c| c.issued = 1_800_000_061), Err(Flaw::Time));
        assert_eq!(wrong(|c| c.issued = 1_799_999_339), Err(Flaw::Time));
        assert_eq!(wrong(|c| c.begins = Some(1_800_000_061)), Err(Flaw::Time));
        assert_eq!(wrong(|c| c.begins = Some(1_800_000_060)), Ok(()));
        assert_eq!(wrong(|c| c.nonce.clear()), Err(Flaw::Nonce));
        assert_eq!(wrong(|c| c.subject.clear()), Err(Flaw::Subject));
        assert_eq!(wrong(|c| c.subject = "s\n1".to_owned()), Err(Flaw::Subject));
    }

    /// Whoever is sent to be asked who they are was asked since, as far as the provider says so.
    #[test]
    fn a02_a08_a_provider_that_is_to_ask_has_asked() {
        let said = |authenticated: Option<i64>| {
            let claims = Claims { authenticated, ..good() };
            let expected = Expected { asked_anew: Some(NOW - Span::minutes(2)), ..EXPECTED };
            (check(&claims, expected, NOW), claims.shown_at(NOW))
        };
        let at = |seconds: i64| Some(Timestamp::from_micros(seconds * 1_000_000));
        assert_eq!(said(Some(1_799_999_900)), (Ok(()), at(1_799_999_900)));
        assert_eq!(said(Some(1_799_999_819)).0, Err(Flaw::Stale));
        assert_eq!(said(None), (Err(Flaw::Stale), None));
        let link = Expected { asked_anew: Some(NOW), must_say_when: false, ..EXPECTED };
        assert_eq!(check(&good(), link, NOW), Ok(()));
        // Nobody is said to have shown it later than now, or at all where nothing is known.
        assert_eq!(said(Some(1_800_000_059)).1, Some(NOW));
        assert_eq!(good().shown_at(NOW), None);
        let old = Claims { authenticated: Some(1_700_000_000), ..good() };
        assert_eq!((check(&old, EXPECTED, NOW), old.shown_at(NOW)), (Ok(()), at(1_700_000_000)));
    }

    /// Seen to fail: with a query taken.
    #[test]
    fn x26_an_issuer_is_a_plain_https_address_of_a_name() {
        let inside: SocketAddr = "127.0.0.1:9000".parse().unwrap();
        let issuer = |typed: &str| parse_issuer(typed, &[inside]);
        for good in ["https://id.example", "https://id.example/", "https://id.example/tenant/v2.0"] {
            assert_eq!(issuer(good).as_deref(), Ok(good));
        }
        assert_eq!(
            issuer("https://id.example/.well-known/openid-configuration").as_deref(),
            Ok("https://id.example")
        );
        assert_eq!(issuer("http://127.0.0.1:9000/one").as_deref(), Ok("http://127.0.0.1:9000/one"));
        for bad in [
            "http://id.example",
            "https://id.example?x",
            "https://id.example/a?x",
            "https://id.example#x",
            "https://a@id.example",
            "https://id.example:8443",
            "https://127.0.0.1",
            "https://[::1]",
            "http://127.0.0.1:9001/one",
            "file:///etc/passwd",
        ] {
            assert_eq!(issuer(bad), Err(Problem::NotALink), "{bad}");
        }
    }
}
