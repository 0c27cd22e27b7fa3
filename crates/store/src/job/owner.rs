//! Whose a job is: an account's, or an account center's, which does it in several of its accounts (C-06).

use std::fmt;

use domain::account_center::Standing;
use domain::account_center::proof::InCenter;
use domain::capability::proof::ManageUsers;
use domain::id::{AccountCenterId, AccountId};

use crate::db::{DbError, Value};
use crate::pass::{Absent, AccountPass, CenterPass, HasPlace};

/// Whose a job is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// An account's.
    Account(AccountId),
    /// An account center's.
    Center(AccountCenterId),
}

impl Owner {
    /// From the column: the two kinds of ids are told apart by their letters.
    pub(super) fn parse(id: &str) -> Result<Owner, DbError> {
        let account = id.parse().map(Owner::Account);
        let owner = account.or_else(|_| id.parse().map(Owner::Center));
        owner.map_err(|_| DbError::Shape("job.account_id".into()))
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Owner::Account(id) => f.write_str(id.as_str()),
            Owner::Center(id) => f.write_str(id.as_str()),
        }
    }
}

impl From<&Owner> for Value {
    fn from(owner: &Owner) -> Value {
        owner.to_string().into()
    }
}

/// A pass of who begins jobs and looks at them.
pub trait HasJobs {
    /// Of whom they are.
    fn of_whom(&self) -> Owner;
    /// Whose alone may be seen: empty where all may.
    fn only(&self) -> &str;
    /// Who begins one, to be found again when it is done.
    fn who(&self) -> Absent;
}

impl HasJobs for AccountPass<ManageUsers> {
    fn of_whom(&self) -> Owner {
        Owner::Account(self.account().clone())
    }

    fn only(&self) -> &str {
        ""
    }

    fn who(&self) -> Absent {
        Absent::of(self.place())
    }
}

impl HasJobs for CenterPass<InCenter> {
    fn of_whom(&self) -> Owner {
        Owner::Center(self.center().clone())
    }

    /// Who administers some of the accounts sees what they have begun themselves, and nothing of the other accounts.
    fn only(&self) -> &str {
        if self.standing() >= Standing::Everywhere { "" } else { self.person().login.as_str() }
    }

    fn who(&self) -> Absent {
        Absent { user: None, login: Some(self.person().login.clone()) }
    }
}
