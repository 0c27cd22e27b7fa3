//! API keys: made at the command line, ended there and by their owner.

use domain::activity::{Entry, Verb};
use domain::email::EmailAddress;
use domain::id::{ApiKeyId, LoginId};
use store::pass::{Acting, SelfPass, SystemPass};
use store::work::{Committed, Reader, Writer};
use store::{api_key, login};

pub use store::api_key::ApiKeyRecord;

use crate::Refused;

/// Makes a key for the login of an address and hands it out, this once.
pub fn create(
    mut w: Writer,
    pass: &SystemPass,
    email: &EmailAddress,
    name: &str,
) -> Result<Committed<String>, Refused> {
    let login = login::find_by_email(&mut w, email)?.ok_or(Refused::NotFound)?;
    let (id, token) = api_key::insert(&mut w, pass, &login.id, name)?;
    w.commit(&pass.actor(), Entry::of_login(Verb::ApiKeyCreated, &id, name), token)
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
