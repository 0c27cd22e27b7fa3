//! Operations: one for each thing a person can do.
//!
//! An operation is a plain function over a unit of work and a pass. [`App`] runs it: it mints the pass and calls
//! the operation inside one unit, so that who may is decided in the transaction that then does it.

pub mod access_change;
pub mod access_map;
pub mod access_request;
pub mod access_review;
pub mod account;
pub mod account_center;
pub mod activity;
pub mod alert;
pub mod api_key;
pub mod api_limit;
pub mod brand;
pub mod bundle;
pub mod capability_use;
pub mod center_change;
pub(crate) mod center_notice;
pub mod center_person;
pub mod company;
pub mod company_user;
pub mod csv;
pub mod directory;
pub mod doctor;
pub mod email_change;
pub mod email_proof;
mod ending;
pub mod events;
pub mod executive_administrator;
pub mod explain;
#[cfg(fuzzing)]
pub mod fuzzing;
pub mod invitation;
pub mod invitation_block;
pub mod job;
pub mod key_change;
pub mod key_file;
pub mod limits;
pub mod login_merge;
pub mod mail;
pub mod me;
pub mod moment;
pub mod notification;
pub mod operator;
pub mod passkey;
pub mod password;
pub mod proof;
pub mod push;
pub mod real;
mod receiver;
pub mod refused;
pub mod reset;
pub mod second_factor;
pub mod second_factor_rule;
pub mod see_as;
pub mod session;
pub mod single_sign_on;
pub mod summary_email;
mod summary_issue;
pub mod tag;
pub mod temporary_password;
pub mod unsubscribe;
pub mod user;
mod way;
pub mod words;
pub mod worker;

use std::sync::{Arc, OnceLock};

use store::pass::{Credentials, Gate};
use store::work::{Committed, Origin, Reader, Store, Writer};
use text::Language;

pub use refused::{Conflict, Refused};
/// What is made of rows once.
pub use store::kept;
/// Pages of lists.
pub use store::page;
/// The passes and doors that routes ask for.
pub use store::pass;
/// Units of work, for signatures of operations.
pub use store::work;

use crate::mail::smtp::Smtp;
use crate::password::Hasher;

/// What the operator has set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address people reach the server under, without a slash at the end. Every link in a mail begins with it.
    pub base_url: String,
    /// Who mails come from: a name and an address.
    pub mail_from: mail::compose::Address,
    /// Proxies whose word on where a request came from is taken.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// Whether keys of others that are weaker than 128 bits are refused (decision 0039).
    pub strong_keys: bool,
}

/// The product: its store, settings, password hasher and way to the mail server.
pub struct App {
    /// The database with its clock, randomness and key.
    pub store: Store,
    /// What the operator has set.
    pub settings: Settings,
    /// Hashes passwords, a few at a time.
    pub hasher: Hasher,
    /// The mail server; without one, mails are kept for the operator (I-07).
    pub smtp: Option<Smtp>,
    /// Whose mails are sent next.
    pub turns: mail::outbox::Turns,
    /// Which uses of capabilities are noted already.
    pub uses: capability_use::Uses,
    /// How many requests of programs an account takes.
    pub api_limit: api_limit::ApiLimit,
    /// Where host names are looked up.
    pub dns: Box<dyn brand::dns::FindsTexts>,
    /// The way to push services, and whose turn it is there.
    pub push: push::Push,
    /// The way to providers of single sign-on.
    pub providers: push::Way,
}

/// The product, shared.
pub type SharedApp = Arc<App>;

/// Who asks, and from where.
#[derive(Clone, Debug)]
pub struct Ask {
    /// What shows who asks.
    pub credentials: Credentials,
    /// The network and the request's id.
    pub origin: Origin,
    /// The browser and system, for the list of sessions.
    pub device: String,
    /// What language they are answered in.
    pub spoken: Spoken,
}

/// The language that one request is answered in: what the person has chosen, which is known as soon as a pass was minted
/// for them; else what their browser reads (I-08).
#[derive(Clone, Debug, Default)]
pub struct Spoken {
    browser: Language,
    chosen: Arc<OnceLock<Language>>,
}

impl Spoken {
    /// What the browser reads.
    pub fn by_browser(browser: Language) -> Spoken {
        Spoken { browser, chosen: Arc::default() }
    }

    /// As far as it is known by now.
    pub fn language(&self) -> Language {
        self.chosen.get().copied().unwrap_or(self.browser)
    }

    fn hear(&self, pass: &impl Gate) {
        let chosen = pass.person().and_then(|person| Language::of_code(&person.language));
        if let Some(chosen) = chosen {
            let _ = self.chosen.set(chosen);
        }
    }
}

impl App {
    /// Mints the pass `P` and reads with it, in one unit. Hands the pass out beside the answer, for the frame of
    /// the page.
    pub async fn read<P: Gate, T: Send + 'static>(
        &self,
        ask: &Ask,
        target: P::Target,
        operation: impl Fn(&mut Reader, &P) -> Result<T, Refused> + Send + 'static,
    ) -> Result<(P, T), Refused> {
        let (credentials, spoken) = (ask.credentials.clone(), ask.spoken.clone());
        self.store
            .read(move |r| {
                let pass = P::mint(r, &credentials, &target)?;
                spoken.hear(&pass);
                let value = operation(r, &pass)?;
                Ok((pass, value))
            })
            .await
    }

    /// Mints the pass `P` and writes with it, in one unit.
    pub async fn write<P: Gate, T: Send + 'static>(
        &self,
        ask: &Ask,
        target: P::Target,
        operation: impl Fn(Writer, &P) -> Result<Committed<T>, Refused> + Send + 'static,
    ) -> Result<(P, T), Refused> {
        let (credentials, spoken) = (ask.credentials.clone(), ask.spoken.clone());
        self.store
            .write(ask.origin.clone(), move |mut w| {
                let pass = P::mint(&mut w, &credentials, &target)?;
                spoken.hear(&pass);
                if let Some(chosen) = spoken.chosen.get() {
                    w.speak(chosen.code());
                }
                Ok(operation(w, &pass)?.map(|value| (pass, value)))
            })
            .await
    }
}
