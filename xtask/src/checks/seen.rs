//! A test of an attack counts once it was seen to fail on a version made wrong on purpose, and says how.

use crate::tree::{File, Finding, Tree};

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let sources =
        tree.files.iter().filter(|file| file.path.starts_with("crates/") && file.path.ends_with(".rs"));
    sources.flat_map(unseen).collect()
}

/// The tests of attacks in a file that do not say it.
fn unseen(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (mut comment, mut is_test) = (String::new(), false);
    for (n, line) in file.text.lines().map(str::trim).enumerate() {
        if let Some(said) = line.strip_prefix("///") {
            comment.push_str(said);
        } else if line.starts_with("#[") {
            is_test |= line.contains("test");
        } else {
            if let Some(name) = name(line).filter(|name| is_test && is_attack(name, &comment))
                && !comment.contains("Seen to fail")
            {
                let sentence = format!("`{name}` is a test of an attack: say how it was seen to fail");
                findings.push(Finding::new(&file.path, n + 1, sentence));
            }
            comment.clear();
            is_test = false;
        }
    }
    findings
}

fn name(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ")?;
    rest.split_once('(').map(|(name, _)| name)
}

/// Named by a row such as X-07, in the name or in the comment.
fn is_attack(name: &str, comment: &str) -> bool {
    let is_row = |word: &str, mark: &str| {
        word.strip_prefix(mark)
            .is_some_and(|number| number.len() == 2 && number.bytes().all(|b| b.is_ascii_digit()))
    };
    let words = comment.split(|c: char| !(c.is_alphanumeric() || c == '-'));
    name.split('_').any(|word| is_row(word, "x")) || words.into_iter().any(|word| is_row(word, "X-"))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tree::found;

    #[test]
    fn tests_of_attacks_say_how_they_failed() {
        let silent = "/// A-01\n#[test]\nfn a01_x07_nobody() {}\n";
        let by_row = "/// X-10: alike.\n#[tokio::test]\nasync fn nothing_is_told() {}\n";
        let said =
            "/// X-10. Seen to\n/// fail: without it.\n#[test]\nfn x10_alike() {}\nfn x11_helper() {}\n";
        let files =
            [("crates/a/tests/it/a.rs", silent), ("crates/a/src/b.rs", by_row), ("crates/a/src/c.rs", said)];
        let sentence = |name: &str| format!("`{name}` is a test of an attack: say how it was seen to fail");
        let mut expected = vec![
            format!("crates/a/tests/it/a.rs:3: {}", sentence("a01_x07_nobody")),
            format!("crates/a/src/b.rs:3: {}", sentence("nothing_is_told")),
        ];
        let mut complaints = found(check, &files);
        expected.sort();
        complaints.sort();
        assert_eq!(complaints, expected);
    }
}
