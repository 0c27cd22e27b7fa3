//! Mails in the outbox: kinds, states, and when to try again.

mod bounce;

pub use bounce::{SUPPRESSION, is_bounce};

use crate::time::{Span, Timestamp};
use crate::user::Unknown;

/// What a mail says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailKind {
    /// Sets a password and joins an account (U-03, L-02).
    Invitation,
    /// Sets a new password.
    Reset,
    /// Tells that the password was changed.
    PasswordChanged,
    /// Tells that a second factor was turned on or off, and that a code for emergencies was used.
    SecondFactor,
    /// Tells that a key for programs was made.
    ApiKeyCreated,
    /// Tells that an administrator has ended a key in their account.
    ApiKeyEnded,
    /// Tells that a key will soon end by itself.
    ApiKeyEnding,
    /// Proves that a new address is its owner's, or tells the owner of one that has a login that it was tried.
    EmailChange,
    /// Tells the old address that it signs nobody in any more.
    EmailChanged,
    /// Proves that the address of a login which is to be merged is its reader's (C-01).
    LoginMerge,
    /// Tells both addresses that the two logins are one (C-01).
    LoginMerged,
    /// Tells both addresses that they are two again (C-01).
    LoginMergeUndone,
    /// Tells an administrator that somebody's access will end by itself (U-21).
    EndNotice,
    /// Tells an administrator that somebody asks to be let in (U-16).
    AccessRequest,
    /// Tells whoever asked that they are in (U-16).
    AccessApproved,
    /// Tells whoever asked that they are not let in, and perhaps why (U-16).
    AccessDeclined,
    /// Tells who has a place elsewhere how to ask for one here (U-15).
    AccessOffer,
    /// Invites somebody to several accounts of a center at once (C-06).
    Bundle,
    /// Tells who signs in already that they were let into accounts of a center (C-06).
    AccessGiven,
    /// Tells somebody that a temporary password was set for them, which an administrator gives them (C-06).
    TemporaryPassword,
    /// Sets a new password, and so proves that the address of a login is its reader's.
    EmailProof,
    /// Tells somebody that they are an executive administrator, or one no more (C-10, C-11).
    ExecutiveChanged,
    /// Tells the executive administrators of a center that there is another one, or one less (C-12).
    ExecutiveNotice,
    /// Tells an administrator that the account came into a center, or left it (C-03).
    CenterAccount,
    /// Tells an administrator that the record of the account's own host is missing, or was for too long (G-10).
    BrandHost,
    /// Tells somebody at once of a call or text (G-08).
    Alert,
    /// Tells how many more there were than are mailed one by one (G-08).
    AlertsMore,
    /// Tells what came in during a day, a week or a month (P-01).
    Summary,
}

/// Where a mail stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailState {
    /// To be sent.
    Queued,
    /// The mail server took it.
    HandedOver,
    /// The mail server refused it for good.
    Refused,
    /// It was tried too often.
    GivenUp,
    /// It was not sent, as the mail server had refused the address for good before.
    Withheld,
    /// No mail server is set: shown to the operator (I-07).
    Kept,
    /// Over before it was sent: the invitation was accepted, sent again or revoked, or whoever it goes to may not get it any more.
    Dropped,
}

macro_rules! words {
    ($name:ident: $($variant:ident = $word:literal),*) => {
        impl $name {
            /// All there are.
            pub const ALL: &[$name] = &[$($name::$variant),*];

            /// The word in the database.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }
        }

        impl std::str::FromStr for $name {
            type Err = Unknown;

            fn from_str(word: &str) -> Result<Self, Unknown> {
                match word { $($word => Ok($name::$variant),)* _ => Err(Unknown) }
            }
        }
    };
}

words!(MailKind: Invitation = "invitation", Reset = "reset", PasswordChanged = "password_changed",
    SecondFactor = "second_factor", ApiKeyCreated = "api_key_created",
    ApiKeyEnded = "api_key_ended", ApiKeyEnding = "api_key_ending",
    EmailChange = "email_change", EmailChanged = "email_changed",
    LoginMerge = "login_merge", LoginMerged = "login_merged", LoginMergeUndone = "login_merge_undone",
    EndNotice = "end_notice", AccessRequest = "access_request", AccessApproved = "access_approved",
    AccessDeclined = "access_declined", AccessOffer = "access_offer",
    Bundle = "bundle", AccessGiven = "access_given",
    TemporaryPassword = "temporary_password", EmailProof = "email_proof",
    ExecutiveChanged = "executive_changed", ExecutiveNotice = "executive_notice", CenterAccount = "center_account",
    BrandHost = "brand_host", Alert = "alert", AlertsMore = "alerts_more", Summary = "summary");
words!(MailState: Queued = "queued", HandedOver = "handed_over", Refused = "refused", GivenUp = "given_up",
    Withheld = "withheld", Kept = "kept", Dropped = "dropped");

impl MailKind {
    /// Whether it is tried although its sender's mails were refused at the address before: what speaks for several accounts,
    /// so that none learns what became of another's mails; what goes to an address that one person has typed; and what keeps a
    /// login safe, which must not stay away for months because a mail server was wrong once. Of those there are few anyway.
    pub fn is_always_tried(self) -> bool {
        use MailKind::*;
        match self {
            Bundle | AccessGiven => true,
            EmailChange | Reset | EmailProof | PasswordChanged | SecondFactor | EmailChanged
            | ApiKeyCreated | ApiKeyEnded | ApiKeyEnding | LoginMerge | LoginMerged | LoginMergeUndone => {
                true
            }
            Invitation | TemporaryPassword | EndNotice | AccessRequest | AccessApproved | AccessDeclined
            | AccessOffer | ExecutiveChanged | ExecutiveNotice | CenterAccount | BrandHost | Alert
            | AlertsMore | Summary => false,
        }
    }
}

impl MailState {
    /// Whether it did not reach its reader, and never will by itself.
    pub fn is_undelivered(self) -> bool {
        matches!(self, MailState::Refused | MailState::GivenUp | MailState::Withheld)
    }
}

/// How often a mail is tried before it is given up: more than a day with the waits below.
pub const MAX_ATTEMPTS: i64 = 14;

/// When to try again after `attempts` failures: 30 s, 1 min, 2 min … up to 6 hours, with up to a quarter more
/// by `jitter` (any number) so that a returning mail server is not met by all mails at once.
pub fn next_attempt(now: Timestamp, attempts: i64, jitter: u64) -> Timestamp {
    let seconds = (30_i64 << attempts.clamp(1, 11).saturating_sub(1)).min(6 * 3_600);
    now + Span::seconds(seconds + (jitter % (seconds as u64 / 4 + 1)) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// I-07
    #[test]
    fn i07_waits_grow_and_are_bounded() {
        let now = Timestamp::from_micros(0);
        let seconds = |attempts, jitter| next_attempt(now, attempts, jitter).since(now).as_seconds_up();
        assert_eq!(seconds(1, 0), 30);
        assert_eq!(seconds(2, 0), 60);
        assert_eq!(seconds(MAX_ATTEMPTS, 0), 6 * 3_600);
        assert!(seconds(1, u64::MAX) <= 37);
        let total: i64 = (1..MAX_ATTEMPTS).map(|attempt| seconds(attempt, 0)).sum();
        assert!(total > 24 * 3_600, "a mail server may be down for a day: {total} s");
    }
}
