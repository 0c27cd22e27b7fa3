//! The guides show newcomers where things are; a path in their backticks must exist.
//!
//! `<noun>` stands for any noun and is tried with `invitation`; `{a,b}` names several; `*` is any part of a name.

use std::collections::BTreeSet;

use crate::tree::{Finding, Tree};

const GUIDES: [&str; 4] = ["ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "docs/security/threats.md"];
const ENDINGS: [&str; 12] =
    [".rs", ".toml", ".md", ".html", ".txt", ".sql", ".mjs", ".js", ".css", ".json", ".lock", ".sh"];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for guide in GUIDES {
        for (n, line) in tree.text(guide).unwrap_or_default().lines().enumerate() {
            let quoted = line.split('`').skip(1).step_by(2);
            for path in quoted.filter(|quoted| looks_like_path(quoted, &tree.paths)).flat_map(expand) {
                if !exists(&path, &tree.paths) {
                    findings.push(Finding::new(guide, n + 1, format!("`{path}` does not exist")));
                }
            }
        }
    }
    findings
}

/// Not an address (`/users`), a media type, a module path or a command; nor what a build makes.
fn looks_like_path(quoted: &str, paths: &BTreeSet<String>) -> bool {
    let plain = quoted.chars().all(|c| c.is_ascii_alphanumeric() || "_-./<>*{},".contains(c));
    let starts_elsewhere = quoted.starts_with(['/', '<', '*']) || quoted.starts_with("target/");
    let first = quoted.trim_start_matches("./").split('/').next().unwrap_or_default();
    let known_start = quoted.contains('/') && paths.contains(first);
    plain
        && !starts_elsewhere
        && (known_start || ENDINGS.iter().any(|end| quoted.trim_end_matches('}').ends_with(end)))
}

fn expand(quoted: &str) -> Vec<String> {
    let mut path = quoted.trim_start_matches("./").trim_end_matches('/').replace("<lang>", "en");
    while let (Some(open), Some(close)) = (path.find('<'), path.find('>')) {
        if open > close {
            break;
        }
        path.replace_range(open..=close, "invitation");
    }
    match (path.find('{'), path.find('}')) {
        (Some(open), Some(close)) if open < close => path[open + 1..close]
            .split(',')
            .map(|part| format!("{}{part}{}", &path[..open], &path[close + 1..]))
            .collect(),
        _ => vec![path],
    }
}

fn exists(path: &str, paths: &BTreeSet<String>) -> bool {
    match path.split_once('*') {
        Some((before, after)) => paths.iter().any(|p| p.starts_with(before) && p.ends_with(after)),
        None => paths.contains(path),
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tree::found;

    #[test]
    fn a_named_path_exists() {
        let guide = "Look at `crates/domain/src/<noun>.rs` and `crates/web/`, not `text/html`, `/users` or `a::b`.\n\
                     `templates/<noun>/{list,form}.html`, `./check`, `Cargo.toml`, `locales/<lang>/*.toml`\n";
        let files = [
            ("ARCHITECTURE.md", guide),
            ("crates/domain/src/invitation.rs", ""),
            ("templates/invitation/list.html", ""),
            ("locales/en/common.toml", ""),
        ];
        assert_eq!(
            found(check, &files),
            [
                "ARCHITECTURE.md:1: `crates/web` does not exist",
                "ARCHITECTURE.md:2: `templates/invitation/form.html` does not exist",
                "ARCHITECTURE.md:2: `Cargo.toml` does not exist",
            ]
        );
    }
}
