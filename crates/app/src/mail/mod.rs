//! Mails: what they say, and how they leave.

pub mod compose;
mod content;
mod lead_notice;
mod login_notice;
pub mod outbox;
pub mod samples;
pub mod sender;
pub mod smtp;
pub(crate) mod speaker;
pub mod views;
