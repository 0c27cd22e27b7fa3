//! The pass of a program that has given a person's key, for what is theirs apart from any account.

use super::load::{read_key, read_person};
use super::{Credentials, Denied, Door, Gate, Person, Seen};
use crate::db::sql;
use crate::secret;
use crate::work::Reader;

/// Proof that somebody's key was given.
#[derive(Clone, Debug)]
pub struct KeyPass {
    person: Person,
}

impl KeyPass {
    /// Whose key it is.
    pub fn person(&self) -> &Person {
        &self.person
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
        let row = r.tx().optional(
            sql!(
                "SELECT l.id, l.email, l.first_name, l.last_name, l.language, k.id, k.name,
                        COALESCE(k.last_used_at, 0)
                 FROM api_key k JOIN login l ON l.id = k.login_id WHERE k.token_hash = $1"
            ),
            &[secret::hash(key).into()],
        )?;
        let mut c = row.ok_or(Denied::SignedOut)?.columns();
        Ok(KeyPass { person: read_person(&mut c, read_key)? })
    }

    fn person(&self) -> Option<&Person> {
        Some(&self.person)
    }

    fn seen(&self) -> Option<Seen> {
        Some(Seen { person: self.person.clone(), place: None, used: None })
    }
}
