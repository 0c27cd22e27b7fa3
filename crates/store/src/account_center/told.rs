//! What mails about account centers say: they tell of an entry of the activity, and are read out of it when they are sent.

use domain::activity::Verb;
use domain::email::EmailAddress;
use domain::id::ActivityId;
use domain::time::Timestamp;

use crate::db::{DbError, Row, sql};
use crate::mail::ReadsMail;
use crate::work::Reader;

/// What is told of an executive administrator who was made or unmade.
#[derive(Clone, Debug)]
pub struct ExecutiveTold {
    /// When.
    pub at: Timestamp,
    /// Whether they were made; otherwise they were unmade.
    pub is_made: bool,
    /// Who did it, by name at that time.
    pub by: String,
    /// Whether that was they themselves, as by accepting an invitation.
    pub is_own: bool,
    /// Their name at that time.
    pub name: String,
    /// Their address.
    pub email: String,
    /// The center's name.
    pub center_name: String,
    /// The name of whoever gets the mail.
    pub to_name: String,
}

/// What is told of an account that came into a center or left it.
#[derive(Clone, Debug)]
pub struct AccountTold {
    /// When.
    pub at: Timestamp,
    /// Whether it came; otherwise it left.
    pub is_linked: bool,
    /// Who did it, by name at that time.
    pub by: String,
    /// The center's name at that time.
    pub center_name: String,
    /// The account's name.
    pub account_name: String,
    /// Its time zone.
    pub time_zone: String,
    /// The name of whoever gets the mail.
    pub to_name: String,
}

/// What is told of an entry of a center; `None` where the center is gone.
pub fn find_executive_told(
    r: &mut Reader,
    _pass: &impl ReadsMail,
    center: &str,
    entry: &ActivityId,
    to: &str,
) -> Result<Option<ExecutiveTold>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT t.at, t.verb, t.actor_name,
                    CASE WHEN t.actor_id = t.subject_id OR EXISTS (
                        SELECT 1 FROM \"user\" u
                        WHERE u.center_id = $1 AND u.id = t.actor_id AND u.login_id = t.subject_id
                    ) THEN 1 ELSE 0 END,
                    t.subject_name, COALESCE(s.email, ''), k.name, COALESCE(l.first_name || ' ' || l.last_name, '')
             FROM activity t
             JOIN account_center k ON k.id = t.account_id
             LEFT JOIN login s ON s.id = t.subject_id
             LEFT JOIN login l ON l.email_canonical = $3
             WHERE t.account_id = $1 AND t.id = $2"
        ),
        &[center.into(), entry.into(), canonical(to)?.into()],
    )?;
    let read = |row: Row| {
        let mut c = row.columns();
        let (at, verb, by) = (c.get()?, c.text()?, c.text()?);
        Ok(ExecutiveTold {
            at,
            is_made: verb == Verb::ExecutiveMade.key(),
            by,
            is_own: c.flag()?,
            name: c.text()?,
            email: c.text()?,
            center_name: c.text()?,
            to_name: c.text()?.trim().to_owned(),
        })
    };
    row.map(read).transpose()
}

/// What is told of an entry of an account.
pub fn find_account_told(
    r: &mut Reader,
    _pass: &impl ReadsMail,
    account: &str,
    entry: &ActivityId,
    to: &str,
) -> Result<Option<AccountTold>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT t.at, t.verb, t.actor_name, t.subject_name, a.name, a.time_zone,
                    COALESCE(l.first_name || ' ' || l.last_name, '')
             FROM activity t
             JOIN account a ON a.id = t.account_id
             LEFT JOIN login l ON l.email_canonical = $3
             WHERE t.account_id = $1 AND t.id = $2"
        ),
        &[account.into(), entry.into(), canonical(to)?.into()],
    )?;
    let read = |row: Row| {
        let mut c = row.columns();
        let (at, verb, by) = (c.get()?, c.text()?, c.text()?);
        Ok(AccountTold {
            at,
            is_linked: verb == Verb::CenterAccountLinked.key(),
            by,
            center_name: c.text()?,
            account_name: c.text()?,
            time_zone: c.text()?,
            to_name: c.text()?.trim().to_owned(),
        })
    };
    row.map(read).transpose()
}

fn canonical(email: &str) -> Result<String, DbError> {
    let email = EmailAddress::parse(email).map_err(|_| DbError::Shape("mail.email".into()))?;
    Ok(email.canonical())
}
