//! The pass of a customer's directory, which provisions the users of one account. It is nobody, and has no session: its
//! token opens this and nothing else, and nothing else opens this.

use std::sync::Arc;

use domain::capability::proof::ManageUsers;
use domain::id::{AccountId, DirectoryId, DirectoryTokenId};
use domain::time::Timestamp;
use domain::user::UserType;

use super::place::{AccountPass, Place};
use super::{Acting, Credentials, Denied, Door, Gate};
use crate::db::sql;
use crate::secret;
use crate::work::{Actor, Reader};

/// A directory, as the activity calls it.
#[derive(Clone, Debug)]
pub struct Directory {
    /// Its id.
    pub id: DirectoryId,
    /// What administrators call it.
    pub name: String,
}

/// Proof that an account's directory asks.
#[derive(Clone, Debug)]
pub struct DirectoryPass {
    managing: AccountPass<ManageUsers>,
    /// The token that it gave.
    pub token: DirectoryTokenId,
    /// When that was last noted as used.
    pub used_at: Option<Timestamp>,
    /// What it makes of people whom no mapped group gives more.
    pub default_type: UserType,
}

impl DirectoryPass {
    /// The account.
    pub fn account(&self) -> &AccountId {
        self.managing.account()
    }

    /// What its operations do is done by those of pages, which ask for the right to manage users.
    pub fn managing(&self) -> &AccountPass<ManageUsers> {
        &self.managing
    }
}

impl Acting for DirectoryPass {
    fn actor(&self) -> Actor {
        self.managing.actor()
    }
}

impl Gate for DirectoryPass {
    type Target = ();
    const DOOR: Door = Door::Directory;

    fn mint(r: &mut Reader, credentials: &Credentials, _target: &()) -> Result<Self, Denied> {
        let token = credentials.directory.as_deref().ok_or(Denied::SignedOut)?;
        let row = r.tx().optional(
            sql!(
                "SELECT t.account_id, t.id, t.last_used_at, d.id, d.name, d.default_type
                 FROM directory_token t JOIN directory d ON d.account_id = t.account_id
                 WHERE t.token_hash = $1"
            ),
            &[secret::hash(token).into()],
        )?;
        let mut c = row.ok_or(Denied::SignedOut)?.columns();
        let (account, token, used_at): (AccountId, _, _) = (c.parse()?, c.parse()?, c.get()?);
        let directory = Directory { id: c.parse()?, name: c.text()? };
        let default_type = c.parse()?;
        let place = Place::of_directory(r, &account, directory)?;
        let managing = AccountPass::of_place(Arc::new(place));
        Ok(DirectoryPass { managing, token, used_at, default_type })
    }
}
