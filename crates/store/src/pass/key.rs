//! The pass of a program that has given a person's key, for what is theirs apart from any account; and how a key is read wherever
//! one is given.

use domain::api_key::{Scope, capabilities_of, goes_on};
use domain::id::AccountId;
use domain::time::Timestamp;

use super::load::read_person;
use super::person::Means;
use super::{Credentials, Denied, Door, Gate, Person, Seen};
use crate::db::{Columns, DbError, sql};
use crate::secret;
use crate::work::Reader;

/// Proof that somebody's key was given.
#[derive(Clone, Debug)]
pub struct KeyPass {
    person: Person,
    only: Option<AccountId>,
}

impl KeyPass {
    /// Whose key it is.
    pub fn person(&self) -> &Person {
        &self.person
    }

    /// The key.
    pub(crate) fn key(&self) -> &str {
        match &self.person.by {
            Means::Key(key, _) => key.as_str(),
            Means::Session(_) | Means::Job | Means::SeeAs(_) => "",
        }
    }

    /// The one account that it is for; `None` for all of theirs.
    pub fn only(&self) -> Option<&AccountId> {
        self.only.as_ref()
    }
}

impl Gate for KeyPass {
    type Target = ();
    const DOOR: Door = Door::Key;

    fn mint(r: &mut Reader, credentials: &Credentials, _target: &()) -> Result<Self, Denied> {
        let key = credentials.api_key.as_deref().ok_or(Denied::SignedOut)?;
        // What a person has apart from any account is no matter of an account's own host.
        if credentials.at.is_some() {
            return Err(Denied::NotFound);
        }
        let now = r.now;
        let row = r.tx().optional(
            sql!(
                "SELECT l.id, l.email, l.first_name, l.last_name, l.language, k.id, k.name,
                        COALESCE(k.last_used_at, 0), k.expires_at, k.only_account_id, k.capabilities, k.reads_only,
                        k.in_companies, ka.ended_at
                 FROM api_key k JOIN login l ON l.id = k.login_id
                 LEFT JOIN api_key_account ka ON ka.account_id = k.only_account_id AND ka.api_key_id = k.id
                 WHERE k.token_hash = $1"
            ),
            &[secret::hash(key).into()],
        )?;
        let mut c = row.ok_or(Denied::SignedOut)?.columns();
        let given = read(&mut c, now)?;
        // There is nothing here that changes anything: what there will be is not for keys that only read, either.
        if r.writes() && given.scope.reads_only {
            return Err(Denied::NotFound);
        }
        Ok(KeyPass { person: given.person, only: given.only })
    }

    fn person(&self) -> Option<&Person> {
        Some(&self.person)
    }

    fn seen(&self) -> Option<Seen> {
        Some(Seen { person: self.person.clone(), account: None, user: None, used: None })
    }
}

/// A key that was given, and opens something still.
pub(super) struct Given {
    pub(super) person: Person,
    pub(super) scope: Scope,
    /// The one account that it is for.
    pub(super) only: Option<AccountId>,
}

/// Reads a key with its owner and what it is narrowed to. One that has expired, or that was ended where it is given, is as good as
/// none.
pub(super) fn read(c: &mut Columns, now: Timestamp) -> Result<Given, Denied> {
    let person = read_person(c, read_means)?;
    let expires_at: Option<Timestamp> = c.get()?;
    let only = c.parse_or_null()?;
    let scope = read_scope(c)?;
    let ended_at: Option<Timestamp> = c.get()?;
    if ended_at.is_some() || !goes_on(expires_at, now) {
        return Err(Denied::SignedOut);
    }
    Ok(Given { person, scope, only })
}

/// What a key is narrowed to: `capabilities`, `reads_only`, `in_companies`.
pub(crate) fn read_scope(c: &mut Columns) -> Result<Scope, DbError> {
    let capabilities = c.text_or_null()?.map(|words| capabilities_of(&words));
    Ok(Scope { capabilities, reads_only: c.flag()?, in_companies: c.flag()? })
}

/// Of a key its id and name.
fn read_means(c: &mut Columns) -> Result<Means, DbError> {
    Ok(Means::Key(c.parse()?, c.text()?))
}
