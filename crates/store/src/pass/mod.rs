//! Passes: the proof, in a function's signature, that somebody may do what it does.
//!
//! Tenant rows are reached only with a pass, and only this module mints passes. [`Gate::mint`] loads the person's
//! grants and the target in one statement, inside the unit that then does the work, and asks the domain for the
//! decision: a right taken away is gone from the next unit on, on every instance. The account's id
//! comes out of the pass, never out of the request; so does the company's where the pass is a company's. Other ids are
//! looked up within the account.
//!
//! A pass can't be made by hand:
//!
//! ```compile_fail
//! # use store::pass::AccountPass; use domain::capability::proof::ManageUsers;
//! let pass: AccountPass<ManageUsers> = AccountPass { place: unreachable!(), proof: std::marker::PhantomData };
//! ```
//!
//! Nor does the pass for one capability open what needs another:
//!
//! ```compile_fail
//! # use store::{pass::AccountPass, work::Reader}; use domain::capability::proof::{AnyUser, ManageUsers};
//! fn needs(pass: &AccountPass<ManageUsers>) {}
//! fn has(pass: &AccountPass<AnyUser>) { needs(pass) }
//! ```
//!
//! The same with the right one does:
//!
//! ```
//! # use store::{pass::AccountPass, work::Reader}; use domain::capability::proof::ManageUsers;
//! fn needs(pass: &AccountPass<ManageUsers>) {}
//! fn has(pass: &AccountPass<ManageUsers>) { needs(pass) }
//! ```

mod absent;
mod bundle;
mod center;
mod directory;
mod email_change;
mod helper;
mod invitation_block;
mod key;
mod link;
mod load;
mod login_merge;
mod person;
mod place;
mod proven;
mod question;
mod second_factor;
mod see_as;
mod single_sign_on;
mod system;
mod tag;
mod temporary_password;
mod unsubscribe;

use std::fmt;

use domain::access::Refusal;
use domain::account_center::Standing;
use domain::capability::Capability;
use domain::id::{AccountId, UserId};

pub use absent::Absent;
pub use center::CenterPass;
pub use directory::{Directory, DirectoryPass};
pub use email_change::EmailChangePass;
pub use helper::{Helper, administrators, helpers};
pub use invitation_block::InvitationBlockPass;
pub use key::KeyPass;
pub(crate) use key::read_scope;
pub use link::{
    InvitationPass, LinkState, OpenPass, OperatorPass, ResetPass, SetupPass, metrics_token, operator_token,
    setup_token,
};
pub use load::second_factor_due;
pub use login_merge::LoginMergePass;
pub use person::{Here, Means, Person, SelfPass};
pub use place::{AccountPass, CompanyPass, LetIn, Place};
pub use proven::Proven;
pub use question::QuestionPass;
pub use second_factor::SecondFactorPass;
pub use see_as::{LeavePass, Seeing, Viewer};
pub use single_sign_on::{OwnLinkPass, SingleSignOnPass, nonce, state, verifier};
pub use system::{Reason, SystemPass};
pub use tag::TagPass;
pub use temporary_password::TemporaryPasswordPass;
pub use unsubscribe::{Mailed, UnsubscribePass};

use crate::db::DbError;
use crate::work::{Actor, Reader};

/// What a request brings along to show who asks. Each is a secret; none is ever logged.
#[derive(Clone, Default)]
pub struct Credentials {
    /// The token of a session. That of single sign-on names its account before it, as `ACC….token`, and is none anywhere else.
    pub session: Option<String>,
    /// The token of the printed set-up link.
    pub setup: Option<String>,
    /// The account and token of the invitation link that was followed, as `ACC….token`.
    pub invitation: Option<String>,
    /// Account, mail and token of the link to be invited no more, as `ACC….MAI….token`.
    pub invitation_block: Option<String>,
    /// Account, kind, number and token of the link that ends the emails of an alert or a summary, as `ACC….alert.1.token`.
    pub unsubscribe: Option<String>,
    /// The token of an account's request link that was followed.
    pub access_request: Option<String>,
    /// The token of the reset link that was followed.
    pub reset: Option<String>,
    /// The token of the link to a new address that was followed.
    pub email_change: Option<String>,
    /// The token of the link to the address of a login that is to be merged.
    pub login_merge: Option<String>,
    /// The account and ticket of the temporary password that was typed, as `ACC….token`.
    pub temporary_password: Option<String>,
    /// The ticket of who has still to show the code of their second factor.
    pub second_factor: Option<String>,
    /// The token of what a passkey was asked to sign in this browser.
    pub passkey: Option<String>,
    /// The account and token of who was sent to the account's provider, as `ACC….token`.
    pub single_sign_on: Option<String>,
    /// The token of the operator's link.
    pub operator: Option<String>,
    /// What shows that somebody has signed in from this device before; it opens nothing.
    pub device: Option<String>,
    /// A program's key; set only where one may be given.
    pub api_key: Option<String>,
    /// A directory's token; set only where directories may ask.
    pub directory: Option<String>,
    /// The account whose own host was asked; `None` on the server's.
    pub at: Option<OwnHost>,
}

/// An account's own host: nothing of another account is there (G-10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnHost {
    /// The account.
    pub account: AccountId,
    /// The host.
    pub host: String,
}

impl Credentials {
    /// Whether an account may be opened where they were brought.
    pub(crate) fn reach(&self, account: &AccountId) -> bool {
        self.at.as_ref().is_none_or(|own| own.account == *account)
    }

    /// The account whose own host they were brought to, if it is one.
    pub fn own_account(&self) -> Option<&AccountId> {
        self.at.as_ref().map(|own| &own.account)
    }

    /// The host that they were brought to, where it is an account's own.
    pub fn host(&self) -> Option<&str> {
        self.at.as_ref().map(|own| own.host.as_str())
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}

/// Why no pass was minted.
#[derive(Debug)]
pub enum Denied {
    /// Nobody is signed in, or the session has ended.
    SignedOut,
    /// There is nothing here that this person may know of.
    NotFound,
    /// The person may see the place, but not do this (P-17).
    Forbidden {
        /// Why not.
        refusal: Refusal,
        /// Administrators who can give what is missing.
        ask: Vec<Helper>,
    },
    /// A mailed link that does not work, or not any more.
    Link(LinkState),
    /// They see an account as somebody else, or did until now, and that does not open this (A-09).
    SeeingAs(Box<Seeing>),
    /// It is too long ago that they showed all that they sign in with (A-02).
    Unproven,
    /// The database failed.
    Database(DbError),
}

impl From<DbError> for Denied {
    fn from(error: DbError) -> Denied {
        Denied::Database(error)
    }
}

/// What kind of door a route has, for the route table and the tests that walk it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Open to everybody.
    Open,
    /// Whoever follows a live link of this kind.
    Link(&'static str),
    /// Whoever is signed in.
    SignedIn,
    /// A program with somebody's key.
    Key,
    /// A customer's directory with its token.
    Directory,
    /// Active users of the account; with a capability, those who have it.
    Account(Option<Capability>),
    /// As for the account, and within the user's companies.
    Company(Option<Capability>),
    /// Whoever stands so to the account center, or more.
    Center(Standing),
    /// Whoever has the server's output.
    Operator,
}

/// A pass that a route can ask for.
pub trait Gate: Sized + Clone + Send + Sync + 'static {
    /// What the path names: nothing, an account, a company of an account.
    type Target: Clone + Send + Sync + 'static;

    /// What kind of door this is.
    const DOOR: Door;

    /// Whether it is the way out for who sees an account as somebody else, who does nothing but leave (A-09).
    const LEAVES: bool = false;

    /// Whether it takes that the person has shown a moment ago that it is them (A-02).
    const PROVEN: bool = false;

    /// Mints the pass, or says why not.
    fn mint(r: &mut Reader, credentials: &Credentials, target: &Self::Target) -> Result<Self, Denied>;

    /// Who asks; `None` for passes of no signed-in person.
    fn person(&self) -> Option<&Person> {
        None
    }

    /// Who was here, where, and what for; `None` for passes of no signed-in person.
    fn seen(&self) -> Option<Seen> {
        None
    }
}

/// Who was here, where, and what for.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Who.
    pub person: Person,
    /// In which account.
    pub account: Option<AccountId>,
    /// As which user of it.
    pub user: Option<UserId>,
    /// The capability that let them in (U-23).
    pub used: Option<Capability>,
}

/// A pass that says who acts, for the activity.
pub trait Acting {
    /// Who acts.
    fn actor(&self) -> Actor;
}

/// A pass of a user in an account.
pub trait HasPlace {
    /// Their place there.
    fn place(&self) -> &Place;
}
