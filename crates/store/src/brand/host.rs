//! Own host names of accounts.

use domain::brand::HostName;
use domain::brand::host::CHECK_EVERY;
use domain::capability::proof::ManageWhiteLabel;
use domain::email::canonical;
use domain::id::AccountId;
use domain::time::Timestamp;

use crate::db::{DbError, sql};
use crate::pass::{AccountPass, SystemPass};
use crate::secret::Key;
use crate::work::{Reader, Writer};

/// A host that is an account's.
#[derive(Clone, Debug)]
pub struct Host {
    /// The name.
    pub host: String,
    /// Whether the operator has said so, and no record is looked up.
    pub by_operator: bool,
    /// Since when its record is missing, if it is.
    pub failing_since: Option<Timestamp>,
}

/// A host whose record is to be looked up.
#[derive(Clone, Debug)]
pub struct Due {
    /// The account.
    pub account: AccountId,
    /// The name.
    pub host: String,
    /// Since when it was to be: who looked it up first has put that off.
    pub check_at: Timestamp,
    /// Since when its record is missing, if it is.
    pub failing_since: Option<Timestamp>,
    /// When its record was last found.
    pub proven_at: Timestamp,
    /// The number of the key that its record was made with.
    pub key_number: i64,
}

/// What the record of a host must hold to show that it is the account's.
pub fn proof(key: &Key, account: &AccountId, host: &HostName) -> String {
    key.token("brand host", &[account.as_str(), host.as_str()])
}

/// Notes the host that an account wants; nothing follows from it before it is proven.
pub fn update_wanted(
    w: &mut Writer,
    pass: &AccountPass<ManageWhiteLabel>,
    host: Option<&HostName>,
) -> Result<bool, DbError> {
    let changed = w.tx().exec(
        sql!("UPDATE brand SET wanted_host = $2 WHERE account_id = $1"),
        &[pass.account().into(), host.map(HostName::as_str).into()],
    )?;
    Ok(changed > 0)
}

/// The host of the pass's account.
pub fn find(r: &mut Reader, pass: &AccountPass<ManageWhiteLabel>) -> Result<Option<Host>, DbError> {
    let row = r.tx().optional(
        sql!("SELECT host, by_operator, failing_since FROM brand_host WHERE owner_id = $1"),
        &[pass.account().into()],
    )?;
    row.map(|row| {
        let mut c = row.columns();
        Ok(Host { host: c.text()?, by_operator: c.flag()?, failing_since: c.get()? })
    })
    .transpose()
}

/// Gives the account a host that was shown to be its own, by a record that was made with the key of this number or by the operator,
/// in place of the one it has. False if it is another account's:
/// of two who come at once, one has it.
pub fn replace(
    w: &mut Writer,
    pass: &AccountPass<ManageWhiteLabel>,
    host: &HostName,
    by_record: Option<i64>,
) -> Result<bool, DbError> {
    let (now, by_operator) = (w.now, by_record.is_none());
    let key_number = by_record.unwrap_or(w.key().number());
    remove(w, pass)?;
    let made = w.tx().exec(
        sql!(
            "INSERT INTO brand_host (host, owner_id, by_operator, check_at, proven_at, key_number)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (host) DO NOTHING"
        ),
        &[
            host.as_str().into(),
            pass.account().into(),
            by_operator.into(),
            (now + CHECK_EVERY).into(),
            now.into(),
            key_number.into(),
        ],
    )?;
    Ok(made > 0)
}

/// Takes the host of the account away, whatever it is; false if it has none.
pub fn remove(w: &mut Writer, pass: &AccountPass<ManageWhiteLabel>) -> Result<bool, DbError> {
    let removed =
        w.tx().exec(sql!("DELETE FROM brand_host WHERE owner_id = $1"), &[pass.account().into()])?;
    Ok(removed > 0)
}

/// Some hosts whose records are to be looked up again.
pub fn list_due(r: &mut Reader, _pass: &SystemPass, most: i64) -> Result<Vec<Due>, DbError> {
    let now = r.now;
    let rows = r.tx().all(
        sql!(
            "SELECT owner_id, host, check_at, failing_since, proven_at, key_number FROM brand_host
             WHERE by_operator = 0 AND check_at <= $1 ORDER BY check_at LIMIT $2"
        ),
        &[now.into(), most.into()],
    )?;
    let read = |row: crate::db::Row| {
        let mut c = row.columns();
        Ok(Due {
            account: c.parse()?,
            host: c.text()?,
            check_at: c.get()?,
            failing_since: c.get()?,
            proven_at: c.get()?,
            key_number: c.int()?,
        })
    };
    rows.into_iter().map(read).collect()
}

/// Notes when a host's record was last found, and since when it is missing, if it is, to be looked up again in a day. False if
/// somebody else has done it,
/// or if the host is not the account's any more.
pub fn update_checked(
    w: &mut Writer,
    pass: &AccountPass<ManageWhiteLabel>,
    due: &Due,
    (proven_at, failing_since, key_number): (Timestamp, Option<Timestamp>, i64),
) -> Result<bool, DbError> {
    let now = w.now;
    let changed = w.tx().exec(
        sql!(
            "UPDATE brand_host SET failing_since = $4, check_at = $5, proven_at = $6, key_number = $7
             WHERE owner_id = $1 AND host = $2 AND check_at = $3 AND by_operator = 0"
        ),
        &[
            pass.account().into(),
            (&due.host).into(),
            due.check_at.into(),
            failing_since.into(),
            (now + CHECK_EVERY).into(),
            proven_at.into(),
            key_number.into(),
        ],
    )?;
    Ok(changed > 0)
}

/// Takes a host away whose record was missing for too long. False as with [`update_checked`].
pub fn remove_lost(w: &mut Writer, pass: &AccountPass<ManageWhiteLabel>, due: &Due) -> Result<bool, DbError> {
    let removed = w.tx().exec(
        sql!(
            "DELETE FROM brand_host WHERE owner_id = $1 AND host = $2 AND check_at = $3 AND by_operator = 0"
        ),
        &[pass.account().into(), (&due.host).into(), due.check_at.into()],
    )?;
    Ok(removed > 0)
}

/// The own host of an account, for links in a mail to an address: none where its brand is off or the host's record is missing, and
/// none where the address signs in elsewhere too, or is to run the account's center. Whoever has the host could take what is typed and
/// followed there,
/// and that must be theirs.
pub fn find_for_links(r: &mut Reader, account: &AccountId, email: &str) -> Result<Option<String>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT h.host FROM brand b JOIN brand_host h ON h.owner_id = b.account_id
             WHERE b.account_id = $1 AND b.live IS NOT NULL AND h.failing_since IS NULL AND NOT EXISTS (
                 SELECT 1 FROM login l
                 WHERE l.email_canonical = $2 AND (
                     EXISTS (SELECT 1 FROM executive_administrator x WHERE x.login_id = l.id)
                     OR EXISTS (SELECT 1 FROM \"user\" u
                                WHERE u.login_id = l.id AND u.account_id <> $1 AND u.status <> 'deleted')))
             AND NOT EXISTS (
                 SELECT 1 FROM \"user\" v
                 JOIN executive_invitation z ON z.account_id = v.account_id AND z.user_id = v.id
                 WHERE v.account_id = $1 AND v.email_canonical = $2 AND v.status <> 'deleted')"
        ),
        &[account.into(), canonical(email).into()],
    )?;
    row.map(|row| row.columns().text()).transpose()
}

/// The own host of an account while its brand is on: what its mails come from.
pub fn find_for_sender(r: &mut Reader, account: &AccountId) -> Result<Option<String>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT h.host FROM brand b JOIN brand_host h ON h.owner_id = b.account_id
             WHERE b.account_id = $1 AND b.live IS NOT NULL"
        ),
        &[account.into()],
    )?;
    row.map(|row| row.columns().text()).transpose()
}
