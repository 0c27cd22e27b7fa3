//! Asking everybody in an account, or in all accounts of a center, for a second factor, from a day on.
//!
//! Whoever asks has one: else they would shut themselves out. Who has none from that day on is told so at the door, and can set
//! one up by themselves, so that nobody is locked out for good.

use domain::account_center::proof::RunsCenter;
use domain::activity::{Entry, Verb};
use domain::capability::proof::ManageUsers;
use domain::input::Problem;
use domain::time::Timestamp;
use store::pass::{AccountPass, Acting, CenterPass, HasPlace as _, Person, Proven};
use store::work::{Committed, Reader, Writer};
use store::{second_factor, second_factor_rule};

pub use store::second_factor_rule::{Lacking, LackingPage, Rule};

use crate::Refused;

/// How it stands in the account, and some of who has none.
pub fn find(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    after: &str,
) -> Result<(Rule, LackingPage), Refused> {
    Ok((second_factor_rule::get(r, pass)?, second_factor_rule::list(r, pass, after)?))
}

/// How it stands in a center.
pub struct OfCenter {
    /// From when it holds.
    pub rule: Rule,
    /// Executive administrators who have none.
    pub executives: Vec<Lacking>,
    /// Some of the others who have none.
    pub people: LackingPage,
}

/// How it stands in the center and its accounts.
pub fn find_of_center(
    r: &mut Reader,
    pass: &CenterPass<RunsCenter>,
    after: &str,
) -> Result<OfCenter, Refused> {
    Ok(OfCenter {
        rule: second_factor_rule::get_of_center(r, pass)?,
        executives: second_factor_rule::list_executives(r, pass)?,
        people: second_factor_rule::list_of_center(r, pass, after)?,
    })
}

/// Asks for it from then on; with nothing, never.
pub fn set(
    mut w: Writer,
    pass: &Proven<AccountPass<ManageUsers>>,
    from: Option<Timestamp>,
) -> Result<Committed<()>, Refused> {
    check_own(&mut w, pass.place().person.as_ref(), from)?;
    let before = second_factor_rule::get(&mut w, pass)?.own;
    second_factor_rule::update(&mut w, pass, from)?;
    let name = &pass.place().account_name;
    let entry = Entry::of(pass.account(), Verb::AccountChanged, pass.account(), name);
    w.commit(&pass.actor(), changed(entry, before, from), ())
}

/// The same in a center and its accounts.
pub fn set_of_center(
    mut w: Writer,
    pass: &Proven<CenterPass<RunsCenter>>,
    from: Option<Timestamp>,
) -> Result<Committed<()>, Refused> {
    check_own(&mut w, Some(pass.person()), from)?;
    let before = second_factor_rule::get_of_center(&mut w, pass)?.own;
    second_factor_rule::update_of_center(&mut w, pass, from)?;
    let entry = Entry::of(pass.center(), Verb::CenterChanged, pass.center(), pass.name());
    w.commit(&pass.actor(), changed(entry, before, from), ())
}

fn check_own(w: &mut Writer, person: Option<&Person>, from: Option<Timestamp>) -> Result<(), Refused> {
    let Some(person) = person.filter(|_| from.is_some()) else { return Ok(()) };
    let is_on = second_factor::is_on(w, &person.login)?;
    if is_on { Ok(()) } else { Err(Refused::field("from", Problem::NoOwnSecondFactor)) }
}

fn changed(entry: Entry, before: Option<Timestamp>, after: Option<Timestamp>) -> Entry {
    let (before, after) = (before.map(|at| at.to_string()), after.map(|at| at.to_string()));
    entry.change("second_factor_from", before.as_deref(), after.as_deref())
}
