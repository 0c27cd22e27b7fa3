//! Logins: people's sign-in identities.

use domain::email::EmailAddress;
use domain::id::{AccountId, LoginId, UserId};
use domain::user::UserType;

use crate::db::{DbError, sql};
use crate::pass::{Acting, EmailChangePass, SelfPass};
use crate::work::{Actor, Reader, Writer};

/// What a sign-in or reset needs of a login.
#[derive(Clone, Debug)]
pub struct LoginRecord {
    /// The login.
    pub id: LoginId,
    /// The stored address: mails go there, never to a typed one.
    pub email: String,
    /// First and last name as one.
    pub name: String,
    /// The password's hash.
    pub password_hash: String,
}

impl Acting for LoginRecord {
    fn actor(&self) -> Actor {
        Actor::login(&self.id, &self.name)
    }
}

/// A login to be made.
pub struct NewLogin<'a> {
    /// Its id.
    pub id: &'a LoginId,
    /// Its address; proven by a link sent there, or by the operator's.
    pub email: &'a EmailAddress,
    /// First name.
    pub first_name: &'a str,
    /// Last name.
    pub last_name: &'a str,
    /// The password's hash.
    pub password_hash: &'a str,
}

/// An account that a login has a place in.
#[derive(Clone, Debug)]
pub struct AccountOfLogin {
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// The login's user there.
    pub user: UserId,
    /// That user's type.
    pub user_type: UserType,
}

/// The login of an address, if there is one. Outside the product nobody learns which.
pub fn find_by_email(r: &mut Reader, email: &EmailAddress) -> Result<Option<LoginRecord>, DbError> {
    let row = r.tx().optional(
        sql!("SELECT id, email, first_name, last_name, password_hash FROM login WHERE email_canonical = $1"),
        &[email.canonical().into()],
    )?;
    row.map(read).transpose()
}

/// The login of an id.
pub fn get(r: &mut Reader, id: &LoginId) -> Result<LoginRecord, DbError> {
    let row = r.tx().one(
        sql!("SELECT id, email, first_name, last_name, password_hash FROM login WHERE id = $1"),
        &[id.into()],
    )?;
    read(row)
}

fn read(row: crate::db::Row) -> Result<LoginRecord, DbError> {
    let mut c = row.columns();
    Ok(LoginRecord {
        id: c.parse()?,
        email: c.text()?,
        name: format!("{} {}", c.text()?, c.text()?).trim().to_owned(),
        password_hash: c.text()?,
    })
}

/// Makes a login. An address that has one already is refused by the index `login_email`.
pub fn insert(w: &mut Writer, new: &NewLogin) -> Result<(), DbError> {
    let now = w.now;
    w.tx().exec(
        sql!(
            "INSERT INTO login (id, email, email_canonical, first_name, last_name, password_hash,
                                password_changed_at, language, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'en', $7)"
        ),
        &[
            new.id.into(),
            new.email.into(),
            new.email.canonical().into(),
            new.first_name.into(),
            new.last_name.into(),
            new.password_hash.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// Sets a new password's hash.
pub fn update_password(w: &mut Writer, id: &LoginId, password_hash: &str) -> Result<(), DbError> {
    let now = w.now;
    w.tx().exec(
        sql!("UPDATE login SET password_hash = $2, password_changed_at = $3 WHERE id = $1"),
        &[id.into(), password_hash.into(), now.into()],
    )?;
    Ok(())
}

/// Sets the address. One that has a login already is refused by the index `login_email`.
pub fn update_email(w: &mut Writer, pass: &EmailChangePass) -> Result<(), DbError> {
    w.tx().exec(
        sql!("UPDATE login SET email = $2, email_canonical = $3 WHERE id = $1"),
        &[(&pass.login).into(), (&pass.email).into(), pass.email.canonical().into()],
    )?;
    Ok(())
}

/// Sets the address of a login that another is merged into, or was. One that has a login already is refused by the index
/// `login_email`.
pub fn update_merged_email(
    w: &mut Writer,
    _pass: &SelfPass,
    id: &LoginId,
    email: &EmailAddress,
) -> Result<(), DbError> {
    w.tx().exec(
        sql!("UPDATE login SET email = $2, email_canonical = $3 WHERE id = $1"),
        &[id.into(), email.into(), email.canonical().into()],
    )?;
    Ok(())
}

/// Takes a login its address, as it is merged into another; false if it has another one by now, or none. Its id stands
/// where the address stood, which no address is: so no statement finds it by one.
pub fn update_merged(
    w: &mut Writer,
    _pass: &SelfPass,
    id: &LoginId,
    email: &EmailAddress,
) -> Result<bool, DbError> {
    let changed = w.tx().exec(
        sql!("UPDATE login SET email = '', email_canonical = id WHERE id = $1 AND email_canonical = $2"),
        &[id.into(), email.canonical().into()],
    )?;
    Ok(changed > 0)
}

/// Sets one's own names.
pub fn update_names(w: &mut Writer, pass: &SelfPass, first: &str, last: &str) -> Result<(), DbError> {
    w.tx().exec(
        sql!("UPDATE login SET first_name = $2, last_name = $3 WHERE id = $1"),
        &[(&pass.person().login).into(), first.into(), last.into()],
    )?;
    Ok(())
}

/// The accounts a person has an active place in, by name; from the account `after` on.
pub fn list_accounts(r: &mut Reader, pass: &SelfPass, after: &str) -> Result<Vec<AccountOfLogin>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT a.id, a.name, u.id, u.user_type
             FROM \"user\" u JOIN account a ON a.id = u.account_id
             WHERE u.login_id = $1 AND u.status = 'active' AND u.account_id > $2
             ORDER BY u.account_id LIMIT 51"
        ),
        &[(&pass.person().login).into(), after.into()],
    )?;
    let read = |row: crate::db::Row| {
        let mut c = row.columns();
        Ok(AccountOfLogin { account: c.parse()?, name: c.text()?, user: c.parse()?, user_type: c.parse()? })
    };
    rows.into_iter().map(read).collect()
}
