//! A signed-in person, what showed that it is them, and the pass for what concerns only themselves.

use std::sync::Arc;

use domain::id::{ApiKeyId, LoginId, SessionId};
use domain::time::Timestamp;

use super::load::read_signed_in;
use super::see_as::{Seeing, no_session};
use super::{Acting, Credentials, Denied, Door, Gate, Seen};
use crate::db::{Columns, DbError, sql};
use crate::secret;
use crate::work::{Actor, Reader};

/// A signed-in person.
#[derive(Clone, Debug)]
pub struct Person {
    /// Their login.
    pub login: LoginId,
    /// Their address.
    pub email: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// The code of the language they have chosen; empty: the browser's.
    pub language: String,
    /// What they asked with.
    pub by: Means,
    /// When that was last noted as used.
    pub seen_at: Timestamp,
}

/// What showed who asks.
#[derive(Clone, Debug)]
pub enum Means {
    /// A signed-in browser.
    Session(SessionId),
    /// A program with one of the person's keys, and what that is called.
    Key(ApiKeyId, String),
    /// Nothing: the server does what they have set going.
    Job,
    /// The browser of somebody else, who sees the account as this person and only looks.
    SeeAs(Arc<Seeing>),
}

impl Person {
    /// What the key is called that a program has given for them.
    pub(crate) fn key_name(&self) -> Option<&str> {
        match &self.by {
            Means::Key(_, name) => Some(name),
            Means::Session(_) | Means::Job | Means::SeeAs(_) => None,
        }
    }

    /// Whom somebody else sees the account as, where that is who asks.
    pub fn seen_by(&self) -> Option<&Seeing> {
        match &self.by {
            Means::SeeAs(seeing) => Some(seeing),
            Means::Session(_) | Means::Key(..) | Means::Job => None,
        }
    }

    /// First and last name as one.
    pub fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name).trim().to_owned()
    }
}

/// Proof that a person is signed in; for what concerns only themselves.
#[derive(Clone, Debug)]
pub struct SelfPass {
    person: Person,
    session: SessionId,
    proven_at: Timestamp,
}

/// Proof that somebody was signed in when their pass was minted: whoever goes on with another session shows no code again, and has
/// shown by it no more than they had before.
#[derive(Clone, Debug)]
pub struct Here {
    login: LoginId,
    proven_at: Timestamp,
}

impl Here {
    /// Whoever is signed in by a session that was looked for: its login and when that was shown, or nothing.
    pub(super) fn read(c: &mut Columns) -> Result<Option<Here>, DbError> {
        let (login, proven_at): (Option<LoginId>, Option<Timestamp>) = (c.parse_or_null()?, c.get()?);
        Ok(login.zip(proven_at).map(|(login, proven_at)| Here { login, proven_at }))
    }

    /// Who.
    pub fn login(&self) -> &LoginId {
        &self.login
    }

    /// When they last showed all that they sign in with.
    pub fn proven_at(&self) -> Timestamp {
        self.proven_at
    }
}

impl SelfPass {
    /// Who is signed in.
    pub fn person(&self) -> &Person {
        &self.person
    }

    /// The session they asked with.
    pub fn session(&self) -> &SessionId {
        &self.session
    }

    /// That they are signed in.
    pub fn here(&self) -> Here {
        Here { login: self.person.login.clone(), proven_at: self.proven_at }
    }
}

impl Acting for SelfPass {
    fn actor(&self) -> Actor {
        Actor::login(&self.person.login, &self.person.name())
    }
}

/// Who is signed in by the session that is stored so, and when they last showed that it is them.
pub(super) fn signed_in(
    r: &mut Reader,
    stored: &str,
) -> Result<Option<(Person, SessionId, Timestamp)>, Denied> {
    let now = r.now;
    let row = r.tx().optional(
        sql!(
            "SELECT l.id, l.email, l.first_name, l.last_name, l.language, s.id, s.seen_at, s.expires_at, s.proven_at
             FROM session s JOIN login l ON l.id = s.login_id WHERE s.token_hash = $1"
        ),
        &[stored.into()],
    )?;
    let Some(row) = row else { return Ok(None) };
    let mut c = row.columns();
    let person = read_signed_in(&mut c, now)?;
    let Means::Session(session) = person.by.clone() else { return Err(Denied::SignedOut) };
    Ok(Some((person, session, c.get()?)))
}

impl Gate for SelfPass {
    type Target = ();
    const DOOR: Door = Door::SignedIn;

    fn mint(r: &mut Reader, credentials: &Credentials, _target: &()) -> Result<Self, Denied> {
        let token = credentials.session.as_deref().ok_or(Denied::SignedOut)?;
        match signed_in(r, &secret::hash(token))? {
            Some((person, session, proven_at)) => Ok(SelfPass { person, session, proven_at }),
            None => Err(no_session(r, token)?),
        }
    }

    fn person(&self) -> Option<&Person> {
        Some(&self.person)
    }

    fn seen(&self) -> Option<Seen> {
        Some(Seen { person: self.person.clone(), account: None, user: None, used: None })
    }
}
