//! The files of the repository, as git sees them, and what a check says about one of them.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::rust;

/// The text files of the repository.
pub(crate) struct Tree {
    /// Every text file, sorted by path.
    pub(crate) files: Vec<File>,
    /// Every path, text or not, and every folder above one.
    pub(crate) paths: BTreeSet<String>,
}

/// One text file.
pub(crate) struct File {
    /// From the root, with forward slashes.
    pub(crate) path: String,
    /// As it stands on disk.
    pub(crate) text: String,
    /// For Rust: what the checks look at.
    pub(crate) rust: Option<rust::Source>,
}

/// What is wrong, and where.
#[derive(Debug, PartialEq)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    sentence: String,
}

impl Finding {
    /// A finding in `path` at `line`, counted from 1.
    pub(crate) fn new(path: &str, line: usize, sentence: impl Into<String>) -> Finding {
        Finding { path: path.into(), line, sentence: sentence.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.sentence)
    }
}

impl Tree {
    /// Reads what git tracks or would track, so that a new file is checked before it is committed.
    pub(crate) fn read() -> Result<Tree, String> {
        let root = root();
        let listed = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(&root)
            .output()
            .map_err(|e| format!("git ls-files could not be started: {e}"))?;
        if !listed.status.success() {
            return Err(format!("git ls-files failed: {}", String::from_utf8_lossy(&listed.stderr).trim()));
        }
        let names = String::from_utf8_lossy(&listed.stdout);
        let present = names.split('\0').filter(|name| !name.is_empty() && root.join(name).is_file());
        Ok(Tree::of(
            present.map(|name| (name.to_owned(), std::fs::read(root.join(name)).unwrap_or_default())),
        ))
    }

    /// A tree of given files; those that are not UTF-8 count as paths only.
    fn of(given: impl Iterator<Item = (String, Vec<u8>)>) -> Tree {
        let mut tree = Tree { files: Vec::new(), paths: BTreeSet::new() };
        for (path, bytes) in given {
            tree.paths.extend(Path::new(&path).ancestors().map(|p| p.to_string_lossy().into_owned()));
            if let Ok(text) = String::from_utf8(bytes) {
                let rust = path.ends_with(".rs").then(|| rust::Source::new(&path, &text));
                tree.files.push(File { path, text, rust });
            }
        }
        tree.files.sort_by(|a, b| a.path.cmp(&b.path));
        tree
    }

    /// The Rust files.
    pub(crate) fn rust(&self) -> impl Iterator<Item = (&File, &rust::Source)> {
        self.files.iter().filter_map(|file| Some((file, file.rust.as_ref()?)))
    }

    /// The text of one file.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|file| file.path == path).map(|file| file.text.as_str())
    }
}

/// The repository's root: the folder above this crate.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask stands in the root").to_owned()
}

/// A tree for tests.
#[cfg(test)]
pub(crate) fn example(files: &[(&str, &str)]) -> Tree {
    Tree::of(files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())))
}

/// The findings of a check as text, for tests.
#[cfg(test)]
pub(crate) fn found(check: crate::Check, files: &[(&str, &str)]) -> Vec<String> {
    check(&example(files)).iter().map(ToString::to_string).collect()
}
