//! How many requests of programs an account takes (A-06, I-01): counted for all keys together, an hour and a day, before
//! anything is looked at.
//!
//! The database counts, so that all instances count as one. On SQLite, where the server is the only one, it takes a handful
//! at a time and hands them out from memory: a commit for each request would cost more than most requests do. What of a
//! handful is left when the server stops has been counted.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::time::{Span, Timestamp};
use store::attempt::Exceeded;
use store::db::Engine;

use crate::{App, Refused};

/// How long the two windows are, and their names in headers.
pub const WINDOWS: [(&str, Span); 2] = [("hour", Span::hours(1)), ("day", Span::days(1))];
/// How many requests of an hour those of a day are.
const DAY_HAS: i64 = 10;
/// How many are taken from the database at once where nobody else counts there.
const HANDFUL: i64 = 50;
/// Of how many accounts at most a handful is kept: then those that are over are given up.
const KEPT: usize = 10_000;

/// How many requests an account has, and what is taken from the database already.
#[derive(Debug)]
pub struct ApiLimit {
    per_hour: i64,
    taken: Mutex<HashMap<String, Taken>>,
}

/// What is left of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// How many requests there are in all.
    pub most: i64,
    /// How many are left.
    pub left: i64,
    /// When it begins anew.
    pub until: Timestamp,
}

/// What was taken and is not handed out yet.
#[derive(Clone, Copy, Debug)]
struct Taken {
    n: i64,
    windows: [Left; 2],
}

impl ApiLimit {
    /// So many an hour, and ten times as many a day.
    pub fn new(per_hour: i64) -> ApiLimit {
        ApiLimit { per_hour, taken: Mutex::default() }
    }

    /// How many there are an hour, and a day.
    pub fn most(&self) -> [i64; 2] {
        [self.per_hour, self.per_hour.saturating_mul(DAY_HAS)]
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<String, Taken>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One of those that were taken, if there is one.
    fn hand_out(&self, whose: &str, now: Timestamp) -> Option<[Left; 2]> {
        let mut all = self.locked();
        let taken = all.get_mut(whose)?;
        if taken.n == 0 || taken.windows.iter().any(|window| window.until <= now) {
            all.remove(whose);
            return None;
        }
        taken.n -= 1;
        let waiting = taken.n;
        Some(taken.windows.map(|window| Left { left: window.left + waiting, ..window }))
    }

    fn keep(&self, whose: &str, now: Timestamp, taken: Taken) {
        let mut all = self.locked();
        if all.len() >= KEPT {
            all.retain(|_, taken| taken.n > 0 && taken.windows.iter().all(|window| window.until > now));
        }
        // Others may have taken a handful at the same moment.
        all.entry(whose.to_owned()).and_modify(|kept| kept.n += taken.n).or_insert(taken);
    }
}

impl App {
    /// Counts a request of a program to an account, or of a person where it is to none; what is left then.
    pub async fn count_api_request(&self, whose: &str) -> Result<[Left; 2], Refused> {
        let now = self.store.now();
        if let Some(left) = self.api_limit.hand_out(whose, now) {
            return Ok(left);
        }
        let n = match self.store.engine() {
            Engine::Sqlite => HANDFUL,
            Engine::Postgres => 1,
        };
        let names = WINDOWS.map(|(window, _)| format!("API requests of {whose}, {window}"));
        let counted = self.store.tally(names, WINDOWS.map(|(_, span)| span), n).await?;
        let most = self.api_limit.most();
        let windows = [0, 1].map(|at| {
            let (made, until) = counted[at];
            Left { most: most[at], left: (most[at] - made).max(0), until }
        });
        // Of a handful that reaches beyond the end only what stands before it is there.
        let beyond = [0, 1].map(|at| counted[at].0 - most[at]).into_iter().max().unwrap_or_default();
        let there = n.min(n - beyond);
        if there <= 0 {
            let used_up = windows.iter().filter(|window| window.left == 0);
            let until = used_up.map(|window| window.until).max().unwrap_or(now);
            return Err(Refused::TooMany(Exceeded { until }));
        }
        if there > 1 {
            self.api_limit.keep(whose, now, Taken { n: there - 1, windows });
        }
        Ok(windows.map(|window| Left { left: window.left + there - 1, ..window }))
    }
}
