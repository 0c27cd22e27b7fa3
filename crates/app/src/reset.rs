//! Setting a new password by mail. No answer tells whether an address has a login.

use domain::activity::{Entry, Verb};
use domain::email::EmailAddress;
use domain::id::ResetId;
use domain::mail::MailKind;
use store::mail::{self, Mail, NewMail};
use store::pass::{Acting, ResetPass, SystemPass};
use store::work::{Actor, Committed, Unrecorded, Writer};
use store::{api_key, attempt, login, reset};

use crate::mail::speaker;
use crate::password::NewPassword;
use crate::session::{self, Started};
use crate::{App, Ask, Conflict, Refused, limits};

/// How many requests are answered in one go.
const AT_ONCE: i64 = 50;

impl App {
    /// Asks for a reset link for the login of this address, if there is one. That is looked up later, by the worker:
    /// the answer is the same either way and takes the same time. Only a network that asks too often is told so.
    pub async fn request_reset(&self, ask: &Ask, email: EmailAddress) -> Result<(), Refused> {
        self.store
            .write(ask.origin.clone(), move |mut w| {
                let network = w.origin().network.clone();
                let from_here =
                    attempt::count(&mut w, &format!("reset from {network}"), limits::RESET_NETWORK)?;
                if from_here.is_err() {
                    return Ok(w.commit_unrecorded(Unrecorded::Attempt, from_here));
                }
                // No one network elsewhere may use up the owner's own requests.
                let address = email.canonical();
                let from_both =
                    attempt::count(&mut w, &format!("reset of {address} from {network}"), limits::RESET)?;
                let in_all = match from_both {
                    Ok(()) => attempt::count(&mut w, &format!("reset of {address}"), limits::RESET_ADDRESS)?,
                    exceeded => exceeded,
                };
                if in_all.is_ok() {
                    reset::insert_request(&mut w, &email)?;
                }
                Ok::<_, Refused>(w.commit_unrecorded(Unrecorded::Attempt, from_here))
            })
            .await??;
        Ok(())
    }

    /// Does what was asked for since the last time: makes the resets of addresses that have a login, with their mails;
    /// how many requests there were.
    pub async fn answer_reset_requests(&self, pass: &SystemPass) -> Result<usize, Refused> {
        let reader = pass.clone();
        let requests = self.store.read(move |r| reset::list_requests(r, &reader, AT_ONCE)).await?;
        let count = requests.len();
        for request in requests {
            let pass = pass.clone();
            self.store.write(request.origin.clone(), move |w| answer(w, &pass, &request)).await?;
        }
        Ok(count)
    }

    /// Sets the password of whoever followed the reset link, ends all their other sessions and their API keys, which
    /// somebody else may have got at, and signs them in.
    pub async fn complete_reset(&self, ask: &Ask, password: &str) -> Result<Started, Refused> {
        let (pass, ()) = self.read::<ResetPass, ()>(ask, (), |_, _| Ok(())).await?;
        let new = NewPassword { field: "password", password, known: &[&pass.name, &pass.email] };
        let hash = self.hasher.take(new, self.store.random_bytes()).await?;
        let asked = ask.clone();
        let done = move |mut w: Writer, pass: &ResetPass| {
            if !reset::remove(&mut w, &pass.reset, &pass.login)? {
                return Err(Refused::Conflict(Conflict::Changed));
            }
            login::update_password(&mut w, &pass.login, &hash)?;
            // The link was mailed there; yet one with an account's own host somebody else may have followed.
            match pass.host.is_empty() {
                true => login::update_proven(&mut w, &pass.login)?,
                false => login::update_unproven(&mut w, &pass.login)?,
            }
            session::cut_off(&mut w, &pass.login)?;
            let keys = api_key::remove_all(&mut w, &pass.login)?;
            mail::insert(&mut w, &login_mail(MailKind::PasswordChanged, pass.login.as_str(), &pass.email))?;
            let (started, begun) = session::start(&mut w, &pass.login, &asked)?;
            let changed = Entry::of_login(Verb::PasswordChanged, &pass.login, &pass.name);
            let ended = keys.iter().map(|(id, name)| Entry::of_login(Verb::ApiKeyEnded, id, name));
            let entries = ended.chain([changed]).chain(begun).collect();
            w.commit_all(&pass.actor(), entries, started)
        };
        self.write(ask, (), done).await.map(|(_, started)| started)
    }

    /// The address of a reset's link, below `base`.
    pub(crate) fn reset_link(&self, mail: &Mail, id: &ResetId, base: &str) -> String {
        format!("{base}/reset/{}", reset::token(&self.key_of(mail), id))
    }
}

fn answer(mut w: Writer, pass: &SystemPass, request: &reset::Request) -> Result<Committed<()>, Refused> {
    let is_ours = reset::remove_request(&mut w, pass, &request.id)?;
    let found = match EmailAddress::parse(&request.email) {
        Ok(email) if is_ours => login::find_by_email(&mut w, &email)?,
        _ => None,
    };
    let Some(login) = found else { return Ok(w.commit_unrecorded(Unrecorded::Attempt, ())) };
    // Who reads there may have made no sign-in: they are told how there is one, and seldom.
    if !login.is_proven {
        let in_all = format!("resets of unproven {}", login.id);
        let from_here = format!("{in_all}, from {}", w.origin().network);
        if attempt::count(&mut w, &from_here, limits::RESET_UNPROVEN_NETWORK)?.is_err()
            || attempt::count(&mut w, &in_all, limits::RESET_UNPROVEN)?.is_err()
        {
            return Ok(w.commit_unrecorded(Unrecorded::Attempt, ()));
        }
    }
    let kind = if login.is_proven { MailKind::Reset } else { MailKind::EmailProof };
    let host = match kind {
        MailKind::Reset => speaker::host_for_reset(&mut w, &login.id, &login.email)?,
        // What proves an address comes from the server's own.
        _ => None,
    };
    let id = reset::insert(&mut w, &login.id, host.as_deref().unwrap_or_default())?;
    mail::insert(&mut w, &login_mail(kind, id.as_str(), &login.email))?;
    let entry = Entry::of_login(Verb::ResetRequested, &login.id, &login.name);
    w.commit(&Actor::visitor(), entry, ())
}

/// A mail that concerns a login and no account.
pub(crate) fn login_mail<'a>(kind: MailKind, subject: &'a str, email: &'a str) -> NewMail<'a> {
    NewMail { account: None, kind, subject, generation: 0, email }
}
