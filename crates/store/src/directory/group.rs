//! The groups of a directory: who is in them, and what they give.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use domain::capability::proof::ManageUsers;
use domain::id::{CompanyId, DirectoryGroupId, UserId};
use domain::scim::Mapping;
use domain::time::Timestamp;
use domain::user::UserType;

use crate::convert;
use crate::db::{DbError, Row, sql};
use crate::page::{LIMIT, Page, Part, Window};
use crate::pass::AccountPass;
use crate::work::{Reader, Writer};

/// The most groups of a directory.
pub const MOST: i64 = 1_000;
/// The most people of a group: all of them get what it gives in one transaction.
pub const MEMBERS: i64 = 1_000;
/// The most that a look for one value finds.
const FOUND: i64 = 100;

/// A group.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its id.
    pub id: DirectoryGroupId,
    /// What the directory calls it.
    pub name: String,
    /// Its id there; empty: none.
    pub external_id: String,
    /// The type that it gives; `None`: it gives nothing.
    pub user_type: Option<UserType>,
    /// Whether it gives all companies.
    pub all_companies: bool,
    /// When the directory first told of it.
    pub created_at: Timestamp,
    /// When it last did.
    pub updated_at: Timestamp,
    /// How many people are in it.
    pub members: i64,
}

macro_rules! groups {
    ($rest:literal) => {
        sql!(concat!(
            "SELECT g.id, g.name, g.external_id, g.user_type, g.all_companies, g.created_at, g.updated_at,
                    (SELECT COUNT(*) FROM directory_member m WHERE m.account_id = g.account_id AND m.group_id = g.id)
             FROM directory_group g WHERE g.account_id = $1",
            $rest
        ))
    };
}

fn read(row: Row) -> Result<Group, DbError> {
    let mut c = row.columns();
    Ok(Group {
        id: c.parse()?,
        name: c.text()?,
        external_id: c.text()?,
        user_type: c.parse_or_null()?,
        all_companies: c.flag()?,
        created_at: c.get()?,
        updated_at: c.get()?,
        members: c.int()?,
    })
}

/// One page of the groups by name, behind the group of that name and id.
pub fn list(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    after: (&str, &str),
) -> Result<Page<Group>, DbError> {
    let rows = r.tx().all(
        groups!(" AND (g.name_key, g.id) > ($2, $3) ORDER BY g.name_key, g.id LIMIT $4"),
        &[pass.account().into(), after.0.into(), after.1.into(), LIMIT.into()],
    )?;
    Ok(Page::of(rows.into_iter().map(read).collect::<Result<_, _>>()?))
}

/// The groups in the order of their ids, in a window.
pub fn list_window(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    window: Window,
) -> Result<Part<Group>, DbError> {
    let total = r
        .tx()
        .one(sql!("SELECT COUNT(*) FROM directory_group WHERE account_id = $1"), &[pass.account().into()])?;
    let rows = r.tx().all(
        groups!(" ORDER BY g.id LIMIT $2 OFFSET $3"),
        &[pass.account().into(), window.take.into(), window.skip.into()],
    )?;
    let rows = rows.into_iter().map(read).collect::<Result<_, _>>()?;
    Ok(Part { rows, total: total.columns().int()? })
}

/// These groups, in the order of their ids.
pub fn list_among(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    ids: &BTreeSet<DirectoryGroupId>,
) -> Result<Vec<Group>, DbError> {
    let rows = r
        .tx()
        .all(groups!(" AND g.id {in $2} ORDER BY g.id"), &[pass.account().into(), convert::list(ids)])?;
    rows.into_iter().map(read).collect()
}

/// A group.
pub fn find(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &DirectoryGroupId,
) -> Result<Option<Group>, DbError> {
    Ok(list_among(r, pass, &BTreeSet::from([id.clone()]))?.pop())
}

fn ids(rows: Vec<Row>) -> Result<BTreeSet<DirectoryGroupId>, DbError> {
    rows.into_iter().map(|row| row.columns().parse()).collect()
}

/// The groups that are called so.
pub fn list_by_name(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    name: &str,
) -> Result<BTreeSet<DirectoryGroupId>, DbError> {
    ids(r.tx().all(
        sql!("SELECT id FROM directory_group WHERE account_id = $1 AND name_key = $2 ORDER BY id LIMIT $3"),
        &[pass.account().into(), name.to_lowercase().into(), FOUND.into()],
    )?)
}

/// The groups that have this id in the directory.
pub fn list_by_external_id(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    external_id: &str,
) -> Result<BTreeSet<DirectoryGroupId>, DbError> {
    ids(r.tx().all(
        sql!(
            "SELECT id FROM directory_group
             WHERE account_id = $1 AND external_id = $2 AND external_id <> '' ORDER BY id LIMIT $3"
        ),
        &[pass.account().into(), external_id.into(), FOUND.into()],
    )?)
}

/// The groups that somebody is in.
pub fn list_of(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    user: &UserId,
) -> Result<BTreeSet<DirectoryGroupId>, DbError> {
    ids(r.tx().all(
        sql!(
            "SELECT group_id FROM directory_member WHERE account_id = $1 AND user_id = $2
             ORDER BY group_id LIMIT 1000"
        ),
        &[pass.account().into(), user.into()],
    )?)
}

/// Keeps a group that the directory tells of; `None` if there are as many as there may be.
pub fn insert(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    name: &str,
    external_id: &str,
) -> Result<Option<DirectoryGroupId>, DbError> {
    let (id, now) = (w.new_id::<DirectoryGroupId>(), w.now);
    let inserted = w.tx().exec(
        sql!(
            "INSERT INTO directory_group (account_id, id, name, name_key, external_id, created_at, updated_at)
             SELECT $1, $2, $3, $4, $5, $6, $6
             WHERE (SELECT COUNT(*) FROM directory_group WHERE account_id = $1) < $7"
        ),
        &[
            pass.account().into(),
            (&id).into(),
            name.into(),
            name.to_lowercase().into(),
            external_id.into(),
            now.into(),
            MOST.into(),
        ],
    )?;
    Ok((inserted > 0).then_some(id))
}

/// Changes what the directory calls it.
pub fn update(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    id: &DirectoryGroupId,
    name: &str,
    external_id: &str,
) -> Result<(), DbError> {
    let now = w.now;
    w.tx().exec(
        sql!(
            "UPDATE directory_group SET name = $3, name_key = $4, external_id = $5, updated_at = $6
             WHERE account_id = $1 AND id = $2"
        ),
        &[
            pass.account().into(),
            id.into(),
            name.into(),
            name.to_lowercase().into(),
            external_id.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// Removes it.
pub fn remove(w: &mut Writer, pass: &AccountPass<ManageUsers>, id: &DirectoryGroupId) -> Result<(), DbError> {
    w.tx().exec(
        sql!("DELETE FROM directory_group WHERE account_id = $1 AND id = $2"),
        &[pass.account().into(), id.into()],
    )?;
    Ok(())
}

/// Sets what it gives; nothing without a mapping.
pub fn update_mapping(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    id: &DirectoryGroupId,
    mapping: Option<&Mapping>,
) -> Result<(), DbError> {
    let (word, all) = (mapping.map(|it| it.user_type.word()), mapping.is_some_and(|it| it.all_companies));
    w.tx().exec(
        sql!(
            "UPDATE directory_group SET user_type = $3, all_companies = $4 WHERE account_id = $1 AND id = $2"
        ),
        &[pass.account().into(), id.into(), word.into(), all.into()],
    )?;
    w.tx().exec(
        sql!("DELETE FROM directory_group_company WHERE account_id = $1 AND group_id = $2"),
        &[pass.account().into(), id.into()],
    )?;
    let Some(mapping) = mapping.filter(|mapping| !mapping.companies.is_empty()) else { return Ok(()) };
    w.tx().exec(
        sql!(
            "INSERT INTO directory_group_company (account_id, group_id, company_id)
             SELECT $1, $2, c.id FROM company c WHERE c.account_id = $1 AND c.id {in $3}"
        ),
        &[pass.account().into(), id.into(), convert::list(&mapping.companies)],
    )?;
    Ok(())
}

/// Which companies each of these groups gives.
pub fn list_companies(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    groups: &BTreeSet<DirectoryGroupId>,
) -> Result<BTreeMap<DirectoryGroupId, BTreeSet<CompanyId>>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT group_id, company_id FROM directory_group_company
             WHERE account_id = $1 AND group_id {in $2}"
        ),
        &[pass.account().into(), convert::list(groups)],
    )?;
    gather(rows)
}

/// The second column of rows, by the first.
fn gather<K: Ord + FromStr, V: Ord + FromStr>(rows: Vec<Row>) -> Result<BTreeMap<K, BTreeSet<V>>, DbError> {
    let mut found: BTreeMap<K, BTreeSet<V>> = BTreeMap::new();
    for row in rows {
        let mut c = row.columns();
        found.entry(c.parse()?).or_default().insert(c.parse()?);
    }
    Ok(found)
}

/// The groups that these users are in, of those that give something. The groups come first, as most of those that somebody is in
/// may give nothing: they are not looked into.
pub fn list_mapped_of(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    users: &BTreeSet<UserId>,
) -> Result<BTreeMap<UserId, BTreeSet<DirectoryGroupId>>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT m.user_id, m.group_id FROM directory_group g CROSS JOIN directory_member m
             WHERE g.account_id = $1 AND g.user_type IS NOT NULL
               AND m.account_id = g.account_id AND m.group_id = g.id AND m.user_id {in $2}"
        ),
        &[pass.account().into(), convert::list(users)],
    )?;
    gather(rows)
}

/// What each of these groups gives, of those that give something.
pub fn list_mappings(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    groups: &BTreeSet<DirectoryGroupId>,
) -> Result<BTreeMap<DirectoryGroupId, Mapping>, DbError> {
    if groups.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut companies = list_companies(r, pass, groups)?;
    let rows = r.tx().all(
        sql!(
            "SELECT id, user_type, all_companies FROM directory_group
             WHERE account_id = $1 AND id {in $2} AND user_type IS NOT NULL"
        ),
        &[pass.account().into(), convert::list(groups)],
    )?;
    let mapping = |row: Row| {
        let mut c = row.columns();
        let (id, user_type, all_companies) = (c.parse()?, c.parse()?, c.flag()?);
        let companies = companies.remove(&id).unwrap_or_default();
        Ok((id, Mapping { user_type, all_companies, companies }))
    };
    rows.into_iter().map(mapping).collect()
}

/// Who is in a group, without deleted users.
pub fn list_members(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &DirectoryGroupId,
) -> Result<BTreeSet<UserId>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT m.user_id FROM directory_member m
             JOIN \"user\" u ON u.account_id = m.account_id AND u.id = m.user_id
             WHERE m.account_id = $1 AND m.group_id = $2 AND u.status <> 'deleted' ORDER BY m.user_id LIMIT $3"
        ),
        &[pass.account().into(), id.into(), (MEMBERS + 1).into()],
    )?;
    rows.into_iter().map(|row| row.columns().parse()).collect()
}

/// Puts users into a group; who is there stays.
pub fn insert_members(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    id: &DirectoryGroupId,
    users: &BTreeSet<UserId>,
) -> Result<(), DbError> {
    w.tx().exec(
        sql!(
            "INSERT INTO directory_member (account_id, group_id, user_id)
             SELECT $1, $2, u.id FROM \"user\" u WHERE u.account_id = $1 AND u.id {in $3} AND u.status <> 'deleted'
             ON CONFLICT (account_id, group_id, user_id) DO NOTHING"
        ),
        &[pass.account().into(), id.into(), convert::list(users)],
    )?;
    Ok(())
}

/// Takes users out of a group.
pub fn remove_members(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    id: &DirectoryGroupId,
    users: &BTreeSet<UserId>,
) -> Result<(), DbError> {
    w.tx().exec(
        sql!("DELETE FROM directory_member WHERE account_id = $1 AND group_id = $2 AND user_id {in $3}"),
        &[pass.account().into(), id.into(), convert::list(users)],
    )?;
    Ok(())
}
