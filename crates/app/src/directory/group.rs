//! What a directory does with its groups. Whoever comes into one or leaves it gets what their groups give, in the same
//! transaction.

use std::collections::BTreeSet;

use domain::activity::{Entry, Verb};
use domain::capability::proof::ManageUsers;
use domain::id::{DirectoryGroupId, UserId};
use domain::input::Problem;
use domain::scim::{Filter, GroupSaid, MemberChange, Unsupported, identifier};
use store::directory::group::{self, Group, MEMBERS};
use store::directory::user;
use store::page::{Part, Window};
use store::pass::{AccountPass, Acting, DirectoryPass};
use store::work::{Committed, Reader, Unrecorded, Writer};

use super::fit;
use super::user::{Unlisted, among};
use crate::{Conflict, Refused};

/// A group with who is in it.
pub struct Whole {
    /// The group.
    pub group: Group,
    /// Who is in it.
    pub members: BTreeSet<UserId>,
}

/// The most people who are listed with groups.
const LISTED: i64 = 5_000;

/// A part of the groups: all, or those that a filter finds. Who is in them is read where it is asked for; then there are fewer groups
/// where so many people would be too much at once, but always one.
pub fn list(
    r: &mut Reader,
    pass: &DirectoryPass,
    filter: Option<&Filter>,
    window: Window,
    with_members: bool,
) -> Result<Result<Part<Whole>, Unsupported>, Refused> {
    let pass = pass.managing();
    let Part { rows, total } = match filter {
        None => group::list_window(r, pass, window)?,
        Some(filter) => match among(filter, window, &mut |name, text| look(r, pass, name, text))? {
            Err(unsupported) => return Ok(Err(unsupported)),
            Ok((shown, total)) => Part { rows: group::list_among(r, pass, &shown)?, total },
        },
    };
    let (mut shown, mut listed) = (Vec::new(), 0);
    for group in rows {
        listed += if with_members { group.members } else { 0 };
        if listed > LISTED && !shown.is_empty() {
            break;
        }
        shown.push(whole(r, pass, group, with_members)?);
    }
    Ok(Ok(Part { rows: shown, total }))
}

fn whole(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    group: Group,
    with_members: bool,
) -> Result<Whole, Refused> {
    let members = if with_members { group::list_members(r, pass, &group.id)? } else { BTreeSet::new() };
    Ok(Whole { group, members })
}

fn look(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    name: &str,
    text: &str,
) -> Result<BTreeSet<DirectoryGroupId>, Unlisted> {
    Ok(match name {
        "displayname" => group::list_by_name(r, pass, text)?,
        "externalid" => group::list_by_external_id(r, pass, text)?,
        "id" => {
            let ids = text.parse().into_iter().collect();
            group::list_among(r, pass, &ids)?.into_iter().map(|group| group.id).collect()
        }
        "members" | "members.value" => match text.parse::<UserId>() {
            Ok(user) => group::list_of(r, pass, &user)?,
            Err(_) => BTreeSet::new(),
        },
        _ => return Err(Unlisted::Filter),
    })
}

/// A group. Who is in it is read where it is asked for.
pub fn get(
    r: &mut Reader,
    pass: &DirectoryPass,
    id: &DirectoryGroupId,
    with_members: bool,
) -> Result<Whole, Refused> {
    let pass = pass.managing();
    let group = group::find(r, pass, id)?.ok_or(Refused::NotFound)?;
    whole(r, pass, group, with_members)
}

fn names(said: &GroupSaid, before: (&str, &str)) -> Result<(String, String), Refused> {
    let name = said.name.as_deref().unwrap_or(before.0);
    let name = identifier(name).map_err(|problem| Refused::field("display_name", problem))?;
    let external_id = match identifier(said.external_id.as_deref().unwrap_or(before.1)) {
        Err(Problem::Missing) => String::new(),
        read => read.map_err(|problem| Refused::field("external_id", problem))?,
    };
    Ok((name, external_id))
}

/// Keeps a group of which the directory tells. It gives nothing until an administrator says what.
pub fn create(
    mut w: Writer,
    pass: &DirectoryPass,
    said: &GroupSaid,
) -> Result<Committed<DirectoryGroupId>, Refused> {
    let managing = pass.managing();
    let (name, external_id) = names(said, ("", ""))?;
    let id =
        group::insert(&mut w, managing, &name, &external_id)?.ok_or(Refused::Conflict(Conflict::Full))?;
    let (_, members) = regroup(&mut w, managing, &id, &said.members)?;
    let entry = Entry::of(managing.account(), Verb::DirectoryGroupMade, &id, &name);
    let entry = entry.change("users", None, Some(&members.to_string()));
    w.commit(&pass.actor(), entry, id)
}

/// Puts users into a group and takes some out; who came or went, and how many are in it now.
fn regroup(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    id: &DirectoryGroupId,
    changes: &[MemberChange],
) -> Result<(BTreeSet<UserId>, usize), Refused> {
    let before = group::list_members(w, pass, id)?;
    let mut after = before.clone();
    for change in changes {
        match change {
            MemberChange::Add(users) => after.extend(users.iter().cloned()),
            MemberChange::Remove(users) => after.retain(|user| !users.contains(user)),
            MemberChange::Set(users) => after = users.iter().cloned().collect(),
        }
    }
    if after.len() as i64 > MEMBERS {
        return Err(Refused::Conflict(Conflict::Full));
    }
    let new: BTreeSet<UserId> = after.difference(&before).cloned().collect();
    let gone: BTreeSet<UserId> = before.difference(&after).cloned().collect();
    // One that is not of this account is nobody here.
    if user::count(w, pass, &new)? != new.len() {
        return Err(Refused::field("members", Problem::NotAChoice));
    }
    if !new.is_empty() {
        group::insert_members(w, pass, id, &new)?;
    }
    if !gone.is_empty() {
        group::remove_members(w, pass, id, &gone)?;
    }
    Ok((&new | &gone, after.len()))
}

/// Changes what the directory says of a group.
pub fn change(
    mut w: Writer,
    pass: &DirectoryPass,
    id: &DirectoryGroupId,
    said: &GroupSaid,
) -> Result<Committed<()>, Refused> {
    let managing = pass.managing();
    let before = group::find(&mut w, managing, id)?.ok_or(Refused::NotFound)?;
    let (name, external_id) = names(said, (&before.name, &before.external_id))?;
    let (moved, members) = regroup(&mut w, managing, id, &said.members)?;
    if moved.is_empty() && name == before.name && external_id == before.external_id {
        return Ok(w.commit_unrecorded(Unrecorded::Attempt, ()));
    }
    group::update(&mut w, managing, id, &name, &external_id)?;
    let entry = Entry::of(managing.account(), Verb::DirectoryGroupChanged, id, &name)
        .change("name", Some(&before.name), Some(&name))
        .change("external_id", Some(&before.external_id), Some(&external_id))
        .change("users", Some(&before.members.to_string()), Some(&members.to_string()));
    let mut entries = vec![entry];
    entries.extend(fit::fit_all(&mut w, managing, pass.default_type, &moved)?);
    w.commit_all(&pass.actor(), entries, ())
}

/// Forgets a group: nobody gets what it gave any more.
pub fn remove(mut w: Writer, pass: &DirectoryPass, id: &DirectoryGroupId) -> Result<Committed<()>, Refused> {
    let managing = pass.managing();
    let group = group::find(&mut w, managing, id)?.ok_or(Refused::NotFound)?;
    let members = group::list_members(&mut w, managing, id)?;
    group::remove(&mut w, managing, id)?;
    let mut entries = vec![Entry::of(managing.account(), Verb::DirectoryGroupRemoved, id, &group.name)];
    entries.extend(fit::fit_all(&mut w, managing, pass.default_type, &members)?);
    w.commit_all(&pass.actor(), entries, ())
}
