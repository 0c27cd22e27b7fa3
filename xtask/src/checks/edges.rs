//! The straight line of crates: which crate may use which, read from their manifests.

use crate::tree::{Finding, Tree};

/// What each crate may use of the others.
const EDGES: [(&str, &[&str]); 8] = [
    ("domain", &[]),
    ("text", &[]),
    ("store", &["domain"]),
    ("app", &["domain", "store", "text"]),
    ("web", &["domain", "app", "text"]),
    ("server", &["domain", "store", "app", "web"]),
    ("testkit", &["domain", "store", "app"]),
    ("seed", &["domain", "store", "app"]),
];

/// Not shipped, so any crate may have it for its tests, and none beside.
const FOR_TESTS: [&str; 2] = ["testkit", "seed"];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        let Some(name) = file.path.strip_prefix("crates/").and_then(|p| p.strip_suffix("/Cargo.toml")) else {
            continue;
        };
        let Some((_, allowed)) = EDGES.iter().find(|(crate_name, _)| *crate_name == name) else {
            let sentence = format!("crate `{name}` has no place in the line of crates");
            findings.push(Finding::new(&file.path, 1, sentence));
            continue;
        };
        for (line, dev, used) in dependencies(&file.text) {
            let ours = EDGES.iter().any(|(crate_name, _)| *crate_name == used);
            if ours && !allowed.contains(&used.as_str()) && !(dev && FOR_TESTS.contains(&used.as_str())) {
                let sentence = format!("`{name}` may not use `{used}`");
                findings.push(Finding::new(&file.path, line, sentence));
            }
        }
    }
    findings
}

/// The dependencies of a manifest: line, whether for tests only, name without our prefix.
fn dependencies(manifest: &str) -> Vec<(usize, bool, String)> {
    let mut found = Vec::new();
    let mut section = "";
    for (n, line) in manifest.lines().enumerate() {
        let line = line.trim();
        let dev = section.contains("dev-dependencies");
        if let Some(header) = line.strip_prefix('[') {
            section = header.trim_end_matches(']');
            if let Some((_, name)) = section.split_once("dependencies.") {
                found.push((n + 1, section.contains("dev-dependencies"), ours(name)));
            }
        } else if section.ends_with("dependencies") && line.contains('=') && !line.starts_with('#') {
            let key = line.split(['.', '=', ' ']).next().unwrap_or_default();
            found.push((n + 1, dev, ours(key)));
            if let Some((_, package)) = line.split_once("package = \"") {
                found.push((n + 1, dev, ours(package.split('"').next().unwrap_or_default())));
            }
        }
    }
    found
}

fn ours(name: &str) -> String {
    name.trim_matches('"').trim_start_matches("rollcall-").to_owned()
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tree::found;

    #[test]
    fn a_crate_may_not_use_what_stands_to_its_right() {
        let web = "[dependencies]\napp.workspace = true\nstore.workspace = true\n[dev-dependencies]\ntestkit.workspace = true\n";
        let app = "[dependencies.web]\nworkspace = true\n";
        let server = "[dependencies]\nseed.workspace = true\n[dev-dependencies]\nseed.workspace = true\n";
        let domain = "[build-dependencies]\nx = { path = \"../text\", package = \"rollcall-text\" }\n[dependencies]\ntestkit.workspace = true\n";
        let files = [
            ("crates/web/Cargo.toml", web),
            ("crates/app/Cargo.toml", app),
            ("crates/domain/Cargo.toml", domain),
            ("crates/server/Cargo.toml", server),
        ];
        assert_eq!(
            found(check, &files),
            [
                "crates/app/Cargo.toml:1: `app` may not use `web`",
                "crates/domain/Cargo.toml:2: `domain` may not use `text`",
                "crates/domain/Cargo.toml:4: `domain` may not use `testkit`",
                "crates/server/Cargo.toml:2: `server` may not use `seed`",
                "crates/web/Cargo.toml:3: `web` may not use `store`",
            ]
        );
    }

    #[test]
    fn a_new_crate_needs_a_place() {
        let files = [("crates/extra/Cargo.toml", "[package]\n")];
        assert_eq!(
            found(check, &files),
            ["crates/extra/Cargo.toml:1: crate `extra` has no place in the line of crates"]
        );
    }
}
