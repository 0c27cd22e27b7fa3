//! Every crate has the workspace's lints, `unsafe_code = "forbid"` among them. One place may be unsafe, and its crate says so.

use crate::tree::{Finding, Tree};

/// The place with the one `allow`, and the manifest of its crate, which denies what others forbid.
const UNSAFE: (&str, &str) = ("crates/store/src/db/stmt.rs", "crates/store/Cargo.toml");

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| is_ours(&file.path)) {
        let lints = file.text.contains("[lints]\nworkspace = true\n");
        let denies = file.path == UNSAFE.1 && file.text.contains("[lints.rust]\nunsafe_code = \"deny\"\n");
        if !lints && !denies {
            findings.push(Finding::new(&file.path, 1, "has not the workspace's lints"));
        }
    }
    for (file, source) in tree.rust().filter(|(file, _)| file.path != UNSAFE.0) {
        for (n, _) in source.code.iter().enumerate().filter(|(_, line)| line.contains("unsafe_code")) {
            let sentence = format!("only {} may be unsafe", UNSAFE.0);
            findings.push(Finding::new(&file.path, n + 1, sentence));
        }
    }
    findings
}

/// Manifests of the workspace's crates; the measuring of decisions is a workspace of its own.
fn is_ours(path: &str) -> bool {
    path.ends_with("/Cargo.toml") && !path.starts_with("benches/decision/")
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tree::found;

    #[test]
    fn every_crate_has_the_lints_and_one_place_may_be_unsafe() {
        let good = "[package]\n\n[lints]\nworkspace = true\n\n[dependencies]\n";
        let denies = "[lints.rust]\nunsafe_code = \"deny\"\n";
        let allows = "#[allow(unsafe_code, reason = \"x\")]\n";
        let files = [
            ("Cargo.toml", "[workspace]\n"),
            ("crates/domain/Cargo.toml", good),
            ("crates/store/Cargo.toml", denies),
            ("crates/store/src/db/stmt.rs", allows),
            ("crates/web/Cargo.toml", denies),
            ("crates/web/src/lib.rs", allows),
        ];
        assert_eq!(
            found(check, &files),
            [
                "crates/web/Cargo.toml:1: has not the workspace's lints",
                "crates/web/src/lib.rs:1: only crates/store/src/db/stmt.rs may be unsafe",
            ]
        );
    }
}
