//! What a mail tells the administrators of an account of its own host.

use domain::brand::host::Standing;
use domain::email::EmailAddress;
use domain::id::AccountId;
use domain::time::Timestamp;

use crate::db::{DbError, sql};
use crate::mail::{Mail, ReadsMail};
use crate::work::Reader;

/// The generation of a mail that says that a host's record is missing.
pub const FAILING: i64 = 0;
/// The same, that it was missing for too long.
pub const LOST: i64 = 1;
/// The same, that somebody has shown the host to be the account's.
pub const GIVEN: i64 = 2;

/// What it says.
#[derive(Clone, Debug)]
pub struct Content {
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub account_name: String,
    /// The zone that its moments are told in.
    pub time_zone: String,
    /// The host.
    pub host: String,
    /// How it stands: given to the account, without its record, or lost.
    pub standing: Standing,
    /// The administrator.
    pub to_name: String,
}

/// Finds it; `None` if it is not so any more, or who would get it is no administrator now.
pub fn find(r: &mut Reader, _pass: &impl ReadsMail, mail: &Mail) -> Result<Option<Content>, DbError> {
    let email = EmailAddress::parse(&mail.email).map_err(|_| DbError::Shape("mail.email".into()))?;
    let row = r.tx().optional(
        sql!(
            "SELECT a.id, a.name, a.time_zone, h.host, h.failing_since, b.first_name, b.last_name
             FROM account a
             JOIN login l ON l.email_canonical = $3
             JOIN \"user\" b ON b.account_id = $1 AND b.login_id = l.id
                  AND b.status = 'active' AND b.user_type = 'administrator'
             LEFT JOIN brand_host h ON h.owner_id = a.id AND h.host = $2
             WHERE a.id = $1"
        ),
        &[(&mail.account).into(), (&mail.subject).into(), email.canonical().into()],
    )?;
    let Some(row) = row else { return Ok(None) };
    let mut c = row.columns();
    let (account, account_name, time_zone) = (c.parse()?, c.text()?, c.text()?);
    let (has_it, failing_since) = (c.text_or_null()?.is_some(), c.get::<Option<Timestamp>>()?);
    let standing = match mail.generation {
        LOST => (!has_it).then_some(Standing::Lost),
        GIVEN => has_it.then_some(Standing::Proven),
        _ => failing_since.map(Standing::Failing),
    };
    let to_name = format!("{} {}", c.text()?, c.text()?).trim().to_owned();
    let host = mail.subject.clone();
    Ok(standing.map(|standing| Content { account, account_name, time_zone, host, standing, to_name }))
}
