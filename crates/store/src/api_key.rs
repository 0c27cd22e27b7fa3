//! API keys: they see what their login's users see, as far as they are not narrowed.

mod account;
mod content;
mod ending;
mod own;

use domain::api_key::{NewKey, Scope};
use domain::id::{AccountId, ApiKeyId, LoginId};
use domain::time::Timestamp;

pub use account::{AccountKey, end_in, find_in, list_in, update_used_in};
pub use content::{BY_ADMINISTRATOR, Content, find_content};
pub use ending::{Ending, list_ending, update_told};
pub use own::{OwnWhere, find_account, list_own_where};

use crate::db::{Columns, DbError, Row, sql};
use crate::pass::{Acting, read_scope};
use crate::secret;
use crate::work::{Reader, Writer};

/// A key as its owner sees it.
#[derive(Clone, Debug)]
pub struct ApiKeyRecord {
    /// The key's id; the key itself is stored nowhere.
    pub id: ApiKeyId,
    /// What it is for.
    pub name: String,
    /// What it is narrowed to.
    pub scope: Scope,
    /// The one account it is for; `None` for all.
    pub only: Option<AccountId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used; `None` if never.
    pub last_used_at: Option<Timestamp>,
    /// From when on it opens nothing.
    pub expires_at: Option<Timestamp>,
}

/// Makes a key on a device and hands it out; the database holds only its hash.
pub fn insert(
    w: &mut Writer,
    _pass: &impl Acting,
    login: &LoginId,
    new: &NewKey,
    device: &str,
) -> Result<(ApiKeyId, String), DbError> {
    let (id, token, now) = (w.new_id::<ApiKeyId>(), w.new_token(), w.now);
    w.tx().exec(
        sql!(
            "INSERT INTO api_key (id, login_id, name, device, token_hash, created_at, only_account_id, capabilities,
                                  reads_only, in_companies, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        ),
        &[
            (&id).into(),
            login.into(),
            (&new.name).into(),
            device.into(),
            secret::hash(&token).into(),
            now.into(),
            new.account.as_ref().into(),
            new.scope.words().into(),
            new.scope.reads_only.into(),
            new.scope.in_companies.into(),
            new.expires_at.into(),
        ],
    )?;
    for company in &new.companies {
        w.tx().exec(
            sql!("INSERT INTO api_key_company (account_id, api_key_id, company_id) VALUES ($1, $2, $3)"),
            &[new.account.as_ref().into(), (&id).into(), company.into()],
        )?;
    }
    Ok((id, token))
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
            "SELECT id, name, capabilities, reads_only, in_companies, only_account_id, created_at, last_used_at,
                    expires_at
             FROM api_key WHERE login_id = $1 ORDER BY id DESC LIMIT 100"
        ),
        &[login.into()],
    )?;
    rows.into_iter().map(|row: Row| read(&mut row.columns())).collect()
}

/// A key of a login; `None` if it is not theirs or not there.
pub fn find(
    r: &mut Reader,
    _pass: &impl Acting,
    login: &LoginId,
    id: &ApiKeyId,
) -> Result<Option<ApiKeyRecord>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT id, name, capabilities, reads_only, in_companies, only_account_id, created_at, last_used_at,
                    expires_at
             FROM api_key WHERE login_id = $1 AND id = $2"
        ),
        &[login.into(), id.into()],
    )?;
    row.map(|row| read(&mut row.columns())).transpose()
}

fn read(c: &mut Columns) -> Result<ApiKeyRecord, DbError> {
    Ok(ApiKeyRecord {
        id: c.parse()?,
        name: c.text()?,
        scope: read_scope(c)?,
        only: c.parse_or_null()?,
        created_at: c.get()?,
        last_used_at: c.get()?,
        expires_at: c.get()?,
    })
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

/// Calls a key of a login something else.
pub fn update_name(
    w: &mut Writer,
    _pass: &impl Acting,
    login: &LoginId,
    id: &ApiKeyId,
    name: &str,
) -> Result<(), DbError> {
    w.tx().exec(
        sql!("UPDATE api_key SET name = $3 WHERE id = $1 AND login_id = $2"),
        &[id.into(), login.into(), name.into()],
    )?;
    Ok(())
}

/// Notes that a key was used.
pub fn update_used(w: &mut Writer, id: &ApiKeyId) -> Result<(), DbError> {
    let now = w.now;
    w.tx().exec(sql!("UPDATE api_key SET last_used_at = $2 WHERE id = $1"), &[id.into(), now.into()])?;
    Ok(())
}
