//! The server's own pass opens every account. Each file that makes one is listed with how often and why; the list
//! may only shrink.

use crate::rust::numbered;
use crate::tree::{Finding, Tree};

/// File, how many passes it makes, and what for.
const MAY: [(&str, usize, &str); 9] = [
    ("crates/app/src/seed/mod.rs", 1, "demonstration data"),
    ("crates/app/src/worker.rs", 1, "sends mails and seals activity of every account"),
    ("crates/server/src/commands/account.rs", 1, "a command typed at the server"),
    ("crates/server/src/commands/activity.rs", 1, "a command typed at the server"),
    ("crates/server/src/commands/api_key.rs", 1, "a command typed at the server"),
    ("crates/server/src/commands/company.rs", 1, "a command typed at the server"),
    ("crates/server/src/commands/doctor.rs", 1, "a command typed at the server"),
    ("crates/server/src/commands/explain.rs", 1, "a command typed at the server"),
    ("crates/server/src/commands/user.rs", 1, "a command typed at the server"),
];

const MADE: &str = "SystemPass::new(";

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, source) in tree.rust() {
        let is_product = file.path.starts_with("crates/") && file.path.contains("/src/");
        if !is_product
            || file.path.starts_with("crates/testkit/")
            || file.path.starts_with("crates/store/src/pass/")
        {
            continue;
        }
        let places: Vec<usize> =
            numbered(&source.code).filter(|(_, line)| line.contains(MADE)).map(|(n, _)| n).collect();
        let allowed = MAY.iter().find(|(path, _, _)| *path == file.path).map_or(0, |(_, count, _)| *count);
        for n in places.iter().skip(allowed) {
            let sentence =
                "a new `SystemPass`: reach rows with a person's pass, or list this place with its reason";
            findings.push(Finding::new(&file.path, *n, sentence));
        }
        if places.len() < allowed {
            let sentence =
                "makes fewer `SystemPass` than `xtask/src/checks/back_doors.rs` lists: shrink the list";
            findings.push(Finding::new(&file.path, 1, sentence));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tree::found;

    #[test]
    fn a_new_back_door_is_found_and_so_is_a_stale_line() {
        let files = [
            (
                "crates/web/src/pages/user.rs",
                "fn list() {\n    let pass = SystemPass::new(Reason::Worker);\n}\n",
            ),
            ("crates/app/src/worker.rs", "fn run() {}\n"),
        ];
        assert_eq!(
            found(check, &files),
            [
                "crates/app/src/worker.rs:1: makes fewer `SystemPass` than `xtask/src/checks/back_doors.rs` lists: shrink the list",
                "crates/web/src/pages/user.rs:2: a new `SystemPass`: reach rows with a person's pass, or list this place with its reason",
            ]
        );
    }
}
