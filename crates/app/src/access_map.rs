//! Maps of access: one's own across accounts, and that of an account's people across its companies.

use domain::capability::proof::ManageUsers;
use domain::user::UserStatus;
use store::company::{self, Company};
use store::page::Page;
use store::pass::{AccountPass, SelfPass};
use store::user::{self, Cursor, Filter, Listed, Sort};
use store::work::Reader;

pub use store::user::OwnPlace;

use crate::Refused;

/// How many companies stand beside each other: as many as a narrow screen takes.
pub const COMPANIES: usize = 12;

/// People and companies of an account.
pub struct AccountMap {
    /// One page of active users, by name.
    pub users: Page<Listed>,
    /// Some of the companies in use, by name.
    pub companies: Vec<Company>,
    /// Whether more companies follow.
    pub more_companies: bool,
}

/// One page of one's own places, behind an account.
pub fn own(r: &mut Reader, pass: &SelfPass, after: &str) -> Result<Page<OwnPlace>, Refused> {
    Ok(user::list_places(r, pass, after)?)
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
    Ok(AccountMap { users, companies, more_companies })
}
