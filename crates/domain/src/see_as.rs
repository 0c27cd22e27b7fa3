//! See as: an administrator looks at the account as one of its users sees it. They look and change nothing, for a
//! while, with a reason, and on the record.

use crate::access_review;
use crate::input::Problem;
use crate::time::{Span, Timestamp};
use crate::user::UserStatus;

/// How long it goes on at most.
pub const LASTS: Span = Span::minutes(30);

/// The longest reason.
pub const MAX_REASON: usize = access_review::MAX_REASON;

/// What stands before the token of who sees as somebody else. It is no session's token, so that nothing takes it for one.
const MARK: &str = "see.";

/// The token in a cookie of who sees as somebody else.
pub fn token(random: &str) -> String {
    format!("{MARK}{random}")
}

/// Whether a cookie's token is of that kind. Whether it still opens anything is not looked at here.
pub fn is_token(token: &str) -> bool {
    token.starts_with(MARK)
}

/// A reason that was typed, on one line.
pub fn reason(typed: &str) -> Result<String, Problem> {
    let reason = access_review::reason(typed)?;
    if reason.is_empty() { Err(Problem::Missing) } else { Ok(reason) }
}

/// Why nobody sees the account as this user. Whether who asks may do as much as the user is asked before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The account forbids it.
    Off,
    /// It is oneself.
    Oneself,
    /// Only who is active sees anything.
    NotActive(UserStatus),
    /// A user who never signs in sees no page.
    NoSignIn,
}

/// Whom somebody would see the account as, and where.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Whether the account allows it.
    pub allowed: bool,
    /// Whether it is oneself.
    pub is_oneself: bool,
    /// How the user stands, at this moment.
    pub status: UserStatus,
    /// Whether they have a login.
    pub signs_in: bool,
}

/// Whether it may begin.
pub fn decide(wanted: Wanted) -> Result<(), Stop> {
    match wanted {
        Wanted { allowed: false, .. } => Err(Stop::Off),
        Wanted { is_oneself: true, .. } => Err(Stop::Oneself),
        Wanted { status: UserStatus::Active, signs_in: true, .. } => Ok(()),
        Wanted { status: UserStatus::Active, signs_in: false, .. } => Err(Stop::NoSignIn),
        Wanted { status, .. } => Err(Stop::NotActive(status)),
    }
}

/// What somebody's access rests on: any change of it is another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// Counts the changes of their user; 0 without one.
    pub version: i64,
    /// Since when they are executive administrator, if they are.
    pub executive_since: Option<Timestamp>,
}

/// Both people's access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Both {
    /// Of who sees.
    pub viewer: Access,
    /// Of who is seen.
    pub user: Access,
}

/// What it began with.
#[derive(Clone, Copy, Debug)]
pub struct Begun {
    /// Both people's access at that time.
    pub access: Both,
    /// When its time is over.
    pub ends_at: Timestamp,
    /// Whether it was ended.
    pub ended: bool,
}

/// How things stand now.
#[derive(Clone, Copy, Debug)]
pub struct Present {
    /// Whether the account allows it.
    pub allowed: bool,
    /// Both people's access.
    pub access: Both,
    /// Whether both may still come in: access also ends by itself, which changes nothing that is counted.
    pub both_active: bool,
    /// The moment.
    pub now: Timestamp,
}

/// Whether it goes on. Whatever changes for either person ends it, and so does the account's word.
pub fn goes_on(begun: &Begun, present: &Present) -> bool {
    !begun.ended
        && present.now < begun.ends_at
        && present.allowed
        && present.both_active
        && present.access == begun.access
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(micros)
    }

    const ACCESS: Access = Access { version: 3, executive_since: None };
    const BOTH: Both = Both { viewer: ACCESS, user: ACCESS };

    /// Seen to fail: with its end, and with its time, left out of `goes_on`.
    #[test]
    fn a09_x33_it_goes_on_only_while_nothing_has_changed() {
        let begun = Begun { access: BOTH, ends_at: at(100), ended: false };
        let present = Present { allowed: true, access: BOTH, both_active: true, now: at(99) };
        assert!(goes_on(&begun, &present));
        let executive = Access { executive_since: Some(at(5)), ..ACCESS };
        let newer = Access { version: 4, ..ACCESS };
        for access in [executive, newer] {
            let (viewer, user) = (Both { viewer: access, ..BOTH }, Both { user: access, ..BOTH });
            assert!(!goes_on(&begun, &Present { access: viewer, ..present }));
            assert!(!goes_on(&begun, &Present { access: user, ..present }));
        }
        assert!(!goes_on(&begun, &Present { now: at(100), ..present }), "its time is over");
        assert!(!goes_on(&begun, &Present { allowed: false, ..present }));
        assert!(!goes_on(&begun, &Present { both_active: false, ..present }));
        assert!(!goes_on(&Begun { ended: true, ..begun }, &present));
    }

    ///
    #[test]
    fn a09_nobody_is_seen_who_sees_nothing_and_nobody_sees_as_themselves() {
        let status = UserStatus::Active;
        let wanted = Wanted { allowed: true, is_oneself: false, status, signs_in: true };
        assert_eq!(decide(wanted), Ok(()));
        assert_eq!(decide(Wanted { allowed: false, ..wanted }), Err(Stop::Off));
        assert_eq!(decide(Wanted { is_oneself: true, ..wanted }), Err(Stop::Oneself));
        assert_eq!(decide(Wanted { signs_in: false, ..wanted }), Err(Stop::NoSignIn));
        for status in [UserStatus::Pending, UserStatus::Suspended, UserStatus::Deleted] {
            assert_eq!(decide(Wanted { status, ..wanted }), Err(Stop::NotActive(status)));
        }
    }

    ///
    #[test]
    fn a09_a_reason_is_one_line_and_there_is_one() {
        assert_eq!(reason(" She can't \n find it "), Ok("She can't find it".to_owned()));
        assert_eq!(reason(" \n "), Err(Problem::Missing));
        assert!(reason(&"x".repeat(MAX_REASON + 1)).is_err());
    }

    #[test]
    fn tokens_are_told_from_those_of_sessions() {
        assert!(is_token(&token("abc")));
        assert!(!is_token("abc"));
    }
}
