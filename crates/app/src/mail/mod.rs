//! Mails: what they say, and how they leave.

pub mod compose;
pub mod outbox;
pub mod smtp;
pub mod views;
