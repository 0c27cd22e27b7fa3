//! Public ids: three letters and the 32 hex digits of a UUIDv7, such as `ACC019abc…`.
//!
//! Ids sort by the time they were made, are never reused, and are text in every room: database, paths, API. What programs
//! know by a whole number has one, such as 450971566081.

use std::fmt;
use std::str::FromStr;

use crate::time::{Span, Timestamp};

/// A text that is no id of the wanted kind. A stranger's bad id and a foreign id look alike to them: not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id of this kind")
    }
}

impl std::error::Error for NotAnId {}

/// What all id types share, so that `Writer::new_id` can make any of them.
pub trait Id: Sized {
    /// A new id from the present time and 128 random bits (of which 74 are used).
    fn new(now: Timestamp, random: u128) -> Self;
}

/// How many bytes the text of an id has, all of them ASCII: three letters and 32 digits.
const LENGTH: usize = 35;

/// The text of a UUIDv7 with its prefix.
fn compose(prefix: &[u8; 3], now: Timestamp, random: u128) -> [u8; LENGTH] {
    let millis = (now.micros() / 1_000) as u128 & 0xffff_ffff_ffff;
    let version_and_a = 0x7000 | ((random >> 64) & 0x0fff);
    let variant_and_b = (0b10 << 62) | (random & 0x3fff_ffff_ffff_ffff);
    let uuid = (millis << 80) | (version_and_a << 64) | variant_and_b;
    let mut text = [0; LENGTH];
    text[..3].copy_from_slice(prefix);
    for (at, byte) in text[3..].iter_mut().enumerate() {
        *byte = b"0123456789abcdef"[(uuid >> (124 - 4 * at)) as usize & 0xf];
    }
    text
}

fn check(prefix: &[u8; 3], text: &str) -> Result<[u8; LENGTH], NotAnId> {
    let bytes: [u8; LENGTH] = text.as_bytes().try_into().map_err(|_| NotAnId)?;
    let lower_hex = |b: &u8| b.is_ascii_digit() || (b'a'..=b'f').contains(b);
    if bytes.starts_with(prefix) && bytes[3..].iter().all(lower_hex) { Ok(bytes) } else { Err(NotAnId) }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; LENGTH]);

        impl $name {
            /// The public form, prefix included.
            pub fn as_str(&self) -> &str {
                std::str::from_utf8(&self.0).expect("letters and digits")
            }
        }

        impl Id for $name {
            fn new(now: Timestamp, random: u128) -> Self {
                Self(compose($prefix, now, random))
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                check($prefix, text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )*};
}

ids! {
    /// A person's sign-in identity.
    LoginId = b"LOG";
    /// One signed-in browser of a login.
    SessionId = b"SES";
    /// A tenant.
    AccountId = b"ACC";
    /// A unit inside an account.
    CompanyId = b"COM";
    /// A login's place in one account.
    UserId = b"USR";
    /// What turns a pending user into an active one.
    InvitationId = b"INV";
    /// A request for a new password.
    ResetId = b"RES";
    /// A mail in the outbox.
    MailId = b"MAI";
    /// One entry of the audit trail.
    ActivityId = b"ACT";
    /// A key for programs.
    ApiKeyId = b"KEY";
    /// A change of a user's access that can be undone.
    AccessChangeId = b"CHG";
    /// A change of one's own address that waits for its proof.
    EmailChangeId = b"EMC";
    /// Accounts that are managed together.
    AccountCenterId = b"CEN";
    /// A person of an account center.
    CenterPersonId = b"PSN";
    /// A merge of two logins.
    LoginMergeId = b"MRG";
    /// Something that is done for many at once.
    JobId = b"JOB";
    /// A look at who has which access.
    AccessReviewId = b"REV";
    /// What a person asks to be let into an account with, and the account's request that becomes of it.
    AccessRequestId = b"ARQ";
    /// Users of one person that were made at once in several accounts of a center.
    BundleId = b"BUN";
    /// Something that came in for a company.
    LeadEventId = b"LEV";
    /// One summary that was mailed.
    SummaryIssueId = b"ISS";
    /// One time that somebody saw an account as another user.
    SeeAsId = b"SEE";
    /// What somebody's device signs them in with.
    PasskeyId = b"PKY";
    /// A customer's directory that provisions an account.
    DirectoryId = b"DIR";
    /// What such a directory shows who it is with.
    DirectoryTokenId = b"DTK";
    /// A group of such a directory.
    DirectoryGroupId = b"GRP";
    /// A browser that is told by push.
    PushDeviceId = b"DEV";
    /// What such a browser is to be told.
    PushId = b"PSH";
    /// The provider that an account's people sign in by.
    SingleSignOnId = b"SSO";
}

/// What all ids that are whole numbers share, so that `Writer::new_number` can make any of them.
pub trait NumberId: Sized {
    /// A new id from the present time and random bits, of which 21 are used.
    fn new(now: Timestamp, random: u128) -> Self;
}

/// 1 January 2020, in microseconds: no number is older.
const FIRST_DAY: i64 = 1_577_836_800_000_000;

/// How many bits of a number are random, behind the seconds. Both together are below 2^53, which every program can read,
/// until 2156.
const RANDOM_BITS: u32 = 21;

fn number(now: Timestamp, random: u128) -> i64 {
    let seconds = now.since(Timestamp::from_micros(FIRST_DAY)).as_micros() / Span::seconds(1).as_micros();
    (seconds.max(0) << RANDOM_BITS) | (random & ((1 << RANDOM_BITS) - 1)) as i64
}

/// Reads 1 to 16 digits, in the one spelling there is.
fn read_number(text: &str) -> Result<i64, NotAnId> {
    let is_plain = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    if !is_plain || text.len() > 16 {
        return Err(NotAnId);
    }
    text.parse().map_err(|_| NotAnId)
}

macro_rules! number_ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// The public form.
            pub fn number(self) -> i64 {
                self.0
            }

            /// As the database has it.
            pub fn of_number(number: i64) -> Self {
                Self(number)
            }
        }

        impl NumberId for $name {
            fn new(now: Timestamp, random: u128) -> Self {
                Self(number(now, random))
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                read_number(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

number_ids! {
    /// A word that leads are marked with.
    TagId;
    /// What somebody is alerted of.
    NotificationId;
    /// A summary that is mailed again and again.
    SummaryEmailId;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// I-01. Seen to fail: with the sign taken, with a leading zero taken, and with 22 random bits.
    #[test]
    fn i01_numbers_read_back_in_one_spelling_and_sort_by_time() {
        let second = |n: i64| Timestamp::from_micros(FIRST_DAY + n * 1_000_000);
        let (early, late) = (TagId::new(second(7), u128::MAX), TagId::new(second(8), 0));
        assert!(early < late);
        assert_eq!(late.to_string().parse(), Ok(late));
        assert!(TagId::new(second(136 * 365 * 86_400), u128::MAX).number() < 1 << 53);
        for bad in ["", "0", "01", "-1", "+1", " 1", "1.0", "1e3", "٣", "99999999999999999"] {
            assert_eq!(bad.parse::<TagId>(), Err(NotAnId), "{bad}");
        }
    }

    #[test]
    fn ids_read_back_and_sort_by_time() {
        let early = AccountId::new(Timestamp::from_micros(1_000_000), u128::MAX);
        let late = AccountId::new(Timestamp::from_micros(1_001_000), 0);
        assert!(early < late);
        assert_eq!(early.as_str().parse(), Ok(early.clone()));
        assert_eq!(&early.as_str()[15..16], "7", "a UUID of version 7");
    }

    #[test]
    fn other_texts_are_no_ids() {
        let good = format!("ACC{}", "0".repeat(32));
        assert!(good.parse::<AccountId>().is_ok());
        for bad in [
            "",
            "ACC",
            "acc00000000000000000000000000000000",
            &good.replace("ACC", "USR"),
            &format!("{good}0"),
            &good.replacen('0', "A", 1),
            &good.replacen('0', "é", 1),
        ] {
            assert_eq!(bad.parse::<AccountId>(), Err(NotAnId), "{bad}");
        }
    }
}
