//! Signing in and out.

use domain::activity::{Entry, Verb};
use domain::email::EmailAddress;
use domain::id::{AccountId, LoginId, SessionId};
use store::login::{self, LoginRecord};
use store::pass::{Acting, Person, SelfPass};
use store::work::{Actor, Committed, Unrecorded, Writer};
use store::{attempt, session, user};

use crate::{App, Ask, Conflict, Refused, limits};

pub use store::session::{NOTE_EVERY, SessionRecord};

/// A fresh session's token, for the cookie.
pub struct SignedIn {
    /// The token.
    pub token: String,
    /// Whose it is.
    pub login: LoginId,
}

impl App {
    /// Signs a person in. Address unknown and password wrong look the same and take the same time.
    pub async fn sign_in(&self, ask: &Ask, email: &str, password: &str) -> Result<SignedIn, Refused> {
        let found = self.check_password(ask, email, password).await?;
        let asked = ask.clone();
        self.store
            .write(ask.origin.clone(), move |mut w| {
                // The password may have been changed while it was being checked.
                if login::get(&mut w, &found.id)?.password_hash != found.password_hash {
                    return Err(Refused::Conflict(Conflict::WrongPassword));
                }
                let name = counter(&w, &found.email);
                attempt::remove(&mut w, &name)?;
                let (signed_in, entry) = start(&mut w, &found.id, &asked)?;
                w.commit(&found.actor(), entry, signed_in)
            })
            .await
    }

    /// The login of this address and password; counts the attempt first, per address and network.
    pub async fn check_password(
        &self,
        ask: &Ask,
        email: &str,
        password: &str,
    ) -> Result<LoginRecord, Refused> {
        let typed = email.to_owned();
        let found = self
            .store
            .write(ask.origin.clone(), move |mut w| {
                let network = w.origin().network.clone();
                let name = counter(&w, &typed);
                // A network that is over its limit makes no more counters of addresses.
                let counted = match attempt::count(
                    &mut w,
                    &format!("sign-in from {network}"),
                    limits::SIGN_IN_NETWORK,
                )? {
                    Ok(()) => attempt::count(&mut w, &name, limits::SIGN_IN)?,
                    exceeded => exceeded,
                };
                let found = match EmailAddress::parse(&typed) {
                    Ok(email) => login::find_by_email(&mut w, &email)?,
                    Err(_) => None,
                };
                // Committed even when refused: what is refused has been counted.
                Ok::<_, Refused>(w.commit_unrecorded(Unrecorded::Attempt, counted.map(|()| found)))
            })
            .await??;
        let stored = found.as_ref().map(|login| login.password_hash.clone());
        let fits = self.hasher.verify(password.to_owned(), stored).await?;
        match found {
            Some(login) if fits => Ok(login),
            // An unknown address is noted too: else the time of one write would tell it from a known one.
            found => {
                self.note_refused(ask, found).await?;
                Err(Refused::Conflict(Conflict::WrongPassword))
            }
        }
    }

    async fn note_refused(&self, ask: &Ask, login: Option<LoginRecord>) -> Result<(), Refused> {
        let (id, name) = login.map(|login| (login.id.to_string(), login.name)).unwrap_or_default();
        self.store
            .write(ask.origin.clone(), move |w| {
                let entry = Entry::of_login(Verb::SessionRefused, &id, &name);
                w.commit(&Actor::visitor(), entry, ())
            })
            .await
    }

    /// Notes that a person was here: in their session and, where they were in an account, in their user.
    pub async fn note_seen(
        &self,
        ask: &Ask,
        person: Person,
        account: Option<AccountId>,
    ) -> Result<(), Refused> {
        self.store
            .write(ask.origin.clone(), move |mut w| {
                session::update_seen(&mut w, &person.session)?;
                if let Some(account) = &account {
                    user::update_seen(&mut w, account, &person)?;
                }
                Ok(w.commit_unrecorded(Unrecorded::LastSeen, ()))
            })
            .await
    }
}

/// The counter of an address and network. The address is folded as logins are, so that spellings count as one.
fn counter(w: &Writer, email: &str) -> String {
    let email = email.trim().to_ascii_lowercase().replace('\0', "\u{fffd}");
    let email: String = email.chars().take(254).collect();
    format!("sign-in as {email} from {}", w.origin().network)
}

/// Starts a session for whoever asks, and the entry it is recorded with.
pub(crate) fn start(w: &mut Writer, login: &LoginId, ask: &Ask) -> Result<(SignedIn, Entry), Refused> {
    let (id, token) = session::insert(w, login, &ask.device, ask.credentials.session.as_deref())?;
    let entry = Entry::of_login(Verb::SessionStarted, &id, &ask.device);
    Ok((SignedIn { token, login: login.clone() }, entry))
}

/// Ends the session one asks with.
pub fn sign_out(mut w: Writer, pass: &SelfPass) -> Result<Committed<()>, Refused> {
    let own = pass.person().session.clone();
    session::remove(&mut w, pass, &own)?;
    w.commit(&pass.actor(), Entry::of_login(Verb::SessionEnded, &own, ""), ())
}

/// Ends another of one's sessions.
pub fn end(mut w: Writer, pass: &SelfPass, id: &SessionId) -> Result<Committed<()>, Refused> {
    if !session::remove(&mut w, pass, id)? {
        return Err(Refused::NotFound);
    }
    w.commit(&pass.actor(), Entry::of_login(Verb::SessionEnded, id, ""), ())
}

/// Ends all of one's sessions but this one; how many.
pub fn end_others(mut w: Writer, pass: &SelfPass) -> Result<Committed<u64>, Refused> {
    let person = pass.person();
    let ended = session::remove_all(&mut w, &person.login, Some(&person.session))?;
    let entry = Entry::of_login(Verb::SessionEnded, &person.login, &person.name());
    w.commit(&pass.actor(), entry.change("sessions_ended", None, Some(&ended.to_string())), ended)
}
