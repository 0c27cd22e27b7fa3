//! Sealing: every entry gets its place in the chain of its account. An entry's code covers its content from the
//! moment it is written, its hash covers the content and the hash before it, and the head's code tells where the
//! chain ends. All of them need the installation's key, which is not in the database.

use std::collections::BTreeMap;

use domain::time::Timestamp;

use crate::db::{DbError, Row, sql};
use crate::pass::SystemPass;
use crate::secret::Key;
use crate::work::{Reader, Writer};

/// How far sealing has looked: the last entry, by the order in which they were made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sealed {
    /// How many entries were sealed.
    pub entries: u64,
    account: String,
    id: String,
}

impl Sealed {
    /// Whether there was something to seal, and none of it could be.
    pub fn is_stuck(&self) -> bool {
        self.entries == 0 && !self.id.is_empty()
    }
}

/// A sealed entry as it is told outside of the database: its place and hash, and who did what to what, by ids. Names and what was
/// changed are not told.
#[derive(Clone, Debug)]
pub struct Seal {
    /// Whose chain it is in; empty for that of logins.
    pub account: String,
    /// Its number there.
    pub number: i64,
    /// Its hash, which covers all before it.
    pub hash: String,
    /// The entry.
    pub id: String,
    /// When it was done.
    pub at: Timestamp,
    /// What was done.
    pub verb: String,
    /// What kind of actor.
    pub actor_kind: String,
    /// Who; empty where the kind says it all.
    pub actor: String,
    /// Whether a program did it, with a key of theirs.
    pub by_key: bool,
    /// To what.
    pub subject: String,
    /// The network of the request; empty for the command line and the worker.
    pub network: String,
    /// The request, as in the log.
    pub request: String,
}

/// An entry as the chain sees it: all its columns in a fixed order.
pub(super) struct Link {
    pub(super) account: String,
    pub(super) id: String,
    at: i64,
    texts: [String; 9],
    pub(super) content: String,
    mac: String,
    pub(super) seq: Option<i64>,
    pub(super) hash: Option<String>,
}

/// The newest sealed entry of a chain, as it is stored.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) end: End,
    pub(super) mac: String,
}

/// Where a chain ends.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct End {
    pub(super) seq: i64,
    pub(super) hash: String,
}

/// The canonical form of an entry: a JSON array of its columns, so that no two entries read the same.
pub(super) fn content(account: &str, id: &str, at: i64, texts: &[&str; 9]) -> String {
    serde_json::json!([account, id, at, texts]).to_string()
}

/// The code of an entry.
pub(super) fn entry_mac(key: &Key, content: &str) -> String {
    key.mac("activity entry", content)
}

impl Link {
    /// From the columns of the statements here.
    pub(super) fn read(row: Row) -> Result<Link, DbError> {
        let mut c = row.columns();
        let (account, id, at) = (c.text()?, c.text()?, c.int()?);
        let mut texts: [String; 9] = Default::default();
        for text in &mut texts {
            *text = c.text()?;
        }
        let content = content(&account, &id, at, &texts.each_ref().map(String::as_str));
        let (mac, seq, hash) = (c.text()?, c.int_or_null()?, c.text_or_null()?);
        Ok(Link { account, id, at, texts, content, mac, seq, hash })
    }

    /// What is told of it in its place.
    fn seal(self, end: &End) -> Seal {
        let [verb, actor_kind, actor, _, subject, _, changes, network, request] = self.texts;
        Seal {
            account: self.account,
            number: end.seq,
            hash: end.hash.clone(),
            id: self.id,
            at: Timestamp::from_micros(self.at),
            verb,
            actor_kind,
            actor,
            by_key: super::is_by_key(&changes),
            subject,
            network,
            request,
        }
    }

    /// Whether the entry is as it was written.
    pub(super) fn is_genuine(&self, key: &Key) -> bool {
        key.knows(&self.mac, |key| entry_mac(key, &self.content))
    }
}

impl Head {
    /// Whether this program has put the head there.
    pub(super) fn is_genuine(&self, key: &Key, account: &str) -> bool {
        key.knows(&self.mac, |key| self.end.mac(key, account))
    }
}

impl End {
    /// The code that the head of this end is stored with.
    fn mac(&self, key: &Key, account: &str) -> String {
        key.mac("activity head", &serde_json::json!([account, self.seq, self.hash]).to_string())
    }

    /// The hash of the entry behind this one.
    pub(super) fn hash_of_next(&self, key: &Key, link: &Link) -> String {
        key.mac("activity chain", &format!("{}\n{}\n{}", self.hash, self.seq + 1, link.content))
    }

    /// The end that an entry makes of this one, where it is the next, and is as it was sealed.
    pub(super) fn sealed_next(&self, key: &Key, link: &Link) -> Option<End> {
        let hash = link.hash.clone()?;
        let follows = key.knows(&hash, |key| self.hash_of_next(key, link));
        (follows && link.is_genuine(key)).then_some(End { seq: self.seq + 1, hash })
    }
}

/// Begins the chain of a new account. Heads are made at no other time: a chain that has lost its head can't be
/// begun anew. The first account brings along the chain of logins.
pub(super) fn begin(w: &mut Writer, account: &str) -> Result<(), DbError> {
    let earlier = w
        .tx()
        .optional(sql!("SELECT id FROM account WHERE id < $1 ORDER BY id LIMIT 1"), &[account.into()])?;
    let logins = earlier.is_none().then_some("");
    for account in logins.into_iter().chain([account]) {
        let (end, mac) = (End::default(), End::default().mac(w.key(), account));
        w.tx().exec(
            sql!(
                "INSERT INTO activity_head (account_id, seq, hash, mac) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (account_id) DO NOTHING"
            ),
            &[account.into(), end.seq.into(), end.hash.into(), mac.into()],
        )?;
    }
    Ok(())
}

/// Whether there are entries behind `after` that are not sealed.
pub fn has_unsealed(r: &mut Reader, after: &Sealed) -> Result<bool, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT id FROM activity WHERE seq IS NULL AND (id, account_id) > ($1, $2) ORDER BY id, account_id LIMIT 1"
        ),
        &[(&after.id).into(), (&after.account).into()],
    )?;
    Ok(row.is_some())
}

/// Looks at up to `most` entries behind `after`, and seals those that are as they were written, in chains that end
/// where they should; the others stay as they are, for [`super::verify`] to find. An entry that is still being
/// written when a later one is sealed simply comes after it: the chain's order is its own. What was sealed is to be told once the
/// unit is committed.
pub fn seal(
    w: &mut Writer,
    _pass: &SystemPass,
    after: &Sealed,
    most: i64,
) -> Result<(Sealed, Vec<Seal>), DbError> {
    let rows = w.tx().all(
        sql!(
            "SELECT account_id, id, at, verb, actor_kind, actor_id, actor_name, subject_id, subject_name, changes,
                    network, request_id, mac, seq, hash
             FROM activity WHERE seq IS NULL AND (id, account_id) > ($1, $2) ORDER BY id, account_id LIMIT $3"
        ),
        &[(&after.id).into(), (&after.account).into(), most.into()],
    )?;
    let (mut sealed, mut seals) = (after.clone(), Vec::new());
    let mut ends: BTreeMap<String, Option<End>> = BTreeMap::new();
    for row in rows {
        let link = Link::read(row)?;
        (sealed.account, sealed.id) = (link.account.clone(), link.id.clone());
        if !ends.contains_key(&link.account) {
            ends.insert(link.account.clone(), find_open_end(w, &link.account)?);
        }
        if let Some(Some(end)) = ends.get_mut(&link.account)
            && link.is_genuine(w.key())
        {
            *end = add(w, end, &link)?;
            seals.push(link.seal(end));
        }
    }
    for (account, end) in &ends {
        if let Some(end) = end {
            move_head(w, account, end)?;
        }
    }
    sealed.entries += seals.len() as u64;
    Ok((sealed, seals))
}

/// How many hashes are read at once.
const HASHES: i64 = 1_000;

/// The hashes of the sealed entries of a chain, by their numbers: a page of them, from this number on.
pub fn list_hashes(
    r: &mut Reader,
    _pass: &SystemPass,
    account: &str,
    from: i64,
) -> Result<BTreeMap<i64, String>, DbError> {
    let rows = r.tx().all(
        sql!("SELECT seq, hash FROM activity WHERE account_id = $1 AND seq >= $2 ORDER BY seq LIMIT $3"),
        &[account.into(), from.into(), HASHES.into()],
    )?;
    rows.into_iter()
        .map(|row| {
            let mut c = row.columns();
            // An attacker may have taken a hash away.
            Ok((c.int()?, c.text_or_null()?.unwrap_or_default()))
        })
        .collect()
}

/// The end of a chain that can go on.
fn find_open_end(w: &mut Writer, account: &str) -> Result<Option<End>, DbError> {
    let Some(head) = find_head(w, account)?.filter(|head| head.is_genuine(w.key(), account)) else {
        return Ok(None);
    };
    let taken = w.tx().optional(
        sql!("SELECT id FROM activity WHERE account_id = $1 AND seq > $2 ORDER BY seq LIMIT 1"),
        &[account.into(), head.end.seq.into()],
    )?;
    Ok(taken.is_none().then_some(head.end))
}

fn add(w: &mut Writer, end: &End, link: &Link) -> Result<End, DbError> {
    let next = End { seq: end.seq + 1, hash: end.hash_of_next(w.key(), link) };
    w.tx().exec(
        sql!("UPDATE activity SET seq = $3, hash = $4 WHERE account_id = $1 AND id = $2 AND seq IS NULL"),
        &[(&link.account).into(), (&link.id).into(), next.seq.into(), (&next.hash).into()],
    )?;
    Ok(next)
}

pub(super) fn move_head(w: &mut Writer, account: &str, end: &End) -> Result<(), DbError> {
    let mac = end.mac(w.key(), account);
    w.tx().exec(
        sql!("UPDATE activity_head SET seq = $2, hash = $3, mac = $4 WHERE account_id = $1"),
        &[account.into(), end.seq.into(), (&end.hash).into(), mac.into()],
    )?;
    Ok(())
}

pub(super) fn find_head(r: &mut Reader, account: &str) -> Result<Option<Head>, DbError> {
    let row = r.tx().optional(
        sql!("SELECT seq, hash, mac FROM activity_head WHERE account_id = $1"),
        &[account.into()],
    )?;
    row.map(|row| {
        let mut c = row.columns();
        Ok(Head { end: End { seq: c.int()?, hash: c.text()? }, mac: c.text()? })
    })
    .transpose()
}
