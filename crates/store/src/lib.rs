//! The engine seam, SQL, passes, transactions and migrations.
//!
//! [`work`] is the only door: a unit of work reads or writes, and a write ends with an activity entry. Tenant rows
//! are reached only with a pass, and [`pass`] mints them.

mod convert;
pub mod db;
pub mod pass;
pub mod second_factor;
pub mod second_factor_rule;
pub mod secret;
pub mod strong_keys;
pub mod work;

pub mod access_change;
pub mod access_request;
pub mod access_review;
pub mod account;
pub mod account_center;
pub mod activity;
pub mod alert;
pub mod api_key;
pub mod attempt;
pub mod brand;
pub mod bundle;
pub mod capability_use;
pub mod center_person;
pub mod company;
pub mod device;
pub mod directory;
pub mod email_change;
pub mod executive_administrator;
#[cfg(fuzzing)]
pub mod fuzzing;
pub mod installation;
pub mod invitation;
pub mod invitation_block;
pub mod job;
pub mod kept;
pub mod key_change;
pub mod lead_event;
pub mod login;
pub mod login_merge;
pub mod mail;
pub mod notification;
pub mod page;
pub mod passkey;
pub mod push;
pub mod receiver;
pub mod reset;
pub mod see_as;
pub mod session;
pub mod single_sign_on;
pub mod summary_email;
pub mod summary_issue;
pub mod tag;
pub mod temporary_password;
pub mod unsubscribe;
pub mod user;
