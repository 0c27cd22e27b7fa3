//! Users: the list and all that is done from it.

pub mod access;
pub mod change;
pub mod create;
pub mod edit;
pub mod end;
pub mod explain;
pub mod invitation;
mod list;
pub mod list_json;
pub mod mend;
pub mod promote;
pub mod replace;
pub mod undo;

use app::pass::AccountPass;
use domain::capability::proof::ManageUsers;

pub use list::list;

use crate::http::visit::Visit;

/// A visit of somebody who manages users.
pub(super) type Managing = Visit<AccountPass<ManageUsers>>;

/// The address of the account's users.
fn users_of(pass: &AccountPass<ManageUsers>) -> String {
    format!("/accounts/{}/users", pass.account())
}
