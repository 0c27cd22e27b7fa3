//! `cargo xtask bench`: the release server measured beside a bare one that gives the same bytes.
//!
//! The server is pinned to one core and wrk to another. Each scenario is measured in three rounds, in turn with the bare
//! server. `docs/performance.md` says how to read it.

mod process;
mod record;
mod report;
mod scenario;
mod world;
mod wrk;

use std::process::{Command, ExitCode};

use crate::cargo::cargo;
use world::World;

/// What stands between here and the figures, in a sentence.
type Result<T> = std::result::Result<T, String>;

const ROUNDS: usize = 3;

/// Runs what was asked for: `decision`, `postgres`, or nothing for SQLite.
pub(crate) fn run(what: Option<&str>) -> ExitCode {
    let done = match what {
        None => measure(None),
        Some("postgres") => std::env::var("ROLLCALL_BENCH_POSTGRES")
            .map_err(|_| {
                "set ROLLCALL_BENCH_POSTGRES to the URL of an empty database on this machine".to_owned()
            })
            .and_then(|url| measure(Some(url))),
        Some("decision") => {
            cargo(&["bench", "--manifest-path", "benches/decision/Cargo.toml", "--target-dir", "target"])
        }
        Some(_) => Err("usage: cargo xtask bench [postgres|decision]".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("bench: {sentence}");
            ExitCode::FAILURE
        }
    }
}

fn measure(postgres: Option<String>) -> Result<()> {
    for (tool, package) in [("wrk", "wrk"), ("taskset", "util-linux")] {
        let found = Command::new(tool).arg("--version").output();
        found.map_err(|_| format!("{tool} is missing: on Debian, apt install {package}"))?;
    }
    cargo(&[
        "build",
        "--release",
        "--bins",
        "-p",
        "rollcall",
        "-p",
        "rollcall-seed",
        "-p",
        "rollcall-bench",
    ])?;
    report::machine()?;
    let world = World::make(postgres)?;
    let measured = scenario::run_all(&world)?;
    report::table(&measured);
    Ok(())
}
