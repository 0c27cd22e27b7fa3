//! The pass of the server itself.

use super::Acting;
use crate::work::Actor;

/// Why the server reaches rows without a person's pass. The list may only shrink; `cargo xtask tidy` counts the places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Somebody typed a command at the server.
    CommandLine,
    /// The worker sends mails and seals activity.
    Worker,
    /// Demonstration data.
    Seed,
}

/// Proof that the server itself does this, for a reason.
#[derive(Clone, Debug)]
pub struct SystemPass {
    reason: Reason,
}

impl SystemPass {
    /// A pass for `reason`.
    pub fn new(reason: Reason) -> SystemPass {
        SystemPass { reason }
    }
}

impl Acting for SystemPass {
    fn actor(&self) -> Actor {
        match self.reason {
            Reason::CommandLine => Actor::operator(),
            Reason::Worker | Reason::Seed => Actor::system(),
        }
    }
}
