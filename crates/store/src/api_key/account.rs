//! What an account's administrators see of the keys of its users, and end.

use domain::capability::proof::ManageUsers;
use domain::id::{AccountId, ApiKeyId, LoginId, UserId};
use domain::time::Timestamp;

use super::own::NAMED;
use super::{ApiKeyRecord, read};
use crate::convert;
use crate::db::{DbError, Row, sql};
use crate::page::{LIMIT, Page};
use crate::pass::AccountPass;
use crate::work::{Reader, Writer};

/// A key that opens the account, or did.
#[derive(Clone, Debug)]
pub struct AccountKey {
    /// The key; when it was last used, is when it was last used in the account.
    pub key: ApiKeyRecord,
    /// Whose it is.
    pub user: UserId,
    /// Their name.
    pub owner: String,
    /// The login that it belongs to.
    pub login: LoginId,
    /// The address of that login.
    pub email: String,
    /// When it was ended here, and by whom.
    pub ended: Option<(Timestamp, String)>,
    /// The names of the first companies that it names.
    pub companies: Vec<String>,
    /// How many it names.
    pub count: i64,
}

macro_rules! keys_in {
    () => {
        "SELECT u.id, u.first_name, u.last_name, k.login_id, u.email, ka.ended_at, COALESCE(ka.ended_by, ''), k.id, k.name,
                k.capabilities, k.reads_only, k.in_companies, k.only_account_id, k.created_at, ka.last_used_at, k.expires_at
         FROM \"user\" u JOIN api_key k ON k.login_id = u.login_id
         LEFT JOIN api_key_account ka ON ka.account_id = $1 AND ka.api_key_id = k.id
         WHERE u.account_id = $1 AND u.status <> 'deleted' AND (k.only_account_id IS NULL OR k.only_account_id = $1)"
    };
}

/// One page of the keys of the account's users, or of one of them, user by user, behind a key of a user.
pub fn list_in(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    user: Option<&UserId>,
    after: (&str, &str),
) -> Result<Page<AccountKey>, DbError> {
    let rows = match user {
        Some(user) => r.tx().all(
            sql!(concat!(keys_in!(), " AND u.id = $2 AND k.id > $3 ORDER BY k.id LIMIT $4")),
            &[pass.account().into(), user.into(), after.1.into(), LIMIT.into()],
        )?,
        None => r.tx().all(
            sql!(concat!(
                keys_in!(),
                " AND u.id >= $2 AND (u.id, k.id) > ($2, $3) ORDER BY u.id, k.id LIMIT $4"
            )),
            &[pass.account().into(), after.0.into(), after.1.into(), LIMIT.into()],
        )?,
    };
    let mut page = Page::of(rows.into_iter().map(read_in).collect::<Result<_, DbError>>()?);
    list_companies(r, pass, &mut page.rows)?;
    Ok(page)
}

/// A key of one of the account's users.
pub fn find_in(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &ApiKeyId,
) -> Result<Option<AccountKey>, DbError> {
    let row =
        r.tx().optional(sql!(concat!(keys_in!(), " AND k.id = $2")), &[pass.account().into(), id.into()])?;
    row.map(read_in).transpose()
}

fn read_in(row: Row) -> Result<AccountKey, DbError> {
    let mut c = row.columns();
    let user = c.parse()?;
    let owner = format!("{} {}", c.text()?, c.text()?).trim().to_owned();
    let (login, email) = (c.parse()?, c.text()?);
    let (ended_at, by): (Option<Timestamp>, _) = (c.get()?, c.text()?);
    let ended = ended_at.map(|at| (at, by));
    Ok(AccountKey { user, owner, login, email, ended, key: read(&mut c)?, companies: Vec::new(), count: 0 })
}

/// Gives each key the names of its first companies, and how many there are.
fn list_companies(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    found: &mut [AccountKey],
) -> Result<(), DbError> {
    let keys = convert::list(found.iter().map(|one| &one.key.id));
    let rows = r.tx().all(
        sql!(
            "SELECT n.api_key_id, n.name, n.count FROM (
                 SELECT kc.api_key_id AS api_key_id, c.name AS name, c.sort_name AS sort_name,
                        COUNT(*) OVER (PARTITION BY kc.api_key_id) AS count,
                        ROW_NUMBER() OVER (PARTITION BY kc.api_key_id ORDER BY c.sort_name) AS place
                 FROM api_key_company kc JOIN company c ON c.account_id = kc.account_id AND c.id = kc.company_id
                 WHERE kc.account_id = $1 AND kc.api_key_id {in $2}) n
             WHERE n.place <= CAST($3 AS BIGINT) ORDER BY n.api_key_id, n.sort_name"
        ),
        &[pass.account().into(), keys, NAMED.into()],
    )?;
    for row in rows {
        let mut c = row.columns();
        let (key, name, count): (ApiKeyId, _, _) = (c.parse()?, c.text()?, c.int()?);
        for one in found.iter_mut().filter(|one| one.key.id == key) {
            one.companies.push(String::clone(&name));
            one.count = count;
        }
    }
    Ok(())
}

/// Ends a key in the account: it opens nothing of it from the next request on. False if it was ended before.
pub fn end_in(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    id: &ApiKeyId,
    by: &str,
) -> Result<bool, DbError> {
    let now = w.now;
    let ended = w.tx().exec(
        sql!(
            "INSERT INTO api_key_account (account_id, api_key_id, ended_at, ended_by) VALUES ($1, $2, $3, $4)
             ON CONFLICT (account_id, api_key_id) DO UPDATE SET ended_at = EXCLUDED.ended_at, ended_by = EXCLUDED.ended_by
             WHERE api_key_account.ended_at IS NULL"
        ),
        &[pass.account().into(), id.into(), now.into(), by.into()],
    )?;
    Ok(ended > 0)
}

/// Notes that a key was used in an account. One that has ended meanwhile is gone.
pub fn update_used_in(w: &mut Writer, account: &AccountId, id: &ApiKeyId) -> Result<(), DbError> {
    let now = w.now;
    w.tx().exec(
        sql!(
            "INSERT INTO api_key_account (account_id, api_key_id, last_used_at)
             SELECT $1, k.id, $3 FROM api_key k WHERE k.id = $2
             ON CONFLICT (account_id, api_key_id) DO UPDATE SET last_used_at = EXCLUDED.last_used_at"
        ),
        &[account.into(), id.into(), now.into()],
    )?;
    Ok(())
}
