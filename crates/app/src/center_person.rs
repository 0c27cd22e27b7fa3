//! The people of an account center, across its accounts (C-05).

use domain::account_center::proof::{AllOfCenter, InCenter};
use domain::capability::proof::ManageUsers;
use domain::id::{AccountId, CenterPersonId};
use domain::job::KnownAccount;
use domain::name;
use store::account_center;
use store::center_person;
use store::company::{self, Company};
use store::db::DbError;
use store::page::Page;
use store::pass::{AccountPass, CenterPass, HasPlace, SystemPass};
use store::work::{Committed, Origin, Reader, Unrecorded, Writer};

pub use store::account_center::AccountRow;
pub use store::center_person::{Filter, Person, PersonPlace};

use crate::{App, Conflict, Refused};

/// One page of people, behind one of them.
pub fn list(
    r: &mut Reader,
    pass: &CenterPass<AllOfCenter>,
    filter: &Filter,
    after: Option<&CenterPersonId>,
) -> Result<Page<Person>, Refused> {
    check_opened(r, pass)?;
    Ok(center_person::list(r, pass, filter, after)?)
}

/// How many accounts of an executive administrator are named.
const NAMED: usize = 10;

/// A person of the center.
pub struct PersonPage {
    /// Who.
    pub person: Person,
    /// One page of what they are in which account.
    pub places: Page<PersonPlace>,
    /// Of an executive administrator, the center's first accounts and how many there are, as far as they are counted:
    /// they have all of them, also those that they are in as no user (C-10).
    pub through_center: Option<(Vec<AccountRow>, usize)>,
}

/// A person, and one page of what they are in which account.
pub fn get(
    r: &mut Reader,
    pass: &CenterPass<AllOfCenter>,
    id: &CenterPersonId,
    after: &str,
) -> Result<PersonPage, Refused> {
    check_opened(r, pass)?;
    let person = center_person::find(r, pass, id)?.ok_or(Refused::NotFound)?;
    let through_center = if person.executive && after.is_empty() { Some(accounts(r, pass)?) } else { None };
    Ok(PersonPage { places: center_person::list_places(r, pass, id, after)?, person, through_center })
}

fn accounts(r: &mut Reader, pass: &CenterPass<AllOfCenter>) -> Result<(Vec<AccountRow>, usize), Refused> {
    let page = account_center::list_accounts(r, pass, "", ("", ""))?;
    let first = page.rows.into_iter().take(NAMED).collect();
    Ok((first, account_center::count_accounts(r, pass)?))
}

/// Whether users are managed here, for pages that need nothing else.
pub fn check_open(r: &mut Reader, pass: &CenterPass<InCenter>) -> Result<(), Refused> {
    check_opened(r, pass)
}

/// Whether the center lets temporary passwords be set (C-06); an account of it may not.
pub fn allows_temporary_passwords(r: &mut Reader, pass: &CenterPass<InCenter>) -> Result<bool, Refused> {
    Ok(account_center::get(r, pass)?.details.temporary_passwords)
}

/// The accounts that whoever asks administers and whose names contain `search`.
pub fn administered(
    r: &mut Reader,
    pass: &CenterPass<InCenter>,
    search: &str,
) -> Result<Vec<AccountId>, Refused> {
    let wanted = name::sort_key(&[search]);
    let known = account_center::list_known(r, pass)?.into_iter();
    let fits =
        |account: &KnownAccount| account.has_right && name::sort_key(&[&account.name]).contains(&wanted);
    Ok(known.filter(fits).map(|account| account.id).collect())
}

/// The name of an account that whoever asks administers, and the companies in use there.
pub fn companies_in(
    r: &mut Reader,
    pass: &CenterPass<InCenter>,
    account: &AccountId,
) -> Result<(String, Vec<Company>), Refused> {
    let there: AccountPass<ManageUsers> = pass.visit(r, account)?;
    Ok((there.place().account_name.clone(), company::list_choices(r, &there)?))
}

/// Managing users across accounts begins when somebody who has them all opens it (C-04).
pub(crate) fn check_opened<C>(r: &mut Reader, pass: &CenterPass<C>) -> Result<(), Refused> {
    let is_open = account_center::get(r, pass)?.users_opened_at.is_some();
    if is_open { Ok(()) } else { Err(Refused::Conflict(Conflict::UsersNotOpen)) }
}

impl App {
    /// Goes on with one account that came into a center or left one with many users: some of them; how many accounts.
    pub async fn move_people(&self, pass: &SystemPass) -> Result<usize, Refused> {
        let worker = pass.clone();
        let move_on = move |mut w: Writer| -> Result<Committed<bool>, DbError> {
            let moved = center_person::move_on(&mut w, &worker)?;
            Ok(w.commit_unrecorded(Unrecorded::CenterPeople, moved))
        };
        Ok(usize::from(self.store.write_later(Origin::internal(), move_on).await?))
    }
}
