//! Somebody's device with a passkey on it, and the browser around it.

use app::Ask;
use app::passkey::{Asked, First};
use data_encoding::BASE64URL_NOPAD;
use p256::SecretKey;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use ring::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaPublicKeyComponents};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{PASSWORD, World, provider, session_of};

/// A device with one passkey, which does what it is asked unless it is told otherwise.
#[derive(Clone, Debug)]
pub struct Device {
    /// The secret half, where it is of a curve.
    pub secret: [u8; 32],
    /// Whether it makes keys of RSA, as older ones do.
    pub by_rsa: bool,
    /// What it calls its passkey.
    pub id: [u8; 20],
    /// Whose passkey it says it is.
    pub handle: Option<String>,
    /// How often it has signed; many devices do not count, and say 0.
    pub count: u32,
    /// Whether it has looked whether its owner is there, by finger, face or PIN.
    pub verifies: bool,
    /// Where its browser says that the page is from.
    pub origin: String,
}

impl Device {
    /// One of its own for each number, below 255, at the world's address.
    pub fn new(number: u8, world: &World) -> Device {
        let origin = world.app.settings.base_url.clone();
        let (secret, id) = ([number + 1; 32], [number; 20]);
        Device { secret, by_rsa: false, id, handle: None, count: 0, verifies: true, origin }
    }

    /// The same with a passkey that none has in this world.
    pub fn fresh(mut self, world: &World) -> Device {
        let random = world.app.store.random_bytes();
        self.id.copy_from_slice(&random[..20]);
        self
    }

    /// Makes its passkey, as it is asked to.
    pub fn make(&mut self, options: &str) -> String {
        let asked = &parsed(options)["publicKey"];
        self.handle = asked["user"]["id"].as_str().map(str::to_owned);
        let mut data = self.data(text(&asked["rp"]["id"]), 0x41);
        data.extend([0; 16]);
        data.extend([0, 20]);
        data.extend(self.id);
        data.extend(self.public_key());
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".to_vec();
        object.extend(u16::try_from(data.len()).expect("some hundreds of bytes").to_be_bytes());
        object.extend(data);
        let client = self.client("webauthn.create", text(&asked["challenge"]));
        self.answer(
            json!({ "attestationObject": encoded(&object), "clientDataJSON": encoded(client.as_bytes()) }),
        )
    }

    /// Signs what it is asked to.
    pub fn sign(&mut self, options: &str) -> String {
        let asked = &parsed(options)["publicKey"];
        let data = self.data(text(&asked["rpId"]), 1);
        let client = self.client("webauthn.get", text(&asked["challenge"]));
        let signed = [&data[..], &Sha256::digest(client.as_bytes())[..]].concat();
        let signature = match self.by_rsa {
            true => provider::by_rsa(provider::rsa(), &RSA_PKCS1_SHA256, &signed),
            false => {
                let signature: Signature = SigningKey::from(&self.key()).sign(&signed);
                signature.to_der().as_bytes().to_vec()
            }
        };
        self.answer(json!({
            "authenticatorData": encoded(&data),
            "clientDataJSON": encoded(client.as_bytes()),
            "signature": encoded(&signature),
            "userHandle": self.handle,
        }))
    }

    /// The public half, as COSE writes it.
    fn public_key(&self) -> Vec<u8> {
        if self.by_rsa {
            let RsaPublicKeyComponents::<Vec<u8>> { n, e } = provider::rsa().public_key().into();
            // RS256: {1: 3, 3: -257, -1: n, -2: e}, with 256 bytes and three.
            let head = [0xa4, 1, 3, 3, 0x39, 1, 0, 0x20, 0x59, 1, 0];
            return [&head[..], &n, &[0x21, 0x43], &e].concat();
        }
        // ES256: {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
        let point = self.key().public_key().to_sec1_bytes();
        let (x, y) = point[point.len() - 64..].split_at(32);
        let head = [0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32];
        [&head[..], x, &[0x22, 0x58, 32], y].concat()
    }

    fn key(&self) -> SecretKey {
        SecretKey::from_slice(&self.secret).expect("a number below the order")
    }

    fn data(&self, host: &str, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(host.as_bytes()).to_vec();
        data.push(flags | if self.verifies { 4 } else { 0 });
        data.extend(self.count.to_be_bytes());
        data
    }

    fn client(&self, what: &str, challenge: &str) -> String {
        json!({ "type": what, "challenge": challenge, "origin": self.origin, "crossOrigin": false })
            .to_string()
    }

    fn answer(&self, response: Value) -> String {
        let id = encoded(&self.id);
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response }).to_string()
    }
}

fn parsed(options: &str) -> Value {
    serde_json::from_str(options).expect("what is asked is JSON")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn encoded(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

/// The same browser, with what it was given to answer with.
pub fn asked_in(ask: &Ask, asked: &Asked) -> Ask {
    let mut ask = ask.clone();
    ask.credentials.passkey = Some(asked.token.clone());
    ask
}

impl World {
    /// Adds a device's passkey to somebody's login; with the first factor their session is another one from then on, and these are
    /// their recovery codes.
    pub async fn add_passkey(&self, ask: &mut Ask, device: &mut Device) -> Vec<String> {
        let asked = self.app.ask_new_passkey(ask, PASSWORD).await.expect("they may");
        let answer = device.make(&asked.options);
        let added = self.app.add_passkey(&asked_in(ask, &asked), "Phone", &answer).await;
        let Some(First { codes, started }) = added.expect("it is added") else { return Vec::new() };
        ask.credentials.session = Some(session_of(started).token);
        codes
    }
}
