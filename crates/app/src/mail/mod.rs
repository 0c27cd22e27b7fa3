//! Mails: what they say, and how they leave.

pub mod compose;
mod outbox;
pub mod smtp;
pub mod views;
