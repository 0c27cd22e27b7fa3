//! The tests of this crate against its surroundings, as one program: a module for each noun.
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod desk;
mod post_office;
mod push_service;

mod access_change;
mod access_request;
mod access_review;
mod account;
mod account_center;
mod activity;
mod alert;
mod api_key;
mod brand;
mod bundle;
mod center_change;
mod center_notice;
mod center_person;
mod company;
mod company_user;
mod email_change;
mod executive_administrator;
mod invitation;
mod invitation_block;
mod job;
mod language;
mod limits;
mod login_merge;
mod mail;
mod me;
mod notification;
mod push;
mod refused;
mod reset;
mod rights_lost;
mod seed;
mod session;
mod single_sign_on;
mod smtp;
mod summary_email;
mod summary_issue;
mod tag;
mod temporary_password;
mod unsubscribe;
mod user;
