//! Changes of one's own address that wait for their proof.

use domain::email::EmailAddress;
use domain::id::{EmailChangeId, LoginId};
use domain::time::{Span, Timestamp};

use crate::db::{DbError, Row, sql};
use crate::mail::ReadsMail;
use crate::pass::SelfPass;
use crate::secret::{self, Key};
use crate::work::{Reader, Writer};

/// How long a link works.
pub const LIFETIME: Span = Span::hours(1);

/// A change that waits.
#[derive(Clone, Debug)]
pub struct EmailChange {
    /// Its id.
    pub id: EmailChangeId,
    /// How often its link was sent; the link's own number.
    pub generation: i64,
    /// The new address.
    pub email: String,
    /// Until when the link works.
    pub expires_at: Timestamp,
}

/// What the mail of a change says.
#[derive(Clone, Debug)]
pub struct Content {
    /// Whose address is to change.
    pub name: String,
    /// Whether the new address has a login already: then the mail has no link.
    pub is_taken: bool,
}

/// The token of a change's link. Each sending has its own, so that earlier links are dead.
pub fn token(key: &Key, id: &EmailChangeId, generation: i64) -> String {
    key.token("email change", &[id.as_str(), &generation.to_string()])
}

/// Makes a change with its first link. A login has one at most: an earlier one is replaced.
pub fn insert(w: &mut Writer, pass: &SelfPass, email: &EmailAddress) -> Result<EmailChange, DbError> {
    let (id, now) = (w.new_id::<EmailChangeId>(), w.now);
    let login = &pass.person().login;
    remove_all(w, login)?;
    let change = EmailChange { id, generation: 1, email: email.to_string(), expires_at: now + LIFETIME };
    let hash = secret::hash(&token(w.key(), &change.id, change.generation));
    w.tx().exec(
        sql!(
            "INSERT INTO email_change (id, login_id, email, token_hash, generation, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        &[
            (&change.id).into(),
            login.into(),
            (&change.email).into(),
            hash.into(),
            change.generation.into(),
            now.into(),
            change.expires_at.into(),
        ],
    )?;
    Ok(change)
}

/// The change that a person waits for; also one whose link has expired, so that it can be sent again.
pub fn find(r: &mut Reader, pass: &SelfPass) -> Result<Option<EmailChange>, DbError> {
    let row = r.tx().optional(
        sql!("SELECT id, generation, email, expires_at FROM email_change WHERE login_id = $1"),
        &[(&pass.person().login).into()],
    )?;
    row.map(read).transpose()
}

/// Whose address is to change.
pub fn find_login(r: &mut Reader, id: &EmailChangeId) -> Result<Option<LoginId>, DbError> {
    let row = r.tx().optional(sql!("SELECT login_id FROM email_change WHERE id = $1"), &[id.into()])?;
    row.map(|row| row.columns().parse()).transpose()
}

/// Gives a change its next link; `None` if it was confirmed, given up or sent again meanwhile.
pub fn update_sent(w: &mut Writer, change: &EmailChange) -> Result<Option<EmailChange>, DbError> {
    let next =
        EmailChange { generation: change.generation + 1, expires_at: w.now + LIFETIME, ..change.clone() };
    let hash = secret::hash(&token(w.key(), &next.id, next.generation));
    let changed = w.tx().exec(
        sql!(
            "UPDATE email_change SET generation = $3, token_hash = $4, expires_at = $5
             WHERE id = $1 AND generation = $2"
        ),
        &[
            (&next.id).into(),
            change.generation.into(),
            next.generation.into(),
            hash.into(),
            next.expires_at.into(),
        ],
    )?;
    Ok((changed > 0).then_some(next))
}

/// Uses a link up; false if it was used, replaced or has expired meanwhile.
pub fn remove(w: &mut Writer, id: &EmailChangeId, generation: i64) -> Result<bool, DbError> {
    let now = w.now;
    let removed = w.tx().exec(
        sql!("DELETE FROM email_change WHERE id = $1 AND generation = $2 AND expires_at > $3"),
        &[id.into(), generation.into(), now.into()],
    )?;
    Ok(removed > 0)
}

/// Gives up the change that a login waits for; false if there is none.
pub fn remove_all(w: &mut Writer, login: &LoginId) -> Result<bool, DbError> {
    let removed = w.tx().exec(sql!("DELETE FROM email_change WHERE login_id = $1"), &[login.into()])?;
    Ok(removed > 0)
}

/// What the mail of a link says; `None` if the link does not work any more.
pub fn find_content(
    r: &mut Reader,
    _pass: &impl ReadsMail,
    id: &EmailChangeId,
    generation: i64,
) -> Result<Option<Content>, DbError> {
    let now = r.now;
    let row = r.tx().optional(
        sql!(
            "SELECT l.first_name, l.last_name, c.email FROM email_change c JOIN login l ON l.id = c.login_id
             WHERE c.id = $1 AND c.generation = $2 AND c.expires_at > $3"
        ),
        &[id.into(), generation.into(), now.into()],
    )?;
    let Some(row) = row else { return Ok(None) };
    let mut c = row.columns();
    let name = format!("{} {}", c.text()?, c.text()?).trim().to_owned();
    let email = EmailAddress::parse(&c.text()?).map_err(|_| DbError::Shape("email_change.email".into()))?;
    let is_taken = crate::login::find_by_email(r, &email)?.is_some();
    Ok(Some(Content { name, is_taken }))
}

/// Forgets changes that nobody has sent again for a day.
pub fn remove_expired(w: &mut Writer) -> Result<u64, DbError> {
    let now = w.now;
    w.tx().exec(sql!("DELETE FROM email_change WHERE expires_at <= $1"), &[(now - Span::days(1)).into()])
}

fn read(row: Row) -> Result<EmailChange, DbError> {
    let mut c = row.columns();
    Ok(EmailChange { id: c.parse()?, generation: c.int()?, email: c.text()?, expires_at: c.get()? })
}
