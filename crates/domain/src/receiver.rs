//! Who gets alerts and summaries: a user of the account, or an address without one.

use crate::capability::{Capability, Mark, mark};
use crate::email::EmailAddress;
use crate::id::{NotificationId, SummaryEmailId, UserId};
use crate::input::{Checker, FieldError, Problem};
use crate::user::UserType;

/// Who gets something, as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receiver {
    /// A user of the account.
    User(UserId),
    /// Whoever reads at an address: a user, where one has it.
    Address(EmailAddress),
}

/// What a receiver can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// A user who may get emails, and whatever their browser shows (P-01).
    User,
    /// A user who gets none (L-05).
    NoEmails,
    /// An address without a user: emails about one company, and nothing else.
    Address,
}

/// What of their emails somebody ends by the link in one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Those of an alert.
    Alert(NotificationId),
    /// A summary.
    Summary(SummaryEmailId),
}

impl Stop {
    /// Of its kind's word and its number.
    pub fn of(word: &str, number: &str) -> Option<Stop> {
        match word {
            "alert" => number.parse().ok().map(Stop::Alert),
            "summary" => number.parse().ok().map(Stop::Summary),
            _ => None,
        }
    }

    /// The word of its kind, in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Stop::Alert(_) => "alert",
            Stop::Summary(_) => "summary",
        }
    }

    /// Its number.
    pub fn number(self) -> i64 {
        match self {
            Stop::Alert(id) => id.number(),
            Stop::Summary(id) => id.number(),
        }
    }
}

impl Reach {
    /// What a user of this type can be sent.
    pub fn of(user_type: UserType) -> Reach {
        match mark(user_type, false, Capability::ReceiveNotifications) {
            Mark::No => Reach::NoEmails,
            _ => Reach::User,
        }
    }
}

impl Receiver {
    /// Reads the user's id or the address; without both it is whoever asks.
    pub fn parse(user_id: &str, email: &str) -> Result<Option<Receiver>, Vec<FieldError>> {
        let mut check = Checker::default();
        let receiver = match (user_id, email) {
            ("", "") => Some(None),
            ("", email) => {
                check.take("email", EmailAddress::parse(email)).map(|email| Some(Receiver::Address(email)))
            }
            (id, "") => {
                let id = id.parse().map_err(|_| Problem::NotAChoice);
                check.take("user_id", id).map(|id| Some(Receiver::User(id)))
            }
            _ => check.take("email", Err(Problem::NotAChoice)),
        };
        check.finish(receiver)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// G-08. Seen to fail: with the address let go where there is a user, too.
    #[test]
    fn g08_a_receiver_is_a_user_or_an_address() {
        let id = format!("USR{}", "1".repeat(32));
        assert_eq!(Receiver::parse("", ""), Ok(None));
        assert_eq!(Receiver::parse(&id, ""), Ok(Some(Receiver::User(id.parse().unwrap()))));
        let address = EmailAddress::parse("desk@example.com").unwrap();
        assert_eq!(Receiver::parse("", "desk@example.com"), Ok(Some(Receiver::Address(address))));
        for (user, email, field) in
            [(&*id, "desk@example.com", "email"), ("USR1", "", "user_id"), ("", "desk", "email")]
        {
            assert_eq!(Receiver::parse(user, email).unwrap_err()[0].field, field);
        }
    }
}
