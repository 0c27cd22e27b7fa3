//! The server's own pass opens every account. Each file that makes one is listed with how often and why; the list
//! may only shrink.

use crate::rust::numbered;
use crate::tree::{Finding, Tree};

/// File, how many passes it makes, and what for.
const MAY: [(&str, usize, &str); 13] = [
    ("crates/seed/src/lib.rs", 1, "made-up people, in a program that is not shipped"),
    (
        "crates/app/src/worker.rs",
        1,
        "does what waits in every account: mails, jobs, requests, ends of access, the seal",
    ),
    ("crates/server/src/commands/account.rs", 1, "a command typed at the server"),
    ("crates/server/src/commands/activity.rs", 1, "a command typed at the server"),
    ("crates/server/src/commands/api_key.rs", 1, "a command typed at the server"),
    ("crates/server/src/commands/brand.rs", 1, "a command typed at the server"),
    ("crates/server/src/commands/company.rs", 1, "a command typed at the server"),
    ("crates/server/src/commands/doctor.rs", 1, "a command typed at the server"),
    ("crates/server/src/commands/explain.rs", 1, "a command typed at the server"),
    ("crates/server/src/commands/second_factor.rs", 1, "a command typed at the server"),
    ("crates/server/src/commands/secret.rs", 2, "a command typed at the server"),
    ("crates/server/src/commands/session.rs", 1, "a command typed at the server"),
    ("crates/server/src/commands/user.rs", 1, "a command typed at the server"),
];

const MADE: &str = "SystemPass::new(";

/// Who acts under the name of somebody who is not here.
const MAY_FOR_ANOTHER: [(&str, usize, &str); 2] = [
    ("crates/app/src/job/run.rs", 1, "does what a user has set going, with the rights they have by then"),
    (
        "crates/app/src/job/run_across.rs",
        1,
        "the same in several accounts, with the rights they have in each",
    ),
];

const FOR_ANOTHER: &str = "::for_job(";

/// Who acts in an account as the operator.
const MAY_AS_OPERATOR: [(&str, usize, &str); 8] = [
    ("crates/seed/src/lib.rs", 3, "made-up people, in a program that is not shipped"),
    ("crates/app/src/account.rs", 1, "invites the first administrator of an account made at the server"),
    ("crates/app/src/ending.rs", 2, "ends access on its last day, and tells of it a week before"),
    (
        "crates/app/src/brand/recheck.rs",
        1,
        "notes what was found of a host's record, gives a lost one up, and tells of both",
    ),
    ("crates/server/src/commands/brand.rs", 1, "a command typed at the server"),
    ("crates/app/src/access_request.rs", 1, "passes a request for access on to the account's administrators"),
    ("crates/server/src/commands/company.rs", 1, "a command typed at the server"),
    ("crates/server/src/commands/user.rs", 1, "a command typed at the server"),
];

const AS_OPERATOR: &str = "::for_operator(";

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = counted(tree, MADE, &MAY, "`SystemPass`");
    findings.extend(counted(tree, FOR_ANOTHER, &MAY_FOR_ANOTHER, "pass for a job"));
    findings.extend(counted(tree, AS_OPERATOR, &MAY_AS_OPERATOR, "pass as the operator"));
    findings
}

fn counted(tree: &Tree, made: &str, may: &[(&str, usize, &str)], what: &str) -> Vec<Finding> {
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
            numbered(&source.code).filter(|(_, line)| line.contains(made)).map(|(n, _)| n).collect();
        let allowed = may.iter().find(|(path, _, _)| *path == file.path).map_or(0, |(_, count, _)| *count);
        for n in places.iter().skip(allowed) {
            let sentence =
                format!("a new {what}: reach rows with a person's pass, or list this place with its reason");
            findings.push(Finding::new(&file.path, *n, sentence));
        }
        if places.len() < allowed {
            let sentence =
                format!("makes fewer {what} than `xtask/src/checks/back_doors.rs` lists: shrink the list");
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
            ("crates/app/src/user.rs", "fn f() {\n    let pass = AccountPass::for_job(r, s, a, u);\n}\n"),
            ("crates/web/src/lib.rs", "fn f() {\n    let pass = AccountPass::for_operator(r, s, a);\n}\n"),
        ];
        assert_eq!(
            found(check, &files),
            [
                "crates/app/src/worker.rs:1: makes fewer `SystemPass` than `xtask/src/checks/back_doors.rs` lists: shrink the list",
                "crates/web/src/pages/user.rs:2: a new `SystemPass`: reach rows with a person's pass, or list this place with its reason",
                "crates/app/src/user.rs:2: a new pass for a job: reach rows with a person's pass, or list this place with its reason",
                "crates/web/src/lib.rs:2: a new pass as the operator: reach rows with a person's pass, or list this place with its reason",
            ]
        );
    }
}
