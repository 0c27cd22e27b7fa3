//! Signing in by a passkey: alone, or in place of a code behind the password.
//!
//! What was asked is taken out of the database in one unit, whatever the answer is; the answer is checked outside of any, as a
//! password is; and another unit notes that the passkey was used, unless it was used or removed meanwhile, and begins the session.

use domain::activity::{Entry, Verb};
use domain::id::LoginId;
use domain::passkey::Purpose;
use store::login::{self, LoginRecord};
use store::pass::{Acting, SecondFactorPass};
use store::passkey::{self, Passkey};
use store::work::{Actor, Unrecorded, Writer};
use store::{attempt, second_factor};

use super::Asked;
use super::answer::{Answer, Fault, Party};
use crate::second_factor::{Told, tell};
use crate::session::{self, SignedIn};
use crate::{App, Ask, Conflict, Refused, limits};

/// What was asked, and the passkey that an answer names, with its owner.
type Heard = (String, Option<(Passkey, LoginRecord)>);

/// Whatever is wrong is told alike.
const REFUSED: Refused = Refused::Conflict(Conflict::PasskeyRefused);

impl App {
    /// Asks for any passkey, to sign in with it: nothing tells whose there are.
    pub async fn ask_passkey(&self, ask: &Ask) -> Result<Asked, Refused> {
        let party = Party::of(&self.settings)?;
        let asked = self.store.write(ask.origin.clone(), move |mut w| {
            let asked = match count(&mut w)? {
                Ok(()) => Ok(put(&mut w, &party, Purpose::SignIn, "", &[])?),
                Err(exceeded) => Err(Refused::TooMany(exceeded)),
            };
            Ok::<_, Refused>(w.commit_unrecorded(Unrecorded::Attempt, asked))
        });
        asked.await?
    }

    /// Asks whoever has shown all else for a passkey of theirs.
    pub async fn ask_second_passkey(&self, ask: &Ask) -> Result<Asked, Refused> {
        let party = Party::of(&self.settings)?;
        let put = move |mut w: Writer, pass: &SecondFactorPass| {
            let login = &pass.login.id;
            let known = passkey::list(&mut w, login)?;
            let asked = match count(&mut w)? {
                Ok(()) if known.is_empty() => Err(Refused::NotFound),
                Ok(()) => Ok(put(&mut w, &party, Purpose::SecondFactor, login.as_str(), &known)?),
                Err(exceeded) => Err(Refused::TooMany(exceeded)),
            };
            Ok(w.commit_unrecorded(Unrecorded::Attempt, asked))
        };
        self.write(ask, (), put).await?.1
    }

    /// Signs whoever has a passkey in, by what it has signed.
    pub async fn sign_in_by_passkey(&self, ask: &Ask, answer: &str) -> Result<SignedIn, Refused> {
        let party = Party::of(&self.settings)?;
        let answer = Answer::parse(answer);
        let (token, named) = (ask.credentials.passkey.clone(), answer.as_ref().map(Answer::credential_id));
        let hear = move |mut w: Writer| {
            let heard = hear(&mut w, token.as_deref(), Purpose::SignIn, "", named.as_deref())?;
            Ok::<_, Refused>(w.commit_unrecorded(Unrecorded::Attempt, heard))
        };
        // What answers nothing is not on the record: nobody has counted it.
        let heard = self.store.write(ask.origin.clone(), hear).await?.ok_or(REFUSED)?;
        let is_owner =
            |login: &LoginId, said: Option<&[u8]>| said.is_some_and(|said| self.is_handle(login, said));
        let (passkey, credential) = match judge(&party, &heard, answer.as_ref(), is_owner) {
            Ok(judged) => judged,
            Err(fault) => return self.refuse_passkey(ask, heard.1, fault).await,
        };
        let asked = ask.clone();
        let begin = move |mut w: Writer| {
            use_up(&mut w, &passkey, &credential)?;
            let (signed_in, entry) = session::begin(&mut w, &passkey.login, &asked)?;
            let login = login::get(&mut w, &passkey.login)?;
            w.commit(&login.actor(), entry, signed_in)
        };
        self.store.write(ask.origin.clone(), begin).await
    }

    /// Signs in whoever has shown all else, by a passkey of theirs.
    pub async fn prove_passkey(&self, ask: &Ask, answer: &str) -> Result<SignedIn, Refused> {
        let party = Party::of(&self.settings)?;
        let answer = Answer::parse(answer);
        let (token, named) = (ask.credentials.passkey.clone(), answer.as_ref().map(Answer::credential_id));
        let hear = move |mut w: Writer, pass: &SecondFactorPass| {
            let (token, of) = (token.as_deref(), pass.login.id.as_str());
            let heard = hear(&mut w, token, Purpose::SecondFactor, of, named.as_deref())?;
            let is_own = |(_, login): &(Passkey, LoginRecord)| login.id == pass.login.id;
            let heard = heard.map(|(state, found)| (state, found.filter(is_own)));
            Ok(w.commit_unrecorded(Unrecorded::Attempt, heard))
        };
        let (pass, heard) = self.write(ask, (), hear).await?;
        let heard = heard.ok_or(REFUSED)?;
        // It was named when it was asked for, so its device need not say whose it is.
        let is_owner =
            |login: &LoginId, said: Option<&[u8]>| said.is_none_or(|said| self.is_handle(login, said));
        let (passkey, credential) = match judge(&party, &heard, answer.as_ref(), is_owner) {
            Ok(judged) => judged,
            Err(fault @ (Fault::Wrong | Fault::Weak)) => {
                self.note_refused(ask, Some(pass.login)).await?;
                return Err(fault.refusal());
            }
            Err(fault) => return self.refuse_passkey(ask, heard.1, fault).await,
        };
        let asked = ask.clone();
        let begin = move |mut w: Writer, pass: &SecondFactorPass| {
            use_up(&mut w, &passkey, &credential)?;
            if !second_factor::remove_ticket(&mut w, pass)? {
                return Err(Refused::Conflict(Conflict::Changed));
            }
            let (signed_in, entry) = session::begin(&mut w, &pass.login.id, &asked)?;
            w.commit(&pass.actor(), entry, signed_in)
        };
        Ok(self.write(ask, (), begin).await?.1)
    }

    /// What is refused is on the record, and of one that was copied its owner is told.
    async fn refuse_passkey<T>(
        &self,
        ask: &Ask,
        found: Option<(Passkey, LoginRecord)>,
        fault: Fault,
    ) -> Result<T, Refused> {
        let (Fault::Copied, Some((passkey, login))) = (fault, &found) else {
            self.note_refused(ask, found.map(|(_, login)| login)).await?;
            return Err(fault.refusal());
        };
        let (passkey, login) = (passkey.clone(), login.clone());
        let note = move |mut w: Writer| {
            let counter = format!("copies of {}", passkey.id);
            if attempt::count(&mut w, &counter, limits::PASSKEY_COPIED)?.is_ok() {
                tell(&mut w, &login, Told::PasskeyCopied)?;
            }
            let entry = Entry::of_login(Verb::PasskeyCopied, &passkey.id, &passkey.name);
            w.commit::<_, Refused>(&Actor::visitor(), entry, ())
        };
        self.store.write(ask.origin.clone(), note).await?;
        Err(REFUSED)
    }
}

/// Counts who asks for a passkey: each time is kept for a while.
fn count(w: &mut Writer) -> Result<Result<(), attempt::Exceeded>, Refused> {
    let counter = format!("passkeys from {}", w.origin().network);
    Ok(attempt::count(w, &counter, limits::PASSKEY)?)
}

fn put(
    w: &mut Writer,
    party: &Party,
    purpose: Purpose,
    of: &str,
    named: &[Passkey],
) -> Result<Asked, Refused> {
    let question = party.ask(named)?;
    let token = passkey::insert_challenge(w, purpose, of, &question.state)?;
    Ok(Asked { token, options: question.options })
}

/// Takes out what was asked, and finds the passkey that the answer names; `None` where nothing was asked.
fn hear(
    w: &mut Writer,
    token: Option<&str>,
    purpose: Purpose,
    of: &str,
    named: Option<&str>,
) -> Result<Option<Heard>, Refused> {
    let Some(token) = token else { return Ok(None) };
    let Some(state) = passkey::take_challenge(w, token, purpose, of)? else { return Ok(None) };
    let found = match named {
        Some(named) => passkey::find_by_credential(w, named)?,
        None => None,
    };
    let Some(found) = found else { return Ok(Some((state, None))) };
    let login = login::get(w, &found.login)?;
    Ok(Some((state, Some((found, login)))))
}

/// The passkey that has signed what was asked, and what is kept of it from then on.
fn judge(
    party: &Party,
    (state, found): &Heard,
    answer: Option<&Answer>,
    is_owner: impl Fn(&LoginId, Option<&[u8]>) -> bool,
) -> Result<(Passkey, String), Fault> {
    let (Some((passkey, _)), Some(answer)) = (found, answer) else {
        return Err(Fault::Wrong);
    };
    if !is_owner(&passkey.login, answer.handle()) {
        return Err(Fault::Wrong);
    }
    Ok((passkey.clone(), party.check(state, answer, passkey)?))
}

fn use_up(w: &mut Writer, passkey: &Passkey, credential: &str) -> Result<(), Refused> {
    match passkey::update_used(w, passkey, credential)? {
        true => Ok(()),
        false => Err(REFUSED),
    }
}
