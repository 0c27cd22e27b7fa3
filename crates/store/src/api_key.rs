//! API keys: they see what their login's users see.

use domain::id::{ApiKeyId, LoginId};
use domain::time::Timestamp;

use crate::db::{DbError, sql};
use crate::mail::ReadsMail;
use crate::pass::Acting;
use crate::secret;
use crate::work::{Reader, Writer};

/// A key in the list of a person's own.
#[derive(Clone, Debug)]
pub struct ApiKeyRecord {
    /// The key's id; the key itself is stored nowhere.
    pub id: ApiKeyId,
    /// What it is for.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used; `None` if never.
    pub last_used_at: Option<Timestamp>,
}

/// Makes a key on a device and hands it out; the database holds only its hash.
pub fn insert(
    w: &mut Writer,
    _pass: &impl Acting,
    login: &LoginId,
    name: &str,
    device: &str,
) -> Result<(ApiKeyId, String), DbError> {
    let (id, token, now) = (w.new_id::<ApiKeyId>(), w.new_token(), w.now);
    w.tx().exec(
        sql!(
            "INSERT INTO api_key (id, login_id, name, device, token_hash, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)"
        ),
        &[(&id).into(), login.into(), name.into(), device.into(), secret::hash(&token).into(), now.into()],
    )?;
    Ok((id, token))
}

/// What the mail about a new key says.
#[derive(Clone, Debug)]
pub struct Content {
    /// Whose key it is.
    pub owner: String,
    /// What it is called.
    pub name: String,
    /// The device it was made on; empty at the command line.
    pub device: String,
}

/// What the mail says; `None` if the key has ended.
pub fn find_content(
    r: &mut Reader,
    _pass: &impl ReadsMail,
    id: &ApiKeyId,
) -> Result<Option<Content>, DbError> {
    let row =
        r.tx().optional(sql!("SELECT login_id, name, device FROM api_key WHERE id = $1"), &[id.into()])?;
    let Some(row) = row else { return Ok(None) };
    let mut c = row.columns();
    let (login, name, device): (LoginId, _, _) = (c.parse()?, c.text()?, c.text()?);
    let owner = crate::login::get(r, &login)?.name;
    Ok(Some(Content { owner, name, device }))
}

/// Whose key it is; `None` if it has ended.
pub fn find_login(r: &mut Reader, id: &ApiKeyId) -> Result<Option<LoginId>, DbError> {
    let row = r.tx().optional(sql!("SELECT login_id FROM api_key WHERE id = $1"), &[id.into()])?;
    row.map(|row| row.columns().parse()).transpose()
}

/// The most keys of a login.
pub const MOST: usize = 100;

/// The keys of a login, newest first.
pub fn list(r: &mut Reader, _pass: &impl Acting, login: &LoginId) -> Result<Vec<ApiKeyRecord>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT id, name, created_at, last_used_at FROM api_key
             WHERE login_id = $1 ORDER BY id DESC LIMIT 100"
        ),
        &[login.into()],
    )?;
    let read = |row: crate::db::Row| {
        let mut c = row.columns();
        Ok(ApiKeyRecord { id: c.parse()?, name: c.text()?, created_at: c.get()?, last_used_at: c.get()? })
    };
    rows.into_iter().map(read).collect()
}

/// Ends a key of a login; its name, `None` if it is not theirs or not there.
pub fn remove(
    w: &mut Writer,
    _pass: &impl Acting,
    login: &LoginId,
    id: &ApiKeyId,
) -> Result<Option<String>, DbError> {
    let row = w.tx().optional(
        sql!("DELETE FROM api_key WHERE id = $1 AND login_id = $2 RETURNING name"),
        &[id.into(), login.into()],
    )?;
    row.map(|row| row.columns().text()).transpose()
}

/// Ends all keys of a login; the id and name of each.
pub fn remove_all(w: &mut Writer, login: &LoginId) -> Result<Vec<(ApiKeyId, String)>, DbError> {
    let rows =
        w.tx().all(sql!("DELETE FROM api_key WHERE login_id = $1 RETURNING id, name"), &[login.into()])?;
    let read = |row: crate::db::Row| {
        let mut c = row.columns();
        Ok((c.parse()?, c.text()?))
    };
    rows.into_iter().map(read).collect()
}

/// Notes that a key was used.
pub fn update_used(w: &mut Writer, id: &ApiKeyId) -> Result<(), DbError> {
    let now = w.now;
    w.tx().exec(sql!("UPDATE api_key SET last_used_at = $2 WHERE id = $1"), &[id.into(), now.into()])?;
    Ok(())
}
