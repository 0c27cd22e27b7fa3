//! Where executive administrators have access, for pages that say who has it: they have no row among an account's users.

use domain::capability::proof::ManageUsers;
use domain::id::{AccountCenterId, AccountId, LoginId};

use super::{Executive, SHOWN, read};
use crate::db::{DbError, Row, sql};
use crate::page::{COUNTED, Count};
use crate::pass::{AccountPass, Acting, SelfPass};
use crate::work::Reader;

/// An account center that somebody runs, with some of its accounts.
#[derive(Clone, Debug)]
pub struct RunCenter {
    /// The center.
    pub id: AccountCenterId,
    /// Its name.
    pub name: String,
    /// Its first accounts, by name.
    pub accounts: Vec<(AccountId, String)>,
    /// How many it has, as far as they are counted.
    pub count: Count,
}

/// How many centers of one person are shown; few have more than one.
const CENTERS: i64 = 20;
/// How many accounts of each are named.
const NAMED: i64 = 10;

/// The name of the account's center, if somebody is an executive administrator of it.
pub fn find_center(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    login: &LoginId,
) -> Result<Option<String>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT k.name FROM account a
             JOIN executive_administrator x ON x.center_id = a.center_id
             JOIN account_center k ON k.id = x.center_id
             WHERE a.id = $1 AND x.login_id = $2"
        ),
        &[pass.account().into(), login.into()],
    )?;
    row.map(|row| row.columns().text()).transpose()
}

/// Those who have the account as executive administrators and are no active user of it.
pub fn list_without_user(r: &mut Reader, pass: &AccountPass<ManageUsers>) -> Result<Vec<Executive>, DbError> {
    let now = r.now;
    let rows = r.tx().all(
        sql!(
            "SELECT l.id, l.first_name, l.last_name, l.email, x.created_at
             FROM account a
             JOIN executive_administrator x ON x.center_id = a.center_id
             JOIN login l ON l.id = x.login_id
             WHERE a.id = $1 AND NOT EXISTS (
                 SELECT 1 FROM \"user\" u
                 WHERE u.account_id = $1 AND u.login_id = x.login_id AND u.status = 'active'
                   AND (u.ends_at IS NULL OR u.ends_at > $2))
             ORDER BY x.created_at, x.login_id LIMIT $3"
        ),
        &[pass.account().into(), now.into(), SHOWN.into()],
    )?;
    rows.into_iter().map(read).collect()
}

/// The proven addresses of a center's executive administrators but one: whom to tell of what is done to it.
pub fn list_others(
    r: &mut Reader,
    _pass: &impl Acting,
    center: &AccountCenterId,
    but: &LoginId,
) -> Result<Vec<String>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT l.email FROM executive_administrator x JOIN login l ON l.id = x.login_id
             WHERE x.center_id = $1 AND x.login_id <> $2 AND l.email_proven_at IS NOT NULL
             ORDER BY x.created_at, x.login_id LIMIT $3"
        ),
        &[center.into(), but.into(), SHOWN.into()],
    )?;
    rows.into_iter().map(|row| row.columns().text()).collect()
}

/// The centers that one runs oneself, with their first accounts.
pub fn list_run(r: &mut Reader, pass: &SelfPass) -> Result<Vec<RunCenter>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT k.id, k.name FROM executive_administrator x JOIN account_center k ON k.id = x.center_id
             WHERE x.login_id = $1 ORDER BY k.id LIMIT $2"
        ),
        &[(&pass.person().login).into(), CENTERS.into()],
    )?;
    let mut centers = Vec::with_capacity(rows.len());
    for row in rows {
        let mut c = row.columns();
        let (id, name) = (c.parse()?, c.text()?);
        centers.push(RunCenter {
            accounts: first_accounts(r, &id)?,
            count: count_accounts(r, &id)?,
            id,
            name,
        });
    }
    Ok(centers)
}

fn first_accounts(r: &mut Reader, center: &AccountCenterId) -> Result<Vec<(AccountId, String)>, DbError> {
    let rows = r.tx().all(
        sql!("SELECT id, name FROM account WHERE center_id = $1 ORDER BY sort_name, id LIMIT $2"),
        &[center.into(), NAMED.into()],
    )?;
    let account = |row: Row| {
        let mut c = row.columns();
        Ok((c.parse()?, c.text()?))
    };
    rows.into_iter().map(account).collect()
}

fn count_accounts(r: &mut Reader, center: &AccountCenterId) -> Result<Count, DbError> {
    let row = r.tx().one(
        sql!("SELECT COUNT(*) FROM (SELECT id FROM account WHERE center_id = $1 LIMIT $2) few"),
        &[center.into(), (COUNTED + 1).into()],
    )?;
    let n = row.columns().int()?;
    Ok(Count { n: n.min(COUNTED), more: n > COUNTED })
}
