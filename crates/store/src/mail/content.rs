//! What mails say, read when they are sent: a row of the outbox holds nothing of it.

use domain::email::EmailAddress;
use domain::id::{AccountId, InvitationId, LoginId, ResetId, UserId};
use domain::time::Timestamp;
use domain::user::UserType;

use super::Mail;
use crate::db::{DbError, sql};
use crate::pass::{OperatorPass, SystemPass};
use crate::work::Reader;

/// Who may read what mails say: the worker that sends them, and the operator where none are sent.
pub trait ReadsMail {}
impl ReadsMail for SystemPass {}
impl ReadsMail for OperatorPass {}

/// What an invitation's mail says.
#[derive(Clone, Debug)]
pub struct InvitationContent {
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub account_name: String,
    /// Its time zone.
    pub time_zone: String,
    /// Who invited; empty for the operator.
    pub inviter: String,
    /// The invited person's name.
    pub name: String,
    /// The type they will have.
    pub user_type: UserType,
    /// The agent flag.
    pub agent: bool,
    /// The account center that they will run by accepting, if they will (C-10).
    pub executive_of: Option<String>,
    /// The inviter's own words.
    pub message: Option<String>,
    /// Until when the link works.
    pub expires_at: Timestamp,
    /// The account's own host that the link was to be mailed with; empty: the server's.
    pub host: String,
}

/// What the notice of an access that ends says: whose, in which account, and when.
#[derive(Clone, Debug)]
pub struct EndContent {
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub account_name: String,
    /// Its time zone.
    pub time_zone: String,
    /// Whose access ends.
    pub user: UserId,
    /// Their name.
    pub user_name: String,
    /// When.
    pub ends_at: Timestamp,
    /// The name of whoever gets the mail.
    pub to_name: String,
}

/// What an invitation's mail says; `None` if the invitation was accepted, sent again, revoked or has expired.
pub fn find_invitation(
    r: &mut Reader,
    _pass: &impl ReadsMail,
    account: &str,
    invitation: &InvitationId,
    generation: i64,
) -> Result<Option<InvitationContent>, DbError> {
    let now = r.now;
    let row = r.tx().optional(
        sql!(
            "SELECT a.id, a.name, a.time_zone,
                    COALESCE(b.first_name || ' ' || b.last_name, e.first_name || ' ' || e.last_name, ''),
                    u.first_name, u.last_name, u.user_type, u.agent, k.name, i.message, i.expires_at, i.host
             FROM invitation i
             JOIN account a ON a.id = i.account_id
             JOIN \"user\" u ON u.account_id = i.account_id AND u.id = i.user_id AND u.status = 'pending'
             LEFT JOIN \"user\" b ON b.account_id = i.account_id AND b.id = i.invited_by
             LEFT JOIN login e ON e.id = i.invited_by_login
             LEFT JOIN executive_invitation z ON z.account_id = i.account_id AND z.user_id = i.user_id
             LEFT JOIN executive_administrator x ON x.center_id = z.center_id AND x.login_id = i.invited_by_login
             LEFT JOIN account_center k ON k.id = x.center_id AND k.id = a.center_id
             WHERE i.account_id = $1 AND i.id = $2 AND i.generation = $3
               AND i.accepted_at IS NULL AND i.expires_at > $4"
        ),
        &[account.into(), invitation.into(), generation.into(), now.into()],
    )?;
    row.map(|row| {
        let mut c = row.columns();
        Ok(InvitationContent {
            account: c.parse()?,
            account_name: c.text()?,
            time_zone: c.text()?,
            inviter: c.text()?.trim().to_owned(),
            name: format!("{} {}", c.text()?, c.text()?).trim().to_owned(),
            user_type: c.parse()?,
            agent: c.flag()?,
            executive_of: c.text_or_null()?,
            message: c.text_or_null()?,
            expires_at: c.get()?,
            host: c.text()?,
        })
    })
    .transpose()
}

/// When the invitation of a mail was accepted, by whatever link; `None` if it was not. The mail of a bundle is used up by the last
/// of its invitations.
pub fn find_accepted(
    r: &mut Reader,
    _pass: &OperatorPass,
    mail: &Mail,
) -> Result<Option<Timestamp>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT MAX(t.accepted_at) FROM (
                 SELECT i.accepted_at FROM invitation i WHERE i.account_id = $1 AND i.id = $2
                 UNION ALL
                 SELECT i.accepted_at FROM bundle b
                 JOIN invitation i ON i.account_id = b.account_id AND i.id = b.invitation_id
                 WHERE b.bundle_id = $2) t"
        ),
        &[mail.account.as_str().into(), mail.subject.as_str().into()],
    )?;
    row.map_or(Ok(None), |row| row.columns().get())
}

/// The code of the language for a mail to this address: what its person has chosen, else what their browser said last.
/// `None` where the address has no login, or nothing is known of its person.
pub fn find_language(r: &mut Reader, _pass: &impl ReadsMail, email: &str) -> Result<Option<String>, DbError> {
    let Ok(email) = EmailAddress::parse(email) else { return Ok(None) };
    let row = r.tx().optional(
        sql!("SELECT NULLIF(COALESCE(NULLIF(language, ''), seen_language), '') FROM login WHERE email_canonical = $1"),
        &[email.canonical().into()],
    )?;
    row.map_or(Ok(None), |row| row.columns().text_or_null())
}

/// The name for a reset's mail, and the own host that its link was made for; `None` if it was used or has expired.
pub fn find_reset(
    r: &mut Reader,
    _pass: &impl ReadsMail,
    reset: &ResetId,
) -> Result<Option<(String, String)>, DbError> {
    let now = r.now;
    let row = r.tx().optional(
        sql!(
            "SELECT l.first_name, l.last_name, r.host FROM reset r JOIN login l ON l.id = r.login_id
             WHERE r.id = $1 AND r.expires_at > $2"
        ),
        &[reset.into(), now.into()],
    )?;
    row.map(|row| {
        let mut c = row.columns();
        Ok((format!("{} {}", c.text()?, c.text()?).trim().to_owned(), c.text()?))
    })
    .transpose()
}

/// What the notice says; `None` if the access does not end any more, or who would get it is no administrator now.
pub fn find_end(
    r: &mut Reader,
    _pass: &impl ReadsMail,
    account: &str,
    user: &UserId,
    email: &str,
) -> Result<Option<EndContent>, DbError> {
    let email = EmailAddress::parse(email).map_err(|_| DbError::Shape("mail.email".into()))?;
    let row = r.tx().optional(
        sql!(
            "SELECT a.id, a.name, a.time_zone, u.id, u.first_name, u.last_name, u.ends_at,
                    b.first_name, b.last_name
             FROM \"user\" u
             JOIN account a ON a.id = u.account_id
             JOIN login l ON l.email_canonical = $3
             JOIN \"user\" b ON b.account_id = u.account_id AND b.login_id = l.id
                  AND b.status = 'active' AND b.user_type = 'administrator'
             WHERE u.account_id = $1 AND u.id = $2 AND u.status = 'active' AND u.ends_at IS NOT NULL"
        ),
        &[account.into(), user.into(), email.canonical().into()],
    )?;
    row.map(|row| {
        let mut c = row.columns();
        Ok(EndContent {
            account: c.parse()?,
            account_name: c.text()?,
            time_zone: c.text()?,
            user: c.parse()?,
            user_name: format!("{} {}", c.text()?, c.text()?).trim().to_owned(),
            ends_at: c.get()?,
            to_name: format!("{} {}", c.text()?, c.text()?).trim().to_owned(),
        })
    })
    .transpose()
}

/// The name for a login's mail, and the device of its newest session; empty without one.
pub fn get_login(
    r: &mut Reader,
    _pass: &impl ReadsMail,
    login: &LoginId,
) -> Result<(String, String), DbError> {
    let name = crate::login::get(r, login)?.name;
    let row = r.tx().optional(
        sql!("SELECT device FROM session WHERE login_id = $1 ORDER BY id DESC LIMIT 1"),
        &[login.into()],
    )?;
    let device = row.map(|row| row.columns().text()).transpose()?;
    Ok((name, device.unwrap_or_default()))
}
