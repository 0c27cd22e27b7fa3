//! See as: the place of the user who is seen, for whoever sees the account as them.
//!
//! Such a browser has no session's token, so no gate that asks for a session opens. What it has opens one account, to units
//! that read; a unit that writes gets no pass by it but the one to leave.

use std::sync::Arc;

use domain::id::{AccountId, CompanyId, SeeAsId, SessionId, SingleSignOnId, UserId};
use domain::see_as::{self, Access, Begun, Both, Present};
use domain::time::Timestamp;
use domain::user::UserStatus;

use super::load::{Found, load_seen, read_person, read_session};
use super::person::{Means, Person, signed_in};
use super::{Acting, Credentials, Denied, Door, Gate};
use crate::db::{Columns, DbError, Row, sql};
use crate::secret;
use crate::session::{Opens, stored_hash};
use crate::user;
use crate::work::{Actor, Reader};

/// Somebody sees the account as another user.
#[derive(Clone, Debug)]
pub struct Seeing {
    /// This time.
    pub id: SeeAsId,
    /// The account.
    pub account: AccountId,
    /// The user who is seen.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// When its time is over.
    pub ends_at: Timestamp,
    /// Whether it is over, whatever ended it.
    pub is_over: bool,
    /// Whether that is on the record.
    pub is_ended: bool,
    /// Who sees.
    pub viewer: Viewer,
}

/// Who sees the account as somebody else.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// The person, signed in by the session that waits meanwhile.
    pub person: Person,
    /// Their user in the account; `None` for executive administrators who have none.
    pub user: Option<UserId>,
    /// Their name in the account.
    pub name: String,
    session: SessionId,
    /// The account's provider, where the session is by it.
    provider: Option<SingleSignOnId>,
}

impl Viewer {
    /// Who acts, as the account's activity says it.
    pub(super) fn actor(&self) -> Actor {
        match &self.user {
            Some(user) => Actor::user(user, &self.name),
            None => Actor::login(&self.person.login, &self.name),
        }
    }
}

/// Proof that a browser is signed in, whoever it sees an account as; for leaving alone.
#[derive(Clone, Debug)]
pub struct LeavePass {
    person: Person,
    session: SessionId,
    seeing: Option<Seeing>,
}

impl LeavePass {
    /// The session.
    pub fn session(&self) -> &SessionId {
        &self.session
    }

    /// What the session opens that they come back to. `host` is the account's own, where that is asked.
    pub(crate) fn opens<'a>(&'a self, host: Option<&'a str>) -> Opens<'a> {
        let provider =
            self.seeing.as_ref().and_then(|seeing| Some((seeing, seeing.viewer.provider.as_ref()?)));
        provider.map_or(Opens::All(host), |(seeing, provider)| Opens::Account(&seeing.account, provider))
    }

    /// Whom they see an account as, if they do.
    pub fn seeing(&self) -> Option<&Seeing> {
        self.seeing.as_ref()
    }

    /// Who acts, as the account's activity says it.
    pub fn viewer(&self) -> Actor {
        self.seeing.as_ref().map_or_else(|| self.actor(), |seeing| seeing.viewer.actor())
    }
}

impl Acting for LeavePass {
    fn actor(&self) -> Actor {
        Actor::login(&self.person.login, &self.person.name())
    }
}

impl Gate for LeavePass {
    type Target = ();
    const DOOR: Door = Door::SignedIn;
    const LEAVES: bool = true;

    fn mint(r: &mut Reader, credentials: &Credentials, _target: &()) -> Result<Self, Denied> {
        let token = credentials.session.as_deref().ok_or(Denied::SignedOut)?;
        if let Some(seeing) = find(r, token)? {
            if !credentials.reach(&seeing.account) {
                return Err(Denied::NotFound);
            }
            let Viewer { person, session, .. } = seeing.viewer.clone();
            return Ok(LeavePass { person, session, seeing: Some(seeing) });
        }
        // Who came by an account's provider has no pass for themselves, and leaves all the same.
        let (stored, _) = stored_hash(r, token)?;
        let (person, session, _) = signed_in(r, &stored)?.ok_or(Denied::SignedOut)?;
        Ok(LeavePass { person, session, seeing: None })
    }

    fn person(&self) -> Option<&Person> {
        Some(&self.person)
    }
}

/// Why a token that is no session's opens no door for which it takes one.
pub(super) fn no_session(r: &mut Reader, token: &str) -> Result<Denied, DbError> {
    Ok(find(r, token)?.map_or(Denied::SignedOut, |seeing| Denied::SeeingAs(Box::new(seeing))))
}

/// The place of the user who is seen, and the company asked for: in this account, while it goes on, and where nothing is
/// written.
pub(super) fn load(
    r: &mut Reader,
    token: &str,
    account: &AccountId,
    company: Option<&CompanyId>,
) -> Result<Found, Denied> {
    let seeing = find(r, token)?.ok_or(Denied::SignedOut)?;
    if r.writes() || seeing.is_over || seeing.account != *account {
        return Err(Denied::SeeingAs(Box::new(seeing)));
    }
    let language = seeing.viewer.person.language.clone();
    let mut found = load_seen(r, &seeing, company)?;
    if let Some(person) = &mut found.place.person {
        // Whoever reads it is to understand it.
        *person = Person { language, by: Means::SeeAs(Arc::new(seeing)), ..person.clone() };
    }
    Ok(found)
}

/// Whom the browser with this token sees an account as, with all that decides whether it goes on. A session that has ended
/// has ended it.
fn find(r: &mut Reader, token: &str) -> Result<Option<Seeing>, DbError> {
    if !see_as::is_token(token) {
        return Ok(None);
    }
    let now = r.now;
    let row = r.tx().optional(
        sql!(
            "SELECT l.id, l.email, l.first_name, l.last_name, l.language, s.id, s.seen_at, s.expires_at,
                    v.id, v.account_id, v.user_id, v.viewer_name, v.session_id, v.ends_at, v.ended_at,
                    v.viewer_version, v.viewer_since, v.user_version, v.user_since, a.see_as,
                    s.single_sign_on_id, m.id, m.status, m.ends_at, m.access_version, mx.created_at,
                    u.first_name, u.last_name, u.status, u.ends_at, u.access_version, ux.created_at
             FROM see_as v
             JOIN session s ON s.id = v.session_id AND s.login_id = v.viewer_login_id
             JOIN login l ON l.id = s.login_id
             JOIN account a ON a.id = v.account_id
             JOIN \"user\" u ON u.account_id = v.account_id AND u.id = v.user_id
             LEFT JOIN \"user\" m ON m.account_id = v.account_id AND m.id = v.viewer_user_id
                                 AND m.login_id = s.login_id AND m.status <> 'deleted'
             LEFT JOIN executive_administrator mx ON mx.center_id = a.center_id AND mx.login_id = s.login_id
             LEFT JOIN executive_administrator ux ON ux.center_id = a.center_id AND ux.login_id = u.login_id
             WHERE v.token_hash = $1"
        ),
        &[secret::hash(token).into()],
    )?;
    row.map(|row| read(row, now)).transpose().map(Option::flatten)
}

fn read(row: Row, now: Timestamp) -> Result<Option<Seeing>, DbError> {
    let mut c = row.columns();
    let person = read_person(&mut c, read_session)?;
    let expires_at: Timestamp = c.get()?;
    if expires_at <= now {
        return Ok(None);
    }
    let (id, account, user) = (c.parse()?, c.parse()?, c.parse()?);
    let (viewer_name, session) = (c.text()?, c.parse()?);
    let (ends_at, ended_at): (Timestamp, Option<Timestamp>) = (c.get()?, c.get()?);
    let access = Both { viewer: read_begun(&mut c)?, user: read_begun(&mut c)? };
    let begun = Begun { access, ends_at, ended: ended_at.is_some() };
    let (allowed, provider, own) = (c.flag()?, c.parse_or_null()?, c.parse_or_null()?);
    let (viewer, viewer_active) = read_present(&mut c, now)?;
    let name = format!("{} {}", c.text()?, c.text()?).trim().to_owned();
    let (seen, user_active) = read_present(&mut c, now)?;
    let access = Both { viewer, user: seen };
    let present = Present { allowed, access, both_active: viewer_active && user_active, now };
    let viewer = Viewer { person, user: own, name: viewer_name, session, provider };
    let is_over = !see_as::goes_on(&begun, &present);
    Ok(Some(Seeing { id, account, user, name, ends_at, is_over, is_ended: begun.ended, viewer }))
}

fn read_begun(c: &mut Columns) -> Result<Access, DbError> {
    Ok(Access { version: c.int()?, executive_since: c.get()? })
}

/// What somebody's access rests on now, and whether they may come in.
fn read_present(c: &mut Columns, now: Timestamp) -> Result<(Access, bool), DbError> {
    let (status, ends_at): (Option<UserStatus>, Option<Timestamp>) = (c.parse_or_null()?, c.get()?);
    let (version, executive_since): (Option<i64>, Option<Timestamp>) = (c.int_or_null()?, c.get()?);
    let is_active = status.is_some_and(|status| user::effective(status, ends_at, now) == UserStatus::Active);
    let access = Access { version: version.unwrap_or_default(), executive_since };
    Ok((access, is_active || executive_since.is_some()))
}
