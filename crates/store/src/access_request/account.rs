//! An account's requests and its request link.

use domain::access_request::LIFETIME;
use domain::capability::proof::ManageUsers;
use domain::id::{AccessRequestId, LoginId};
use domain::time::Timestamp;

use super::{RequestLink, RequestState, Waiting, token};
use crate::db::{Columns, DbError, Row, sql};
use crate::page::{COUNTED, Count, LIMIT, Page};
use crate::pass::{AccountPass, SelfPass};
use crate::secret;
use crate::work::{Reader, Writer};

/// A request with who asks.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its id.
    pub id: AccessRequestId,
    /// Who asks.
    pub login: LoginId,
    /// Their address.
    pub email: String,
    /// Their first name.
    pub first_name: String,
    /// Their last name.
    pub last_name: String,
    /// Their own words.
    pub message: Option<String>,
    /// Where it stands.
    pub state: RequestState,
    /// When they asked.
    pub created_at: Timestamp,
    /// Until when it waits.
    pub expires_at: Timestamp,
}

impl Found {
    /// First and last name as one.
    pub fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name).trim().to_owned()
    }
}

/// Makes the account's request of what a person asked for: its id, and whether it is new. Asked twice, it is one request
/// (index `access_request_open`).
pub fn insert(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    waiting: &Waiting,
) -> Result<(AccessRequestId, bool), DbError> {
    let (id, now) = (w.new_id::<AccessRequestId>(), w.now);
    let (account, login) = (pass.account(), &waiting.login);
    w.tx().exec(
        sql!(
            "DELETE FROM access_request
             WHERE account_id = $1 AND login_id = $2 AND state = 'open' AND expires_at <= $3"
        ),
        &[account.into(), login.into(), now.into()],
    )?;
    let inserted = w.tx().exec(
        sql!(
            "INSERT INTO access_request (account_id, id, login_id, message, state, created_at, expires_at)
             VALUES ($1, $2, $3, $4, 'open', $5, $6) ON CONFLICT DO NOTHING"
        ),
        &[
            account.into(),
            (&id).into(),
            login.into(),
            waiting.message.as_deref().into(),
            now.into(),
            (now + LIFETIME).into(),
        ],
    )?;
    if inserted > 0 {
        return Ok((id, true));
    }
    let row = w.tx().one(
        sql!("SELECT id FROM access_request WHERE account_id = $1 AND login_id = $2 AND state = 'open'"),
        &[account.into(), login.into()],
    )?;
    Ok((row.columns().parse()?, false))
}

/// The request of an id, unless it has expired or was given up.
pub fn find(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &AccessRequestId,
) -> Result<Option<Found>, DbError> {
    let now = r.now;
    let row = r.tx().optional(
        sql!(
            "SELECT q.id, l.id, l.email, l.first_name, l.last_name, q.message, q.state, q.created_at, q.expires_at
             FROM access_request q JOIN login l ON l.id = q.login_id
             WHERE q.account_id = $1 AND q.id = $2 AND q.expires_at > $3"
        ),
        &[pass.account().into(), id.into(), now.into()],
    )?;
    row.map(|row| read(&mut row.columns())).transpose()
}

/// One page of the requests that wait, oldest first; behind the request `after`.
pub fn list_open(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    after: Option<&AccessRequestId>,
) -> Result<Page<Found>, DbError> {
    let now = r.now;
    let after = after.map_or("", AccessRequestId::as_str);
    let rows = r.tx().all(
        sql!(
            "SELECT q.id, l.id, l.email, l.first_name, l.last_name, q.message, q.state, q.created_at, q.expires_at
             FROM access_request q JOIN login l ON l.id = q.login_id
             WHERE q.account_id = $1 AND q.state = 'open' AND q.id > $2 AND q.expires_at > $3
             ORDER BY q.id LIMIT $4"
        ),
        &[pass.account().into(), after.into(), now.into(), LIMIT.into()],
    )?;
    let found = |row: Row| read(&mut row.columns());
    Ok(Page::of(rows.into_iter().map(found).collect::<Result<_, _>>()?))
}

/// How many requests wait, as far as they are counted.
pub fn count_open(r: &mut Reader, pass: &AccountPass<ManageUsers>) -> Result<Count, DbError> {
    let now = r.now;
    let row = r.tx().one(
        sql!(
            "SELECT COUNT(*) FROM (
                 SELECT q.id FROM access_request q
                 WHERE q.account_id = $1 AND q.state = 'open' AND q.expires_at > $2 LIMIT $3) n"
        ),
        &[pass.account().into(), now.into(), (COUNTED + 1).into()],
    )?;
    let n = row.columns().int()?;
    Ok(Count { n: n.min(COUNTED), more: n > COUNTED })
}

/// Notes the decision; false if somebody else has decided, or it was given up or has expired.
pub fn update_decided(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    id: &AccessRequestId,
    state: RequestState,
    reason: Option<&str>,
) -> Result<bool, DbError> {
    let now = w.now;
    let changed = w.tx().exec(
        sql!(
            "UPDATE access_request SET state = $3, reason = $4
             WHERE account_id = $1 AND id = $2 AND state = 'open' AND expires_at > $5"
        ),
        &[pass.account().into(), id.into(), state.word().into(), reason.into(), now.into()],
    )?;
    Ok(changed > 0)
}

/// The account's request link; `None` if it never had one.
pub fn find_link(r: &mut Reader, pass: &AccountPass<ManageUsers>) -> Result<Option<RequestLink>, DbError> {
    let row = r.tx().one(
        sql!("SELECT request_link, COALESCE(request_hash, '') FROM account WHERE id = $1"),
        &[pass.account().into()],
    )?;
    let mut c = row.columns();
    let link = RequestLink { number: c.int()?, hash: c.text()? };
    Ok(Some(link).filter(|link| link.number > 0))
}

/// Gives the account a request link, or the next one in place of `present`; false if somebody else has meanwhile.
pub fn update_link(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    present: Option<i64>,
) -> Result<bool, DbError> {
    let (present, next) = (present.unwrap_or(0), present.unwrap_or(0) + 1);
    let hash = secret::hash(&token(w.key(), pass.account(), next));
    let changed = w.tx().exec(
        sql!("UPDATE account SET request_link = $2, request_hash = $3 WHERE id = $1 AND request_link = $4"),
        &[pass.account().into(), next.into(), hash.into(), present.into()],
    )?;
    Ok(changed > 0)
}

/// The name of the account that a request link is of; `None` if it does not work, or not any more.
pub fn find_by_link(r: &mut Reader, _pass: &SelfPass, token: &str) -> Result<Option<String>, DbError> {
    let row = r.tx().optional(
        sql!("SELECT name FROM account WHERE request_hash = $1 AND takes_requests = 1"),
        &[secret::hash(token).into()],
    )?;
    row.map(|row| row.columns().text()).transpose()
}

fn read(c: &mut Columns) -> Result<Found, DbError> {
    Ok(Found {
        id: c.parse()?,
        login: c.parse()?,
        email: c.text()?,
        first_name: c.text()?,
        last_name: c.text()?,
        message: c.text_or_null()?,
        state: c.parse()?,
        created_at: c.get()?,
        expires_at: c.get()?,
    })
}
