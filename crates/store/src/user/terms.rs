//! What lists and search find a user by: the tab they are listed on, which their companies and terms repeat, and the terms. All
//! that changes names, companies, status or type keeps them right through this file.

use domain::access_change::UNDO;
use domain::id::{AccountCenterId, AccountId, UserId};
use domain::user::{Names, UserStatus, UserType};

use super::words;
use crate::center_person;
use crate::db::{DbError, Value, sql};
use crate::work::Writer;

/// How many terms one statement stores: those of a user with two names.
const AT_ONCE: usize = 4;

/// Stores the terms that a user is found by.
pub(super) fn insert_terms(
    w: &mut Writer,
    account: &AccountId,
    id: &UserId,
    (names, email): (&Names, &str),
    (listed, user_type): (&str, UserType),
) -> Result<(), DbError> {
    let terms: Vec<String> = words::terms(names, email).into_iter().collect();
    for terms in terms.chunks(AT_ONCE) {
        let mut values: Vec<Value> = vec![account.into(), id.into(), listed.into(), user_type.word().into()];
        // Where there are fewer, the last is named again.
        values.extend((0..AT_ONCE).map(|at| Value::from(&terms[at.min(terms.len() - 1)])));
        w.tx().put(
            sql!(
                "INSERT INTO user_term (account_id, user_id, listed, user_type, term)
                 VALUES ($1, $2, $3, $4, $5), ($1, $2, $3, $4, $6), ($1, $2, $3, $4, $7), ($1, $2, $3, $4, $8)
                 ON CONFLICT DO NOTHING"
            ),
            &values,
        )?;
    }
    Ok(())
}

/// Lists a user where their status and type belong. To be called wherever one of them changes.
pub(crate) fn update_listed(
    w: &mut Writer,
    account: &AccountId,
    id: &UserId,
    status: UserStatus,
    user_type: UserType,
) -> Result<(), DbError> {
    if let Some((center, email)) = update_tab(w, account, id, status.word())? {
        center_person::refresh(w, &center, &email);
    }
    let values = &[account.into(), id.into(), status.word().into(), user_type.word().into()];
    w.tx().exec(
        sql!("UPDATE user_company SET listed = $3, user_type = $4 WHERE account_id = $1 AND user_id = $2"),
        values,
    )?;
    w.tx().exec(
        sql!("UPDATE user_term SET listed = $3, user_type = $4 WHERE account_id = $1 AND user_id = $2"),
        values,
    )?;
    Ok(())
}

/// The center and address of a user whose account is in one.
fn update_tab(
    w: &mut Writer,
    account: &AccountId,
    id: &UserId,
    listed: &str,
) -> Result<Option<(AccountCenterId, String)>, DbError> {
    let row = w.tx().one(
        sql!(
            "UPDATE \"user\" SET listed = $3 WHERE account_id = $1 AND id = $2
             RETURNING center_id, email_canonical"
        ),
        &[account.into(), id.into(), listed.into()],
    )?;
    let mut c = row.columns();
    let center: Option<AccountCenterId> = c.parse_or_null()?;
    center.map(|center| Ok((center, c.text()?))).transpose()
}

/// How many users are taken off the list of deleted ones at once.
const GONE_AT_ONCE: i64 = 1_000;

/// Takes users who were deleted 30 days ago off the lists, so that those stay short. Some at a time:
/// the rest goes the next time.
pub fn remove_listed(w: &mut Writer) -> Result<(), DbError> {
    let until = w.now - UNDO;
    let rows = w.tx().all(
        sql!(
            "SELECT account_id, id FROM \"user\"
             WHERE listed = 'deleted' AND deleted_at <= $1 ORDER BY deleted_at LIMIT $2"
        ),
        &[until.into(), GONE_AT_ONCE.into()],
    )?;
    for row in rows {
        let mut c = row.columns();
        let (account, id): (AccountId, UserId) = (c.parse()?, c.parse()?);
        update_tab(w, &account, &id, "gone")?;
        w.tx().exec(
            sql!("UPDATE user_company SET listed = 'gone' WHERE account_id = $1 AND user_id = $2"),
            &[(&account).into(), (&id).into()],
        )?;
        w.tx().exec(
            sql!("DELETE FROM user_term WHERE account_id = $1 AND user_id = $2"),
            &[(&account).into(), (&id).into()],
        )?;
    }
    Ok(())
}
