//! Changing one's own address. The new one is proven by a link that is sent there; the old one is told. No
//! answer, page or count tells whether the new address has a login: if it has, only its owner learns of it, by the mail.

use domain::activity::{Entry, Verb};
use domain::email::{EmailAddress, canonical};
use domain::id::EmailChangeId;
use domain::input::Problem;
use domain::mail::MailKind;
use store::db::DbError;
use store::email_change::{self, EmailChange};
use store::mail::{self, Mail};
use store::pass::{Acting, EmailChangePass, Proven, SelfPass};
use store::work::{Committed, Writer};
use store::{attempt, login, user};

use crate::reset::login_mail;
use crate::session::{self, Started};
use crate::{App, Ask, Conflict, Refused, limits};

impl App {
    /// Sends a link to the address that one wants to have. The present password is asked for.
    pub async fn request_email_change(
        &self,
        ask: &Ask,
        password: &str,
        email: EmailAddress,
    ) -> Result<(), Refused> {
        let (pass, ()) = self.read::<SelfPass, ()>(ask, (), |_, _| Ok(())).await?;
        if pass.person().email == email.as_str() {
            return Err(Refused::field("email", Problem::SameAddress));
        }
        let login = self.check_present_password(ask, &pass.person().email, password).await?;
        let done = move |mut w: Writer, pass: &Proven<SelfPass>| {
            session::check_unchanged(&mut w, &login)?;
            let change = email_change::insert(&mut w, pass, &email)?;
            let entry = send(&mut w, pass, &change)?;
            w.commit(&pass.actor(), entry, ())
        };
        self.write(ask, (), done).await.map(|_| ())
    }

    /// Gives a login the address whose link the asker followed, in all its accounts, and ends its sessions. Whoever is
    /// signed in as it goes on with a new session; others type its password and are signed in by nothing.
    pub async fn confirm_email_change(&self, ask: &Ask, password: &str) -> Result<Option<Started>, Refused> {
        let (pass, ()) = self.read::<EmailChangePass, ()>(ask, (), |_, _| Ok(())).await?;
        let checked = match pass.here {
            Some(_) => None,
            None => Some(self.check_present_password(ask, &pass.old_email, password).await?),
        };
        let asked = ask.clone();
        let done = move |mut w: Writer, pass: &EmailChangePass| {
            match &checked {
                Some(login) if login.id == pass.login => session::check_unchanged(&mut w, login)?,
                None if pass.here.is_some() => {}
                _ => return Err(Refused::Conflict(Conflict::Changed)),
            }
            let mut entries = change(&mut w, pass)?;
            let mut renewed = None;
            if let Some(here) = &pass.here {
                let (started, begun) = session::renew(&mut w, here, &asked)?;
                entries.push(begun);
                renewed = Some(started);
            }
            w.commit_all(&pass.actor(), entries, renewed)
        };
        self.write(ask, (), done).await.map(|(_, renewed)| renewed)
    }

    /// The address of a change's link.
    pub(crate) fn email_change_link(&self, mail: &Mail, id: &EmailChangeId) -> String {
        let token = email_change::token(&self.key_of(mail), id, mail.generation);
        format!("{}/email-change/{token}", self.settings.base_url)
    }
}

/// Sends the link of the change that one waits for again; earlier links stop working.
pub fn send_again(mut w: Writer, pass: &SelfPass) -> Result<Committed<()>, Refused> {
    let changed = || Refused::Conflict(Conflict::Changed);
    let change = email_change::find(&mut w, pass)?.ok_or_else(changed)?;
    let change = email_change::update_sent(&mut w, &change)?.ok_or_else(changed)?;
    let entry = send(&mut w, pass, &change)?;
    w.commit(&pass.actor(), entry, ())
}

/// Gives the change that one waits for up; its link stops working.
pub fn cancel(mut w: Writer, pass: &SelfPass) -> Result<Committed<()>, Refused> {
    let person = pass.person();
    if !email_change::remove_all(&mut w, &person.login)? {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    let entry = Entry::of_login(Verb::EmailChangeCancelled, &person.login, &person.name());
    w.commit(&pass.actor(), entry, ())
}

/// Puts the mail into the outbox. Which of the two it is, a link or a word to who has the address already, is looked
/// up when it is sent: here every address takes the same time.
fn send(w: &mut Writer, pass: &SelfPass, change: &EmailChange) -> Result<Entry, Refused> {
    let person = pass.person();
    limits::count(w, &format!("email changes of {}", person.login), limits::EMAIL_CHANGE)?;
    let address = canonical(&change.email);
    // Whoever runs into this one is not told: it would say that others try the same address.
    let in_all = attempt::count(w, &format!("email changes to {address}"), limits::EMAIL_CHANGE_ADDRESS)?;
    if in_all.is_ok() {
        let subject = change.id.as_str();
        let new = login_mail(MailKind::EmailChange, subject, &change.email);
        mail::insert(w, &mail::NewMail { generation: change.generation, ..new })?;
    }
    let entry = Entry::of_login(Verb::EmailChangeRequested, &person.login, &person.name());
    Ok(entry.change("email", Some(&person.email), Some(&change.email)))
}

/// Uses the link up and writes the new address wherever the login is; the entries it is recorded with.
fn change(w: &mut Writer, pass: &EmailChangePass) -> Result<Vec<Entry>, Refused> {
    if !email_change::remove(w, &pass.change, pass.generation)? {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    let (old, new) = (Some(pass.old_email.as_str()), Some(pass.email.as_str()));
    login::update_email(w, pass).map_err(in_use)?;
    let mut entries =
        vec![Entry::of_login(Verb::EmailChanged, &pass.login, &pass.name).change("email", old, new)];
    for user in user::list_own(w, pass, &pass.login)? {
        user::update_own_email(w, pass, &user).map_err(in_use)?;
        let entry = Entry::of(&user.account, Verb::UserChanged, &user.id, &user.names.full());
        entries.push(entry.change("email", Some(&user.email), new));
    }
    session::cut_off(w, &pass.login)?;
    mail::insert(w, &login_mail(MailKind::EmailChanged, pass.login.as_str(), &pass.old_email))?;
    Ok(entries)
}

/// One sentence for every way in which an address can be in use: it names nothing of somebody else.
fn in_use(error: DbError) -> Refused {
    match error {
        DbError::Unique { .. } => Refused::Conflict(Conflict::AddressInUse),
        other => Refused::from(other),
    }
}
