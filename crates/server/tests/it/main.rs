//! The program from outside: started in a folder of its own, told by its lines and exit codes.
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod activity;
mod commands;
mod explain;
mod serve;
mod settings;
mod starts;
mod support;
