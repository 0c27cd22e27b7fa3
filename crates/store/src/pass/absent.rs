//! The place of who is not here, for what they have set going.

use std::collections::BTreeSet;

use domain::access::{Companies, Grants};
use domain::api_key::Scope;
use domain::id::{AccountId, LoginId, UserId};
use domain::single_sign_on::{CameBy, needs_provider};

use super::Denied;
use super::load::{UserOfPlace, executive, in_use, read_brand, read_user};
use super::person::{Means, Person};
use super::place::Place;
use crate::db::sql;
use crate::work::Reader;

/// Whoever has set something going and is not here: a user, or by their login an executive administrator and whoever has
/// begun it at an account center.
#[derive(Clone, Debug)]
pub struct Absent {
    /// The user; where there is none, it is that of the login.
    pub user: Option<UserId>,
    /// The login.
    pub login: Option<LoginId>,
}

impl Absent {
    /// Who does something now, to be found again later.
    pub(crate) fn of(place: &Place) -> Absent {
        let person = place.person.as_ref().filter(|_| place.is_executive);
        Absent { user: place.user.clone(), login: person.map(|person| person.login.clone()) }
    }
}

/// The place of who is not here, for what they have set going: no second factor is asked of it. Of the companies it holds none, where they have not all.
/// Somebody who was here as executive administrator, and is none any more, has what their user has.
pub(super) fn load_absent(
    r: &mut Reader,
    account: &AccountId,
    who: &Absent,
    came_by: CameBy,
) -> Result<Place, Denied> {
    let now = r.now;
    let row = r.tx().optional(
        sql!(concat!(
            "SELECT l.id, l.email, l.first_name, l.last_name, l.language, x.login_id, w.live, a.name, a.time_zone,
                    a.invitation_days,
                    a.created_at, a.center_id, a.single_sign_on_required,
                    u.id, u.user_type, u.agent, u.status, u.ends_at, u.access_version, u.keeps_password,
                    u.first_name, u.last_name, u.display_name, ",
            in_use!(),
            " FROM account a
             LEFT JOIN brand w ON w.account_id = $1
             LEFT JOIN login l ON l.id = $3
             LEFT JOIN executive_administrator x ON x.center_id = a.center_id AND x.login_id = $3
             LEFT JOIN \"user\" u ON u.account_id = $1 AND u.status <> 'deleted' AND u.id = COALESCE($2, (
                 SELECT v.id FROM \"user\" v
                 WHERE v.account_id = $1 AND v.login_id = $3 AND v.status <> 'deleted'))
             WHERE a.id = $1"
        )),
        &[account.into(), who.user.as_ref().into(), who.login.as_ref().into()],
    )?;
    let mut c = row.ok_or(Denied::NotFound)?.columns();
    let (login, email, first, last): (Option<LoginId>, _, _, _) =
        (c.parse_or_null()?, c.text_or_null()?, c.text_or_null()?, c.text_or_null()?);
    let language = c.text_or_null()?;
    let person = login.map(|login| Person {
        login,
        email: email.unwrap_or_default(),
        first_name: first.unwrap_or_default(),
        last_name: last.unwrap_or_default(),
        language: language.unwrap_or_default(),
        by: Means::Job,
        seen_at: now,
    });
    let is_executive = c.text_or_null()?.is_some();
    let brand = read_brand(&mut c)?;
    let (account_name, time_zone, invitation_days) = (c.text()?, c.text()?, c.int()?);
    let (account_created_at, center, required) = (c.get()?, c.parse_or_null()?, c.flag()?);
    let user = match (read_user(&mut c, now)?, is_executive) {
        (user, true) => executive(user),
        (Some(user), false) => user,
        (None, false) => return Err(Denied::NotFound),
    };
    let UserOfPlace { id, user_type, agent, status, ends_at, access_version, keeps_password, names, in_use } =
        user;
    let companies =
        if user_type.has_all_companies() { Companies::All } else { Companies::Only(BTreeSet::new()) };
    Ok(Place {
        is_executive,
        second_factor_due: None,
        needs_provider: needs_provider(required, came_by, keeps_password),
        person,
        directory: None,
        user: id,
        account: account.clone(),
        account_name,
        time_zone,
        invitation_days,
        account_created_at,
        center,
        access_version,
        in_use,
        grants: Grants {
            user_type,
            agent,
            status,
            companies,
            white_label: brand.is_some(),
            ends_at,
            scope: Scope::whole(),
        },
        names,
        brand,
    })
}
