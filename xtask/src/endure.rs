//! The tests of races, crashes and revocation with all their rounds, one after the other, on both engines. That takes
//! about half an hour; the ordinary run tries a few rounds of each.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

/// What the tests look for; see `rounds` in `crates/server/tests/it/stage.rs`.
const ALL_ROUNDS: &str = "ROLLCALL_TEST_ENDURE";
/// Where a PostgreSQL is, if one runs already.
const POSTGRES: &str = "ROLLCALL_TEST_POSTGRES";

/// With plain `cargo test`: nothing stops a test for being slow, and what each has tried is printed as it ends.
const TESTS: [&str; 11] = [
    "cargo",
    "test",
    "--locked",
    "--package=rollcall",
    "--test=it",
    "--",
    "--nocapture",
    "--test-threads=1",
    "crashes::",
    "races::",
    "revocation::",
];

pub(crate) fn run() -> ExitCode {
    let own = std::env::var_os(POSTGRES).is_none();
    let with_postgres: &[&str] = if own { &["scripts/with-postgres"] } else { &[] };
    let words = [with_postgres, &TESTS].concat();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let began = Instant::now();
    let ended = Command::new(words[0]).args(&words[1..]).env(ALL_ROUNDS, "1").current_dir(root).status();
    match ended {
        Ok(status) if status.success() => {
            println!("endure: all of it held, {} s", began.elapsed().as_secs());
            ExitCode::SUCCESS
        }
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("endure: {} cannot be run: {error}", words[0]);
            ExitCode::from(2)
        }
    }
}
