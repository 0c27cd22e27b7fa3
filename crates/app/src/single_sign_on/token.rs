//! Reads what a provider has signed (RFC 7515, 7518). What is signed by a secret that we share with it, or not at all, is
//! signed by nobody.

use data_encoding::BASE64URL_NOPAD;
use domain::single_sign_on::{Claims, Flaw};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde_json::{Map, Value};

/// The most keys that are tried.
const KEYS: usize = 32;

/// What a word is signed by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Rs256,
    Ps256,
    Es256,
    EdDsa,
}

impl Algorithm {
    fn of(name: &str) -> Result<Algorithm, Flaw> {
        match name {
            "RS256" => Ok(Algorithm::Rs256),
            "PS256" => Ok(Algorithm::Ps256),
            "ES256" => Ok(Algorithm::Es256),
            "EdDSA" => Ok(Algorithm::EdDsa),
            _ => Err(Flaw::Algorithm),
        }
    }
}

/// The claims of a token that one of these keys has signed.
pub(crate) fn read(token: &str, keys: &[Value]) -> Result<Claims, Flaw> {
    let mut parts = token.split('.');
    let (Some(head), Some(body), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Flaw::Malformed);
    };
    let header = object(head)?;
    let algorithm = Algorithm::of(text(&header, "alg").unwrap_or_default())?;
    // What must be understood is nothing that we do.
    if header.contains_key("crit") {
        return Err(Flaw::Malformed);
    }
    let signed = format!("{head}.{body}");
    let signature = bytes(signature).ok_or(Flaw::Malformed)?;
    let kid = text(&header, "kid");
    let fits = |key: &&Map<String, Value>| may_sign(key, algorithm, kid);
    let mut fitting = keys.iter().filter_map(Value::as_object).filter(fits).take(KEYS);
    if !fitting.any(|key| has_signed(key, algorithm, signed.as_bytes(), &signature) == Some(true)) {
        return Err(Flaw::Signature);
    }
    claims(&object(body)?).ok_or(Flaw::Malformed)
}

fn may_sign(key: &Map<String, Value>, algorithm: Algorithm, kid: Option<&str>) -> bool {
    let kind = match algorithm {
        Algorithm::Rs256 | Algorithm::Ps256 => "RSA",
        Algorithm::Es256 => "EC",
        Algorithm::EdDsa => "OKP",
    };
    let is = |name: &str, wanted: &dyn Fn(&str) -> bool| text(key, name).is_none_or(wanted);
    text(key, "kty") == Some(kind)
        && (kid.is_none() || text(key, "kid") == kid)
        && is("use", &|word| word == "sig")
        && is("alg", &|word| Algorithm::of(word) == Ok(algorithm))
}

/// `None` where the key is no key.
fn has_signed(
    key: &Map<String, Value>,
    algorithm: Algorithm,
    signed: &[u8],
    signature: &[u8],
) -> Option<bool> {
    let part = |name: &str| text(key, name).and_then(bytes);
    let done = match algorithm {
        Algorithm::Rs256 | Algorithm::Ps256 => {
            let (n, e) = (part("n")?, part("e")?);
            let whole = RsaPublicKeyComponents { n: without_zeros(&n), e: without_zeros(&e) };
            let how = if algorithm == Algorithm::Ps256 {
                &RSA_PSS_2048_8192_SHA256
            } else {
                &RSA_PKCS1_2048_8192_SHA256
            };
            whole.verify(how, signed, signature)
        }
        Algorithm::Es256 => {
            let (x, y) = (part("x")?, part("y")?);
            let is_curve = text(key, "crv") == Some("P-256") && x.len() == 32 && y.len() == 32;
            let point = [&[4], &x[..], &y[..]].concat();
            is_curve
                .then(|| UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed, signature))?
        }
        Algorithm::EdDsa => {
            let x = part("x").filter(|_| text(key, "crv") == Some("Ed25519"))?;
            UnparsedPublicKey::new(&ED25519, x).verify(signed, signature)
        }
    };
    Some(done.is_ok())
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
