//! Whoever clones the project has all of it: no paths of one machine, no numbers of a tracker they cannot open.
//!
//! The words are put together here, else this file would find itself.

use crate::tree::{Finding, Tree};

const FOLDERS: [&str; 4] =
    [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/Us", "ers/"), concat!("../sha", "red")];
const TRACKED: [&str; 3] = [concat!("iss", "ue "), concat!("iss", "ue #"), concat!("iss", "ues/")];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| !is_lock(&file.path)) {
        for (n, line) in file.text.lines().enumerate() {
            if let Some(folder) = FOLDERS.iter().find(|folder| starts_path(line, folder)) {
                let sentence = format!("`{folder}` is a folder of one machine: use a path from the root");
                findings.push(Finding::new(&file.path, n + 1, sentence));
            }
            if names_ticket(line) {
                let sentence = "names an entry of a tracker: say what matters in the text itself";
                findings.push(Finding::new(&file.path, n + 1, sentence));
            }
        }
    }
    findings
}

fn is_lock(path: &str) -> bool {
    path.ends_with(".lock") || path.ends_with("package-lock.json")
}

/// A part of a longer path or address is something else.
fn starts_path(line: &str, folder: &str) -> bool {
    let goes_on = |c: char| c.is_alphanumeric() || "._-}>*".contains(c);
    line.match_indices(folder).any(|(at, _)| !line[..at].ends_with(goes_on))
}

/// A number after the word; an entry of a public project on github.com may be cited.
fn names_ticket(line: &str) -> bool {
    let lower = line.to_lowercase();
    !lower.contains("github.com/")
        && TRACKED.iter().any(|word| {
            lower
                .match_indices(word)
                .any(|(at, _)| lower[at + word.len()..].starts_with(|c: char| c.is_ascii_digit()))
        })
}

#[cfg(test)]
mod tests {
    use super::{FOLDERS, TRACKED, check};
    use crate::tree::found;

    #[test]
    fn no_machine_and_no_tracker() {
        let folder = format!("run {}main/x\nframe{}x\n", FOLDERS[0], FOLDERS[0]);
        let ticket = format!(
            "see {}12\nan {}of taste\nhttps://github.com/a/b/{}3\n",
            TRACKED[1], TRACKED[0], TRACKED[2]
        );
        let files = [("a.md", folder.as_str()), ("b.rs", ticket.as_str()), ("Cargo.lock", folder.as_str())];
        let found = found(check, &files);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("a.md:1: ") && found[1].starts_with("b.rs:1: "), "{found:?}");
    }
}
