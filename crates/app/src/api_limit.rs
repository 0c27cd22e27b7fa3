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
/// What part of an hour's is taken from the database at once where nobody else counts there, and the most: each time is a commit,
/// after which nothing that was read before is known any more (decision 0023).
const HANDFUL: (i64, i64) = (20, 5_000);
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

/// A request that was counted, or was one too many.
#[derive(Clone, Copy, Debug)]
pub struct Counted {
    /// What is left of the hour and of the day.
    pub left: [Left; 2],
    /// Until when there is none.
    pub exceeded: Option<Exceeded>,
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

    fn handful(&self) -> i64 {
        let (part, most) = HANDFUL;
        (self.per_hour / part).clamp(1, most)
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<String, Taken>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One of those that were taken; or until when there are none, as far as is known here.
    fn hand_out(&self, whose: &str, now: Timestamp) -> Option<Counted> {
        let mut all = self.locked();
        let taken = all.get_mut(whose)?;
        if taken.windows.iter().any(|window| window.until <= now) {
            all.remove(whose);
            return None;
        }
        if taken.n == 0 {
            let used_up = taken.windows.iter().filter(|window| window.left == 0);
            let until = used_up.map(|window| window.until).max()?;
            return Some(Counted { left: taken.windows, exceeded: Some(Exceeded { until }) });
        }
        taken.n -= 1;
        let waiting = taken.n;
        let left = taken.windows.map(|window| Left { left: window.left + waiting, ..window });
        Some(Counted { left, exceeded: None })
    }

    /// Keeps what was taken beside what others have taken at the same moment, who may have seen more of it left.
    fn keep(&self, whose: &str, now: Timestamp, taken: Taken) {
        let mut all = self.locked();
        if all.len() >= KEPT {
            all.retain(|_, taken| taken.windows.iter().all(|window| window.until > now));
        }
        let add = |kept: &mut Taken| {
            kept.n += taken.n;
            for (kept, taken) in kept.windows.iter_mut().zip(taken.windows) {
                if taken.until > kept.until || taken.left < kept.left {
                    *kept = taken;
                }
            }
        };
        all.entry(whose.to_owned()).and_modify(add).or_insert(taken);
    }
}

impl App {
    /// Counts a request of a program to an account, or of a person where it is to none. What is refused costs nothing:
    /// whoever goes on asking uses up no more of the day.
    pub async fn count_api_request(&self, whose: &str) -> Result<Counted, Refused> {
        let now = self.store.now();
        if let Some(counted) = self.api_limit.hand_out(whose, now) {
            return Ok(counted);
        }
        let n = match self.store.engine() {
            Engine::Sqlite => self.api_limit.handful(),
            Engine::Postgres => 1,
        };
        let counted = self.tally(whose, n).await?;
        let most = self.api_limit.most();
        // Of a handful that reaches beyond the end only what stands before it is there; the rest is given back.
        let beyond = [0, 1].map(|at| counted[at].0 - most[at]).into_iter().max().unwrap_or_default();
        let there = (n - beyond).clamp(0, n);
        if there < n {
            self.tally(whose, there - n).await?;
        }
        let windows = [0, 1].map(|at| {
            let (made, until) = counted[at];
            Left { most: most[at], left: (most[at] - made).max(0), until }
        });
        if there > 1 || beyond >= 0 {
            self.api_limit.keep(whose, now, Taken { n: (there - 1).max(0), windows });
        }
        if there > 0 {
            let left = windows.map(|window| Left { left: window.left + there - 1, ..window });
            return Ok(Counted { left, exceeded: None });
        }
        // Somebody else may have taken the last ones just now, and more than they use.
        let until =
            [0, 1].into_iter().filter(|at| counted[*at].0 > most[*at]).map(|at| windows[at].until).max();
        let none = Counted { left: windows, exceeded: Some(Exceeded { until: until.unwrap_or(now) }) };
        Ok(self.api_limit.hand_out(whose, now).unwrap_or(none))
    }

    async fn tally(&self, whose: &str, n: i64) -> Result<[(i64, Timestamp); 2], Refused> {
        let names = WINDOWS.map(|(window, _)| format!("API requests of {whose}, {window}"));
        Ok(self.store.tally(names, WINDOWS.map(|(_, span)| span), n).await?)
    }
}
