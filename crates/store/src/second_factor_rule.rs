//! From when everybody in an account, or in all accounts of a center, needs a second factor, and who has none. The gates
//! ask for it, and for what the operator asks of everybody (`read_due` in `pass::load`).

use domain::account_center::proof::RunsCenter;
use domain::capability::proof::ManageUsers;
use domain::time::Timestamp;

use crate::db::{DbError, Row, sql};
use crate::pass::{AccountPass, CenterPass};
use crate::second_factor::has_second_factor;
use crate::work::{Reader, Writer};

/// The most that a page shows.
pub const SHOWN: usize = 50;
/// How many are looked through for a page: in a large account nearly all may have one.
const LOOKED_AT: i64 = 5_000;

/// From when it holds, if ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// As the account, or the center, says it.
    pub own: Option<Timestamp>,
    /// As the center of the account says it.
    pub of_center: Option<Timestamp>,
    /// As the operator says it of everybody on this server.
    pub of_server: Option<Timestamp>,
}

/// Somebody who can sign in and has no second factor.
#[derive(Clone, Debug)]
pub struct Lacking {
    /// Their user, their person of the center, or the login of an executive administrator.
    pub id: String,
    /// First and last name.
    pub name: String,
    /// The address.
    pub email: String,
}

/// Some of them.
#[derive(Clone, Debug)]
pub struct LackingPage {
    /// Who.
    pub rows: Vec<Lacking>,
    /// Behind whom it goes on, if it does.
    pub next: Option<String>,
}

/// From when it holds in the account.
pub fn get(r: &mut Reader, pass: &AccountPass<ManageUsers>) -> Result<Rule, DbError> {
    let row = r.tx().one(
        sql!(
            "SELECT a.second_factor_from, k.second_factor_from
             FROM account a LEFT JOIN account_center k ON k.id = a.center_id WHERE a.id = $1"
        ),
        &[pass.account().into()],
    )?;
    let mut c = row.columns();
    Ok(Rule { own: c.get()?, of_center: c.get()?, of_server: r.second_factor_from() })
}

/// From when it holds in the center and its accounts.
pub fn get_of_center(r: &mut Reader, pass: &CenterPass<RunsCenter>) -> Result<Rule, DbError> {
    let row = r
        .tx()
        .one(sql!("SELECT second_factor_from FROM account_center WHERE id = $1"), &[pass.center().into()])?;
    Ok(Rule { own: row.columns().get()?, of_center: None, of_server: r.second_factor_from() })
}

/// Lets it hold from then on, or never.
pub fn update(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    from: Option<Timestamp>,
) -> Result<(), DbError> {
    w.tx().exec(
        sql!("UPDATE account SET second_factor_from = $2 WHERE id = $1"),
        &[pass.account().into(), from.into()],
    )?;
    Ok(())
}

/// The same in a center and its accounts.
pub fn update_of_center(
    w: &mut Writer,
    pass: &CenterPass<RunsCenter>,
    from: Option<Timestamp>,
) -> Result<(), DbError> {
    w.tx().exec(
        sql!("UPDATE account_center SET second_factor_from = $2 WHERE id = $1"),
        &[pass.center().into(), from.into()],
    )?;
    Ok(())
}

/// Users of the account who can sign in and have none, behind a user.
pub fn list(r: &mut Reader, pass: &AccountPass<ManageUsers>, after: &str) -> Result<LackingPage, DbError> {
    let last = last_of(r.tx().optional(
        sql!("SELECT id FROM \"user\" WHERE account_id = $1 AND id > $2 ORDER BY id LIMIT 1 OFFSET $3"),
        &[pass.account().into(), after.into(), LOOKED_AT.into()],
    )?)?;
    let rows = r.tx().all(
        sql!(concat!(
            "SELECT u.id, u.first_name, u.last_name, u.email FROM \"user\" u
             WHERE u.account_id = $1 AND u.id > $2 AND ($3 = '' OR u.id <= $3)
               AND u.status = 'active' AND u.login_id IS NOT NULL AND NOT ",
            has_second_factor!("u.login_id"),
            "
             ORDER BY u.id LIMIT 51"
        )),
        &[pass.account().into(), after.into(), last.as_str().into()],
    )?;
    page(rows, last)
}

/// People of the center who can sign in and have none, behind a person.
pub fn list_of_center(
    r: &mut Reader,
    pass: &CenterPass<RunsCenter>,
    after: &str,
) -> Result<LackingPage, DbError> {
    let last = last_of(r.tx().optional(
        sql!("SELECT id FROM center_person WHERE center_id = $1 AND id > $2 ORDER BY id LIMIT 1 OFFSET $3"),
        &[pass.center().into(), after.into(), LOOKED_AT.into()],
    )?)?;
    let rows = r.tx().all(
        sql!(concat!(
            "SELECT p.id, p.name, '', p.email FROM center_person p
             WHERE p.center_id = $1 AND p.id > $2 AND ($3 = '' OR p.id <= $3) AND p.login_id IS NOT NULL AND NOT ",
            has_second_factor!("p.login_id"),
            "
             ORDER BY p.id LIMIT 51"
        )),
        &[pass.center().into(), after.into(), last.as_str().into()],
    )?;
    page(rows, last)
}

/// Executive administrators of the center who have none.
pub fn list_executives(r: &mut Reader, pass: &CenterPass<RunsCenter>) -> Result<Vec<Lacking>, DbError> {
    let rows = r.tx().all(
        sql!(concat!(
            "SELECT l.id, l.first_name, l.last_name, l.email
             FROM executive_administrator x JOIN login l ON l.id = x.login_id
             WHERE x.center_id = $1 AND NOT ",
            has_second_factor!("l.id"),
            "
             ORDER BY x.login_id LIMIT 200"
        )),
        &[pass.center().into()],
    )?;
    rows.into_iter().map(read).collect()
}

/// Whoever is looked at last; nobody where all are.
fn last_of(row: Option<Row>) -> Result<String, DbError> {
    row.map_or(Ok(String::new()), |row| row.columns().text())
}

fn page(rows: Vec<Row>, last: String) -> Result<LackingPage, DbError> {
    let mut rows: Vec<Lacking> = rows.into_iter().map(read).collect::<Result<_, _>>()?;
    let next = match rows.len() > SHOWN {
        true => {
            rows.truncate(SHOWN);
            rows.last().map(|row| row.id.clone())
        }
        false => Some(last).filter(|last| !last.is_empty()),
    };
    Ok(LackingPage { rows, next })
}

fn read(row: Row) -> Result<Lacking, DbError> {
    let mut c = row.columns();
    let (id, first, last) = (c.text()?, c.text()?, c.text()?);
    Ok(Lacking { id, name: format!("{first} {last}").trim().to_owned(), email: c.text()? })
}
