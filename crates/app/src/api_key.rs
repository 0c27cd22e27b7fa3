//! API keys: made and ended by their owner, at the command line, and ended in an account by its administrators.

mod account;
mod made;

use domain::activity::{Entry, Verb};
use domain::api_key::{NewKey, Scope};
use domain::email::EmailAddress;
use domain::id::{ApiKeyId, LoginId};
use domain::input::Problem;
use domain::mail::MailKind;
use domain::name;
use store::mail::NewMail;
use store::pass::{Acting, SelfPass, SystemPass};
use store::work::{Committed, Reader, Writer};
use store::{api_key, login, mail};

pub use account::{end_in, get_in, list_in};
pub use made::{Choices, choices};
pub use store::api_key::{AccountKey, ApiKeyRecord, OwnWhere};

use crate::Refused;
use crate::reset::login_mail;

/// Makes a key for the login of an address and hands it out, this once. It is not narrowed, and ends with its owner.
pub fn create(
    mut w: Writer,
    pass: &SystemPass,
    email: &EmailAddress,
    name: &str,
) -> Result<Committed<String>, Refused> {
    let login = login::find_by_email(&mut w, email)?.ok_or(Refused::NotFound)?;
    let new = NewKey {
        name: name.to_owned(),
        scope: Scope::whole(),
        account: None,
        companies: std::collections::BTreeSet::new(),
        expires_at: None,
    };
    let (id, token) = api_key::insert(&mut w, pass, &login.id, &new, "")?;
    mail::insert(&mut w, &NewMail { generation: BY_OPERATOR, ..told(&id, &login.email) })?;
    w.commit(&pass.actor(), Entry::of_login(Verb::ApiKeyCreated, &id, name), token)
}

/// In place of which link, in a mail that has none: the key was made at the server's command line.
pub(crate) const BY_OPERATOR: i64 = 1;

/// Its owner is told of every new key: whoever has their password, or the server, may have made it.
fn told<'a>(id: &'a ApiKeyId, email: &'a str) -> NewMail<'a> {
    login_mail(MailKind::ApiKeyCreated, id.as_str(), email)
}

/// The keys of the login of an address.
pub fn list(r: &mut Reader, pass: &SystemPass, email: &EmailAddress) -> Result<Vec<ApiKeyRecord>, Refused> {
    let login = login::find_by_email(r, email)?.ok_or(Refused::NotFound)?;
    Ok(api_key::list(r, pass, &login.id)?)
}

/// One's own keys, newest first, and what is known of the accounts they are for.
pub fn list_own(r: &mut Reader, pass: &SelfPass) -> Result<(Vec<ApiKeyRecord>, Vec<OwnWhere>), Refused> {
    Ok((api_key::list(r, pass, &pass.person().login)?, api_key::list_own_where(r, pass)?))
}

/// A key of one's own.
pub fn get(r: &mut Reader, pass: &SelfPass, id: &ApiKeyId) -> Result<ApiKeyRecord, Refused> {
    api_key::find(r, pass, &pass.person().login, id)?.ok_or(Refused::NotFound)
}

/// Calls a key of one's own something else. What it may do stays: whoever wants another key makes one, by their password.
pub fn rename(mut w: Writer, pass: &SelfPass, id: &ApiKeyId, typed: &str) -> Result<Committed<()>, Refused> {
    let before = get(&mut w, pass, id)?;
    let name = name::required(typed).map_err(|problem| Refused::field("name", problem))?;
    let login = &pass.person().login;
    if api_key::list(&mut w, pass, login)?.iter().any(|key| key.name == name && key.id != *id) {
        return Err(Refused::field("name", Problem::NameTaken));
    }
    api_key::update_name(&mut w, pass, login, id, &name)?;
    let entry = entry(&mut w, pass, login, &before, Verb::ApiKeyChanged)?;
    let entry = Entry { subject_name: name.clone(), ..entry }.change("name", Some(&before.name), Some(&name));
    w.commit(&pass.actor(), entry, ())
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
    let before = api_key::find(&mut w, pass, login, id)?.ok_or(Refused::NotFound)?;
    let entry = entry(&mut w, pass, login, &before, Verb::ApiKeyEnded)?;
    let entry = made::scope_changes(entry, &before.scope, before.expires_at, false);
    api_key::remove(&mut w, pass, login, id)?.ok_or(Refused::NotFound)?;
    w.commit(&pass.actor(), entry, ())
}

/// What is done to a key stands in the trail of the account that it is for, as long as its owner is there; else in their own.
fn entry(
    r: &mut Reader,
    pass: &impl Acting,
    login: &LoginId,
    key: &ApiKeyRecord,
    verb: Verb,
) -> Result<Entry, Refused> {
    Ok(match api_key::find_account(r, pass, login, &key.id)? {
        Some(account) => Entry::of(&account, verb, &key.id, &key.name),
        None => Entry::of_login(verb, &key.id, &key.name),
    })
}
