//! API keys: they see what their login's users see.

use domain::id::{ApiKeyId, LoginId};

use crate::db::{DbError, sql};
use crate::pass::SystemPass;
use crate::secret;
use crate::work::Writer;

/// Makes a key and hands it out; the database holds only its hash.
pub fn insert(
    w: &mut Writer,
    _pass: &SystemPass,
    login: &LoginId,
    name: &str,
) -> Result<(ApiKeyId, String), DbError> {
    let (id, token, now) = (w.new_id::<ApiKeyId>(), w.new_token(), w.now);
    w.tx().exec(
        sql!("INSERT INTO api_key (id, login_id, name, token_hash, created_at) VALUES ($1, $2, $3, $4, $5)"),
        &[(&id).into(), login.into(), name.into(), secret::hash(&token).into(), now.into()],
    )?;
    Ok((id, token))
}

/// Notes that a key was used.
pub fn update_used(w: &mut Writer, id: &ApiKeyId) -> Result<(), DbError> {
    let now = w.now;
    w.tx().exec(sql!("UPDATE api_key SET last_used_at = $2 WHERE id = $1"), &[id.into(), now.into()])?;
    Ok(())
}
