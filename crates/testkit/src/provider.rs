//! Providers of single sign-on in this process, honest or not: one listener on the loopback address, and behind it as many as
//! tests want, each below a path of its own.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::Duration;

use app::push::Way;
use data_encoding::{BASE64, BASE64URL_NOPAD};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512,
    RsaEncoding, RsaKeyPair, RsaPublicKeyComponents,
};
use ring::{digest, hmac};
use serde_json::{Value, json};

use crate::World;

/// Who we are to every provider.
const CLIENT: &str = "client-1";
/// What shows it; with what must be escaped.
const SECRET: &str = "s3cret/+:of%us";
/// A key made for these tests, which opens nothing, of 2,048 bits.
const RSA: &[u8] = include_bytes!("provider/rsa.der");
/// Another one, of 3,072 bits.
const LONG_RSA: &[u8] = include_bytes!("provider/rsa-3072.der");
/// Others, of curves.
const EC: &[u8] = include_bytes!("provider/ec.der");
const EC_384: &[u8] = include_bytes!("provider/ec-384.der");

/// The way to these providers alone.
pub(crate) fn way() -> Way {
    Way::new(vec![hall().address]).patient(Duration::from_secs(2))
}

struct Hall {
    address: SocketAddr,
    next: AtomicUsize,
    /// What each code gives, by the provider's name and the code.
    codes: Mutex<BTreeMap<(String, String), Given>>,
    /// Answers that are given in place of the right ones, by path.
    instead: Mutex<BTreeMap<String, String>>,
    /// What was asked, by path.
    asked: Mutex<Vec<String>>,
}

/// What a code gives, and what for.
struct Given {
    challenge: String,
    return_to: String,
    token: String,
}

fn hall() -> &'static Arc<Hall> {
    static HALL: OnceLock<Arc<Hall>> = OnceLock::new();
    HALL.get_or_init(|| {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let hall = Arc::new(Hall {
            address,
            next: AtomicUsize::new(1),
            codes: Mutex::default(),
            instead: Mutex::default(),
            asked: Mutex::default(),
        });
        let clerk = Arc::clone(&hall);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let clerk = Arc::clone(&clerk);
                // The client may hang up at any time; that ends the talk.
                thread::spawn(move || clerk.talk(stream));
            }
        });
        hall
    })
}

/// A provider of one's own.
#[derive(Clone, Debug)]
pub struct Provider {
    name: String,
}

/// How a provider signs what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// With RSA, as most do.
    Rs256,
    /// With RSA, the other way.
    Ps256,
    /// With a long key of RSA.
    LongRs256,
    /// With the same, the other way.
    LongPs256,
    /// The same with longer hashes.
    LongPs384,
    /// The same with still longer ones.
    LongPs512,
    /// With a key of a curve.
    Es256,
    /// With one of a larger curve.
    Es384,
    /// With Ed25519.
    EdDsa,
    /// Not at all.
    None,
    /// With its public key as a shared secret.
    Hs256,
    /// With the secret that it has from us.
    BySecret,
    /// With a key that is not among its keys, by the name of one that is.
    ByAnother,
}

impl Provider {
    /// One that nobody knows yet.
    #[expect(clippy::new_without_default, reason = "each is another one")]
    pub fn new() -> Provider {
        Provider { name: format!("p{}", hall().next.fetch_add(1, Ordering::Relaxed)) }
    }

    /// What it is called by.
    pub fn issuer(&self) -> String {
        format!("http://{}/{}", hall().address, self.name)
    }

    /// What an administrator types: issuer, client id, secret.
    pub fn typed(&self) -> [String; 3] {
        [self.issuer(), CLIENT.to_owned(), SECRET.to_owned()]
    }

    /// Lets it answer so at `/description`, `/token` or `/keys`: a whole answer, head and all.
    pub fn answer(&self, path: &str, answer: &str) {
        hall().instead.lock().expect("whole").insert(format!("/{}{path}", self.name), answer.to_owned());
    }

    /// How often it was asked at a path.
    pub fn asked(&self, path: &str) -> usize {
        let path = format!("/{}{path}", self.name);
        hall().asked.lock().expect("whole").iter().filter(|asked| **asked == path).count()
    }

    /// Somebody comes there by an address of ours and signs in; what they are sent back with: code and state.
    pub fn code(
        &self,
        world: &World,
        url: &str,
        says: Says,
        change: impl FnOnce(&mut Value),
    ) -> (String, String) {
        let sent = |name: &str| {
            let query = url.split_once('?').expect("a query").1;
            let found =
                query.split('&').filter_map(|pair| pair.split_once('=')).find(|(known, _)| *known == name);
            found.map(|(_, value)| value.to_owned()).unwrap_or_else(|| panic!("no {name} in {url}"))
        };
        assert!(url.starts_with(&format!("{}/authorize?", self.issuer())), "{url}");
        assert_eq!(sent("code_challenge_method"), "S256");
        let now = world.app.store.now().micros() / 1_000_000;
        let mut claims = json!({
            "iss": self.issuer(), "sub": "subject-1", "aud": CLIENT, "exp": now + 300, "iat": now,
            "nonce": sent("nonce"), "email": "ada@example.com", "email_verified": true,
        });
        change(&mut claims);
        let code = format!("code-{}", hall().next.fetch_add(1, Ordering::Relaxed));
        let (challenge, return_to) = (sent("code_challenge"), sent("redirect_uri"));
        assert!(return_to.contains("%2Fsingle-sign-on%2FACC"), "{return_to}");
        let gives = Given { challenge, return_to, token: token(says, &claims) };
        hall().codes.lock().expect("whole").insert((self.name.clone(), code.clone()), gives);
        (code, sent("state"))
    }
}

impl Hall {
    fn talk(&self, stream: TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream);
        let mut line = || {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            Some(line.trim_end().to_owned())
        };
        let first = line()?;
        let path = first.split(' ').nth(1)?.replace("/.well-known/openid-configuration", "/description");
        let (mut length, mut authorization) = (0, String::new());
        loop {
            let line = line()?;
            let Some((name, value)) = line.split_once(": ") else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().ok()?,
                "authorization" => value.clone_into(&mut authorization),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        self.asked.lock().expect("whole").push(path.clone());
        let instead = self.instead.lock().expect("whole").get(&path).cloned();
        let answer =
            instead.unwrap_or_else(|| self.answer(&path, &authorization, &String::from_utf8_lossy(&body)));
        reader.into_inner().write_all(answer.as_bytes()).ok()
    }

    fn answer(&self, path: &str, authorization: &str, form: &str) -> String {
        let (name, what) = path[1..].split_once('/').unwrap_or((path, ""));
        let issuer = format!("http://{}/{name}", self.address);
        match what {
            "description" => ok(&json!({
                "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
                "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
            })),
            "keys" => ok(&keys()),
            "token" => self.exchange(name, authorization, form).map_or_else(refused, |token| {
                ok(&json!({ "id_token": token, "access_token": "x", "token_type": "Bearer" }))
            }),
            _ => refused(),
        }
    }

    /// As RFC 6749 and 7636 have it: a code counts once, for who has its verifier and our secret.
    fn exchange(&self, name: &str, authorization: &str, form: &str) -> Option<String> {
        let field = |name: &str| {
            form.split('&').filter_map(|pair| pair.split_once('=')).find(|(known, _)| *known == name)
        };
        let basic = BASE64.encode(format!("{CLIENT}:s3cret%2F%2B%3Aof%25us").as_bytes());
        let (_, code) = field("code")?;
        let given = self.codes.lock().expect("whole").remove(&(name.to_owned(), code.to_owned()))?;
        let (_, verifier) = field("code_verifier")?;
        let hash = digest::digest(&digest::SHA256, verifier.as_bytes());
        let fits = BASE64URL_NOPAD.encode(hash.as_ref()) == given.challenge;
        let returns = field("redirect_uri")?.1 == given.return_to;
        (fits && returns && authorization == format!("Basic {basic}")).then_some(given.token)
    }
}

fn ok(body: &Value) -> String {
    let body = body.to_string();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn refused() -> String {
    "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n".to_owned()
}

/// A device's key for these tests, too.
pub(crate) fn rsa() -> RsaKeyPair {
    RsaKeyPair::from_pkcs8(RSA).expect("a key")
}

fn long_rsa() -> RsaKeyPair {
    RsaKeyPair::from_pkcs8(LONG_RSA).expect("a key")
}

fn ec(how: &'static EcdsaSigningAlgorithm, key: &[u8]) -> EcdsaKeyPair {
    EcdsaKeyPair::from_pkcs8(how, key, &SystemRandom::new()).expect("a key")
}

fn ec_256() -> EcdsaKeyPair {
    ec(&ECDSA_P256_SHA256_FIXED_SIGNING, EC)
}

fn ec_384() -> EcdsaKeyPair {
    ec(&ECDSA_P384_SHA384_FIXED_SIGNING, EC_384)
}

fn ed(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("a key")
}

fn modulus() -> Vec<u8> {
    RsaPublicKeyComponents::<Vec<u8>>::from(rsa().public_key()).n
}

fn keys() -> Value {
    let text = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
    let by_rsa = |kid: &str, key: RsaKeyPair| {
        let whole = RsaPublicKeyComponents::<Vec<u8>>::from(key.public_key());
        json!({ "kty": "RSA", "kid": kid, "use": "sig", "n": text(&whole.n), "e": text(&whole.e) })
    };
    let on_curve = |kid: &str, curve: &str, key: EcdsaKeyPair| {
        let (x, y) = key.public_key().as_ref()[1..].split_at(key.public_key().as_ref().len() / 2);
        json!({ "kty": "EC", "kid": kid, "crv": curve, "x": text(x), "y": text(y) })
    };
    json!({ "keys": [
        by_rsa("rsa", rsa()),
        by_rsa("long-rsa", long_rsa()),
        on_curve("ec", "P-256", ec_256()),
        on_curve("ec-384", "P-384", ec_384()),
        { "kty": "OKP", "kid": "ed", "crv": "Ed25519", "alg": "EdDSA", "x": text(ed(1).public_key().as_ref()) },
    ] })
}

fn token(says: Says, claims: &Value) -> String {
    let (algorithm, kid) = match says {
        Says::Rs256 => ("RS256", "rsa"),
        Says::Ps256 => ("PS256", "rsa"),
        Says::LongRs256 => ("RS256", "long-rsa"),
        Says::LongPs256 => ("PS256", "long-rsa"),
        Says::LongPs384 => ("PS384", "long-rsa"),
        Says::LongPs512 => ("PS512", "long-rsa"),
        Says::Es256 => ("ES256", "ec"),
        Says::Es384 => ("ES384", "ec-384"),
        Says::EdDsa | Says::ByAnother => ("EdDSA", "ed"),
        Says::None => ("none", "rsa"),
        Says::Hs256 | Says::BySecret => ("HS256", "rsa"),
    };
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let signed = format!("{}.{}", part(&json!({ "alg": algorithm, "kid": kid })), part(claims));
    let (bytes, random) = (signed.as_bytes(), SystemRandom::new());
    let mac = |key: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), bytes).as_ref().to_vec();
    let by_curve = |key: EcdsaKeyPair| key.sign(&random, bytes).expect("signed").as_ref().to_vec();
    let signature = match says {
        Says::Rs256 => by_rsa(rsa(), &RSA_PKCS1_SHA256, bytes),
        Says::Ps256 => by_rsa(rsa(), &RSA_PSS_SHA256, bytes),
        Says::LongRs256 => by_rsa(long_rsa(), &RSA_PKCS1_SHA256, bytes),
        Says::LongPs256 => by_rsa(long_rsa(), &RSA_PSS_SHA256, bytes),
        Says::LongPs384 => by_rsa(long_rsa(), &RSA_PSS_SHA384, bytes),
        Says::LongPs512 => by_rsa(long_rsa(), &RSA_PSS_SHA512, bytes),
        Says::Es256 => by_curve(ec_256()),
        Says::Es384 => by_curve(ec_384()),
        Says::EdDsa => ed(1).sign(bytes).as_ref().to_vec(),
        Says::ByAnother => ed(2).sign(bytes).as_ref().to_vec(),
        Says::None => Vec::new(),
        Says::Hs256 => mac(&modulus()),
        Says::BySecret => mac(SECRET.as_bytes()),
    };
    format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature))
}

/// What a key of RSA signs.
pub(crate) fn by_rsa(key: RsaKeyPair, how: &'static dyn RsaEncoding, bytes: &[u8]) -> Vec<u8> {
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(how, &SystemRandom::new(), bytes, &mut signature).expect("signed");
    signature
}
