//! Account centers and the accounts in them (C-02 to C-04, C-13).

mod told;

use std::collections::BTreeSet;

use domain::account_center::CenterDetails;
use domain::account_center::proof::{InCenter, RunsCenter};
use domain::capability::proof::ManageUsers;
use domain::id::{AccountCenterId, AccountId, LoginId};
use domain::job::KnownAccount;
use domain::time::Timestamp;

pub use told::{AccountTold, ExecutiveTold, find_account_told, find_executive_told};

use crate::center_person;
use crate::convert;
use crate::db::{DbError, Row, sql};
use crate::page::{LIMIT, Page, containing};
use crate::pass::{AccountPass, CenterPass, HasPlace, SelfPass, SystemPass};
use crate::work::{Reader, Writer};

/// The most accounts that are offered for linking at once.
pub const CHOICES: i64 = 1_000;

/// An account center as its pages show it.
#[derive(Clone, Debug)]
pub struct Center {
    /// Name and settings.
    pub details: CenterDetails,
    /// Since when users are managed across its accounts (C-04).
    pub users_opened_at: Option<Timestamp>,
}

/// A center among those of a person.
#[derive(Clone, Debug)]
pub struct CenterOfLogin {
    /// The center.
    pub id: AccountCenterId,
    /// Its name.
    pub name: String,
}

/// An account in a list.
#[derive(Clone, Debug)]
pub struct AccountRow {
    /// The account.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// The key the list sorts by, for the next page.
    pub sort_name: String,
}

/// Makes a center, without accounts at first.
pub fn insert(
    w: &mut Writer,
    _pass: &SelfPass,
    id: &AccountCenterId,
    details: &CenterDetails,
) -> Result<(), DbError> {
    let now = w.now;
    w.tx().exec(
        sql!(
            "INSERT INTO account_center (id, name, temporary_passwords, created_at) VALUES ($1, $2, $3, $4)"
        ),
        &[id.into(), (&details.name).into(), details.temporary_passwords.into(), now.into()],
    )?;
    Ok(())
}

/// Makes a center of demonstration data, with users managed across its accounts.
pub fn seed(
    w: &mut Writer,
    _pass: &SystemPass,
    id: &AccountCenterId,
    details: &CenterDetails,
) -> Result<(), DbError> {
    let now = w.now;
    w.tx().exec(
        sql!("INSERT INTO account_center (id, name, users_opened_at, created_at) VALUES ($1, $2, $3, $3)"),
        &[id.into(), (&details.name).into(), now.into()],
    )?;
    Ok(())
}

/// Name and settings, for their page.
pub fn get<C>(r: &mut Reader, pass: &CenterPass<C>) -> Result<Center, DbError> {
    let row = r.tx().one(
        sql!("SELECT name, temporary_passwords, users_opened_at FROM account_center WHERE id = $1"),
        &[pass.center().into()],
    )?;
    let mut c = row.columns();
    let details = CenterDetails { name: c.text()?, temporary_passwords: c.flag()? };
    Ok(Center { details, users_opened_at: c.get()? })
}

/// Changes name and settings.
pub fn update(w: &mut Writer, pass: &CenterPass<RunsCenter>, details: &CenterDetails) -> Result<(), DbError> {
    w.tx().exec(
        sql!("UPDATE account_center SET name = $2, temporary_passwords = $3 WHERE id = $1"),
        &[pass.center().into(), (&details.name).into(), details.temporary_passwords.into()],
    )?;
    Ok(())
}

/// Switches managing users across accounts on (C-04); false if it was on.
pub fn update_users_opened<C>(w: &mut Writer, pass: &CenterPass<C>) -> Result<bool, DbError> {
    let now = w.now;
    let changed = w.tx().exec(
        sql!("UPDATE account_center SET users_opened_at = $2 WHERE id = $1 AND users_opened_at IS NULL"),
        &[pass.center().into(), now.into()],
    )?;
    Ok(changed > 0)
}

/// Takes a center away; it must have no accounts any more, which the foreign key holds. Its executive administrators
/// go with it.
pub fn remove(w: &mut Writer, pass: &CenterPass<RunsCenter>) -> Result<(), DbError> {
    w.tx().exec(sql!("DELETE FROM account_center WHERE id = $1"), &[pass.center().into()])?;
    Ok(())
}

/// Puts an account that was just made into the center (C-13).
pub fn link_new(w: &mut Writer, pass: &CenterPass<RunsCenter>, account: &AccountId) -> Result<(), DbError> {
    w.tx().exec(
        sql!("UPDATE account SET center_id = $2 WHERE id = $1 AND center_id IS NULL"),
        &[account.into(), pass.center().into()],
    )?;
    Ok(())
}

/// Links an account of the pass to a center; false if it is in one (C-03).
pub fn link(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    center: &AccountCenterId,
) -> Result<bool, DbError> {
    let linked = w.tx().exec(
        sql!("UPDATE account SET center_id = $2 WHERE id = $1 AND center_id IS NULL"),
        &[pass.account().into(), center.into()],
    )?;
    if linked > 0 {
        center_person::move_account(w, pass.account())?;
    }
    Ok(linked > 0)
}

/// Takes the account of the pass out of its center; false if it is in none, or would be left without an administrator of
/// its own for good.
pub fn leave(w: &mut Writer, pass: &AccountPass<ManageUsers>) -> Result<bool, DbError> {
    match &pass.place().center {
        Some(center) => take_out(w, center, pass.account()),
        None => Ok(false),
    }
}

fn take_out(w: &mut Writer, center: &AccountCenterId, account: &AccountId) -> Result<bool, DbError> {
    let taken = w.tx().exec(
        sql!(
            "UPDATE account SET center_id = NULL
             WHERE id = $2 AND center_id = $1
               AND EXISTS (SELECT 1 FROM \"user\" u
                           WHERE u.account_id = $2 AND u.user_type = 'administrator' AND u.status = 'active'
                             AND u.ends_at IS NULL)"
        ),
        &[center.into(), account.into()],
    )?;
    if taken > 0 {
        center_person::move_account(w, account)?;
    }
    Ok(taken > 0)
}

/// The name of the center that the account of a pass is in.
pub fn find_name(r: &mut Reader, pass: &impl HasPlace) -> Result<Option<String>, DbError> {
    let Some(center) = &pass.place().center else { return Ok(None) };
    let row = r.tx().optional(sql!("SELECT name FROM account_center WHERE id = $1"), &[center.into()])?;
    row.map(|row| row.columns().text()).transpose()
}

/// Takes all accounts out of the center.
pub fn unlink_all(w: &mut Writer, pass: &CenterPass<RunsCenter>) -> Result<(), DbError> {
    let center = pass.center();
    w.tx().exec(sql!("DELETE FROM center_person WHERE center_id = $1"), &[center.into()])?;
    w.tx().exec(sql!("UPDATE \"user\" SET center_id = NULL WHERE center_id = $1"), &[center.into()])?;
    w.tx().exec(sql!("UPDATE account SET center_id = NULL WHERE center_id = $1"), &[center.into()])?;
    Ok(())
}

/// The first account of the center, by name, that has no administrator of its own for good.
pub fn find_without_administrator(
    r: &mut Reader,
    pass: &CenterPass<RunsCenter>,
) -> Result<Option<AccountRow>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT a.id, a.name, a.sort_name FROM account a
             WHERE a.center_id = $1 AND NOT EXISTS (
                 SELECT 1 FROM \"user\" u
                 WHERE u.account_id = a.id AND u.user_type = 'administrator' AND u.status = 'active'
                   AND u.ends_at IS NULL)
             ORDER BY a.sort_name, a.id LIMIT 1"
        ),
        &[pass.center().into()],
    )?;
    row.map(read).transpose()
}

/// Takes an account out of the center; false if it is not in it, or has no administrator of its own for good, without
/// whom nobody could manage it.
pub fn unlink(w: &mut Writer, pass: &CenterPass<RunsCenter>, account: &AccountId) -> Result<bool, DbError> {
    take_out(w, pass.center(), account)
}

/// An account of the center; of one that is not, nothing is told.
pub fn find_account<C>(
    r: &mut Reader,
    pass: &CenterPass<C>,
    account: &AccountId,
) -> Result<Option<AccountRow>, DbError> {
    let row = r.tx().optional(
        sql!("SELECT id, name, sort_name FROM account WHERE id = $2 AND center_id = $1"),
        &[pass.center().into(), account.into()],
    )?;
    row.map(read).transpose()
}

/// A few accounts of the center: enough to see how many there are, as far as that matters.
pub fn count_accounts<C>(r: &mut Reader, pass: &CenterPass<C>) -> Result<usize, DbError> {
    let row = r.tx().one(
        sql!("SELECT COUNT(*) FROM (SELECT id FROM account WHERE center_id = $1 LIMIT 1001) few"),
        &[pass.center().into()],
    )?;
    Ok(row.columns().int()? as usize)
}

/// One page of the center's accounts, by name, behind a row; with `search`, those whose name contains it.
/// There are a few thousand at most, so reading their index through is cheap.
pub fn list_accounts<C>(
    r: &mut Reader,
    pass: &CenterPass<C>,
    search: &str,
    (sort_name, id): (&str, &str),
) -> Result<Page<AccountRow>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT id, name, sort_name FROM account
             WHERE center_id = $1 AND sort_name LIKE $2 ESCAPE '!' AND (sort_name, id) > ($3, $4)
             ORDER BY sort_name, id LIMIT $5"
        ),
        &[pass.center().into(), containing(search).into(), sort_name.into(), id.into(), LIMIT.into()],
    )?;
    Ok(Page::of(rows.into_iter().map(read).collect::<Result<_, _>>()?))
}

/// The accounts of the center that the person is a lasting administrator of by themselves, by name.
pub fn list_own_accounts(
    r: &mut Reader,
    pass: &CenterPass<InCenter>,
    search: &str,
    (sort_name, id): (&str, &str),
) -> Result<Page<AccountRow>, DbError> {
    let now = r.now;
    let rows = r.tx().all(
        sql!(
            "SELECT a.id, a.name, a.sort_name FROM \"user\" u JOIN account a ON a.id = u.account_id
             WHERE u.login_id = $2 AND u.user_type = 'administrator' AND u.status = 'active'
               AND (u.ends_at IS NULL OR u.ends_at > $3) AND a.center_id = $1
               AND a.sort_name LIKE $4 ESCAPE '!' AND (a.sort_name, a.id) > ($5, $6)
             ORDER BY a.sort_name, a.id LIMIT $7"
        ),
        &[
            pass.center().into(),
            (&pass.person().login).into(),
            now.into(),
            containing(search).into(),
            sort_name.into(),
            id.into(),
            LIMIT.into(),
        ],
    )?;
    Ok(Page::of(rows.into_iter().map(read).collect::<Result<_, _>>()?))
}

macro_rules! known {
    ($which:literal) => {
        sql!(concat!(
            "SELECT a.id, a.name, CASE WHEN x.login_id IS NOT NULL OR (u.user_type = 'administrator'
                        AND u.status = 'active' AND (u.ends_at IS NULL OR u.ends_at > $3)) THEN 1 ELSE 0 END
             FROM account a
             LEFT JOIN executive_administrator x ON x.center_id = a.center_id AND x.login_id = $2
             LEFT JOIN \"user\" u ON u.account_id = a.id AND u.login_id = $2 AND u.status <> 'deleted'
             WHERE a.center_id = $1",
            $which,
            " AND (x.login_id IS NOT NULL OR u.id IS NOT NULL)"
        ))
    };
}

/// The accounts of a center that somebody may know of, and whether they administer each: all for an executive
/// administrator, else those that they are in. There are a few thousand at most.
pub fn list_known(r: &mut Reader, pass: &CenterPass<InCenter>) -> Result<Vec<KnownAccount>, DbError> {
    let now = r.now;
    let values = [pass.center().into(), (&pass.person().login).into(), now.into()];
    r.tx().all(known!(""), &values)?.into_iter().map(read_known).collect()
}

/// All accounts of the center.
pub fn list_ids(r: &mut Reader, pass: &CenterPass<RunsCenter>) -> Result<Vec<AccountId>, DbError> {
    let rows = r.tx().all(
        sql!("SELECT id FROM account WHERE center_id = $1 ORDER BY sort_name, id"),
        &[pass.center().into()],
    )?;
    rows.into_iter().map(|row| row.columns().parse()).collect()
}

/// The same for who has begun a job there, of the accounts with these numbers.
pub fn list_known_among(
    r: &mut Reader,
    _pass: &SystemPass,
    (center, login): (&AccountCenterId, &LoginId),
    numbers: &BTreeSet<AccountId>,
) -> Result<Vec<KnownAccount>, DbError> {
    let now = r.now;
    let values = [center.into(), login.into(), now.into(), convert::list(numbers)];
    let rows = r.tx().all(known!(" AND a.id {in $4}"), &values)?;
    rows.into_iter().map(read_known).collect()
}

fn read_known(row: Row) -> Result<KnownAccount, DbError> {
    let mut c = row.columns();
    Ok(KnownAccount { id: c.parse()?, name: c.text()?, has_right: c.flag()? })
}

/// The accounts that a person could link: they administer them for good, and they are in no center. By name; at most
/// [`CHOICES`].
pub fn list_linkable(r: &mut Reader, login: &LoginId) -> Result<Vec<AccountRow>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT a.id, a.name, a.sort_name FROM \"user\" u JOIN account a ON a.id = u.account_id
             WHERE u.login_id = $1 AND u.user_type = 'administrator' AND u.status = 'active'
               AND u.ends_at IS NULL AND a.center_id IS NULL
             ORDER BY a.sort_name, a.id LIMIT $2"
        ),
        &[login.into(), CHOICES.into()],
    )?;
    rows.into_iter().map(read).collect()
}

/// The centers that a person may open: of accounts they administer, and those they run.
pub fn list_own(r: &mut Reader, login: &LoginId) -> Result<Vec<CenterOfLogin>, DbError> {
    let now = r.now;
    let rows = r.tx().all(
        sql!(
            "SELECT k.id, k.name FROM account_center k
             WHERE k.id IN (SELECT x.center_id FROM executive_administrator x WHERE x.login_id = $1
                            UNION
                            SELECT a.center_id FROM \"user\" u JOIN account a ON a.id = u.account_id
                            WHERE u.login_id = $1 AND u.user_type = 'administrator' AND u.status = 'active'
                              AND (u.ends_at IS NULL OR u.ends_at > $2) AND a.center_id IS NOT NULL)
             ORDER BY k.id LIMIT 51"
        ),
        &[login.into(), now.into()],
    )?;
    let center = |row: Row| {
        let mut c = row.columns();
        Ok(CenterOfLogin { id: c.parse()?, name: c.text()? })
    };
    rows.into_iter().map(center).collect()
}

fn read(row: Row) -> Result<AccountRow, DbError> {
    let mut c = row.columns();
    Ok(AccountRow { id: c.parse()?, name: c.text()?, sort_name: c.text()? })
}
