//! Second factors: an app that shows codes, recovery codes, and the ticket of who has still to show one.
//!
//! Whether a code is used up is decided by one guarded statement each, so that of many who type the same one succeeds.

use domain::id::LoginId;
use domain::second_factor::AppClock;
use domain::time::{Span, Timestamp};

use crate::db::{Columns, DbError, Value, sql};
use crate::pass::{SecondFactorPass, SelfPass};
use crate::passkey;
use crate::secret::{self, Key};
use crate::session::on_host;
use crate::work::{Reader, Writer};

/// Whether a login, by this name in a statement, has a second factor of any kind.
macro_rules! has_second_factor {
    ($login:literal) => {
        concat!(
            "(EXISTS (SELECT 1 FROM second_factor f WHERE f.login_id = ",
            $login,
            " AND f.confirmed_at IS NOT NULL)
              OR EXISTS (SELECT 1 FROM passkey y WHERE y.login_id = ",
            $login,
            "))"
        )
    };
}
pub(crate) use has_second_factor;

/// How long somebody has for the code, after everything else.
pub const TICKET_LIFETIME: Span = Span::minutes(10);
/// How long an app is shown that does not count yet.
pub const SHOWN_FOR: Span = Span::minutes(30);

/// The app of a login.
#[derive(Clone, Copy, Debug)]
pub struct SecondFactor {
    /// Which of those that were shown it is, and the number of the key that its secret follows from.
    pub shown: Shown,
    /// Since when it counts; `None` while no code of it was typed.
    pub since: Option<Timestamp>,
    /// How its clock stands to ours.
    pub clock: AppClock,
}

/// Which app of a login it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Which of those that were shown.
    pub generation: i64,
    /// The number of the key that its secret follows from: the app has the secret, so another key makes no other of it.
    pub key_number: i64,
}

/// The secret of the app, which is stored nowhere; `None` where its key was forgotten.
pub fn secret(key: &Key, login: &LoginId, shown: Shown) -> Option<[u8; 20]> {
    let bytes =
        key.numbered(shown.key_number)?.bytes("second factor", &format!("{login}|{}", shown.generation));
    Some(std::array::from_fn(|at| bytes[at]))
}

/// The app of a login, if one was ever shown.
pub fn find(r: &mut Reader, login: &LoginId) -> Result<Option<SecondFactor>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT generation, key_number, confirmed_at, drift, seen_drift, last_step FROM second_factor
             WHERE login_id = $1"
        ),
        &[login.into()],
    )?;
    row.map(|row| {
        let mut c = row.columns();
        let (shown, since) = (read_shown(&mut c)?, c.get()?);
        let clock = AppClock { drift: c.int()?, seen_drift: c.int_or_null()?, last_step: c.int()? };
        Ok(SecondFactor { shown, since, clock })
    })
    .transpose()
}

/// Whether a second factor is asked for when the login signs in, of whatever kind.
pub fn is_on(r: &mut Reader, login: &LoginId) -> Result<bool, DbError> {
    Ok(has_app(r, login)? || passkey::is_any(r, login)?)
}

/// Whether an app of the login shows codes that count.
pub fn has_app(r: &mut Reader, login: &LoginId) -> Result<bool, DbError> {
    Ok(find(r, login)?.is_some_and(|factor| factor.since.is_some()))
}

/// The app that was shown a while ago in this session, and does not count yet. What was shown in another one
/// might be known to whoever had that.
pub fn find_shown(r: &mut Reader, pass: &SelfPass) -> Result<Option<Shown>, DbError> {
    let since = r.now - SHOWN_FOR;
    let row = r.tx().optional(
        sql!(
            "SELECT generation, key_number FROM second_factor
             WHERE login_id = $1 AND session_id = $2 AND shown_at > $3 AND confirmed_at IS NULL"
        ),
        &[(&pass.person().login).into(), pass.session().into(), since.into()],
    )?;
    row.map(|row| read_shown(&mut row.columns())).transpose()
}

fn read_shown(c: &mut Columns) -> Result<Shown, DbError> {
    Ok(Shown { generation: c.int()?, key_number: c.int()? })
}

/// Makes a new app to be shown in this session, in place of one that was shown and never confirmed; false if one is confirmed.
pub fn begin(w: &mut Writer, pass: &SelfPass) -> Result<bool, DbError> {
    let (now, key_number) = (w.now, w.key().number());
    let begun = w.tx().exec(
        sql!(
            "INSERT INTO second_factor (login_id, generation, session_id, shown_at, last_step, key_number)
             VALUES ($1, 1, $2, $3, 0, $4)
             ON CONFLICT (login_id) DO UPDATE SET
                 generation = second_factor.generation + 1, session_id = $2, shown_at = $3, key_number = $4
             WHERE second_factor.confirmed_at IS NULL"
        ),
        &[(&pass.person().login).into(), pass.session().into(), now.into(), key_number.into()],
    )?;
    Ok(begun > 0)
}

/// Lets the app that was shown count, by a code of it, which is used up, and shows how its clock stands to ours; false if another one
/// was shown since.
pub fn confirm(
    w: &mut Writer,
    pass: &SelfPass,
    generation: i64,
    step: i64,
    drift: i64,
) -> Result<bool, DbError> {
    let now = w.now;
    let confirmed = w.tx().exec(
        sql!(
            "UPDATE second_factor SET confirmed_at = $4, last_step = $5, drift = $6, seen_drift = NULL
             WHERE login_id = $1 AND generation = $2 AND session_id = $3 AND confirmed_at IS NULL"
        ),
        &[
            (&pass.person().login).into(),
            generation.into(),
            pass.session().into(),
            now.into(),
            step.into(),
            drift.into(),
        ],
    )?;
    Ok(confirmed > 0)
}

/// Uses up the code of a half minute, and all before it, and keeps how the app's clock stands to ours; false if it is used up.
pub fn take_step(
    w: &mut Writer,
    login: &LoginId,
    generation: i64,
    step: i64,
    drift: i64,
) -> Result<bool, DbError> {
    let taken = w.tx().exec(
        sql!(
            "UPDATE second_factor SET last_step = $3, drift = $4, seen_drift = NULL
             WHERE login_id = $1 AND generation = $2 AND confirmed_at IS NOT NULL AND last_step < $3"
        ),
        &[login.into(), generation.into(), step.into(), drift.into()],
    )?;
    Ok(taken > 0)
}

/// Uses up the code of a half minute that was refused, and keeps how the app's clock stands if one more shows the same; false if it is
/// used up.
pub fn refuse_step(
    w: &mut Writer,
    login: &LoginId,
    generation: i64,
    step: i64,
    drift: i64,
) -> Result<bool, DbError> {
    let refused = w.tx().exec(
        sql!(
            "UPDATE second_factor SET last_step = $3, seen_drift = $4
             WHERE login_id = $1 AND generation = $2 AND confirmed_at IS NOT NULL AND last_step < $3"
        ),
        &[login.into(), generation.into(), step.into(), drift.into()],
    )?;
    Ok(refused > 0)
}

/// Forgets what the last code has shown of the app's clock: something else was typed behind it.
pub fn forget_seen_drift(w: &mut Writer, login: &LoginId) -> Result<(), DbError> {
    w.tx().exec(
        sql!("UPDATE second_factor SET seen_drift = NULL WHERE login_id = $1 AND seen_drift IS NOT NULL"),
        &[login.into()],
    )?;
    Ok(())
}

/// Takes the app away; false if there is none that counts.
pub fn remove_app(w: &mut Writer, login: &LoginId) -> Result<bool, DbError> {
    let removed = w.tx().exec(
        sql!(
            "UPDATE second_factor SET confirmed_at = NULL, generation = generation + 1
             WHERE login_id = $1 AND confirmed_at IS NOT NULL"
        ),
        &[login.into()],
    )?;
    Ok(removed > 0)
}

/// Takes the recovery codes away, and ends the tickets, where there is no factor any more that they stand in for.
pub fn remove_codes(w: &mut Writer, login: &LoginId) -> Result<(), DbError> {
    if is_on(w, login)? {
        return Ok(());
    }
    w.tx().exec(sql!("DELETE FROM recovery_code WHERE login_id = $1"), &[login.into()])?;
    remove_tickets(w, login)
}

/// Gives a login these recovery codes in place of those it has.
pub fn replace_codes(w: &mut Writer, login: &LoginId, codes: &[String]) -> Result<(), DbError> {
    w.tx().exec(sql!("DELETE FROM recovery_code WHERE login_id = $1"), &[login.into()])?;
    for code in codes {
        w.tx().exec(
            sql!("INSERT INTO recovery_code (login_id, code_hash) VALUES ($1, $2)"),
            &[login.into(), hash_of(login, code)],
        )?;
    }
    Ok(())
}

/// Uses a recovery code up; false if it is none, or was used.
pub fn take_code(w: &mut Writer, login: &LoginId, code: &str) -> Result<bool, DbError> {
    let now = w.now;
    let taken = w.tx().exec(
        sql!(
            "UPDATE recovery_code SET used_at = $3
             WHERE login_id = $1 AND code_hash = $2 AND used_at IS NULL"
        ),
        &[login.into(), hash_of(login, code), now.into()],
    )?;
    Ok(taken > 0)
}

/// How many recovery codes a login has left.
pub fn count_codes(r: &mut Reader, login: &LoginId) -> Result<i64, DbError> {
    let row = r.tx().one(
        sql!("SELECT COUNT(*) FROM recovery_code WHERE login_id = $1 AND used_at IS NULL"),
        &[login.into()],
    )?;
    row.columns().int()
}

fn hash_of(login: &LoginId, code: &str) -> Value {
    secret::hash(&format!("{login}|{code}")).into()
}

/// Hands out a ticket for whoever has shown everything but the code, for one host.
pub fn insert_ticket(w: &mut Writer, login: &LoginId, host: Option<&str>) -> Result<String, DbError> {
    let (token, now) = (w.new_token(), w.now);
    w.tx().exec(
        sql!("INSERT INTO sign_in_ticket (token_hash, login_id, expires_at) VALUES ($1, $2, $3)"),
        &[
            on_host(&token, host).map(|token| secret::hash(&token)).into(),
            login.into(),
            (now + TICKET_LIFETIME).into(),
        ],
    )?;
    Ok(token)
}

/// Uses a ticket up; false if it was.
pub fn remove_ticket(w: &mut Writer, pass: &SecondFactorPass) -> Result<bool, DbError> {
    let removed = w.tx().exec(
        sql!("DELETE FROM sign_in_ticket WHERE token_hash = $1 AND login_id = $2"),
        &[pass.ticket_hash().into(), (&pass.login.id).into()],
    )?;
    Ok(removed > 0)
}

/// Ends all tickets of a login.
pub fn remove_tickets(w: &mut Writer, login: &LoginId) -> Result<(), DbError> {
    w.tx().exec(sql!("DELETE FROM sign_in_ticket WHERE login_id = $1"), &[login.into()])?;
    Ok(())
}

/// Forgets tickets that have ended.
pub fn remove_expired(w: &mut Writer) -> Result<u64, DbError> {
    let now = w.now;
    w.tx().exec(sql!("DELETE FROM sign_in_ticket WHERE expires_at <= $1"), &[now.into()])
}
