//! SCIM 2.0 (A-08, RFC 7643 and 7644): a customer's directory provisions the users of one account. What it asks for is done by
//! `app::directory`, with the operations of pages.
//!
//! `call.rs` runs a request, `read.rs` makes of its JSON what the directory says, `answer.rs` shapes what is answered and refused,
//! `discovery.rs` says what there is.

mod answer;
mod call;
mod discovery;
mod group;
mod read;
mod user;

pub(crate) use answer::{nothing_here, panicked, wrong_method};

use crate::http::route::Route;

/// Where it begins. Nothing below it is a page.
pub(crate) const BASE: &str = "/scim/v2";

/// All routes.
pub(crate) fn routes() -> Vec<Route> {
    [discovery::routes(), user::routes(), group::routes()].into_iter().flatten().collect()
}
