//! Password resets.

use domain::id::{LoginId, ResetId};
use domain::time::Span;

use crate::db::{DbError, sql};
use crate::secret::{self, Key};
use crate::work::Writer;

/// How long a reset link works.
pub const LIFETIME: Span = Span::minutes(60);

/// The token of a reset's link.
pub fn token(key: &Key, id: &ResetId) -> String {
    key.token("reset", &[id.as_str()])
}

/// Makes a reset. Earlier ones of the login go on working until one of them is used.
pub fn insert(w: &mut Writer, login: &LoginId) -> Result<ResetId, DbError> {
    let (id, now) = (w.new_id::<ResetId>(), w.now);
    let hash = secret::hash(&token(w.key(), &id));
    w.tx().exec(
        sql!(
            "INSERT INTO reset (id, token_hash, login_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)"
        ),
        &[(&id).into(), hash.into(), login.into(), now.into(), (now + LIFETIME).into()],
    )?;
    Ok(id)
}

/// Uses a reset up, and with it all others of the login. False if it was used or has expired meanwhile.
pub fn remove(w: &mut Writer, id: &ResetId, login: &LoginId) -> Result<bool, DbError> {
    let now = w.now;
    let used =
        w.tx().exec(sql!("DELETE FROM reset WHERE id = $1 AND expires_at > $2"), &[id.into(), now.into()])?;
    w.tx().exec(sql!("DELETE FROM reset WHERE login_id = $1"), &[login.into()])?;
    Ok(used > 0)
}

/// Forgets resets that have expired.
pub fn remove_expired(w: &mut Writer) -> Result<u64, DbError> {
    let now = w.now;
    w.tx().exec(sql!("DELETE FROM reset WHERE expires_at <= $1"), &[now.into()])
}
