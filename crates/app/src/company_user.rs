//! A company's users: who has it, who is given it and who loses it, from the company's own page (U-14).

use std::sync::Arc;

use domain::access_change::{Change, Plan};
use domain::capability::proof::ManageUsers;
use domain::id::{CompanyId, UserId};
use store::company::{self, Company};
use store::kept::Kept;
use store::page::Page;
use store::pass::AccountPass;
use store::user::{self, Cursor, Filter, Listed};
use store::work::{Committed, Reader, Writer};

use crate::access_change::{Confirmed, Preview};
use crate::{Refused, access_change};

/// One page of users, seen from a company.
pub struct CompanyUsersPage {
    /// The company.
    pub company: Company,
    /// The users.
    pub users: Arc<Kept<Page<Listed>>>,
}

/// How a user stands to a company.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// An administrator, who has all companies.
    HasAll,
    /// The company was given to them.
    Has,
    /// They can be given it.
    Lacks,
    /// An agent, and the company does not use Lead Center (L-01).
    Unfit,
}

/// Whether the company is given or taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// It is one more of theirs.
    Give,
    /// It is theirs no more.
    Take,
}

/// Which company is given to, or taken from, whom.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The company.
    pub company: CompanyId,
    /// The user.
    pub user: UserId,
    /// What is done.
    pub deed: Deed,
}

impl CompanyUsersPage {
    /// How one of the users stands to the company.
    pub fn standing(&self, Listed { user, company_ids, .. }: &Listed) -> Standing {
        let given = company_ids.contains(&self.company.id);
        match (user.user_type.has_all_companies(), given, !self.company.details.is_open_to(user.agent)) {
            (true, _, _) => Standing::HasAll,
            (_, true, _) => Standing::Has,
            (_, _, true) => Standing::Unfit,
            (_, _, false) => Standing::Lacks,
        }
    }
}

/// One page of the account's users; of those who have the company where the filter names it.
pub fn list(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    company: &CompanyId,
    filter: &Filter,
    from: &Cursor,
) -> Result<CompanyUsersPage, Refused> {
    let company = find(r, pass, company)?;
    Ok(CompanyUsersPage { company, users: user::list(r, pass, filter, from)? })
}

/// What giving or taking the company would do, and the company's name.
pub fn preview(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    wanted: &Wanted,
) -> Result<(Company, Preview), Refused> {
    let company = find(r, pass, &wanted.company)?;
    let preview = access_change::preview(r, pass, &wanted.user, &wanted.change())?;
    Ok((company, preview))
}

/// Gives or takes the company. It holds at once, and nobody gets a mail.
pub fn make(
    mut w: Writer,
    pass: &AccountPass<ManageUsers>,
    wanted: &Wanted,
    confirmed: &Confirmed,
) -> Result<Committed<Result<Plan, Refused>>, Refused> {
    find(&mut w, pass, &wanted.company)?;
    access_change::make(w, pass, &wanted.user, &wanted.change(), confirmed)
}

impl Wanted {
    fn change(&self) -> Change {
        let company = self.company.clone();
        match self.deed {
            Deed::Give => Change::Give(company),
            Deed::Take => Change::Take(company),
        }
    }
}

/// A company of the account that is in use.
fn find(r: &mut Reader, pass: &AccountPass<ManageUsers>, id: &CompanyId) -> Result<Company, Refused> {
    company::find(r, pass, id)?.filter(|company| !company.disabled).ok_or(Refused::NotFound)
}
