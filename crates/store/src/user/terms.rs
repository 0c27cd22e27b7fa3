//! What lists and search find a user by. The columns they read are kept beside the user, in their companies and in
//! their terms, and everything that changes names, companies, status or type keeps them right through this file.

use std::collections::BTreeSet;

use domain::access_change::UNDO;
use domain::capability::proof::ManageUsers;
use domain::id::{AccountCenterId, AccountId, CompanyId, UserId};
use domain::name;
use domain::user::{Names, UserStatus, UserType};

use super::{NewUserRow, words};
use crate::center_person;
use crate::convert;
use crate::db::{DbError, Value, sql};
use crate::pass::{AccountPass, Acting};
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

/// How many terms one statement stores: those of a user with two names.
const AT_ONCE: usize = 4;

fn insert_terms(
    w: &mut Writer,
    account: &AccountId,
    id: &UserId,
    (names, email): (&Names, &str),
    (listed, user_type): (&str, UserType),
) -> Result<(), DbError> {
    let terms: Vec<String> = words::terms(names, email).into_iter().collect();
    for terms in terms.chunks(AT_ONCE) {
        let mut values: Vec<Value> = vec![account.into(), id.into(), listed.into(), user_type.word().into()];
        // Where there are fewer, the last is named again.
        values.extend((0..AT_ONCE).map(|at| Value::from(&terms[at.min(terms.len() - 1)])));
        w.tx().put(
            sql!(
                "INSERT INTO user_term (account_id, user_id, listed, user_type, term)
                 VALUES ($1, $2, $3, $4, $5), ($1, $2, $3, $4, $6), ($1, $2, $3, $4, $7), ($1, $2, $3, $4, $8)
                 ON CONFLICT DO NOTHING"
            ),
            &values,
        )?;
    }
    Ok(())
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

/// Lists a user where their status and type belong. To be called wherever one of them changes.
pub fn update_listed(
    w: &mut Writer,
    account: &AccountId,
    id: &UserId,
    status: UserStatus,
    user_type: UserType,
) -> Result<(), DbError> {
    if let Some((center, email)) = update_tab(w, account, id, status.word())? {
        center_person::refresh(w, &center, &email);
    }
    let values = &[account.into(), id.into(), status.word().into(), user_type.word().into()];
    w.tx().exec(
        sql!("UPDATE user_company SET listed = $3, user_type = $4 WHERE account_id = $1 AND user_id = $2"),
        values,
    )?;
    w.tx().exec(
        sql!("UPDATE user_term SET listed = $3, user_type = $4 WHERE account_id = $1 AND user_id = $2"),
        values,
    )?;
    Ok(())
}

/// The center and address of a user whose account is in one.
fn update_tab(
    w: &mut Writer,
    account: &AccountId,
    id: &UserId,
    listed: &str,
) -> Result<Option<(AccountCenterId, String)>, DbError> {
    let row = w.tx().one(
        sql!(
            "UPDATE \"user\" SET listed = $3 WHERE account_id = $1 AND id = $2
             RETURNING center_id, email_canonical"
        ),
        &[account.into(), id.into(), listed.into()],
    )?;
    let mut c = row.columns();
    let center: Option<AccountCenterId> = c.parse_or_null()?;
    center.map(|center| Ok((center, c.text()?))).transpose()
}

/// How many users are taken off the list of deleted ones at once.
const GONE_AT_ONCE: i64 = 1_000;

/// Takes users who were deleted 30 days ago off the lists, so that those stay short. Some at a time:
/// the rest goes the next time.
pub fn remove_listed(w: &mut Writer) -> Result<(), DbError> {
    let until = w.now - UNDO;
    let rows = w.tx().all(
        sql!(
            "SELECT account_id, id FROM \"user\"
             WHERE listed = 'deleted' AND deleted_at <= $1 ORDER BY deleted_at LIMIT $2"
        ),
        &[until.into(), GONE_AT_ONCE.into()],
    )?;
    for row in rows {
        let mut c = row.columns();
        let (account, id): (AccountId, UserId) = (c.parse()?, c.parse()?);
        update_tab(w, &account, &id, "gone")?;
        w.tx().exec(
            sql!("UPDATE user_company SET listed = 'gone' WHERE account_id = $1 AND user_id = $2"),
            &[(&account).into(), (&id).into()],
        )?;
        w.tx().exec(
            sql!("DELETE FROM user_term WHERE account_id = $1 AND user_id = $2"),
            &[(&account).into(), (&id).into()],
        )?;
    }
    Ok(())
}
