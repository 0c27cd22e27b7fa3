//! Finding a person's place, and deciding on it.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::access::{Companies, CompanyUse, Grants, InUse, decide_anywhere, decide_entry, decide_in};
use domain::brand::Brand;
use domain::capability::Proves;
use domain::id::{AccountId, CompanyId, LoginId, UserId};
use domain::time::Timestamp;
use domain::user::{Names, UserStatus, UserType};

use super::place::{Means, Person, Place};
use super::see_as::{self, Seeing};
use super::{Credentials, Denied};
use crate::brand;
use crate::db::{Columns, DbError, sql};
use crate::secret;
use crate::user;
use crate::work::Reader;

/// A person's place, and the company asked for, if they have it.
pub(super) struct Found {
    pub(super) place: Place,
    pub(super) company: Option<CompanyUse>,
}

/// Whether a company of the user `u` that is in use uses Lead Center; null where none is in use. Who has all has no rows
/// there.
macro_rules! in_use {
    () => {
        "(SELECT MAX(g.lead_center) FROM user_company h
                     JOIN company g ON g.account_id = h.account_id AND g.id = h.company_id
                     WHERE h.account_id = u.account_id AND h.user_id = u.id AND g.disabled = 0)"
    };
}

/// The person, their user and the company asked for, in one statement. The two kinds of credentials differ in where
/// the login comes from. No time is bound: what the statement says holds as long as nobody writes.
macro_rules! place_by {
    ($means:literal $from:literal $is:literal) => {
        sql!(concat!(
            "SELECT l.id, l.email, l.first_name, l.last_name, l.language, ",
            $means,
            ", x.center_id, w.live, a.name, a.time_zone, a.invitation_days, a.created_at, a.center_id, uc.company_id, c.id,
                    c.disabled, c.lead_center, u.id, u.user_type, u.agent, u.status, u.ends_at, u.access_version,
                    u.first_name, u.last_name, u.display_name, ",
            in_use!(),
            " FROM ",
            $from,
            " LEFT JOIN account a ON a.id = $2
             LEFT JOIN brand w ON w.account_id = $2
             LEFT JOIN \"user\" u ON u.account_id = $2 AND u.login_id = l.id AND u.status <> 'deleted'
             LEFT JOIN executive_administrator x ON x.center_id = a.center_id AND x.login_id = l.id
             LEFT JOIN company c ON c.account_id = $2 AND c.id = $3
             LEFT JOIN user_company uc
                    ON uc.account_id = u.account_id AND uc.user_id = u.id AND uc.company_id = c.id
             WHERE ",
            $is
        ))
    };
}

/// Finds the place. A key, where one may be given, says who asks; a session beside it does not count.
pub(super) fn load(
    r: &mut Reader,
    credentials: &Credentials,
    account: &AccountId,
    company: Option<&CompanyId>,
) -> Result<Found, Denied> {
    let now = r.now;
    if !credentials.reach(account) {
        return Err(Denied::NotFound);
    }
    if let Some(key) = credentials.api_key.as_deref() {
        let by_key = place_by!(
            "k.id, k.name, COALESCE(k.last_used_at, 0)"
            "api_key k JOIN login l ON l.id = k.login_id"
            "k.token_hash = $1"
        );
        let row = r.tx().optional(by_key, &[secret::hash(key).into(), account.into(), company.into()])?;
        let mut c = row.ok_or(Denied::SignedOut)?.columns();
        let person = read_person(&mut c, read_key)?;
        return read_place(c, person, account, now);
    }
    let token = credentials.session.as_deref().ok_or(Denied::SignedOut)?;
    let by_session = place_by!(
        "s.id, s.seen_at, s.expires_at"
        "session s JOIN login l ON l.id = s.login_id"
        "s.token_hash = $1"
    );
    let values = &[secret::hash(token).into(), account.into(), company.into()];
    let Some(row) = r.tx().optional(by_session, values)? else {
        return see_as::load(r, token, account, company);
    };
    let mut c = row.columns();
    let person = read_signed_in(&mut c, now)?;
    read_place(c, person, account, now)
}

/// Finds the place of a user whom somebody else sees the account as, as they would have it themselves.
pub(super) fn load_seen(
    r: &mut Reader,
    seeing: &Seeing,
    company: Option<&CompanyId>,
) -> Result<Found, Denied> {
    let now = r.now;
    let by_user = place_by!(
        "0"
        "\"user\" v JOIN login l ON l.id = v.login_id"
        "v.account_id = $2 AND v.id = $1"
    );
    let values = &[(&seeing.user).into(), (&seeing.account).into(), company.into()];
    let mut c = r.tx().optional(by_user, values)?.ok_or(Denied::NotFound)?.columns();
    let person = read_person(&mut c, |_| Ok(Means::Job))?;
    read_place(c, person, &seeing.account, now)
}

fn read_place(mut c: Columns, person: Person, account: &AccountId, now: Timestamp) -> Result<Found, Denied> {
    let is_executive = c.text_or_null()?.is_some();
    let brand = read_brand(&mut c)?;
    let account_name = c.text_or_null()?.ok_or(Denied::NotFound)?;
    let (time_zone, invitation_days, account_created_at) = (c.text()?, c.int()?, c.get()?);
    let (center, given) = (c.parse_or_null()?, c.parse_or_null::<CompanyId>()?);
    let (company, disabled, lead_center) = (c.parse_or_null()?, c.int_or_null()?, c.int_or_null()?);
    let asked = company.map(|id| CompanyUse {
        id,
        disabled: disabled == Some(1),
        lead_center: lead_center == Some(1),
    });
    // An executive administrator needs no user, and what one of theirs lacks does not count (C-10).
    let user = match (read_user(&mut c, now)?, is_executive) {
        (user, true) => executive(user),
        (Some(user), false) => user,
        (None, false) => return Err(Denied::NotFound),
    };
    let companies = match user.user_type.has_all_companies() {
        true => Companies::All,
        false => Companies::Only(given.into_iter().collect::<BTreeSet<_>>()),
    };
    let has = |company: &CompanyUse| match &companies {
        Companies::All => true,
        Companies::Only(given) => given.contains(&company.id),
    };
    let company = asked.filter(has);
    let UserOfPlace { id, user_type, agent, status, ends_at, access_version, names, in_use } = user;
    let grants = Grants { user_type, agent, status, companies, white_label: brand.is_some(), ends_at };
    let place = Place {
        person: Some(person),
        directory: None,
        user: id,
        account: account.clone(),
        account_name,
        time_zone,
        invitation_days,
        account_created_at,
        center,
        is_executive,
        access_version,
        in_use,
        grants,
        names,
        brand,
    };
    Ok(Found { place, company })
}

/// What the account shows of itself, while that is switched on.
pub(super) fn read_brand(c: &mut Columns) -> Result<Option<Arc<Brand>>, DbError> {
    c.text_or_null()?.map(|live| brand::parse(&live).map(Arc::new)).transpose()
}

/// What a place takes from its user.
struct UserOfPlace {
    id: Option<UserId>,
    user_type: UserType,
    agent: bool,
    status: UserStatus,
    ends_at: Option<Timestamp>,
    access_version: i64,
    names: Names,
    in_use: InUse,
}

fn read_user(c: &mut Columns, now: Timestamp) -> Result<Option<UserOfPlace>, DbError> {
    let Some(id) = c.parse_or_null()? else { return Ok(None) };
    let (user_type, agent, status): (UserType, bool, UserStatus) = (c.parse()?, c.flag()?, c.parse()?);
    let ends_at = c.get()?;
    Ok(Some(UserOfPlace {
        id: Some(id),
        user_type,
        agent,
        status: user::effective(status, ends_at, now),
        ends_at,
        access_version: c.int()?,
        names: Names { first: c.text()?, last: c.text()?, display: c.text()? },
        in_use: in_use(user_type, c.int_or_null()?),
    }))
}

fn in_use(user_type: UserType, lead_center: Option<i64>) -> InUse {
    match lead_center {
        _ if user_type.has_all_companies() => InUse::All,
        None => InUse::None,
        Some(0) => InUse::NoLeadCenter,
        Some(_) => InUse::LeadCenter,
    }
}

fn executive(user: Option<UserOfPlace>) -> UserOfPlace {
    let none = Names { first: String::new(), last: String::new(), display: String::new() };
    let (id, agent, access_version, names) = match user {
        Some(user) => (user.id, user.agent, user.access_version, user.names),
        None => (None, false, 0, none),
    };
    let (user_type, status) = (UserType::Administrator, UserStatus::Active);
    UserOfPlace { id, user_type, agent, status, ends_at: None, access_version, names, in_use: InUse::All }
}

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

/// The place of who is not here, for what they have set going. Of the companies it holds none, where they have not all.
/// Somebody who was here as executive administrator, and is none any more, has what their user has.
pub(super) fn load_absent(r: &mut Reader, account: &AccountId, who: &Absent) -> Result<Place, Denied> {
    let now = r.now;
    let row = r.tx().optional(
        sql!(concat!(
            "SELECT l.id, l.email, l.first_name, l.last_name, l.language, x.login_id, w.live, a.name, a.time_zone,
                    a.invitation_days,
                    a.created_at, a.center_id, u.id, u.user_type, u.agent, u.status, u.ends_at, u.access_version,
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
    let (account_created_at, center) = (c.get()?, c.parse_or_null()?);
    let user = match (read_user(&mut c, now)?, is_executive) {
        (user, true) => executive(user),
        (Some(user), false) => user,
        (None, false) => return Err(Denied::NotFound),
    };
    let UserOfPlace { id, user_type, agent, status, ends_at, access_version, names, in_use } = user;
    let companies =
        if user_type.has_all_companies() { Companies::All } else { Companies::Only(BTreeSet::new()) };
    Ok(Place {
        is_executive,
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
        grants: Grants { user_type, agent, status, companies, white_label: brand.is_some(), ends_at },
        names,
        brand,
    })
}

/// A person and their session, which must not be over.
pub(super) fn read_signed_in(c: &mut Columns, now: Timestamp) -> Result<Person, Denied> {
    let person = read_person(c, read_session)?;
    let expires_at: Timestamp = c.get()?;
    if expires_at > now { Ok(person) } else { Err(Denied::SignedOut) }
}

/// The person, what they ask with, and when it was last noted as used.
pub(super) fn read_person(
    c: &mut Columns,
    means: fn(&mut Columns) -> Result<Means, DbError>,
) -> Result<Person, DbError> {
    Ok(Person {
        login: c.parse()?,
        email: c.text()?,
        first_name: c.text()?,
        last_name: c.text()?,
        language: c.text()?,
        by: means(c)?,
        seen_at: c.get()?,
    })
}

/// Of a session its id.
pub(super) fn read_session(c: &mut Columns) -> Result<Means, DbError> {
    Ok(Means::Session(c.parse()?))
}

/// Of a key its id and name.
pub(super) fn read_key(c: &mut Columns) -> Result<Means, DbError> {
    Ok(Means::Key(c.parse()?, c.text()?))
}

/// Asks what explains decisions and what menus offer, too: in a company by what it is used for; in the account by whether
/// there is a company where it holds.
pub(super) fn allow<C: Proves>(
    r: &mut Reader,
    place: &Place,
    company: Option<&CompanyUse>,
) -> Result<(), Denied> {
    let grants = &place.grants;
    let decision = match (C::CAPABILITY, company) {
        (None, company) => decide_entry(grants, company),
        (Some(capability), Some(company)) => decide_in(grants, capability, company).map(drop),
        (Some(capability), None) => decide_anywhere(grants, capability, place.in_use).map(drop),
    };
    let Err(refusal) = decision else { return Ok(()) };
    Err(Denied::Forbidden { refusal, ask: administrators(r, &place.account)? })
}

/// Who can give what is missing: the account's first administrators, but for those whose access ends.
pub fn administrators(r: &mut Reader, account: &AccountId) -> Result<Vec<String>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT first_name, last_name FROM \"user\"
             WHERE account_id = $1 AND user_type = 'administrator' AND status = 'active' AND ends_at IS NULL
             ORDER BY id LIMIT 3"
        ),
        &[account.into()],
    )?;
    let name = |row: crate::db::Row| {
        let mut c = row.columns();
        Ok(format!("{} {}", c.text()?, c.text()?).trim().to_owned())
    };
    rows.into_iter().map(name).collect()
}
