//! The budget of files and functions. Tests are not counted.

use crate::tree::{Finding, Tree};

/// Lines of a file: from here on it is a smell, beyond the second it fails.
const FILE: (usize, usize) = (300, 500);
/// Lines of a function with its signature: likewise.
const FUNCTION: (usize, usize) = (60, 100);

/// Files that may be longer, each with its reason: tables of data only.
const EXCEPTIONS: [(&str, &str); 0] = [];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    check_with(tree, &EXCEPTIONS)
}

/// What is a smell, but no failure: a count of files, and every long function.
pub(crate) fn smells(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    let files = tree.rust().filter(|(_, source)| source.length() > FILE.0).count();
    if files > 0 {
        found.push(format!("{files} files have more than {} lines without their tests", FILE.0));
    }
    for (file, source) in tree.rust() {
        for (name, line, length) in source.functions() {
            if length > FUNCTION.0 {
                found.push(format!("{}:{line}: `{name}` has {length} lines", file.path));
            }
        }
    }
    found
}

fn check_with(tree: &Tree, exceptions: &[(&str, &str)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, source) in tree.rust() {
        let excepted = exceptions.iter().any(|(path, _)| *path == file.path);
        let length = source.length();
        if length > FILE.1 && !excepted {
            let sentence =
                format!("{length} lines without tests; the budget is {}: split it by noun", FILE.1);
            findings.push(Finding::new(&file.path, 1, sentence));
        }
        if length <= FILE.1 && excepted {
            findings.push(Finding::new(&file.path, 1, "is within the budget and needs no exception"));
        }
        for (name, line, length) in
            source.functions().into_iter().filter(|(_, _, length)| *length > FUNCTION.1)
        {
            let sentence = format!("`{name}` has {length} lines; the limit is {}", FUNCTION.1);
            findings.push(Finding::new(&file.path, line, sentence));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{check, check_with, smells};
    use crate::tree::{example, found};

    #[test]
    fn files_have_a_budget_without_their_tests() {
        let long = "const A: u8 = 1;\n".repeat(501);
        let tested = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "    use a;\n".repeat(600));
        let files = [("a.rs", long.as_str()), ("b.rs", tested.as_str())];
        assert_eq!(
            found(check, &files),
            ["a.rs:1: 501 lines without tests; the budget is 500: split it by noun"]
        );
        let tree = example(&files);
        assert_eq!(check_with(&tree, &[("a.rs", "a table")]), []);
        assert_eq!(check_with(&tree, &[("a.rs", "a table"), ("b.rs", "why")]).len(), 1);
        assert_eq!(smells(&tree), ["1 files have more than 300 lines without their tests"]);
    }

    #[test]
    fn functions_have_a_limit() {
        let function = |lines: usize| format!("fn a() {{\n{}}}\n", "    b();\n".repeat(lines - 2));
        assert_eq!(
            found(check, &[("a.rs", &function(101))]),
            ["a.rs:1: `a` has 101 lines; the limit is 100"]
        );
        assert_eq!(found(check, &[("a.rs", &function(100))]).len(), 0);
        assert_eq!(smells(&example(&[("a.rs", &function(61))])), ["a.rs:1: `a` has 61 lines"]);
    }
}
