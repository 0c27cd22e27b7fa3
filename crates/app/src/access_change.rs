//! Changes of a user's access: shown beforehand, made and undone by one and the same plan (U-08 to U-14, U-17, U-20 to
//! U-22, L-04).

use std::collections::{BTreeMap, BTreeSet};

use domain::access::{CompanyUse, Grants, InUse};
use domain::access_change::{Access, Around, Change, CompanyState, InvitationFate, Plan, UNDO, plan};
use domain::activity::Entry;
use domain::capability::proof::ManageUsers;
use domain::email::EmailAddress;
use domain::id::{CompanyId, UserId};
use domain::input::yes_no;
use domain::user::UserStatus;
use store::access_change;
use store::company::{self, Company};
use store::executive_administrator;
use store::pass::{AccountPass, Acting, HasPlace};
use store::user::{self, User};
use store::work::{Committed, Reader, Unrecorded, Writer};

pub use store::access_change::PastChange;

use crate::invitation::{self, Sending};
use crate::{Conflict, Refused};

/// A change as it would be made now.
pub struct Preview {
    /// Whose access it is.
    pub user: User,
    /// What the change makes of it, or what stands in its way.
    pub plan: Result<Plan, Conflict>,
    /// The account's companies in use, for their names.
    pub companies: Vec<Company>,
    /// The account center that they run: whatever the change makes of the user, they have the account through it (C-10).
    pub executive_of: Option<String>,
}

impl Preview {
    /// What somebody's companies are used for, with this access.
    pub fn in_use(&self, access: &Access) -> InUse {
        let of_type = Grants::of_type(access.user_type, access.agent);
        let own = |company: &&Company| access.companies.contains(&company.id);
        let used: Vec<CompanyUse> = self.companies.iter().filter(own).map(Company::in_use).collect();
        let grants = of_type.having(&used);
        InUse::of(&grants, &used)
    }
}

/// What whoever makes a change has seen and typed.
#[derive(Clone, Debug)]
pub struct Confirmed {
    /// The version of the access that was seen; another one is not changed.
    pub seen: i64,
    /// The inviter's own words, where the change invites (U-09).
    pub message: Option<String>,
}

/// What `change` would do; nothing is changed.
pub fn preview(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
    change: &Change,
) -> Result<Preview, Refused> {
    let user = find(r, pass, id)?;
    let plan = match planned(r, pass, &user, change) {
        Ok(plan) => Ok(plan),
        Err(Refused::Conflict(conflict)) => Err(conflict),
        Err(refused) => return Err(refused),
    };
    let executive_of = executive_of(r, pass, &user)?;
    Ok(Preview { user, plan, companies: company::list_choices(r, pass)?, executive_of })
}

/// The account center that a user runs, if they do: they have the account through it.
fn executive_of(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    user: &User,
) -> Result<Option<String>, Refused> {
    let Some(login) = &user.login else { return Ok(None) };
    Ok(executive_administrator::find_center(r, pass, login)?)
}

/// Whether a user, who may have been deleted just now, has the account as an executive administrator.
pub fn is_executive(r: &mut Reader, pass: &AccountPass<ManageUsers>, id: &UserId) -> Result<bool, Refused> {
    let user = find(r, pass, id)?;
    Ok(executive_of(r, pass, &user)?.is_some())
}

/// What undoing the newest change would do.
pub fn preview_undo(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
) -> Result<(PastChange, Preview), Refused> {
    let (made, undo) = newest(r, pass, id)?;
    let preview = preview(r, pass, id, &undo)?;
    Ok((made, preview))
}

/// Makes a change. That somebody whom it would invite has a place elsewhere is counted in the unit that tells it (U-15),
/// which does nothing else.
pub fn make(
    mut w: Writer,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
    change: &Change,
    confirmed: &Confirmed,
) -> Result<Committed<Result<Plan, Refused>>, Refused> {
    let user = find(&mut w, pass, id)?;
    match carry_out(&mut w, pass, &user, change, confirmed) {
        Ok((plan, entries)) => w.commit_all(&pass.actor(), entries, Ok(plan)),
        Err(refused @ Refused::Conflict(Conflict::Elsewhere)) => {
            Ok(w.commit_unrecorded(Unrecorded::Attempt, Err(refused)))
        }
        Err(refused) => Err(refused),
    }
}

/// Undoes the newest change of a user's access (U-22). As [`make`], where it would invite.
pub fn undo(
    mut w: Writer,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
    confirmed: &Confirmed,
) -> Result<Committed<Result<Plan, Refused>>, Refused> {
    let (made, undo) = newest(&mut w, pass, id)?;
    let user = find(&mut w, pass, id)?;
    let (plan, entries) = match carry_out(&mut w, pass, &user, &undo, confirmed) {
        Err(refused @ Refused::Conflict(Conflict::Elsewhere)) => {
            return Ok(w.commit_unrecorded(Unrecorded::Attempt, Err(refused)));
        }
        carried_out => carried_out?,
    };
    if !access_change::update_undone(&mut w, pass, &made.id)? {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    w.commit_all(&pass.actor(), entries, Ok(plan))
}

/// The changes of a user that have not been undone, newest first. Only the newest can be, the others after it.
pub fn list(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
) -> Result<Vec<PastChange>, Refused> {
    Ok(access_change::list(r, pass, id)?)
}

/// The user a change is about. One who was deleted is found as long as that can be undone.
fn find(r: &mut Reader, pass: &AccountPass<ManageUsers>, id: &UserId) -> Result<User, Refused> {
    let since = r.now - UNDO;
    let is_there = |user: &User| user.status != UserStatus::Deleted || user.deleted_at > Some(since);
    user::find(r, pass, id)?.filter(is_there).ok_or(Refused::NotFound)
}

fn newest(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
) -> Result<(PastChange, Change), Refused> {
    let made = access_change::list(r, pass, id)?.into_iter().next();
    let Some(made) = made else {
        // Of a user who is not there nothing is told.
        let is_there = user::find(r, pass, id)?.is_some_and(|user| user.status != UserStatus::Deleted);
        return Err(if is_there { Refused::Conflict(Conflict::NothingToUndo) } else { Refused::NotFound });
    };
    let undo = Change::Undo { before: made.before.clone(), after: made.after.clone() };
    Ok((made, undo))
}

/// The parts of [`make`], for operations that do more in the same transaction; the entries they are recorded with.
pub(crate) fn carry_out(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    user: &User,
    change: &Change,
    confirmed: &Confirmed,
) -> Result<(Plan, Vec<Entry>), Refused> {
    let plan = planned(w, pass, user, change)?;
    let (before, after) = (&plan.before, &plan.after);
    // Whoever is invited has no place elsewhere (U-15). Before anything is written, so that it can be counted without.
    if matches!(plan.invitation, InvitationFate::Sent | InvitationFate::Held) {
        crate::access_request::refuse_elsewhere(w, pass, &user.email)?;
    }
    if before != after && !access_change::update_access(w, pass, &user.id, confirmed.seen, before, after)? {
        let is_as_seen = confirmed.seen == user.access_version;
        return Err(Refused::Conflict(match is_as_seen {
            true => Conflict::LastAdministrator,
            false => Conflict::Changed,
        }));
    }
    let mut entries = vec![entry(pass, user, change, &plan)];
    match plan.invitation {
        InvitationFate::Untouched => {}
        InvitationFate::Revoked => drop(store::invitation::remove_open(w, pass, &user.id)?),
        InvitationFate::Sent | InvitationFate::Held => {
            let sending = if plan.invitation == InvitationFate::Sent { Sending::Now } else { Sending::Later };
            let message = confirmed.message.as_deref();
            entries.extend(invitation::make(w, pass, &user.id, &user.email, message, sending)?);
        }
    }
    if before != after && change.kind().is_undoable() {
        let actor = pass.actor().name;
        access_change::insert(w, pass, &user.id, change.kind(), &actor, (before, after))?;
    }
    Ok((plan, entries))
}

/// What the change makes of the user, or what stands in its way: read here, and decided by the plan.
pub(crate) fn planned(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    user: &User,
    change: &Change,
) -> Result<Plan, Refused> {
    let before = access(r, pass, user)?;
    let (address_taken, login_taken) = match change {
        Change::Undo { before: to, .. } => taken(r, pass, user, to)?,
        _ => (false, false),
    };
    let around = Around {
        now: r.now,
        other_administrator: access_change::has_other_administrator(r, pass, &user.id)?,
        was_notification: user.activated_at.is_some(),
        companies: companies(r, pass, &before, change)?,
        address_taken,
        login_taken,
    };
    Ok(plan(&pass.place().grants, &around, &before, change)?)
}

/// What a user's access is now.
pub(crate) fn access(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    user: &User,
) -> Result<Access, Refused> {
    Ok(Access {
        user_type: user.user_type,
        agent: user.agent,
        status: user.status,
        login: user.login.clone(),
        companies: user::company_ids(r, pass, &user.id)?.into_iter().collect(),
        invoice_emails: user.invoice_emails,
        ends_at: user.ends_at,
    })
}

/// Where a change chooses companies: those, and those the user has.
fn companies(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    before: &Access,
    change: &Change,
) -> Result<BTreeMap<CompanyId, CompanyState>, Refused> {
    let wanted = match change {
        Change::Edit { companies, .. }
        | Change::Replace { companies, .. }
        | Change::Provide { companies, .. } => companies.clone(),
        Change::Give(company) => BTreeSet::from([company.clone()]),
        Change::Promote(_)
        | Change::Take(_)
        | Change::Suspend
        | Change::Restore
        | Change::EndAt(_)
        | Change::End
        | Change::Delete
        | Change::Revoke
        | Change::Undo { .. } => return Ok(BTreeMap::new()),
    };
    let concerned: BTreeSet<CompanyId> = before.companies.union(&wanted).cloned().collect();
    let state = |company: Company| {
        let Company { id, details, disabled } = company;
        (id, CompanyState { disabled, lead_center: details.lead_center })
    };
    Ok(company::list_among(r, pass, &concerned)?.into_iter().map(state).collect())
}

/// Whether other users have the address, and the sign-in, by now with which undoing brings the user back (U-22). The
/// address is that of then: which one the sign-in has by now is not for the account to learn.
fn taken(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    user: &User,
    to: &Access,
) -> Result<(bool, bool), Refused> {
    let address = EmailAddress::parse(&user.email).map_err(|problem| Refused::field("email", problem))?;
    let has_address = user::find_by_email(r, pass, &address)?.is_some_and(|other| other != user.id);
    let has_login = match &to.login {
        Some(login) => user::has_login(r, pass, login)?,
        None => false,
    };
    Ok((has_address, has_login))
}

fn entry(pass: &AccountPass<ManageUsers>, user: &User, change: &Change, plan: &Plan) -> Entry {
    let (before, after) = (&plan.before, &plan.after);
    let email = |access: &Access| (access.status != UserStatus::Deleted).then_some(user.email.as_str());
    let entry = Entry::of(pass.account(), change.kind().verb(), &user.id, &user.names.full()).change(
        "email",
        email(before),
        email(after),
    );
    told(before).into_iter().zip(told(after)).fold(entry, |entry, ((field, before), (_, after))| {
        entry.change(field, before.as_deref(), after.as_deref())
    })
}

/// What the activity tells of an access, field by field. The sign-in is not told: the address stands for it.
fn told(access: &Access) -> [(&'static str, Option<String>); 6] {
    // Whole, so that a new field does not compile until it is recorded.
    let Access { user_type, agent, status, login: _, companies, invoice_emails, ends_at } = access;
    [
        ("status", Some(status.word().to_owned())),
        ("user_type", Some(user_type.word().to_owned())),
        ("agent", Some(yes_no(*agent).to_owned())),
        ("companies", joined(companies)),
        ("invoice_emails", Some(yes_no(*invoice_emails).to_owned())),
        ("ends_at", ends_at.map(|end| end.to_string())),
    ]
}

/// Company ids as one text; `None` when there are none, which for administrators means all.
pub(crate) fn joined(companies: &BTreeSet<CompanyId>) -> Option<String> {
    let ids: Vec<&str> = companies.iter().map(CompanyId::as_str).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}
