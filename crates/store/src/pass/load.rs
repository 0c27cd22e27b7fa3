//! Finding a person's place, and deciding on it.

use std::sync::Arc;

use domain::access::{
    Companies, CompanyUse, Grants, InUse, Refusal, decide_anywhere, decide_entry, decide_in, decide_writing,
};
use domain::api_key::Scope;
use domain::brand::Brand;
use domain::capability::Proves;
use domain::id::{AccountId, CompanyId, UserId};
use domain::single_sign_on::{CameBy, needs_provider};
use domain::time::Timestamp;
use domain::user::{Names, UserStatus, UserType};

use super::helper::forbidden;
use super::person::{Means, Person};
use super::place::Place;
use super::see_as::{self, Seeing};
use super::{Credentials, Denied, key};
use crate::brand;
use crate::db::{Columns, DbError, sql};
use crate::secret;
use crate::session;
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
pub(super) use in_use;

/// From when a second factor is asked for in the account `a` of the center `ac`, if ever, and whether the login `l` has none.
macro_rules! second_factor_asked {
    () => {
        concat!(
            "CASE WHEN a.second_factor_from <= ac.second_factor_from OR ac.second_factor_from IS NULL
                  THEN a.second_factor_from ELSE ac.second_factor_from END,
             CASE WHEN ",
            $crate::second_factor::has_second_factor!("l.id"),
            " THEN 0 ELSE 1 END"
        )
    };
}
pub(super) use second_factor_asked;

/// The person, their user and the company asked for, in one statement. The two kinds of credentials differ in where
/// the login comes from. No time is bound: what the statement says holds as long as nobody writes.
macro_rules! place_by {
    ($means:literal $from:literal $is:literal) => {
        sql!(concat!(
            "SELECT l.id, l.email, l.first_name, l.last_name, l.language, ",
            $means,
            ", ",
            second_factor_asked!(),
            ", x.center_id, w.live, a.name, a.time_zone, a.invitation_days, a.created_at, a.center_id,
                    a.single_sign_on_required, uc.company_id, c.id,
                    c.disabled, c.lead_center, u.id, u.user_type, u.agent, u.status, u.ends_at, u.access_version,
                    u.keeps_password, u.first_name, u.last_name, u.display_name, ",
            in_use!(),
            " FROM ",
            $from,
            " LEFT JOIN account a ON a.id = $2
             LEFT JOIN account_center ac ON ac.id = a.center_id
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
        return load_by_key(r, key, account, company);
    }
    let token = credentials.session.as_deref().ok_or(Denied::SignedOut)?;
    let by_session = place_by!(
        "s.id, s.seen_at, s.expires_at"
        "session s JOIN login l ON l.id = s.login_id"
        "s.token_hash = $1"
    );
    let (stored, bound) = session::stored_hash(r, token)?;
    if bound.as_ref().is_some_and(|bound| bound != account) {
        return Err(Denied::SignedOut);
    }
    let values = &[stored.into(), account.into(), company.into()];
    let Some(row) = r.tx().optional(by_session, values)? else {
        return see_as::load(r, token, account, company);
    };
    let mut c = row.columns();
    let person = read_signed_in(&mut c, now)?;
    let came_by = if bound.is_some() { CameBy::Provider } else { CameBy::Password };
    read_place(r, c, Asking::whole(person, came_by), account)
}

/// By a key: with what it is narrowed to, in the same statement.
fn load_by_key(
    r: &mut Reader,
    key: &str,
    account: &AccountId,
    company: Option<&CompanyId>,
) -> Result<Found, Denied> {
    let now = r.now;
    let by_key = place_by!(
        "k.id, k.name, COALESCE(ka.last_used_at, 0), k.expires_at, k.only_account_id, k.capabilities, k.reads_only,
                    k.in_companies, ka.ended_at, kc.company_id"
        "api_key k JOIN login l ON l.id = k.login_id
             LEFT JOIN api_key_account ka ON ka.account_id = $2 AND ka.api_key_id = k.id
             LEFT JOIN api_key_company kc
                    ON kc.account_id = $2 AND kc.api_key_id = k.id AND kc.company_id = $3"
        "k.token_hash = $1"
    );
    let row = r.tx().optional(by_key, &[secret::hash(key).into(), account.into(), company.into()])?;
    let mut c = row.ok_or(Denied::SignedOut)?.columns();
    let given = key::read(&mut c, now)?;
    let named = c.parse_or_null()?;
    // An account that the key is not for looks like one that its owner is not in.
    if given.only.as_ref().is_some_and(|only| only != account) {
        return Err(Denied::NotFound);
    }
    // A key for all accounts is made by who came by their password, whatever one of them requires.
    let came_by = if given.only.is_some() { CameBy::Other } else { CameBy::Password };
    let asking = Asking { person: given.person, came_by, scope: given.scope, named };
    read_place(r, c, asking, account)
}

/// Finds the place of a user whom somebody else sees the account as, as they would have it themselves.
pub(super) fn load_seen(
    r: &mut Reader,
    seeing: &Seeing,
    company: Option<&CompanyId>,
) -> Result<Found, Denied> {
    let by_user = place_by!(
        "0"
        "\"user\" v JOIN login l ON l.id = v.login_id"
        "v.account_id = $2 AND v.id = $1"
    );
    let values = &[(&seeing.user).into(), (&seeing.account).into(), company.into()];
    let mut c = r.tx().optional(by_user, values)?.ok_or(Denied::NotFound)?.columns();
    let person = read_person(&mut c, |_| Ok(Means::Job))?;
    let mut found = read_place(r, c, Asking::whole(person, CameBy::Other), &seeing.account)?;
    // It is asked of who looks, when they begin.
    found.place.second_factor_due = None;
    Ok(found)
}

/// Who asks and how they came, and what the key is narrowed to that they ask by.
struct Asking {
    person: Person,
    came_by: CameBy,
    scope: Scope,
    /// The company that is asked for, where the key names it.
    named: Option<CompanyId>,
}

impl Asking {
    fn whole(person: Person, came_by: CameBy) -> Asking {
        Asking { person, came_by, scope: Scope::whole(), named: None }
    }
}

fn read_place(r: &Reader, mut c: Columns, asking: Asking, account: &AccountId) -> Result<Found, Denied> {
    let Asking { person, came_by, scope, named } = asking;
    // Who comes by the account's provider has shown there what it asks for.
    let second_factor_due = read_due(r, &mut c)?.filter(|_| came_by != CameBy::Provider);
    // By the account's provider somebody is what they are in the account: executive administrators are of its center.
    let is_executive = c.text_or_null()?.is_some() && came_by != CameBy::Provider;
    let brand = read_brand(&mut c)?;
    let account_name = c.text_or_null()?.ok_or(Denied::NotFound)?;
    let (time_zone, invitation_days, account_created_at) = (c.text()?, c.int()?, c.get()?);
    let (center, required) = (c.parse_or_null()?, c.flag()?);
    let given = c.parse_or_null::<CompanyId>()?;
    let (company, disabled, lead_center) = (c.parse_or_null()?, c.int_or_null()?, c.int_or_null()?);
    let asked = company.map(|id| CompanyUse {
        id,
        disabled: disabled == Some(1),
        lead_center: lead_center == Some(1),
    });
    // An executive administrator needs no user, and what one of theirs lacks does not count (C-10).
    let user = match (read_user(&mut c, r.now)?, is_executive) {
        (user, true) => executive(user),
        (Some(user), false) => user,
        (None, false) => return Err(Denied::NotFound),
    };
    let all = user.user_type.has_all_companies();
    let has = |company: &CompanyUse| all || given.as_ref() == Some(&company.id);
    let is_named = |company: &CompanyUse| !scope.in_companies || named.as_ref() == Some(&company.id);
    let company = asked.filter(|company| has(company) && is_named(company));
    let companies = match all && !scope.in_companies {
        true => Companies::All,
        false => Companies::Only(company.iter().map(|company| company.id.clone()).collect()),
    };
    let UserOfPlace { id, user_type, agent, status, ends_at, access_version, keeps_password, names, in_use } =
        user;
    // What the companies are used for that a key names is asked of each of them.
    let in_use = if scope.in_companies { InUse::None } else { in_use };
    let white_label = brand.is_some();
    let grants = Grants { user_type, agent, status, companies, white_label, ends_at, scope };
    let place = Place {
        needs_provider: needs_provider(required, came_by, keeps_password),
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
        second_factor_due,
        access_version,
        in_use,
        grants,
        names,
        brand,
    };
    Ok(Found { place, company })
}

/// From when a second factor is asked of somebody who has none: by the account or its center, or by the operator of everybody, whichever
/// is first.
pub(super) fn read_due(r: &Reader, c: &mut Columns) -> Result<Option<Timestamp>, DbError> {
    let (here, lacks): (Option<Timestamp>, bool) = (c.get()?, c.flag()?);
    let first = here.into_iter().chain(r.second_factor_from()).min();
    Ok(first.filter(|_| lacks))
}

/// What the account shows of itself, while that is switched on.
pub(super) fn read_brand(c: &mut Columns) -> Result<Option<Arc<Brand>>, DbError> {
    c.text_or_null()?.map(|live| brand::parse(&live).map(Arc::new)).transpose()
}

/// What a place takes from its user.
pub(super) struct UserOfPlace {
    pub(super) id: Option<UserId>,
    pub(super) user_type: UserType,
    pub(super) agent: bool,
    pub(super) status: UserStatus,
    pub(super) ends_at: Option<Timestamp>,
    pub(super) access_version: i64,
    pub(super) keeps_password: bool,
    pub(super) names: Names,
    pub(super) in_use: InUse,
}

pub(super) fn read_user(c: &mut Columns, now: Timestamp) -> Result<Option<UserOfPlace>, DbError> {
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
        keeps_password: c.flag()? && user_type == UserType::Administrator,
        names: Names { first: c.text()?, last: c.text()?, display: c.text()? },
        in_use: used_for(user_type, c.int_or_null()?),
    }))
}

fn used_for(user_type: UserType, lead_center: Option<i64>) -> InUse {
    match lead_center {
        _ if user_type.has_all_companies() => InUse::All,
        None => InUse::None,
        Some(0) => InUse::NoLeadCenter,
        Some(_) => InUse::LeadCenter,
    }
}

pub(super) fn executive(user: Option<UserOfPlace>) -> UserOfPlace {
    let none = Names { first: String::new(), last: String::new(), display: String::new() };
    let (id, agent, access_version, names) = match user {
        Some(user) => (user.id, user.agent, user.access_version, user.names),
        None => (None, false, 0, none),
    };
    let (user_type, status) = (UserType::Administrator, UserStatus::Active);
    let keeps_password = true;
    UserOfPlace {
        id,
        user_type,
        agent,
        status,
        ends_at: None,
        access_version,
        keeps_password,
        names,
        in_use: InUse::All,
    }
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

/// Asks what explains decisions and what menus offer, too: in a company by what it is used for; in the account by whether
/// there is a company where it holds.
pub(super) fn allow<C: Proves>(
    r: &mut Reader,
    place: &Place,
    company: Option<&CompanyUse>,
) -> Result<(), Denied> {
    let grants = &place.grants;
    let decision = match (C::CAPABILITY, company) {
        (None, company) => decide_entry(grants, company, C::ANY_KEY),
        (Some(capability), Some(company)) => decide_in(grants, capability, company).map(drop),
        (Some(capability), None) => decide_anywhere(grants, capability, place.in_use).map(drop),
    };
    let decision = if r.writes() { decision.and_then(|()| decide_writing(grants)) } else { decision };
    let refusal = match decision {
        Err(refusal @ Refusal::NotActive(_)) => refusal,
        _ if place.needs_provider => {
            return Err(Denied::Forbidden { refusal: Refusal::NeedsProvider, ask: Vec::new() });
        }
        _ if is_due(r, place) => return Err(no_second_factor()),
        Err(refusal) => refusal,
        Ok(()) => return Ok(()),
    };
    Err(forbidden(r, place, refusal)?)
}

/// Whether the place is closed to somebody until they have a second factor.
pub(super) fn is_due(r: &Reader, place: &Place) -> bool {
    place.second_factor_due.is_some_and(|from| from <= r.now)
}

/// Nobody but they can give it.
pub(super) fn no_second_factor() -> Denied {
    Denied::Forbidden { refusal: Refusal::NoSecondFactor, ask: Vec::new() }
}

/// From when a second factor is asked of a user who has none.
pub fn second_factor_due(
    r: &mut Reader,
    account: &AccountId,
    user: &UserId,
) -> Result<Option<Timestamp>, DbError> {
    let row = r.tx().optional(
        sql!(concat!(
            "SELECT ",
            second_factor_asked!(),
            " FROM \"user\" u JOIN login l ON l.id = u.login_id JOIN account a ON a.id = u.account_id
             LEFT JOIN account_center ac ON ac.id = a.center_id
             WHERE u.account_id = $1 AND u.id = $2"
        )),
        &[account.into(), user.into()],
    )?;
    row.map_or(Ok(None), |row| read_due(r, &mut row.columns()))
}
