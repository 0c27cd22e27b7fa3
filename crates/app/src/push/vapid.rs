//! Shows a push service who sends: a signed word for it alone, for a few hours (VAPID, RFC 8292).
//!
//! The key pair is not stored. It follows from the installation's key, lasts as long, and is the same on every instance.

use data_encoding::BASE64URL_NOPAD;
use domain::time::{Span, Timestamp};
use p256::SecretKey;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::json;
use store::secret::Key;

use super::seal;

/// How long a word holds: services take none of more than a day.
const HOLDS: Span = Span::hours(12);
/// What is signed, and how.
const HEAD: &str = r#"{"typ":"JWT","alg":"ES256"}"#;

/// The key that all pushes are signed with.
fn secret_key(key: &Key) -> SecretKey {
    let mut tries = 0..;
    seal::secret_of(|| key.bytes("web push", &tries.next().unwrap_or_default().to_string()))
}

/// Its public half, as browsers take it.
pub(super) fn public_key(key: &Key) -> String {
    BASE64URL_NOPAD.encode(&secret_key(key).public_key().to_sec1_bytes())
}

/// The header that shows the service at `origin` who sends; `contact` is a way to whoever runs this server.
pub(super) fn authorization(key: &Key, origin: &str, contact: &str, now: Timestamp) -> String {
    let secret = secret_key(key);
    let expires = (now + HOLDS).since(Timestamp::from_micros(0)).as_seconds_up();
    let unsigned = unsigned(origin, contact, expires);
    let signature: Signature = SigningKey::from(&secret).sign(unsigned.as_bytes());
    let signature = BASE64URL_NOPAD.encode(&signature.to_bytes());
    let public = BASE64URL_NOPAD.encode(&secret.public_key().to_sec1_bytes());
    format!("vapid t={unsigned}.{signature}, k={public}")
}

fn unsigned(origin: &str, contact: &str, expires: i64) -> String {
    let claims = format!(r#"{{"aud":{},"exp":{expires},"sub":{}}}"#, json!(origin), json!(contact));
    format!("{}.{}", BASE64URL_NOPAD.encode(HEAD.as_bytes()), BASE64URL_NOPAD.encode(claims.as_bytes()))
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier as _;

    use super::*;

    fn is_signed(token: &str, public: &str) -> bool {
        let (unsigned, signature) = token.rsplit_once('.').unwrap();
        let bytes = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).unwrap();
        let signature = Signature::from_slice(&bytes(signature)).unwrap();
        let public = VerifyingKey::from_sec1_bytes(&bytes(public)).unwrap();
        public.verify(unsigned.as_bytes(), &signature).is_ok()
    }

    /// G-08. The example of RFC 8292, section 2.4: what is signed is the same to the letter, and its signature holds.
    #[test]
    fn g08_senders_are_shown_as_the_standard_says() {
        let token = "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1\
                     c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpw\
                     dXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2\
                     rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA";
        let public =
            "BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs";
        let ours = unsigned("https://push.example.net", "mailto:push@example.com", 1_453_523_768);
        assert_eq!(token.rsplit_once('.').unwrap().0, ours);
        assert!(is_signed(token, public));
    }

    /// G-08. Seen to fail: with a word that holds for two days.
    #[test]
    fn g08_ours_is_signed_by_the_key_that_browsers_know_and_holds_half_a_day() {
        let (key, now) = (Key::new([7; 32]), Timestamp::from_micros(1_793_610_000_000_000));
        let header = authorization(&key, "https://push.example", "https://rollcall.example", now);
        let (token, public) = header.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        assert_eq!(public, public_key(&key));
        assert!(is_signed(token, public));
        let claims = BASE64URL_NOPAD.decode(token.split('.').nth(1).unwrap().as_bytes()).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!(claims["aud"], "https://push.example");
        assert_eq!(claims["exp"], 1_793_610_000 + 12 * 3_600);
        assert_ne!(public_key(&Key::new([8; 32])), public);
    }
}
