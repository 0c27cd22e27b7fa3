//! The chain of each account: every sealed entry's hash covers its content and the hash before it, so that a
//! changed, removed or swapped entry is found by whoever walks the chain.

use std::collections::BTreeMap;

use crate::db::{DbError, Row, sql};
use crate::pass::SystemPass;
use crate::secret;
use crate::work::{Reader, Writer};

/// What the walk of all chains found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// How many entries were checked.
    pub entries: u64,
    /// How many chains there are.
    pub chains: u64,
    /// The first fault, if any.
    pub broken: Option<Broken>,
}

/// Where a chain is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The account; empty for the chain of logins.
    pub account: String,
    /// The number of the entry in its chain.
    pub seq: i64,
    /// What is wrong with it.
    pub fault: &'static str,
}

/// An entry as the chain sees it: all its columns in a fixed order.
struct Link {
    account: String,
    id: String,
    content: String,
    seq: Option<i64>,
    hash: Option<String>,
}

/// The newest sealed entry of a chain.
#[derive(Clone, Default, PartialEq, Eq)]
struct Head {
    seq: i64,
    hash: String,
}

/// Seals up to `most` entries into their chains; how many. An entry that is still being written when a later one is
/// sealed simply comes after it: the chain's order is its own.
pub fn seal(w: &mut Writer, _pass: &SystemPass, most: i64) -> Result<u64, DbError> {
    let rows = w.tx().all(
        sql!(
            "SELECT account_id, id, at, verb, actor_kind, actor_id, actor_name, subject_id, subject_name, changes,
                    network, request_id, seq, hash
             FROM activity WHERE seq IS NULL ORDER BY id LIMIT $1"
        ),
        &[most.into()],
    )?;
    let links: Vec<Link> = rows.into_iter().map(read).collect::<Result<_, _>>()?;
    let mut heads: BTreeMap<String, Head> = BTreeMap::new();
    for link in &links {
        let head = match heads.get(&link.account) {
            Some(head) => head.clone(),
            None => find_head(w, &link.account)?.unwrap_or_default(),
        };
        let next = Head { seq: head.seq + 1, hash: chained(&head.hash, head.seq + 1, link) };
        w.tx().exec(
            sql!("UPDATE activity SET seq = $3, hash = $4 WHERE account_id = $1 AND id = $2 AND seq IS NULL"),
            &[(&link.account).into(), (&link.id).into(), next.seq.into(), (&next.hash).into()],
        )?;
        heads.insert(link.account.clone(), next);
    }
    for (account, head) in &heads {
        w.tx().exec(
            sql!(
                "INSERT INTO activity_head (account_id, seq, hash) VALUES ($1, $2, $3)
                 ON CONFLICT (account_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash"
            ),
            &[account.into(), head.seq.into(), (&head.hash).into()],
        )?;
    }
    Ok(links.len() as u64)
}

fn find_head(r: &mut Reader, account: &str) -> Result<Option<Head>, DbError> {
    let row = r
        .tx()
        .optional(sql!("SELECT seq, hash FROM activity_head WHERE account_id = $1"), &[account.into()])?;
    row.map(|row| {
        let mut c = row.columns();
        Ok(Head { seq: c.int()?, hash: c.text()? })
    })
    .transpose()
}

fn chained(before: &str, seq: i64, link: &Link) -> String {
    secret::hash(&format!("{before}\n{seq}\n{}", link.content))
}

/// Walks one account's chain from its first entry to its head. Accounts are walked one by one, so that no unit
/// grows with the number of tenants: `after` is the account walked before, `None` at the start; the answer names
/// the account that was walked, or `None` at the end.
pub fn verify(
    r: &mut Reader,
    _pass: &SystemPass,
    after: Option<&str>,
    so_far: &Verified,
) -> Result<(Option<String>, Verified), DbError> {
    let row = match after {
        None => r.tx().optional(sql!("SELECT account_id, seq, hash FROM activity_head ORDER BY account_id LIMIT 1"), &[])?,
        Some(after) => r.tx().optional(
            sql!("SELECT account_id, seq, hash FROM activity_head WHERE account_id > $1 ORDER BY account_id LIMIT 1"),
            &[after.into()],
        )?,
    };
    let Some(row) = row else { return Ok((None, so_far.clone())) };
    let mut c = row.columns();
    let (account, head) = (c.text()?, Head { seq: c.int()?, hash: c.text()? });
    let (entries, broken) = walk(r, &account, &head)?;
    let verified = Verified { entries: so_far.entries + entries, chains: so_far.chains + 1, broken };
    Ok((Some(account), verified))
}

/// On PostgreSQL sealing may go on beside the walk, so the head is looked at again behind the last entry.
fn walk(r: &mut Reader, account: &str, head: &Head) -> Result<(u64, Option<Broken>), DbError> {
    let broken = |seq, fault| Some(Broken { account: account.to_owned(), seq, fault });
    let (mut last, mut known) = (Head::default(), head.clone());
    loop {
        let rows = r.tx().all(
            sql!(
                "SELECT account_id, id, at, verb, actor_kind, actor_id, actor_name, subject_id, subject_name,
                        changes, network, request_id, seq, hash
                 FROM activity WHERE account_id = $1 AND seq > $2 ORDER BY seq LIMIT 1000"
            ),
            &[account.into(), last.seq.into()],
        )?;
        if rows.is_empty() {
            let head = find_head(r, account)?.unwrap_or_default();
            if head == last {
                return Ok((last.seq as u64, None));
            }
            if head.seq <= known.seq {
                return Ok((last.seq as u64, broken(last.seq + 1, "is missing at the end")));
            }
            known = head;
            continue;
        }
        for row in rows {
            let link = read(row)?;
            let next = last.seq + 1;
            if link.seq != Some(next) {
                return Ok((last.seq as u64, broken(next, "is missing")));
            }
            if link.hash.as_deref() != Some(chained(&last.hash, next, &link).as_str()) {
                return Ok((last.seq as u64, broken(next, "was changed, or one before it")));
            }
            last = Head { seq: next, hash: link.hash.unwrap_or_default() };
        }
    }
}

/// The canonical form: a JSON array of the columns in a fixed order, so that no two entries read the same.
fn read(row: Row) -> Result<Link, DbError> {
    let mut c = row.columns();
    let (account, id, at) = (c.text()?, c.text()?, c.int()?);
    let mut texts = Vec::with_capacity(9);
    for _ in 0..9 {
        texts.push(c.text()?);
    }
    let content = serde_json::json!([account, id, at, texts]).to_string();
    Ok(Link { account, id, content, seq: c.int_or_null()?, hash: c.text_or_null()? })
}

/// Whether there are entries to seal.
pub fn has_unsealed(r: &mut Reader) -> Result<bool, DbError> {
    Ok(r.tx().optional(sql!("SELECT id FROM activity WHERE seq IS NULL ORDER BY id LIMIT 1"), &[])?.is_some())
}
