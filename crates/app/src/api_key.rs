//! API keys, made at the command line.

use domain::activity::{Entry, Verb};
use domain::email::EmailAddress;
use store::pass::{Acting, SystemPass};
use store::work::{Committed, Writer};
use store::{api_key, login};

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
