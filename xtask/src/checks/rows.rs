//! Rows are the promises of the product. Each one listed in `xtask/rows.txt` must be named by a test or by a
//! browser journey, so that whoever changes a promise finds its proof.

use crate::rust::has_word;
use crate::tree::{File, Finding, Tree};

const LIST: &str = "xtask/rows.txt";

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let proofs: Vec<String> = tree.files.iter().filter_map(proof).collect();
    let mut findings = Vec::new();
    let mut seen = Vec::new();
    for (n, line) in tree.text(LIST).unwrap_or_default().lines().enumerate() {
        let id = line.split('#').next().unwrap_or_default().trim();
        if id.is_empty() {
            continue;
        }
        if seen.contains(&id) {
            findings.push(Finding::new(LIST, n + 1, format!("{id} is listed twice")));
        }
        seen.push(id);
        if !is_id(id) {
            findings.push(Finding::new(
                LIST,
                n + 1,
                format!("`{id}` is no row: write one such as U-07 a line"),
            ));
        } else if !proofs.iter().any(|text| has_word(text, id)) {
            findings.push(Finding::new(
                LIST,
                n + 1,
                format!("{id} is named by no test and no browser journey"),
            ));
        }
    }
    findings
}

fn is_id(id: &str) -> bool {
    let (letters, number) = id.split_once('-').unwrap_or_default();
    let upper = !letters.is_empty() && letters.chars().all(|c| c.is_ascii_uppercase());
    upper && number.len() >= 2 && number.chars().all(|c| c.is_ascii_digit())
}

/// The part of a file that proves something: tests with their comments and names.
fn proof(file: &File) -> Option<String> {
    if file.path.starts_with("tests/browser/") && file.path.ends_with(".mjs") {
        return Some(file.text.clone());
    }
    if file.path.starts_with("xtask/") {
        return None;
    }
    let source = file.rust.as_ref()?;
    let lines: Vec<&str> = file.text.lines().collect();
    Some(source.tests.iter().map(|range| lines[range.clone()].join("\n")).collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tree::found;

    #[test]
    fn a_listed_row_is_proven() {
        let list = "# rows\nU-07\nL-02 # sign in\nP-16\nX-10\nU-07\nnext\n";
        let files = [
            ("xtask/rows.txt", list),
            (
                "crates/a/src/b.rs",
                "// X-10\nfn a() {}\n#[cfg(test)]\nmod tests {\n    /// P-16: yes\n    fn b() {}\n}\n",
            ),
            ("tests/browser/a.test.mjs", "test('U-07 …')\n"),
            ("crates/a/tests/it/c.rs", "// L-023\n"),
        ];
        assert_eq!(
            found(check, &files),
            [
                "xtask/rows.txt:3: L-02 is named by no test and no browser journey",
                "xtask/rows.txt:5: X-10 is named by no test and no browser journey",
                "xtask/rows.txt:6: U-07 is listed twice",
                "xtask/rows.txt:7: `next` is no row: write one such as U-07 a line",
            ]
        );
    }
}
