//! Executive administrators: logins with administrator access to every account of a center (C-10 to C-12). One row holds
//! it for all accounts, so that it begins and ends everywhere at one moment; gates look for it (`pass::load`).

mod reach;

use domain::account_center::proof::RunsCenter;
use domain::capability::proof::ManageUsers;
use domain::id::{AccountCenterId, AccountId, LoginId, UserId};
use domain::time::Timestamp;
use domain::user::Names;

pub use reach::{RunCenter, find_center, list_others, list_run, list_without_user};

use crate::account_center::AccountRow;
use crate::db::{DbError, Row, sql};
use crate::pass::{AccountPass, CenterPass, HasPlace, InvitationPass, SelfPass, SystemPass};
use crate::work::{Reader, Writer};

/// The most that a page shows; an agency has a handful.
pub(crate) const SHOWN: i64 = 200;

/// An executive administrator.
#[derive(Clone, Debug)]
pub struct Executive {
    /// Who.
    pub login: LoginId,
    /// First and last name.
    pub name: String,
    /// The address.
    pub email: String,
    /// Since when.
    pub created_at: Timestamp,
}

/// Makes a login an executive administrator; false if it is one.
pub fn insert<C>(w: &mut Writer, pass: &CenterPass<C>, login: &LoginId) -> Result<bool, DbError> {
    let now = w.now;
    let made = w.tx().exec(
        sql!(
            "INSERT INTO executive_administrator (center_id, login_id, created_at) VALUES ($1, $2, $3)
             ON CONFLICT (center_id, login_id) DO NOTHING"
        ),
        &[pass.center().into(), login.into(), now.into()],
    )?;
    Ok(made > 0)
}

/// Makes one in demonstration data.
pub fn seed(
    w: &mut Writer,
    _pass: &SystemPass,
    center: &AccountCenterId,
    login: &LoginId,
) -> Result<(), DbError> {
    let now = w.now;
    w.tx().exec(
        sql!("INSERT INTO executive_administrator (center_id, login_id, created_at) VALUES ($1, $2, $3)"),
        &[center.into(), login.into(), now.into()],
    )?;
    Ok(())
}

/// Makes the first one of a center; false if there is one by now (C-04).
pub fn insert_first<C>(w: &mut Writer, pass: &CenterPass<C>) -> Result<bool, DbError> {
    let now = w.now;
    let made = w.tx().exec(
        sql!(
            "INSERT INTO executive_administrator (center_id, login_id, created_at)
             SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT 1 FROM executive_administrator WHERE center_id = $1)"
        ),
        &[pass.center().into(), (&pass.person().login).into(), now.into()],
    )?;
    Ok(made > 0)
}

/// Unmakes one, if another stays; false if not, or if it is none (C-12).
pub fn remove(w: &mut Writer, pass: &CenterPass<RunsCenter>, login: &LoginId) -> Result<bool, DbError> {
    let removed = w.tx().exec(
        sql!(
            "DELETE FROM executive_administrator
             WHERE center_id = $1 AND login_id = $2
               AND EXISTS (SELECT 1 FROM executive_administrator other
                           WHERE other.center_id = $1 AND other.login_id <> $2)"
        ),
        &[pass.center().into(), login.into()],
    )?;
    Ok(removed > 0)
}

/// Whether there is one.
pub fn is_there<C>(r: &mut Reader, pass: &CenterPass<C>) -> Result<bool, DbError> {
    let row = r.tx().optional(
        sql!("SELECT login_id FROM executive_administrator WHERE center_id = $1 LIMIT 1"),
        &[pass.center().into()],
    )?;
    Ok(row.is_some())
}

/// Those of the center, first made first.
pub fn list<C>(r: &mut Reader, pass: &CenterPass<C>) -> Result<Vec<Executive>, DbError> {
    list_of(r, pass.center())
}

/// Those who are administrators of an account through its center.
pub fn list_at(r: &mut Reader, pass: &impl HasPlace) -> Result<Vec<Executive>, DbError> {
    match &pass.place().center {
        Some(center) => list_of(r, center),
        None => Ok(Vec::new()),
    }
}

fn list_of(r: &mut Reader, center: &AccountCenterId) -> Result<Vec<Executive>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT l.id, l.first_name, l.last_name, l.email, x.created_at
             FROM executive_administrator x JOIN login l ON l.id = x.login_id
             WHERE x.center_id = $1 ORDER BY x.created_at, x.login_id LIMIT $2"
        ),
        &[center.into(), SHOWN.into()],
    )?;
    rows.into_iter().map(read).collect()
}

fn read(row: Row) -> Result<Executive, DbError> {
    let mut c = row.columns();
    let login = c.parse()?;
    let name = format!("{} {}", c.text()?, c.text()?).trim().to_owned();
    Ok(Executive { login, name, email: c.text()?, created_at: c.get()? })
}

/// The names of the centers that a login runs; for who has shown that it is theirs.
pub fn list_centers(r: &mut Reader, _pass: &SelfPass, login: &LoginId) -> Result<Vec<String>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT k.name FROM executive_administrator x JOIN account_center k ON k.id = x.center_id
             WHERE x.login_id = $1 ORDER BY k.id LIMIT $2"
        ),
        &[login.into(), SHOWN.into()],
    )?;
    rows.into_iter().map(|row| row.columns().text()).collect()
}

/// One of the center.
pub fn find(
    r: &mut Reader,
    pass: &CenterPass<RunsCenter>,
    login: &LoginId,
) -> Result<Option<Executive>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT l.id, l.first_name, l.last_name, l.email, x.created_at
             FROM executive_administrator x JOIN login l ON l.id = x.login_id
             WHERE x.center_id = $1 AND x.login_id = $2"
        ),
        &[pass.center().into(), login.into()],
    )?;
    row.map(read).transpose()
}

/// Whether a login is an active user of one of the center's accounts, or runs it.
pub fn has_person(r: &mut Reader, pass: &CenterPass<RunsCenter>, login: &LoginId) -> Result<bool, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT 1 FROM \"user\" u JOIN account a ON a.id = u.account_id
             WHERE u.login_id = $2 AND u.status = 'active' AND a.center_id = $1
             UNION ALL
             SELECT 1 FROM executive_administrator x WHERE x.center_id = $1 AND x.login_id = $2
             LIMIT 1"
        ),
        &[pass.center().into(), login.into()],
    )?;
    Ok(row.is_some())
}

/// What somebody has in an account of the center beside being an executive administrator.
#[derive(Clone, Debug)]
pub struct OwnPlace {
    /// The account.
    pub account: AccountRow,
    /// Their user there, with its names; `None` where they have none that is not deleted.
    pub user: Option<(UserId, Names)>,
    /// Whether that user is a lasting, active administrator.
    pub is_administrator: bool,
    /// Whether the account has another one.
    pub has_other: bool,
}

/// What a login has by itself in each account of the center, in the order of their ids.
pub fn list_places(
    r: &mut Reader,
    pass: &CenterPass<RunsCenter>,
    login: &LoginId,
) -> Result<Vec<OwnPlace>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT a.id, a.name, a.sort_name, u.id, u.first_name, u.last_name, u.display_name,
                    CASE WHEN u.user_type = 'administrator' AND u.status = 'active' AND u.ends_at IS NULL
                         THEN 1 ELSE 0 END,
                    CASE WHEN EXISTS (
                        SELECT 1 FROM \"user\" o
                        WHERE o.account_id = a.id AND o.user_type = 'administrator' AND o.status = 'active'
                          AND o.ends_at IS NULL AND (o.login_id IS NULL OR o.login_id <> $2)
                    ) THEN 1 ELSE 0 END
             FROM account a
             LEFT JOIN \"user\" u ON u.account_id = a.id AND u.login_id = $2 AND u.status <> 'deleted'
             WHERE a.center_id = $1 ORDER BY a.sort_name, a.id"
        ),
        &[pass.center().into(), login.into()],
    )?;
    let read = |row: Row| {
        let mut c = row.columns();
        let account = AccountRow { id: c.parse()?, name: c.text()?, sort_name: c.text()? };
        let id: Option<UserId> = c.parse_or_null()?;
        let (first, last, display) = (c.text_or_null()?, c.text_or_null()?, c.text_or_null()?);
        let names = Names {
            first: first.unwrap_or_default(),
            last: last.unwrap_or_default(),
            display: display.unwrap_or_default(),
        };
        Ok(OwnPlace {
            account,
            user: id.map(|id| (id, names)),
            is_administrator: c.flag()?,
            has_other: c.flag()?,
        })
    };
    rows.into_iter().map(read).collect()
}

/// Keeps that an invited user becomes an executive administrator with accepting (C-10).
pub fn insert_invitation(
    w: &mut Writer,
    pass: &CenterPass<RunsCenter>,
    account: &AccountId,
    user: &UserId,
) -> Result<(), DbError> {
    w.tx().exec(
        sql!("INSERT INTO executive_invitation (account_id, user_id, center_id) VALUES ($1, $2, $3)"),
        &[account.into(), user.into(), pass.center().into()],
    )?;
    // It opens more than the account, so that its link is not below the account's own host.
    w.tx().exec(
        sql!("UPDATE invitation SET host = '' WHERE account_id = $1 AND user_id = $2"),
        &[account.into(), user.into()],
    )?;
    Ok(())
}

/// Whether a user is invited to be one.
pub fn is_invited(r: &mut Reader, pass: &AccountPass<ManageUsers>, user: &UserId) -> Result<bool, DbError> {
    let row = r.tx().optional(
        sql!("SELECT center_id FROM executive_invitation WHERE account_id = $1 AND user_id = $2"),
        &[pass.account().into(), user.into()],
    )?;
    Ok(row.is_some())
}

/// Forgets that a user was invited to be one: whatever is changed of their access, the invitation is for no more than that.
pub(crate) fn remove_invitation(w: &mut Writer, account: &AccountId, user: &UserId) -> Result<(), DbError> {
    w.tx().exec(
        sql!("DELETE FROM executive_invitation WHERE account_id = $1 AND user_id = $2"),
        &[account.into(), user.into()],
    )?;
    Ok(())
}

/// Makes whoever accepts an executive administrator, if they were invited as one, the link was sent last by somebody who
/// still is one, and the account is still in the center. The center they run from now on.
pub fn accept(
    w: &mut Writer,
    pass: &InvitationPass,
    login: &LoginId,
) -> Result<Option<AccountCenterId>, DbError> {
    let now = w.now;
    let row = w.tx().optional(
        sql!("DELETE FROM executive_invitation WHERE account_id = $1 AND user_id = $2 RETURNING center_id"),
        &[(&pass.account).into(), (&pass.user).into()],
    )?;
    let Some(row) = row else { return Ok(None) };
    let center: AccountCenterId = row.columns().parse()?;
    let made = w.tx().exec(
        sql!(
            "INSERT INTO executive_administrator (center_id, login_id, created_at)
             SELECT x.center_id, $2, $3 FROM executive_administrator x
             JOIN account a ON a.center_id = x.center_id
             JOIN invitation i ON i.account_id = a.id AND i.invited_by_login = x.login_id
             WHERE x.center_id = $1 AND a.id = $4 AND i.account_id = $4 AND i.id = $5
             ON CONFLICT (center_id, login_id) DO NOTHING"
        ),
        &[(&center).into(), login.into(), now.into(), (&pass.account).into(), (&pass.invitation).into()],
    )?;
    Ok((made > 0).then_some(center))
}
