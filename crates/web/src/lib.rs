//! The route table, gates, pages, forms and assets.
//!
//! The way of a request: [`http::layers`] (id, headers, size, origin) → the [`http::route::Route`] that the table in
//! [`routes`] holds → [`http::visit::Visit`], which knows who asks and mints the route's pass → a handler in
//! [`pages`], which reads its input, calls one operation and shapes the answer with a view from [`views`].

pub mod assets;
pub mod health;
pub mod http;
pub mod pages;
pub mod routes;
pub mod views;

pub use http::serve::{router, serve};
