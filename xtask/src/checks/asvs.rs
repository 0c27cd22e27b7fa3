//! `docs/security/asvs.md` has every requirement of OWASP ASVS 5.0 once, and what it names as proof is there.

use std::collections::BTreeSet;

use crate::tree::{Finding, Tree};

const LIST: &str = "docs/security/asvs.md";

/// How many requirements each section of each chapter has: 1.1 has two, 1.2 ten, …
const SECTIONS: [&[usize]; 17] = [
    &[2, 10, 12, 3, 3],
    &[3, 3, 5, 2],
    &[1, 3, 5, 8, 8, 1, 5],
    &[5, 5, 2, 4],
    &[1, 6, 3, 3],
    &[3, 12, 8, 6, 8, 4, 2, 4],
    &[3, 4, 2, 5, 3, 2],
    &[4, 4, 3, 2],
    &[3, 4],
    &[2, 3, 5, 16, 5, 2, 3],
    &[4, 5, 5, 4, 2, 2, 2],
    &[5, 2, 5],
    &[4, 6, 4, 7],
    &[2, 8, 3],
    &[5, 5, 7, 4],
    &[1, 5, 4, 3, 4],
    &[2, 8, 2],
];

/// What may stand in the third column.
const STATES: [&str; 3] = ["holds", "not applicable", "not yet"];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let Some(list) = tree.text(LIST) else { return Vec::new() };
    let functions = functions(tree);
    let (mut findings, mut left) = (Vec::new(), ids());
    for (n, line) in list.lines().enumerate() {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [id, _, _, state, shown] = cells[..] else { continue };
        if !id.starts_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let mut find = |sentence: String| findings.push(Finding::new(LIST, n + 1, sentence));
        if !left.remove(id) {
            find(format!("{id} is there before, or is no requirement"));
        }
        if !STATES.contains(&state) {
            find(format!("{id} is {state}: it holds, is not applicable, or does not hold yet"));
        }
        let mut proofs = 0;
        for name in shown.split('`').skip(1).step_by(2) {
            match proof(name, tree, &functions) {
                Some(true) => proofs += 1,
                Some(false) => find(format!("`{name}` does not exist")),
                None => {}
            }
        }
        if state == "holds" && proofs == 0 {
            find(format!("{id} names no test and no file that shows it"));
        }
        if shown.is_empty() {
            find(format!("{id} says not why"));
        }
    }
    findings.extend(left.into_iter().map(|id| Finding::new(LIST, 1, format!("{id} is missing"))));
    findings
}

fn ids() -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for (chapter, sections) in SECTIONS.iter().enumerate() {
        for (section, count) in sections.iter().enumerate() {
            ids.extend((1..=*count).map(|number| format!("{}.{}.{number}", chapter + 1, section + 1)));
        }
    }
    ids
}

/// Whether a name is that of a file or a test that is there; `None` if it is neither's, such as a header's.
fn proof(name: &str, tree: &Tree, functions: &BTreeSet<&str>) -> Option<bool> {
    let path = name.trim_end_matches('/');
    let first = path.split('/').next().unwrap_or_default();
    if name.contains('/') && tree.paths.contains(first) || tree.paths.contains(path) {
        return Some(tree.paths.contains(path));
    }
    let is_word = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    (is_word && name.matches('_').count() >= 3).then(|| functions.contains(name))
}

/// The names of all functions, tests among them.
fn functions(tree: &Tree) -> BTreeSet<&str> {
    let lines = tree.rust().flat_map(|(file, _)| file.text.lines());
    lines.filter_map(|line| line.split_once("fn ")?.1.split(['(', '<']).next()).collect()
}

#[cfg(test)]
mod tests {
    use super::{LIST, check, ids};
    use crate::tree::found;

    #[test]
    fn there_are_345() {
        assert_eq!(ids().len(), 345);
        assert!(ids().contains("1.2.10") && ids().contains("17.3.2") && !ids().contains("17.3.3"));
    }

    #[test]
    fn each_stands_there_once_with_its_proof() {
        let rest: String =
            ids().iter().skip(5).map(|id| format!("| {id} | 1 | x | not yet | later |\n")).collect();
        let ids: Vec<String> = ids().into_iter().take(5).collect();
        let list = format!(
            "| {} | 1 | x | holds | `crates/a.rs`, `x01_a_test_that_is_there` |\n\
             | {} | 1 | x | holds | by itself, with `no-store` |\n\
             | {} | 1 | x | perhaps | `crates/b.rs` |\n\
             | {} | 1 | x | not applicable | `x02_no_such_test_is_there` |\n\
             | {} | 1 | x | not yet | x |\n{rest}",
            ids[0], ids[1], ids[2], ids[3], ids[3]
        );
        let test = "async fn x01_a_test_that_is_there() {}\n";
        assert_eq!(
            found(check, &[(LIST, &list), ("crates/a.rs", test)]),
            [
                format!("{LIST}:2: {} names no test and no file that shows it", ids[1]),
                format!("{LIST}:3: {} is perhaps: it holds, is not applicable, or does not hold yet", ids[2]),
                format!("{LIST}:3: `crates/b.rs` does not exist"),
                format!("{LIST}:4: `x02_no_such_test_is_there` does not exist"),
                format!("{LIST}:5: {} is there before, or is no requirement", ids[3]),
                format!("{LIST}:1: {} is missing", ids[4]),
            ]
        );
    }
}
