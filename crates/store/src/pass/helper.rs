//! Who is named to somebody who was refused (P-17).

use domain::access::Refusal;
use domain::id::AccountId;

use super::Denied;
use super::place::Place;
use crate::db::{Columns, DbError, Row, sql};
use crate::work::Reader;

/// Somebody who can give what is missing, and where they are written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Helper {
    /// Their name.
    pub name: String,
    /// Their address, where whoever is refused may know it: as an active user of an account that speaks in no brand's name.
    pub email: Option<String>,
}

impl Helper {
    /// Read from first name and last name.
    pub(super) fn named(c: &mut Columns) -> Result<Helper, DbError> {
        Ok(Helper { name: format!("{} {}", c.text()?, c.text()?).trim().to_owned(), email: None })
    }
}

/// The refusal of somebody in a place, with those who can give what is missing.
pub(super) fn forbidden(r: &mut Reader, place: &Place, refusal: Refusal) -> Result<Denied, DbError> {
    let ask = helpers(r, place, &refusal)?;
    Ok(Denied::Forbidden { refusal, ask })
}

/// Who can give what is missing: nobody can give what a key is narrowed to. Who is switched off, or in an account that speaks in a
/// brand's name, is told names and no addresses.
pub fn helpers(r: &mut Reader, place: &Place, refusal: &Refusal) -> Result<Vec<Helper>, DbError> {
    match refusal {
        Refusal::OutsideKey(_) => Ok(Vec::new()),
        Refusal::NotActive(_) => administrators(r, &place.account),
        _ if place.brand.is_some() => administrators(r, &place.account),
        _ => reachable(r, &place.account),
    }
}

/// Who can give what is missing, by name: the account's first administrators, but for those whose access ends.
pub fn administrators(r: &mut Reader, account: &AccountId) -> Result<Vec<Helper>, DbError> {
    let without_address = |helper| Helper { email: None, ..helper };
    Ok(reachable(r, account)?.into_iter().map(without_address).collect())
}

/// The same with their addresses, which not everybody may know.
fn reachable(r: &mut Reader, account: &AccountId) -> Result<Vec<Helper>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT email, first_name, last_name FROM \"user\"
             WHERE account_id = $1 AND user_type = 'administrator' AND status = 'active' AND ends_at IS NULL
             ORDER BY id LIMIT 3"
        ),
        &[account.into()],
    )?;
    let read = |row: Row| {
        let mut c = row.columns();
        let email = Some(c.text()?);
        Ok(Helper { email, ..Helper::named(&mut c)? })
    };
    rows.into_iter().map(read).collect()
}
