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

/// How long a code is good, in seconds, as all apps have it.
pub const STEP: i64 = 30;
/// How many steps an app's clock may have moved since a code of it was last taken, to be followed.
const FAR: i64 = 4;
/// Within how many steps two codes have to come, to show that it has.
const SOON: i64 = 20;

/// How the clock of somebody's app stands to ours, as far as its codes have shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppClock {
    /// How many steps it is ahead.
    pub drift: i64,
    /// The same by the code typed last, where that was refused as one of another step nearby.
    pub seen_drift: Option<i64>,
    /// The step whose code was used up last, with all before it.
    pub last_step: i64,
}

/// What a code is that was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    /// The one of now.
    Good {
        /// Its step.
        step: i64,
        /// How many steps the app's clock is ahead.
        drift: i64,
    },
    /// One of another step nearby. Good for nothing now nor later: else who guesses could hear which one is about to come.
    Passed {
        /// Its step.
        step: i64,
        /// How many steps the app's clock would be ahead.
        drift: i64,
    },
    /// None of these.
    Wrong,
}

impl AppClock {
    /// Judges a code, of which `fits` says whether it is that of a step, at the step `now` by our clock. It counts in its own step alone,
    /// by the app's clock. Where that has moved, two codes one after the other show it (RFC 6238, section 6). A clock that was far off
    /// and was set right is one that has moved, too, however far.
    pub fn judge(&self, now: i64, fits: impl Fn(i64) -> bool) -> Judged {
        let here = now + self.drift;
        let is_new = |step| step > self.last_step && fits(step);
        let Some(step) = nearest(here, is_new).or_else(|| nearest(now, is_new)) else {
            return Judged::Wrong;
        };
        let drift = step - now;
        let has_moved = self.seen_drift == Some(drift) && step - self.last_step <= SOON;
        if step == here || has_moved { Judged::Good { step, drift } } else { Judged::Passed { step, drift } }
    }
}

/// The step nearest to `here` that a code fits, if it fits one nearby.
pub fn nearest(here: i64, fits: impl Fn(i64) -> bool) -> Option<i64> {
    let away = (1..=FAR).flat_map(|away| [-away, away]);
    std::iter::once(0).chain(away).map(|away| here + away).find(|step| fits(*step))
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

    fn judged(clock: AppClock, now: i64, code: i64) -> Judged {
        clock.judge(now, |step| step == code)
    }

    /// Seen to fail: with the code of a step beside taken, with codes taken that are used up, and with five steps looked at.
    #[test]
    fn a02_a_code_is_good_in_its_own_half_minute_alone() {
        for drift in [0, -3, 7] {
            let clock = AppClock { drift, seen_drift: None, last_step: 0 };
            for away in -9..=9_i64 {
                let wanted = match away {
                    0 => Judged::Good { step: 1_000 + drift, drift },
                    _ if away.abs() <= 4 => {
                        Judged::Passed { step: 1_000 + drift + away, drift: drift + away }
                    }
                    // As by a clock that was set right.
                    _ if (drift + away).abs() <= 4 => {
                        Judged::Passed { step: 1_000 + drift + away, drift: drift + away }
                    }
                    _ => Judged::Wrong,
                };
                assert_eq!(judged(clock, 1_000, 1_000 + drift + away), wanted, "{drift} {away}");
            }
            let used = AppClock { last_step: 1_000 + drift, ..clock };
            for away in -4..=0 {
                assert_eq!(judged(used, 1_000, 1_000 + drift + away), Judged::Wrong, "used up");
            }
        }
    }

    /// Seen to fail: with a second code of another clock believed, with one believed that comes long after, and with none.
    #[test]
    fn a02_two_codes_of_a_clock_that_has_moved_are_believed() {
        let seen = AppClock { drift: 0, seen_drift: Some(-2), last_step: 998 };
        assert_eq!(judged(seen, 1_001, 999), Judged::Good { step: 999, drift: -2 });
        assert_eq!(judged(seen, 1_001, 1_001), Judged::Good { step: 1_001, drift: 0 }, "it has not moved");
        assert_eq!(judged(seen, 1_001, 1_000), Judged::Passed { step: 1_000, drift: -1 }, "moved otherwise");
        assert_eq!(judged(seen, 1_000, 998), Judged::Wrong, "the same once more");
        assert_eq!(judged(seen, 1_021, 1_019), Judged::Passed { step: 1_019, drift: -2 }, "long after");
    }

    /// Seen to fail: with codes looked for near the drift alone.
    #[test]
    fn a02_a_clock_that_was_far_off_and_was_set_right_is_believed_after_two_codes() {
        for drift in [-200, -9, 9, 200] {
            // It is the phone's clock that was set, or ours.
            let far = AppClock { drift, seen_drift: None, last_step: 700 };
            assert_eq!(judged(far, 1_000, 1_000), Judged::Passed { step: 1_000, drift: 0 }, "{drift}");
            assert_eq!(
                judged(far, 1_000, 1_000 + drift),
                Judged::Good { step: 1_000 + drift, drift },
                "{drift}"
            );
            assert_eq!(judged(far, 1_000, 1_500), Judged::Wrong, "{drift}");
            let seen = AppClock { seen_drift: Some(0), last_step: 1_000, ..far };
            assert_eq!(judged(seen, 1_001, 1_001), Judged::Good { step: 1_001, drift: 0 }, "{drift}");
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
