//! Keys that will end by themselves.

use domain::id::{ApiKeyId, LoginId};
use domain::time::Span;

use crate::db::{DbError, Row, sql};
use crate::pass::SystemPass;
use crate::work::{Reader, Writer};

/// A key whose owner has not been told yet that it will end.
#[derive(Clone, Debug)]
pub struct Ending {
    /// The key.
    pub id: ApiKeyId,
    /// Whose it is.
    pub login: LoginId,
}

/// Those that end by themselves after now and within `notice`, and that their owners can use until then, the first to end first.
/// Whoever made one for no longer than that has known it all the time.
pub fn list_ending(r: &mut Reader, _pass: &SystemPass, notice: Span) -> Result<Vec<Ending>, DbError> {
    let now = r.now;
    let rows = r.tx().all(
        sql!(
            "SELECT k.id, k.login_id FROM api_key k
             WHERE k.end_told_at IS NULL AND k.expires_at > $1 AND k.expires_at <= $2
               AND k.created_at < k.expires_at - $3
               AND (EXISTS (SELECT 1 FROM \"user\" u
                            LEFT JOIN api_key_account ka ON ka.account_id = u.account_id AND ka.api_key_id = k.id
                            WHERE u.login_id = k.login_id AND u.status = 'active'
                              AND (u.ends_at IS NULL OR u.ends_at > $1) AND ka.ended_at IS NULL
                              AND (k.only_account_id IS NULL OR u.account_id = k.only_account_id))
                    OR EXISTS (SELECT 1 FROM executive_administrator x
                               LEFT JOIN account a ON a.id = k.only_account_id
                               LEFT JOIN api_key_account ka ON ka.account_id = a.id AND ka.api_key_id = k.id
                               WHERE x.login_id = k.login_id AND ka.ended_at IS NULL
                                 AND (k.only_account_id IS NULL OR a.center_id = x.center_id)))
             ORDER BY k.expires_at LIMIT 50"
        ),
        &[now.into(), (now + notice).into(), notice.as_micros().into()],
    )?;
    rows.into_iter().map(read).collect()
}

fn read(row: Row) -> Result<Ending, DbError> {
    let mut c = row.columns();
    Ok(Ending { id: c.parse()?, login: c.parse()? })
}

/// Notes that the owner of a key is told of its end; false if they were already, or have ended it.
pub fn update_told(w: &mut Writer, _pass: &SystemPass, id: &ApiKeyId) -> Result<bool, DbError> {
    let now = w.now;
    let changed = w.tx().exec(
        sql!("UPDATE api_key SET end_told_at = $2 WHERE id = $1 AND end_told_at IS NULL"),
        &[id.into(), now.into()],
    )?;
    Ok(changed > 0)
}
