//! Rows are the promises of the product. Each one listed in `xtask/rows.txt` must be named by a test or by a
//! browser journey, so that whoever changes a promise finds its proof; and a row that a source names must be listed.

use crate::rust::has_word;
use crate::tree::{File, Finding, Tree};

const LIST: &str = "xtask/rows.txt";

/// The rows below this line are known and named, but not all of each is there.
const KNOWN: &str = "# Known, not all there yet";

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let list = tree.text(LIST).unwrap_or_default();
    let mut findings = listed(list, &tree.files.iter().filter_map(proof).collect::<Vec<_>>());
    let rows: Vec<&str> = list.lines().filter_map(row).map(|(id, _)| id).collect();
    for file in tree.files.iter().filter(|file| is_source(file)) {
        for (n, line) in file.text.lines().enumerate() {
            for id in ids(line).filter(|id| !rows.contains(id)) {
                let sentence =
                    format!("{id} is no row of {LIST}: add it there, or name the row that is meant");
                findings.push(Finding::new(&file.path, n + 1, sentence));
            }
        }
    }
    findings
}

/// What is wrong with the list itself.
fn listed(list: &str, proofs: &[String]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (mut seen, mut must_hold) = (Vec::new(), true);
    for (n, line) in list.lines().enumerate() {
        must_hold &= line.trim() != KNOWN;
        let Some((id, sentence)) = row(line) else { continue };
        let mut complain = |what: String| findings.push(Finding::new(LIST, n + 1, what));
        if seen.contains(&id) {
            complain(format!("{id} is listed twice"));
        }
        seen.push(id);
        if !is_id(id) {
            complain(format!("`{id}` is no row: write one such as U-07 a line"));
        } else if sentence.is_empty() {
            complain(format!("{id} needs a sentence: what holds"));
        } else if must_hold && !proofs.iter().any(|text| has_word(text, id)) {
            complain(format!("{id} is named by no test and no browser journey"));
        }
    }
    findings
}

/// The id and the sentence of a line of the list; `None` for comments and empty lines.
fn row(line: &str) -> Option<(&str, &str)> {
    let line = line.split('#').next().unwrap_or_default().trim();
    let (id, sentence) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    (!id.is_empty()).then(|| (id, sentence.trim()))
}

/// A capital letter, and a number of two digits.
fn is_id(id: &str) -> bool {
    matches!(id.as_bytes(), [letter, b'-', tens, ones]
        if letter.is_ascii_uppercase() && tens.is_ascii_digit() && ones.is_ascii_digit())
}

/// The ids that stand in a line as words of their own.
fn ids(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')).filter(|word| is_id(word))
}

/// The tools name rows that are none, as examples.
fn is_source(file: &File) -> bool {
    !file.path.starts_with("xtask/") && (file.path.ends_with(".rs") || file.path.ends_with(".mjs"))
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

    const LIST: &str = "\
# rows
U-07  An invitation expires.
L-02  An agent signs in. # by mail
P-16  The matrix stands in one place.
X-10  Ids are answered alike.
U-07  An invitation expires.
next
A-01
# Known, not all there yet
A-07  Keys have an end.
";

    #[test]
    fn a_listed_row_is_proven() {
        let files = [
            ("xtask/rows.txt", LIST),
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
                "xtask/rows.txt:8: A-01 needs a sentence: what holds",
            ]
        );
    }

    #[test]
    fn a_row_that_is_named_is_listed() {
        let files = [
            ("xtask/rows.txt", "U-07  An invitation expires.\n"),
            ("crates/a/tests/it/c.rs", "/// U-07, A-07 (P-256)\n// U-08: later\n"),
            ("tests/browser/a.test.mjs", "test('U-07 U-60 …')\n"),
            ("docs/a.md", "U-99\n"),
        ];
        assert_eq!(
            found(check, &files),
            [
                "crates/a/tests/it/c.rs:1: A-07 is no row of xtask/rows.txt: add it there, or name the row that is meant",
                "crates/a/tests/it/c.rs:2: U-08 is no row of xtask/rows.txt: add it there, or name the row that is meant",
                "tests/browser/a.test.mjs:1: U-60 is no row of xtask/rows.txt: add it there, or name the row that is meant",
            ]
        );
    }
}
