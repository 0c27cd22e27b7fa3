//! The pass of who follows the link to the address of a login that is to be merged (C-01).

use domain::id::{LoginId, LoginMergeId};

use super::{Acting, Credentials, Denied, Door, Gate, LinkState};
use crate::db::sql;
use crate::login::{self, LoginRecord};
use crate::login_merge::parse_email;
use crate::secret;
use crate::work::{Actor, Reader};

/// Proof of having the live link to the address of the other login.
#[derive(Clone, Debug)]
pub struct LoginMergePass {
    /// The merge.
    pub merge: LoginMergeId,
    /// Its generation: the link's own number.
    pub generation: i64,
    /// The other login.
    pub other: LoginId,
    /// The other login's address.
    pub email: String,
    /// Whether whoever follows the link is signed in as the one who asked. A link that is followed by anybody else proves
    /// nothing: its reader would give their accounts to whoever asked.
    pub is_asker: bool,
    /// Who asked.
    pub asker: LoginRecord,
}

impl Acting for LoginMergePass {
    fn actor(&self) -> Actor {
        self.asker.actor()
    }
}

impl Gate for LoginMergePass {
    type Target = ();
    const DOOR: Door = Door::Link("login-merge");

    fn mint(r: &mut Reader, credentials: &Credentials, _target: &()) -> Result<Self, Denied> {
        let unknown = || Denied::Link(LinkState::Unknown);
        let token = credentials.login_merge.as_deref().ok_or_else(unknown)?;
        let session = credentials.session.as_deref().map(secret::hash);
        let now = r.now;
        let row = r.tx().optional(
            sql!(
                "SELECT m.id, m.generation, m.email, m.login_id, s.login_id FROM login_merge m
                 LEFT JOIN session s ON s.token_hash = $2 AND s.expires_at > $3
                 WHERE m.token_hash = $1 AND m.other_id IS NULL AND m.expires_at > $3"
            ),
            &[secret::hash(token).into(), session.into(), now.into()],
        )?;
        let mut c = row.ok_or_else(unknown)?.columns();
        let (merge, generation, email) = (c.parse()?, c.int()?, parse_email(&c.text()?)?);
        let asker: LoginId = c.parse()?;
        let is_asker = c.parse_or_null()?.as_ref() == Some(&asker);
        let other = login::find_by_email(r, &email)?.ok_or_else(unknown)?;
        let asker = login::get(r, &asker)?;
        Ok(LoginMergePass { merge, generation, other: other.id, email: other.email, is_asker, asker })
    }
}
