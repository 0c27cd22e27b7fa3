//! What the mails about a key say.

use domain::id::{AccountId, ApiKeyId, LoginId};
use domain::time::Timestamp;

use crate::db::{DbError, sql};
use crate::mail::{Mail, ReadsMail};
use crate::work::Reader;

/// In place of which link, in a mail that has none: an administrator of the account that it comes from has ended the key there.
pub const BY_ADMINISTRATOR: i64 = 2;

/// What a mail about a key says.
#[derive(Clone, Debug)]
pub struct Content {
    /// Whose key it is.
    pub owner: String,
    /// What it is called.
    pub name: String,
    /// The device it was made on; empty at the command line.
    pub device: String,
    /// The account in which it was ended, and by whom; `None` of a new one.
    pub ended: Option<(String, String)>,
    /// When it will end by itself; `None` if it will not, or has.
    pub ends_at: Option<Timestamp>,
}

/// What the mail says; `None` if its owner has ended the key.
pub fn find_content(
    r: &mut Reader,
    _pass: &impl ReadsMail,
    mail: &Mail,
    id: &ApiKeyId,
) -> Result<Option<Content>, DbError> {
    let row = r.tx().optional(
        sql!("SELECT login_id, name, device, expires_at FROM api_key WHERE id = $1"),
        &[id.into()],
    )?;
    let Some(row) = row else { return Ok(None) };
    let mut c = row.columns();
    let (login, name, device): (LoginId, _, _) = (c.parse()?, c.text()?, c.text()?);
    let ends_at = c.get::<Option<Timestamp>>()?.filter(|end| *end > r.now);
    let owner = crate::login::get(r, &login)?.name;
    let ended = match mail.account.parse::<AccountId>() {
        Ok(account) if mail.generation == BY_ADMINISTRATOR => find_end(r, &account, id)?,
        _ => None,
    };
    Ok(Some(Content { owner, name, device, ended, ends_at }))
}

fn find_end(r: &mut Reader, account: &AccountId, id: &ApiKeyId) -> Result<Option<(String, String)>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT a.name, ka.ended_by FROM api_key_account ka JOIN account a ON a.id = ka.account_id
             WHERE ka.account_id = $1 AND ka.api_key_id = $2"
        ),
        &[account.into(), id.into()],
    )?;
    row.map(|row| {
        let mut c = row.columns();
        Ok((c.text()?, c.text()?))
    })
    .transpose()
}
