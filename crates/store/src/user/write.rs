//! Changes of users. What must hold under parallel requests stands in the statement itself.

use std::collections::BTreeSet;

use domain::capability::proof::ManageUsers;
use domain::id::{AccountId, CompanyId, LoginId, UserId};
use domain::name;
use domain::user::{Names, UserStatus, UserType};

use super::NewUserRow;
use crate::convert;
use crate::db::{DbError, sql};
use crate::pass::{AccountPass, Acting, InvitationPass, Person};
use crate::work::Writer;

/// Stores a new user with the words it is found by. A second user of the address is refused by the index
/// `user_email`.
pub fn insert(
    w: &mut Writer,
    _pass: &impl Acting,
    account: &AccountId,
    new: &NewUserRow,
) -> Result<(), DbError> {
    let now = w.now;
    let activated_at = (new.status == UserStatus::Active).then_some(now);
    // Who has a login from the start is the one who is setting up.
    let last_active_at = if new.login.is_some() { now.micros() } else { 0 };
    w.tx().exec(
        sql!(
            "INSERT INTO \"user\" (account_id, id, login_id, email, email_canonical, first_name, last_name,
                                   display_name, sort_name, user_type, agent, status, invoice_emails,
                                   created_at, activated_at, last_active_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
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
        ],
    )?;
    insert_words(w, account, new.id, new.names, new.email.as_str())
}

/// The words a user is found by: those of the names, the whole name, the address and its parts.
fn words(names: &Names, email: &str) -> BTreeSet<String> {
    let key = name::sort_key(&[&names.first, &names.last, &names.display]);
    let email = email.to_ascii_lowercase();
    let host = email.rsplit('@').next().unwrap_or_default().to_owned();
    key.split(' ').map(str::to_owned).chain([email, host]).filter(|word| !word.is_empty()).collect()
}

fn insert_words(
    w: &mut Writer,
    account: &AccountId,
    id: &UserId,
    names: &Names,
    email: &str,
) -> Result<(), DbError> {
    for word in words(names, email) {
        w.tx().exec(
            sql!("INSERT INTO user_word (account_id, word, user_id) VALUES ($1, $2, $3)"),
            &[account.into(), word.into(), id.into()],
        )?;
    }
    Ok(())
}

/// Changes names, and with them the words the user is found by.
pub fn update_names(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
    names: &Names,
    email: &str,
) -> Result<(), DbError> {
    let account = pass.account();
    w.tx().exec(
        sql!(
            "UPDATE \"user\" SET first_name = $3, last_name = $4, display_name = $5, sort_name = $6
             WHERE account_id = $1 AND id = $2"
        ),
        &[
            account.into(),
            id.into(),
            (&names.first).into(),
            (&names.last).into(),
            (&names.display).into(),
            name::sort_key(&[&names.first, &names.last]).into(),
        ],
    )?;
    w.tx().exec(
        sql!("DELETE FROM user_word WHERE account_id = $1 AND user_id = $2"),
        &[account.into(), id.into()],
    )?;
    insert_words(w, account, id, names, email)
}

/// Sets which companies a user has. All must be companies of the account, which the foreign key holds.
pub fn update_companies(
    w: &mut Writer,
    _pass: &impl Acting,
    account: &AccountId,
    id: &UserId,
    companies: &BTreeSet<CompanyId>,
) -> Result<(), DbError> {
    w.tx().exec(
        sql!("DELETE FROM user_company WHERE account_id = $1 AND user_id = $2 AND NOT company_id {in $3}"),
        &[account.into(), id.into(), convert::list(companies)],
    )?;
    for company in companies {
        w.tx().exec(
            sql!(
                "INSERT INTO user_company (account_id, user_id, company_id) VALUES ($1, $2, $3)
                 ON CONFLICT (account_id, user_id, company_id) DO NOTHING"
            ),
            &[account.into(), id.into(), company.into()],
        )?;
    }
    Ok(())
}

/// Gives a user another type if they still have the one that was shown; false if not (U-08).
pub fn update_type(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
    from: UserType,
    to: UserType,
) -> Result<bool, DbError> {
    let changed = w.tx().exec(
        sql!(
            "UPDATE \"user\" SET user_type = $4
             WHERE account_id = $1 AND id = $2 AND user_type = $3 AND status IN ('pending', 'active')"
        ),
        &[pass.account().into(), id.into(), from.word().into(), to.word().into()],
    )?;
    Ok(changed > 0)
}

/// Makes a notification user a pending one of another type (U-09); false if they are none any more. That they
/// were active stays noted, so that they go on getting their notifications.
pub fn update_invited_type(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
    to: UserType,
) -> Result<bool, DbError> {
    let changed = w.tx().exec(
        sql!(
            "UPDATE \"user\" SET user_type = $3, status = 'pending'
             WHERE account_id = $1 AND id = $2 AND user_type = 'notification' AND status = 'active'"
        ),
        &[pass.account().into(), id.into(), to.word().into()],
    )?;
    Ok(changed > 0)
}

/// Takes an invitation to more back from somebody who was a notification user before (U-09).
pub fn restore_notification(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
) -> Result<bool, DbError> {
    let changed = w.tx().exec(
        sql!(
            "UPDATE \"user\" SET user_type = 'notification', agent = 0, status = 'active'
             WHERE account_id = $1 AND id = $2 AND status = 'pending' AND activated_at IS NOT NULL"
        ),
        &[pass.account().into(), id.into()],
    )?;
    Ok(changed > 0)
}

/// Deletes a user (U-11) unless they are the account's last active administrator (U-12); false if so, or if they
/// are gone already. The row stays, so that what they did stays attributed to them.
pub fn mark_deleted(w: &mut Writer, pass: &AccountPass<ManageUsers>, id: &UserId) -> Result<bool, DbError> {
    let now = w.now;
    let changed = w.tx().exec(
        sql!(
            "UPDATE \"user\" SET status = 'deleted', deleted_at = $3
             WHERE account_id = $1 AND id = $2 AND status <> 'deleted'
               AND (user_type <> 'administrator' OR status <> 'active' OR EXISTS (
                    SELECT 1 FROM \"user\" other
                    WHERE other.account_id = $1 AND other.id <> $2
                      AND other.user_type = 'administrator' AND other.status = 'active'))"
        ),
        &[pass.account().into(), id.into(), now.into()],
    )?;
    if changed > 0 {
        w.tx().exec(
            sql!("DELETE FROM user_word WHERE account_id = $1 AND user_id = $2"),
            &[pass.account().into(), id.into()],
        )?;
    }
    Ok(changed > 0)
}

/// Makes the pending user of an invitation active, as `login`; false if they are not pending any more.
pub fn activate(w: &mut Writer, pass: &InvitationPass, login: &LoginId) -> Result<bool, DbError> {
    let now = w.now;
    let changed = w.tx().exec(
        sql!(
            "UPDATE \"user\" SET status = 'active', login_id = $3, activated_at = $4, last_active_at = $4
             WHERE account_id = $1 AND id = $2 AND status = 'pending'"
        ),
        &[(&pass.account).into(), (&pass.user).into(), login.into(), now.into()],
    )?;
    Ok(changed > 0)
}

/// Notes that a person was active in an account.
pub fn update_seen(w: &mut Writer, account: &AccountId, person: &Person) -> Result<(), DbError> {
    let now = w.now;
    w.tx().exec(
        sql!(
            "UPDATE \"user\" SET last_active_at = $3
             WHERE account_id = $1 AND login_id = $2 AND status = 'active'"
        ),
        &[account.into(), (&person.login).into(), now.into()],
    )?;
    Ok(())
}
