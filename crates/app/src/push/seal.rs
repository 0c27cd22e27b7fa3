//! Locks a message so that one browser alone reads it, whoever carries it: RFC 8291, with the form of RFC 8188.

use domain::push::BrowserKeys;
use hmac::{Hmac, KeyInit as _, Mac as _};
use p256::{PublicKey, SecretKey};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use sha2::Sha256;

/// How large a record is, which is all there is of a message.
const RECORD: u32 = 4_096;
/// Salt, size of a record, length of a key, key.
const HEAD: usize = 16 + 4 + 1 + 65;
/// What ends the text, and the seal.
const TAIL: usize = 1 + 16;
/// The longest text: push services take no larger message than one record.
pub(super) const LONGEST: usize = RECORD as usize - HEAD - TAIL;

/// Whether the browser's key is one: a point on the curve.
pub(super) fn is_key(keys: &BrowserKeys) -> bool {
    PublicKey::from_sec1_bytes(&keys.public).is_ok()
}

/// A secret key from the first bytes that make one; all but one in four thousand million do.
pub(super) fn secret_of(mut bytes: impl FnMut() -> [u8; 32]) -> SecretKey {
    loop {
        if let Ok(secret) = SecretKey::from_slice(&bytes()) {
            return secret;
        }
    }
}

/// The message for a browser; `None` if the text is too long, or the browser's key is none. `luck` are random bytes, others
/// each time.
pub(super) fn seal(text: &[u8], keys: &BrowserKeys, mut luck: impl FnMut() -> [u8; 32]) -> Option<Vec<u8>> {
    let mut salt = [0; 16];
    salt.copy_from_slice(&luck()[..16]);
    seal_by(text, keys, &secret_of(luck), salt)
}

/// The same with a key and a salt that are known.
fn seal_by(text: &[u8], keys: &BrowserKeys, own: &SecretKey, salt: [u8; 16]) -> Option<Vec<u8>> {
    let browser = PublicKey::from_sec1_bytes(&keys.public).ok().filter(|_| text.len() <= LONGEST)?;
    let own_public = own.public_key().to_sec1_bytes();
    let shared = own.diffie_hellman(&browser);
    let info = [b"WebPush: info\0", &keys.public[..], &own_public[..]].concat();
    let secret = derive(&keys.secret, shared.raw_secret_bytes(), &info);
    let key = derive(&salt, &secret, b"Content-Encoding: aes128gcm\0");
    let nonce = derive(&salt, &secret, b"Content-Encoding: nonce\0");

    // The last record, which is the only one, ends with a two.
    let mut record = [text, &[2]].concat();
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key[..16]).ok()?);
    let nonce = Nonce::try_assume_unique_for_key(&nonce[..12]).ok()?;
    key.seal_in_place_append_tag(nonce, Aad::empty(), &mut record).ok()?;
    Some([&salt[..], &RECORD.to_be_bytes(), &[65], &own_public[..], &record[..]].concat())
}

/// HKDF with SHA-256: the first 32 bytes, of which as many are taken as are needed (RFC 5869).
fn derive(salt: &[u8], secret: &[u8], info: &[u8]) -> [u8; 32] {
    let extracted = code(salt, &[secret]);
    code(&extracted, &[info, &[1]])
}

fn code(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use data_encoding::BASE64URL_NOPAD;

    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        BASE64URL_NOPAD.decode(text.as_bytes()).unwrap()
    }

    const PUBLIC: &str =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

    /// G-08. The example of RFC 8291, appendix A.
    #[test]
    fn g08_messages_are_locked_as_the_standard_says() {
        let keys = BrowserKeys::parse(PUBLIC, AUTH).unwrap();
        let own = SecretKey::from_slice(&bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")).unwrap();
        let salt = bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap();
        let sealed = seal_by(b"When I grow up, I want to be a watermelon", &keys, &own, salt).unwrap();
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml\
                        mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT\
                        pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(BASE64URL_NOPAD.encode(&sealed), expected);
    }

    #[test]
    fn no_key_off_the_curve_and_no_text_too_long_is_taken() {
        let keys = BrowserKeys::parse(PUBLIC, AUTH).unwrap();
        let luck = || [9; 32];
        assert!(is_key(&keys));
        assert_eq!(seal(&[b'a'; LONGEST], &keys, luck).map(|sealed| sealed.len()), Some(4_096));
        assert!(seal(&[b'a'; LONGEST + 1], &keys, luck).is_none());
        let mut off = keys;
        off.public[64] ^= 1;
        assert!(!is_key(&off));
        assert!(seal(b"a", &off, luck).is_none());
    }
}
