//! What people change of their own users: the names in one account, the address in all of them.

use domain::access::{Grants, InUse};
use domain::capability::proof::AnyUser;
use domain::email::EmailAddress;
use domain::id::{AccountId, LoginId, UserId};
use domain::login_merge::Place;
use domain::user::{Names, UserStatus, UserType};

use super::find::find_in;
use super::write::replace_names;
use crate::center_person;
use crate::convert;
use crate::db::{DbError, Row, sql};
use crate::page::{LIMIT, Page};
use crate::pass::{AccountPass, Acting, EmailChangePass, HasPlace, Person, SelfPass};
use crate::work::{Reader, Writer};

/// One's user in an account.
#[derive(Clone, Debug)]
pub struct OwnUser {
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub account_name: String,
    /// The user.
    pub id: UserId,
    /// The address.
    pub email: String,
    /// Where the user stands.
    pub status: UserStatus,
    /// Names.
    pub names: Names,
}

/// All users of a login, also suspended ones. A person has few. Accounts that have deleted theirs learn nothing more of
/// them, so those are left out.
pub fn list_own(r: &mut Reader, _pass: &impl Acting, login: &LoginId) -> Result<Vec<OwnUser>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT a.id, a.name, u.id, u.email, u.status, u.first_name, u.last_name, u.display_name
             FROM \"user\" u JOIN account a ON a.id = u.account_id
             WHERE u.login_id = $1 AND u.status <> 'deleted' ORDER BY u.account_id"
        ),
        &[login.into()],
    )?;
    rows.into_iter().map(read).collect()
}

/// One's place in an account, as one's own map of access shows it.
#[derive(Clone, Debug)]
pub struct OwnPlace {
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub account_name: String,
    /// One's type.
    pub user_type: UserType,
    /// The agent flag.
    pub agent: bool,
    /// Whether one has the account as an executive administrator, too: then whatever one's type allows.
    pub executive: bool,
    /// The names of one's first companies in use, by name; an administrator's are not read.
    pub companies: Vec<String>,
    /// How many there are.
    pub count: i64,
    /// What they are used for.
    pub in_use: InUse,
}

impl OwnPlace {
    /// What one may do there. What the account gave an executive administrator does not count beside that (C-10).
    pub fn grants(&self) -> Grants {
        let user_type = if self.executive { UserType::Administrator } else { self.user_type };
        Grants::of_type(user_type, self.agent)
    }
}

/// How many companies of each account are named.
const NAMED: i64 = 5;

/// One page of the accounts one is in, behind the account `after`.
pub fn list_places(r: &mut Reader, pass: &SelfPass, after: &str) -> Result<Page<OwnPlace>, DbError> {
    let (now, login) = (r.now, &pass.person().login);
    let rows = r.tx().all(
        sql!(
            "SELECT a.id, a.name, u.user_type, u.agent, CASE WHEN x.login_id IS NULL THEN 0 ELSE 1 END
             FROM \"user\" u JOIN account a ON a.id = u.account_id
             LEFT JOIN executive_administrator x ON x.center_id = a.center_id AND x.login_id = u.login_id
             WHERE u.login_id = $1 AND u.status = 'active' AND (u.ends_at IS NULL OR u.ends_at > $2)
               AND u.account_id > $3 ORDER BY u.account_id LIMIT $4"
        ),
        &[login.into(), now.into(), after.into(), LIMIT.into()],
    )?;
    let read = |row: Row| {
        let mut c = row.columns();
        let (account, account_name) = (c.parse()?, c.text()?);
        let (user_type, agent, executive): (UserType, _, _) = (c.parse()?, c.flag()?, c.flag()?);
        let all = executive || user_type.has_all_companies();
        let in_use = if all { InUse::All } else { InUse::None };
        let companies = Vec::new();
        Ok(OwnPlace { account, account_name, user_type, agent, executive, companies, count: 0, in_use })
    };
    let mut page = Page::of(rows.into_iter().map(read).collect::<Result<Vec<_>, DbError>>()?);
    name_companies(r, login, &mut page.rows)?;
    Ok(page)
}

/// Gives each place the names of its first companies, and what all of them are used for.
fn name_companies(r: &mut Reader, login: &LoginId, places: &mut [OwnPlace]) -> Result<(), DbError> {
    let accounts = convert::list(places.iter().map(|place| &place.account));
    let rows = r.tx().all(
        sql!(
            "SELECT n.account_id, n.name, n.count, n.lead_center FROM (
                 SELECT g.account_id AS account_id, c.name AS name, c.sort_name AS sort_name,
                        COUNT(*) OVER (PARTITION BY g.account_id) AS count,
                        MAX(c.lead_center) OVER (PARTITION BY g.account_id) AS lead_center,
                        ROW_NUMBER() OVER (PARTITION BY g.account_id ORDER BY c.sort_name) AS place
                 FROM \"user\" u
                 JOIN user_company g ON g.account_id = u.account_id AND g.user_id = u.id
                 JOIN company c ON c.account_id = g.account_id AND c.id = g.company_id
                 WHERE u.account_id {in $1} AND u.login_id = $2 AND u.status = 'active' AND c.disabled = 0) n
             WHERE n.place <= CAST($3 AS BIGINT) ORDER BY n.account_id, n.sort_name"
        ),
        &[accounts, login.into(), NAMED.into()],
    )?;
    for row in rows {
        let mut c = row.columns();
        let (account, name, count): (AccountId, _, _) = (c.parse()?, c.text()?, c.int()?);
        let given = if c.flag()? { InUse::LeadCenter } else { InUse::NoLeadCenter };
        if let Some(place) = places.iter_mut().find(|place| place.account == account) {
            place.companies.push(name);
            place.count = count;
            place.in_use = place.in_use.max(given);
        }
    }
    Ok(())
}

/// One's user in the account of the pass; `None` for the operator.
pub fn find_own(r: &mut Reader, pass: &AccountPass<AnyUser>) -> Result<Option<OwnUser>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT a.id, a.name, u.id, u.email, u.status, u.first_name, u.last_name, u.display_name
             FROM \"user\" u JOIN account a ON a.id = u.account_id
             WHERE u.account_id = $1 AND u.id = $2"
        ),
        &[pass.account().into(), pass.place().user.as_ref().into()],
    )?;
    row.map(read).transpose()
}

/// Changes one's names in an account, and with them where one is listed and found.
pub fn update_own_names(
    w: &mut Writer,
    _pass: &AccountPass<AnyUser>,
    user: &OwnUser,
    names: &Names,
) -> Result<(), DbError> {
    replace_names(w, &user.account, &user.id, names, &user.email)
}

/// Gives one's user the login's new address. Where another user of the account has it, the index `user_email` refuses.
pub fn update_own_email(w: &mut Writer, pass: &EmailChangePass, user: &OwnUser) -> Result<(), DbError> {
    replace_email(w, &user.account, &user.id, &user.names, &pass.email)
}

/// The same for a user of logins that are merged, or of two that were.
pub fn update_merged_email(
    w: &mut Writer,
    _pass: &SelfPass,
    place: &Place,
    email: &EmailAddress,
) -> Result<(), DbError> {
    replace_email(w, &place.account, &place.user, &place.names, email)
}

/// A user who had another address than their login, because it was changed while they were out of the account.
pub struct CameBack {
    /// The user.
    pub id: UserId,
    /// Names.
    pub names: Names,
    /// The address until now.
    pub email: String,
}

/// Notes that a person was active in an account. Who came back with the address of before has that of their login from
/// now on, unless another user of the account has it (U-22).
pub fn update_seen(
    w: &mut Writer,
    account: &AccountId,
    person: &Person,
) -> Result<Option<CameBack>, DbError> {
    let now = w.now;
    let row = w.tx().optional(
        sql!(
            "UPDATE \"user\" SET last_active_at = $3
             WHERE account_id = $1 AND login_id = $2 AND status = 'active'
             RETURNING center_id, id, email, first_name, last_name, display_name, email_canonical"
        ),
        &[account.into(), (&person.login).into(), now.into()],
    )?;
    let Some(row) = row else { return Ok(None) };
    let mut c = row.columns();
    let (center, id, email) = (c.parse_or_null()?, c.parse()?, c.text()?);
    let names = Names { first: c.text()?, last: c.text()?, display: c.text()? };
    let canonical = c.text()?;
    if let Some(center) = &center {
        center_person::update_seen(w, center, &canonical)?;
    }
    let present = EmailAddress::parse(&person.email).map_err(|_| DbError::Shape("login.email".into()))?;
    if canonical == present.canonical() || find_in(w, account, &present)?.is_some() {
        return Ok(None);
    }
    replace_email(w, account, &id, &names, &present)?;
    Ok(Some(CameBack { id, names, email }))
}

fn replace_email(
    w: &mut Writer,
    account: &AccountId,
    id: &UserId,
    names: &Names,
    email: &EmailAddress,
) -> Result<(), DbError> {
    let before = w.tx().one(
        sql!("SELECT center_id, email_canonical FROM \"user\" WHERE account_id = $1 AND id = $2"),
        &[account.into(), id.into()],
    )?;
    w.tx().exec(
        sql!("UPDATE \"user\" SET email = $3, email_canonical = $4 WHERE account_id = $1 AND id = $2"),
        &[account.into(), id.into(), email.into(), email.canonical().into()],
    )?;
    let mut c = before.columns();
    if let Some(center) = c.parse_or_null()? {
        center_person::refresh(w, &center, &c.text()?);
    }
    replace_names(w, account, id, names, email.as_str())
}

fn read(row: Row) -> Result<OwnUser, DbError> {
    let mut c = row.columns();
    Ok(OwnUser {
        account: c.parse()?,
        account_name: c.text()?,
        id: c.parse()?,
        email: c.text()?,
        status: c.parse()?,
        names: Names { first: c.text()?, last: c.text()?, display: c.text()? },
    })
}
