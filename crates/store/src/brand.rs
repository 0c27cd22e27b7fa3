//! Brands of accounts: drafts, what is shown, and what of a draft was looked at (G-10).

use domain::brand::Brand;
use domain::brand::preview::Preview;
use domain::capability::proof::ManageWhiteLabel;
use domain::id::AccountId;

use crate::db::{DbError, sql};
use crate::pass::AccountPass;
use crate::work::{Reader, Writer};

pub mod host;
pub mod look;
pub mod notice;

/// A brand as its settings show it.
#[derive(Clone, Debug)]
pub struct BrandRecord {
    /// What is edited.
    pub draft: Brand,
    /// Counts its changes.
    pub version: i64,
    /// What is shown, where it is switched on.
    pub live: Option<Brand>,
    /// The version of the draft that is shown.
    pub live_version: Option<i64>,
    /// The host name that the account wants.
    pub wanted_host: Option<String>,
}

/// The brand of the pass's account, once somebody has begun one.
pub fn find(r: &mut Reader, pass: &AccountPass<ManageWhiteLabel>) -> Result<Option<BrandRecord>, DbError> {
    let row = r.tx().optional(
        sql!("SELECT draft, version, live, live_version, wanted_host FROM brand WHERE account_id = $1"),
        &[pass.account().into()],
    )?;
    row.map(|row| {
        let mut c = row.columns();
        Ok(BrandRecord {
            draft: parse(&c.text()?)?,
            version: c.int()?,
            live: c.text_or_null()?.as_deref().map(parse).transpose()?,
            live_version: c.int_or_null()?,
            wanted_host: c.text_or_null()?,
        })
    })
    .transpose()
}

/// Writes the draft, whose version grows by one. False if it was changed since `seen`; 0: nobody had begun one.
pub fn update_draft(
    w: &mut Writer,
    pass: &AccountPass<ManageWhiteLabel>,
    draft: &Brand,
    seen: i64,
) -> Result<bool, DbError> {
    let changed = w.tx().exec(
        sql!(
            "INSERT INTO brand (account_id, draft, version)
             SELECT CAST($1 AS TEXT), $2, 1 WHERE CAST($3 AS BIGINT) = 0 OR EXISTS (
                 SELECT 1 FROM brand b WHERE b.account_id = $1)
             ON CONFLICT (account_id) DO UPDATE SET draft = excluded.draft, version = brand.version + 1
             WHERE brand.version = $3"
        ),
        &[pass.account().into(), write(draft).into(), seen.into()],
    )?;
    Ok(changed > 0)
}

/// Shows the draft of this version from now on; false if it was changed meanwhile.
pub fn update_live(
    w: &mut Writer,
    pass: &AccountPass<ManageWhiteLabel>,
    version: i64,
) -> Result<bool, DbError> {
    let changed = w.tx().exec(
        sql!("UPDATE brand SET live = draft, live_version = version WHERE account_id = $1 AND version = $2"),
        &[pass.account().into(), version.into()],
    )?;
    Ok(changed > 0)
}

/// Shows the product again; false if it was shown already.
pub fn update_off(w: &mut Writer, pass: &AccountPass<ManageWhiteLabel>) -> Result<bool, DbError> {
    let changed = w.tx().exec(
        sql!("UPDATE brand SET live = NULL, live_version = NULL WHERE account_id = $1 AND live IS NOT NULL"),
        &[pass.account().into()],
    )?;
    Ok(changed > 0)
}

/// Notes that a thing was looked at as it is in this version; false if there is no such version any more.
pub fn upsert_seen(
    w: &mut Writer,
    pass: &AccountPass<ManageWhiteLabel>,
    what: Preview,
    version: i64,
) -> Result<bool, DbError> {
    let changed = w.tx().exec(
        sql!(
            "INSERT INTO brand_preview (account_id, what, version)
             SELECT account_id, CAST($2 AS TEXT), version FROM brand WHERE account_id = $1 AND version = $3
             ON CONFLICT (account_id, what) DO UPDATE SET version = excluded.version"
        ),
        &[pass.account().into(), what.word().into(), version.into()],
    )?;
    Ok(changed > 0)
}

/// What was looked at as it is in this version.
pub fn list_seen(
    r: &mut Reader,
    pass: &AccountPass<ManageWhiteLabel>,
    version: i64,
) -> Result<Vec<Preview>, DbError> {
    let rows = r.tx().all(
        sql!("SELECT what FROM brand_preview WHERE account_id = $1 AND version = $2 ORDER BY what"),
        &[pass.account().into(), version.into()],
    )?;
    // What there is no more was looked at in vain.
    let read = |row: crate::db::Row| Ok(row.columns().text()?.parse().ok());
    rows.into_iter().map(read).filter_map(Result::transpose).collect()
}

/// Keeps a logo by the hash of its bytes.
pub fn insert_logo(
    w: &mut Writer,
    pass: &AccountPass<ManageWhiteLabel>,
    hash: &str,
    base64: &str,
) -> Result<(), DbError> {
    let now = w.now;
    w.tx().exec(
        sql!(
            "INSERT INTO brand_logo (account_id, hash, png, created_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (account_id, hash) DO NOTHING"
        ),
        &[pass.account().into(), hash.into(), base64.into(), now.into()],
    )?;
    Ok(())
}

/// How many logos an account has kept.
pub fn count_logos(r: &mut Reader, pass: &AccountPass<ManageWhiteLabel>) -> Result<i64, DbError> {
    let row = r
        .tx()
        .one(sql!("SELECT COUNT(*) FROM brand_logo WHERE account_id = $1"), &[pass.account().into()])?;
    row.columns().int()
}

/// A logo in base64, for everybody: who signs in sees it, and so does who gets a mail.
pub fn find_logo(r: &mut Reader, account: &AccountId, hash: &str) -> Result<Option<String>, DbError> {
    let row = r.tx().optional(
        sql!("SELECT png FROM brand_logo WHERE account_id = $1 AND hash = $2"),
        &[account.into(), hash.into()],
    )?;
    row.map(|row| row.columns().text()).transpose()
}

pub(crate) fn parse(text: &str) -> Result<Brand, DbError> {
    serde_json::from_str(text).map_err(|error| DbError::Shape(format!("a brand is {error}")))
}

fn write(brand: &Brand) -> String {
    serde_json::to_string(brand).expect("texts and a colour")
}
