//! What there is to do when the installation's key is replaced, and before an older one is forgotten: sealed secrets of all accounts,
//! and rows that name an older key.

use domain::id::{AccountId, SingleSignOnId};
use domain::time::Span;

use crate::db::{DbError, Row, Stmt, sql};
use crate::work::{Reader, Writer};

mod links;

pub use links::{Links, end_links};

/// How many rows one statement looks at.
const PAGE: i64 = 1_000;

/// How long links in mails may be followed: those that end mails are in each of them.
pub const LINKS_LIVE: Span = Span::days(100);

/// What an older key is still needed for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// Apps that show codes.
    pub apps: u64,
    /// Passkeys.
    pub passkeys: u64,
    /// Browsers that are told by push.
    pub push_devices: u64,
    /// Own host names of accounts, by the records that show them.
    pub hosts: u64,
    /// Mails that wait to be sent, and those that did not reach their readers and can be sent again while their links live.
    pub mails: u64,
    /// Links that are open.
    pub links: Links,
}

/// A provider's client secret, sealed.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// Whose provider.
    pub account: AccountId,
    /// Which.
    pub provider: SingleSignOnId,
    /// The secret.
    pub secret: String,
}

/// Some of the sealed secrets of all accounts, behind that of an account.
pub fn list_sealed(r: &mut Reader, after: Option<&AccountId>) -> Result<Vec<Sealed>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT account_id, id, secret FROM single_sign_on WHERE account_id > $1 ORDER BY account_id LIMIT $2"
        ),
        &[after.map_or("", AccountId::as_str).into(), PAGE.into()],
    )?;
    let read = |row: Row| {
        let mut c = row.columns();
        Ok(Sealed { account: c.parse()?, provider: c.parse()?, secret: c.text()? })
    };
    rows.into_iter().map(read).collect()
}

/// Keeps a secret as it is sealed anew.
pub fn update_sealed(w: &mut Writer, sealed: &Sealed) -> Result<(), DbError> {
    w.tx().exec(
        sql!("UPDATE single_sign_on SET secret = $3 WHERE account_id = $1 AND id = $2"),
        &[(&sealed.account).into(), (&sealed.provider).into(), (&sealed.secret).into()],
    )?;
    Ok(())
}

/// What older keys than the newest are still needed for.
pub fn count_uses(r: &mut Reader) -> Result<Uses, DbError> {
    let newest = r.key().newest();
    Ok(Uses {
        mails: count_mails(r)?,
        links: links::count(r, &newest)?,
        apps: count(
            r,
            sql!(
                "SELECT login_id, key_number FROM second_factor WHERE login_id > $1 AND confirmed_at IS NOT NULL
                 ORDER BY login_id LIMIT $2"
            ),
        )?,
        passkeys: count(r, sql!("SELECT id, key_number FROM passkey WHERE id > $1 ORDER BY id LIMIT $2"))?,
        push_devices: count(
            r,
            sql!("SELECT id, key_number FROM push_device WHERE id > $1 ORDER BY id LIMIT $2"),
        )?,
        hosts: count(
            r,
            sql!(
                "SELECT host, key_number FROM brand_host WHERE host > $1 AND by_operator = 0 ORDER BY host LIMIT $2"
            ),
        )?,
    })
}

/// Counts the mails that name an older key and can still be sent.
fn count_mails(r: &mut Reader) -> Result<u64, DbError> {
    let (newest, young, mut after, mut older) = (r.key().number(), r.now - LINKS_LIVE, String::new(), 0);
    loop {
        let rows = r.tx().all(
            sql!(
                "SELECT id FROM mail WHERE id > $1 AND key_number <> $3
                    AND (state = 'queued' OR (state NOT IN ('handed_over', 'dropped') AND created_at > $4))
                 ORDER BY id LIMIT $2"
            ),
            &[after.into(), PAGE.into(), newest.into(), young.into()],
        )?;
        older += rows.len() as u64;
        let Some(last) = rows.into_iter().last() else { return Ok(older) };
        after = last.columns().text()?;
    }
}

/// Walks a table by its key, and counts the rows that name an older key.
fn count(r: &mut Reader, page: &'static Stmt) -> Result<u64, DbError> {
    let (newest, mut after, mut older) = (r.key().number(), String::new(), 0);
    loop {
        let rows = r.tx().all(page, &[after.clone().into(), PAGE.into()])?;
        if rows.is_empty() {
            return Ok(older);
        }
        for row in rows {
            let mut c = row.columns();
            after = c.text()?;
            older += u64::from(c.int()? != newest);
        }
    }
}
