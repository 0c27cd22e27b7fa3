//! Sessions: signed-in browsers.

use domain::id::{AccountId, LoginId, SessionId, SingleSignOnId};
use domain::see_as;
use domain::time::{Span, Timestamp};

use crate::db::{DbError, sql};
use crate::pass::{LeavePass, SelfPass};
use crate::secret;
use crate::single_sign_on;
use crate::work::{Reader, Writer};

/// How long a session lives at most.
pub const LIFETIME: Span = Span::days(30);
/// How long a session lives without being used.
pub const IDLE: Span = Span::days(7);
/// How long a session by an account's provider lives at most: whoever is gone there is gone here by the next day.
pub const BY_PROVIDER: Span = Span::hours(12);
/// When somebody showed who they are of whom that is not known.
const NEVER: Timestamp = Timestamp::from_micros(0);
/// How often it is noted that a session is in use.
pub const NOTE_EVERY: Span = Span::minutes(1);

/// A session in the list of one's own.
#[derive(Clone, Debug)]
pub struct SessionRecord {
    /// The session.
    pub id: SessionId,
    /// The browser and system it told of.
    pub device: String,
    /// The network it was started from.
    pub network: String,
    /// When it was started.
    pub created_at: Timestamp,
    /// When it was last used.
    pub seen_at: Timestamp,
}

/// A session's token as it is on an account's own host; without one on the server's. A cookie of one host is none on another,
/// also for who writes the host behind it by hand: a token with an `@` is nobody's.
pub fn on_host(token: &str, host: Option<&str>) -> Option<String> {
    if token.contains('@') {
        return None;
    }
    Some(host.map_or_else(|| token.to_owned(), |host| format!("{token}@{host}")))
}

/// What a session opens.
#[derive(Clone, Copy, Debug)]
pub enum Opens<'a> {
    /// All that its person has, on this host; without one on the server's.
    All(Option<&'a str>),
    /// This account, as long as this is its provider.
    Account(&'a AccountId, &'a SingleSignOnId),
}

impl Opens<'_> {
    fn provider(&self) -> Option<&SingleSignOnId> {
        match self {
            Opens::All(_) => None,
            Opens::Account(_, provider) => Some(provider),
        }
    }

    /// What a new token is stored as, and how its browser has it.
    fn give(&self, token: String) -> (Option<String>, String) {
        match self {
            Opens::All(host) => (on_host(&token, *host).map(|token| secret::hash(&token)), token),
            Opens::Account(account, provider) => {
                let stored = on_host(&token, Some(provider.as_str())).map(|token| secret::hash(&token));
                (stored, format!("{account}.{token}"))
            }
        }
    }
}

/// What a session's token is stored as, and the account that it is bound to. One of single sign-on comes as `ACC….token`, and is
/// stored together with the account's provider: it is no session of another account, and none once the provider is another.
pub(crate) fn stored_hash(r: &mut Reader, token: &str) -> Result<(String, Option<AccountId>), DbError> {
    let bound = token.split_once('.').and_then(|(account, token)| Some((account.parse().ok()?, token)));
    let Some((account, own)): Option<(AccountId, &str)> = bound else {
        return Ok((secret::hash(token), None));
    };
    let provider = single_sign_on::find(r, &account)?.map(|provider| provider.id);
    let stored = provider.and_then(|provider| on_host(own, Some(provider.as_str())));
    Ok((secret::hash(stored.as_deref().unwrap_or(token)), Some(account)))
}

/// Starts a session and hands out its token, which is stored nowhere. The session that the browser came with, by
/// its token, ends: it may have been planted there. `shown_at` is when its person showed that it is them, where that is known.
pub fn insert(
    w: &mut Writer,
    login: &LoginId,
    device: &str,
    came_with: Option<&str>,
    (opens, shown_at): (Opens, Option<Timestamp>),
) -> Result<(SessionId, String), DbError> {
    if let Some(old) = came_with {
        let (old_hash, _) = stored_hash(w, old)?;
        w.tx().exec(sql!("DELETE FROM session WHERE token_hash = $1"), &[old_hash.into()])?;
        remove_hidden(w, old)?;
    }
    let (id, token, now) = (w.new_id::<SessionId>(), w.new_token(), w.now);
    let (network, lives) = (w.origin().network.clone(), opens.provider().map_or(IDLE, |_| BY_PROVIDER));
    let (stored, given) = opens.give(token);
    w.tx().put(
        sql!(
            "INSERT INTO session (id, token_hash, login_id, network, device, created_at, seen_at, proven_at, expires_at,
                                  single_sign_on_id)
             VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9)"
        ),
        &[
            (&id).into(),
            stored.into(),
            login.into(),
            network.into(),
            device.into(),
            now.into(),
            shown_at.unwrap_or(NEVER).into(),
            (now + lives).into(),
            opens.provider().into(),
        ],
    )?;
    Ok((id, given))
}

/// Ends the session that waits while its browser sees an account as somebody else.
fn remove_hidden(w: &mut Writer, token: &str) -> Result<(), DbError> {
    if see_as::is_token(token) {
        w.tx().exec(
            sql!("DELETE FROM session WHERE id IN (SELECT session_id FROM see_as WHERE token_hash = $1)"),
            &[secret::hash(token).into()],
        )?;
    }
    Ok(())
}

/// Gives a session a token that nobody knows: it waits for [`renew`], and opens nothing meanwhile.
pub(crate) fn hide(w: &mut Writer, id: &SessionId) -> Result<(), DbError> {
    let unknown = secret::hash(&w.new_token());
    w.tx().exec(sql!("UPDATE session SET token_hash = $2 WHERE id = $1"), &[id.into(), unknown.into()])?;
    Ok(())
}

/// Gives the session a new token and hands it out, which is stored nowhere.
pub fn renew(w: &mut Writer, pass: &LeavePass, host: Option<&str>) -> Result<String, DbError> {
    let (hash, given) = pass.opens(host).give(w.new_token());
    w.tx().exec(
        sql!("UPDATE session SET token_hash = $2 WHERE id = $1"),
        &[pass.session().into(), hash.into()],
    )?;
    Ok(given)
}

/// Ends the session one leaves.
pub fn leave(w: &mut Writer, pass: &LeavePass) -> Result<(), DbError> {
    w.tx().exec(sql!("DELETE FROM session WHERE id = $1"), &[pass.session().into()])?;
    Ok(())
}

/// A person's sessions, newest first.
pub fn list(r: &mut Reader, pass: &SelfPass) -> Result<Vec<SessionRecord>, DbError> {
    let now = r.now;
    let rows = r.tx().all(
        sql!(
            "SELECT id, device, network, created_at, seen_at FROM session
             WHERE login_id = $1 AND expires_at > $2 ORDER BY id DESC LIMIT 100"
        ),
        &[(&pass.person().login).into(), now.into()],
    )?;
    let read = |row: crate::db::Row| {
        let mut c = row.columns();
        Ok(SessionRecord {
            id: c.parse()?,
            device: c.text()?,
            network: c.text()?,
            created_at: c.get()?,
            seen_at: c.get()?,
        })
    };
    rows.into_iter().map(read).collect()
}

/// Ends one of a person's own sessions; false if it is not theirs or not there.
pub fn remove(w: &mut Writer, pass: &SelfPass, id: &SessionId) -> Result<bool, DbError> {
    let login = &pass.person().login;
    let removed = w
        .tx()
        .exec(sql!("DELETE FROM session WHERE id = $1 AND login_id = $2"), &[id.into(), login.into()])?;
    Ok(removed > 0)
}

/// Ends all sessions by a provider that an account has no more.
pub(crate) fn remove_bound(w: &mut Writer, provider: &SingleSignOnId) -> Result<u64, DbError> {
    w.tx().exec(sql!("DELETE FROM session WHERE single_sign_on_id = $1"), &[provider.into()])
}

/// Ends all sessions of a login but `keep`; all of them without one. Says how many.
pub fn remove_all(w: &mut Writer, login: &LoginId, keep: Option<&SessionId>) -> Result<u64, DbError> {
    let keep = keep.map(SessionId::as_str).unwrap_or_default();
    w.tx().exec(sql!("DELETE FROM session WHERE login_id = $1 AND id <> $2"), &[login.into(), keep.into()])
}

/// Notes that a person was here, in their session and in their users.
pub fn update_seen(w: &mut Writer, id: &SessionId) -> Result<(), DbError> {
    let now = w.now;
    w.tx().exec(
        sql!(
            "UPDATE session SET seen_at = $2,
                    expires_at = CASE WHEN single_sign_on_id IS NOT NULL THEN expires_at
                                      WHEN created_at + $4 < $3 THEN created_at + $4 ELSE $3 END
             WHERE id = $1"
        ),
        &[id.into(), now.into(), (now + IDLE).into(), LIFETIME.as_micros().into()],
    )?;
    Ok(())
}

/// Notes that whoever asks has just shown all that they sign in with, and hands out a new token of the session: who has copied the
/// one before has shown nothing.
pub fn prove(w: &mut Writer, pass: &SelfPass, host: Option<&str>) -> Result<String, DbError> {
    let now = w.now;
    let (hash, given) = Opens::All(host).give(w.new_token());
    w.tx().exec(
        sql!("UPDATE session SET token_hash = $2, proven_at = $3 WHERE id = $1"),
        &[pass.session().into(), hash.into(), now.into()],
    )?;
    Ok(given)
}

/// Forgets sessions that have ended.
pub fn remove_expired(w: &mut Writer) -> Result<u64, DbError> {
    let now = w.now;
    w.tx().exec(sql!("DELETE FROM session WHERE expires_at <= $1"), &[now.into()])
}
