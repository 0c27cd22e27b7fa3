//! The activity as a file: for spreadsheets, and for programs a line of JSON for each entry.

use app::activity::{self, Activity};
use app::csv;
use app::pass::{AccountPass, HasPlace as _};
use domain::capability::proof::ManageUsers;
use domain::id::ActivityId;

use super::list::Query;
use crate::http::visit::{Answer, Visit};

/// How many entries a file has at most, the newest: more of them are had by days.
const EXPORTED: usize = 10_000;

/// The names of the columns. They are for programs too, and so the same in every language.
const COLUMNS: [&str; 9] =
    ["at", "actor_kind", "actor", "by_key", "verb", "subject", "subject_id", "changes", "network"];

/// What was asked for, as comma-separated values.
pub async fn table(visit: Visit<AccountPass<ManageUsers>>, query: Query) -> Answer {
    let mut rows = vec![COLUMNS.map(str::to_owned)];
    rows.extend(entries(&visit, query).await?.iter().map(cells));
    let table = csv::write(rows.iter().map(|row| row.iter().map(String::as_str).collect()));
    visit.file("activity.csv", table)
}

/// The same, a line of JSON each.
pub async fn lines(visit: Visit<AccountPass<ManageUsers>>, query: Query) -> Answer {
    let lines: String = entries(&visit, query).await?.iter().map(line).collect();
    visit.lines("activity.jsonl", lines)
}

/// Page by page: each is a unit of its own, so that nobody waits for a large file.
async fn entries(
    visit: &Visit<AccountPass<ManageUsers>>,
    query: Query,
) -> Result<Vec<Activity>, app::Refused> {
    let mut entries: Vec<Activity> = Vec::new();
    let mut before: Option<ActivityId> = None;
    loop {
        let (wanted, from) = (query.clone(), before.clone());
        let page = visit.read(move |r, pass| {
            activity::list(r, pass, &wanted.asked(&pass.place().time_zone), from.as_ref())
        });
        let (_, found) = page.await?;
        entries.extend(found.rows);
        before = found.next;
        if before.is_none() || entries.len() >= EXPORTED {
            entries.truncate(EXPORTED);
            return Ok(entries);
        }
    }
}

fn cells(entry: &Activity) -> [String; 9] {
    let value = |value: &Option<String>| value.clone().unwrap_or_default();
    let change =
        |(field, before, after): &(String, _, _)| format!("{field}: {} > {}", value(before), value(after));
    [
        entry.at.to_string(),
        entry.actor_kind.clone(),
        entry.actor_name.clone(),
        entry.key_name.clone().unwrap_or_default(),
        entry.verb.clone(),
        entry.subject_name.clone(),
        entry.subject_id.clone(),
        entry.changes.iter().map(change).collect::<Vec<_>>().join("; "),
        entry.network.clone(),
    ]
}

fn line(entry: &Activity) -> String {
    let change = |(field, before, after): &(String, Option<String>, Option<String>)| serde_json::json!({ "field": field, "before": before, "after": after });
    let entry = serde_json::json!({
        "id": entry.id.as_str(),
        "at": entry.at.to_string(),
        "actor_kind": entry.actor_kind,
        "actor_id": entry.actor_id,
        "actor": entry.actor_name,
        "by_key": entry.key_name,
        "verb": entry.verb,
        "subject_id": entry.subject_id,
        "subject": entry.subject_name,
        "changes": entry.changes.iter().map(change).collect::<Vec<_>>(),
        "network": entry.network,
    });
    format!("{entry}\n")
}
