//! Activity: the audit trail. Entries are written with what they tell about, and sealed into the chain of
//! their account a moment later, so that writers of one account need not wait for each other.

mod list;
mod reseal;
mod seal;
mod verify;

use domain::activity::{Change, Entry, Verb};
use domain::capability::proof::AnyUser;
use domain::id::ActivityId;

pub use list::{Activity, Filter, Found, list, list_of_center};
pub use reseal::{next_chain, reseal};
pub use seal::{Seal, Sealed, has_unsealed, list_hashes, seal};
pub use verify::{Broken, Verified, Walk, verify};

use crate::db::{DbError, Value, sql};
use crate::pass::AccountPass;
use crate::work::{Actor, Reader, Writer};

/// The newest entry of the account. Anybody of the account may ask; what it says is for [`list`].
pub fn find_newest(r: &mut Reader, pass: &AccountPass<AnyUser>) -> Result<Option<ActivityId>, DbError> {
    let row = r.tx().optional(
        sql!("SELECT id FROM activity WHERE account_id = $1 ORDER BY id DESC LIMIT 1"),
        &[pass.account().into()],
    )?;
    row.map(|row| row.columns().parse()).transpose()
}

/// The statement that writes entries with these values, a row each.
macro_rules! insert_entries {
    ($rows:literal) => {
        sql!(concat!(
            "INSERT INTO activity (account_id, id, at, verb, actor_kind, actor_id, actor_name, subject_id,
                                   subject_name, changes, network, request_id, mac)
             VALUES ",
            $rows
        ))
    };
}

/// Writes entries, in their order. Only [`Writer::commit_all`] calls this.
pub(crate) fn insert(w: &mut Writer, actor: &Actor, entries: &[Entry]) -> Result<(), DbError> {
    // Entries are told by their ids, and ids of one moment are in no order of their own.
    let mut ids: Vec<ActivityId> = entries.iter().map(|_| w.new_id()).collect();
    ids.sort();
    let named: Vec<_> = entries.iter().zip(ids).collect();
    // Most changes have one entry, and most others two.
    for entries in named.chunks(2) {
        let mut values = values(w, actor, &entries[0]);
        let Some(second) = entries.get(1) else {
            let one = insert_entries!("($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)");
            w.tx().put(one, &values)?;
            continue;
        };
        values.extend(self::values(w, actor, second));
        let two = insert_entries!(
            "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13),
             ($14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)"
        );
        w.tx().put(two, &values)?;
    }
    let begins = |entry: &&Entry| matches!(entry.verb, Verb::AccountCreated | Verb::CenterCreated);
    for entry in entries.iter().filter(begins) {
        seal::begin(w, entry.account.as_deref().unwrap_or_default())?;
    }
    Ok(())
}

/// The columns of a new entry, with its code. The id is the one it is to have, unless it has one.
fn values(w: &Writer, actor: &Actor, (entry, id): &(&Entry, ActivityId)) -> Vec<Value> {
    let (now, origin) = (w.now, w.origin());
    let id = entry.id.as_ref().unwrap_or(id);
    let account = entry.account.as_deref().unwrap_or_default();
    let changes = changes_json(&entry.changes, actor.key.as_deref());
    let texts = [
        entry.verb.key(),
        actor.kind,
        &actor.id,
        &actor.name,
        &entry.subject,
        &entry.subject_name,
        &changes,
        &origin.network,
        &origin.request_id,
    ];
    let mac = seal::entry_mac(w.key(), &seal::content(account, id.as_str(), now.micros(), &texts));
    let mut values = vec![account.into(), id.into(), now.into()];
    values.extend(texts.map(Value::from));
    values.push(mac.into());
    values
}

/// What an entry's changes call the key of the program that made them.
const BY_KEY: &str = "by_key";

/// What changed, and then the key of the program: there, what the entry's code covers stays the same for all entries.
fn changes_json(changes: &[Change], key: Option<&str>) -> String {
    let rows = changes.iter().map(|change| serde_json::json!([change.field, change.before, change.after]));
    let key = key.map(|name| serde_json::json!([BY_KEY, null, name]));
    serde_json::Value::Array(rows.chain(key).collect()).to_string()
}

/// Whether an entry with these changes was made by a program. No text within them reads the same: its quotes are escaped.
fn is_by_key(changes: &str) -> bool {
    changes.contains(&format!("[\"{BY_KEY}\",null,"))
}
