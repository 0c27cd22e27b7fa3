//! What mails about access requests say, read when they are sent.

use domain::email::EmailAddress;
use domain::id::{AccessRequestId, AccountId, UserId};
use domain::user::UserType;

use super::RequestLink;
use crate::db::{Columns, DbError, sql};
use crate::mail::ReadsMail;
use crate::work::Reader;

/// What an administrator is told of a request.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub account_name: String,
    /// Who asks.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their own words.
    pub message: Option<String>,
    /// The name of whoever gets the mail.
    pub to_name: String,
}

/// What whoever asked is told.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub account_name: String,
    /// Their name.
    pub name: String,
    /// The type they were let in with; `None` where they were not.
    pub user_type: Option<UserType>,
    /// Why they were not, if that was said.
    pub reason: Option<String>,
}

/// What an administrator is told; `None` if it was decided or given up meanwhile, or they are no administrator now.
pub fn find_asked(
    r: &mut Reader,
    _pass: &impl ReadsMail,
    account: &str,
    id: &AccessRequestId,
    email: &str,
) -> Result<Option<Asked>, DbError> {
    let now = r.now;
    let email = EmailAddress::parse(email).map_err(|_| DbError::Shape("mail.email".into()))?;
    let row = r.tx().optional(
        sql!(
            "SELECT a.id, a.name, l.first_name, l.last_name, l.email, q.message, b.first_name, b.last_name
             FROM access_request q
             JOIN account a ON a.id = q.account_id
             JOIN login l ON l.id = q.login_id
             JOIN login t ON t.email_canonical = $3
             JOIN \"user\" b ON b.account_id = q.account_id AND b.login_id = t.id
                  AND b.status = 'active' AND b.user_type = 'administrator'
             WHERE q.account_id = $1 AND q.id = $2 AND q.state = 'open' AND q.expires_at > $4"
        ),
        &[account.into(), id.into(), email.canonical().into(), now.into()],
    )?;
    row.map(|row| {
        let mut c = row.columns();
        Ok(Asked {
            account: c.parse()?,
            account_name: c.text()?,
            name: format!("{} {}", c.text()?, c.text()?).trim().to_owned(),
            email: c.text()?,
            message: c.text_or_null()?,
            to_name: format!("{} {}", c.text()?, c.text()?).trim().to_owned(),
        })
    })
    .transpose()
}

/// What whoever was let in is told; `None` if their access has ended meanwhile.
pub fn find_approved(
    r: &mut Reader,
    _pass: &impl ReadsMail,
    account: &str,
    user: &UserId,
) -> Result<Option<Answered>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT a.id, a.name, u.first_name, u.last_name, u.user_type
             FROM \"user\" u JOIN account a ON a.id = u.account_id
             WHERE u.account_id = $1 AND u.id = $2 AND u.status = 'active'"
        ),
        &[account.into(), user.into()],
    )?;
    row.map(|row| {
        let mut c = row.columns();
        let answered = read(&mut c)?;
        Ok(Answered { user_type: c.parse_or_null()?, ..answered })
    })
    .transpose()
}

/// What whoever was not let in is told; `None` if it is over.
pub fn find_declined(
    r: &mut Reader,
    _pass: &impl ReadsMail,
    account: &str,
    request: &AccessRequestId,
) -> Result<Option<Answered>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT a.id, a.name, l.first_name, l.last_name, q.reason
             FROM access_request q
             JOIN account a ON a.id = q.account_id
             JOIN login l ON l.id = q.login_id
             WHERE q.account_id = $1 AND q.id = $2 AND q.state = 'declined'"
        ),
        &[account.into(), request.into()],
    )?;
    row.map(|row| {
        let mut c = row.columns();
        let answered = read(&mut c)?;
        Ok(Answered { reason: c.text_or_null()?, ..answered })
    })
    .transpose()
}

/// Account and person.
fn read(c: &mut Columns) -> Result<Answered, DbError> {
    let (account, account_name) = (c.parse()?, c.text()?);
    let name = format!("{} {}", c.text()?, c.text()?).trim().to_owned();
    Ok(Answered { account, account_name, name, user_type: None, reason: None })
}

/// The account that somebody is told how to ask, by name, with its request link; `None` if it takes no
/// requests any more.
pub fn find_offer(
    r: &mut Reader,
    _pass: &impl ReadsMail,
    account: &str,
) -> Result<Option<(AccountId, String, RequestLink)>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT id, name, request_link, COALESCE(request_hash, '') FROM account
             WHERE id = $1 AND takes_requests = 1 AND request_link > 0"
        ),
        &[account.into()],
    )?;
    row.map(|row| {
        let mut c = row.columns();
        Ok((c.parse()?, c.text()?, RequestLink { number: c.int()?, hash: c.text()? }))
    })
    .transpose()
}
