//! Sends what waits to be pushed. What a push says is read when it is sent, and is stored nowhere.

use domain::activity::{Entry, Verb};
use domain::push::{BrowserKeys, Endpoint, Fault, LIFETIME, next_attempt};
use domain::time::Span;
use store::pass::SystemPass;
use store::push::device::{self, Reached};
use store::push::{self, Push};
use store::work::{Actor, Committed, Origin, Reader, Unrecorded, Writer};
use text::{Language, Text};
use tokio::task::JoinSet;

use super::notice::{self, Notice};
use super::post::{self, Answer, Letter};
use super::{seal, vapid};
use crate::{App, Refused};

/// How many are on their way at once: a service that is slow holds up none of the others, and all are done within one lease.
const AT_ONCE: i64 = 16;

/// What became of a claimed push.
enum Fate {
    /// What it tells of is over, or its device is signed out.
    Over,
    /// It is worth nothing any more.
    GivenUp,
    /// It was taken over.
    Taken,
    /// It will never be taken.
    Refused(String),
    /// Its device is gone.
    Gone,
    /// It is tried again.
    Wait(String, Option<Span>),
}

impl App {
    /// Claims pushes that are due and sends them; how many.
    pub async fn send_due_pushes(&self, pass: &SystemPass) -> Result<usize, Refused> {
        let (claimer, served) = (pass.clone(), self.push.turns.served());
        let turn = move |r: &mut Reader| push::find_turn(r, &claimer, &served);
        let Some(account) = self.store.read(turn).await? else { return Ok(0) };
        self.push.turns.note(&account);
        let claimer = pass.clone();
        let claim = move |mut w: Writer| {
            let claimed = push::claim(&mut w, &claimer, &account, AT_ONCE)?;
            Ok::<_, Refused>(w.commit_unrecorded(Unrecorded::Push, claimed))
        };
        let pushes = self.store.write_later(Origin::internal(), claim).await?;
        let (claimed, mut fates, mut under_way) = (pushes.len(), Vec::new(), JoinSet::new());
        for push in pushes {
            match self.write_push(pass, &push).await {
                Ok(Ok(letter)) => {
                    let way = self.push.way.clone();
                    under_way.spawn(async move { (push, fate_of(post::post(&way, letter).await)) });
                }
                Ok(Err(fate)) => fates.push((push, fate)),
                // One that cannot be written now must not hold up the others, at every claim anew.
                Err(refused) => {
                    tracing::error!(push = %push.id, ?refused, "a push could not be written");
                    fates.push((push, Fate::Wait("It could not be written; see the log.".to_owned(), None)));
                }
            }
        }
        fates.extend(under_way.join_all().await);
        self.note_pushes(pass, fates).await?;
        Ok(claimed)
    }

    /// The message as it is sent now; what becomes of the push where there is none.
    async fn write_push(&self, pass: &SystemPass, push: &Push) -> Result<Result<Letter, Fate>, Refused> {
        let now = self.store.now();
        let keep = (push.created_at + LIFETIME).since(now).as_seconds_up();
        if keep <= 0 {
            return Ok(Err(Fate::GivenUp));
        }
        let (reader, row) = (pass.clone(), push.clone());
        let find = move |r: &mut Reader| find_all(r, &reader, &row);
        let Some((reached, notice, t)) = self.store.read(find).await? else { return Ok(Err(Fate::Over)) };
        let keys = BrowserKeys::parse(&reached.keys[0], &reached.keys[1]);
        let endpoint = Endpoint::parse(&reached.endpoint, self.push.way.allowed());
        let endpoint = endpoint.ok().filter(|endpoint| !self.is_own_server(endpoint.service()));
        let (Ok(keys), Some(endpoint)) = (keys, endpoint) else {
            // An address that the operator has allowed once, and does no more; or what is this server's by now.
            return Ok(Err(Fate::Refused("The device can't be reached any more.".to_owned())));
        };
        let payload = notice.payload(t, push.id.as_str());
        let body = seal::seal(payload.as_bytes(), &keys, || self.store.random_bytes());
        let Some(body) = body else { return Ok(Err(Fate::Refused("It can't be locked.".to_owned()))) };
        let Some(key) = self.store.key().numbered(reached.key_number) else {
            return Ok(Err(Fate::Refused("Its key was forgotten.".to_owned())));
        };
        let authorization = vapid::authorization(&key, endpoint.origin(), &self.contact(), now);
        Ok(Ok(Letter { endpoint, body, authorization, keep }))
    }

    /// Where push services turn to about what this server sends.
    fn contact(&self) -> String {
        let base = &self.settings.base_url;
        let mail = || format!("mailto:{}", self.settings.mail_from.email);
        if base.starts_with("https://") { base.clone() } else { mail() }
    }

    async fn note_pushes(&self, pass: &SystemPass, fates: Vec<(Push, Fate)>) -> Result<(), Refused> {
        if fates.is_empty() {
            return Ok(());
        }
        for (push, fate) in &fates {
            let (state, sentence) = fate.told();
            tracing::info!(push = %push.id, attempts = push.attempts, state, sentence, "push");
        }
        let jitter = u64::from_le_bytes(self.store.random_bytes()[..8].try_into().unwrap_or_default());
        let pass = pass.clone();
        let note = move |mut w: Writer| -> Result<Committed<()>, Refused> {
            let mut entries = Vec::new();
            for (push, fate) in &fates {
                entries.extend(note(&mut w, &pass, push, fate, jitter)?);
            }
            match entries.is_empty() {
                true => Ok(w.commit_unrecorded(Unrecorded::Push, ())),
                false => w.commit_all(&Actor::system(), entries, ()),
            }
        };
        self.store.write_later(Origin::internal(), note).await
    }
}

impl Fate {
    /// For the log. Where the device is reached is no part of it.
    fn told(&self) -> (&'static str, &str) {
        match self {
            Fate::Over => ("dropped", ""),
            Fate::GivenUp => ("given up", ""),
            Fate::Taken => ("taken", ""),
            Fate::Refused(sentence) => ("refused", sentence),
            Fate::Gone => ("gone", ""),
            Fate::Wait(sentence, _) => ("waits", sentence),
        }
    }
}

fn fate_of(answer: Answer) -> Fate {
    match answer {
        Answer::Taken => Fate::Taken,
        Answer::Gone => Fate::Gone,
        Answer::Refused(sentence) => Fate::Refused(sentence),
        Answer::Later { sentence, wait } => Fate::Wait(sentence, wait),
    }
}

/// Where a push goes and what it says; `None` where it is over.
fn find_all(
    r: &mut Reader,
    pass: &SystemPass,
    push: &Push,
) -> Result<Option<(Reached, Notice, Text)>, Refused> {
    let Some(reached) = device::find_reached(r, pass, push)? else { return Ok(None) };
    let language = Language::of_code(&reached.language).or_else(|| Language::of_code(&push.language));
    let t = Text::new(language.unwrap_or_default());
    Ok(notice::find(r, t, pass, push, &reached.login)?.map(|notice| (reached, notice, t)))
}

/// Notes what became of a push; the entry, if something is to be recorded.
fn note(
    w: &mut Writer,
    pass: &SystemPass,
    push: &Push,
    fate: &Fate,
    jitter: u64,
) -> Result<Option<Entry>, Refused> {
    let fault = match fate {
        Fate::Over => return push::remove(w, pass, push).map(|()| None).map_err(Refused::from),
        Fate::Gone => {
            let was_there = device::remove_gone(w, pass, &push.device)?;
            return Ok(was_there.then(|| Entry::of_login(Verb::PushTurnedOff, &push.device, "")));
        }
        Fate::Wait(_, asked) => match next_attempt(w.now, push.created_at, push.attempts, jitter, *asked) {
            Some(run_at) => {
                push::update_waiting(w, pass, push, run_at)?;
                Some(Fault::Later)
            }
            None => Some(Fault::GivenUp),
        },
        Fate::GivenUp => Some(Fault::GivenUp),
        Fate::Refused(_) => Some(Fault::Refused),
        Fate::Taken => None,
    };
    if fault != Some(Fault::Later) {
        push::remove(w, pass, push)?;
    }
    device::update_told(w, pass, &push.device, fault)?;
    Ok(None)
}
