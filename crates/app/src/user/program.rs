//! Users as programs see and change them: the same rights and operations as on the pages (I-01).

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::access_change::{Already, Change, Plan};
use domain::capability::proof::{AnyKey, AnyUser, ManageUsers};
use domain::id::{CompanyId, UserId};
use domain::input::{Checker, Problem};
use domain::user::{Names, UserStatus};
use store::kept::Kept;
use store::page::{Part, Window};
use store::pass::{AccountPass, Acting, Denied, HasPlace};
use store::work::{Committed, Reader, Writer};
use store::{company, user};

pub use store::user::{Asked, Following, Member, Order};

use crate::access_change::Confirmed;
use crate::{Conflict, Refused, access_change, me};

/// What a program changes of a user; what is left out stays.
#[derive(Clone, Debug, Default)]
pub struct MemberChange {
    /// First name; of oneself only.
    pub first_name: Option<String>,
    /// Last name; of oneself only.
    pub last_name: Option<String>,
    /// All the companies they are to have; administrators alone say so, and of those who have not all of them anyway.
    pub companies: Option<BTreeSet<CompanyId>>,
}

/// The right to manage users, if whoever asks has it.
fn managing(r: &mut Reader, pass: &AccountPass<AnyKey>) -> Result<Option<AccountPass<ManageUsers>>, Refused> {
    match pass.with::<ManageUsers>(r) {
        Ok(managing) => Ok(Some(managing)),
        Err(Denied::Forbidden { .. }) => Ok(None),
        Err(denied) => Err(denied.into()),
    }
}

/// Oneself, which is not for every key.
fn find_own(r: &mut Reader, pass: &AccountPass<AnyKey>) -> Result<Option<Member>, Refused> {
    let own = pass.with::<AnyUser>(r)?;
    Ok(user::find_own_member(r, &own)?)
}

/// A part of the users. Whoever does not manage users sees themselves.
pub fn list_window(
    r: &mut Reader,
    pass: &AccountPass<AnyKey>,
    asked: &Asked,
    window: Window,
) -> Result<Arc<Kept<Part<Member>>>, Refused> {
    if let Some(managing) = managing(r, pass)? {
        if let Some(id) = &asked.company {
            company::find(r, &managing, id)?.ok_or(Refused::NotFound)?;
        }
        return Ok(user::list_window(r, &managing, asked, window)?);
    }
    let own = find_own(r, pass)?;
    let total = i64::from(own.is_some());
    let rows = own.into_iter().skip(window.skip.max(0) as usize).collect();
    Ok(Arc::new(Kept::new(Part { rows, total })))
}

/// The users behind one of them, and whether more follow: what it costs does not depend on how many there are.
pub fn list_behind(
    r: &mut Reader,
    pass: &AccountPass<AnyKey>,
    order: (Order, bool),
    after: Option<&UserId>,
    take: i64,
) -> Result<Arc<Kept<Following>>, Refused> {
    if let Some(managing) = managing(r, pass)? {
        return Ok(user::list_behind(r, &managing, order, after, take)?);
    }
    let own = find_own(r, pass)?.filter(|_| after.is_none());
    Ok(Arc::new(Kept::new(Following { rows: own.into_iter().collect(), more: false })))
}

/// One user. Whoever does not manage users finds themselves alone.
pub fn find(r: &mut Reader, pass: &AccountPass<AnyKey>, id: &UserId) -> Result<Member, Refused> {
    if let Some(managing) = managing(r, pass)? {
        return user::find_member(r, &managing, id)?.ok_or(Refused::NotFound);
    }
    let own = find_own(r, pass)?;
    own.filter(|own| own.id == *id).ok_or(Refused::NotFound)
}

/// Changes names or companies. Who has not accepted their invitation yet is left as they are.
pub fn set(
    mut w: Writer,
    pass: &AccountPass<AnyKey>,
    id: &UserId,
    change: &MemberChange,
) -> Result<Committed<()>, Refused> {
    let member = find(&mut w, pass, id)?;
    if member.status == UserStatus::Pending {
        return Err(Refused::Conflict(Conflict::NotAccepted));
    }
    let mut entries = Vec::new();
    if let Some(companies) = &change.companies {
        entries.extend(set_companies(&mut w, pass, &member, companies)?);
    }
    if change.first_name.is_some() || change.last_name.is_some() {
        if pass.place().user.as_ref() != Some(id) {
            return Err(Refused::Conflict(Conflict::OnlyOneself));
        }
        let names = names(&member, change)?;
        let own = pass.with::<AnyUser>(&mut w)?;
        entries.push(me::rename(&mut w, &own, &names)?);
    }
    if entries.is_empty() {
        return Err(Refused::field("companies", Problem::Missing));
    }
    w.commit_all(&pass.actor(), entries, ())
}

fn names(member: &Member, change: &MemberChange) -> Result<Names, Refused> {
    let first = change.first_name.as_ref().unwrap_or(&member.names.first);
    let last = change.last_name.as_ref().unwrap_or(&member.names.last);
    Ok(Names::parse(first, last, &member.names.display, member.user_type)?)
}

fn set_companies(
    w: &mut Writer,
    pass: &AccountPass<AnyKey>,
    member: &Member,
    companies: &BTreeSet<CompanyId>,
) -> Result<Vec<domain::activity::Entry>, Refused> {
    let managing = pass.with::<ManageUsers>(w)?;
    if member.user_type.has_all_companies() {
        return Err(Refused::Conflict(Conflict::Already(Already::HasAllCompanies)));
    }
    let user = super::find(w, &managing, &member.id)?;
    let change =
        Change::Edit { companies: companies.clone(), agent: user.agent, invoice_emails: user.invoice_emails };
    let confirmed = Confirmed { seen: user.access_version, message: None };
    Ok(access_change::carry_out(w, &managing, &user, &change, &confirmed)?.1)
}

/// Deletes a user as they are now; of somebody who has not accepted yet, the invitation is taken back.
pub fn remove(
    mut w: Writer,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
) -> Result<Committed<Result<Plan, Refused>>, Refused> {
    let user = super::find(&mut w, pass, id)?;
    let change = if user.status == UserStatus::Pending { Change::Revoke } else { Change::Delete };
    make_now(w, pass, id, &change)
}

/// Makes a change of a user as they are now: programs have seen no version of them.
pub fn make_now(
    mut w: Writer,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
    change: &Change,
) -> Result<Committed<Result<Plan, Refused>>, Refused> {
    let user = super::find(&mut w, pass, id)?;
    let confirmed = Confirmed { seen: user.access_version, message: None };
    access_change::make(w, pass, id, change, &confirmed)
}

/// Reads company ids as programs give them; which of them is wrong is not told.
pub fn parse_companies(typed: &[String]) -> Result<BTreeSet<CompanyId>, Refused> {
    let mut check = Checker::default();
    let ids: Result<BTreeSet<CompanyId>, Problem> =
        typed.iter().map(|id| id.parse().map_err(|_| Problem::NotAChoice)).collect();
    let ids = check.take("companies", ids);
    Ok(check.finish(ids)?)
}
