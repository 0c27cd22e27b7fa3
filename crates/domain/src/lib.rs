//! Nouns, values, rules, the capability registry and the access decision.
//!
//! Everything here is pure: nothing awaits, and nothing reads the clock, randomness, the environment or files.
//! Times and random bits come in as parameters.

pub mod access;
pub mod access_change;
pub mod access_request;
pub mod access_review;
pub mod account;
pub mod account_center;
pub mod activity;
pub mod alert;
pub mod api_key;
pub mod brand;
pub mod capability;
pub mod center_change;
pub mod company;
pub mod email;
pub mod explain;
pub mod id;
pub mod input;
pub mod invitation;
pub mod job;
pub mod login_merge;
pub mod mail;
pub mod name;
pub mod network;
pub mod notification;
pub mod passkey;
pub mod password;
pub mod push;
pub mod receiver;
pub mod scim;
pub mod second_factor;
pub mod see_as;
pub mod single_sign_on;
pub mod summary_email;
pub mod tag;
pub mod temporary_password;
pub mod time;
pub mod user;
