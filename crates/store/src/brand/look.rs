//! What pages and mails show of whom, for who is not in a pass: found by host, account, login or center.

use domain::brand::{Brand, Look, Voice, voice};
use domain::id::{AccountId, LoginId};

use super::parse;
use crate::db::{DbError, sql};
use crate::work::Reader;

/// What of an account is shown by itself, to whoever is shown it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The account.
    pub account: AccountId,
    /// Its brand, which is on.
    pub brand: Brand,
}

impl Shown {
    /// What pages and mails show.
    pub fn look(&self) -> Look {
        Look::of(&self.account, &self.brand)
    }
}

/// The account whose own host this is, while its brand is on.
pub fn find_by_host(r: &mut Reader, host: &str) -> Result<Option<Shown>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT b.account_id, b.live FROM brand_host h
             JOIN brand b ON b.account_id = h.owner_id AND b.live IS NOT NULL
             WHERE h.host = $1"
        ),
        &[host.into()],
    )?;
    row.map(|row| {
        let mut c = row.columns();
        Ok(Shown { account: c.parse()?, brand: parse(&c.text()?)? })
    })
    .transpose()
}

/// The brand of an account, while it is on.
pub fn find(r: &mut Reader, account: &AccountId) -> Result<Option<Brand>, DbError> {
    let row = r.tx().optional(
        sql!("SELECT live FROM brand WHERE account_id = $1 AND live IS NOT NULL"),
        &[account.into()],
    )?;
    row.map(|row| parse(&row.columns().text()?)).transpose()
}

/// Who a mail or page speaks for that concerns a login and no account, with the account of a brand's voice. Whoever runs a
/// center has all of its accounts.
pub fn voice_of_login(r: &mut Reader, login: &LoginId) -> Result<(Voice, Option<AccountId>), DbError> {
    let row = r.tx().one(
        sql!(
            "SELECT COUNT(*), COUNT(b.live), MIN(t.account_id) FROM (
                 SELECT u.account_id FROM \"user\" u WHERE u.login_id = $1 AND u.status <> 'deleted'
                 UNION
                 SELECT a.id FROM executive_administrator x JOIN account a ON a.center_id = x.center_id
                 WHERE x.login_id = $1) t
             LEFT JOIN brand b ON b.account_id = t.account_id"
        ),
        &[login.into()],
    )?;
    let mut c = row.columns();
    let voice = voice(c.int()?, c.int()?);
    let account = c.parse_or_null()?;
    Ok((voice, account.filter(|_| voice == Voice::Brand)))
}

/// Whether an account of a center shows a brand of its own.
pub fn is_in_center(r: &mut Reader, center: &str) -> Result<bool, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT b.account_id FROM account a JOIN brand b ON b.account_id = a.id AND b.live IS NOT NULL
             WHERE a.center_id = $1 LIMIT 1"
        ),
        &[center.into()],
    )?;
    Ok(row.is_some())
}
