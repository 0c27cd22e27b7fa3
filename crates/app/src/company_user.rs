//! A company's users: who has it, who is given it and who loses it, from the company's own page (U-14).

use std::collections::BTreeSet;

use domain::access_change::{Change, Plan};
use domain::capability::proof::ManageUsers;
use domain::id::{CompanyId, UserId};
use store::company::{self, Company};
use store::company_user;
use store::page::Page;
use store::pass::AccountPass;
use store::user::{self, Cursor, Filter, User};
use store::work::{Committed, Reader, Writer};

use crate::access_change::{Confirmed, Preview};
use crate::{Conflict, Refused, access_change};

/// One page of users, seen from a company.
pub struct CompanyUsersPage {
    /// The company.
    pub company: Company,
    /// The users.
    pub users: Page<User>,
    given: BTreeSet<UserId>,
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
    pub fn standing(&self, user: &User) -> Standing {
        let given = self.given.contains(&user.id);
        match (user.user_type.has_all_companies(), given, user.agent && !self.company.details.lead_center) {
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
    let users = user::list(r, pass, filter, from)?;
    let given = company_user::list_given(r, pass, &company.id, &users.rows)?;
    Ok(CompanyUsersPage { company, users, given })
}

/// What giving or taking the company would do, and the company's name.
pub fn preview(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    wanted: &Wanted,
) -> Result<(Company, Preview), Refused> {
    let company = find(r, pass, &wanted.company)?;
    let user = crate::user::find(r, pass, &wanted.user)?;
    let preview = match change(r, pass, &company, &user, wanted.deed) {
        Ok(change) => access_change::preview(r, pass, &user.id, &change)?,
        Err(Refused::Conflict(conflict)) => Preview { user, plan: Err(conflict), companies: Vec::new() },
        Err(refused) => return Err(refused),
    };
    Ok((company, preview))
}

/// Gives or takes the company. It holds at once, and nobody gets a mail.
pub fn make(
    mut w: Writer,
    pass: &AccountPass<ManageUsers>,
    wanted: &Wanted,
    confirmed: &Confirmed,
) -> Result<Committed<Plan>, Refused> {
    let company = find(&mut w, pass, &wanted.company)?;
    let user = crate::user::find(&mut w, pass, &wanted.user)?;
    let change = change(&mut w, pass, &company, &user, wanted.deed)?;
    access_change::make(w, pass, &user.id, &change, confirmed)
}

/// A company of the account that is in use.
fn find(r: &mut Reader, pass: &AccountPass<ManageUsers>, id: &CompanyId) -> Result<Company, Refused> {
    company::find(r, pass, id)?.filter(|company| !company.disabled).ok_or(Refused::NotFound)
}

fn change(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    company: &Company,
    user: &User,
    deed: Deed,
) -> Result<Change, Refused> {
    let mut companies: BTreeSet<CompanyId> = user::company_ids(r, pass, &user.id)?.into_iter().collect();
    let is_other = match deed {
        Deed::Give => companies.insert(company.id.clone()),
        Deed::Take => companies.remove(&company.id),
    };
    // Nobody is offered what they have, so that somebody else was quicker.
    if !is_other || user.user_type.has_all_companies() {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    if companies.is_empty() {
        return Err(Refused::Conflict(Conflict::OnlyCompany));
    }
    if deed == Deed::Give && user.agent && !company.details.lead_center {
        return Err(Refused::Conflict(Conflict::NoLeadCenter));
    }
    Ok(Change::Edit { companies, agent: user.agent, invoice_emails: user.invoice_emails })
}
