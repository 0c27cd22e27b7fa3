//! Passkeys, and what they are asked to sign (A-02, U-18, X-27).
//!
//! What was asked is taken out by one guarded statement before the answer is looked at, so that of many who answer it one is heard.

use domain::id::{LoginId, PasskeyId};
use domain::passkey::{MOST, Purpose};
use domain::time::{Span, Timestamp};

use crate::db::{DbError, Row, sql};
use crate::pass::SelfPass;
use crate::secret;
use crate::work::{Reader, Writer};

/// How long somebody has to answer.
pub const ANSWERED_WITHIN: Span = Span::minutes(5);

/// A passkey.
#[derive(Clone, Debug)]
pub struct Passkey {
    /// Its id.
    pub id: PasskeyId,
    /// Whose it is.
    pub login: LoginId,
    /// What its owner calls it.
    pub name: String,
    /// The public half and how often it has signed, as the library writes it.
    pub credential: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
}

/// The passkeys of a login, in the order they were added; all there are.
pub fn list(r: &mut Reader, login: &LoginId) -> Result<Vec<Passkey>, DbError> {
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let rows = r.tx().all(
        sql!(
            "SELECT id, login_id, name, credential, created_at, used_at FROM passkey
             WHERE login_id = $1 ORDER BY id LIMIT $2"
        ),
        &[login.into(), most.into()],
    )?;
    rows.into_iter().map(read).collect()
}

/// Whether a login has any.
pub fn is_any(r: &mut Reader, login: &LoginId) -> Result<bool, DbError> {
    let row = r.tx().optional(sql!("SELECT 1 FROM passkey WHERE login_id = $1 LIMIT 1"), &[login.into()])?;
    Ok(row.is_some())
}

/// One of one's own.
pub fn find(r: &mut Reader, pass: &SelfPass, id: &PasskeyId) -> Result<Option<Passkey>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT id, login_id, name, credential, created_at, used_at FROM passkey
             WHERE id = $1 AND login_id = $2"
        ),
        &[id.into(), (&pass.person().login).into()],
    )?;
    row.map(read).transpose()
}

/// Whoever's passkey a device calls so.
pub fn find_by_credential(r: &mut Reader, credential_id: &str) -> Result<Option<Passkey>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT id, login_id, name, credential, created_at, used_at FROM passkey
             WHERE credential_id = $1"
        ),
        &[credential_id.into()],
    )?;
    row.map(read).transpose()
}

fn read(row: Row) -> Result<Passkey, DbError> {
    let mut c = row.columns();
    Ok(Passkey {
        id: c.parse()?,
        login: c.parse()?,
        name: c.text()?,
        credential: c.text()?,
        created_at: c.get()?,
        used_at: c.get()?,
    })
}

/// Adds one to one's own.
pub fn insert(
    w: &mut Writer,
    pass: &SelfPass,
    name: &str,
    (credential_id, credential): (&str, &str),
) -> Result<PasskeyId, DbError> {
    let (id, now, key_number) = (w.new_id::<PasskeyId>(), w.now, w.key().number());
    w.tx().exec(
        sql!(
            "INSERT INTO passkey (id, login_id, credential_id, credential, name, created_at, key_number)
             VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        &[
            (&id).into(),
            (&pass.person().login).into(),
            credential_id.into(),
            credential.into(),
            name.into(),
            now.into(),
            key_number.into(),
        ],
    )?;
    Ok(id)
}

/// Gives one of one's own another name.
pub fn update_name(w: &mut Writer, passkey: &Passkey, name: &str) -> Result<(), DbError> {
    w.tx().exec(sql!("UPDATE passkey SET name = $2 WHERE id = $1"), &[(&passkey.id).into(), name.into()])?;
    Ok(())
}

/// Notes that it was used, and how often it has signed by now; false if it was removed or used otherwise meanwhile.
pub fn update_used(w: &mut Writer, passkey: &Passkey, credential: &str) -> Result<bool, DbError> {
    let now = w.now;
    let used = w.tx().exec(
        sql!("UPDATE passkey SET credential = $3, used_at = $4 WHERE id = $1 AND credential = $2"),
        &[(&passkey.id).into(), (&passkey.credential).into(), credential.into(), now.into()],
    )?;
    Ok(used > 0)
}

/// Takes one away; false if it is gone.
pub fn remove(w: &mut Writer, passkey: &Passkey) -> Result<bool, DbError> {
    let removed = w.tx().exec(sql!("DELETE FROM passkey WHERE id = $1"), &[(&passkey.id).into()])?;
    Ok(removed > 0)
}

/// Takes all of a login away; how many.
pub fn remove_all(w: &mut Writer, login: &LoginId) -> Result<u64, DbError> {
    w.tx().exec(sql!("DELETE FROM passkey WHERE login_id = $1"), &[login.into()])
}

/// Keeps what a passkey is asked to sign; the token is for the browser that asks. `of` is the session or login it is of.
pub fn insert_challenge(w: &mut Writer, purpose: Purpose, of: &str, state: &str) -> Result<String, DbError> {
    let (token, now) = (w.new_token(), w.now);
    w.tx().exec(
        sql!(
            "INSERT INTO passkey_challenge (token_hash, purpose, of_id, state, expires_at)
             VALUES ($1, $2, $3, $4, $5)"
        ),
        &[
            secret::hash(&token).into(),
            purpose.word().into(),
            of.into(),
            state.into(),
            (now + ANSWERED_WITHIN).into(),
        ],
    )?;
    Ok(token)
}

/// Takes it out again, for this purpose and of the same; `None` if there is none, or somebody else has.
pub fn take_challenge(
    w: &mut Writer,
    token: &str,
    purpose: Purpose,
    of: &str,
) -> Result<Option<String>, DbError> {
    let now = w.now;
    let row = w.tx().optional(
        sql!(
            "DELETE FROM passkey_challenge
             WHERE token_hash = $1 AND purpose = $2 AND of_id = $3 AND expires_at > $4
             RETURNING state"
        ),
        &[secret::hash(token).into(), purpose.word().into(), of.into(), now.into()],
    )?;
    row.map(|row| row.columns().text()).transpose()
}

/// Forgets what nobody has answered in time.
pub fn remove_expired(w: &mut Writer) -> Result<u64, DbError> {
    let now = w.now;
    w.tx().exec(sql!("DELETE FROM passkey_challenge WHERE expires_at <= $1"), &[now.into()])
}
