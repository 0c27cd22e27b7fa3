//! Temporary passwords (C-06): another way to open an invitation, for somebody who has no login yet. A row is no login, and
//! signs nobody in: it leads to choosing one's own password, with which the login begins.

mod sign_in;

use domain::account_center::proof::RunsCenter;
use domain::capability::proof::ManageUsers;
use domain::email::{EmailAddress, canonical};
use domain::id::UserId;
use domain::temporary_password::LIFETIME;
use domain::time::Timestamp;

pub(crate) use sign_in::end_all_of;
pub use sign_in::{Candidate, list_by_address, remove_used, update_ticket};

use crate::db::{DbError, sql};
use crate::mail::ReadsMail;
use crate::pass::{AccountPass, CenterPass, HasPlace, InvitationPass};
use crate::secret::Key;
use crate::work::{Reader, Writer};

/// A temporary password that waits, as the user's page shows it.
#[derive(Clone, Debug)]
pub struct TemporaryPassword {
    /// Until when it works.
    pub expires_at: Timestamp,
    /// Who set it; empty for the operator.
    pub set_by: String,
}

/// What its mail says.
#[derive(Clone, Debug)]
pub struct Content {
    /// The account's name.
    pub account_name: String,
    /// The account.
    pub account: domain::id::AccountId,
    /// Its time zone.
    pub time_zone: String,
    /// Who set it; empty for the operator.
    pub set_by: String,
    /// Whose it is.
    pub name: String,
    /// Until when it works.
    pub expires_at: Timestamp,
    /// In how many other accounts the same one was set.
    pub more: i64,
}

/// The salt of all temporary passwords of an address: so that one hash is compared with those of every account that has set
/// one, and a sign-in takes as long as any other. It is the oldest key's, so that it stays the same when the key is replaced.
pub fn salt(key: &Key, email: &EmailAddress) -> [u8; 32] {
    let oldest = key.each().next_back().expect("an installation has a key");
    oldest.bytes("temporary password", &email.canonical())
}

/// Whether they may be set in the account: neither it nor its center has switched them off.
pub fn are_allowed(r: &mut Reader, pass: &AccountPass<ManageUsers>) -> Result<bool, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT a.id FROM account a LEFT JOIN account_center k ON k.id = a.center_id
             WHERE a.id = $1 AND a.temporary_passwords = 1 AND COALESCE(k.temporary_passwords, 1) = 1"
        ),
        &[pass.account().into()],
    )?;
    Ok(row.is_some())
}

/// Sets the temporary password of a user whose invitation is open, in place of one before; false if it is not open any more,
/// or the address has a login by now.
pub fn insert(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    user: &UserId,
    email: &EmailAddress,
    password_hash: &str,
) -> Result<bool, DbError> {
    let (now, place) = (w.now, pass.place());
    let by_login = place.person.as_ref().filter(|_| place.is_executive).map(|person| &person.login);
    let made = w.tx().exec(
        sql!(
            "INSERT INTO temporary_password (account_id, user_id, email_canonical, password_hash, set_by, set_by_login,
                                             set_at, expires_at)
             SELECT i.account_id, i.user_id, $3, $4, $5, $6, $7, $8 FROM invitation i
             WHERE i.account_id = $1 AND i.user_id = $2 AND i.accepted_at IS NULL
               AND NOT EXISTS (SELECT 1 FROM login l WHERE l.email_canonical = $3)
             ON CONFLICT (account_id, user_id) DO UPDATE SET
                 email_canonical = excluded.email_canonical, password_hash = excluded.password_hash,
                 set_by = excluded.set_by, set_by_login = excluded.set_by_login, set_at = excluded.set_at,
                 expires_at = excluded.expires_at, ticket_hash = NULL, ticket_expires_at = NULL"
        ),
        &[
            pass.account().into(),
            user.into(),
            email.canonical().into(),
            password_hash.into(),
            place.user.as_ref().into(),
            by_login.into(),
            now.into(),
            (now + LIFETIME).into(),
        ],
    )?;
    Ok(made > 0)
}

/// The one of a user that waits.
pub fn find(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    user: &UserId,
) -> Result<Option<TemporaryPassword>, DbError> {
    let now = r.now;
    let row = r.tx().optional(
        sql!(
            "SELECT t.expires_at,
                    COALESCE(b.first_name || ' ' || b.last_name, e.first_name || ' ' || e.last_name, '')
             FROM temporary_password t
             LEFT JOIN \"user\" b ON b.account_id = t.account_id AND b.id = t.set_by
             LEFT JOIN login e ON e.id = t.set_by_login
             WHERE t.account_id = $1 AND t.user_id = $2 AND t.expires_at > $3"
        ),
        &[pass.account().into(), user.into(), now.into()],
    )?;
    let Some(row) = row else { return Ok(None) };
    let mut c = row.columns();
    let expires_at = c.get()?;
    Ok(Some(TemporaryPassword { expires_at, set_by: c.text()?.trim().to_owned() }))
}

/// Takes a user's away; false if there is none.
pub fn remove(w: &mut Writer, pass: &AccountPass<ManageUsers>, user: &UserId) -> Result<bool, DbError> {
    let removed = w.tx().exec(
        sql!("DELETE FROM temporary_password WHERE account_id = $1 AND user_id = $2"),
        &[pass.account().into(), user.into()],
    )?;
    Ok(removed > 0)
}

/// Takes away that of an invitation which is accepted by its link.
pub fn remove_accepted(w: &mut Writer, pass: &InvitationPass) -> Result<(), DbError> {
    w.tx().exec(
        sql!("DELETE FROM temporary_password WHERE account_id = $1 AND user_id = $2"),
        &[(&pass.account).into(), (&pass.user).into()],
    )?;
    Ok(())
}

/// Takes all of the account away, where they are switched off.
pub fn remove_all(w: &mut Writer, pass: &AccountPass<ManageUsers>) -> Result<u64, DbError> {
    w.tx().exec(sql!("DELETE FROM temporary_password WHERE account_id = $1"), &[pass.account().into()])
}

/// Takes all of the center's accounts away, where they are switched off.
pub fn remove_all_of_center(w: &mut Writer, pass: &CenterPass<RunsCenter>) -> Result<u64, DbError> {
    w.tx().exec(
        sql!(
            "DELETE FROM temporary_password
             WHERE account_id IN (SELECT a.id FROM account a WHERE a.center_id = $1)"
        ),
        &[pass.center().into()],
    )
}

/// Forgets those that work no more.
pub fn remove_expired(w: &mut Writer) -> Result<u64, DbError> {
    let now = w.now;
    w.tx().exec(sql!("DELETE FROM temporary_password WHERE expires_at <= $1"), &[now.into()])
}

/// What the mail says that tells of it; `None` if it works no more, or they have another address by now.
pub fn find_content(
    r: &mut Reader,
    _pass: &impl ReadsMail,
    account: &str,
    user: &UserId,
    email: &str,
) -> Result<Option<Content>, DbError> {
    let now = r.now;
    let row = r.tx().optional(
        sql!(
            "SELECT a.name, a.id, a.time_zone,
                    COALESCE(b.first_name || ' ' || b.last_name, e.first_name || ' ' || e.last_name, ''),
                    u.first_name, u.last_name, t.expires_at,
                    (SELECT COUNT(*) FROM temporary_password o
                     WHERE o.email_canonical = t.email_canonical AND o.password_hash = t.password_hash) - 1
             FROM temporary_password t
             JOIN account a ON a.id = t.account_id
             JOIN \"user\" u ON u.account_id = t.account_id AND u.id = t.user_id AND u.status = 'pending'
             LEFT JOIN \"user\" b ON b.account_id = t.account_id AND b.id = t.set_by
             LEFT JOIN login e ON e.id = t.set_by_login
             WHERE t.account_id = $1 AND t.user_id = $2 AND t.expires_at > $3 AND t.password_hash <> ''
               AND t.email_canonical = $4"
        ),
        &[account.into(), user.into(), now.into(), canonical(email).into()],
    )?;
    let Some(row) = row else { return Ok(None) };
    let mut c = row.columns();
    Ok(Some(Content {
        account_name: c.text()?,
        account: c.parse()?,
        time_zone: c.text()?,
        set_by: c.text()?.trim().to_owned(),
        name: format!("{} {}", c.text()?, c.text()?).trim().to_owned(),
        expires_at: c.get()?,
        more: c.int()?,
    }))
}
