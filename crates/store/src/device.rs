//! Devices that a person has signed in with before. What shows it is a cookie that signs nobody in: it is
//! derived from the key, holds for one login, and dies with that login's password. Nothing of it is stored.

use crate::login::LoginRecord;
use crate::secret::{self, Key};

/// The cookie for a browser that has just signed in as `login`; `id` is the device's own.
pub fn token(key: &Key, login: &LoginRecord, id: &str) -> String {
    let code = key.token("device", &[login.id.as_str(), &secret::hash(&login.password_hash), id]);
    format!("{id}.{code}")
}

/// The device's own id, if `cookie` was handed out when `login` signed in there.
pub fn id_of<'a>(key: &Key, login: &LoginRecord, cookie: &'a str) -> Option<&'a str> {
    let (id, _) = cookie.split_once('.')?;
    key.knows(cookie, |key| token(key, login, id)).then_some(id)
}
