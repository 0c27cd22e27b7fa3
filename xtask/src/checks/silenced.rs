//! Nothing unfinished, no test switched off, no lint silenced without its reason.
//!
//! The words are put together here, else this file would find itself.

use crate::rust::{has_word, numbered};
use crate::tree::{File, Finding, Tree};

/// In any text.
const NOTES: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];
/// In Rust, tests included.
const RUST: [&str; 3] = [concat!("todo", "!"), concat!("unimplemented", "!"), concat!("#[", "ignore")];
/// In the browser tests.
const SCRIPT: [&str; 3] = [concat!(".", "only("), concat!(".", "skip("), concat!(".", "todo(")];
/// Attributes that need a reason.
const SILENCERS: [&str; 4] = ["#[allow(", "#![allow(", "#[expect(", "#![expect("];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    tree.files.iter().filter(|file| !file.path.ends_with(".lock")).flat_map(check_file).collect()
}

fn check_file(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut say = |n: usize, sentence: String| findings.push(Finding::new(&file.path, n, sentence));
    for (n, line) in file.text.lines().enumerate() {
        for note in NOTES.iter().filter(|note| has_word(line, note)) {
            say(n + 1, format!("`{note}`: finish it, or write down as a decision why not"));
        }
        let is_script = [".mjs", ".js", ".ts"].iter().any(|end| file.path.ends_with(end));
        for word in SCRIPT.iter().filter(|word| is_script && line.contains(**word)) {
            say(n + 1, format!("`{word}` switches tests off"));
        }
    }
    let Some(source) = &file.rust else { return findings };
    for (n, line) in numbered(&source.code) {
        for word in RUST.iter().filter(|word| has_word(line, word)) {
            say(n, format!("`{word}` leaves something out"));
        }
        let silencer = SILENCERS.iter().find(|word| line.trim_start().starts_with(**word));
        if let Some(word) = silencer.filter(|_| !has_reason(&source.code[n - 1..])) {
            say(n, format!("`{word}…)` needs a `reason = \"…\"`"));
        }
    }
    findings
}

/// Is there a reason in the attribute that the first of these lines begins?
fn has_reason(lines: &[String]) -> bool {
    let last = lines.iter().position(|line| line.contains(")]")).unwrap_or(0);
    lines[..=last].iter().any(|line| has_word(line, "reason ="))
}

#[cfg(test)]
mod tests {
    use super::{NOTES, SCRIPT, check};
    use crate::tree::found;

    #[test]
    fn nothing_is_left_out() {
        let rust = concat!("#[", "ignore]\nfn a() { unimplemented", "!() }\nlet b = \"todo", "!\";\n");
        let note = format!("# {} later\n# {}ist\n", NOTES[0], NOTES[0]);
        let script = format!("test{}'a')\n", SCRIPT[0]);
        let files = [("a.rs", rust), ("b.toml", note.as_str()), ("c.mjs", script.as_str())];
        let places: Vec<String> = found(check, &files)
            .iter()
            .map(|f| f.split(": ").next().unwrap_or_default().to_owned())
            .collect();
        assert_eq!(places, ["a.rs:1", "a.rs:2", "b.toml:1", "c.mjs:1"]);
    }

    #[test]
    fn a_silenced_lint_has_a_reason() {
        let bad = "#[allow(dead_code)]\nfn a() {}\n";
        assert_eq!(found(check, &[("a.rs", bad)]), ["a.rs:1: `#[allow(…)` needs a `reason = \"…\"`"]);
        let good = "#[expect(\n    dead_code,\n    reason = \"because\"\n)]\nfn a() {}\n";
        assert_eq!(found(check, &[("a.rs", good)]).len(), 0);
    }
}
