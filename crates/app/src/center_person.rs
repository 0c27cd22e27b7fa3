//! The people of an account center, across its accounts (C-05).

use domain::account_center::proof::AllOfCenter;
use domain::id::CenterPersonId;
use store::account_center;
use store::center_person;
use store::db::DbError;
use store::page::Page;
use store::pass::{CenterPass, SystemPass};
use store::work::{Committed, Origin, Reader, Unrecorded, Writer};

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

/// A person, and one page of what they are in which account.
pub fn get(
    r: &mut Reader,
    pass: &CenterPass<AllOfCenter>,
    id: &CenterPersonId,
    after: &str,
) -> Result<(Person, Page<PersonPlace>), Refused> {
    check_opened(r, pass)?;
    let person = center_person::find(r, pass, id)?.ok_or(Refused::NotFound)?;
    Ok((person, center_person::list_places(r, pass, id, after)?))
}

/// Managing users across accounts begins when somebody who has them all opens it (C-04).
pub(crate) fn check_opened(r: &mut Reader, pass: &CenterPass<AllOfCenter>) -> Result<(), Refused> {
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
