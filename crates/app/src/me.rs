//! One's own: the accounts one has a place in, names, sessions (U-18, A-03).

use domain::activity::{Entry, Verb};
use store::pass::{Acting, SelfPass};
use store::work::{Committed, Reader, Writer};
use store::{login, session};

pub use store::login::AccountOfLogin;

use crate::Refused;
use crate::session::SessionRecord;

/// The accounts one has an active place in.
pub fn accounts(r: &mut Reader, pass: &SelfPass, after: &str) -> Result<Vec<AccountOfLogin>, Refused> {
    Ok(login::list_accounts(r, pass, after)?)
}

/// One's sessions, newest first.
pub fn sessions(r: &mut Reader, pass: &SelfPass) -> Result<Vec<SessionRecord>, Refused> {
    Ok(session::list(r, pass)?)
}

/// Changes one's own names. They are the login's; each account keeps the names its administrators gave.
pub fn change_names(
    mut w: Writer,
    pass: &SelfPass,
    first: &str,
    last: &str,
) -> Result<Committed<()>, Refused> {
    login::update_names(&mut w, pass, first, last)?;
    let person = pass.person();
    let entry = Entry::of_login(Verb::LoginChanged, &person.login, &format!("{first} {last}"))
        .change("first_name", Some(&person.first_name), Some(first))
        .change("last_name", Some(&person.last_name), Some(last));
    w.commit(&pass.actor(), entry, ())
}
