//! Accounts: tenants.

use domain::account::AccountDetails;
use domain::capability::proof::{AnyKey, ManageUsers};
use domain::id::AccountId;
use domain::name;

use crate::db::{DbError, sql};
use crate::pass::{AccountPass, Acting};
use crate::work::{Reader, Writer};

/// Makes an account. Only the first set-up, the command line and demonstration data do, each with its pass.
pub fn insert(
    w: &mut Writer,
    _pass: &impl Acting,
    id: &AccountId,
    details: &AccountDetails,
) -> Result<(), DbError> {
    let (now, number) = (w.now, new_number(w)?);
    w.tx().exec(
        sql!(
            "INSERT INTO account (id, name, sort_name, time_zone, invitation_days, free_types, takes_requests,
                                  temporary_passwords, see_as, created_at, number)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        ),
        &[
            id.into(),
            (&details.name).into(),
            name::sort_key(&[&details.name]).into(),
            (&details.time_zone).into(),
            details.invitation_days.into(),
            details.free_types.into(),
            details.takes_requests.into(),
            details.temporary_passwords.into(),
            details.see_as.into(),
            now.into(),
            number.into(),
        ],
    )?;
    Ok(())
}

/// The least number of an account, and how many there are from there on.
const NUMBERS: (i64, i64) = (100_000_000, 900_000_000);

/// A number that no account has. Two who are given the same one at the same moment are refused by the index
/// `account_number`.
fn new_number(w: &mut Writer) -> Result<i64, DbError> {
    loop {
        let number = NUMBERS.0 + w.random_below(NUMBERS.1);
        if find_by_number(w, number)?.is_none() {
            return Ok(number);
        }
    }
}

/// The account of a number, for whoever asks: whether they may know of it is for the pass.
pub fn find_by_number(r: &mut Reader, number: i64) -> Result<Option<AccountId>, DbError> {
    let row = r.tx().optional(sql!("SELECT id FROM account WHERE number = $1"), &[number.into()])?;
    row.map(|row| row.columns().parse()).transpose()
}

/// The number of the pass's account.
pub fn get_number(r: &mut Reader, pass: &AccountPass<AnyKey>) -> Result<i64, DbError> {
    let row = r.tx().one(sql!("SELECT number FROM account WHERE id = $1"), &[pass.account().into()])?;
    row.columns().int()
}

/// The account's details.
pub fn get(r: &mut Reader, pass: &AccountPass<ManageUsers>) -> Result<AccountDetails, DbError> {
    let row = r.tx().one(
        sql!(
            "SELECT name, time_zone, invitation_days, free_types, takes_requests, temporary_passwords, see_as
             FROM account WHERE id = $1"
        ),
        &[pass.account().into()],
    )?;
    let mut c = row.columns();
    Ok(AccountDetails {
        name: c.text()?,
        time_zone: c.text()?,
        invitation_days: c.int()?,
        free_types: c.flag()?,
        takes_requests: c.flag()?,
        temporary_passwords: c.flag()?,
        see_as: c.flag()?,
    })
}

/// Changes the account's details.
pub fn update(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    details: &AccountDetails,
) -> Result<(), DbError> {
    w.tx().exec(
        sql!(
            "UPDATE account SET name = $2, sort_name = $3, time_zone = $4, invitation_days = $5, free_types = $6,
                    takes_requests = $7, temporary_passwords = $8, see_as = $9
             WHERE id = $1"
        ),
        &[
            pass.account().into(),
            (&details.name).into(),
            name::sort_key(&[&details.name]).into(),
            (&details.time_zone).into(),
            details.invitation_days.into(),
            details.free_types.into(),
            details.takes_requests.into(),
            details.temporary_passwords.into(),
            details.see_as.into(),
        ],
    )?;
    Ok(())
}

/// Whether there is an account at all.
pub fn is_there(r: &mut Reader) -> Result<bool, DbError> {
    Ok(r.tx().optional(sql!("SELECT id FROM account ORDER BY id LIMIT 1"), &[])?.is_some())
}
