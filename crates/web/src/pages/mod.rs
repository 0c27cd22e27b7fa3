//! Handlers: each reads its input, calls one operation and shapes the answer.

pub mod access_map;
pub mod access_request;
pub mod access_review;
pub mod account;
pub mod account_center;
pub mod activity;
pub mod center_person;
pub mod company;
pub mod company_user;
pub mod email_change;
pub mod events;
pub mod executive_administrator;
mod form;
pub mod invitation;
pub mod invitation_block;
pub mod job;
pub mod lead_center;
pub mod login_merge;
pub mod may;
pub mod me;
pub mod operator;
pub mod permissions;
pub mod reset;
pub mod session;
pub mod setup;
mod shown;
pub mod user;
