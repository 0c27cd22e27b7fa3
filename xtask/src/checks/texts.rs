//! A text that nobody says is gone: each message of `locales/` stands in a source, a template or a mail.

use std::collections::BTreeSet;

use crate::tree::{Finding, Tree};

/// The language that the others follow; the build holds them equal.
const REFERENCE: &str = "locales/en/";

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let says = |path: &str| {
        let is_source = path.starts_with("crates/") && path.contains("/src/") && path.ends_with(".rs");
        is_source || path.starts_with("templates/") || path.starts_with("mail/")
    };
    let sources = tree.files.iter().filter(|file| says(&file.path));
    let said: BTreeSet<&str> = sources.flat_map(|file| words(&file.text)).collect();
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| file.path.starts_with(REFERENCE)) {
        for (line, name) in messages(&file.text) {
            if !said.contains(name.as_str()) {
                findings.push(Finding::new(&file.path, line, format!("nobody says `{name}`: take it away")));
            }
        }
    }
    findings
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// The messages of a file by the names that the code calls them, and their lines.
fn messages(text: &str) -> Vec<(usize, String)> {
    let (mut section, mut found) = ("", Vec::new());
    for (n, line) in text.lines().enumerate() {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name;
            continue;
        }
        let Some((key, _)) = line.split_once(" = ") else { continue };
        if key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
            found.push((n + 1, format!("{section}_{key}")));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tree::found;

    #[test]
    fn a_text_is_said_somewhere() {
        let files = [
            (
                "locales/en/user.toml",
                "# texts\n[user]\ntitle = \"Users\"\ntitle_short = \"U\"\nsaid = { one = \"{n} = 1\", other = \"\" }\n",
            ),
            ("crates/a/src/b.rs", "fn a(t: Text) { t.user_title() }\n"),
            ("templates/a.html", "{{ t.user_said(n) }}\n"),
            ("crates/a/tests/it/c.rs", "t.user_title_short()\n"),
        ];
        assert_eq!(
            found(check, &files),
            ["locales/en/user.toml:4: nobody says `user_title_short`: take it away"]
        );
    }
}
