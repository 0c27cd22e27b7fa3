//! The real clock and the real randomness. Nothing else in the product reads them.

use std::time::{SystemTime, UNIX_EPOCH};

use domain::time::{Clock, Random, Timestamp};

/// The machine's clock.
pub struct RealClock;

impl Clock for RealClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// The operating system's random bits.
pub struct RealRandom;

impl Random for RealRandom {
    fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).expect("the operating system gives random bits");
        bytes
    }
}
