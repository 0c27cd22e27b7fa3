//! What a change makes of a user, and what stands in its way: the one place where that is decided.

use std::collections::BTreeSet;

use super::{Access, Already, Around, Change, CompanyState, InvitationFate, Obstacle, Plan, effects};
use crate::access::Grants;
use crate::id::CompanyId;
use crate::user::{
    UserStatus, UserType, agent_after, is_lower, is_promotion, may_give, may_manage, outlasts,
};

/// What `change` makes of a user with the access `before`, when whoever holds `actor` asks for it.
pub fn plan(actor: &Grants, around: &Around, before: &Access, change: &Change) -> Result<Plan, Obstacle> {
    manages(actor, before)?;
    let (after, invitation) = changed(around, before, change)?;
    manages(actor, &after)?;
    if !matches!(change, Change::Undo { .. }) {
        offered(around, before, &after)?;
    }
    let is_last = before.is_lasting_administrator() && !around.other_administrator;
    if is_last && !after.is_lasting_administrator() {
        return Err(Obstacle::LastAdministrator);
    }
    let was_notification = around.was_notification;
    let plan = Plan { before: before.clone(), after, invitation, was_notification };
    if gives(&plan) {
        let Access { user_type, agent, ends_at, .. } = plan.after;
        may_give(actor, user_type, agent, ends_at).map_err(Obstacle::Refused)?;
    }
    Ok(plan)
}

/// Whether there is more afterwards, of whatever pages call gains, or for a longer time. Taking from whoever stays longer
/// is another matter (U-21).
fn gives(plan: &Plan) -> bool {
    let done = effects(plan);
    let reaches_further = done.reaches.beyond(&done.reached).is_none_or(|new| !new.is_empty());
    !done.gains.is_empty() || reaches_further || outlasts(plan.after.ends_at, plan.before.ends_at)
}

fn manages(actor: &Grants, access: &Access) -> Result<(), Obstacle> {
    may_manage(actor, access.user_type, access.agent).map_err(Obstacle::Refused)
}

/// What is new must be a company of the account in use; for agents one that uses Lead Center (L-01).
fn offered(around: &Around, before: &Access, after: &Access) -> Result<(), Obstacle> {
    let fits = |state: &CompanyState| !state.disabled && state.is_open_to(after.agent);
    let mut added = after.companies.difference(&before.companies);
    let all_fit = added.all(|company| around.companies.get(company).is_some_and(fits));
    if all_fit { Ok(()) } else { Err(Obstacle::NotOffered) }
}

fn changed(around: &Around, before: &Access, change: &Change) -> Result<(Access, InvitationFate), Obstacle> {
    use InvitationFate::{Revoked, Untouched};
    let is = |status| before.status == status;
    let to = |status| Access { status, ..before.clone() };
    let of = |companies| Access { companies, ..before.clone() };
    match change {
        Change::Undo { before: to, after: made } => undone(around, before, to, made),
        _ if is(UserStatus::Deleted) => Err(Obstacle::Already(Already::Deleted)),
        Change::Promote(to) => promoted(before, *to),
        Change::Replace { to, companies } => replaced(around, before, *to, companies),
        Change::Edit { companies, agent, invoice_emails } => {
            edited(around, before, companies, *agent, *invoice_emails).map(|after| (after, Untouched))
        }
        Change::Provide { to, companies } => provided(around, before, *to, companies),
        Change::Give(company) => given(around, before, company).map(|now| (of(now), Untouched)),
        Change::Take(company) => taken(before, company).map(|now| (of(now), Untouched)),
        Change::Suspend | Change::End if is(UserStatus::Active) => Ok((to(UserStatus::Suspended), Untouched)),
        Change::Suspend | Change::End if is(UserStatus::Suspended) => {
            Err(Obstacle::Already(Already::Suspended))
        }
        Change::Restore if is(UserStatus::Suspended) => {
            // A moment that has passed would end it again at once.
            let ends_at = before.ends_at.filter(|end| *end > around.now);
            Ok((Access { ends_at, ..to(UserStatus::Active) }, Untouched))
        }
        Change::Restore if is(UserStatus::Active) => Err(Obstacle::Already(Already::Active)),
        Change::EndAt(Some(end)) if *end <= around.now => Err(Obstacle::EndPassed),
        Change::EndAt(ends_at) => Ok((Access { ends_at: *ends_at, ..before.clone() }, Untouched)),
        Change::Revoke if is(UserStatus::Pending) && around.was_notification => {
            Ok((as_notification(before), Revoked))
        }
        Change::Revoke | Change::Delete if is(UserStatus::Pending) => Ok((to(UserStatus::Deleted), Revoked)),
        Change::Revoke => Err(Obstacle::Already(Already::NotInvited)),
        Change::Delete => Ok((to(UserStatus::Deleted), Untouched)),
        Change::Suspend | Change::End | Change::Restore => Err(Obstacle::NotNow(before.status)),
    }
}

/// A type is given to whoever is in use or invited.
fn can_get_type(before: &Access, to: UserType) -> Result<(), Obstacle> {
    if before.user_type == to {
        return Err(Obstacle::Already(Already::OfType(to)));
    }
    match before.status {
        UserStatus::Pending | UserStatus::Active => Ok(()),
        UserStatus::Suspended | UserStatus::Deleted => Err(Obstacle::NotNow(before.status)),
    }
}

fn promoted(before: &Access, to: UserType) -> Result<(Access, InvitationFate), Obstacle> {
    can_get_type(before, to)?;
    if !is_promotion(before.user_type, before.agent, to) {
        return Err(Obstacle::NoPromotion);
    }
    let mut after = Access { user_type: to, ..before.clone() };
    if !before.user_type.has_login() {
        after.status = UserStatus::Pending;
        return Ok((after, InvitationFate::Sent));
    }
    // Until they accept, pending users keep their companies: some go on getting notifications of them (U-09).
    if to.has_all_companies() && before.status == UserStatus::Active {
        after.companies.clear();
    }
    Ok((after, InvitationFate::Untouched))
}

fn replaced(
    around: &Around,
    before: &Access,
    to: UserType,
    companies: &BTreeSet<CompanyId>,
) -> Result<(Access, InvitationFate), Obstacle> {
    can_get_type(before, to)?;
    if !is_lower(before.user_type, before.agent, to) {
        return Err(Obstacle::IsPromotion);
    }
    let after = Access {
        user_type: to,
        agent: agent_after(before.user_type, before.agent, to),
        companies: kept(around, before, to, companies)?,
        invoice_emails: before.invoice_emails && to == UserType::Administrator,
        ..before.clone()
    };
    Ok(match (before.status, to.has_login(), before.login.is_some()) {
        (UserStatus::Pending, false, _) => (as_notification(&after), InvitationFate::Revoked),
        (_, false, _) => (as_notification(&after), InvitationFate::Untouched),
        (_, true, true) => (after, InvitationFate::Untouched),
        (_, true, false) => (Access { status: UserStatus::Pending, ..after }, InvitationFate::Sent),
    })
}

/// What a directory gives, it gives whole: what it leaves out is gone, be it the last company. It knows no company that can't be
/// given, so such ones are left out; who becomes an agent keeps none that does not use Lead Center (L-01).
fn provided(
    around: &Around,
    before: &Access,
    to: UserType,
    companies: &BTreeSet<CompanyId>,
) -> Result<(Access, InvitationFate), Obstacle> {
    let agent = agent_after(before.user_type, before.agent, to);
    let fits = |company: &&CompanyId| match around.companies.get(*company) {
        Some(state) if before.companies.contains(*company) => to != UserType::Agent || state.lead_center,
        Some(state) => !state.disabled && state.is_open_to(agent),
        None => false,
    };
    let invited = before.status == UserStatus::Pending;
    let companies = match to.has_all_companies() {
        // As in `promoted`.
        true if invited => before.companies.clone(),
        true => BTreeSet::new(),
        false => companies.iter().filter(fits).cloned().collect(),
    };
    let invoice_emails = before.invoice_emails && to == UserType::Administrator;
    let after = Access { user_type: to, agent, companies, invoice_emails, ..before.clone() };
    match before.status {
        _ if before.user_type.has_login() => Ok((after, InvitationFate::Untouched)),
        UserStatus::Active => Ok((Access { status: UserStatus::Pending, ..after }, InvitationFate::Sent)),
        status => Err(Obstacle::NotNow(status)),
    }
}

/// The companies that somebody keeps where the type allows (U-10): agents work in Lead Center alone (L-01).
fn kept(
    around: &Around,
    before: &Access,
    to: UserType,
    companies: &BTreeSet<CompanyId>,
) -> Result<BTreeSet<CompanyId>, Obstacle> {
    let mut kept = chosen(around, before, to, companies)?;
    if to != UserType::Agent {
        return Ok(kept);
    }
    let is_useless = |company: &CompanyId| {
        before.companies.contains(company)
            && !around.companies.get(company).is_some_and(|state| state.is_open_to(true))
    };
    kept.retain(|company| !is_useless(company));
    if kept.is_empty() { Err(Obstacle::NoLeadCenter) } else { Ok(kept) }
}

/// Disabled companies are not shown for choosing, so that leaving one out says nothing (G-01). Choosing none is told to
/// whoever chose, even where there is an unseen one.
fn chosen(
    around: &Around,
    before: &Access,
    user_type: UserType,
    companies: &BTreeSet<CompanyId>,
) -> Result<BTreeSet<CompanyId>, Obstacle> {
    if companies.is_empty() {
        return if user_type.has_all_companies() { Ok(BTreeSet::new()) } else { Err(Obstacle::NoCompany) };
    }
    let is_unseen = |company: &&CompanyId| around.companies.get(*company).is_some_and(|state| state.disabled);
    let unseen = before.companies.iter().filter(is_unseen);
    Ok(companies.iter().chain(unseen).cloned().collect())
}

/// A notification user is active from the start and has no login.
fn as_notification(access: &Access) -> Access {
    Access {
        user_type: UserType::Notification,
        agent: false,
        status: UserStatus::Active,
        login: None,
        ..access.clone()
    }
}

fn edited(
    around: &Around,
    before: &Access,
    companies: &BTreeSet<CompanyId>,
    agent: bool,
    invoice_emails: bool,
) -> Result<Access, Obstacle> {
    let companies = match before.user_type.has_all_companies() {
        true => before.companies.clone(),
        false => chosen(around, before, before.user_type, companies)?,
    };
    // Agents are agents, and who only gets notifications is none.
    let is_free = before.user_type.has_login() && before.user_type != UserType::Agent;
    Ok(Access {
        companies,
        agent: if is_free { agent } else { before.agent },
        invoice_emails: invoice_emails && before.user_type == UserType::Administrator,
        ..before.clone()
    })
}

fn given(around: &Around, before: &Access, company: &CompanyId) -> Result<BTreeSet<CompanyId>, Obstacle> {
    if before.user_type.has_all_companies() {
        return Err(Obstacle::Already(Already::HasAllCompanies));
    }
    let mut companies = before.companies.clone();
    if !companies.insert(company.clone()) {
        return Err(Obstacle::Already(Already::HasCompany));
    }
    let is_closed = around.companies.get(company).is_some_and(|state| !state.is_open_to(before.agent));
    if is_closed { Err(Obstacle::NoLeadCenter) } else { Ok(companies) }
}

fn taken(before: &Access, company: &CompanyId) -> Result<BTreeSet<CompanyId>, Obstacle> {
    if before.user_type.has_all_companies() {
        return Err(Obstacle::Already(Already::HasAllCompanies));
    }
    let mut companies = before.companies.clone();
    if !companies.remove(company) {
        return Err(Obstacle::Already(Already::LacksCompany));
    }
    if companies.is_empty() { Err(Obstacle::OnlyCompany) } else { Ok(companies) }
}

/// Exactly what was, unless something was changed since. Who was pending is so again, with a link that is not sent yet:
/// earlier ones stay dead.
fn undone(
    around: &Around,
    now: &Access,
    to: &Access,
    made: &Access,
) -> Result<(Access, InvitationFate), Obstacle> {
    if let Some(part) = made.first_difference(now) {
        return Err(Obstacle::ChangedSince(part));
    }
    let comes_back = now.status == UserStatus::Deleted && to.status != UserStatus::Deleted;
    let gets_login = to.login.is_some() && (comes_back || now.login.is_none());
    if (comes_back || gets_login) && around.address_taken || gets_login && around.login_taken {
        return Err(Obstacle::AddressTaken);
    }
    let fate = match (made.status, to.status) {
        (UserStatus::Pending, UserStatus::Pending) => InvitationFate::Untouched,
        (UserStatus::Pending, _) => InvitationFate::Revoked,
        (_, UserStatus::Pending) => InvitationFate::Held,
        _ => InvitationFate::Untouched,
    };
    Ok((to.clone(), fate))
}
