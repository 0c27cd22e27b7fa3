//! Which uses of capabilities this server has noted today (U-23). A use is noted in the background, beside what was last
//! seen of the user, and once a day: to know that it was costs no statement.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::capability::Capability;
use domain::id::UserId;
use domain::time::{Span, Timestamp};

/// More users than this are not remembered: noting a use twice does no harm.
const REMEMBERED: usize = 100_000;

/// The uses noted on the present day.
#[derive(Default)]
pub struct Uses(Mutex<Today>);

#[derive(Default)]
struct Today {
    day: i64,
    /// A bit for each capability.
    users: HashMap<UserId, u32>,
}

impl Uses {
    /// Whether this is the first use of the day; from now on it counts as noted.
    pub fn take(&self, user: &UserId, capability: Capability, now: Timestamp) -> bool {
        let mut today = self.today();
        let day = now.micros() / Span::days(1).as_micros();
        if today.day != day || today.users.len() > REMEMBERED {
            *today = Today { day, users: HashMap::new() };
        }
        match today.users.get_mut(user) {
            Some(noted) if *noted & bit(capability) != 0 => false,
            Some(noted) => {
                *noted |= bit(capability);
                true
            }
            None => {
                today.users.insert(user.clone(), bit(capability));
                true
            }
        }
    }

    /// It could not be noted: the next use is tried again.
    pub fn forget(&self, user: &UserId, capability: Capability) {
        if let Some(noted) = self.today().users.get_mut(user) {
            *noted &= !bit(capability);
        }
    }

    fn today(&self) -> MutexGuard<'_, Today> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn bit(capability: Capability) -> u32 {
    1 << (capability as u32)
}

#[cfg(test)]
mod tests {
    use domain::id::Id as _;

    use super::*;

    /// U-23
    #[test]
    fn u23_a_use_is_noted_once_a_day() {
        let (uses, start) = (Uses::default(), Timestamp::from_micros(1_000));
        let user = UserId::new(start, 1);
        let take = |capability, now| uses.take(&user, capability, now);
        assert!(take(Capability::ManageUsers, start));
        assert!(!take(Capability::ManageUsers, start + Span::hours(23)));
        assert!(take(Capability::ReadCalls, start));
        uses.forget(&user, Capability::ManageUsers);
        assert!(take(Capability::ManageUsers, start));
        assert!(take(Capability::ManageUsers, start + Span::days(1)));
    }
}
