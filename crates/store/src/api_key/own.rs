//! What a person sees of where their own keys are for.

use domain::id::{AccountId, ApiKeyId, LoginId};
use domain::time::Timestamp;

use crate::convert;
use crate::db::{DbError, Row, sql};
use crate::pass::{Acting, SelfPass};
use crate::work::Reader;

/// An account that a key is for alone, or in which it was ended.
#[derive(Clone, Debug)]
pub struct OwnWhere {
    /// The key.
    pub key: ApiKeyId,
    /// The account's name.
    pub account: String,
    /// When it was ended there, and by whom.
    pub ended: Option<(Timestamp, String)>,
    /// The names of the first companies there that it names and its owner has.
    pub companies: Vec<String>,
    /// How many of them there are.
    pub count: i64,
}

/// How many companies of a key are named.
pub(super) const NAMED: i64 = 5;

/// The accounts that one's keys are for alone, or in which they were ended, as far as one is there still. Of others nothing is told.
pub fn list_own_where(r: &mut Reader, pass: &SelfPass) -> Result<Vec<OwnWhere>, DbError> {
    let (now, login) = (r.now, &pass.person().login);
    let rows = r.tx().all(
        sql!(
            "SELECT k.id, a.name, ka.ended_at, COALESCE(ka.ended_by, '') FROM api_key k
             JOIN \"user\" u ON u.login_id = k.login_id AND u.status = 'active' AND (u.ends_at IS NULL OR u.ends_at > $2)
             JOIN account a ON a.id = u.account_id
             LEFT JOIN api_key_account ka ON ka.account_id = u.account_id AND ka.api_key_id = k.id
             WHERE k.login_id = $1 AND (k.only_account_id = u.account_id OR ka.ended_at IS NOT NULL)
             ORDER BY k.id, a.sort_name LIMIT 1000"
        ),
        &[login.into(), now.into()],
    )?;
    let read = |row: Row| {
        let mut c = row.columns();
        let (key, account, ended_at, by) = (c.parse()?, c.text()?, c.get::<Option<Timestamp>>()?, c.text()?);
        let ended = ended_at.map(|at| (at, by));
        Ok(OwnWhere { key, account, ended, companies: Vec::new(), count: 0 })
    };
    let mut found = rows.into_iter().map(read).collect::<Result<Vec<_>, DbError>>()?;
    name_companies(r, pass, &mut found)?;
    Ok(found)
}

/// The account that a key is for alone, where its owner is an active user of it.
pub fn find_account(
    r: &mut Reader,
    _pass: &impl Acting,
    login: &LoginId,
    id: &ApiKeyId,
) -> Result<Option<AccountId>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT u.account_id FROM api_key k
             JOIN \"user\" u ON u.account_id = k.only_account_id AND u.login_id = k.login_id AND u.status = 'active'
             WHERE k.id = $1 AND k.login_id = $2"
        ),
        &[id.into(), login.into()],
    )?;
    row.map(|row| row.columns().parse()).transpose()
}

fn name_companies(r: &mut Reader, pass: &SelfPass, found: &mut [OwnWhere]) -> Result<(), DbError> {
    let keys = convert::list(found.iter().map(|own| &own.key));
    let rows = r.tx().all(
        sql!(
            "SELECT n.api_key_id, n.name, n.count FROM (
                 SELECT kc.api_key_id AS api_key_id, c.name AS name, c.sort_name AS sort_name,
                        COUNT(*) OVER (PARTITION BY kc.api_key_id) AS count,
                        ROW_NUMBER() OVER (PARTITION BY kc.api_key_id ORDER BY c.sort_name) AS place
                 FROM api_key_company kc
                 JOIN \"user\" u ON u.account_id = kc.account_id AND u.login_id = $2 AND u.status = 'active'
                 JOIN company c ON c.account_id = kc.account_id AND c.id = kc.company_id
                 WHERE kc.api_key_id {in $1}
                   AND (u.user_type = 'administrator' OR EXISTS (
                       SELECT 1 FROM user_company g WHERE g.account_id = kc.account_id
                       AND g.user_id = u.id AND g.company_id = kc.company_id))) n
             WHERE n.place <= CAST($3 AS BIGINT) ORDER BY n.api_key_id, n.sort_name"
        ),
        &[keys, (&pass.person().login).into(), NAMED.into()],
    )?;
    for row in rows {
        let mut c = row.columns();
        let (key, name, count): (ApiKeyId, _, _) = (c.parse()?, c.text()?, c.int()?);
        for own in found.iter_mut().filter(|own| own.key == key) {
            own.companies.push(String::clone(&name));
            own.count = count;
        }
    }
    Ok(())
}
