//! Invitations: the emailed, single-use, expiring link (U-03 to U-07).

use crate::time::Timestamp;

/// How often one invitation may be sent again in an hour (U-06).
pub const RESENDS_PER_HOUR: i64 = 5;

/// Where an invitation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationState {
    /// Made, but the mail is held back: "send later" (U-02).
    NotSent,
    /// The link works until then.
    Open(Timestamp),
    /// The link stopped working then (U-07).
    Expired(Timestamp),
    /// Used: the user is active.
    Accepted,
    /// The invited person wants no invitations from the account.
    Unwanted,
}

/// What the state follows from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InvitationTimes {
    /// When it was last sent.
    pub sent_at: Option<Timestamp>,
    /// Until when its link works.
    pub expires_at: Option<Timestamp>,
    /// When it was accepted.
    pub accepted_at: Option<Timestamp>,
    /// Since when the invited person wants no invitations from the account.
    pub blocked_at: Option<Timestamp>,
}

impl InvitationTimes {
    /// Where the invitation stands at `now`.
    pub fn state(self, now: Timestamp) -> InvitationState {
        match (self.accepted_at, self.sent_at, self.expires_at) {
            (Some(_), _, _) => InvitationState::Accepted,
            _ if self.blocked_at.is_some() => InvitationState::Unwanted,
            (None, Some(_), Some(expires_at)) if expires_at > now => InvitationState::Open(expires_at),
            (None, Some(_), Some(expires_at)) => InvitationState::Expired(expires_at),
            (None, _, _) => InvitationState::NotSent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// U-07
    #[test]
    fn u07_the_state_follows_from_the_times() {
        let (now, later) = (Timestamp::from_micros(10), Timestamp::from_micros(20));
        let unsent = InvitationTimes::default();
        assert_eq!(unsent.state(now), InvitationState::NotSent);
        let sent = InvitationTimes { sent_at: Some(now), expires_at: Some(later), ..unsent };
        assert_eq!(sent.state(now), InvitationState::Open(later));
        assert_eq!(sent.state(later), InvitationState::Expired(later), "the last moment does not count");
        assert_eq!(
            InvitationTimes { accepted_at: Some(now), ..sent }.state(later),
            InvitationState::Accepted
        );
    }
}
