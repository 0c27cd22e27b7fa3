//! Access requests (U-16). What a person asked for, by whatever name of the account, is theirs; the account's request is
//! made of it later, by the worker, so that no answer and no time it takes tells which accounts there are.

mod account;
mod mailed;

use domain::access_request::{LIFETIME, Named, NewAccessRequest};
use domain::capability::proof::ManageUsers;
use domain::email::canonical;
use domain::id::{AccessRequestId, AccountId, LoginId};
use domain::time::Timestamp;
use domain::user::Unknown;

pub use account::{
    Found, count_open, find, find_by_link, find_link, insert, list_open, update_decided, update_link,
};
pub use mailed::{Answered, Asked, find_approved, find_asked, find_declined, find_offer};

use crate::db::{DbError, Row, sql};
use crate::pass::{AccountPass, SelfPass, SystemPass};
use crate::secret::{self, Key};
use crate::work::{Origin, Reader, Writer};

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestState {
    /// Nobody has decided yet.
    Open,
    /// They were let in.
    Approved,
    /// They were not.
    Declined,
}

impl RequestState {
    /// The word in the database.
    pub fn word(self) -> &'static str {
        match self {
            RequestState::Open => "open",
            RequestState::Approved => "approved",
            RequestState::Declined => "declined",
        }
    }
}

impl std::str::FromStr for RequestState {
    type Err = Unknown;

    fn from_str(word: &str) -> Result<Self, Unknown> {
        match word {
            "open" => Ok(RequestState::Open),
            "approved" => Ok(RequestState::Approved),
            "declined" => Ok(RequestState::Declined),
            _ => Err(Unknown),
        }
    }
}

/// What a person asked for, as their own list shows it.
#[derive(Clone, Debug)]
pub struct OwnRequest {
    /// Its id.
    pub id: AccessRequestId,
    /// How they named the account; empty for its request link.
    pub named: String,
    /// Where it stands. Whether there is such an account is not told: then it is open, too.
    pub state: RequestState,
    /// Why it was declined, if that was said.
    pub reason: Option<String>,
    /// When they asked.
    pub created_at: Timestamp,
    /// Until when it waits.
    pub expires_at: Timestamp,
}

/// What waits for the worker to look for its account.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Its id.
    pub id: AccessRequestId,
    /// Who asks.
    pub login: LoginId,
    /// How they named the account: a number, a link's hash or an address.
    named: String,
    /// Their own words.
    pub message: Option<String>,
    /// Where it was asked.
    pub origin: Origin,
}

/// What stands before the hash of a link, where an account is named by one.
const BY_LINK: &str = "link ";

/// An account's request link. It is found by its hash.
#[derive(Clone, Debug)]
pub struct RequestLink {
    /// Which it is of those that the account had.
    pub number: i64,
    pub(crate) hash: String,
}

impl RequestLink {
    /// The token of the link; `None` where it is none that a key makes which is still there.
    pub fn token(&self, key: &Key, account: &AccountId) -> Option<String> {
        key.each().map(|key| token(&key, account, self.number)).find(|token| secret::hash(token) == self.hash)
    }
}

/// The token of an account's request link. Each has its own, so that earlier ones are dead.
pub fn token(key: &Key, account: &AccountId, number: i64) -> String {
    key.token("request link", &[account.as_str(), &number.to_string()])
}

fn stored(named: &Named) -> String {
    match named {
        Named::Number(id) => id.to_string(),
        Named::Link(token) => format!("{BY_LINK}{}", secret::hash(token)),
        Named::Administrator(address) => address.canonical(),
    }
}

/// Notes what a person asks for. Nothing is looked up, so that this takes the same time for every account. Asked
/// again under the same name, it waits anew; the account's request stays one.
pub fn insert_ask(
    w: &mut Writer,
    pass: &SelfPass,
    new: &NewAccessRequest,
) -> Result<AccessRequestId, DbError> {
    let (id, now, origin) = (w.new_id::<AccessRequestId>(), w.now, w.origin().clone());
    let row = w.tx().one(
        sql!(
            "INSERT INTO access_ask (id, login_id, named, message, network, request_id, language, waits, created_at,
                                     expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9)
             ON CONFLICT (login_id, named) DO UPDATE SET
                 message = excluded.message, network = excluded.network, request_id = excluded.request_id,
                 language = excluded.language, waits = 1, created_at = excluded.created_at,
                 expires_at = excluded.expires_at
             RETURNING id"
        ),
        &[
            (&id).into(),
            (&pass.person().login).into(),
            stored(&new.named).into(),
            new.message.as_deref().into(),
            origin.network.into(),
            origin.request_id.into(),
            origin.language.into(),
            now.into(),
            (now + LIFETIME).into(),
        ],
    )?;
    row.columns().parse()
}

/// How many of their own requests a person is shown. Asking is limited, so that there are seldom more.
const SHOWN: i64 = 50;

/// What a person has asked for and is not over, newest first. What was approved is among their accounts instead.
pub fn list_own(r: &mut Reader, pass: &SelfPass) -> Result<Vec<OwnRequest>, DbError> {
    let now = r.now;
    let rows = r.tx().all(
        sql!(
            "SELECT a.id, a.named, COALESCE(q.state, 'open'), q.reason, a.created_at, a.expires_at
             FROM access_ask a
             LEFT JOIN access_request q ON q.login_id = a.login_id AND q.id = a.access_request_id
             WHERE a.login_id = $1 AND a.expires_at > $2 AND (q.state IS NULL OR q.state <> 'approved')
             ORDER BY a.created_at DESC, a.id DESC LIMIT $3"
        ),
        &[(&pass.person().login).into(), now.into(), SHOWN.into()],
    )?;
    let read = |row: Row| {
        let mut c = row.columns();
        let (id, named) = (c.parse()?, c.text()?);
        let named = if named.starts_with(BY_LINK) { String::new() } else { named };
        let (state, reason) = (c.parse()?, c.text_or_null()?);
        Ok(OwnRequest { id, named, state, reason, created_at: c.get()?, expires_at: c.get()? })
    };
    rows.into_iter().map(read).collect()
}

/// Where what a person asked for stands; `None` if there is no such thing.
pub fn find_own_state(
    r: &mut Reader,
    pass: &SelfPass,
    id: &AccessRequestId,
) -> Result<Option<RequestState>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT COALESCE(q.state, 'open') FROM access_ask a
             LEFT JOIN access_request q ON q.login_id = a.login_id AND q.id = a.access_request_id
             WHERE a.login_id = $1 AND a.id = $2"
        ),
        &[(&pass.person().login).into(), id.into()],
    )?;
    row.map(|row| row.columns().parse()).transpose()
}

/// Gives up what a person asked for; false if there is no such thing. The account of the request that goes with it, if
/// there was one: as long as they ask for it under another name, it stays.
pub fn remove_own(
    w: &mut Writer,
    pass: &SelfPass,
    id: &AccessRequestId,
) -> Result<Option<Option<(AccountId, AccessRequestId)>>, DbError> {
    let login = &pass.person().login;
    let row = w.tx().optional(
        sql!("DELETE FROM access_ask WHERE login_id = $1 AND id = $2 RETURNING access_request_id"),
        &[login.into(), id.into()],
    )?;
    let Some(row) = row else { return Ok(None) };
    let Some(request) = row.columns().parse_or_null::<AccessRequestId>()? else { return Ok(Some(None)) };
    let row = w.tx().optional(
        sql!(
            "DELETE FROM access_request WHERE login_id = $1 AND id = $2 AND state = 'open' AND NOT EXISTS (
                 SELECT 1 FROM access_ask a WHERE a.login_id = $1 AND a.access_request_id = $2)
             RETURNING account_id"
        ),
        &[login.into(), (&request).into()],
    )?;
    let account = row.map(|row| row.columns().parse()).transpose()?;
    Ok(Some(account.map(|account| (account, request))))
}

/// What waits for the worker, oldest first.
pub fn list_waiting(r: &mut Reader, _pass: &SystemPass, most: i64) -> Result<Vec<Waiting>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT id, login_id, named, message, network, request_id, language FROM access_ask
             WHERE waits = 1 ORDER BY id LIMIT $1"
        ),
        &[most.into()],
    )?;
    let read = |row: Row| {
        let mut c = row.columns();
        let (id, login, named, message) = (c.parse()?, c.parse()?, c.text()?, c.text_or_null()?);
        Ok(Waiting {
            id,
            login,
            named,
            message,
            origin: Origin { network: c.text()?, request_id: c.text()?, language: c.text()? },
        })
    };
    rows.into_iter().map(read).collect()
}

/// Takes out what waits; false if another worker did, or it was given up.
pub fn update_taken(w: &mut Writer, _pass: &SystemPass, id: &AccessRequestId) -> Result<bool, DbError> {
    Ok(w.tx().exec(sql!("UPDATE access_ask SET waits = 0 WHERE id = $1 AND waits = 1"), &[id.into()])? > 0)
}

/// Notes which request became of it.
pub fn update_found(
    w: &mut Writer,
    _pass: &SystemPass,
    id: &AccessRequestId,
    request: &AccessRequestId,
) -> Result<(), DbError> {
    w.tx().exec(
        sql!("UPDATE access_ask SET access_request_id = $2 WHERE id = $1"),
        &[id.into(), request.into()],
    )?;
    Ok(())
}

/// The account that is named, if it takes requests and the person is not in it. Of several that an administrator has, the
/// one they were in last.
pub fn find_account(
    r: &mut Reader,
    _pass: &SystemPass,
    waiting: &Waiting,
) -> Result<Option<AccountId>, DbError> {
    let now = r.now;
    let (named, login) = (waiting.named.as_str(), (&waiting.login).into());
    let row = if let Some(hash) = named.strip_prefix(BY_LINK) {
        r.tx().optional(
            sql!(
                "SELECT a.id FROM account a WHERE a.request_hash = $1 AND a.takes_requests = 1 AND NOT EXISTS (
                     SELECT 1 FROM \"user\" u
                     WHERE u.account_id = a.id AND u.login_id = $2 AND u.status <> 'deleted')"
            ),
            &[hash.into(), login],
        )?
    } else if named.contains('@') {
        r.tx().optional(
            sql!(
                "SELECT a.id FROM login l
                 JOIN \"user\" b ON b.login_id = l.id AND b.status = 'active' AND b.user_type = 'administrator'
                      AND (b.ends_at IS NULL OR b.ends_at > $3)
                 JOIN account a ON a.id = b.account_id AND a.takes_requests = 1
                 WHERE l.email_canonical = $1 AND l.email_proven_at IS NOT NULL AND NOT EXISTS (
                     SELECT 1 FROM \"user\" u
                     WHERE u.account_id = a.id AND u.login_id = $2 AND u.status <> 'deleted')
                 ORDER BY b.last_active_at DESC, a.id LIMIT 1"
            ),
            &[named.into(), login, now.into()],
        )?
    } else {
        r.tx().optional(
            sql!(
                "SELECT a.id FROM account a WHERE a.id = $1 AND a.takes_requests = 1 AND NOT EXISTS (
                     SELECT 1 FROM \"user\" u
                     WHERE u.account_id = a.id AND u.login_id = $2 AND u.status <> 'deleted')"
            ),
            &[named.into(), login],
        )?
    };
    row.map(|row| row.columns().parse()).transpose()
}

/// Whether an address belongs to an account outside the inviter's account center, and to none within it (U-15): somebody
/// signs in with it who has a place there, also one that is switched off. Who is merely invited there, or gets
/// notifications, has none; nor has who has not shown that the address is theirs: an administrator there could have made the
/// login, to keep its owner out of here.
pub fn is_elsewhere(r: &mut Reader, pass: &AccountPass<ManageUsers>, address: &str) -> Result<bool, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT u.id FROM login l JOIN \"user\" u ON u.login_id = l.id AND u.status IN ('active', 'suspended')
             JOIN account here ON here.id = $2
             WHERE l.email_canonical = $1 AND u.account_id <> here.id AND l.email_proven_at IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM \"user\" i
                               JOIN account c ON c.id = i.account_id AND c.center_id = here.center_id
                               WHERE i.login_id = l.id AND i.status IN ('active', 'suspended'))
               AND NOT EXISTS (SELECT 1 FROM executive_administrator x
                               WHERE x.login_id = l.id AND x.center_id = here.center_id)
             LIMIT 1"
        ),
        &[canonical(address).into(), pass.account().into()],
    )?;
    Ok(row.is_some())
}

/// Takes back all that a login waits for, when it is merged into another, which can ask itself.
pub fn remove_all(w: &mut Writer, _pass: &SelfPass, login: &LoginId) -> Result<(), DbError> {
    w.tx().exec(sql!("DELETE FROM access_ask WHERE login_id = $1"), &[login.into()])?;
    w.tx()
        .exec(sql!("DELETE FROM access_request WHERE login_id = $1 AND state = 'open'"), &[login.into()])?;
    Ok(())
}

/// Forgets what nobody has answered in time, and what was answered long ago.
pub fn remove_expired(w: &mut Writer) -> Result<(), DbError> {
    let now = w.now;
    w.tx().exec(sql!("DELETE FROM access_ask WHERE expires_at <= $1"), &[now.into()])?;
    w.tx().exec(sql!("DELETE FROM access_request WHERE expires_at <= $1"), &[now.into()])?;
    Ok(())
}
