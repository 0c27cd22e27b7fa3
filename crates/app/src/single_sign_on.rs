//! Single sign-on by a provider of the account's own: connecting it, signing in by it, linking oneself.
//!
//! Somebody is sent to the provider with what only this browser can bring back, and comes back with a code. That is exchanged
//! outside of any unit. What the provider says then counts only for the account that it is the provider of: the session
//! that begins is bound to it (decision 0032).

mod provider;
mod sealed;
mod settings;
pub(crate) mod token;

use domain::access::Refusal;
use domain::activity::{Entry, Verb};
use domain::id::{AccountId, LoginId};
use domain::input::Problem;
use domain::single_sign_on::{Claims, Expected, Flaw};
use store::key_change::Sealed;
use store::pass::{Acting, HasPlace, Means, OwnLinkPass, Place, Proven, SingleSignOnPass};
use store::secret::Key;
use store::single_sign_on::{self, NewVisit};
use store::work::{Committed, Reader, Unrecorded, Writer};
use store::{login, pass, secret};

use self::provider::Amiss;
use crate::second_factor::{Told, tell};
use crate::session::{self, SignedIn};
use crate::way::Fault;
use crate::{App, Ask, Conflict, Refused, limits};

pub use store::single_sign_on::Keeper;

pub use settings::{Settings, end, require, settings};

/// Seals a client secret anew with the newest key; `None` if no key of this installation opens it.
pub(crate) fn reseal(key: &Key, sealed: &Sealed, random: &[u8; 32]) -> Option<Sealed> {
    let whose = (&sealed.account, &sealed.provider);
    let secret = sealed::open(key, whose, &sealed.secret)?;
    Some(Sealed { secret: sealed::seal(key, whose, random, &secret), ..sealed.clone() })
}

/// Where the provider of an account sends people back to, on the server's own host. Each account has its own: else one provider
/// could have another's codes brought to itself (RFC 9700, 4.4).
pub fn return_path(account: &AccountId) -> String {
    format!("/single-sign-on/{account}")
}

/// The longest address of a page that is kept until somebody comes back.
const NEXT_LENGTH: usize = 300;

/// Somebody on their way to a provider.
pub struct Leaving {
    /// Where to.
    pub url: String,
    /// What they are known by when they come back, for a cookie.
    pub kept: String,
}

/// What somebody brings back.
#[derive(Clone, Debug, Default)]
pub struct Returned {
    /// What the provider's word is exchanged for.
    pub code: String,
    /// What was sent along.
    pub state: String,
    /// The provider that says so, where it does.
    pub issuer: String,
}

/// What became of who came back.
pub enum Arrived {
    /// They are signed in to this account.
    SignedIn(AccountId, SignedIn),
    /// They can sign in to this account so from now on.
    Linked(AccountId),
}

/// How somebody stands to single sign-on in an account: `None` where there is none, else whether they can sign in by it.
pub fn own(r: &mut Reader, pass: &impl HasPlace) -> Result<Option<bool>, Refused> {
    let Some(login) = own_login(pass.place()) else { return Ok(None) };
    match single_sign_on::find(r, &pass.place().account)? {
        Some(_) => Ok(Some(single_sign_on::is_known(r, pass, &login)?)),
        None => Ok(None),
    }
}

/// Signs in by it no more. Where the account requires it, a password does not take away what it is no way in for.
pub fn unlink(mut w: Writer, pass: &OwnLinkPass) -> Result<Committed<()>, Refused> {
    let login = own_login(pass.place()).ok_or(Refused::NotFound)?;
    if pass.place().needs_provider {
        return Err(Refused::Forbidden { refusal: Refusal::NeedsProvider, ask: Vec::new() });
    }
    if !single_sign_on::remove_identity(&mut w, pass, &login)? {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    let record = login::get(&mut w, &login)?;
    tell(&mut w, &record, Told::ProviderUnlinked)?;
    let entry = own_entry(pass, Verb::SingleSignOnUnlinked);
    w.commit(&pass.actor(), entry, ())
}

/// Whoever has a user here and is no program; also who is seen by somebody else, who writes nothing.
fn own_login(place: &Place) -> Option<LoginId> {
    let person = place.person.as_ref().filter(|_| place.user.is_some())?;
    let is_here = matches!(person.by, Means::Session(_) | Means::SeeAs(_));
    is_here.then(|| person.login.clone())
}

fn own_entry(pass: &OwnLinkPass, verb: Verb) -> Entry {
    let place = pass.place();
    let user = place.user.as_ref().map(ToString::to_string).unwrap_or_default();
    Entry::of(pass.account(), verb, user, &place.names().full())
}

impl App {
    /// Sends somebody to the provider of an account, to sign in and go on to the page `next`. Without one, and without such an account, it is refused in one
    /// and the same way.
    pub async fn leave_to_sign_in(&self, ask: &Ask, account: &str, next: &str) -> Result<Leaving, Refused> {
        let next = if next.len() > NEXT_LENGTH { String::new() } else { next.to_owned() };
        let (account, asked, base_url) = (account.trim().parse::<AccountId>(), ask.clone(), self.base_url());
        let left = move |mut w: Writer| {
            let network = asked.origin.network.clone();
            let counted =
                limits::count(&mut w, &format!("single sign-on from {network}"), limits::SINGLE_SIGN_ON);
            if let Err(refused) = counted {
                return Ok(w.commit_unrecorded(Unrecorded::Attempt, Err(refused)));
            }
            let leaving = match &account {
                Ok(account) => {
                    let anew = !next.is_empty() && is_signed_in(&asked, account);
                    leave(&mut w, account, Aim::SignIn { next: &next, anew }, &base_url)?
                }
                Err(_) => None,
            };
            let leaving = leaving.ok_or_else(|| Refused::field("account", Problem::NoSingleSignOn));
            Ok::<_, Refused>(w.commit_unrecorded(Unrecorded::Attempt, leaving))
        };
        self.store.write(ask.origin.clone(), left).await?
    }

    /// Sends somebody who is signed in with their password to the provider of an account, to be known by it from then on. The
    /// present password is asked for: a browser that was left open must not become a way in for good.
    pub async fn leave_to_link(
        &self,
        ask: &Ask,
        account: AccountId,
        password: &str,
    ) -> Result<Leaving, Refused> {
        let look = |_: &mut Reader, _: &OwnLinkPass| Ok(());
        let (pass, ()) = self.read(ask, account.clone(), look).await?;
        let person = pass.place().person.clone().ok_or(Refused::SignedOut)?;
        own_login(pass.place()).ok_or(Refused::NotFound)?;
        let checked = self.check_present_password(ask, &person.email, password).await?;
        let base_url = self.base_url();
        let left = move |mut w: Writer, pass: &Proven<OwnLinkPass>| {
            session::check_unchanged(&mut w, &checked)?;
            let login =
                own_login(pass.place()).filter(|login| *login == checked.id).ok_or(Refused::SignedOut)?;
            let leaving = leave(&mut w, pass.account(), Aim::Link(&login), &base_url)?;
            let leaving = leaving.ok_or(Refused::Conflict(Conflict::Changed))?;
            Ok(w.commit_unrecorded(Unrecorded::Attempt, leaving))
        };
        self.write(ask, account, left).await.map(|(_, leaving)| leaving)
    }

    /// Takes in who comes back to an account. What they bring counts once, whatever becomes of it.
    pub async fn arrive(
        &self,
        ask: &Ask,
        account: AccountId,
        returned: Returned,
    ) -> Result<Arrived, Refused> {
        let Returned { code, state, issuer } = returned;
        let take = move |mut w: Writer, pass: &SingleSignOnPass| {
            // Somebody else's answer uses up nothing.
            let sent_with = w.key().each().find(|key| secret::same(&state, &pass.state(key)));
            let sent_with = sent_with.ok_or_else(|| refuse(Flaw::Malformed))?;
            if !single_sign_on::remove_visit(&mut w, pass)? {
                return Err(Refused::Link(pass::LinkState::Unknown));
            }
            Ok(w.commit_unrecorded(Unrecorded::Attempt, sent_with))
        };
        let (pass, sent_with) = self.write(ask, account, take).await?;
        // One provider's code must not be given to another (RFC 9207).
        let says_other = !issuer.is_empty() && issuer != pass.provider.issuer;
        if says_other || (issuer.is_empty() && pass.provider.names_itself) {
            return Err(refuse(Flaw::Issuer));
        }
        if code.is_empty() {
            return Err(Refused::Conflict(Conflict::SingleSignOnFailed));
        }
        let claims = self.claims_of(&pass, &code, &sent_with).await?;
        match pass.link.clone() {
            None => self.sign_in_as(ask, pass, claims).await,
            Some(login) => self.link_as(ask, pass, login, claims.subject).await,
        }
    }

    /// Whom the provider gives for a code. `sent_with` is the key that was the newest when they left.
    async fn claims_of(
        &self,
        pass: &SingleSignOnPass,
        code: &str,
        sent_with: &Key,
    ) -> Result<Claims, Refused> {
        let secret =
            sealed::open(self.store.key(), (&pass.account, &pass.provider.id), &pass.provider.secret);
        let secret = secret.ok_or(Refused::Conflict(Conflict::SingleSignOnFailed))?;
        let exchange = provider::Exchange {
            code,
            secret: &secret,
            verifier: &pass.verifier(sent_with),
            return_to: &format!("{}{}", self.settings.base_url, return_path(&pass.account)),
        };
        let answer = provider::exchange(&self.providers, &pass.provider, &exchange).await;
        let (id_token, keys) = answer.map_err(|fault| {
            tracing::warn!(account = %pass.account, ?fault, "a provider gave nobody for a code");
            Refused::Conflict(match fault {
                Amiss::Silent(Fault::Weak) => Conflict::SingleSignOnWeak,
                _ => Conflict::SingleSignOnFailed,
            })
        })?;
        let claims = token::read(&id_token, &keys, self.settings.strong_keys).map_err(refuse)?;
        let (issuer, client_id, nonce) =
            (&pass.provider.issuer, &pass.provider.client_id, &pass.nonce(sent_with));
        let asked_anew = pass.asked_anew;
        let expected = Expected { issuer, client_id, nonce, asked_anew, must_say_when: pass.link.is_none() };
        domain::single_sign_on::check(&claims, expected, self.store.now()).map_err(refuse)?;
        Ok(claims)
    }

    async fn sign_in_as(
        &self,
        ask: &Ask,
        pass: SingleSignOnPass,
        claims: Claims,
    ) -> Result<Arrived, Refused> {
        let asked = ask.clone();
        let enter = move |mut w: Writer| {
            check_provider(&mut w, &pass)?;
            let Some(login) = single_sign_on::find_login(&mut w, &pass, &claims.subject)? else {
                return Err(Refused::Conflict(Conflict::SingleSignOnUnknown));
            };
            let shown_at = claims.shown_at(w.now);
            let (signed_in, started) = session::start_bound(&mut w, &login, &asked, (&pass, shown_at))?;
            let record = login::get(&mut w, &login)?;
            let used = Entry::of(&pass.account, Verb::SingleSignOnUsed, &pass.provider.id, &record.name);
            w.commit_all(
                &record.actor(),
                vec![started, used],
                Arrived::SignedIn(pass.account.clone(), signed_in),
            )
        };
        self.store.write(ask.origin.clone(), enter).await
    }

    async fn link_as(
        &self,
        ask: &Ask,
        from: SingleSignOnPass,
        login: LoginId,
        subject: String,
    ) -> Result<Arrived, Refused> {
        let account = from.account.clone();
        let link = move |mut w: Writer, pass: &OwnLinkPass| {
            check_provider(&mut w, &from)?;
            if own_login(pass.place()).as_ref() != Some(&login) {
                return Err(Refused::SignedOut);
            }
            if !single_sign_on::insert_identity(&mut w, &from, &login, &subject)? {
                return Err(Refused::Conflict(Conflict::SingleSignOnTaken));
            }
            let record = login::get(&mut w, &login)?;
            tell(&mut w, &record, Told::ProviderLinked)?;
            let entry = own_entry(pass, Verb::SingleSignOnLinked);
            w.commit(&pass.actor(), entry, ())
        };
        self.write(ask, account.clone(), link).await?;
        Ok(Arrived::Linked(account))
    }

    fn base_url(&self) -> String {
        self.settings.base_url.clone()
    }
}

/// Whom a provider has vouched for is nobody once the account has another one.
fn check_provider(w: &mut Writer, pass: &SingleSignOnPass) -> Result<(), Refused> {
    let present = single_sign_on::find(w, &pass.account)?.map(|provider| provider.id);
    if present.as_ref() == Some(&pass.provider.id) {
        Ok(())
    } else {
        Err(Refused::Conflict(Conflict::Changed))
    }
}

fn refuse(flaw: Flaw) -> Refused {
    tracing::warn!(?flaw, "what a provider said does not count");
    Refused::Conflict(match flaw {
        Flaw::Weak => Conflict::SingleSignOnWeak,
        _ => Conflict::SingleSignOnFailed,
    })
}

/// Whoever comes from a page to sign in, while a session by the provider is there, wants to show again that it is them.
fn is_signed_in(ask: &Ask, account: &AccountId) -> bool {
    let bound = ask.credentials.session.as_deref().and_then(|token| token.split_once('.'));
    bound.is_some_and(|(bound, _)| bound == account.as_str())
}

/// What somebody is sent to a provider for.
#[derive(Clone, Copy)]
enum Aim<'a> {
    /// To be signed in by it, and go on to this page; `anew`: it is to ask who they are, whoever it knows already.
    SignIn { next: &'a str, anew: bool },
    /// To have this login linked. It asks anew: somebody else may have signed in there in this browser, and would be whom the
    /// link lets in.
    Link(&'a LoginId),
}

/// Expects somebody back, and says where they go; `None` where the account has no provider.
fn leave(w: &mut Writer, account: &AccountId, aim: Aim, base_url: &str) -> Result<Option<Leaving>, Refused> {
    let Some(to) = single_sign_on::find(w, account)? else { return Ok(None) };
    let visit = match aim {
        Aim::SignIn { next, anew } => NewVisit { login: None, next, asks_anew: anew },
        Aim::Link(login) => NewVisit { login: Some(login), next: "", asks_anew: true },
    };
    let token = single_sign_on::insert_visit(w, account, &to.id, visit)?;
    let key = w.key();
    let sent = provider::Sent {
        return_to: &format!("{base_url}{}", return_path(account)),
        state: &pass::state(key, &token),
        nonce: &pass::nonce(key, &token),
        verifier: &pass::verifier(key, &token),
        asks_anew: visit.asks_anew,
    };
    Ok(Some(Leaving { url: provider::address(&to, &sent), kept: format!("{account}.{token}") }))
}
