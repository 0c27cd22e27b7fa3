//! Mails: what they say, and how they leave.

pub mod compose;
mod content;
pub mod outbox;
pub mod samples;
pub mod sender;
pub mod smtp;
pub(crate) mod speaker;
pub mod views;
