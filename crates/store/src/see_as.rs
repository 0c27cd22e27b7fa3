//! The times that somebody saw an account as one of its users. `pass/see_as.rs` says whether one goes on.

use domain::capability::proof::ManageUsers;
use domain::id::{AccountId, LoginId, SeeAsId, SessionId, UserId};
use domain::see_as;
use domain::time::{Span, Timestamp};

use crate::db::{Columns, DbError, Row, sql};
use crate::pass::{AccountPass, LeavePass, SelfPass, SystemPass};
use crate::secret;
use crate::session::{self, on_host};
use crate::work::{Reader, Writer};

/// How long a user sees who saw the account as them. The activity keeps it for ever.
const KEPT: Span = Span::days(90);
/// The most rows that are shown or swept at once.
const MOST: i64 = 50;

/// Whether the account allows it.
pub fn is_allowed(r: &mut Reader, pass: &AccountPass<ManageUsers>) -> Result<bool, DbError> {
    let row = r.tx().one(sql!("SELECT see_as FROM account WHERE id = $1"), &[pass.account().into()])?;
    row.columns().flag()
}

/// One that begins.
pub struct NewSeeAs<'a> {
    /// Who is seen.
    pub user: &'a UserId,
    /// Whose session it is that begins it.
    pub viewer: &'a LoginId,
    /// Their name in the account.
    pub viewer_name: &'a str,
    /// That session.
    pub session: &'a SessionId,
    /// Why.
    pub reason: &'a str,
    /// The account's own host where that is asked; `None` on the server's.
    pub host: Option<&'a str>,
}

/// Begins: the browser's session gets a token that nobody knows, and the browser what is handed out. What both people's
/// access rests on is kept by the statement that reads it.
pub fn insert(w: &mut Writer, pass: &AccountPass<ManageUsers>, new: &NewSeeAs) -> Result<String, DbError> {
    let (id, token, now) = (w.new_id::<SeeAsId>(), see_as::token(&w.new_token()), w.now);
    w.tx().exec(
        sql!(
            "INSERT INTO see_as (account_id, id, user_id, user_version, user_since, viewer_login_id, viewer_user_id,
                                 viewer_name, viewer_version, viewer_since, reason, session_id, token_hash, started_at, ends_at)
             SELECT u.account_id, $2, u.id, u.access_version, ux.created_at, l.id, m.id, $5,
                    COALESCE(m.access_version, 0), mx.created_at, $6, $7, $8, $9, $10
             FROM \"user\" u
             JOIN account a ON a.id = u.account_id
             JOIN login l ON l.id = $4
             LEFT JOIN \"user\" m ON m.account_id = u.account_id AND m.login_id = l.id AND m.status <> 'deleted'
             LEFT JOIN executive_administrator mx ON mx.center_id = a.center_id AND mx.login_id = l.id
             LEFT JOIN executive_administrator ux ON ux.center_id = a.center_id AND ux.login_id = u.login_id
             WHERE u.account_id = $1 AND u.id = $3"
        ),
        &[
            pass.account().into(),
            (&id).into(),
            new.user.into(),
            new.viewer.into(),
            new.viewer_name.into(),
            new.reason.into(),
            new.session.into(),
            on_host(&token, new.host).map(|token| secret::hash(&token)).into(),
            now.into(),
            (now + see_as::LASTS).into(),
        ],
    )?;
    session::hide(w, new.session)?;
    Ok(token)
}

/// Notes that one has ended; false if that was noted before.
pub fn update_ended(w: &mut Writer, account: &AccountId, id: &SeeAsId) -> Result<bool, DbError> {
    let now = w.now;
    let ended = w.tx().exec(
        sql!("UPDATE see_as SET ended_at = $3 WHERE account_id = $1 AND id = $2 AND ended_at IS NULL"),
        &[account.into(), id.into(), now.into()],
    )?;
    Ok(ended > 0)
}

/// Who leaves takes nothing along: what their browser had opens nothing any more.
pub fn update_left(w: &mut Writer, pass: &LeavePass) -> Result<(), DbError> {
    let Some(seeing) = pass.seeing() else { return Ok(()) };
    w.tx().exec(
        sql!("UPDATE see_as SET token_hash = NULL WHERE account_id = $1 AND id = $2"),
        &[(&seeing.account).into(), (&seeing.id).into()],
    )?;
    Ok(())
}

/// One whose end is to be noted.
pub struct Open {
    /// The account.
    pub account: AccountId,
    /// Which one.
    pub id: SeeAsId,
    /// Who is seen.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// The name of who sees.
    pub viewer: String,
}

/// Those that go on in the account.
pub fn list_open(r: &mut Reader, pass: &AccountPass<ManageUsers>) -> Result<Vec<Open>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT v.account_id, v.id, v.user_id, u.first_name, u.last_name, v.viewer_name
             FROM see_as v JOIN \"user\" u ON u.account_id = v.account_id AND u.id = v.user_id
             WHERE v.account_id = $1 AND v.ended_at IS NULL ORDER BY v.id"
        ),
        &[pass.account().into()],
    )?;
    rows.into_iter().map(read_open).collect()
}

/// Some whose time is over, and whose end nobody has noted.
pub fn list_overdue(r: &mut Reader, _pass: &SystemPass) -> Result<Vec<Open>, DbError> {
    let now = r.now;
    let rows = r.tx().all(
        sql!(
            "SELECT v.account_id, v.id, v.user_id, u.first_name, u.last_name, v.viewer_name
             FROM see_as v JOIN \"user\" u ON u.account_id = v.account_id AND u.id = v.user_id
             WHERE v.ended_at IS NULL AND v.ends_at <= $1 ORDER BY v.ends_at LIMIT $2"
        ),
        &[now.into(), MOST.into()],
    )?;
    rows.into_iter().map(read_open).collect()
}

fn read_open(row: Row) -> Result<Open, DbError> {
    let mut c = row.columns();
    let (account, id, user) = (c.parse()?, c.parse()?, c.parse()?);
    Ok(Open { account, id, user, name: name(&mut c)?, viewer: c.text()? })
}

fn name(c: &mut Columns) -> Result<String, DbError> {
    Ok(format!("{} {}", c.text()?, c.text()?).trim().to_owned())
}

/// That somebody saw an account as one, for oneself.
#[derive(Clone, Debug)]
pub struct OwnSeeAs {
    /// The account's name.
    pub account_name: String,
    /// Who saw it.
    pub viewer: String,
    /// Why.
    pub reason: String,
    /// When it began.
    pub started_at: Timestamp,
}

/// Who has lately seen an account as this person, newest first.
pub fn list_own(r: &mut Reader, pass: &SelfPass) -> Result<Vec<OwnSeeAs>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT a.name, v.viewer_name, v.reason, v.started_at
             FROM \"user\" u
             JOIN see_as v ON v.account_id = u.account_id AND v.user_id = u.id
             JOIN account a ON a.id = v.account_id
             WHERE u.login_id = $1 AND u.status <> 'deleted' ORDER BY v.started_at DESC, v.id DESC LIMIT $2"
        ),
        &[(&pass.person().login).into(), MOST.into()],
    )?;
    let read = |row: Row| {
        let mut c = row.columns();
        Ok(OwnSeeAs { account_name: c.text()?, viewer: c.text()?, reason: c.text()?, started_at: c.get()? })
    };
    rows.into_iter().map(read).collect()
}

/// Forgets those that ended long ago.
pub fn remove_old(w: &mut Writer) -> Result<u64, DbError> {
    let until = w.now - KEPT;
    w.tx().exec(sql!("DELETE FROM see_as WHERE ended_at IS NOT NULL AND ended_at <= $1"), &[until.into()])
}
