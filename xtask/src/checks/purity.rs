//! Clock, randomness and environment come in as parameters, so that a test can hold them still.

use crate::rust::{has_word, numbered};
use crate::tree::{Finding, Tree};

/// What reaches outside.
const OUTSIDE: [&str; 13] = [
    "SystemTime::now",
    "Instant::now",
    "Timestamp::now",
    "ZonedDateTime::now",
    "now_v7",
    "new_v4",
    "getrandom",
    "OsRng",
    "rand::",
    "std::env",
    "env::var",
    "env::var_os",
    "env::args",
];

/// Where that is the purpose, each with its reason.
const ALLOWED: [(&str, &str); 6] = [
    ("crates/server/", "reads the configuration and wires the real clock"),
    ("crates/app/src/real.rs", "the real clock and the real randomness, nothing else"),
    ("crates/seed/src/main.rs", "reads where to put made-up people; it is not shipped"),
    ("crates/testkit/", "the moving clock, and where the tests' databases are"),
    ("crates/*/build.rs", "cargo tells a build script its folders in the environment"),
    ("xtask/", "a tool, not the product"),
];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, source) in tree.rust().filter(|(file, _)| !is_allowed(&file.path)) {
        for (n, line) in numbered(&source.product) {
            if let Some(word) = OUTSIDE.iter().find(|word| has_word(line, word)) {
                let sentence =
                    format!("`{word}` reaches outside: take it as a parameter (the clock, the randomness)");
                findings.push(Finding::new(&file.path, n, sentence));
            }
        }
    }
    findings
}

fn is_allowed(path: &str) -> bool {
    ALLOWED.iter().any(|(place, _)| match place.split_once('*') {
        Some((before, after)) => path.starts_with(before) && path.ends_with(after),
        None => path.starts_with(place),
    })
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tree::found;

    #[test]
    fn time_comes_in_as_a_parameter() {
        let bad = "let a = SystemTime::now();\nlet b = env!(\"X\");\nuse std::env;\n#[cfg(test)]\nfn t() { Instant::now() }\n";
        let files = [
            ("crates/app/src/user.rs", bad),
            ("crates/app/src/real.rs", bad),
            ("crates/app/tests/it.rs", bad),
            ("crates/web/build.rs", bad),
        ];
        let sentence = "reaches outside: take it as a parameter (the clock, the randomness)";
        assert_eq!(
            found(check, &files),
            [
                format!("crates/app/src/user.rs:1: `SystemTime::now` {sentence}"),
                format!("crates/app/src/user.rs:3: `std::env` {sentence}"),
            ]
        );
    }
}
