//! How often things may be tried. Attempts are counted in the database, so that all instances count as one,
//! and before anything is looked at, so that a refused attempt counts too.

use domain::time::Span;
use store::attempt::{self, Limit};
use store::work::Writer;

use crate::Refused;

/// Sign-ins of one address from one network: slow for a guesser, no weapon against the owner elsewhere.
pub const SIGN_IN: Limit = Limit { most: 10, window: Span::minutes(15) };
/// Sign-ins from one network, whatever the address.
pub const SIGN_IN_NETWORK: Limit = Limit { most: 100, window: Span::minutes(15) };
/// Reset mails to one address.
pub const RESET: Limit = Limit { most: 3, window: Span::hours(1) };
/// Reset requests from one network.
pub const RESET_NETWORK: Limit = Limit { most: 20, window: Span::hours(1) };
/// Sends of one invitation (U-06).
pub const INVITATION: Limit = Limit { most: domain::invitation::SENDS_PER_HOUR, window: Span::hours(1) };
/// Invitations to one address, from whatever account.
pub const INVITATION_ADDRESS: Limit = Limit { most: 10, window: Span::days(1) };
/// Invitations of one account.
pub const INVITATION_ACCOUNT: Limit = Limit { most: 5_000, window: Span::days(1) };

/// Counts an attempt, or refuses the operation.
pub fn count(w: &mut Writer, name: &str, limit: Limit) -> Result<(), Refused> {
    Ok(attempt::count(w, name, limit)??)
}
