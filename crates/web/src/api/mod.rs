//! The REST API v3 (I-01): what programs read and do, by the same operations as the pages.
//!
//! A noun has a file: its routes, what they take, what they answer. Around it, `call.rs` runs a request, `given.rs` reads
//! what was given, `answer.rs` and `listing.rs` shape what is answered, `refused.rs` says why not, and `openapi.rs`
//! describes all of it from the routes and the types.

mod account;
mod answer;
mod call;
mod company;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;
mod given;
mod listing;
mod moment;
mod notification;
mod openapi;
mod refused;
mod route;
mod summary_email;
mod tag;
mod user;

pub(crate) use call::routed;
pub(crate) use openapi::described;
pub use openapi::document;
pub(crate) use refused::{nothing_here, panicked, wrong_method};
pub use route::Described;

use crate::http::route::Route;

/// Where the API begins. Nothing below it is a page.
pub(crate) const BASE: &str = "/v3/";

/// All routes of the API.
pub(crate) fn routes() -> Vec<Route> {
    let of_all = [
        openapi::routes(),
        account::routes(),
        company::routes(),
        user::routes(),
        tag::routes(),
        notification::routes(),
        summary_email::routes(),
    ];
    of_all.into_iter().flatten().collect()
}
