//! Setting a new password by mail. No answer tells whether an address has a login.

use domain::activity::{Entry, Verb};
use domain::email::EmailAddress;
use domain::id::ResetId;
use domain::mail::MailKind;
use store::mail::{self, NewMail};
use store::pass::{Acting, ResetPass};
use store::work::{Unrecorded, Writer};
use store::{attempt, login, reset, session};

use crate::session::SignedIn;
use crate::{App, Ask, Conflict, Refused, limits, password};

impl App {
    /// Sends a reset link to the login of this address, if there is one. The answer is the same either way; only a
    /// network that asks too often is told so.
    pub async fn request_reset(&self, ask: &Ask, email: EmailAddress) -> Result<(), Refused> {
        self.store
            .write(ask.origin.clone(), move |mut w| {
                let network = w.origin().network.clone();
                let from_here =
                    attempt::count(&mut w, &format!("reset from {network}"), limits::RESET_NETWORK)?;
                if from_here.is_err() {
                    return Ok(w.commit_unrecorded(Unrecorded::Attempt, from_here));
                }
                // Strangers elsewhere must not be able to use up the owner's own requests.
                let address = email.canonical();
                let from_both =
                    attempt::count(&mut w, &format!("reset of {address} from {network}"), limits::RESET)?;
                let in_all = match from_both {
                    Ok(()) => attempt::count(&mut w, &format!("reset of {address}"), limits::RESET_ADDRESS)?,
                    exceeded => exceeded,
                };
                let found = login::find_by_email(&mut w, &email)?;
                if let (Some(login), Ok(())) = (found, in_all) {
                    let id = reset::insert(&mut w, &login.id)?;
                    mail::insert(&mut w, &login_mail(MailKind::Reset, id.as_str(), &login.email))?;
                    let entry = Entry::of_login(Verb::ResetRequested, &login.id, &login.name);
                    return w.commit(&store::work::Actor::visitor(), entry, Ok(()));
                }
                Ok::<_, Refused>(w.commit_unrecorded(Unrecorded::Attempt, from_here))
            })
            .await??;
        Ok(())
    }

    /// Sets the password of whoever followed the reset link, ends all their other sessions and signs them in.
    pub async fn complete_reset(&self, ask: &Ask, password: &str) -> Result<SignedIn, Refused> {
        let (pass, ()) = self.read::<ResetPass, ()>(ask, (), |_, _| Ok(())).await?;
        password::check("password", password, &[&pass.name, &pass.email])?;
        let hash = self.hasher.hash(password.to_owned(), self.store.random_bytes()).await?;
        let asked = ask.clone();
        let done = move |mut w: Writer, pass: &ResetPass| {
            if !reset::remove(&mut w, &pass.reset, &pass.login)? {
                return Err(Refused::Conflict(Conflict::Changed));
            }
            login::update_password(&mut w, &pass.login, &hash)?;
            session::remove_all(&mut w, &pass.login, None)?;
            mail::insert(&mut w, &login_mail(MailKind::PasswordChanged, pass.login.as_str(), &pass.email))?;
            let (signed_in, started) = crate::session::start(&mut w, &pass.login, &asked)?;
            let changed = Entry::of_login(Verb::PasswordChanged, &pass.login, &pass.name);
            w.commit_all(&pass.actor(), vec![changed, started], signed_in)
        };
        self.write(ask, (), done).await.map(|(_, signed_in)| signed_in)
    }

    /// The address of a reset's link.
    pub fn reset_link(&self, id: &ResetId) -> String {
        format!("{}/reset/{}", self.settings.base_url, reset::token(self.store.key(), id))
    }
}

fn login_mail<'a>(kind: MailKind, subject: &'a str, email: &'a str) -> NewMail<'a> {
    NewMail { account: None, kind, subject, generation: 0, email }
}
