//! `rollcall activity verify` and `rollcall doctor`: whoever reaches past the program into its database is found out
//!

use serde_json::{Value, json};

use crate::support::Installation;

/// An installation with ten sealed entries in one chain; the account.
fn with_entries(installation: &Installation) -> String {
    let account = installation.account("Acme Dental", "ada@example.com");
    for name in ["North", "East", "South", "West", "Harbor", "Summit", "Old Town"] {
        installation.company(&account, name);
    }
    let whole = installation.answer(&["activity", "verify"]);
    assert_eq!(whole, json!({ "whole": true, "entries": 10, "chains": 1 }));
    account
}

/// What is said of a chain that is broken.
fn broken(installation: &Installation, account: &str, entry: i64) -> Value {
    let ran = installation.run(&["activity", "verify"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(1), ""), "{ran:?}");
    let answer = ran.answer();
    let found = (&answer["whole"], &answer["account"], &answer["entry"]);
    assert_eq!(found, (&json!(false), &json!(account), &json!(entry)), "{answer}");
    let doctor = installation.run(&["doctor"]);
    assert_eq!(doctor.code, Some(1), "{doctor:?}");
    let problem = format!("Activity entry {entry} of account {account:?} ");
    assert!(doctor.answer()["problems"][0].as_str().unwrap().starts_with(&problem), "{doctor:?}");
    answer["fault"].clone()
}

/// Seen to fail: with the subject's name left out of what is sealed.
#[test]
fn a05_one_flipped_byte_is_found() {
    let installation = Installation::new();
    let account = with_entries(&installation);
    let entry = installation.sql("SELECT seq FROM activity WHERE verb = 'account.created'");
    // The columns of a row stand side by side in the file: here the actor's kind, then the subject's id and name.
    // Pages may still hold what the row was before it was sealed, so the byte is flipped wherever it is found.
    let file = installation.folder.join("data/rollcall.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let columns = format!("operator{account}Acme Dental").into_bytes();
    let ends = bytes.windows(columns.len()).enumerate().filter(|(_, window)| *window == columns);
    let ends: Vec<usize> = ends.map(|(at, _)| at + columns.len() - 1).collect();
    ends.iter().for_each(|at| bytes[*at] ^= 1);
    std::fs::write(&file, bytes).unwrap();
    let fault = broken(&installation, &account, entry[0][0].parse().unwrap());
    assert_eq!(fault, "was changed, or one before it");
}

#[test]
fn a05_changed_removed_and_swapped_entries_are_found() {
    let swapped = |column: &str| {
        let other = format!("SELECT o.{column} FROM activity o WHERE o.seq = 11 - activity.seq");
        format!("{column} = ({other} AND o.account_id = activity.account_id)")
    };
    let swap =
        format!("UPDATE activity SET {}, {} WHERE seq IN (5, 6)", swapped("subject_id"), swapped("changes"));
    for (sql, entry, fault) in [
        ("UPDATE activity SET at = at - 1 WHERE seq = 3", 3, "was changed, or one before it"),
        ("DELETE FROM activity WHERE seq = 4", 4, "is missing"),
        (swap.as_str(), 5, "was changed, or one before it"),
        ("DELETE FROM activity WHERE seq = 10", 10, "is missing at the end"),
    ] {
        for installation in Installation::each() {
            let account = with_entries(&installation);
            installation.sql(sql);
            assert_eq!(broken(&installation, &account, entry), fault, "{sql}");
        }
    }
}

#[test]
fn a05_other_chains_stay_whole_and_new_entries_are_sealed_first() {
    let installation = Installation::new();
    with_entries(&installation);
    installation.account("Other", "other@example.com");
    let whole = installation.answer(&["activity", "verify"]);
    assert_eq!(whole, json!({ "whole": true, "entries": 13, "chains": 2 }));
    let healthy = json!({ "engine": "sqlite", "sends_mail": false, "activity_entries": 13, "problems": [] });
    assert_eq!(installation.answer(&["doctor"]), healthy);
}
