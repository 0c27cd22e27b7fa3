//! API keys: made and ended by their owner, and at the command line.

use domain::activity::{Entry, Verb};
use domain::email::EmailAddress;
use domain::id::{ApiKeyId, LoginId};
use domain::input::Problem;
use domain::mail::MailKind;
use domain::name;
use store::mail::NewMail;
use store::pass::{Acting, SelfPass, SystemPass};
use store::work::{Committed, Reader, Writer};
use store::{api_key, login, mail};

pub use store::api_key::ApiKeyRecord;

use crate::reset::login_mail;
use crate::{App, Ask, Conflict, Refused, limits, session};

/// Makes a key for the login of an address and hands it out, this once.
pub fn create(
    mut w: Writer,
    pass: &SystemPass,
    email: &EmailAddress,
    name: &str,
) -> Result<Committed<String>, Refused> {
    let login = login::find_by_email(&mut w, email)?.ok_or(Refused::NotFound)?;
    let (id, token) = api_key::insert(&mut w, pass, &login.id, name, "")?;
    mail::insert(&mut w, &NewMail { generation: BY_OPERATOR, ..told(&id, &login.email) })?;
    w.commit(&pass.actor(), Entry::of_login(Verb::ApiKeyCreated, &id, name), token)
}

/// In place of which link, in a mail that has none: the key was made at the server's command line.
pub(crate) const BY_OPERATOR: i64 = 1;

/// Its owner is told of every new key: whoever has their password, or the server, may have made it.
fn told<'a>(id: &'a ApiKeyId, email: &'a str) -> NewMail<'a> {
    login_mail(MailKind::ApiKeyCreated, id.as_str(), email)
}

impl App {
    /// Makes a key of one's own, by the present password; its name as it is kept, and the key, this once.
    pub async fn create_api_key(
        &self,
        ask: &Ask,
        name: &str,
        password: &str,
    ) -> Result<(String, String), Refused> {
        let (pass, ()) = self.read::<SelfPass, ()>(ask, (), |_, _| Ok(())).await?;
        let name = name::required(name).map_err(|problem| Refused::field("name", problem))?;
        let checked = self.check_present_password(ask, &pass.person().email, password).await?;
        let device = ask.device.clone();
        let done = move |mut w: Writer, pass: &SelfPass| {
            session::check_unchanged(&mut w, &checked)?;
            limits::count(&mut w, &format!("API keys of {}", checked.id), limits::API_KEY)?;
            // A page that is loaded again sends its form again: nobody shall have two keys unawares.
            let keys = api_key::list(&mut w, pass, &checked.id)?;
            if keys.iter().any(|key| key.name == name) {
                return Err(Refused::field("name", Problem::NameTaken));
            }
            // As many as their owner sees on one page: none is out of sight.
            if keys.len() >= api_key::MOST {
                return Err(Refused::Conflict(Conflict::Full));
            }
            let (id, token) = api_key::insert(&mut w, pass, &checked.id, &name, &device)?;
            mail::insert(&mut w, &told(&id, &checked.email))?;
            let entry = Entry::of_login(Verb::ApiKeyCreated, &id, &name);
            w.commit(&pass.actor(), entry, (name.clone(), token))
        };
        self.write(ask, (), done).await.map(|(_, made)| made)
    }
}

/// The keys of the login of an address.
pub fn list(r: &mut Reader, pass: &SystemPass, email: &EmailAddress) -> Result<Vec<ApiKeyRecord>, Refused> {
    let login = login::find_by_email(r, email)?.ok_or(Refused::NotFound)?;
    Ok(api_key::list(r, pass, &login.id)?)
}

/// Ends a key of the login of an address.
pub fn revoke(
    mut w: Writer,
    pass: &SystemPass,
    email: &EmailAddress,
    id: &ApiKeyId,
) -> Result<Committed<()>, Refused> {
    let login = login::find_by_email(&mut w, email)?.ok_or(Refused::NotFound)?;
    remove(w, pass, &login.id, id)
}

/// Ends a key of one's own.
pub fn end(w: Writer, pass: &SelfPass, id: &ApiKeyId) -> Result<Committed<()>, Refused> {
    remove(w, pass, &pass.person().login, id)
}

fn remove(
    mut w: Writer,
    pass: &impl Acting,
    login: &LoginId,
    id: &ApiKeyId,
) -> Result<Committed<()>, Refused> {
    let name = api_key::remove(&mut w, pass, login, id)?.ok_or(Refused::NotFound)?;
    w.commit(&pass.actor(), Entry::of_login(Verb::ApiKeyEnded, id, &name), ())
}
