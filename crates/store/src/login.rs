//! Logins: people's sign-in identities.

use std::collections::BTreeSet;

use domain::capability::proof::ManageUsers;
use domain::email::EmailAddress;
use domain::id::{AccountId, LoginId};
use domain::user::{Names, UserType};

use crate::convert;
use crate::db::{DbError, Value, sql};
use crate::page::{LIMIT, Page, Part, Window, containing};
use crate::pass::{AccountPass, Acting, EmailChangePass, HasPlace, KeyPass, SelfPass};
use crate::temporary_password;
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
    /// First name, last name.
    names: (String, String),
    /// The password's hash.
    pub password_hash: String,
    /// Whether a link that was mailed to the address has been followed. Until then somebody else may have made the login,
    /// with a temporary password, and it is let into nothing more.
    pub is_proven: bool,
}

impl LoginRecord {
    /// The names of a new user of theirs.
    pub fn names(&self) -> Names {
        Names { first: self.names.0.clone(), last: self.names.1.clone(), display: String::new() }
    }
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
    /// Its address.
    pub email: &'a EmailAddress,
    /// Whether that was proven, by a link sent there or by the operator's.
    pub is_proven: bool,
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
    /// The key the list sorts by, for the next page.
    pub sort_name: String,
    /// What they are there.
    pub user_type: UserType,
    /// Whether they are so as executive administrator.
    pub executive: bool,
}

/// The login of an address, if there is one. Outside the product nobody learns which.
pub fn find_by_email(r: &mut Reader, email: &EmailAddress) -> Result<Option<LoginRecord>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT id, email, first_name, last_name, password_hash, email_proven_at FROM login
             WHERE email_canonical = $1"
        ),
        &[email.canonical().into()],
    )?;
    row.map(read).transpose()
}

macro_rules! in_center {
    ($whose:literal) => {
        sql!(concat!(
            "SELECT l.id, l.email, l.first_name, l.last_name, l.password_hash, l.email_proven_at
             FROM login l JOIN account here ON here.id = $2
             WHERE l.email_canonical ",
            $whose,
            " AND l.email_proven_at IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM \"user\" s
                               JOIN account c ON c.id = s.account_id AND c.center_id = here.center_id
                               WHERE s.login_id = l.id AND s.status = 'suspended'
                                 AND (CAST($4 AS BIGINT) = 1 OR EXISTS (
                                     SELECT 1 FROM \"user\" m
                                     WHERE m.account_id = s.account_id AND m.login_id = $5 AND m.status = 'active'
                                       AND m.user_type = 'administrator'
                                       AND (m.ends_at IS NULL OR m.ends_at > $3))))
               AND (EXISTS (SELECT 1 FROM \"user\" u
                            JOIN account d ON d.id = u.account_id AND d.center_id = here.center_id
                            WHERE u.login_id = l.id AND u.status = 'active'
                              AND (u.ends_at IS NULL OR u.ends_at > $3)
                              AND (CAST($4 AS BIGINT) = 1 OR EXISTS (
                                  SELECT 1 FROM \"user\" n
                                  WHERE n.account_id = u.account_id AND n.login_id = $5 AND n.status = 'active'
                                    AND n.user_type = 'administrator'
                                    AND (n.ends_at IS NULL OR n.ends_at > $3))))
                    OR EXISTS (SELECT 1 FROM executive_administrator x
                               WHERE x.login_id = l.id AND x.center_id = here.center_id))"
        ))
    };
}

/// What `in_center` needs beside the addresses. Who runs the center may know of everybody in it; others of those in accounts
/// that they administer themselves, which are all for who administers all.
fn asked_by(r: &Reader, pass: &AccountPass<ManageUsers>) -> [Value; 4] {
    let place = pass.place();
    let knows_all = place.is_executive || place.is_operator();
    let login = place.person.as_ref().map(|person| &person.login);
    [pass.account().into(), r.now.into(), knows_all.into(), login.into()]
}

/// The login of an address that is active in the center of the pass's account and suspended nowhere in it, or runs it:
/// somebody who is known there, and can be let in without an invitation (C-06). Who has not shown that the address is theirs
/// is invited by mail instead: the link shows it. So is who is in accounts of the center alone that are no matter of
/// whoever asks: that they are there is not told.
pub fn find_in_center(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    email: &EmailAddress,
) -> Result<Option<LoginRecord>, DbError> {
    let [account, now, knows_all, login] = asked_by(r, pass);
    let values = [email.canonical().into(), account, now, knows_all, login];
    r.tx().optional(in_center!("= $1"), &values)?.map(read).transpose()
}

/// Those of these addresses, in lower case, that are known so.
pub fn list_in_center(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    emails: &BTreeSet<String>,
) -> Result<Vec<LoginRecord>, DbError> {
    let [account, now, knows_all, login] = asked_by(r, pass);
    let values = [convert::list(emails), account, now, knows_all, login];
    r.tx().all(in_center!("{in $1}"), &values)?.into_iter().map(read).collect()
}

/// The login of an id.
pub fn get(r: &mut Reader, id: &LoginId) -> Result<LoginRecord, DbError> {
    let row = r.tx().one(
        sql!(
            "SELECT id, email, first_name, last_name, password_hash, email_proven_at FROM login WHERE id = $1"
        ),
        &[id.into()],
    )?;
    read(row)
}

fn read(row: crate::db::Row) -> Result<LoginRecord, DbError> {
    let mut c = row.columns();
    let (id, email, names) = (c.parse()?, c.text()?, (c.text()?, c.text()?));
    let name = format!("{} {}", names.0, names.1).trim().to_owned();
    let (password_hash, is_proven) = (c.text()?, c.int_or_null()?.is_some());
    Ok(LoginRecord { id, email, name, names, password_hash, is_proven })
}

/// Makes a login. An address that has one already is refused by the index `login_email`.
pub fn insert(w: &mut Writer, new: &NewLogin) -> Result<(), DbError> {
    let now = w.now;
    w.tx().exec(
        sql!(
            "INSERT INTO login (id, email, email_canonical, first_name, last_name, password_hash,
                                password_changed_at, language, created_at, email_proven_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, '', $7, $8)"
        ),
        &[
            new.id.into(),
            new.email.into(),
            new.email.canonical().into(),
            new.first_name.into(),
            new.last_name.into(),
            new.password_hash.into(),
            now.into(),
            new.is_proven.then_some(now).into(),
        ],
    )?;
    temporary_password::end_all_of(w, new.email)
}

/// Notes that a link which was mailed to the address was followed.
pub fn update_proven(w: &mut Writer, id: &LoginId) -> Result<(), DbError> {
    let now = w.now;
    w.tx().exec(
        sql!("UPDATE login SET email_proven_at = $2 WHERE id = $1 AND email_proven_at IS NULL"),
        &[id.into(), now.into()],
    )?;
    Ok(())
}

/// Notes that the address is not known to be its owner's any more.
pub fn update_unproven(w: &mut Writer, id: &LoginId) -> Result<(), DbError> {
    w.tx().exec(sql!("UPDATE login SET email_proven_at = NULL WHERE id = $1"), &[id.into()])?;
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

/// Sets the address, which its link has proven. One that has a login already is refused by the index `login_email`.
pub fn update_email(w: &mut Writer, pass: &EmailChangePass) -> Result<(), DbError> {
    let now = w.now;
    w.tx().exec(
        sql!("UPDATE login SET email = $2, email_canonical = $3, email_proven_at = $4 WHERE id = $1"),
        &[(&pass.login).into(), (&pass.email).into(), pass.email.canonical().into(), now.into()],
    )?;
    temporary_password::end_all_of(w, &pass.email)
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
    temporary_password::end_all_of(w, email)
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

/// Sets one's own names, and the code of the language one has chosen; an empty one follows the browser.
pub fn update_own(
    w: &mut Writer,
    pass: &SelfPass,
    (first, last): (&str, &str),
    language: &str,
) -> Result<(), DbError> {
    w.tx().exec(
        sql!("UPDATE login SET first_name = $2, last_name = $3, language = $4 WHERE id = $1"),
        &[(&pass.person().login).into(), first.into(), last.into(), language.into()],
    )?;
    Ok(())
}

/// Notes the language that a person's browser reads as they sign in, for their mails.
pub fn update_seen_language(w: &mut Writer, id: &LoginId) -> Result<(), DbError> {
    let seen = w.origin().language.clone();
    if seen.is_empty() {
        return Ok(());
    }
    w.tx().exec(
        sql!("UPDATE login SET seen_language = $2 WHERE id = $1 AND seen_language <> $2"),
        &[id.into(), seen.into()],
    )?;
    Ok(())
}

/// An account as programs see one.
#[derive(Clone, Debug)]
pub struct AccountOfKey {
    /// The account.
    pub id: AccountId,
    /// Its number.
    pub number: i64,
    /// Its name.
    pub name: String,
}

macro_rules! accounts_of_key {
    () => {
        " FROM account a WHERE a.id IN (
             SELECT u.account_id FROM \"user\" u
             WHERE u.login_id = $1 AND u.status = 'active' AND (u.ends_at IS NULL OR u.ends_at > $2)
             UNION ALL
             SELECT o.id FROM executive_administrator x JOIN account o ON o.center_id = x.center_id
             WHERE x.login_id = $1)
           AND ($3 = '' OR a.id = $3)
           AND NOT EXISTS (SELECT 1 FROM api_key_account ka
                           WHERE ka.account_id = a.id AND ka.api_key_id = $4 AND ka.ended_at IS NOT NULL)"
    };
}

/// A part of the accounts that a key opens, by name: those of its owner, or the one of them that it is for, where it was not ended.
pub fn list_accounts_of_key(
    r: &mut Reader,
    pass: &KeyPass,
    down: bool,
    window: Window,
) -> Result<Part<AccountOfKey>, DbError> {
    let now = r.now;
    let only = pass.only().map_or("", |only| only.as_str());
    let mut values = vec![Value::from(&pass.person().login), now.into(), only.into(), pass.key().into()];
    let total = r.tx().one(sql!(concat!("SELECT COUNT(*)", accounts_of_key!())), &values)?.columns().int()?;
    values.extend([window.take.into(), window.skip.into()]);
    let statement = match down {
        false => sql!(concat!(
            "SELECT a.id, a.number, a.name",
            accounts_of_key!(),
            " ORDER BY a.sort_name, a.id LIMIT $5 OFFSET $6"
        )),
        true => sql!(concat!(
            "SELECT a.id, a.number, a.name",
            accounts_of_key!(),
            " ORDER BY a.sort_name DESC, a.id DESC LIMIT $5 OFFSET $6"
        )),
    };
    let read = |row: crate::db::Row| {
        let mut c = row.columns();
        Ok(AccountOfKey { id: c.parse()?, number: c.int()?, name: c.text()? })
    };
    let rows = r.tx().all(statement, &values)?;
    Ok(Part { rows: rows.into_iter().map(read).collect::<Result<_, _>>()?, total })
}

/// One page of the accounts a person has an active place in, or is executive administrator of, by name, behind a row;
/// with `search`, those whose name contains it (C-02).
pub fn list_accounts(
    r: &mut Reader,
    pass: &SelfPass,
    search: &str,
    (sort_name, id): (&str, &str),
) -> Result<Page<AccountOfLogin>, DbError> {
    let now = r.now;
    let rows = r.tx().all(
        sql!(
            "SELECT a.id, a.name, a.sort_name, MAX(p.executive), MAX(p.user_type) FROM (
                 SELECT u.account_id AS id, u.user_type AS user_type, 0 AS executive FROM \"user\" u
                 WHERE u.login_id = $1 AND u.status = 'active' AND (u.ends_at IS NULL OR u.ends_at > $2)
                 UNION ALL
                 SELECT o.id AS id, '' AS user_type, 1 AS executive
                 FROM executive_administrator x JOIN account o ON o.center_id = x.center_id
                 WHERE x.login_id = $1
             ) p JOIN account a ON a.id = p.id
             WHERE a.sort_name LIKE $3 ESCAPE '!' AND (a.sort_name, a.id) > ($4, $5)
             GROUP BY a.id, a.name, a.sort_name
             ORDER BY a.sort_name, a.id LIMIT $6"
        ),
        &[
            (&pass.person().login).into(),
            now.into(),
            containing(search).into(),
            sort_name.into(),
            id.into(),
            LIMIT.into(),
        ],
    )?;
    let read = |row: crate::db::Row| {
        let mut c = row.columns();
        let (account, name, sort_name, executive) = (c.parse()?, c.text()?, c.text()?, c.flag()?);
        let user_type: String = c.text()?;
        let user_type = match executive {
            true => UserType::Administrator,
            false => user_type.parse().map_err(|_| DbError::Shape("user.user_type".into()))?,
        };
        Ok(AccountOfLogin { account, name, sort_name, user_type, executive })
    };
    Ok(Page::of(rows.into_iter().map(read).collect::<Result<_, _>>()?))
}
