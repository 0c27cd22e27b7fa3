//! Browsers that are told by push. Each is one session's: what ends the session takes it along, by the table itself (L-05).

use domain::id::{LoginId, PushDeviceId, SessionId};
use domain::push::{BrowserKeys, Endpoint, Fault};
use domain::time::Timestamp;

use super::Push;
use crate::db::{DbError, Row, sql};
use crate::pass::{SelfPass, SystemPass};
use crate::secret;
use crate::work::{Reader, Writer};

/// A browser as it is to be told by push.
#[derive(Clone, Debug)]
pub struct NewDevice {
    /// Where its push service takes what is for it.
    pub endpoint: Endpoint,
    /// What is locked with.
    pub keys: BrowserKeys,
    /// The account's own host that it was on; empty: the server's.
    pub host: String,
}

/// A device in the list of one's own.
#[derive(Clone, Debug)]
pub struct DeviceRecord {
    /// The device.
    pub id: PushDeviceId,
    /// Its session.
    pub session: SessionId,
    /// The browser and system it told of.
    pub device: String,
    /// Since when it is told.
    pub created_at: Timestamp,
    /// When its push service took over something for it last; `None` if never.
    pub told_at: Option<Timestamp>,
    /// Why the last push was not taken over; `None` if it was.
    pub fault: Option<Fault>,
}

/// Where a push goes. It has no `Debug`, so that it is not logged.
pub struct Reached {
    /// Whose device it is.
    pub login: LoginId,
    /// Where its push service takes what is for it.
    pub endpoint: String,
    /// The browser's keys, as they were given.
    pub keys: [String; 2],
    /// The code of the language that its owner reads; empty if none is known.
    pub language: String,
    /// The number of the key that its push service knows us by.
    pub key_number: i64,
}

/// Has a browser told by push. Another one of the same session, and whoever was told on the same browser before, are told
/// there no more; their devices come back.
pub fn insert(
    w: &mut Writer,
    pass: &SelfPass,
    new: &NewDevice,
) -> Result<(PushDeviceId, Vec<PushDeviceId>), DbError> {
    let (id, now, hash) = (w.new_id::<PushDeviceId>(), w.now, secret::hash(new.endpoint.as_str()));
    let gone = w.tx().all(
        sql!("DELETE FROM push_device WHERE endpoint_hash = $1 OR session_id = $2 RETURNING id"),
        &[hash.clone().into(), pass.session().into()],
    )?;
    let gone = gone.into_iter().map(|row| row.columns().parse()).collect::<Result<_, _>>()?;
    let ([public, auth], key_number) = (new.keys.texts(), w.key().number());
    w.tx().exec(
        sql!(
            "INSERT INTO push_device (id, login_id, session_id, host, endpoint, endpoint_hash, public_key, auth_secret,
                                      created_at, key_number)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ),
        &[
            (&id).into(),
            (&pass.person().login).into(),
            pass.session().into(),
            (&new.host).into(),
            new.endpoint.as_str().into(),
            hash.into(),
            public.into(),
            auth.into(),
            now.into(),
            key_number.into(),
        ],
    )?;
    Ok((id, gone))
}

/// One's own devices, newest first. Nobody has more than fit on a page.
pub fn list(r: &mut Reader, pass: &SelfPass) -> Result<Vec<DeviceRecord>, DbError> {
    let now = r.now;
    let rows = r.tx().all(
        sql!(
            "SELECT d.id, d.session_id, s.device, d.created_at, d.told_at, d.fault
             FROM push_device d JOIN session s ON s.id = d.session_id AND s.expires_at > $2
             WHERE d.login_id = $1 ORDER BY d.id DESC LIMIT 100"
        ),
        &[(&pass.person().login).into(), now.into()],
    )?;
    let read = |row: Row| {
        let mut c = row.columns();
        Ok(DeviceRecord {
            id: c.parse()?,
            session: c.parse()?,
            device: c.text()?,
            created_at: c.get()?,
            told_at: c.get()?,
            fault: c.parse_or_null()?,
        })
    };
    rows.into_iter().map(read).collect()
}

/// The devices of a login that are signed in.
pub(super) fn list_ids(r: &mut Reader, login: &LoginId) -> Result<Vec<PushDeviceId>, DbError> {
    let now = r.now;
    let rows = r.tx().all(
        sql!(
            "SELECT d.id FROM push_device d JOIN session s ON s.id = d.session_id AND s.expires_at > $2
             WHERE d.login_id = $1 ORDER BY d.id LIMIT 100"
        ),
        &[login.into(), now.into()],
    )?;
    rows.into_iter().map(|row| row.columns().parse()).collect()
}

/// Whether a device is one's own, and signed in.
pub fn is_own(r: &mut Reader, pass: &SelfPass, id: &PushDeviceId) -> Result<bool, DbError> {
    let now = r.now;
    let row = r.tx().optional(
        sql!(
            "SELECT d.id FROM push_device d JOIN session s ON s.id = d.session_id AND s.expires_at > $3
             WHERE d.id = $1 AND d.login_id = $2"
        ),
        &[id.into(), (&pass.person().login).into(), now.into()],
    )?;
    Ok(row.is_some())
}

/// Has one of one's own devices told no more; false if it is not one's own or not there.
pub fn remove(w: &mut Writer, pass: &SelfPass, id: &PushDeviceId) -> Result<bool, DbError> {
    let removed = w.tx().exec(
        sql!("DELETE FROM push_device WHERE id = $1 AND login_id = $2"),
        &[id.into(), (&pass.person().login).into()],
    )?;
    Ok(removed > 0)
}

/// Forgets a device that its push service knows no more; false if it is not there.
pub fn remove_gone(w: &mut Writer, _pass: &SystemPass, id: &PushDeviceId) -> Result<bool, DbError> {
    let removed = w.tx().exec(sql!("DELETE FROM push_device WHERE id = $1"), &[id.into()])?;
    Ok(removed > 0)
}

/// Notes whether a push was taken over: no fault if it was.
pub fn update_told(
    w: &mut Writer,
    _pass: &SystemPass,
    id: &PushDeviceId,
    fault: Option<Fault>,
) -> Result<(), DbError> {
    let (now, told) = (w.now, fault.is_none());
    w.tx().exec(
        sql!(
            "UPDATE push_device SET fault = $2, told_at = CASE WHEN $3 = 1 THEN $4 ELSE told_at END
             WHERE id = $1"
        ),
        &[id.into(), fault.map(Fault::word).into(), told.into(), now.into()],
    )?;
    Ok(())
}

/// Where a push goes at this moment; `None` if the device is signed out, or on a host where nothing of the push's account is
/// seen, or nothing at all (G-10).
pub fn find_reached(r: &mut Reader, _pass: &SystemPass, push: &Push) -> Result<Option<Reached>, DbError> {
    let now = r.now;
    let row = r.tx().optional(
        sql!(
            "SELECT d.login_id, d.endpoint, d.public_key, d.auth_secret,
                    COALESCE(NULLIF(l.language, ''), l.seen_language), d.key_number
             FROM push_device d
             JOIN session s ON s.id = d.session_id AND s.expires_at > $2
             JOIN login l ON l.id = d.login_id
             LEFT JOIN brand_host b ON b.host = d.host
             LEFT JOIN brand w ON w.account_id = b.owner_id AND w.live IS NOT NULL
             WHERE d.id = $1
               AND (d.host = '' OR (w.account_id = b.owner_id AND ($3 = '' OR b.owner_id = $3)))"
        ),
        &[(&push.device).into(), now.into(), (&push.account).into()],
    )?;
    row.map(|row| {
        let mut c = row.columns();
        Ok(Reached {
            login: c.parse()?,
            endpoint: c.text()?,
            keys: [c.text()?, c.text()?],
            language: c.text()?,
            key_number: c.int()?,
        })
    })
    .transpose()
}
