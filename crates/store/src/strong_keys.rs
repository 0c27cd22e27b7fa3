//! What TLS takes: with `ROLLCALL_STRONG_KEYS=on`, no key weaker than 128 bits, neither in the certificates of others nor of our own
//! (decision 0039).
//!
//! There is one provider for the whole program, because lettre takes no other, and so that a client which somebody adds has it too.

use std::error::Error;
use std::io;
use std::sync::{Arc, OnceLock};

use rustls::crypto::{CryptoProvider, KeyProvider, WebPkiSupportedAlgorithms, ring};
use rustls::pki_types::{
    AlgorithmIdentifier, InvalidSignature, PrivateKeyDer, SignatureVerificationAlgorithm, alg_id,
};
use rustls::sign::SigningKey;
use rustls::{CertificateError, SignatureScheme};

/// The bits of the smallest RSA key that has 128 bits of security.
pub const RSA_BITS: usize = 3_072;
const RSA_BYTES: usize = RSA_BITS / 8;

static DEMANDED: OnceLock<()> = OnceLock::new();

/// Has every connection of this program take strong keys alone. To be called before any is made.
pub fn demand() {
    DEMANDED.get_or_init(|| strong().install_default().expect("nobody else has set the one of the program"));
}

/// What whoever connects by TLS does it with.
pub fn provider() -> Arc<CryptoProvider> {
    CryptoProvider::get_default().cloned().unwrap_or_else(|| Arc::new(ring::default_provider()))
}

/// Whether this error, or what it comes from, is that a key was too weak: rustls tells it as a signature that does not fit.
pub fn is_too_weak(error: &(dyn Error + 'static)) -> bool {
    let is_bad = |error: &(dyn Error + 'static)| {
        let told = error.downcast_ref::<rustls::Error>();
        told == Some(&rustls::Error::InvalidCertificate(CertificateError::BadSignature))
    };
    // The error within one of the system's is not what that comes from.
    let within = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    let here = is_bad(error) || within.is_some_and(|within| is_bad(within));
    DEMANDED.get().is_some() && (here || error.source().is_some_and(is_too_weak))
}

/// The usual one without weak keys. Its ways to lock and to agree on a key have 128 bits and more as they are.
fn strong() -> CryptoProvider {
    let usual = ring::default_provider();
    let algorithms = usual.signature_verification_algorithms;
    let mapping: Vec<_> =
        algorithms.mapping.iter().map(|(scheme, all)| (*scheme, without_weak(all))).collect();
    // They live as long as the program.
    CryptoProvider {
        signature_verification_algorithms: WebPkiSupportedAlgorithms {
            all: without_weak(algorithms.all),
            mapping: Box::leak(mapping.into_boxed_slice()),
        },
        key_provider: Box::leak(Box::new(StrongKeys(usual.key_provider))),
        ..usual
    }
}

type Algorithm = &'static dyn SignatureVerificationAlgorithm;

fn without_weak(all: &[Algorithm]) -> &'static [Algorithm] {
    let strong = all.iter().map(|one| match one.public_key_alg_id() {
        alg_id::RSA_ENCRYPTION => Box::leak(Box::new(LongRsa(*one))) as Algorithm,
        _ => *one,
    });
    Box::leak(strong.collect::<Box<[_]>>())
}

/// RSA by long keys alone. The library tells them apart for one kind of signature only, and not for those that most authorities make.
#[derive(Debug)]
struct LongRsa(Algorithm);

impl SignatureVerificationAlgorithm for LongRsa {
    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.0.public_key_alg_id()
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.0.signature_alg_id()
    }

    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        if !is_long(public_key) {
            return Err(InvalidSignature);
        }
        self.0.verify_signature(public_key, message, signature)
    }
}

/// Whether a key of RSA begins as a long one does: a sequence, and in it a modulus with the byte 0 before it, as its first bit is 1. Ring
/// refuses whatever is not written in this one way.
fn is_long(public_key: &[u8]) -> bool {
    match public_key {
        [0x30, 0x82, _, _, 0x02, 0x82, high, low, ..] => {
            usize::from(u16::from_be_bytes([*high, *low])) > RSA_BYTES
        }
        _ => false,
    }
}

/// Our own keys, which we show where we are asked for a certificate.
#[derive(Debug)]
struct StrongKeys(&'static dyn KeyProvider);

impl KeyProvider for StrongKeys {
    fn load_private_key(&self, der: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, rustls::Error> {
        let key = self.0.load_private_key(der)?;
        // What RSA signs is as long as its key; other keys sign no such thing.
        let signer = key.choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256]);
        let signed = signer.map(|signer| signer.sign(&[])).transpose()?;
        match signed.is_some_and(|signed| signed.len() < RSA_BYTES) {
            true => Err(rustls::Error::General(
                "the key is too weak for ROLLCALL_STRONG_KEYS=on, which takes RSA from 3,072 bits".to_owned(),
            )),
            false => Ok(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// I-05. What rustls brings is what the rule was made for; anything new has to be looked at.
    #[test]
    fn i05_of_all_that_tls_takes_only_rsa_has_weak_keys() {
        let provider = strong();
        for algorithm in provider.signature_verification_algorithms.all {
            let strong = [alg_id::ECDSA_P256, alg_id::ECDSA_P384, alg_id::ED25519, alg_id::RSA_ENCRYPTION];
            assert!(strong.contains(&algorithm.public_key_alg_id()), "{algorithm:?}");
        }
        for suite in &provider.cipher_suites {
            let name = format!("{:?}", suite.suite());
            let locks = ["AES_128_GCM", "AES_256_GCM", "CHACHA20_POLY1305"];
            assert!(locks.iter().any(|lock| name.contains(lock)), "{name}");
        }
        for group in &provider.kx_groups {
            let name = format!("{:?}", group.name());
            assert!(["X25519", "secp256r1", "secp384r1"].contains(&name.as_str()), "{name}");
        }
    }

    /// I-05
    #[test]
    fn i05_a_long_key_has_3072_bits() {
        let key = |modulus: usize| {
            let [high, low] = u16::try_from(modulus).unwrap().to_be_bytes();
            is_long(&[0x30, 0x82, 1, 1, 0x02, 0x82, high, low, 0])
        };
        assert_eq!([257, 384, 385, 513].map(key), [false, false, true, true]);
        assert!(!is_long(&[]));
    }
}
