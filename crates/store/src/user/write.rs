//! Changes of users. What must hold under parallel requests stands in the statement itself.

use std::collections::BTreeSet;

use domain::capability::proof::ManageUsers;
use domain::email::{EmailAddress, canonical};
use domain::id::{AccountId, CompanyId, LoginId, UserId};
use domain::name;
use domain::user::{Names, UserStatus};

use super::terms::{insert_terms, update_listed};
use super::{NewUserRow, User};
use crate::center_person;
use crate::convert;
use crate::db::{DbError, sql};
use crate::pass::{AccountPass, Acting, InvitationPass};
use crate::work::Writer;

/// Stores a new user with the terms it is found by. A second user of the address is refused by the index
/// `user_email`.
pub fn insert(
    w: &mut Writer,
    _pass: &impl Acting,
    account: &AccountId,
    new: &NewUserRow,
) -> Result<(), DbError> {
    let now = w.now;
    let activated_at = (new.status != UserStatus::Pending).then_some(now);
    let last_active_at = if new.is_here { now.micros() } else { 0 };
    let row = w.tx().one(
        sql!(
            "INSERT INTO \"user\" (account_id, id, login_id, email, email_canonical, first_name, last_name,
                                   display_name, sort_name, user_type, agent, status, invoice_emails,
                                   created_at, activated_at, last_active_at, ends_at, listed, center_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $12,
                     (SELECT center_id FROM account WHERE id = $1))
             RETURNING center_id"
        ),
        &[
            account.into(),
            new.id.into(),
            new.login.into(),
            new.email.into(),
            new.email.canonical().into(),
            (&new.names.first).into(),
            (&new.names.last).into(),
            (&new.names.display).into(),
            name::sort_key(&[&new.names.first, &new.names.last]).into(),
            new.user_type.word().into(),
            new.agent.into(),
            new.status.word().into(),
            new.invoice_emails.into(),
            now.into(),
            activated_at.into(),
            last_active_at.into(),
            new.ends_at.into(),
        ],
    )?;
    if let Some(center) = row.columns().parse_or_null()? {
        center_person::refresh(w, &center, &new.email.canonical());
    }
    let listed = (new.status.word(), new.user_type);
    insert_terms(w, account, new.id, (new.names, new.email.as_str()), listed)
}

/// Makes the pending user of an invitation active, as `login`; false if they are not pending any more.
pub fn activate(w: &mut Writer, pass: &InvitationPass, login: &LoginId) -> Result<bool, DbError> {
    let now = w.now;
    let row = w.tx().optional(
        sql!(
            "UPDATE \"user\" SET status = 'active', login_id = $3, activated_at = $4, last_active_at = $4,
                    access_version = access_version + 1
             WHERE account_id = $1 AND id = $2 AND status = 'pending' RETURNING user_type"
        ),
        &[(&pass.account).into(), (&pass.user).into(), login.into(), now.into()],
    )?;
    let Some(row) = row else { return Ok(false) };
    let user_type = row.columns().parse()?;
    update_listed(w, &pass.account, &pass.user, UserStatus::Active, user_type)?;
    Ok(true)
}

/// Gives a pending user another address; false if they are not pending any more, or do not have the address of `seen`.
/// Where another user of the account has it, the index `user_email` refuses.
pub fn update_pending_email(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    seen: &User,
    email: &EmailAddress,
) -> Result<bool, DbError> {
    let (account, before) = (pass.account(), canonical(&seen.email));
    let row = w.tx().optional(
        sql!(
            "UPDATE \"user\" SET email = $4, email_canonical = $5
             WHERE account_id = $1 AND id = $2 AND email_canonical = $3 AND status = 'pending' RETURNING center_id"
        ),
        &[
            account.into(),
            (&seen.id).into(),
            before.as_str().into(),
            email.into(),
            email.canonical().into(),
        ],
    )?;
    let Some(row) = row else { return Ok(false) };
    if let Some(center) = row.columns().parse_or_null()? {
        center_person::refresh(w, &center, &before);
    }
    // Where they are listed and what they are found by follow from both.
    replace_names(w, account, &seen.id, &seen.names, email.as_str())?;
    Ok(true)
}

/// Changes names, and with them where the user is listed and what they are found by.
pub fn update_names(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
    names: &Names,
    email: &str,
) -> Result<(), DbError> {
    replace_names(w, pass.account(), id, names, email)
}

/// The same, for whoever may: beside administrators the user themselves.
pub(super) fn replace_names(
    w: &mut Writer,
    account: &AccountId,
    id: &UserId,
    names: &Names,
    email: &str,
) -> Result<(), DbError> {
    let sort_name = name::sort_key(&[&names.first, &names.last]);
    let row = w.tx().one(
        sql!(
            "UPDATE \"user\" SET first_name = $3, last_name = $4, display_name = $5, sort_name = $6
             WHERE account_id = $1 AND id = $2 RETURNING listed, user_type, center_id, email_canonical"
        ),
        &[
            account.into(),
            id.into(),
            (&names.first).into(),
            (&names.last).into(),
            (&names.display).into(),
            (&sort_name).into(),
        ],
    )?;
    let mut c = row.columns();
    let (listed, user_type) = (c.text()?, c.parse()?);
    if let Some(center) = c.parse_or_null()? {
        center_person::refresh(w, &center, &c.text()?);
    }
    w.tx().exec(
        sql!("UPDATE user_company SET sort_name = $3 WHERE account_id = $1 AND user_id = $2"),
        &[account.into(), id.into(), sort_name.into()],
    )?;
    w.tx().exec(
        sql!("DELETE FROM user_term WHERE account_id = $1 AND user_id = $2"),
        &[account.into(), id.into()],
    )?;
    insert_terms(w, account, id, (names, email), (&listed, user_type))
}

/// Sets which companies a user has, of those of the account.
pub fn update_companies(
    w: &mut Writer,
    pass: &impl Acting,
    account: &AccountId,
    id: &UserId,
    companies: &BTreeSet<CompanyId>,
) -> Result<(), DbError> {
    w.tx().exec(
        sql!("DELETE FROM user_company WHERE account_id = $1 AND user_id = $2 AND NOT company_id {in $3}"),
        &[account.into(), id.into(), convert::list(companies)],
    )?;
    insert_companies(w, pass, account, id, companies)
}

/// Gives a user more companies; what they have stays. All must be companies of the account: others are passed over.
pub fn insert_companies(
    w: &mut Writer,
    _pass: &impl Acting,
    account: &AccountId,
    id: &UserId,
    companies: &BTreeSet<CompanyId>,
) -> Result<(), DbError> {
    if companies.is_empty() {
        return Ok(());
    }
    w.tx().put(
        sql!(
            "INSERT INTO user_company (account_id, user_id, company_id, listed, user_type, sort_name)
             SELECT $1, $2, c.id, u.listed, u.user_type, u.sort_name
             FROM \"user\" u JOIN company c ON c.account_id = $1 AND c.id {in $3}
             WHERE u.account_id = $1 AND u.id = $2
             ON CONFLICT (account_id, user_id, company_id) DO NOTHING"
        ),
        &[account.into(), id.into(), convert::list(companies)],
    )?;
    Ok(())
}
