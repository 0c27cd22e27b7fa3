//! The program from outside: started in a folder of its own, told by its lines and exit codes.
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod activity;
mod api;
mod centers;
mod commands;
mod crashes;
mod explain;
mod http;
mod jobs;
mod logs;
mod races;
mod revocation;
mod secret;
mod serve;
mod settings;
mod sink;
mod stage;
mod starts;
mod strong_keys;
mod support;
mod timing;
