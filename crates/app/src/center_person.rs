//! The people of an account center, across its accounts (C-05).

use domain::account_center::proof::AllOfCenter;
use domain::id::CenterPersonId;
use store::center_person;
use store::page::Page;
use store::pass::CenterPass;
use store::work::Reader;

pub use store::center_person::{Filter, Person, PersonPlace};

use crate::Refused;

/// One page of people, behind one of them.
pub fn list(
    r: &mut Reader,
    pass: &CenterPass<AllOfCenter>,
    filter: &Filter,
    after: Option<&CenterPersonId>,
) -> Result<Page<Person>, Refused> {
    Ok(center_person::list(r, pass, filter, after)?)
}

/// A person, and one page of what they are in which account.
pub fn get(
    r: &mut Reader,
    pass: &CenterPass<AllOfCenter>,
    id: &CenterPersonId,
    after: &str,
) -> Result<(Person, Page<PersonPlace>), Refused> {
    let person = center_person::find(r, pass, id)?.ok_or(Refused::NotFound)?;
    Ok((person, center_person::list_places(r, pass, id, after)?))
}
