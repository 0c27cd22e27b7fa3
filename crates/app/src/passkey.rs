//! Passkeys (A-02, U-18): one's own are added, named and removed here; [`sign_in`] is how they are used.

mod answer;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;
mod sign_in;

use domain::activity::{Entry, Verb};
use domain::id::{LoginId, PasskeyId};
use domain::name;
use domain::passkey::{self as rules, Purpose};
use store::login::LoginRecord;
use store::pass::{Acting, Proven, SecondFactorPass, SelfPass};
use store::secret::Key;
use store::work::{Committed, Reader, Unrecorded, Writer};
use store::{passkey, second_factor as factors};

pub use store::passkey::Passkey;

use self::answer::{Fault, Handle, Party};
use crate::email_proof::check_proven;
use crate::second_factor::{Told, commit_refused, keep_codes, take, tell};
use crate::session::{self, Started};
use crate::{App, Ask, Conflict, Refused, Settings, limits};

/// What a passkey is asked.
pub struct Asked {
    /// For the browser that asks, as a cookie.
    pub token: String,
    /// For the page's script.
    pub options: String,
}

/// What comes with a passkey that is the first factor.
pub struct First {
    /// The recovery codes, this once.
    pub codes: Vec<String>,
    /// The session with which one goes on.
    pub started: Started,
}

/// Whether passkeys can be had on this server at all.
pub fn is_offered(settings: &Settings) -> bool {
    rules::host(&settings.base_url).is_some()
}

/// One's own, in the order they were added.
pub fn list(r: &mut Reader, pass: &SelfPass) -> Result<Vec<Passkey>, Refused> {
    Ok(passkey::list(r, &pass.person().login)?)
}

/// One of them.
pub fn get(r: &mut Reader, pass: &SelfPass, id: &PasskeyId) -> Result<Passkey, Refused> {
    passkey::find(r, pass, id)?.ok_or(Refused::NotFound)
}

/// What whoever has shown all else can show as their second factor, beside recovery codes: a code of an app, a passkey.
pub fn ways(r: &mut Reader, pass: &SecondFactorPass) -> Result<(bool, bool), Refused> {
    let login = &pass.login.id;
    Ok((factors::has_app(r, login)?, passkey::is_any(r, login)?))
}

/// Gives one of one's own another name.
pub fn rename(mut w: Writer, pass: &SelfPass, id: &PasskeyId, typed: &str) -> Result<Committed<()>, Refused> {
    let name = named(typed)?;
    let found = get(&mut w, pass, id)?;
    passkey::update_name(&mut w, &found, &name)?;
    let entry = Entry::of_login(Verb::PasskeyRenamed, id, &name);
    w.commit(&pass.actor(), entry.change("name", Some(&found.name), Some(&name)), ())
}

fn named(typed: &str) -> Result<String, Refused> {
    name::required(typed).map_err(|problem| Refused::field("name", problem))
}

impl App {
    /// Asks one's device for a new passkey, by the present password. What it answers counts in this session and browser alone.
    pub async fn ask_new_passkey(&self, ask: &Ask, password: &str) -> Result<Asked, Refused> {
        let party = Party::of(&self.settings)?;
        let checked = self.check_own_password(ask, password).await?;
        let handle = handle(self.store.key(), &checked.id);
        let put = move |mut w: Writer, pass: &Proven<SelfPass>| {
            session::check_own(&mut w, pass, &checked)?;
            let known = check_room(&mut w, &checked.id)?;
            limits::count(&mut w, &format!("passkeys of {}", checked.id), limits::PASSKEY_NEW)?;
            let question = party.ask_new(handle, &checked.email, &checked.name, &known)?;
            let (purpose, of) = (Purpose::Add, pass.session().as_str());
            let token = passkey::insert_challenge(&mut w, purpose, of, &question.state)?;
            let asked = Asked { token, options: question.options };
            Ok(w.commit_unrecorded(Unrecorded::Attempt, asked))
        };
        Ok(self.write(ask, (), put).await?.1)
    }

    /// Adds what one's device has made. As one's first factor it ends whatever was begun without it, as an app does.
    pub async fn add_passkey(&self, ask: &Ask, name: &str, answer: &str) -> Result<Option<First>, Refused> {
        let party = Party::of(&self.settings)?;
        let name = named(name)?;
        let token = ask.credentials.passkey.clone().ok_or(Refused::Conflict(Conflict::PasskeyRefused))?;
        let hear = move |mut w: Writer, pass: &Proven<SelfPass>| {
            let state = passkey::take_challenge(&mut w, &token, Purpose::Add, pass.session().as_str())?;
            Ok(w.commit_unrecorded(Unrecorded::Attempt, state))
        };
        let (_, state) = self.write(ask, (), hear).await?;
        let state = state.ok_or(Refused::Conflict(Conflict::PasskeyRefused))?;
        let (credential_id, credential) = party.read_new(&state, answer).map_err(Fault::refusal)?;
        let (codes, asked) = (self.new_codes(), ask.clone());
        let add = move |mut w: Writer, pass: &Proven<SelfPass>| {
            let login = store::login::get(&mut w, &pass.person().login)?;
            check_room(&mut w, &login.id)?;
            let is_first = !factors::is_on(&mut w, &login.id)?;
            let id = passkey::insert(&mut w, pass, &name, (&credential_id, &credential))?;
            let added = Entry::of_login(Verb::PasskeyAdded, &id, &name);
            tell(&mut w, &login, Told::PasskeyAdded)?;
            if !is_first {
                return w.commit(&pass.actor(), added, None);
            }
            let (started, begun) = begin_anew(&mut w, pass, &login, &codes, &asked)?;
            let first = First { codes: codes.clone(), started };
            w.commit_all(&pass.actor(), vec![added, begun], Some(first))
        };
        Ok(self.write(ask, (), add).await?.1)
    }

    /// Takes one of one's own away, by the present password and a code of the app or of those for recovery.
    pub async fn remove_passkey(
        &self,
        ask: &Ask,
        id: &PasskeyId,
        password: &str,
        code: &str,
    ) -> Result<(), Refused> {
        let checked = self.check_own_password(ask, password).await?;
        let (id, typed) = (id.clone(), code.to_owned());
        let remove = move |mut w: Writer, pass: &Proven<SelfPass>| {
            session::check_own(&mut w, pass, &checked)?;
            let found = get(&mut w, pass, &id)?;
            if let Err(refused) = take(&mut w, &checked.id, &typed)? {
                return commit_refused(w, pass, &checked, refused);
            }
            if !passkey::remove(&mut w, &found)? {
                return Err(Refused::NotFound);
            }
            factors::remove_codes(&mut w, &checked.id)?;
            tell(&mut w, &checked, Told::PasskeyRemoved)?;
            w.commit(&pass.actor(), Entry::of_login(Verb::PasskeyRemoved, &id, &found.name), Ok(()))
        };
        self.write(ask, (), remove).await?.1
    }

    /// Whether a passkey calls its owner as one of this login was told to.
    fn is_handle(&self, login: &LoginId, said: &[u8]) -> bool {
        self.store.key().each().any(|key| said == handle(&key, login))
    }
}

/// What a passkey is to call its owner by.
fn handle(key: &Key, login: &LoginId) -> Handle {
    let bytes = key.bytes("passkey", login.as_str());
    std::array::from_fn(|at| bytes[at])
}

/// Refuses where nobody has shown that the address is theirs: whoever has its password by then must not lock out whoever does;
/// and where there are as many as there may be. Those there are.
fn check_room(w: &mut Writer, login: &LoginId) -> Result<Vec<Passkey>, Refused> {
    check_proven(w, login)?;
    let known = passkey::list(w, login)?;
    if known.len() >= rules::MOST {
        return Err(Refused::Conflict(Conflict::FullForOne));
    }
    Ok(known)
}

/// Ends what was begun without a second factor, and begins a session anew, whose token nobody has copied.
fn begin_anew(
    w: &mut Writer,
    pass: &SelfPass,
    login: &LoginRecord,
    codes: &[String],
    ask: &Ask,
) -> Result<(Started, Entry), Refused> {
    keep_codes(w, &login.id, codes)?;
    session::cut_off(w, &login.id)?;
    session::renew(w, &pass.here(), ask)
}
