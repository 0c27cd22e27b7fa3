//! What is asked of a provider: how it is used, and whom it gives for a code.

use data_encoding::{BASE64, BASE64URL_NOPAD};
use domain::brand::HostName;
use domain::push::{Endpoint, Service};
use domain::single_sign_on::description_of;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use store::single_sign_on::Provider;

use super::token;
use crate::way::{Fault, Request, Way};

/// The longest answer that is read, in bytes.
const LONGEST: usize = 128 * 1024;

/// How a provider is used.
#[derive(Clone, Debug)]
pub(super) struct Description {
    pub(super) authorize_url: String,
    pub(super) token_url: String,
    pub(super) keys_url: String,
    pub(super) names_itself: bool,
    pub(super) by_header: bool,
    /// Whether it signs with keys that can be strong, as far as it says.
    pub(super) can_be_strong: bool,
}

/// Why a provider is none.
#[derive(Debug)]
#[expect(dead_code, reason = "they are read in the log")]
pub(super) enum Amiss {
    /// No answer.
    Silent(Fault),
    /// An answer of this status.
    Status(u16),
    /// An answer that is no such thing.
    Unreadable,
    /// It calls itself otherwise.
    Issuer,
    /// One of its addresses leads where none may.
    Address,
    /// The operator has not listed this host.
    NotListed(HostName),
}

/// What is sent along with somebody.
pub(super) struct Sent<'a> {
    pub(super) return_to: &'a str,
    pub(super) state: &'a str,
    pub(super) nonce: &'a str,
    pub(super) verifier: &'a str,
    /// Whether the provider is to ask who it is, whoever is signed in there.
    pub(super) asks_anew: bool,
}

/// What a code is exchanged with.
pub(super) struct Exchange<'a> {
    pub(super) code: &'a str,
    pub(super) secret: &'a str,
    pub(super) verifier: &'a str,
    pub(super) return_to: &'a str,
}

#[derive(Deserialize)]
struct Described {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    id_token_signing_alg_values_supported: Option<Vec<String>>,
}

/// Asks a provider how it is used. What it says of others, and of this server, does not count.
pub(super) async fn describe(way: &Way, issuer: &str, base_url: &str) -> Result<Description, Amiss> {
    let from = endpoint(way, &description_of(issuer))?;
    refuse_own(&from, base_url)?;
    refuse_unlisted(way, &from)?;
    let described: Described = read(ask(way, &from, None, Vec::new()).await?)?;
    if described.issuer != issuer {
        return Err(Amiss::Issuer);
    }
    for address in [&described.authorization_endpoint, &described.token_endpoint, &described.jwks_uri] {
        refuse_own(&endpoint(way, address)?, base_url)?;
    }
    // Where people are sent is their browsers' way, and not this server's.
    for address in [&described.token_endpoint, &described.jwks_uri] {
        refuse_unlisted(way, &endpoint(way, address)?)?;
    }
    let signs_by = described.id_token_signing_alg_values_supported;
    let methods = described.token_endpoint_auth_methods_supported;
    Ok(Description {
        authorize_url: described.authorization_endpoint,
        token_url: described.token_endpoint,
        keys_url: described.jwks_uri,
        names_itself: described.authorization_response_iss_parameter_supported,
        // As OpenID Connect has it where a provider says nothing.
        by_header: methods.is_none_or(|methods| methods.iter().any(|method| method == "client_secret_basic")),
        can_be_strong: signs_by.is_none_or(|names| names.iter().any(|name| token::can_be_strong(name))),
    })
}

/// Where somebody is sent.
pub(super) fn address(to: &Provider, sent: &Sent) -> String {
    let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(sent.verifier.as_bytes()));
    let mut fields = vec![
        ("response_type", "code"),
        ("scope", "openid"),
        ("client_id", &to.client_id),
        ("redirect_uri", sent.return_to),
        ("state", sent.state),
        ("nonce", sent.nonce),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    if sent.asks_anew {
        // The age has it say when it asked; some heed one of both alone.
        fields.extend([("max_age", "0"), ("prompt", "login")]);
    }
    let (query, mark) = (form(&fields), if to.authorize_url.contains('?') { '&' } else { '?' });
    format!("{}{mark}{query}", to.authorize_url)
}

/// Exchanges a code for the provider's word; and the keys that it signs with.
pub(super) async fn exchange(
    way: &Way,
    provider: &Provider,
    with: &Exchange<'_>,
) -> Result<(String, Vec<Value>), Amiss> {
    #[derive(Deserialize)]
    struct Tokens {
        id_token: String,
    }
    #[derive(Deserialize)]
    struct Keys {
        keys: Vec<Value>,
    }
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", with.code),
        ("redirect_uri", with.return_to),
        ("code_verifier", with.verifier),
    ];
    let mut headers = vec![("content-type", "application/x-www-form-urlencoded".to_owned())];
    if provider.by_header {
        let both = format!("{}:{}", encoded(&provider.client_id), encoded(with.secret));
        headers.push(("authorization", format!("Basic {}", BASE64.encode(both.as_bytes()))));
    } else {
        fields.extend([("client_id", provider.client_id.as_str()), ("client_secret", with.secret)]);
    }
    let to = endpoint(way, &provider.token_url)?;
    let tokens: Tokens = read(ask(way, &to, Some(form(&fields)), headers).await?)?;
    let keys: Keys = read(ask(way, &endpoint(way, &provider.keys_url)?, None, Vec::new()).await?)?;
    Ok((tokens.id_token, keys.keys))
}

async fn ask(
    way: &Way,
    to: &Endpoint,
    form: Option<String>,
    mut headers: Vec<(&'static str, String)>,
) -> Result<Vec<u8>, Amiss> {
    headers.push(("accept", "application/json".to_owned()));
    let request = Request { to, post: form.map(String::into_bytes), headers };
    let reply = way.ask(request, LONGEST).await.map_err(Amiss::Silent)?;
    // A redirect is none that is followed.
    if reply.status == 200 { Ok(reply.body) } else { Err(Amiss::Status(reply.status)) }
}

fn read<T: for<'de> Deserialize<'de>>(body: Vec<u8>) -> Result<T, Amiss> {
    serde_json::from_slice(&body).map_err(|_| Amiss::Unreadable)
}

fn endpoint(way: &Way, address: &str) -> Result<Endpoint, Amiss> {
    Endpoint::parse(address, way.allowed()).map_err(|_| Amiss::Address)
}

fn refuse_own(to: &Endpoint, base_url: &str) -> Result<(), Amiss> {
    let own = |name: &HostName| name.is_of_server(base_url);
    if matches!(to.service(), Service::Named(name) if own(name)) { Err(Amiss::Address) } else { Ok(()) }
}

/// The way refuses these as well, on each request; here it is known by name, and before anything is kept.
fn refuse_unlisted(way: &Way, to: &Endpoint) -> Result<(), Amiss> {
    match to.service() {
        Service::Named(name) if !way.is_listed(to.service()) => Err(Amiss::NotListed(name.clone())),
        _ => Ok(()),
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    let field = |(name, value): &(&str, &str)| format!("{name}={}", encoded(value));
    fields.iter().map(field).collect::<Vec<_>>().join("&")
}

fn encoded(text: &str) -> String {
    let byte = |b: u8| match b {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(b).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}
