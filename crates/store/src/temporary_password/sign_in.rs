//! Temporary passwords where somebody signs in: finding them by the address, and using one up.

use domain::email::EmailAddress;
use domain::id::AccountId;
use domain::temporary_password::TICKET;

use crate::db::{DbError, Row, sql};
use crate::pass::{InvitationPass, TemporaryPasswordPass};
use crate::secret;
use crate::work::{Reader, Writer};

/// The most different ones that one address has at once; more accounts than that seldom invite somebody within three days.
const MOST: i64 = 1_000;

/// A temporary password of the address that is typed.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The first account it is for.
    pub account: AccountId,
    email: EmailAddress,
    /// The password's hash.
    pub password_hash: String,
}

/// Those of an address, newest first, in whatever accounts: one that was set in several is one. Outside the product nobody
/// learns whether there are any. On an account's own host there are those of that account.
pub fn list_by_address(
    r: &mut Reader,
    email: &EmailAddress,
    own: Option<&AccountId>,
) -> Result<Vec<Candidate>, DbError> {
    let now = r.now;
    let rows = r.tx().all(
        sql!(
            "SELECT MIN(account_id), password_hash FROM temporary_password
             WHERE email_canonical = $1 AND expires_at > $2 AND password_hash <> ''
               AND (CAST($4 AS TEXT) IS NULL OR $4 = account_id)
             GROUP BY password_hash ORDER BY MAX(set_at) DESC LIMIT $3"
        ),
        &[email.canonical().into(), now.into(), MOST.into(), own.map(AccountId::as_str).into()],
    )?;
    let read = |row: Row| {
        let mut c = row.columns();
        Ok(Candidate { account: c.parse()?, email: email.clone(), password_hash: c.text()? })
    };
    rows.into_iter().map(read).collect()
}

/// Gives whoever has typed it a ticket, by which they choose their own password; an earlier one is dead. False if it was
/// replaced or taken away meanwhile.
pub fn update_ticket(w: &mut Writer, typed: &Candidate, ticket: &str) -> Result<bool, DbError> {
    let now = w.now;
    let changed = w.tx().exec(
        sql!(
            "UPDATE temporary_password SET ticket_hash = $4, ticket_expires_at = $5
             WHERE account_id = $1 AND email_canonical = $2 AND password_hash = $3"
        ),
        &[
            (&typed.account).into(),
            typed.email.canonical().into(),
            (&typed.password_hash).into(),
            secret::hash(ticket).into(),
            (now + TICKET).into(),
        ],
    )?;
    Ok(changed > 0)
}

/// Ends those of an address that gets a login, for good. They go on being shown until their time is over: that they do not
/// is none of those matters that an account learns of another (U-15).
pub(crate) fn end_all_of(w: &mut Writer, email: &EmailAddress) -> Result<(), DbError> {
    w.tx().exec(
        sql!(
            "UPDATE temporary_password SET password_hash = '', ticket_hash = NULL WHERE email_canonical = $1"
        ),
        &[email.canonical().into()],
    )?;
    Ok(())
}

/// Uses that of one invitation up; false if somebody has, or it was replaced or taken away meanwhile.
pub fn remove_used(
    w: &mut Writer,
    pass: &TemporaryPasswordPass,
    opened: &InvitationPass,
) -> Result<bool, DbError> {
    let removed = w.tx().exec(
        sql!("DELETE FROM temporary_password WHERE account_id = $1 AND user_id = $2 AND password_hash = $3"),
        &[(&opened.account).into(), (&opened.user).into(), (&pass.password_hash).into()],
    )?;
    Ok(removed > 0)
}
