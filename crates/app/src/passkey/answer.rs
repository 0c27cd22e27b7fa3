//! What a passkey is asked and what it answers: put together, read and checked by the library, and nowhere else.

use std::fmt::Display;

use data_encoding::BASE64URL_NOPAD;
use domain::passkey;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use store::passkey::Passkey;
use text::Text;
use webauthn_rs::prelude::{
    COSEAlgorithm, DiscoverableAuthentication, Passkey as Credential, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, Url, Uuid, Webauthn, WebauthnBuilder, WebauthnError,
};

use crate::{Conflict, Refused, Settings};

/// The kinds of keys that are strong, of those that the library takes: ECDSA on P-256 and P-384.
const STRONG: [COSEAlgorithm; 2] = [COSEAlgorithm::ES256, COSEAlgorithm::ES384];

/// The server as passkeys know it, by the host of its address.
pub(crate) struct Party {
    webauthn: Webauthn,
    /// Whether weak keys are refused.
    strong: bool,
}

/// What a passkey is asked.
pub(crate) struct Question {
    /// For the page's script.
    pub(crate) options: String,
    /// What has to be kept until it is answered.
    pub(crate) state: String,
}

/// What stands under the name of its owner on a device: it says nothing of the login.
pub(crate) type Handle = [u8; 16];

/// Why an answer counts for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is none, or not to what was asked, or signed by something else.
    Wrong,
    /// It has signed less often than before.
    Copied,
    /// It is what was asked for, of a key that is too weak for the operator.
    Weak,
}

impl Fault {
    /// What somebody is told of it. Whose passkey was copied is told by mail.
    pub(crate) fn refusal(self) -> Refused {
        Refused::Conflict(match self {
            Fault::Wrong | Fault::Copied => Conflict::PasskeyRefused,
            Fault::Weak => Conflict::PasskeyWeak,
        })
    }
}

impl Party {
    /// Not found where browsers take no passkeys.
    pub(crate) fn of(settings: &Settings) -> Result<Party, Refused> {
        let base = &settings.base_url;
        let host = passkey::host(base).ok_or(Refused::NotFound)?;
        let origin = Url::parse(base).map_err(|_| Refused::NotFound)?;
        let name = Text::default().common_product();
        let built = WebauthnBuilder::new(host, &origin).and_then(|party| party.rp_name(name).build());
        let webauthn = built.map_err(|_| Refused::NotFound)?;
        Ok(Party { webauthn, strong: settings.strong_keys })
    }

    /// Asks a device for a new one, unless it has one of these. It is to be found without a name, and to know its owner by
    /// finger, face or PIN.
    pub(crate) fn ask_new(
        &self,
        handle: Handle,
        address: &str,
        name: &str,
        known: &[Passkey],
    ) -> Result<Question, Refused> {
        let known = known.iter().map(|one| Ok(credential(one)?.cred_id().clone()));
        let known = known.collect::<Result<Vec<_>, Refused>>()?;
        let name = if name.is_empty() { address } else { name };
        let asked =
            self.webauthn.start_passkey_registration(Uuid::from_bytes(handle), address, name, Some(known));
        let (options, state) = asked.map_err(unusable)?;
        let mut options = serde_json::to_value(options).map_err(unusable)?;
        let selection = &mut options["publicKey"]["authenticatorSelection"];
        selection["residentKey"] = json!("required");
        selection["requireResidentKey"] = json!(true);
        if self.strong {
            // The library has no way to be told.
            let kinds = STRONG.map(|kind| json!({ "type": "public-key", "alg": kind as i64 }));
            options["publicKey"]["pubKeyCredParams"] = json!(kinds);
        }
        Ok(Question { options: options.to_string(), state: written(&state)? })
    }

    /// What is kept of a new one: what its device calls it, and the public half.
    pub(crate) fn read_new(&self, state: &str, answer: &str) -> Result<(String, String), Fault> {
        let made = self.try_read_new(state, answer).ok_or(Fault::Wrong)?;
        self.refuse_weak(&made)?;
        let kept = written(&made).map_err(|_| Fault::Wrong)?;
        Ok((BASE64URL_NOPAD.encode(made.cred_id().as_ref()), kept))
    }

    fn try_read_new(&self, state: &str, answer: &str) -> Option<Credential> {
        let state: PasskeyRegistration = read(state)?;
        let answer: RegisterPublicKeyCredential = read(answer)?;
        let made = self.webauthn.finish_passkey_registration(&answer, &state).ok()?;
        // The library takes the device's word for what it is called, whatever the browser says.
        let said: &[u8] = answer.raw_id.as_ref();
        (said == made.cred_id().as_slice()).then_some(made)
    }

    fn refuse_weak(&self, passkey: &Credential) -> Result<(), Fault> {
        let is_weak = !STRONG.contains(passkey.cred_algorithm());
        if self.strong && is_weak { Err(Fault::Weak) } else { Ok(()) }
    }

    /// Asks for a passkey: one of these, or where none is named, any that its device has.
    pub(crate) fn ask(&self, named: &[Passkey]) -> Result<Question, Refused> {
        let (options, state) = self.webauthn.start_discoverable_authentication().map_err(unusable)?;
        let mut options = serde_json::to_value(options).map_err(unusable)?;
        // The library means a list below the field for the name; ours comes when a button is pressed.
        if let Some(options) = options.as_object_mut() {
            options.remove("mediation");
        }
        let named = named.iter().map(|one| {
            Ok(json!({ "type": "public-key", "id": BASE64URL_NOPAD.encode(credential(one)?.cred_id().as_ref()) }))
        });
        let named = named.collect::<Result<Vec<_>, Refused>>()?;
        options["publicKey"]["allowCredentials"] = Value::Array(named);
        Ok(Question { options: options.to_string(), state: written(&state)? })
    }

    /// Whether this passkey has signed what was asked; what is kept of it from then on.
    pub(crate) fn check(&self, state: &str, answer: &Answer, passkey: &Passkey) -> Result<String, Fault> {
        let state: DiscoverableAuthentication = read(state).ok_or(Fault::Wrong)?;
        let mut credential = credential(passkey).map_err(|_| Fault::Wrong)?;
        match self.webauthn.finish_discoverable_authentication_v2(&answer.0, state, &credential) {
            Ok(signed) => {
                self.refuse_weak(&credential)?;
                credential.update_credential(&signed);
                written(&credential).map_err(|_| Fault::Wrong)
            }
            Err(WebauthnError::CredentialPossibleCompromise) => Err(Fault::Copied),
            Err(_) => Err(Fault::Wrong),
        }
    }
}

/// What a browser answers for a passkey that it has.
pub(crate) struct Answer(PublicKeyCredential);

impl Answer {
    /// Reads it; nothing of it is true before it was checked.
    pub(crate) fn parse(text: &str) -> Option<Answer> {
        read(text).map(Answer)
    }

    /// What its device calls the passkey.
    pub(crate) fn credential_id(&self) -> String {
        BASE64URL_NOPAD.encode(self.0.get_credential_id())
    }

    /// Whose it says the passkey is.
    pub(crate) fn handle(&self) -> Option<&[u8]> {
        self.0.get_user_unique_id()
    }
}

fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    (text.len() <= passkey::MAX_ANSWER).then(|| serde_json::from_str(text).ok()).flatten()
}

fn credential(passkey: &Passkey) -> Result<Credential, Refused> {
    serde_json::from_str(&passkey.credential).map_err(unusable)
}

fn written(value: &impl Serialize) -> Result<String, Refused> {
    serde_json::to_string(value).map_err(unusable)
}

/// What the library does not do with values of our own.
fn unusable(error: impl Display) -> Refused {
    tracing::error!(%error, "a passkey could not be asked for");
    Refused::Conflict(Conflict::PasskeyRefused)
}
