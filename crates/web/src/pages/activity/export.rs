//! The activity as a file: for spreadsheets, and for programs a line of JSON for each entry.

use std::time::Duration;

use app::activity::{self, Activity, Filter};
use app::pass::{AccountPass, HasPlace as _};
use app::work::Reader;
use app::{Refused, csv};
use domain::capability::proof::ManageUsers;
use domain::id::{ActivityId, DirectoryId, LoginId, UserId};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::list::Query;
use crate::http::turns::Turn;
use crate::http::visit::{Answer, Visit};

/// How many entries a file has at most, the newest: more of them are had by days.
const EXPORTED: usize = 10_000;
/// How many bytes it has at most, whole entries: a file is put together in memory.
const LARGEST: usize = 16 * 1024 * 1024;

/// Files that are put together at the same time.
static WORKERS: Semaphore = Semaphore::const_new(2);
/// How long somebody waits until others are done.
const WAIT: Duration = Duration::from_secs(5);

/// The names of the columns. They are for programs too, and so the same in every language.
const COLUMNS: [&str; 9] =
    ["at", "actor_kind", "actor", "by_key", "verb", "subject", "subject_id", "changes", "network"];

/// What was asked for, as comma-separated values.
pub async fn table(visit: Visit<AccountPass<ManageUsers>>, query: Query) -> Answer {
    let head = csv::write([COLUMNS.to_vec()]);
    let row = |entry: &Activity| csv::write([cells(entry).iter().map(String::as_str).collect()]);
    let (name, text, turn) = file(&visit, query, "csv", head, row).await?;
    visit.file(&name, text, turn)
}

/// The same, a line of JSON each.
pub async fn lines(visit: Visit<AccountPass<ManageUsers>>, query: Query) -> Answer {
    let (name, text, turn) = file(&visit, query, "jsonl", String::new(), line).await?;
    visit.lines(&name, text, turn)
}

/// Name and text of a file. The name says whether there is more than it has: a line that says so would be taken for an entry.
async fn file(
    visit: &Visit<AccountPass<ManageUsers>>,
    query: Query,
    ending: &str,
    head: String,
    write: impl Fn(&Activity) -> String,
) -> Result<(String, String, Turn), Refused> {
    // Who asks for less must not get more, and the page may have told them so.
    if !Query::fits(&visit.address) {
        return Err(Refused::Invalid(Vec::new()));
    }
    let turn = visit.turn().await?;
    let Ok(Ok(_place)) = timeout(WAIT, WORKERS.acquire()).await else { return Err(Refused::Busy) };
    let begin = move |r: &mut Reader, pass: &AccountPass<ManageUsers>| {
        let zone = &pass.place().time_zone;
        if query.clone().readable(zone) != query {
            return Err(Refused::Invalid(Vec::new()));
        }
        activity::export(r, pass, &query.asked(zone))
    };
    let (_, filter) = visit.read(begin).await?;
    let mut text = head;
    let has_more = !fill(visit, &filter, &mut text, write).await?;
    let more = if has_more { "-not-all" } else { "" };
    Ok((format!("activity{more}.{ending}"), text, turn))
}

/// Page by page: each is a unit of its own, so that nobody waits for a large file. Whether all entries are in it.
async fn fill(
    visit: &Visit<AccountPass<ManageUsers>>,
    filter: &Filter,
    text: &mut String,
    write: impl Fn(&Activity) -> String,
) -> Result<bool, Refused> {
    let (mut count, mut before) = (0, None::<ActivityId>);
    loop {
        let (wanted, from) = (filter.clone(), before);
        let page = visit.read(move |r, pass| activity::list(r, pass, &wanted, from.as_ref()));
        let (_, found) = page.await?;
        for entry in &found.rows {
            let entry = write(entry);
            if count == EXPORTED || text.len() + entry.len() > LARGEST {
                return Ok(false);
            }
            text.push_str(&entry);
            count += 1;
        }
        before = found.next;
        if before.is_none() {
            return Ok(true);
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
        of_subject(&entry.subject_id).to_owned(),
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
        "actor_id": of_account(&entry.actor_id),
        "actor": entry.actor_name,
        "by_key": entry.key_name,
        "verb": entry.verb,
        "subject_id": of_subject(&entry.subject_id),
        "subject": entry.subject_name,
        "changes": entry.changes.iter().map(change).collect::<Vec<_>>(),
        "network": entry.network,
    });
    format!("{entry}\n")
}

/// Who did it, where that is somebody of this account. A login has the same id in every account of theirs, which nobody is to
/// compare.
fn of_account(actor: &str) -> &str {
    let is_here = actor.parse::<UserId>().is_ok() || actor.parse::<DirectoryId>().is_ok();
    if is_here { actor } else { "" }
}

fn of_subject(id: &str) -> &str {
    if id.parse::<LoginId>().is_ok() { "" } else { id }
}
