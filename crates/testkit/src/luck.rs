//! Time and luck that tests decide.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use domain::time::{Clock, Random, Span, Timestamp};

/// When every world begins: Monday, 2 November 2026, 09:00 UTC.
pub const START: Timestamp = Timestamp::from_micros(1_793_610_000_000_000);

/// A clock that stands still until it is moved. Clones show the same time.
#[derive(Clone, Debug)]
pub struct MovingClock {
    micros: Arc<AtomicI64>,
}

impl MovingClock {
    /// A clock at `start`.
    pub fn new(start: Timestamp) -> MovingClock {
        MovingClock { micros: Arc::new(AtomicI64::new(start.micros())) }
    }

    /// Moves the time on.
    pub fn advance(&self, span: Span) {
        self.micros.fetch_add(span.as_micros(), Ordering::SeqCst);
    }
}

impl Clock for MovingClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.micros.load(Ordering::SeqCst))
    }
}

/// Random bits that a counter makes: the same in each run, and never the same twice in one.
#[derive(Debug)]
pub struct CountedRandom {
    seed: u64,
    next: AtomicU64,
}

impl CountedRandom {
    /// The bits of `seed`.
    pub fn new(seed: u64) -> CountedRandom {
        CountedRandom { seed, next: AtomicU64::new(0) }
    }
}

impl Random for CountedRandom {
    /// The counter stands where ids have their digits behind the time, so that ids of one moment sort as made.
    fn bytes(&self) -> [u8; 32] {
        let number = self.next.fetch_add(1, Ordering::SeqCst);
        let mixed = |part: u64| mix(self.seed ^ mix(number * 4 + part));
        let sorted = (number << 22) | (mixed(0) >> 42);
        // The twelve bits above these come first in an id.
        let above = mixed(1) & !0xfff;
        let mut bytes = [0; 32];
        for (chunk, word) in bytes.chunks_mut(8).zip([sorted, above, mixed(2), mixed(3)]) {
            chunk.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }
}

/// SplitMix64's last step: scatters the bits of a number over all of them.
fn mix(number: u64) -> u64 {
    let z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use domain::id::{Id, UserId};

    use super::*;

    #[test]
    fn luck_is_the_same_in_each_run_and_never_twice_in_one() {
        let (one, other) = (CountedRandom::new(1), CountedRandom::new(1));
        let drawn: Vec<[u8; 32]> = (0..10_000).map(|_| one.bytes()).collect();
        assert!(drawn.iter().all(|bytes| *bytes == other.bytes()));
        assert_eq!(drawn.iter().collect::<HashSet<_>>().len(), drawn.len());
        assert_ne!(drawn[0], CountedRandom::new(2).bytes());
    }

    #[test]
    fn ids_of_one_moment_sort_as_made() {
        let random = CountedRandom::new(1);
        let id =
            || UserId::new(START, u128::from_le_bytes(random.bytes()[..16].try_into().expect("16 bytes")));
        let made: Vec<UserId> = (0..10_000).map(|_| id()).collect();
        assert!(made.is_sorted());
    }

    #[test]
    fn time_moves_when_it_is_moved() {
        let clock = MovingClock::new(START);
        assert_eq!(clock.now().to_string(), "2026-11-02T09:00:00Z");
        clock.clone().advance(Span::hours(1));
        assert_eq!(clock.now().since(START), Span::hours(1));
    }
}
