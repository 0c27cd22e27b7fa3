//! Companies: units inside an account (G-01).

pub mod part;

use domain::access::{CompanyUse, Target};
use domain::capability::proof::{ManageCompanies, ManageUsers};
use domain::company::CompanyDetails;
use domain::id::{AccountId, CompanyId, UserId};
use domain::name;

use crate::db::{Columns, DbError, Row, sql};
use crate::page::{LIMIT, Page};
use crate::pass::{AccountPass, CompanyPass, HasPlace, Place, QuestionPass, SystemPass};
use crate::user::Given;
use crate::work::{Reader, Writer};

/// A company.
#[derive(Clone, Debug)]
pub struct Company {
    /// Its id.
    pub id: CompanyId,
    /// Name, time zone, whether it uses Lead Center.
    pub details: CompanyDetails,
    /// Whether it is disabled.
    pub disabled: bool,
}

impl Company {
    /// What a decision rests on.
    pub fn in_use(&self) -> CompanyUse {
        CompanyUse { id: self.id.clone(), disabled: self.disabled, lead_center: self.details.lead_center }
    }
}

/// Makes a company. A name that another has already is refused by the index `company_name`.
pub fn insert(
    w: &mut Writer,
    pass: &AccountPass<ManageCompanies>,
    id: &CompanyId,
    details: &CompanyDetails,
) -> Result<(), DbError> {
    let now = w.now;
    w.tx().exec(
        sql!(
            "INSERT INTO company (account_id, id, name, sort_name, time_zone, lead_center, disabled, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, 0, $7)"
        ),
        &[
            pass.account().into(),
            id.into(),
            (&details.name).into(),
            name::sort_key(&[&details.name]).into(),
            (&details.time_zone).into(),
            details.lead_center.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// The company of the pass.
pub fn get(r: &mut Reader, pass: &CompanyPass<ManageCompanies>) -> Result<Company, DbError> {
    find_by(r, pass.account(), pass.company())?.ok_or(DbError::NotFound)
}

/// Changes a company's details.
pub fn update(
    w: &mut Writer,
    pass: &CompanyPass<ManageCompanies>,
    details: &CompanyDetails,
) -> Result<(), DbError> {
    w.tx().exec(
        sql!(
            "UPDATE company SET name = $3, sort_name = $4, time_zone = $5, lead_center = $6
             WHERE account_id = $1 AND id = $2"
        ),
        &[
            pass.account().into(),
            pass.company().into(),
            (&details.name).into(),
            name::sort_key(&[&details.name]).into(),
            (&details.time_zone).into(),
            details.lead_center.into(),
        ],
    )?;
    Ok(())
}

/// Disables or enables a company; false if it was so already, and if it is the last one in use.
pub fn update_disabled(
    w: &mut Writer,
    pass: &CompanyPass<ManageCompanies>,
    disabled: bool,
) -> Result<bool, DbError> {
    let now = w.now;
    let changed = w.tx().exec(
        sql!(
            "UPDATE company SET disabled = $3, disabled_at = CASE WHEN $3 = 1 THEN CAST($4 AS BIGINT) END
             WHERE account_id = $1 AND id = $2 AND disabled <> $3
               AND ($3 = 0 OR EXISTS (SELECT 1 FROM company o
                                      WHERE o.account_id = $1 AND o.disabled = 0 AND o.id <> $2))"
        ),
        &[pass.account().into(), pass.company().into(), disabled.into(), now.into()],
    )?;
    Ok(changed > 0)
}

/// One page of all companies of one tab, by name; behind the row with that name and id.
pub fn list(
    r: &mut Reader,
    pass: &AccountPass<ManageCompanies>,
    disabled: bool,
    after: (&str, &str),
) -> Result<Page<Company>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT id, name, time_zone, lead_center, disabled FROM company
             WHERE account_id = $1 AND disabled = $2 AND (sort_name, id) > ($3, $4)
             ORDER BY sort_name, id LIMIT $5"
        ),
        &[pass.account().into(), disabled.into(), after.0.into(), after.1.into(), LIMIT.into()],
    )?;
    Ok(Page::of(rows.into_iter().map(read).collect::<Result<_, _>>()?))
}

/// How many companies are active, and how many disabled.
pub fn count(r: &mut Reader, pass: &AccountPass<ManageCompanies>) -> Result<(i64, i64), DbError> {
    let row = r.tx().one(
        sql!(
            "SELECT COUNT(*) FILTER (WHERE disabled = 0), COUNT(*) FILTER (WHERE disabled = 1)
             FROM company WHERE account_id = $1"
        ),
        &[pass.account().into()],
    )?;
    let mut c = row.columns();
    Ok((c.int()?, c.int()?))
}

/// The most companies that are offered for choosing at once.
pub const CHOICES: i64 = 1_000;

/// Active companies to choose from when giving access, by name; at most [`CHOICES`].
pub fn list_choices(r: &mut Reader, pass: &AccountPass<ManageUsers>) -> Result<Vec<Company>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT id, name, time_zone, lead_center, disabled FROM company
             WHERE account_id = $1 AND disabled = 0 ORDER BY sort_name, id LIMIT $2"
        ),
        &[pass.account().into(), CHOICES.into()],
    )?;
    rows.into_iter().map(read).collect()
}

/// How many of these are companies of the account that are in use; with `lead_center`, those that use Lead Center.
pub fn count_among(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    ids: &std::collections::BTreeSet<CompanyId>,
    lead_center: bool,
) -> Result<usize, DbError> {
    let row = r.tx().one(
        sql!(
            "SELECT COUNT(*) FROM company
             WHERE account_id = $1 AND id {in $2} AND disabled = 0 AND lead_center >= $3"
        ),
        &[pass.account().into(), crate::convert::list(ids), lead_center.into()],
    )?;
    Ok(row.columns().int()? as usize)
}

/// The company of this id, in use or not, of the account.
fn find_by(r: &mut Reader, account: &AccountId, id: &CompanyId) -> Result<Option<Company>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT id, name, time_zone, lead_center, disabled FROM company WHERE account_id = $1 AND id = $2"
        ),
        &[account.into(), id.into()],
    )?;
    row.map(read).transpose()
}

/// The same for explaining a decision.
pub fn find_in(
    r: &mut Reader,
    _pass: &SystemPass,
    account: &AccountId,
    id: &CompanyId,
) -> Result<Option<Company>, DbError> {
    find_by(r, account, id)
}

/// The company that a question is about.
pub fn find_asked(r: &mut Reader, pass: &QuestionPass) -> Result<Option<Company>, DbError> {
    let Target::Company(id) = pass.target() else { return Ok(None) };
    find_by(r, &pass.place().account, id)
}

/// The companies given to a user that was found, in use or not, by name.
pub fn list_given(r: &mut Reader, given: &Given) -> Result<Vec<Company>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT id, name, time_zone, lead_center, disabled FROM company
             WHERE account_id = $1 AND id {in $2} ORDER BY sort_name, id"
        ),
        &[(&given.account).into(), crate::convert::list(&given.companies)],
    )?;
    rows.into_iter().map(read).collect()
}

/// A company of the account, in use or not.
pub fn find(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &CompanyId,
) -> Result<Option<Company>, DbError> {
    find_by(r, pass.account(), id)
}

/// One page of the active companies of a user, by name; without a user, of all. Behind the row with that name and id.
pub fn list_of(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    user: Option<&UserId>,
    after: (&str, &str),
) -> Result<Page<Company>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT c.id, c.name, c.time_zone, c.lead_center, c.disabled FROM company c
             WHERE c.account_id = $1 AND c.disabled = 0 AND (c.sort_name, c.id) > ($4, $5)
               AND ($2 = 1 OR EXISTS (SELECT 1 FROM user_company uc WHERE uc.account_id = $1
                                      AND uc.user_id = $3 AND uc.company_id = c.id))
             ORDER BY c.sort_name, c.id LIMIT $6"
        ),
        &[
            pass.account().into(),
            user.is_none().into(),
            user.into(),
            after.0.into(),
            after.1.into(),
            LIMIT.into(),
        ],
    )?;
    Ok(Page::of(rows.into_iter().map(read).collect::<Result<_, _>>()?))
}

/// Those of these that are companies of the account, in use or not.
pub fn list_among(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    ids: &std::collections::BTreeSet<CompanyId>,
) -> Result<Vec<Company>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT id, name, time_zone, lead_center, disabled FROM company
             WHERE account_id = $1 AND id {in $2}"
        ),
        &[pass.account().into(), crate::convert::list(ids)],
    )?;
    rows.into_iter().map(read).collect()
}

/// The companies of these names, as [`name::sort_key`] makes them, in use or not.
pub fn list_named(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    names: &std::collections::BTreeSet<String>,
) -> Result<Vec<Company>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT id, name, time_zone, lead_center, disabled FROM company
             WHERE account_id = $1 AND sort_name {in $2}"
        ),
        &[pass.account().into(), crate::convert::list(names)],
    )?;
    rows.into_iter().map(read).collect()
}

/// The companies of the account `$1` that somebody has: all (`$2`), or those of the user `$3`; with a key (`$4`) that names
/// companies, those among them.
macro_rules! had {
    () => {
        "SELECT c.id, c.name, c.time_zone, c.lead_center, c.disabled FROM company c
         WHERE c.account_id = $1
           AND ($2 = 1 OR EXISTS (SELECT 1 FROM user_company uc
                                  WHERE uc.account_id = $1 AND uc.user_id = $3 AND uc.company_id = c.id))
           AND ($4 = '' OR EXISTS (SELECT 1 FROM api_key_company kc
                                   WHERE kc.account_id = $1 AND kc.api_key_id = $4 AND kc.company_id = c.id))"
    };
}

/// The active companies a user has, by name: all for administrators. The first [`CHOICES`].
pub fn list_own(r: &mut Reader, pass: &impl HasPlace) -> Result<Vec<Company>, DbError> {
    let place = pass.place();
    let all = place.grants.user_type.has_all_companies();
    let rows = r.tx().all(
        sql!(concat!(had!(), " AND c.disabled = 0 ORDER BY c.sort_name, c.id LIMIT $5")),
        &[
            (&place.account).into(),
            all.into(),
            place.user.as_ref().into(),
            place.naming_key().into(),
            CHOICES.into(),
        ],
    )?;
    rows.into_iter().map(read).collect()
}

/// A company, in use or not, that whoever stands here has; for the gate itself.
pub(crate) fn find_had(r: &mut Reader, place: &Place, id: &CompanyId) -> Result<Option<Company>, DbError> {
    let all = place.grants.user_type.has_all_companies();
    let row = r.tx().optional(
        sql!(concat!(had!(), " AND c.id = $5")),
        &[
            (&place.account).into(),
            all.into(),
            place.user.as_ref().into(),
            place.naming_key().into(),
            id.into(),
        ],
    )?;
    row.map(read).transpose()
}

fn read(row: Row) -> Result<Company, DbError> {
    read_from(&mut row.columns())
}

fn read_from(c: &mut Columns) -> Result<Company, DbError> {
    let id = c.parse()?;
    let details = CompanyDetails { name: c.text()?, time_zone: c.text()?, lead_center: c.flag()? };
    Ok(Company { id, details, disabled: c.flag()? })
}

/// Whom it concerns when a company is disabled. Administrators, who have all, are not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Concerned {
    /// How many users have it.
    pub users: i64,
    /// How many of them have no other company in use.
    pub without_other: i64,
    /// How many of them have not accepted their invitation.
    pub pending: i64,
}

/// Whom it concerns when the company is disabled.
pub fn count_users(r: &mut Reader, pass: &CompanyPass<ManageCompanies>) -> Result<Concerned, DbError> {
    let row = r.tx().one(
        sql!(
            "SELECT COUNT(*),
                    COUNT(*) FILTER (WHERE NOT EXISTS (
                        SELECT 1 FROM user_company other
                        JOIN company c ON c.account_id = other.account_id AND c.id = other.company_id
                        WHERE other.account_id = $1 AND other.user_id = uc.user_id
                          AND other.company_id <> $2 AND c.disabled = 0)),
                    COUNT(*) FILTER (WHERE u.status = 'pending')
             FROM user_company uc
             JOIN \"user\" u ON u.account_id = uc.account_id AND u.id = uc.user_id
             WHERE uc.account_id = $1 AND uc.company_id = $2 AND u.status IN ('pending', 'active')"
        ),
        &[pass.account().into(), pass.company().into()],
    )?;
    let mut c = row.columns();
    Ok(Concerned { users: c.int()?, without_other: c.int()?, pending: c.int()? })
}
