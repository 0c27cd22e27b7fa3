//! What a user was given, for explaining a decision.

use std::collections::BTreeSet;

use domain::id::{AccountId, CompanyId, UserId};
use domain::user::{UserStatus, UserType};

use crate::db::{DbError, sql};
use crate::pass::SystemPass;
use crate::work::Reader;

/// What a user was given.
#[derive(Clone, Debug)]
pub struct Given {
    /// The account the user is in.
    pub account: AccountId,
    /// The type.
    pub user_type: UserType,
    /// The agent flag.
    pub agent: bool,
    /// Where the user stands.
    pub status: UserStatus,
    /// The companies given; administrators have all without.
    pub companies: BTreeSet<CompanyId>,
}

/// What the user of an id was given, in whatever account: the command line names no account.
pub fn find_grants(r: &mut Reader, _pass: &SystemPass, id: &UserId) -> Result<Option<Given>, DbError> {
    let row = r.tx().optional(
        sql!("SELECT account_id, user_type, agent, status FROM \"user\" WHERE id = $1"),
        &[id.into()],
    )?;
    let Some(row) = row else { return Ok(None) };
    let mut c = row.columns();
    let (account, user_type, agent, status): (AccountId, _, _, _) =
        (c.parse()?, c.parse()?, c.flag()?, c.parse()?);
    let rows = r.tx().all(
        sql!("SELECT company_id FROM user_company WHERE account_id = $1 AND user_id = $2"),
        &[(&account).into(), id.into()],
    )?;
    let companies = rows.into_iter().map(|row| row.columns().parse()).collect::<Result<_, _>>()?;
    Ok(Some(Given { account, user_type, agent, status, companies }))
}
