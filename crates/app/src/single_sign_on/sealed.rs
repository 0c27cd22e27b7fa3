//! Keeps a provider's secret so that the database alone opens nothing (decision 0032).

use data_encoding::BASE64URL_NOPAD;
use domain::id::{AccountId, SingleSignOnId};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use store::secret::Key;

/// Whose secret it is. Moved to another account's row, it does not open.
type Whose<'a> = (&'a AccountId, &'a SingleSignOnId);

/// Seals it. Of `random` the first bytes are used, once.
pub(super) fn seal(key: &Key, whose: Whose, random: &[u8; 32], secret: &str) -> String {
    let mut sealed = secret.as_bytes().to_vec();
    let nonce: [u8; NONCE_LEN] = random[..NONCE_LEN].try_into().expect("12 of 32 bytes");
    let done = key_of(key, whose).seal_in_place_append_tag(
        Nonce::assume_unique_for_key(nonce),
        Aad::from(named(whose)),
        &mut sealed,
    );
    done.expect("a secret is short");
    BASE64URL_NOPAD.encode(&[&nonce[..], &sealed].concat())
}

/// Opens it; `None` if it was sealed with a key that is not there, or for another account.
pub(super) fn open(key: &Key, whose: Whose, sealed: &str) -> Option<String> {
    let bytes = BASE64URL_NOPAD.decode(sealed.as_bytes()).ok()?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
    // What was sealed with an older key is sealed anew when the key is replaced, but may be read before that.
    key.each().find_map(|key| {
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        let secret = key_of(&key, whose).open_in_place(nonce, Aad::from(named(whose)), &mut sealed).ok()?;
        String::from_utf8(secret.to_vec()).ok()
    })
}

fn key_of(key: &Key, whose: Whose) -> LessSafeKey {
    let bytes = key.bytes("single sign-on secret", &named(whose));
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &bytes).expect("32 bytes"))
}

fn named((account, provider): Whose) -> String {
    format!("{account}.{provider}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seen to fail: with nothing of whose it is in key and additional data.
    #[test]
    fn a08_a_secret_opens_for_its_account_and_key_alone() {
        let (account, other) = (AccountId::from_str(&id("ACC", 1)), AccountId::from_str(&id("ACC", 2)));
        let (account, other) = (account.unwrap(), other.unwrap());
        let provider = SingleSignOnId::from_str(&id("SSO", 1)).unwrap();
        let key = Key::new([1; 32]);
        let sealed = seal(&key, (&account, &provider), &[7; 32], "hush");
        assert!(!sealed.contains("hush"));
        assert_eq!(open(&key, (&account, &provider), &sealed).as_deref(), Some("hush"));
        assert_eq!(open(&key, (&other, &provider), &sealed), None);
        assert_eq!(open(&Key::new([2; 32]), (&account, &provider), &sealed), None);
        for broken in ["", "x", &sealed[1..]] {
            assert_eq!(open(&key, (&account, &provider), broken), None);
        }
    }

    use std::str::FromStr as _;

    fn id(kind: &str, n: u8) -> String {
        format!("{kind}{n:032}")
    }
}
