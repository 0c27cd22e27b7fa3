//! Changes of a user's access: shown beforehand, made and undone by one and the same plan (U-08 to U-14, U-17, U-20 to
//! U-22, L-04).

use std::collections::BTreeSet;

use domain::access_change::{Access, Around, Change, InvitationFate, Plan, plan};
use domain::activity::Entry;
use domain::capability::proof::ManageUsers;
use domain::email::EmailAddress;
use domain::id::{CompanyId, UserId};
use domain::user::UserStatus;
use store::access_change;
use store::company::{self, Company};
use store::pass::{AccountPass, Acting, HasPlace};
use store::user::{self, User};
use store::work::{Committed, Reader, Writer};

pub use store::access_change::Made;

use crate::user::check_companies;
use crate::{Conflict, Refused, invitation};

/// A change as it would be made now.
pub struct Preview {
    /// Whose access it is.
    pub user: User,
    /// What the change makes of it, or what stands in its way.
    pub plan: Result<Plan, Conflict>,
    /// The account's companies in use, for their names.
    pub companies: Vec<Company>,
}

/// What whoever makes a change has seen and typed.
#[derive(Clone, Debug, Default)]
pub struct Confirmed {
    /// The version of the access that the preview showed; another one is not changed.
    pub seen: Option<i64>,
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
    let user = find(r, pass, id, change)?;
    let plan = match planned(r, pass, &user, change) {
        Ok(plan) => Ok(plan),
        Err(Refused::Conflict(conflict)) => Err(conflict),
        Err(refused) => return Err(refused),
    };
    Ok(Preview { user, plan, companies: company::list_choices(r, pass)? })
}

/// What undoing the newest change would do.
pub fn preview_undo(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
) -> Result<(Made, Preview), Refused> {
    let (made, undo) = newest(r, pass, id)?;
    let preview = preview(r, pass, id, &undo)?;
    Ok((made, preview))
}

/// Makes a change.
pub fn make(
    mut w: Writer,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
    change: &Change,
    confirmed: &Confirmed,
) -> Result<Committed<Plan>, Refused> {
    let user = find(&mut w, pass, id, change)?;
    let (plan, entries) = carry_out(&mut w, pass, &user, change, confirmed)?;
    w.commit_all(&pass.actor(), entries, plan)
}

/// Undoes the newest change of a user's access (U-22).
pub fn undo(
    mut w: Writer,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
    confirmed: &Confirmed,
) -> Result<Committed<Plan>, Refused> {
    let (made, undo) = newest(&mut w, pass, id)?;
    let user = find(&mut w, pass, id, &undo)?;
    let (plan, entries) = carry_out(&mut w, pass, &user, &undo, confirmed)?;
    if !access_change::update_undone(&mut w, pass, &made.id)? {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    w.commit_all(&pass.actor(), entries, plan)
}

/// The changes of a user that have not been undone, newest first. Only the newest can be, the others after it.
pub fn list(r: &mut Reader, pass: &AccountPass<ManageUsers>, id: &UserId) -> Result<Vec<Made>, Refused> {
    Ok(access_change::list(r, pass, id)?)
}

/// The user a change is about. Of a deleted one nothing can be changed but that.
fn find(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
    change: &Change,
) -> Result<User, Refused> {
    let is_there = |user: &User| user.status != UserStatus::Deleted || matches!(change, Change::Undo { .. });
    user::find(r, pass, id)?.filter(is_there).ok_or(Refused::NotFound)
}

fn newest(r: &mut Reader, pass: &AccountPass<ManageUsers>, id: &UserId) -> Result<(Made, Change), Refused> {
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
    if confirmed.seen.is_some_and(|seen| seen != user.access_version) {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    let plan = planned(w, pass, user, change)?;
    let (before, after) = (&plan.before, &plan.after);
    if before != after
        && !access_change::update_access(w, pass, &user.id, user.access_version, before, after)?
    {
        return Err(Refused::Conflict(Conflict::LastAdministrator));
    }
    let mut entries = vec![entry(pass, user, change, &plan)];
    match plan.invitation {
        InvitationFate::Untouched => {}
        InvitationFate::Revoked => drop(store::invitation::remove_open(w, pass, &user.id)?),
        InvitationFate::Sent | InvitationFate::Held => {
            let send = plan.invitation == InvitationFate::Sent;
            let message = confirmed.message.as_deref();
            entries.extend(invitation::make(w, pass, &user.id, &user.email, message, send)?);
        }
    }
    let is_undoable = before != after && !matches!(change, Change::Undo { .. } | Change::End);
    if is_undoable {
        let actor = pass.actor().name;
        access_change::insert(w, pass, &user.id, change.verb(), &actor, (before, after))?;
    }
    Ok((plan, entries))
}

/// What the change makes of the user, with all that stands in its way.
fn planned(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    user: &User,
    change: &Change,
) -> Result<Plan, Refused> {
    let before = access(r, pass, user)?;
    let change = with_unseen(r, pass, &before, change)?;
    let around = Around {
        now: r.now,
        is_own: pass.place().user.as_ref() == Some(&user.id),
        other_administrator: access_change::has_other_administrator(r, pass, &user.id)?,
        was_notification: user.activated_at.is_some(),
    };
    let plan = plan(&pass.place().grants, &around, &before, &change)?;
    if let Change::Undo { .. } = change {
        check_address(r, pass, user, &plan)?;
        return Ok(plan);
    }
    let added: BTreeSet<CompanyId> = plan.after.companies.difference(&before.companies).cloned().collect();
    check_companies(r, pass, &added, plan.after.agent)?;
    Ok(plan)
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

/// Disabled companies are not shown for choosing, so that leaving one out says nothing (G-01).
fn with_unseen(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    before: &Access,
    change: &Change,
) -> Result<Change, Refused> {
    let mut change = change.clone();
    let (Change::Edit { companies, .. } | Change::Replace { companies, .. }) = &mut change else {
        return Ok(change);
    };
    // Choosing none is told to whoever chose, even where there is an unseen one.
    if !companies.is_empty() {
        companies.extend(company::list_disabled_among(r, pass, &before.companies)?);
    }
    Ok(change)
}

/// The address, or the sign-in, may be another user's by now (U-22).
fn check_address(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    user: &User,
    plan: &Plan,
) -> Result<(), Refused> {
    let comes_back = plan.before.status == UserStatus::Deleted && plan.after.status != UserStatus::Deleted;
    if comes_back {
        let email = EmailAddress::parse(&user.email).map_err(|problem| Refused::field("email", problem))?;
        if user::find_by_email(r, pass, &email)?.is_some() {
            return Err(Refused::Conflict(Conflict::AddressTakenSince));
        }
    }
    let gets_login = comes_back || plan.before.login.is_none();
    let is_taken = match &plan.after.login {
        Some(login) if gets_login => user::has_login(r, pass, login)?,
        _ => false,
    };
    if is_taken { Err(Refused::Conflict(Conflict::AddressTakenSince)) } else { Ok(()) }
}

fn entry(pass: &AccountPass<ManageUsers>, user: &User, change: &Change, plan: &Plan) -> Entry {
    let (before, after) = (&plan.before, &plan.after);
    let agent = |access: &Access| yes_no(access.agent);
    let invoices = |access: &Access| yes_no(access.invoice_emails);
    let end = |access: &Access| access.ends_at.map(|end| end.to_string());
    let companies = |access: &Access| joined(&access.companies);
    let email = |access: &Access| (access.status != UserStatus::Deleted).then_some(user.email.as_str());
    Entry::of(pass.account(), change.verb(), &user.id, &user.names.full())
        .change("email", email(before), email(after))
        .change("status", Some(before.status.word()), Some(after.status.word()))
        .change("user_type", Some(before.user_type.word()), Some(after.user_type.word()))
        .change("agent", Some(agent(before)), Some(agent(after)))
        .change("companies", companies(before).as_deref(), companies(after).as_deref())
        .change("invoice_emails", Some(invoices(before)), Some(invoices(after)))
        .change("ends_at", end(before).as_deref(), end(after).as_deref())
}

fn yes_no(flag: bool) -> &'static str {
    if flag { "yes" } else { "no" }
}

/// Company ids as one text; `None` when there are none, which for administrators means all.
pub(crate) fn joined(companies: &BTreeSet<CompanyId>) -> Option<String> {
    let ids: Vec<&str> = companies.iter().map(CompanyId::as_str).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}
