//! Maps of access: one's own across accounts, and that of an account's people across its companies.

use std::sync::Arc;

use domain::capability::proof::ManageUsers;
use domain::id::LoginId;
use domain::user::UserStatus;
use store::company::{self, Company};
use store::executive_administrator;
use store::kept::Kept;
use store::page::Page;
use store::pass::{AccountPass, SelfPass};
use store::user::{self, Cursor, Filter, Listed, Sort};
use store::work::Reader;

pub use store::executive_administrator::{Executive, RunCenter};
pub use store::user::OwnPlace;

use crate::Refused;

/// How many companies stand beside each other: as many as a narrow screen takes.
pub const COMPANIES: usize = 12;
/// How many executive administrators stand beside the users; an agency has a handful.
pub const EXECUTIVES: usize = 10;

/// People and companies of an account.
pub struct AccountMap {
    /// One page of active users, by name.
    pub users: Arc<Kept<Page<Listed>>>,
    /// Some of the companies in use, by name.
    pub companies: Vec<Company>,
    /// Whether more companies follow.
    pub more_companies: bool,
    /// Some of those who have the account as executive administrators and are no users of it (C-10); on the first page.
    pub executives: Vec<Executive>,
    /// How many more there are.
    pub more_executives: usize,
    /// All who have it so.
    executive_logins: Vec<LoginId>,
}

impl AccountMap {
    /// Whether a user has the account as an executive administrator, too: then all of it, whatever their type allows.
    pub fn is_executive(&self, listed: &Listed) -> bool {
        listed.user.login.as_ref().is_some_and(|login| self.executive_logins.contains(login))
    }
}

/// One's own access.
pub struct OwnMap {
    /// One page of one's places.
    pub places: Page<OwnPlace>,
    /// The account centers one runs, and with them all their accounts (C-10); on the first page.
    pub centers: Vec<RunCenter>,
}

/// One's own access, behind an account.
pub fn own(r: &mut Reader, pass: &SelfPass, after: &str) -> Result<OwnMap, Refused> {
    let centers = if after.is_empty() { executive_administrator::list_run(r, pass)? } else { Vec::new() };
    Ok(OwnMap { places: user::list_places(r, pass, after)?, centers })
}

/// Some of the people and companies; companies behind the one with that name and id.
pub fn of_account(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    from: &Cursor,
    after: (&str, &str),
) -> Result<AccountMap, Refused> {
    let filter = Filter {
        status: UserStatus::Active,
        search: String::new(),
        user_type: None,
        company: None,
        sort: Sort::Name,
    };
    let users = user::list(r, pass, &filter, from)?;
    let page = company::list_of(r, pass, None, after)?;
    let more_companies = page.has_more || page.rows.len() > COMPANIES;
    let companies = page.rows.into_iter().take(COMPANIES).collect();
    let mut executives = match users.has_previous {
        true => Vec::new(),
        false => executive_administrator::list_without_user(r, pass)?,
    };
    let more_executives = executives.len().saturating_sub(EXECUTIVES);
    executives.truncate(EXECUTIVES);
    let all = executive_administrator::list_at(r, pass)?;
    let executive_logins = all.into_iter().map(|executive| executive.login).collect();
    Ok(AccountMap { users, companies, more_companies, executives, more_executives, executive_logins })
}
