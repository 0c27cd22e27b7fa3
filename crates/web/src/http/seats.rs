//! How many connections one network may hold: all of them are limited, and one alone must not take them from the others.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::network::network_of;

/// The connections of each network that has any.
pub(super) struct Seats {
    most: usize,
    /// Through these everybody comes.
    proxies: Vec<IpAddr>,
    taken: Mutex<HashMap<String, usize>>,
}

/// One connection's; given back when dropped.
pub(super) struct Seat {
    seats: Arc<Seats>,
    /// `None` where it does not count.
    network: Option<String>,
}

impl Seats {
    /// As many for each network, and no limit for the proxies.
    pub(super) fn new(most: usize, proxies: &[IpAddr]) -> Arc<Seats> {
        Arc::new(Seats { most, proxies: proxies.to_vec(), taken: Mutex::default() })
    }

    /// A seat for whoever has connected from there; `None` where their network has all that it may have.
    pub(super) fn take(self: &Arc<Seats>, from: IpAddr) -> Option<Seat> {
        if self.proxies.contains(&from.to_canonical()) {
            return Some(Seat { seats: Arc::clone(self), network: None });
        }
        let network = network_of(from);
        let mut taken = self.taken();
        let count = taken.entry(network.clone()).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Seat { seats: Arc::clone(self), network: Some(network) })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let Some(network) = &self.network else { return };
        let mut taken = self.seats.taken();
        let Some(count) = taken.get_mut(network) else { return };
        *count -= 1;
        if *count == 0 {
            taken.remove(network);
        }
    }
}
