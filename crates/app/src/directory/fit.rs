//! Users get what their groups give.

use std::collections::BTreeSet;

use domain::access_change::Change;
use domain::activity::Entry;
use domain::capability::proof::ManageUsers;
use domain::id::{CompanyId, UserId};
use domain::scim::granted;
use domain::user::{UserStatus, UserType};
use store::company;
use store::directory;
use store::pass::AccountPass;
use store::user;
use store::work::Writer;

use crate::access_change::{self, Confirmed};
use crate::{Conflict, Refused};

/// Gives users what their groups give; the entries it is recorded with. Somebody whom no mapped group has ever given anything, and
/// whom the directory has not made, keeps what administrators gave them: those who were there before are among its people without
/// losing anything by that.
pub(super) fn fit_all(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    default: UserType,
    users: &BTreeSet<UserId>,
) -> Result<Vec<Entry>, Refused> {
    let mut entries = Vec::new();
    let mut in_use: Option<BTreeSet<CompanyId>> = None;
    for person in directory::user::list(w, pass, users)? {
        let groups = directory::group::list_mappings(w, pass, &person.id)?;
        let linked = person.linked.as_ref();
        if groups.is_empty() && !linked.is_some_and(|linked| linked.provided) {
            continue;
        }
        if in_use.is_none() && groups.iter().any(|group| group.all_companies) {
            in_use = Some(company::list_choices(w, pass)?.into_iter().map(|company| company.id).collect());
        }
        let given = granted(&groups, default, in_use.as_ref().unwrap_or(&BTreeSet::new()));
        if let Some(linked) = linked.filter(|linked| !linked.provided) {
            let called = (linked.user_name.as_str(), linked.external_id.as_str());
            directory::user::put(w, pass, &person.id, called, true)?;
        }
        let change = Change::Provide { to: given.user_type, companies: given.companies };
        entries.extend(fit(w, pass, &person.id, &change)?);
    }
    Ok(entries)
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
