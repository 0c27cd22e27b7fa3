//! Handlers: each reads its input, calls one operation and shapes the answer.

pub mod access_request;
pub mod account;
pub mod activity;
pub mod company;
pub mod company_user;
pub mod email_change;
pub mod events;
mod form;
pub mod invitation;
pub mod invitation_block;
pub mod lead_center;
pub mod may;
pub mod me;
pub mod operator;
pub mod permissions;
pub mod reset;
pub mod session;
pub mod setup;
mod shown;
pub mod user;
