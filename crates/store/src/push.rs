//! What waits to be pushed: put there in the transaction of what it tells about, a row for each device (G-08).
//!
//! A row names what the push is about and holds no text. Who claims it holds it for [`LEASE`]; if they die, another takes it
//! then. It goes when it is done, as nobody looks at pushes of before.

pub mod device;

use domain::id::{AccountId, LoginId, PushDeviceId, PushId};
use domain::push::PushKind;
use domain::time::{Span, Timestamp};

use crate::convert;
use crate::db::{DbError, Row, sql};
use crate::pass::SystemPass;
use crate::work::{Reader, Writer};

/// How long a claimed push is left alone.
pub const LEASE: Span = Span::minutes(5);

/// Something to be told by push.
#[derive(Clone, Copy, Debug)]
pub struct NewPush<'a> {
    /// The account it comes from; `None` for what concerns a login alone.
    pub account: Option<&'a AccountId>,
    /// What it tells of.
    pub kind: PushKind,
    /// The id of what it is about.
    pub subject: &'a str,
}

/// A push that was claimed.
#[derive(Clone, Debug)]
pub struct Push {
    /// Its id, which the device is told too: what comes twice is shown once.
    pub id: PushId,
    /// The id of the account it comes from; empty for those of none.
    pub account: String,
    /// The device.
    pub device: PushDeviceId,
    /// What it tells of.
    pub kind: PushKind,
    /// The id of what it is about.
    pub subject: String,
    /// The code of the language of whoever set it going; empty where none was known.
    pub language: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Puts a push for each device of a login into the queue; how many.
pub fn insert(w: &mut Writer, to: &LoginId, new: &NewPush) -> Result<usize, DbError> {
    let devices = device::list_ids(w, to)?;
    devices.iter().try_for_each(|device| insert_for(w, device, new))?;
    Ok(devices.len())
}

/// Puts a push for one device into the queue.
pub fn insert_for(w: &mut Writer, device: &PushDeviceId, new: &NewPush) -> Result<(), DbError> {
    let (id, now, language) = (w.new_id::<PushId>(), w.now, w.origin().language.clone());
    let account = new.account.map(AccountId::as_str).unwrap_or_default();
    w.tx().exec(
        sql!(
            "INSERT INTO push (account_id, id, device_id, kind, subject_id, language, attempts, run_at, lease_until,
                               created_at)
             VALUES ($1, $2, $3, $4, $5, $6, 0, $7, 0, $7)"
        ),
        &[
            account.into(),
            (&id).into(),
            device.into(),
            new.kind.word().into(),
            new.subject.into(),
            language.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// Whose pushes are sent next, as with mails: those of no account, `""`, which a person waits for; then those of the next
/// account behind `served`. `None` if none is due.
pub fn find_turn(r: &mut Reader, _pass: &SystemPass, served: &str) -> Result<Option<String>, DbError> {
    let now = r.now;
    let row = r.tx().one(
        sql!(
            "SELECT COALESCE(
                 (SELECT account_id FROM push
                  WHERE account_id = '' AND run_at <= $1 AND lease_until <= $1 LIMIT 1),
                 (SELECT account_id FROM push
                  WHERE account_id > $2 AND +run_at <= $1 AND lease_until <= $1 ORDER BY account_id LIMIT 1),
                 (SELECT account_id FROM push
                  WHERE account_id > '' AND +run_at <= $1 AND lease_until <= $1 ORDER BY account_id LIMIT 1))"
        ),
        &[now.into(), served.into()],
    )?;
    row.columns().text_or_null()
}

/// Claims up to `most` pushes of an account, or of none, that are due, in two statements as mails are.
pub fn claim(w: &mut Writer, _pass: &SystemPass, account: &str, most: i64) -> Result<Vec<Push>, DbError> {
    let now = w.now;
    let rows = w.tx().all(
        sql!(
            "SELECT id FROM push WHERE account_id = $1 AND run_at <= $2 AND lease_until <= $2
             ORDER BY run_at LIMIT $3 {skip locked}"
        ),
        &[account.into(), now.into(), most.into()],
    )?;
    let ids: Vec<PushId> = rows.into_iter().map(|row| row.columns().parse()).collect::<Result<_, _>>()?;
    let rows = w.tx().all(
        sql!(
            "UPDATE push SET lease_until = $3, attempts = attempts + 1
             WHERE account_id = $1 AND id {in $4} AND lease_until <= $2
             RETURNING id, account_id, device_id, kind, subject_id, language, attempts, created_at"
        ),
        &[account.into(), now.into(), (now + LEASE).into(), convert::list(&ids)],
    )?;
    rows.into_iter().map(read).collect()
}

/// Takes a push out of the queue.
pub fn remove(w: &mut Writer, _pass: &SystemPass, push: &Push) -> Result<(), DbError> {
    w.tx().exec(
        sql!("DELETE FROM push WHERE account_id = $1 AND id = $2"),
        &[(&push.account).into(), (&push.id).into()],
    )?;
    Ok(())
}

/// Gives a claimed push back, to be tried again at `run_at`. Does nothing if another has claimed it meanwhile.
pub fn update_waiting(
    w: &mut Writer,
    _pass: &SystemPass,
    push: &Push,
    run_at: Timestamp,
) -> Result<(), DbError> {
    w.tx().exec(
        sql!(
            "UPDATE push SET run_at = $3, lease_until = 0
             WHERE account_id = $1 AND id = $2 AND attempts = $4"
        ),
        &[(&push.account).into(), (&push.id).into(), run_at.into(), push.attempts.into()],
    )?;
    Ok(())
}

fn read(row: Row) -> Result<Push, DbError> {
    let mut c = row.columns();
    Ok(Push {
        id: c.parse()?,
        account: c.text()?,
        device: c.parse()?,
        kind: c.parse()?,
        subject: c.text()?,
        language: c.text()?,
        attempts: c.int()?,
        created_at: c.get()?,
    })
}
