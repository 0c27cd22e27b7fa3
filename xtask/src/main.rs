//! `cargo xtask tidy`: the house rules that the compiler cannot hold. `cargo xtask endure`: the tests of races, crashes and
//! revocation with all their rounds. `cargo xtask bench` and `cargo xtask growth` measure.
//!
//! Each rule is one file in `checks`, with a table of what it allows and tests with a bad example.

mod bench;
mod cargo;
mod checks;
mod endure;
mod growth;
mod rust;
mod tree;

use std::process::ExitCode;

use tree::{Finding, Tree};

/// Looks through the tree and says what is against one rule.
type Check = fn(&Tree) -> Vec<Finding>;

/// The table of contents: every rule, in the order it is reported.
const CHECKS: [(&str, Check); 13] = [
    ("a crate uses only crates to its left", checks::edges::check),
    ("drivers, SQL, HTTP and HTML stay in their rooms", checks::rooms::check),
    ("the server's own pass is made in the listed places only", checks::back_doors::check),
    ("files and functions stay small", checks::budget::check),
    ("clock, randomness and environment come in as parameters", checks::purity::check),
    ("nothing is unfinished or silenced without a reason", checks::silenced::check),
    ("every crate has the lints, and one place may be unsafe", checks::lints::check),
    ("the paths that the guides name exist", checks::paths::check),
    ("the project stands alone", checks::standalone::check),
    ("every row has its proof", checks::rows::check),
    ("every test of an attack was seen to fail", checks::seen::check),
    ("every text is said somewhere", checks::texts::check),
    ("every requirement of ASVS is answered", checks::asvs::check),
];

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("tidy") => tidy(),
        Some("bench") => bench::run(std::env::args().nth(2).as_deref()),
        Some("endure") => endure::run(),
        Some("growth") => growth::run(std::env::args().nth(2).as_deref()),
        _ => {
            eprintln!("usage: cargo xtask tidy | endure | bench | growth");
            ExitCode::from(2)
        }
    }
}

fn tidy() -> ExitCode {
    let tree = match Tree::read() {
        Ok(tree) => tree,
        Err(sentence) => {
            eprintln!("tidy: {sentence}");
            return ExitCode::from(2);
        }
    };
    let mut broken = 0;
    for (rule, check) in CHECKS {
        let findings = check(&tree);
        if !findings.is_empty() {
            println!("{rule}:");
        }
        for finding in &findings {
            println!("  {finding}");
        }
        broken += findings.len();
    }
    for smell in checks::budget::smells(&tree) {
        println!("note: {smell}");
    }
    println!("tidy: {} rules over {} files, {broken} findings", CHECKS.len(), tree.files.len());
    if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
