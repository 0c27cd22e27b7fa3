//! The route table, gates, pages, forms and assets.
//!
//! The way of a request: [`http::layers`] (id, headers, origin) → the [`http::route::Route`] that the table in
//! [`routes`] holds → [`http::visitor::Visitor`], who asks, and [`http::visit::Visit`], which reads the input and refuses what
//! is none → a handler in [`pages`], which calls one operation in a unit that mints the route's pass first, and shapes the
//! answer with a view from [`views`].

pub mod api;
pub mod assets;
#[cfg(fuzzing)]
pub mod fuzzing;
pub mod health;
pub mod http;
pub mod pages;
pub mod routes;
mod scim;
pub mod views;

pub use http::serve::{router, serve};
