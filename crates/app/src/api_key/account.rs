//! The keys of an account's users, as its administrators see and end them.

use domain::activity::{Entry, Verb};
use domain::capability::proof::ManageUsers;
use domain::id::{ApiKeyId, UserId};
use domain::mail::MailKind;
use store::api_key::{self, AccountKey, BY_ADMINISTRATOR};
use store::mail::{self, NewMail};
use store::page::Page;
use store::pass::{AccountPass, Acting};
use store::work::{Committed, Reader, Writer};
use store::{login, user};

use crate::{Conflict, Refused};

/// One page of the keys of the account's users, or of one of them, whose name comes along.
pub fn list_in(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    user: Option<&UserId>,
    after: (&str, &str),
) -> Result<(Page<AccountKey>, Option<String>), Refused> {
    let name = match user {
        Some(id) => Some(user::find(r, pass, id)?.ok_or(Refused::NotFound)?.names.full()),
        None => None,
    };
    Ok((api_key::list_in(r, pass, user, after)?, name))
}

/// A key that opens the account still.
pub fn get_in(r: &mut Reader, pass: &AccountPass<ManageUsers>, id: &ApiKeyId) -> Result<AccountKey, Refused> {
    let found = api_key::find_in(r, pass, id)?.ok_or(Refused::NotFound)?;
    if found.ended.is_some() {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    Ok(found)
}

/// Ends a key in the account, from the next request on. What it does elsewhere is no matter of this account. Its owner is told.
pub fn end_in(
    mut w: Writer,
    pass: &AccountPass<ManageUsers>,
    id: &ApiKeyId,
) -> Result<Committed<()>, Refused> {
    let found = api_key::find_in(&mut w, pass, id)?.ok_or(Refused::NotFound)?;
    let actor = pass.actor();
    if !api_key::end_in(&mut w, pass, id, &actor.name)? {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    let owner = login::get(&mut w, &found.login)?;
    let told = NewMail {
        account: Some(pass.account()),
        kind: MailKind::ApiKeyEnded,
        subject: id.as_str(),
        generation: BY_ADMINISTRATOR,
        email: &owner.email,
    };
    mail::insert(&mut w, &told)?;
    let entry = Entry::of(pass.account(), Verb::ApiKeyEnded, id, &found.key.name);
    let entry = super::made::scope_changes(entry, &found.key.scope, found.key.expires_at, false);
    let entry = entry.change("owner", Some(&found.owner), None);
    w.commit(&actor, entry, ())
}
