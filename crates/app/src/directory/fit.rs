//! Users get what their groups give.

use std::collections::BTreeSet;

use domain::access_change::Change;
use domain::activity::Entry;
use domain::capability::proof::ManageUsers;
use domain::id::UserId;
use domain::scim::{Granted, Mapping, granted};
use domain::user::{UserStatus, UserType};
use store::company;
use store::directory;
use store::directory::user::Linked;
use store::pass::AccountPass;
use store::user;
use store::work::{Reader, Writer};

use crate::access_change::{self, Confirmed};
use crate::{Conflict, Refused};

/// Somebody to whom a directory gives something, or has given something before.
struct Given {
    /// The user.
    id: UserId,
    /// What the directory calls them by, if they are among its people.
    linked: Option<Linked>,
    /// What they are given now.
    granted: Granted,
}

/// Who of these users is given something. Somebody whom no mapped group has ever given anything, and whom the directory has not
/// made, keeps what administrators gave them: those who were there before are among its people without losing anything by that.
fn list_given(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    default: UserType,
    users: &BTreeSet<UserId>,
) -> Result<Vec<Given>, Refused> {
    let mut groups = directory::group::list_mapped_of(r, pass, users)?;
    let mut linked = directory::user::list_linked(r, pass, users)?;
    let mapped = groups.values().flatten().cloned().collect();
    let mappings = directory::group::list_mappings(r, pass, &mapped)?;
    let in_use = match mappings.values().any(|mapping| mapping.all_companies) {
        true => company::list_choices(r, pass)?.into_iter().map(|company| company.id).collect(),
        false => BTreeSet::new(),
    };
    let given = |id: &UserId| {
        let (groups, linked) = (groups.remove(id).unwrap_or_default(), linked.remove(id));
        if groups.is_empty() && !linked.as_ref().is_some_and(|linked| linked.provided) {
            return None;
        }
        let mappings: Vec<&Mapping> = groups.iter().filter_map(|group| mappings.get(group)).collect();
        Some(Given { id: id.clone(), linked, granted: granted(&mappings, default, &in_use) })
    };
    Ok(users.iter().filter_map(given).collect())
}

/// Gives users what their groups give; the entries it is recorded with.
pub(super) fn fit_all(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    default: UserType,
    users: &BTreeSet<UserId>,
) -> Result<Vec<Entry>, Refused> {
    let mut entries = Vec::new();
    for Given { id, linked, granted } in list_given(w, pass, default, users)? {
        if !linked.as_ref().is_some_and(|linked| linked.provided) {
            let (name, external_id) = match linked {
                Some(linked) => (linked.user_name, linked.external_id),
                None => (crate::user::find(w, pass, &id)?.email.as_str().to_owned(), String::new()),
            };
            directory::user::put(w, pass, &id, (&name, &external_id), true)?;
        }
        let change = Change::Provide { to: granted.user_type, companies: granted.companies };
        entries.extend(fit(w, pass, &id, &change)?);
    }
    Ok(entries)
}

/// Refuses to turn an invitation that is not of the directory's giving: that it has not made, or by which somebody gets more than
/// it gives them. Who turns it to an address of their own would get it all (U-06, U-13).
pub(super) fn check_given(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    default: UserType,
    id: &UserId,
) -> Result<(), Refused> {
    let given = list_given(r, pass, default, &BTreeSet::from([id.clone()]))?.pop();
    let is_its_own = |given: &Given| given.linked.as_ref().is_some_and(|linked| linked.provided);
    let given = given.filter(is_its_own).ok_or(Refused::Conflict(Conflict::NotOfTheDirectory))?;
    let user = crate::user::find(r, pass, id)?;
    let has = access_change::access(r, pass, &user)?;
    match given.granted.is_enough_for(has.user_type, has.agent, &has.companies) {
        true => Ok(()),
        false => Err(Refused::Conflict(Conflict::NotOfTheDirectory)),
    }
}

fn fit(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
    change: &Change,
) -> Result<Vec<Entry>, Refused> {
    let user = user::find(w, pass, id)?.filter(|user| user.status != UserStatus::Deleted);
    let user = user.ok_or(Refused::NotFound)?;
    match access_change::planned(w, pass, &user, change) {
        Ok(plan) if plan.before == plan.after => return Ok(Vec::new()),
        // A team that gets notifications, and is switched off: it gets what is given once it is switched on.
        Err(Refused::Conflict(Conflict::NotNow(UserStatus::Suspended))) => return Ok(Vec::new()),
        planned => planned?,
    };
    let confirmed = Confirmed { seen: user.access_version, message: None };
    Ok(access_change::carry_out(w, pass, &user, change, &confirmed)?.1)
}
