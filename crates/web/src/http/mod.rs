//! HTTP: from a request to a handler and back.

mod answer;
pub mod cookies;
pub(crate) mod counted;
pub mod device;
pub(crate) mod host;
pub(crate) mod json;
pub mod layers;
pub mod menu;
pub mod problem;
pub(crate) mod refusals;
pub mod route;
mod seats;
pub mod serve;
pub mod stream;
pub mod toast;
pub(crate) mod turns;
mod unread;
pub mod upload;
pub mod visit;
pub mod visitor;
