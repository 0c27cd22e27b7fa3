//! What a user was given, for explaining a decision.

use std::collections::BTreeSet;

use domain::capability::proof::ManageUsers;
use domain::id::{AccountId, CompanyId, UserId};
use domain::time::Timestamp;
use domain::user::{UserStatus, UserType};

use crate::db::{Columns, DbError, sql};
use crate::pass::{AccountPass, SystemPass};
use crate::work::Reader;

/// What a user was given.
#[derive(Clone, Debug)]
pub struct Given {
    /// The account the user is in.
    pub account: AccountId,
    /// First and last name as one.
    pub name: String,
    /// The type.
    pub user_type: UserType,
    /// The agent flag.
    pub agent: bool,
    /// Where the user stands; suspended once their access has ended.
    pub status: UserStatus,
    /// When the access ends, or has ended, by itself.
    pub ends_at: Option<Timestamp>,
    /// The companies given; administrators have all without.
    pub companies: BTreeSet<CompanyId>,
}

/// What [`read`] reads.
macro_rules! given {
    () => {
        "SELECT u.account_id, u.first_name, u.last_name, u.user_type, u.agent, u.status, u.ends_at, x.login_id
         FROM \"user\" u JOIN account a ON a.id = u.account_id
         LEFT JOIN executive_administrator x ON x.center_id = a.center_id AND x.login_id = u.login_id"
    };
}

/// What the user of an id was given, in whatever account: the command line names no account.
pub fn find_given_anywhere(
    r: &mut Reader,
    _pass: &SystemPass,
    id: &UserId,
) -> Result<Option<Given>, DbError> {
    let now = r.now;
    let row = r.tx().optional(sql!(concat!(given!(), " WHERE u.id = $1")), &[id.into()])?;
    let Some(row) = row else { return Ok(None) };
    with_companies(r, read(&mut row.columns(), now)?, id)
}

/// What a user of the account was given, unless they are deleted.
pub fn find_given(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
) -> Result<Option<Given>, DbError> {
    let now = r.now;
    let row = r.tx().optional(
        sql!(concat!(given!(), " WHERE u.account_id = $1 AND u.id = $2 AND u.status <> 'deleted'")),
        &[pass.account().into(), id.into()],
    )?;
    let Some(row) = row else { return Ok(None) };
    with_companies(r, read(&mut row.columns(), now)?, id)
}

fn read(c: &mut Columns, now: Timestamp) -> Result<Given, DbError> {
    let account = c.parse()?;
    let name = format!("{} {}", c.text()?, c.text()?).trim().to_owned();
    let (user_type, agent, status) = (c.parse()?, c.flag()?, c.parse()?);
    let ends_at = c.get()?;
    let is_executive = c.text_or_null()?.is_some();
    let given = Given {
        account,
        name,
        user_type,
        agent,
        status: effective(status, ends_at, now),
        ends_at,
        companies: BTreeSet::new(),
    };
    // What the account gave them does not count beside it (C-10).
    let (user_type, status) = (UserType::Administrator, UserStatus::Active);
    Ok(if is_executive { Given { user_type, status, ends_at: None, ..given } } else { given })
}

/// Access ends at its moment, not when somebody comes by to write it down (U-21).
pub(crate) fn effective(status: UserStatus, ends_at: Option<Timestamp>, now: Timestamp) -> UserStatus {
    let ended = status == UserStatus::Active && ends_at.is_some_and(|ends_at| ends_at <= now);
    if ended { UserStatus::Suspended } else { status }
}

fn with_companies(r: &mut Reader, given: Given, id: &UserId) -> Result<Option<Given>, DbError> {
    let rows = r.tx().all(
        sql!("SELECT company_id FROM user_company WHERE account_id = $1 AND user_id = $2"),
        &[(&given.account).into(), id.into()],
    )?;
    let companies = rows.into_iter().map(|row| row.columns().parse()).collect::<Result<_, _>>()?;
    Ok(Some(Given { companies, ..given }))
}
