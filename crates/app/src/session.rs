//! Signing in and out.

use domain::activity::{Entry, Verb};
use domain::capability::Capability;
use domain::email::EmailAddress;
use domain::id::{AccountId, LoginId, SessionId, UserId};
use domain::input::Problem;
use domain::temporary_password::as_given;
use domain::time::Timestamp;
use store::login::{self, LoginRecord};
use store::pass::{
    Acting, Here, LeavePass, Means, Person, Proven, Seen, SelfPass, SingleSignOnPass, SystemPass,
};
use store::session::Opens;
use store::temporary_password::{self, Candidate};
use store::work::{Actor, Committed, Reader, Unrecorded, Writer};
use store::{
    api_key, capability_use, device, email_change, login_merge, reset, second_factor, session,
    single_sign_on, user,
};

use crate::{App, Ask, Conflict, Refused, limits, see_as};

pub use store::session::{NOTE_EVERY, SessionRecord, on_host};

/// A fresh session's token, for the cookie.
pub struct SignedIn {
    /// The token.
    pub token: String,
    /// Whose it is.
    pub login: LoginId,
    /// What shows later that they have signed in from this device, for a cookie of its own; `None` where an account's
    /// provider said who they are, which opens nothing beside the account.
    pub device: Option<String>,
}

/// What whoever has shown all else gets: a session, or where their login has a second factor, the question for its code.
pub enum Started {
    /// A session.
    Session(SignedIn),
    /// The ticket with which the code is typed.
    CodeNeeded(String),
}

/// Where address and password lead.
pub enum Entered {
    /// Into a session, or to the code.
    Started(Started),
    /// To choosing one's own password, with this ticket: it was a temporary one (C-06).
    ChoosePassword(String),
}

/// What the typed address and password are.
enum Typed {
    Login(LoginRecord),
    Temporary(Candidate),
    /// Neither; the login of the address, if it has one.
    Wrong(Option<LoginRecord>),
}

impl App {
    /// Signs a person in, or leads them on whose password is a temporary one. Address unknown and password wrong look the
    /// same and take the same time, whatever of that the address has.
    pub async fn sign_in(&self, ask: &Ask, email: &str, password: &str) -> Result<Entered, Refused> {
        let found = match self.try_password(ask, email, password).await? {
            Typed::Login(found) => found,
            Typed::Temporary(typed) => {
                return match self.open_temporary(ask, typed).await? {
                    Some(ticket) => Ok(Entered::ChoosePassword(ticket)),
                    None => self.refuse_password(ask, None).await,
                };
            }
            Typed::Wrong(found) => return self.refuse_password(ask, found).await,
        };
        let asked = ask.clone();
        self.store
            .write(ask.origin.clone(), move |mut w| {
                // The password may have been changed while it was being checked, or the login merged.
                if !is_unchanged(&mut w, &found)? {
                    return Err(Refused::Conflict(Conflict::WrongPassword));
                }
                let known = known_device(&w, &asked, &found);
                limits::forget_sign_in(&mut w, &found.email, known.as_deref())?;
                let (started, entry) = start(&mut w, &found.id, &asked)?;
                match entry {
                    Some(entry) => w.commit(&found.actor(), entry, Entered::Started(started)),
                    None => Ok(w.commit_unrecorded(Unrecorded::Attempt, Entered::Started(started))),
                }
            })
            .await
    }

    /// The login of this address and password; counts the attempt first. A temporary password is no login's.
    pub async fn check_password(
        &self,
        ask: &Ask,
        email: &str,
        password: &str,
    ) -> Result<LoginRecord, Refused> {
        match self.try_password(ask, email, password).await? {
            Typed::Login(login) => Ok(login),
            Typed::Temporary(_) => self.refuse_password(ask, None).await,
            Typed::Wrong(found) => self.refuse_password(ask, found).await,
        }
    }

    async fn try_password(&self, ask: &Ask, email: &str, password: &str) -> Result<Typed, Refused> {
        let (typed, asked) = (email.to_owned(), ask.clone());
        let (found, mut temporary) = self
            .store
            .write(ask.origin.clone(), move |mut w| {
                let (found, temporary) = match EmailAddress::parse(&typed) {
                    // Both are looked for in any case: else the time would tell which the address has.
                    Ok(email) => (
                        login::find_by_email(&mut w, &email)?,
                        temporary_password::list_by_address(&mut w, &email, asked.credentials.own_account())?,
                    ),
                    Err(_) => (None, Vec::new()),
                };
                let known = found.as_ref().and_then(|login| known_device(&w, &asked, login));
                let counted = limits::count_sign_in(&mut w, &typed, known.as_deref())?;
                // Committed even when refused: what is refused has been counted.
                let found = counted.map(|()| (found, temporary));
                Ok::<_, Refused>(w.commit_unrecorded(Unrecorded::Attempt, found))
            })
            .await??;
        let (stored, typed) = match &found {
            Some(login) => (vec![login.password_hash.clone()], password.to_owned()),
            None => (temporary.iter().map(|one| one.password_hash.clone()).collect(), as_given(password)),
        };
        let fits = self.hasher.find(typed, stored).await?;
        Ok(match (found, fits) {
            (Some(login), Some(_)) => Typed::Login(login),
            (None, Some(which)) => Typed::Temporary(temporary.swap_remove(which)),
            (found, None) => Typed::Wrong(found),
        })
    }

    /// An unknown address is noted too: else the time of one write would tell it from a known one.
    async fn refuse_password<T>(&self, ask: &Ask, found: Option<LoginRecord>) -> Result<T, Refused> {
        self.note_refused(ask, found).await?;
        Err(Refused::Conflict(Conflict::WrongPassword))
    }

    /// Checks the present password of somebody whose address is known, in a form's field `password`.
    pub(crate) async fn check_present_password(
        &self,
        ask: &Ask,
        email: &str,
        password: &str,
    ) -> Result<LoginRecord, Refused> {
        if password.is_empty() {
            return Err(Refused::field("password", Problem::Missing));
        }
        self.check_password(ask, email, password).await.map_err(|refused| match refused {
            Refused::Conflict(Conflict::WrongPassword) => Refused::field("password", Problem::WrongPassword),
            other => other,
        })
    }

    /// The same for whoever is signed in.
    pub(crate) async fn check_own_password(&self, ask: &Ask, password: &str) -> Result<LoginRecord, Refused> {
        let (pass, ()) = self.read::<SelfPass, ()>(ask, (), |_, _| Ok(())).await?;
        self.check_present_password(ask, &pass.person().email, password).await
    }

    pub(crate) async fn note_refused(&self, ask: &Ask, login: Option<LoginRecord>) -> Result<(), Refused> {
        let (id, name) = login.map(|login| (login.id.to_string(), login.name)).unwrap_or_default();
        self.store
            .write(ask.origin.clone(), move |w| {
                let entry = Entry::of_login(Verb::SessionRefused, &id, &name);
                w.commit(&Actor::visitor(), entry, ())
            })
            .await
    }

    /// What of a visit is worth noting: of the same person once a minute, of the same use once a day.
    pub fn is_due(&self, seen: &Seen) -> Due {
        let now = self.store.now();
        let used = seen.user.as_ref().zip(seen.used);
        let used = used.filter(|(user, used)| self.uses.take(user, *used, now));
        Due { visit: now.since(seen.person.seen_at) >= NOTE_EVERY, used: used.map(|(_, used)| used) }
    }

    /// Notes what is due of a visit.
    pub async fn note_seen(&self, ask: &Ask, seen: Seen, due: Due) -> Result<(), Refused> {
        let (person, account) = (seen.person, seen.account);
        let used = account.clone().zip(seen.user).zip(due.used);
        let noted = self.note_visit(ask, person, account, due.visit, used.clone()).await;
        if let (Err(_), Some(((_, user), used))) = (&noted, &used) {
            self.uses.forget(user, *used);
        }
        noted
    }

    /// Notes that a person was here: in their session and, where they were in an account, in their user. A program
    /// that comes with their key is not them, but needs what it uses.
    async fn note_visit(
        &self,
        ask: &Ask,
        person: Person,
        account: Option<AccountId>,
        visit: bool,
        used: Option<((AccountId, UserId), Capability)>,
    ) -> Result<(), Refused> {
        self.store
            .write_later(ask.origin.clone(), move |mut w| {
                if let Some(((account, user), used)) = &used {
                    capability_use::update(&mut w, (account, user), *used)?;
                }
                if !visit {
                    return Ok(w.commit_unrecorded(Unrecorded::LastSeen, ()));
                }
                match &person.by {
                    Means::Job | Means::SeeAs(_) => {}
                    Means::Key(key, _) => {
                        api_key::update_used(&mut w, key)?;
                        if let Some(account) = &account {
                            api_key::update_used_in(&mut w, account, key)?;
                        }
                    }
                    Means::Session(session) => {
                        session::update_seen(&mut w, session)?;
                        if let Some(account) = &account
                            && let Some(before) = user::update_seen(&mut w, account, &person)?
                        {
                            let name = before.names.full();
                            let entry = Entry::of(account, Verb::UserChanged, &before.id, &name).change(
                                "email",
                                Some(&before.email),
                                Some(&person.email),
                            );
                            return w.commit(&Actor::user(&before.id, &name), entry, ());
                        }
                    }
                }
                Ok(w.commit_unrecorded(Unrecorded::LastSeen, ()))
            })
            .await
    }
}

/// What of a visit is to be noted.
#[derive(Clone, Copy, Debug)]
pub struct Due {
    /// That the person was here.
    pub visit: bool,
    /// What they used.
    pub used: Option<Capability>,
}

impl Due {
    /// Whether there is nothing.
    pub fn is_nothing(self) -> bool {
        !self.visit && self.used.is_none()
    }
}

/// The id of the device that is asked from, if it has signed in as this login before.
fn known_device(w: &Writer, ask: &Ask, login: &LoginRecord) -> Option<String> {
    let cookie = ask.credentials.device.as_deref()?;
    device::id_of(w.key(), login, cookie).map(str::to_owned)
}

/// Starts a session for whoever has shown all but the code of a second factor, or hands out the ticket for it; and the entry that
/// a session is recorded with. Every way in leads through here, so that none leads around the code.
pub(crate) fn start(w: &mut Writer, login: &LoginId, ask: &Ask) -> Result<(Started, Option<Entry>), Refused> {
    if second_factor::is_on(w, login)? {
        let ticket = second_factor::insert_ticket(w, login, ask.credentials.host())?;
        return Ok((Started::CodeNeeded(ticket), None));
    }
    let (signed_in, entry) = begin(w, login, ask)?;
    Ok((Started::Session(signed_in), Some(entry)))
}

/// Starts another session of whoever is signed in: they have shown their code. What they have shown now is not all that they sign in
/// with, so that for what is dangerous the moment of the session before counts on.
pub(crate) fn renew(w: &mut Writer, here: &Here, ask: &Ask) -> Result<(Started, Entry), Refused> {
    let carried_on = (Opens::All(ask.credentials.host()), Some(here.proven_at()));
    let (signed_in, entry) = begin_at(w, here.login(), ask, carried_on)?;
    Ok((Started::Session(signed_in), entry))
}

/// Starts a session for whoever has shown everything, and the entry it is recorded with. Nobody calls it but [`start`] and
/// whoever has just used up a code, or looked at what a passkey has signed.
pub(crate) fn begin(w: &mut Writer, login: &LoginId, ask: &Ask) -> Result<(SignedIn, Entry), Refused> {
    let now = w.now;
    begin_at(w, login, ask, (Opens::All(ask.credentials.host()), Some(now)))
}

/// Starts a session by an account's provider. It opens that account alone, as long as that is its provider, and whoever decides
/// there who the provider is decides everything there: so no code of ours is asked for, which guards all else (decision 0032).
/// `shown_at` is when they showed the provider who they are.
pub(crate) fn start_bound(
    w: &mut Writer,
    login: &LoginId,
    ask: &Ask,
    (pass, shown_at): (&SingleSignOnPass, Option<Timestamp>),
) -> Result<(SignedIn, Entry), Refused> {
    begin_at(w, login, ask, (Opens::Account(&pass.account, &pass.provider.id), shown_at))
}

fn begin_at(
    w: &mut Writer,
    login: &LoginId,
    ask: &Ask,
    (opens, shown_at): (Opens, Option<Timestamp>),
) -> Result<(SignedIn, Entry), Refused> {
    let record = login::get(w, login)?;
    login::update_seen_language(w, login)?;
    let given = ask.credentials.session.as_deref();
    let (id, token) = session::insert(w, login, &ask.device, given, (opens, shown_at))?;
    let device = match opens {
        Opens::All(_) => Some(device::token(w.key(), &record, &w.new_token()[..22])),
        Opens::Account(..) => None,
    };
    let entry = Entry::of_login(Verb::SessionStarted, &id, &ask.device);
    Ok((SignedIn { token, login: login.clone(), device }, entry))
}

/// Whether the login still has the password that was just checked, and the address it was found by.
fn is_unchanged(r: &mut Reader, checked: &LoginRecord) -> Result<bool, Refused> {
    let now = login::get(r, &checked.id)?;
    Ok(now.password_hash == checked.password_hash && now.email == checked.email)
}

/// Refuses when it is no longer whoever asks, or not as it was checked.
pub(crate) fn check_own(
    r: &mut Reader,
    pass: &Proven<SelfPass>,
    checked: &LoginRecord,
) -> Result<(), Refused> {
    if checked.id != pass.person().login {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    check_unchanged(r, checked)
}

/// Refuses when the login has another password or address than those that were checked.
pub(crate) fn check_unchanged(r: &mut Reader, checked: &LoginRecord) -> Result<(), Refused> {
    if is_unchanged(r, checked)? { Ok(()) } else { Err(Refused::Conflict(Conflict::Changed)) }
}

/// Ends whatever could let somebody else in: a login's sessions, resets, the changes of address and merges that wait, and
/// whom a provider knows.
pub(crate) fn cut_off(w: &mut Writer, login: &LoginId) -> Result<(), Refused> {
    session::remove_all(w, login, None)?;
    second_factor::remove_tickets(w, login)?;
    reset::remove_all(w, login)?;
    email_change::remove_all(w, login)?;
    login_merge::remove_all(w, login)?;
    single_sign_on::remove_all(w, login)?;
    Ok(())
}

/// Ends the session one asks with, whomever one sees an account as.
pub fn sign_out(mut w: Writer, pass: &LeavePass) -> Result<Committed<()>, Refused> {
    let ended = see_as::note_left(&mut w, pass)?;
    session::leave(&mut w, pass)?;
    let entries = ended.into_iter().chain([Entry::of_login(Verb::SessionEnded, pass.session(), "")]);
    w.commit_all(&pass.actor(), entries.collect(), ())
}

/// Ends another of one's sessions.
pub fn end(mut w: Writer, pass: &Proven<SelfPass>, id: &SessionId) -> Result<Committed<()>, Refused> {
    if !session::remove(&mut w, pass, id)? {
        return Err(Refused::NotFound);
    }
    w.commit(&pass.actor(), Entry::of_login(Verb::SessionEnded, id, ""), ())
}

/// Ends all of one's sessions but this one; how many.
pub fn end_others(mut w: Writer, pass: &Proven<SelfPass>) -> Result<Committed<u64>, Refused> {
    let person = pass.person();
    let ended = session::remove_all(&mut w, &person.login, Some(pass.session()))?;
    w.commit(&pass.actor(), all_ended(&person.login, &person.name(), ended), ended)
}

/// Ends all sessions of whoever signs in with an address, for whoever has the server's command line; how many.
pub fn end_all_of(mut w: Writer, pass: &SystemPass, email: &EmailAddress) -> Result<Committed<u64>, Refused> {
    let login = login::find_by_email(&mut w, email)?.ok_or(Refused::NotFound)?;
    let ended = session::remove_all(&mut w, &login.id, None)?;
    w.commit(&pass.actor(), all_ended(&login.id, &login.name, ended), ended)
}

fn all_ended(login: &LoginId, name: &str, ended: u64) -> Entry {
    let entry = Entry::of_login(Verb::SessionEnded, login, name);
    entry.change("sessions_ended", None, Some(&ended.to_string()))
}
