//! The people of a directory: the account's users, and what it calls them by.

use std::collections::{BTreeMap, BTreeSet};

use domain::capability::proof::ManageUsers;
use domain::email::EmailAddress;
use domain::id::{DirectoryGroupId, UserId};
use domain::time::Timestamp;
use domain::user::{Names, UserStatus};

use crate::convert;
use crate::db::{DbError, Row, sql};
use crate::page::{Part, Window};
use crate::pass::AccountPass;
use crate::user::{effective, find_in};
use crate::work::{Reader, Writer};

/// Somebody as a directory sees them.
#[derive(Clone, Debug)]
pub struct DirectoryUser {
    /// The user.
    pub id: UserId,
    /// Their address.
    pub email: String,
    /// Names.
    pub names: Names,
    /// Where they stand.
    pub status: UserStatus,
    /// Whether an invitation was sent, of who is pending.
    pub is_invited: bool,
    /// When the user was made.
    pub created_at: Timestamp,
    /// What the directory calls them by, if they are among its people.
    pub linked: Option<Linked>,
    /// Their groups.
    pub groups: Vec<(DirectoryGroupId, String)>,
}

/// What a directory calls somebody by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    /// Their name there.
    pub user_name: String,
    /// Their id there; empty: none.
    pub external_id: String,
    /// Whether it has given them their type.
    pub provided: bool,
    /// When it last said something of them.
    pub updated_at: Timestamp,
}

/// The most that a look for one value finds: of those that need not be unique.
const FOUND: i64 = 100;
/// The most groups that are listed with people: more than anybody can be in.
const WITH_GROUPS: i64 = 5_000;

/// These users, in the order of their ids, without their groups; deleted ones are not there.
pub fn list(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    ids: &BTreeSet<UserId>,
) -> Result<Vec<DirectoryUser>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let now = r.now;
    let rows = r.tx().all(
        sql!(
            "SELECT u.id, u.email, u.first_name, u.last_name, u.display_name, u.status, u.ends_at, u.created_at,
                    CASE WHEN i.sent_at IS NOT NULL THEN 1 ELSE 0 END,
                    d.user_name, d.external_id, d.provided, d.updated_at
             FROM \"user\" u
             LEFT JOIN invitation i ON i.account_id = u.account_id AND i.user_id = u.id
             LEFT JOIN directory_user d ON d.account_id = u.account_id AND d.user_id = u.id
             WHERE u.account_id = $1 AND u.id {in $2} AND u.status <> 'deleted' ORDER BY u.id"
        ),
        &[pass.account().into(), convert::list(ids)],
    )?;
    rows.into_iter().map(|row| read(row, now)).collect()
}

/// The same with their groups. There are fewer of them where so many groups would be too much at once, but always one.
pub fn list_with_groups(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    ids: &BTreeSet<UserId>,
) -> Result<Vec<DirectoryUser>, DbError> {
    let mut people = list(r, pass, ids)?;
    if people.is_empty() {
        return Ok(people);
    }
    let rows = r.tx().all(
        sql!(
            "SELECT m.user_id, g.id, g.name FROM directory_member m
             JOIN directory_group g ON g.account_id = m.account_id AND g.id = m.group_id
             WHERE m.account_id = $1 AND m.user_id {in $2} ORDER BY m.user_id, m.group_id LIMIT $3"
        ),
        &[pass.account().into(), convert::list(ids), WITH_GROUPS.into()],
    )?;
    let is_cut = rows.len() as i64 == WITH_GROUPS;
    let mut last = 0;
    for row in rows {
        let mut c = row.columns();
        let user: UserId = c.parse()?;
        if let Ok(at) = people.binary_search_by(|person| person.id.cmp(&user)) {
            people[at].groups.push((c.parse()?, c.text()?));
            last = at;
        }
    }
    if is_cut {
        // Of the last one groups may be missing.
        people.truncate(last.max(1));
    }
    Ok(people)
}

/// How many of these users are there: of the account, and not deleted.
pub fn count(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    ids: &BTreeSet<UserId>,
) -> Result<usize, DbError> {
    let row = r.tx().one(
        sql!("SELECT COUNT(*) FROM \"user\" WHERE account_id = $1 AND id {in $2} AND status <> 'deleted'"),
        &[pass.account().into(), convert::list(ids)],
    )?;
    Ok(row.columns().int()? as usize)
}

/// What the directory calls these users by, of those who are among its people.
pub fn list_linked(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    ids: &BTreeSet<UserId>,
) -> Result<BTreeMap<UserId, Linked>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT user_id, user_name, external_id, provided, updated_at FROM directory_user
             WHERE account_id = $1 AND user_id {in $2}"
        ),
        &[pass.account().into(), convert::list(ids)],
    )?;
    let linked = |row: Row| {
        let mut c = row.columns();
        let (id, user_name, external_id) = (c.parse()?, c.text()?, c.text()?);
        Ok((id, Linked { user_name, external_id, provided: c.flag()?, updated_at: c.get()? }))
    };
    rows.into_iter().map(linked).collect()
}

fn read(row: Row, now: Timestamp) -> Result<DirectoryUser, DbError> {
    let mut c = row.columns();
    let (id, email) = (c.parse()?, c.text()?);
    let names = Names { first: c.text()?, last: c.text()?, display: c.text()? };
    let (status, ends_at) = (c.parse()?, c.get()?);
    let (created_at, is_invited) = (c.get()?, c.flag()?);
    let (user_name, external_id) = (c.text_or_null()?, c.text_or_null()?);
    let (provided, updated_at) = (c.int_or_null()? == Some(1), c.get::<Option<Timestamp>>()?);
    let linked = user_name.map(|user_name| Linked {
        user_name,
        external_id: external_id.unwrap_or_default(),
        provided,
        updated_at: updated_at.unwrap_or(created_at),
    });
    let status = effective(status, ends_at, now);
    Ok(DirectoryUser { id, email, names, status, is_invited, created_at, linked, groups: Vec::new() })
}

/// The users of the account in the order of their ids, in a window.
pub fn list_window(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    window: Window,
) -> Result<Part<UserId>, DbError> {
    let total = r.tx().one(
        sql!("SELECT COUNT(*) FROM \"user\" WHERE account_id = $1 AND status <> 'deleted'"),
        &[pass.account().into()],
    )?;
    let rows = r.tx().all(
        sql!(
            "SELECT id FROM \"user\" WHERE account_id = $1 AND status <> 'deleted'
             ORDER BY id LIMIT $2 OFFSET $3"
        ),
        &[pass.account().into(), window.take.into(), window.skip.into()],
    )?;
    let ids = rows.into_iter().map(|row| row.columns().parse()).collect::<Result<_, _>>()?;
    Ok(Part { rows: ids, total: total.columns().int()? })
}

/// Whom a directory calls so; who is not among its people yet is called by their address.
pub fn find_by_name(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    user_name: &str,
) -> Result<Option<UserId>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT d.user_id FROM directory_user d
             JOIN \"user\" u ON u.account_id = d.account_id AND u.id = d.user_id
             WHERE d.account_id = $1 AND d.user_name_key = $2 AND u.status <> 'deleted'"
        ),
        &[pass.account().into(), user_name.to_lowercase().into()],
    )?;
    if let Some(row) = row {
        return row.columns().parse().map(Some);
    }
    let Some(id) = find_by_email(r, pass, user_name)? else { return Ok(None) };
    let linked = r.tx().optional(
        sql!("SELECT user_id FROM directory_user WHERE account_id = $1 AND user_id = $2"),
        &[pass.account().into(), (&id).into()],
    )?;
    Ok(if linked.is_none() { Some(id) } else { None })
}

/// Who has the address; nobody where it is none.
pub fn find_by_email(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    email: &str,
) -> Result<Option<UserId>, DbError> {
    match EmailAddress::parse(email) {
        Ok(email) => find_in(r, pass.account(), &email),
        Err(_) => Ok(None),
    }
}

/// Who has this id in the directory; it need not be one alone.
pub fn list_by_external_id(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    external_id: &str,
) -> Result<BTreeSet<UserId>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT user_id FROM directory_user
             WHERE account_id = $1 AND external_id = $2 AND external_id <> '' LIMIT $3"
        ),
        &[pass.account().into(), external_id.into(), FOUND.into()],
    )?;
    rows.into_iter().map(|row| row.columns().parse()).collect()
}

/// Notes what the directory calls somebody by. A name that another user has is refused by the index `directory_user_name`, unless
/// that one is deleted.
pub fn put(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
    (user_name, external_id): (&str, &str),
    provided: bool,
) -> Result<(), DbError> {
    let (now, key) = (w.now, user_name.to_lowercase());
    w.tx().exec(
        sql!(
            "DELETE FROM directory_user WHERE account_id = $1 AND user_name_key = $2 AND user_id <> $3
               AND EXISTS (SELECT 1 FROM \"user\" u WHERE u.account_id = $1 AND u.id = directory_user.user_id
                             AND u.status = 'deleted')"
        ),
        &[pass.account().into(), (&key).into(), id.into()],
    )?;
    w.tx().exec(
        sql!(
            "INSERT INTO directory_user (account_id, user_id, user_name, user_name_key, external_id, provided, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (account_id, user_id) DO UPDATE SET
                 user_name = excluded.user_name, user_name_key = excluded.user_name_key,
                 external_id = excluded.external_id, provided = excluded.provided, updated_at = excluded.updated_at"
        ),
        &[
            pass.account().into(),
            id.into(),
            user_name.into(),
            key.into(),
            external_id.into(),
            provided.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// Forgets what the directory called somebody by, and which groups they were in.
pub fn remove(w: &mut Writer, pass: &AccountPass<ManageUsers>, id: &UserId) -> Result<(), DbError> {
    w.tx().exec(
        sql!("DELETE FROM directory_user WHERE account_id = $1 AND user_id = $2"),
        &[pass.account().into(), id.into()],
    )?;
    w.tx().exec(
        sql!("DELETE FROM directory_member WHERE account_id = $1 AND user_id = $2"),
        &[pass.account().into(), id.into()],
    )?;
    Ok(())
}
