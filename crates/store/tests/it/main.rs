//! The real schema and every registered statement, held against both engines. PostgreSQL joins when
//! `ROLLCALL_TEST_POSTGRES` holds the URL of a server on which databases may be made.

#![allow(clippy::unwrap_used, reason = "in tests a panic is the message")]

mod growth;
mod migrations;
mod plans;
mod schema;
mod statements;
mod support;
mod tenants;
