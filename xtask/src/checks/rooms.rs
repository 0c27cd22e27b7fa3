//! What may be named where: database drivers, SQL, HTTP types and HTML each have one room.

use crate::rust::{has_word, numbered};
use crate::tree::{Finding, Tree};

/// Words, the folder that may use them, and what they are.
const ROOMS: [(&[&str], &str, &str); 3] = [
    (&["rusqlite", "postgres::", "tokio_postgres"], "crates/store/src/db/", "a database driver"),
    (&["sql!"], "crates/store/", "SQL"),
    (&["axum", "axum_extra", "http::", "tower_http", "hyper"], "crates/web/", "an HTTP type"),
];

/// Test code that looks into a database from outside, to make one and to see what is really in it.
const BESIDE_THE_SEAM: [&str; 2] = ["crates/store/tests/it/support.rs", "crates/testkit/src/place.rs"];

/// Clients that the server sends by, in HTTP.
const CLIENTS: [&str; 1] = ["crates/app/src/way.rs"];

/// A string literal that holds one of these as a tag, or any closing tag, is HTML.
const TAGS: [&str; 20] = [
    "a", "b", "body", "br", "button", "div", "form", "h1", "h2", "html", "img", "input", "li", "p", "script",
    "span", "style", "svg", "table", "ul",
];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, source) in tree.rust() {
        // What is measured against, and what tries readers, is no part of the product.
        let is_beside = ["benches/", "fuzz/"].iter().any(|folder| file.path.starts_with(folder));
        if BESIDE_THE_SEAM.contains(&file.path.as_str()) || is_beside {
            continue;
        }
        let is_client = |room: &str| room == "crates/web/" && CLIENTS.contains(&file.path.as_str());
        let rooms = ROOMS.iter().filter(|(_, room, _)| !file.path.starts_with(room) && !is_client(room));
        for (words, room, what) in rooms {
            for (n, line) in numbered(&source.code) {
                if let Some(word) = words.iter().find(|word| names(line, word)) {
                    let sentence = format!("`{word}` is {what}, which only `{room}` may name");
                    findings.push(Finding::new(&file.path, n, sentence));
                }
            }
        }
        // A build script may put assets together, such as the sprite of icons.
        let builds = file.path.ends_with("/build.rs");
        for (n, literal) in &source.strings {
            if !builds && is_html(literal) {
                findings.push(Finding::new(&file.path, *n, "HTML belongs in `templates/`, not in Rust"));
            }
        }
    }
    findings
}

/// A module of ours may have the same name: `db::postgres::open` is not the driver.
fn names(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let ours = line[..at].ends_with("::") && at > 2 && !line[..at - 2].ends_with(char::is_whitespace);
        !ours && has_word(&line[at.saturating_sub(1)..], word)
    })
}

fn is_html(literal: &str) -> bool {
    literal.match_indices('<').any(|(at, _)| {
        let after = &literal[at + 1..];
        let closing =
            after.strip_prefix('/').is_some_and(|name| name.starts_with(|c: char| c.is_ascii_lowercase()));
        let tag = |tag: &str| after.strip_prefix(tag).is_some_and(|end| end.starts_with([' ', '>', '/']));
        closing || TAGS.iter().any(|name| tag(name))
    })
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tree::found;

    #[test]
    fn each_thing_in_its_room() {
        let files = [
            ("crates/store/src/db/sqlite.rs", "use rusqlite::Connection;\n"),
            ("crates/store/src/user.rs", "use rusqlite::Connection;\nlet a = sql!(\"SELECT\");\n"),
            ("crates/store/src/lib.rs", "let a = db::postgres::open();\n"),
            ("crates/app/src/way.rs", "use hyper::Request;\nlet a = sql!(\"SELECT\");\n"),
            (
                "crates/app/src/user.rs",
                "let a = sql!(\"SELECT\");\nuse axum::Router;\nlet b = tower::http::x;\n",
            ),
        ];
        assert_eq!(
            found(check, &files),
            [
                "crates/app/src/user.rs:1: `sql!` is SQL, which only `crates/store/` may name",
                "crates/app/src/user.rs:2: `axum` is an HTTP type, which only `crates/web/` may name",
                "crates/app/src/way.rs:2: `sql!` is SQL, which only `crates/store/` may name",
                "crates/store/src/user.rs:1: `rusqlite` is a database driver, which only `crates/store/src/db/` may name",
            ]
        );
    }

    #[test]
    fn html_in_templates_only() {
        let page = "let a = \"<p>\";\nlet b = \"x</b>\";\nlet c = \"<noun>, a < b\";\nlet d = \"<a href=\";\n#[cfg(test)]\nmod tests {\n    const A: &str = \"<p>\";\n}\n";
        let sentence = "HTML belongs in `templates/`, not in Rust";
        let expected = [1, 2, 4].map(|n| format!("crates/web/src/page.rs:{n}: {sentence}"));
        assert_eq!(found(check, &[("crates/web/src/page.rs", page)]), expected);
    }
}
