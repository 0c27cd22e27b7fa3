//! Where a host's name leads. Tests have answers of their own.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;

use domain::brand::HostName;

/// HTTPS.
const PORT: u16 = 443;

/// Nobody has answered: nothing is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoAnswer;

/// What an answer will be.
pub type Addresses<'a> = Pin<Box<dyn Future<Output = Result<Vec<SocketAddr>, NoAnswer>> + Send + 'a>>;

/// Finds the addresses of a name.
pub trait FindsAddresses: Send + Sync {
    /// Finds them, all there are.
    fn find<'a>(&'a self, name: &'a HostName) -> Addresses<'a>;
}

/// This machine's resolver.
#[derive(Clone, Copy, Debug)]
pub(super) struct System;

impl FindsAddresses for System {
    fn find<'a>(&'a self, name: &'a HostName) -> Addresses<'a> {
        Box::pin(async move {
            // The dot at the end keeps it from being tried below names of this machine's own network.
            let found = tokio::net::lookup_host((format!("{name}."), PORT)).await;
            found.map(Iterator::collect).map_err(|_| NoAnswer)
        })
    }
}
