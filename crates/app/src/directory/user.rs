//! What a directory does with people: they are users of the account, made and changed by the operations of pages.

use std::collections::BTreeSet;

use domain::access_change::Change;
use domain::activity::{Entry, Verb};
use domain::capability::proof::ManageUsers;
use domain::email::EmailAddress;
use domain::id::{DirectoryGroupId, UserId};
use domain::input::{Checker, Problem};
use domain::scim::{Filter, Look, PersonSaid, Unsupported, identifier};
use domain::user::{Names, NewUser, UserStatus, UserType};
use store::db::DbError;
use store::directory::user::{self, DirectoryUser};
use store::invitation;
use store::page::{Part, Window};
use store::pass::{AccountPass, Acting, DirectoryPass};
use store::work::{Committed, Reader, Unrecorded, Writer};

use super::fit::{self, check_given};
use crate::access_change::{Confirmed, carry_out};
use crate::invitation::{hold, mend_now, resend_now};
use crate::user::{at_address, is_elsewhere, place, rename};
use crate::{Conflict, Refused};

/// Why a list is not answered.
#[derive(Debug)]
pub enum Unlisted {
    /// The filter asks for what is not looked up here.
    Filter,
    /// It was refused.
    Refused(Refused),
}

impl From<Unsupported> for Unlisted {
    fn from(_unsupported: Unsupported) -> Unlisted {
        Unlisted::Filter
    }
}

impl From<DbError> for Unlisted {
    fn from(error: DbError) -> Unlisted {
        Unlisted::Refused(error.into())
    }
}

/// Whether somebody has access, or is invited to it.
pub fn is_active(person: &DirectoryUser) -> bool {
    match person.status {
        UserStatus::Active => true,
        UserStatus::Pending => person.is_invited,
        UserStatus::Suspended | UserStatus::Deleted => false,
    }
}

/// Those of a window among what a filter finds, and how much it finds.
pub(super) fn among<T: Ord + Clone>(
    filter: &Filter,
    window: Window,
    look: &mut Look<'_, T, Unlisted>,
) -> Result<Result<(BTreeSet<T>, i64), Unsupported>, Refused> {
    match filter.find(look) {
        Err(Unlisted::Filter) => Ok(Err(Unsupported)),
        Err(Unlisted::Refused(refused)) => Err(refused),
        Ok(found) => {
            let total = found.len() as i64;
            let (skip, take) = (window.skip.max(0) as usize, window.take.max(0) as usize);
            Ok(Ok((found.into_iter().skip(skip).take(take).collect(), total)))
        }
    }
}

/// A part of the people: all, or whom a filter finds. Their groups are read where they are asked for; then there are fewer people
/// where so many groups would be too much at once, but always one.
pub fn list(
    r: &mut Reader,
    pass: &DirectoryPass,
    filter: Option<&Filter>,
    window: Window,
    with_groups: bool,
) -> Result<Result<Part<DirectoryUser>, Unsupported>, Refused> {
    let pass = pass.managing();
    let (shown, total) = match filter {
        None => {
            let Part { rows, total } = user::list_window(r, pass, window)?;
            (rows.into_iter().collect(), total)
        }
        Some(filter) => match among(filter, window, &mut |name, text| look(r, pass, name, text))? {
            Err(unsupported) => return Ok(Err(unsupported)),
            Ok(found) => found,
        },
    };
    let rows =
        if with_groups { user::list_with_groups(r, pass, &shown)? } else { user::list(r, pass, &shown)? };
    Ok(Ok(Part { rows, total }))
}

fn look(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    name: &str,
    text: &str,
) -> Result<BTreeSet<UserId>, Unlisted> {
    Ok(match name {
        "username" => user::find_by_name(r, pass, text)?.into_iter().collect(),
        "emails" | "emails.value" => user::find_by_email(r, pass, text)?.into_iter().collect(),
        "externalid" => user::list_by_external_id(r, pass, text)?,
        "id" => {
            let ids = text.parse().into_iter().collect();
            user::list(r, pass, &ids)?.into_iter().map(|person| person.id).collect()
        }
        "groups" | "groups.value" => match text.parse::<DirectoryGroupId>() {
            Ok(group) => store::directory::group::list_members(r, pass, &group)?,
            Err(_) => BTreeSet::new(),
        },
        _ => return Err(Unlisted::Filter),
    })
}

/// One of the people, with their groups.
pub fn get(r: &mut Reader, pass: &DirectoryPass, id: &UserId) -> Result<DirectoryUser, Refused> {
    user::list_with_groups(r, pass.managing(), &BTreeSet::from([id.clone()]))?.pop().ok_or(Refused::NotFound)
}

fn find(r: &mut Reader, pass: &AccountPass<ManageUsers>, id: &UserId) -> Result<DirectoryUser, Refused> {
    user::list(r, pass, &BTreeSet::from([id.clone()]))?.pop().ok_or(Refused::NotFound)
}

/// Makes somebody of whom the directory tells: invited, or with an invitation that waits where they are not to have access yet.
pub fn create(
    mut w: Writer,
    pass: &DirectoryPass,
    said: &PersonSaid,
) -> Result<Committed<Result<UserId, Refused>>, Refused> {
    let (managing, new) = (pass.managing(), new_user(said, pass.default_type)?);
    let user_name = said.user_name.as_deref().unwrap_or_default();
    let user_name = identifier(user_name).map_err(|problem| Refused::field("user_name", problem))?;
    if user::find_by_name(&mut w, managing, &user_name)?.is_some() {
        return Err(Refused::field("user_name", Problem::NameTaken));
    }
    let external_id = external_id(said)?.unwrap_or_default();
    let (id, mut entries) = match place(&mut w, managing, &new) {
        Err(refused) if is_elsewhere(&refused) => {
            return Ok(w.commit_unrecorded(Unrecorded::Attempt, Err(refused)));
        }
        placed => placed?,
    };
    user::put(&mut w, managing, &id, (&user_name, &external_id), true)?;
    entries.push(called(managing, Verb::DirectoryUserLinked, &id, &new.names.full(), (None, &user_name)));
    w.commit_all(&pass.actor(), entries, Ok(id))
}

fn called(
    pass: &AccountPass<ManageUsers>,
    verb: Verb,
    id: &UserId,
    name: &str,
    (before, after): (Option<&str>, &str),
) -> Entry {
    Entry::of(pass.account(), verb, id, name).change("user_name", before, Some(after))
}

fn external_id(said: &PersonSaid) -> Result<Option<String>, Refused> {
    let Some(typed) = said.external_id.as_deref() else { return Ok(None) };
    match identifier(typed) {
        Err(Problem::Missing) => Ok(Some(String::new())),
        read => read.map(Some).map_err(|problem| Refused::field("external_id", problem)),
    }
}

fn new_user(said: &PersonSaid, user_type: UserType) -> Result<NewUser, Refused> {
    let (first, last) = said.names();
    let mut check = Checker::default();
    let email = check.take("email", EmailAddress::parse(said.email.as_deref().unwrap_or_default()));
    let display = said.display.as_deref().unwrap_or_default();
    let names = check.merge(Names::parse(&first, &last, display, user_type));
    let new = email.zip(names).map(|(email, names)| NewUser {
        user_type,
        agent: user_type == UserType::Agent,
        names,
        email,
        companies: BTreeSet::new(),
        invoice_emails: false,
        message: None,
        send_now: said.active != Some(false),
    });
    Ok(check.finish(new)?)
}

/// Changes what the directory says of somebody; what it does not say stays. An address is changed of whom it has
/// invited, who has not accepted yet: a sign-in belongs to its person.
pub fn change(
    mut w: Writer,
    pass: &DirectoryPass,
    id: &UserId,
    said: &PersonSaid,
) -> Result<Committed<Result<(), Refused>>, Refused> {
    let managing = pass.managing();
    let person = find(&mut w, managing, id)?;
    let mut entries = Vec::new();
    // First, as what it refuses is counted in a unit that has written nothing else.
    match change_address(&mut w, pass, &person, said) {
        Err(refused @ Refused::Conflict(Conflict::Elsewhere)) => {
            return Ok(w.commit_unrecorded(Unrecorded::Attempt, Err(at_address(refused))));
        }
        mended => entries.extend(mended?),
    }
    entries.extend(change_names(&mut w, managing, &person, said)?);
    entries.extend(link(&mut w, managing, &person, said)?);
    if let Some(active) = said.active.filter(|active| *active != is_active(&person)) {
        entries.extend(switch_access(&mut w, pass, &person, active)?);
    }
    match entries.is_empty() {
        true => Ok(w.commit_unrecorded(Unrecorded::Attempt, Ok(()))),
        false => w.commit_all(&pass.actor(), entries, Ok(())),
    }
}

fn change_address(
    w: &mut Writer,
    pass: &DirectoryPass,
    person: &DirectoryUser,
    said: &PersonSaid,
) -> Result<Vec<Entry>, Refused> {
    let Some(typed) = &said.email else { return Ok(Vec::new()) };
    let email = EmailAddress::parse(typed).map_err(|problem| Refused::field("email", problem))?;
    if email.canonical() == domain::email::canonical(&person.email) {
        return Ok(Vec::new());
    }
    if person.status != UserStatus::Pending {
        return Err(Refused::Conflict(Conflict::OnlyOneself));
    }
    let managing = pass.managing();
    check_given(w, managing, pass.default_type, &person.id)?;
    mend_now(w, managing, &person.id, &person.email, &email).map(|(_, entries)| entries)
}

fn change_names(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    person: &DirectoryUser,
    said: &PersonSaid,
) -> Result<Option<Entry>, Refused> {
    let or = |said: &Option<String>, is: &str| said.clone().unwrap_or_else(|| is.to_owned());
    let is = &person.names;
    let (first, last) = (or(&said.first, &is.first), or(&said.last, &is.last));
    let user = crate::user::find(w, pass, &person.id)?;
    let names = Names::parse(&first, &last, &or(&said.display, &is.display), user.user_type)?;
    if names == *is { Ok(None) } else { rename(w, pass, &user, &names).map(Some) }
}

/// What the directory calls them by. Who was there before is among its people from now on.
fn link(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    person: &DirectoryUser,
    said: &PersonSaid,
) -> Result<Option<Entry>, Refused> {
    let before = person.linked.as_ref();
    let user_name = match &said.user_name {
        Some(typed) => identifier(typed).map_err(|problem| Refused::field("user_name", problem))?,
        None => before.map_or(&person.email, |linked| &linked.user_name).clone(),
    };
    let known = || before.map(|linked| linked.external_id.clone()).unwrap_or_default();
    let external_id = external_id(said)?.unwrap_or_else(known);
    let is_so =
        before.is_some_and(|linked| linked.user_name == user_name && linked.external_id == external_id);
    if is_so {
        return Ok(None);
    }
    if user::find_by_name(w, pass, &user_name)?.is_some_and(|other| other != person.id) {
        return Err(Refused::field("user_name", Problem::NameTaken));
    }
    let provided = before.is_some_and(|linked| linked.provided);
    user::put(w, pass, &person.id, (&user_name, &external_id), provided)?;
    let verb = if before.is_some() { Verb::DirectoryUserChanged } else { Verb::DirectoryUserLinked };
    let name_before = before.map(|linked| linked.user_name.as_str());
    let entry = called(pass, verb, &person.id, &person.names.full(), (name_before, &user_name));
    let id_before = before.map(|linked| linked.external_id.as_str()).unwrap_or_default();
    Ok(Some(entry.change("external_id", Some(id_before), Some(&external_id))))
}

/// Switches access off or on: that of a user, or of who is invited their invitation.
fn switch_access(
    w: &mut Writer,
    pass: &DirectoryPass,
    person: &DirectoryUser,
    active: bool,
) -> Result<Vec<Entry>, Refused> {
    let (managing, id) = (pass.managing(), &person.id);
    if person.status == UserStatus::Pending {
        if !active {
            return hold(w, managing, id).map(|entry| vec![entry]);
        }
        check_given(w, managing, pass.default_type, id)?;
        return resend_now(w, managing, id).map(|entry| vec![entry]);
    }
    let change = if active { Change::Restore } else { Change::Suspend };
    let mut entries = change_access(w, managing, id, &change)?;
    if active {
        entries.extend(fit::fit_all(w, managing, pass.default_type, &BTreeSet::from([id.clone()]))?);
    }
    Ok(entries)
}

fn change_access(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
    change: &Change,
) -> Result<Vec<Entry>, Refused> {
    let user = crate::user::find(w, pass, id)?;
    let confirmed = Confirmed { seen: user.access_version, message: None };
    Ok(carry_out(w, pass, &user, change, &confirmed)?.1)
}

/// Deletes somebody, and forgets what the directory called them by. Of who is invited the invitation is taken back; who got
/// notifications before that is deleted, too.
pub fn remove(mut w: Writer, pass: &DirectoryPass, id: &UserId) -> Result<Committed<()>, Refused> {
    let managing = pass.managing();
    let person = find(&mut w, managing, id)?;
    let mut entries = Vec::new();
    if person.status == UserStatus::Pending && invitation::find_open(&mut w, managing, id)?.is_some() {
        entries.extend(change_access(&mut w, managing, id, &Change::Revoke)?);
    }
    if crate::user::find(&mut w, managing, id).is_ok() {
        entries.extend(change_access(&mut w, managing, id, &Change::Delete)?);
    }
    user::remove(&mut w, managing, id)?;
    w.commit_all(&pass.actor(), entries, ())
}
