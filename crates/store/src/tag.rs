//! Tags: words that leads are marked with (G-06).

use domain::capability::proof::AnyKey;
use domain::id::TagId;
use domain::name;
use domain::tag::{Color, Level, TagDetails, TagFilter};
use domain::time::Timestamp;

use crate::db::{DbError, Row, Value, sql};
use crate::page::{Part, Window};
use crate::pass::{AccountPass, HasPlace as _, TagPass};
use crate::work::{Reader, Writer};

/// The most tags of an account.
pub const MOST: i64 = 10_000;

/// A tag.
#[derive(Clone, Debug)]
pub struct Tag {
    /// Its id.
    pub id: TagId,
    /// Whose it is.
    pub level: Level,
    /// What it says.
    pub details: TagDetails,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The tags that a user sees: the account's, and those of the companies in use that they have. All companies' where `$2` is 1,
/// else those of the user `$3`; of companies that the key `$4` names, where it is one.
macro_rules! seen {
    () => {
        " FROM tag t WHERE t.account_id = $1
            AND ($2 = 1 OR t.company_id IS NULL OR EXISTS (
                SELECT 1 FROM user_company uc
                JOIN company c ON c.account_id = uc.account_id AND c.id = uc.company_id
                WHERE uc.account_id = $1 AND uc.user_id = $3 AND uc.company_id = t.company_id AND c.disabled = 0))
            AND ($4 = '' OR t.company_id IS NULL OR EXISTS (
                SELECT 1 FROM api_key_company kc JOIN company c ON c.account_id = kc.account_id AND c.id = kc.company_id
                WHERE kc.account_id = $1 AND kc.api_key_id = $4 AND kc.company_id = t.company_id AND c.disabled = 0))"
    };
}

/// Those that a list is for: `$5` and `$6` are the flags that are looked for, `$7` a company or empty, `$8` is 1 for those of the
/// account and `$9` for those of companies.
macro_rules! wanted {
    () => {
        concat!(
            seen!(),
            " AND t.disabled BETWEEN $5 AND $6 AND ($7 = '' OR t.company_id = $7)
              AND (t.company_id IS NULL AND $8 = 1 OR t.company_id IS NOT NULL AND $9 = 1)"
        )
    };
}

/// Makes a tag at the pass's level; false if the account has as many as it may. A name that another has already is refused by
/// the indexes `tag_name` and `tag_company_name`.
pub fn insert(w: &mut Writer, pass: &TagPass, id: TagId, details: &TagDetails) -> Result<bool, DbError> {
    let now = w.now;
    let inserted = w.tx().exec(
        sql!(
            "INSERT INTO tag (account_id, id, company_id, name, sort_name, color, disabled, created_at)
             SELECT $1, $2, $3, $4, $5, $6, $7, $8
             WHERE NOT EXISTS (SELECT 1 FROM tag WHERE account_id = $1 LIMIT 1 OFFSET $9)"
        ),
        &[
            pass.account().into(),
            id.into(),
            pass.company().into(),
            (&details.name).into(),
            name::sort_key(&[&details.name]).into(),
            details.color.word().into(),
            details.disabled.into(),
            now.into(),
            (MOST - 1).into(),
        ],
    )?;
    Ok(inserted > 0)
}

/// A tag that the user sees.
pub fn find(r: &mut Reader, pass: &AccountPass<AnyKey>, id: TagId) -> Result<Option<Tag>, DbError> {
    let mut values = seen_by(pass);
    values.push(id.into());
    let row = r.tx().optional(
        sql!(concat!(
            "SELECT t.id, t.company_id, t.name, t.color, t.disabled, t.created_at",
            seen!(),
            " AND t.id = $5"
        )),
        &values,
    )?;
    row.map(read).transpose()
}

/// A part of the tags that the user sees, by name.
pub fn list(
    r: &mut Reader,
    pass: &AccountPass<AnyKey>,
    filter: &TagFilter,
    window: Window,
) -> Result<Part<Tag>, DbError> {
    let mut values = seen_by(pass);
    let flags = filter.disabled.map_or((0, 1), |disabled| (disabled.into(), disabled.into()));
    let company = filter.company.as_ref().map_or("", |company| company.as_str());
    let of_account = filter.of_account != Some(false);
    let of_companies = filter.of_account != Some(true);
    values.extend([flags.0.into(), flags.1.into(), company.into(), of_account.into(), of_companies.into()]);
    let counted = r.tx().one(sql!(concat!("SELECT COUNT(*)", wanted!())), &values)?;
    values.extend([window.take.into(), window.skip.into()]);
    let rows = r.tx().all(
        sql!(concat!(
            "SELECT t.id, t.company_id, t.name, t.color, t.disabled, t.created_at",
            wanted!(),
            " ORDER BY t.sort_name, t.id LIMIT $10 OFFSET $11"
        )),
        &values,
    )?;
    let rows = rows.into_iter().map(read).collect::<Result<_, _>>()?;
    Ok(Part { rows, total: counted.columns().int()? })
}

/// Changes a tag of the pass's level.
pub fn update(w: &mut Writer, pass: &TagPass, id: TagId, details: &TagDetails) -> Result<(), DbError> {
    w.tx().exec(
        sql!(
            "UPDATE tag SET name = $4, sort_name = $5, color = $6, disabled = $7
             WHERE account_id = $1 AND id = $2 AND COALESCE(company_id, '') = $3"
        ),
        &[
            pass.account().into(),
            id.into(),
            company_of(pass),
            (&details.name).into(),
            name::sort_key(&[&details.name]).into(),
            details.color.word().into(),
            details.disabled.into(),
        ],
    )?;
    Ok(())
}

/// Removes a tag of the pass's level for good; false if it is gone already.
pub fn remove(w: &mut Writer, pass: &TagPass, id: TagId) -> Result<bool, DbError> {
    let removed = w.tx().exec(
        sql!("DELETE FROM tag WHERE account_id = $1 AND id = $2 AND COALESCE(company_id, '') = $3"),
        &[pass.account().into(), id.into(), company_of(pass)],
    )?;
    Ok(removed > 0)
}

fn company_of(pass: &TagPass) -> Value {
    pass.company().map_or("", |company| company.as_str()).into()
}

fn seen_by(pass: &AccountPass<AnyKey>) -> Vec<Value> {
    let place = pass.place();
    let all = place.grants.user_type.has_all_companies();
    vec![pass.account().into(), all.into(), place.user.as_ref().into(), place.naming_key().into()]
}

fn read(row: Row) -> Result<Tag, DbError> {
    let mut c = row.columns();
    let id = c.get()?;
    let level = c.parse_or_null()?.map_or(Level::Account, Level::Company);
    let (name, color) = (c.text()?, c.parse::<Color>()?);
    let details = TagDetails { name, color, disabled: c.flag()? };
    Ok(Tag { id, level, details, created_at: c.get()? })
}
