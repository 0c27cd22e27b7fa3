//! Second factors: what somebody types to show that they have theirs, and what their app is told.

use crate::input::Problem;
use crate::time::{Span, Timestamp};

/// How far ahead the day may be from which everybody needs one.
const FURTHEST: Span = Span::days(366);

/// From when everybody needs a second factor, as it was typed: the beginning of a day in `zone`. Today is at once.
pub fn parse_from(day: &str, zone: &str, now: Timestamp) -> Result<Timestamp, Problem> {
    if day.trim().is_empty() {
        return Err(Problem::Missing);
    }
    let from = Timestamp::start_of_day(day.trim(), zone).ok_or(Problem::NotADay)?;
    if from + Span::days(1) <= now {
        return Err(Problem::DayPassed);
    }
    if from > now + FURTHEST { Err(Problem::DayTooFar) } else { Ok(from) }
}

/// How many recovery codes somebody gets.
pub const CODES: usize = 10;

/// How many letters a recovery code has: 140 random bits.
const CODE_LETTERS: usize = 28;

/// The letters of recovery codes: none that looks like another, so that they can be read from paper.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567891";

/// What was typed in place of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// Six digits of the app.
    Code(String),
    /// A recovery code, as its hash is made of it.
    RecoveryCode(String),
    /// Neither.
    Neither,
}

impl Typed {
    /// Reads what was typed, with whatever spaces and lines between.
    pub fn parse(text: &str) -> Typed {
        let typed = plain(text);
        match typed.len() {
            6 if typed.bytes().all(|b| b.is_ascii_digit()) => Typed::Code(typed),
            // Codes of 16 letters were given before, and go on.
            16 | CODE_LETTERS if typed.bytes().all(|b| LETTERS.contains(&b)) => Typed::RecoveryCode(typed),
            _ => Typed::Neither,
        }
    }
}

/// What was typed, or a code as it is shown, without what is only there to be read.
pub fn plain(text: &str) -> String {
    let read = |c: &char| !c.is_whitespace() && *c != '-';
    text.chars().filter(read).take(64).collect::<String>().to_lowercase()
}

/// A recovery code, in fours.
pub fn recovery_code(random: &[u8; 32]) -> String {
    let letter = |byte: &u8| char::from(LETTERS[usize::from(byte % 32)]);
    fours(&random[..CODE_LETTERS].iter().map(letter).collect::<String>(), "-")
}

/// A secret in fours, to be typed.
pub fn in_fours(secret: &str) -> String {
    fours(secret, " ")
}

fn fours(text: &str, between: &str) -> String {
    let fours = text.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four).into_owned());
    fours.collect::<Vec<_>>().join(between)
}

/// The address that tells an app the secret: `otpauth://totp/ISSUER:ADDRESS?secret=…&issuer=ISSUER`.
pub fn uri(issuer: &str, address: &str, secret: &str) -> String {
    // A colon would part them.
    let (issuer, address) = (encoded(&issuer.replace(':', " ")), encoded(address));
    format!("otpauth://totp/{issuer}:{address}?secret={secret}&issuer={issuer}")
}

fn encoded(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~@".contains(&b);
    let encode = |b: u8| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") };
    text.bytes().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes of 16 letters are kept by who was given them. Seen to fail: with letters kept as they were typed, with codes of any
    /// length taken, with codes of 16 letters given, and with those of 28 alone taken.
    #[test]
    fn a02_codes_are_read_as_people_type_them() {
        assert_eq!(Typed::parse(" 123 456\n"), Typed::Code("123456".to_owned()));
        let code = recovery_code(&[7; 32]);
        assert_eq!(code.split('-').map(str::len).collect::<Vec<_>>(), [4; 7]);
        assert!(matches!(Typed::parse(&code[..19]), Typed::RecoveryCode(earlier) if earlier.len() == 16));
        let kept = Typed::RecoveryCode(code.replace('-', ""));
        assert_eq!(Typed::parse(&code), kept);
        assert_eq!(Typed::parse(&code.to_uppercase().replace('-', " ")), kept);
        for neither in
            ["", "12345", "1234567", "12345a", "１２３４５６", "0000-0000-0000-0000", &"1".repeat(5_000)]
        {
            assert_eq!(Typed::parse(neither), Typed::Neither, "{neither}");
        }
    }

    /// Seen to fail: with the name as it is.
    #[test]
    fn a02_an_app_is_told_in_the_form_that_apps_read() {
        let uri = uri("Bright: Sons & Co", "kim+a@example.com", "ABCD2345");
        let wanted = "otpauth://totp/Bright%20%20Sons%20%26%20Co:kim%2Ba@example.com?secret=ABCD2345&issuer=Bright%20%20Sons%20%26%20Co";
        assert_eq!(uri, wanted);
        assert_eq!(in_fours("ABCD2345EF"), "ABCD 2345 EF");
    }
}
