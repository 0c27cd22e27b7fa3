//! Password resets.

use domain::email::EmailAddress;
use domain::id::{LoginId, ResetId};
use domain::time::Span;

use crate::db::{DbError, sql};
use crate::pass::SystemPass;
use crate::secret::{self, Key};
use crate::work::{Origin, Reader, Writer};

/// How long a reset link works.
pub const LIFETIME: Span = Span::minutes(60);

/// An address that a new password was asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its id; of the kind of a reset, which it may become.
    pub id: ResetId,
    /// The address as it was typed.
    pub email: String,
    /// Where it was asked for.
    pub origin: Origin,
}

/// Notes that a new password was asked for. Nothing is looked up, so that this takes the same time for every address
///
pub fn insert_request(w: &mut Writer, email: &EmailAddress) -> Result<(), DbError> {
    let (id, origin) = (w.new_id::<ResetId>(), w.origin().clone());
    w.tx().exec(
        sql!(
            "INSERT INTO reset_request (id, email, network, request_id, language) VALUES ($1, $2, $3, $4, $5)"
        ),
        &[
            (&id).into(),
            email.into(),
            origin.network.into(),
            origin.request_id.into(),
            origin.language.into(),
        ],
    )?;
    Ok(())
}

/// The oldest requests.
pub fn list_requests(r: &mut Reader, _pass: &SystemPass, most: i64) -> Result<Vec<Request>, DbError> {
    let rows = r.tx().all(
        sql!("SELECT id, email, network, request_id, language FROM reset_request ORDER BY id LIMIT $1"),
        &[most.into()],
    )?;
    let read = |row: crate::db::Row| {
        let mut c = row.columns();
        let (id, email) = (c.parse()?, c.text()?);
        Ok(Request {
            id,
            email,
            origin: Origin { network: c.text()?, request_id: c.text()?, language: c.text()? },
        })
    };
    rows.into_iter().map(read).collect()
}

/// Takes a request out; false if another worker did.
pub fn remove_request(w: &mut Writer, _pass: &SystemPass, id: &ResetId) -> Result<bool, DbError> {
    Ok(w.tx().exec(sql!("DELETE FROM reset_request WHERE id = $1"), &[id.into()])? > 0)
}

/// The token of a reset's link.
pub fn token(key: &Key, id: &ResetId) -> String {
    key.token("reset", &[id.as_str()])
}

/// Makes a reset, whose link is mailed with an account's own host or, where that is empty, with the server's. Earlier ones of the
/// login go on working until one of them is used.
pub fn insert(w: &mut Writer, login: &LoginId, host: &str) -> Result<ResetId, DbError> {
    let (id, now) = (w.new_id::<ResetId>(), w.now);
    let hash = secret::hash(&token(w.key(), &id));
    w.tx().exec(
        sql!(
            "INSERT INTO reset (id, token_hash, login_id, created_at, expires_at, host) VALUES ($1, $2, $3, $4, $5, $6)"
        ),
        &[(&id).into(), hash.into(), login.into(), now.into(), (now + LIFETIME).into(), host.into()],
    )?;
    Ok(id)
}

/// Uses a reset up, and with it all others of the login. False if it was used or has expired meanwhile.
pub fn remove(w: &mut Writer, id: &ResetId, login: &LoginId) -> Result<bool, DbError> {
    let now = w.now;
    let used =
        w.tx().exec(sql!("DELETE FROM reset WHERE id = $1 AND expires_at > $2"), &[id.into(), now.into()])?;
    remove_all(w, login)?;
    Ok(used > 0)
}

/// Kills every reset of a login.
pub fn remove_all(w: &mut Writer, login: &LoginId) -> Result<(), DbError> {
    w.tx().exec(sql!("DELETE FROM reset WHERE login_id = $1"), &[login.into()])?;
    Ok(())
}

/// Kills every reset of a login that has no active place left: what was mailed to somebody must not outlive their access.
/// They may ask for another, which opens no account, and which they need if they are invited again.
pub(crate) fn remove_homeless(w: &mut Writer, login: &LoginId) -> Result<(), DbError> {
    let now = w.now;
    w.tx().exec(
        sql!(
            "DELETE FROM reset WHERE login_id = $1 AND NOT EXISTS (
                 SELECT 1 FROM \"user\" u
                 WHERE u.login_id = $1 AND u.status = 'active' AND (u.ends_at IS NULL OR u.ends_at > $2))"
        ),
        &[login.into(), now.into()],
    )?;
    Ok(())
}

/// Whose password a reset is for.
pub fn find_login(r: &mut Reader, id: &ResetId) -> Result<Option<LoginId>, DbError> {
    let row = r.tx().optional(sql!("SELECT login_id FROM reset WHERE id = $1"), &[id.into()])?;
    row.map(|row| row.columns().parse()).transpose()
}

/// Forgets resets that have expired.
pub fn remove_expired(w: &mut Writer) -> Result<u64, DbError> {
    let now = w.now;
    w.tx().exec(sql!("DELETE FROM reset WHERE expires_at <= $1"), &[now.into()])
}
