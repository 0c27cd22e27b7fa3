//! When users last used a capability, for access reviews (U-23).

use domain::capability::Capability;
use domain::id::{AccountId, UserId};
use domain::time::Timestamp;

use crate::db::{DbError, sql};
use crate::work::{Reader, Writer};

/// Notes that a user has used a capability.
pub fn update(
    w: &mut Writer,
    (account, user): (&AccountId, &UserId),
    capability: Capability,
) -> Result<(), DbError> {
    let now = w.now;
    w.tx().exec(
        sql!(
            "INSERT INTO capability_use (account_id, user_id, capability, used_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (account_id, user_id, capability) DO UPDATE SET used_at = excluded.used_at"
        ),
        &[account.into(), user.into(), capability.line().key.into(), now.into()],
    )?;
    Ok(())
}

/// Since when uses are noted here: since the table is there.
pub fn get_start(r: &mut Reader) -> Result<Timestamp, DbError> {
    let row = r
        .tx()
        .one(sql!("SELECT applied_at FROM migration WHERE name = $1"), &["0017_access_review".into()])?;
    row.columns().get()
}
