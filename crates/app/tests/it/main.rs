//! The tests of this crate against its surroundings, as one program.
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod smtp;
