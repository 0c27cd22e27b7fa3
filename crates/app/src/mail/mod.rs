//! Mails: what they say, and how they leave.

pub mod compose;
pub(crate) mod outbox;
pub mod smtp;
pub mod views;
