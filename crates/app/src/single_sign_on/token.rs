//! Reads what a provider has signed (RFC 7515, 7518). What is signed by a secret that we share with it, or not at all, is
//! signed by nobody.

use data_encoding::BASE64URL_NOPAD;
use domain::single_sign_on::{Claims, Flaw};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, EcdsaVerificationAlgorithm,
    RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
    RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde_json::{Map, Value};
use store::strong_keys;

/// The most keys that are tried.
const KEYS: usize = 32;
/// What no strong key signs by: its padding is disallowed for that, whatever the key (decision 0039).
const WEAK: &str = "RS256";

/// What a word is signed by.
#[derive(Clone, Copy)]
enum Algorithm {
    Rsa(&'static RsaParameters),
    /// On a curve of this name, whose coordinates have so many bytes.
    Curve(&'static str, usize, &'static EcdsaVerificationAlgorithm),
    EdDsa,
}

/// All there are, by their names.
static ALGORITHMS: [(&str, Algorithm); 7] = [
    (WEAK, Algorithm::Rsa(&RSA_PKCS1_2048_8192_SHA256)),
    ("PS256", Algorithm::Rsa(&RSA_PSS_2048_8192_SHA256)),
    ("PS384", Algorithm::Rsa(&RSA_PSS_2048_8192_SHA384)),
    ("PS512", Algorithm::Rsa(&RSA_PSS_2048_8192_SHA512)),
    ("ES256", Algorithm::Curve("P-256", 32, &ECDSA_P256_SHA256_FIXED)),
    ("ES384", Algorithm::Curve("P-384", 48, &ECDSA_P384_SHA384_FIXED)),
    ("EdDSA", Algorithm::EdDsa),
];

/// Whether what is signed by an algorithm of this name can be strong.
pub(super) fn can_be_strong(name: &str) -> bool {
    name != WEAK && ALGORITHMS.iter().any(|(known, _)| *known == name)
}

/// The claims of a token that one of these keys has signed; where `strong`, none that is weaker than 128 bits.
pub(crate) fn read(token: &str, keys: &[Value], strong: bool) -> Result<Claims, Flaw> {
    let mut parts = token.split('.');
    let (Some(head), Some(body), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Flaw::Malformed);
    };
    let header = object(head)?;
    let name = text(&header, "alg").unwrap_or_default();
    let (_, algorithm) = ALGORITHMS.iter().find(|(known, _)| *known == name).ok_or(Flaw::Algorithm)?;
    // What must be understood is nothing that we do.
    if header.contains_key("crit") {
        return Err(Flaw::Malformed);
    }
    let signed = format!("{head}.{body}");
    let signature = bytes(signature).ok_or(Flaw::Malformed)?;
    let kid = text(&header, "kid");
    let fits = |key: &&Map<String, Value>| may_sign(key, (name, *algorithm), kid);
    let mut fitting = keys.iter().filter_map(Value::as_object).filter(fits).take(KEYS);
    let signer = fitting.find(|key| has_signed(key, *algorithm, signed.as_bytes(), &signature) == Some(true));
    let signer = signer.ok_or(Flaw::Signature)?;
    if strong && (name == WEAK || is_short(signer)) {
        return Err(Flaw::Weak);
    }
    claims(&object(body)?).ok_or(Flaw::Malformed)
}

fn may_sign(key: &Map<String, Value>, (name, algorithm): (&str, Algorithm), kid: Option<&str>) -> bool {
    let kind = match algorithm {
        Algorithm::Rsa(_) => "RSA",
        Algorithm::Curve(..) => "EC",
        Algorithm::EdDsa => "OKP",
    };
    let is = |field: &str, wanted: &str| text(key, field).is_none_or(|word| word == wanted);
    text(key, "kty") == Some(kind)
        && (kid.is_none() || text(key, "kid") == kid)
        && is("use", "sig")
        && is("alg", name)
}

/// `None` where the key is no key.
fn has_signed(
    key: &Map<String, Value>,
    algorithm: Algorithm,
    signed: &[u8],
    signature: &[u8],
) -> Option<bool> {
    let part = |name: &str| text(key, name).and_then(bytes);
    let is_on = |curve: &str| text(key, "crv") == Some(curve);
    let done = match algorithm {
        Algorithm::Rsa(how) => {
            let (n, e) = (part("n")?, part("e")?);
            let whole = RsaPublicKeyComponents { n: without_zeros(&n), e: without_zeros(&e) };
            whole.verify(how, signed, signature)
        }
        Algorithm::Curve(curve, length, how) => {
            let (x, y) = (part("x")?, part("y")?);
            let fits = is_on(curve) && x.len() == length && y.len() == length;
            let point = [&[4], &x[..], &y[..]].concat();
            fits.then(|| UnparsedPublicKey::new(how, point).verify(signed, signature))?
        }
        Algorithm::EdDsa => {
            let x = part("x").filter(|_| is_on("Ed25519"))?;
            UnparsedPublicKey::new(&ED25519, x).verify(signed, signature)
        }
    };
    Some(done.is_ok())
}

/// Whether it is a key of RSA, and not a long one.
fn is_short(key: &Map<String, Value>) -> bool {
    let modulus = text(key, "n").and_then(bytes).unwrap_or_default();
    let modulus = without_zeros(&modulus);
    let unused = modulus.first().map_or(0, |first| first.leading_zeros() as usize);
    text(key, "kty") == Some("RSA") && modulus.len() * 8 - unused < strong_keys::RSA_BITS
}

fn claims(body: &Map<String, Value>) -> Option<Claims> {
    let owned = |name: &str| text(body, name).map(str::to_owned);
    let audience = match body.get("aud")? {
        Value::String(one) => vec![one.clone()],
        Value::Array(all) => all.iter().map(|one| one.as_str().map(str::to_owned)).collect::<Option<_>>()?,
        _ => return None,
    };
    // A claim that is there and no text is not as good as none.
    let authorized = match body.get("azp") {
        None => None,
        Some(azp) => Some(azp.as_str()?.to_owned()),
    };
    let (authenticated, begins) = (said_seconds(body, "auth_time")?, said_seconds(body, "nbf")?);
    Some(Claims {
        issuer: owned("iss")?,
        subject: owned("sub")?,
        audience,
        authorized,
        expires: seconds(body, "exp")?,
        issued: seconds(body, "iat")?,
        begins,
        nonce: owned("nonce")?,
        authenticated,
    })
}

/// `None` where what is said is no moment.
#[expect(clippy::option_option, reason = "not said and wrongly said are two things")]
fn said_seconds(body: &Map<String, Value>, name: &str) -> Option<Option<i64>> {
    match body.get(name) {
        None | Some(Value::Null) => Some(None),
        Some(_) => seconds(body, name).map(Some),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a moment far away is none of now either way")]
fn seconds(body: &Map<String, Value>, name: &str) -> Option<i64> {
    let value = body.get(name)?;
    value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64))
}

fn object(part: &str) -> Result<Map<String, Value>, Flaw> {
    let read = bytes(part).and_then(|bytes| serde_json::from_slice(&bytes).ok());
    read.ok_or(Flaw::Malformed)
}

fn text<'a>(of: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    of.get(name)?.as_str()
}

fn bytes(part: &str) -> Option<Vec<u8>> {
    BASE64URL_NOPAD.decode(part.as_bytes()).ok()
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}
