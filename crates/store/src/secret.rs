//! Tokens that nobody can guess, and the one key that mailed links are made from.
//!
//! The database holds only hashes. A mailed link is derived from the key and what it is for, so that the outbox
//! need not hold it and a mail that is tried twice has the same link both times.

use std::sync::Arc;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// The installation's key: 32 bytes from its data folder. Where it was replaced, the ones before are here as well, for what was
/// made with them: all that is made is made with the newest.
#[derive(Clone)]
pub struct Key(Arc<[Numbered]>);

/// One key, under its number. Rows name it by that.
#[derive(Clone)]
struct Numbered {
    number: i64,
    mac: Hmac<Sha256>,
}

impl Key {
    /// The first key of an installation, from its bytes.
    pub fn new(bytes: [u8; 32]) -> Key {
        Key::of([(1, bytes)])
    }

    /// Keys with their numbers, newest first. There must be one.
    pub fn of(keys: impl IntoIterator<Item = (i64, [u8; 32])>) -> Key {
        let numbered = |(number, bytes): (i64, [u8; 32])| {
            let mac = Hmac::new_from_slice(&bytes).expect("HMAC takes keys of any length");
            Numbered { number, mac }
        };
        let keys: Arc<[Numbered]> = keys.into_iter().map(numbered).collect();
        assert!(!keys.is_empty(), "an installation has a key");
        Key(keys)
    }

    /// The number of the newest, with which all is made.
    pub fn number(&self) -> i64 {
        self.0[0].number
    }

    /// The number of the oldest.
    pub fn oldest_number(&self) -> i64 {
        self.0[self.0.len() - 1].number
    }

    /// The newest alone.
    pub fn newest(&self) -> Key {
        Key(Arc::from([self.0[0].clone()]))
    }

    /// Each of them alone, newest first.
    pub fn each(&self) -> impl DoubleEndedIterator<Item = Key> {
        self.0.iter().map(|one| Key(Arc::from([one.clone()])))
    }

    /// The one that a row names; `None` where it was forgotten.
    pub fn numbered(&self, number: i64) -> Option<Key> {
        self.each().find(|key| key.number() == number)
    }

    /// Whether a token is what `made` makes of any of them: for what names no key and lives long.
    pub fn knows(&self, token: &str, made: impl Fn(&Key) -> String) -> bool {
        self.each().any(|key| same(token, &made(&key)))
    }

    /// The token for `purpose` and what tells it apart, 43 characters that fit in a path. Other purposes or parts
    /// give other tokens: the parts are ids and numbers and never hold the separator.
    pub fn token(&self, purpose: &str, parts: &[&str]) -> String {
        BASE64URL_NOPAD.encode(&self.code(purpose, parts))
    }

    /// The authentication code of a text: who has not the key can't make it. One part only, as the text may hold
    /// the separator; the purpose must not be one of [`Key::token`].
    pub fn mac(&self, purpose: &str, text: &str) -> String {
        HEXLOWER.encode(&self.code(purpose, &[text]))
    }

    /// 32 bytes that only the holder of the key finds for a text, as a salt. The rules of [`Key::mac`] hold.
    pub fn bytes(&self, purpose: &str, text: &str) -> [u8; 32] {
        self.code(purpose, &[text])
    }

    fn code(&self, purpose: &str, parts: &[&str]) -> [u8; 32] {
        let mut mac = self.0[0].mac.clone();
        mac.update(purpose.as_bytes());
        for part in parts {
            mac.update(b"|");
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }

    /// Tells two keys apart without telling anything else: that of the newest.
    pub fn fingerprint(&self) -> String {
        self.token("fingerprint", &[])[..16].to_owned()
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// A random token from 32 bytes, in the form of [`Key::token`].
pub fn random_token(bytes: [u8; 32]) -> String {
    BASE64URL_NOPAD.encode(&bytes)
}

/// The hash of a file's bytes, by which it is known.
pub fn hash_bytes(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// What the database holds of a token.
pub fn hash(token: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(token.as_bytes()))
}

/// The first bytes of a text's hash, by which it is looked up in a list.
pub fn start_of_hash(text: &str) -> [u8; 4] {
    let [a, b, c, d, ..] = <[u8; 32]>::from(Sha256::digest(text.as_bytes()));
    [a, b, c, d]
}

/// Whether two tokens are the same, in a time that does not depend on where they differ: their hashes are
/// compared, which a guesser can't steer.
pub fn same(one: &str, other: &str) -> bool {
    hash(one) == hash(other)
}
