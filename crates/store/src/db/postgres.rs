//! PostgreSQL: as many threads as connections, all served from one queue.

mod bind;
mod error;
mod session;
mod tls;
mod worker;

pub(super) use session::{Connector, Session, on_thread};
pub(super) use worker::{Turn, work_all};
