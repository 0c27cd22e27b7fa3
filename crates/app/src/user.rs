//! Users: creating, changing, promoting, deleting (U-01 to U-17).

use std::collections::BTreeSet;

use domain::access::Refusal;
use domain::activity::{Entry, Verb};
use domain::capability::proof::ManageUsers;
use domain::id::{CompanyId, UserId};
use domain::input::Problem;
use domain::user::{Names, NewUser, UserStatus, UserType, is_promotion, may_manage};
use store::company::{self, Company};
use store::mail;
use store::page::Page;
use store::pass::{AccountPass, Acting, HasPlace};
use store::user::{self, NewUserRow};
use store::work::{Committed, Reader, Writer};

pub use domain::mail::MailState;
pub use store::user::{Cursor, Filter, Sort, User};

use crate::{Conflict, Refused, invitation};

/// The Users page.
pub struct UsersPage {
    /// One page of users.
    pub users: Page<User>,
    /// Which companies they have, by name: pairs of user and company.
    pub companies: Vec<(UserId, String)>,
    /// How many are active in all.
    pub active: i64,
    /// How many are pending in all.
    pub pending: i64,
    /// The companies to filter by.
    pub choices: Vec<Company>,
}

impl UsersPage {
    /// The names of one user's companies.
    pub fn companies_of(&self, id: &UserId) -> Vec<String> {
        self.companies.iter().filter(|(user, _)| user == id).map(|(_, name)| name.clone()).collect()
    }
}

/// A user's own page.
pub struct UserPage {
    /// The user.
    pub user: User,
    /// The companies they have.
    pub companies: Vec<CompanyId>,
    /// The companies there are to choose from.
    pub choices: Vec<Company>,
    /// Where their invitation's mail stands, and what the mail server said.
    pub mail: Option<(MailState, String)>,
    /// Whether they are the account's only active administrator, who can't be deleted (U-12).
    pub is_last_administrator: bool,
}

impl UserPage {
    /// The companies that saving takes: all for choosing; with the agent flag, those that use Lead Center (L-01) and
    /// those the user has.
    pub fn offered(&self) -> impl Iterator<Item = &Company> {
        let fits = |company: &&Company| {
            !self.user.agent || company.details.lead_center || self.companies.contains(&company.id)
        };
        self.choices.iter().filter(fits)
    }
}

/// One page of the users (U-05).
pub fn list(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    filter: &Filter,
    after: &Cursor,
) -> Result<UsersPage, Refused> {
    let users = user::list(r, pass, filter, after)?;
    let companies = user::list_companies(r, pass, &users.rows)?;
    let (active, pending) = user::count(r, pass)?;
    Ok(UsersPage { users, companies, active, pending, choices: company::list_choices(r, pass)? })
}

/// A user with everything their page shows. A user of another account is not found.
pub fn get(r: &mut Reader, pass: &AccountPass<ManageUsers>, id: &UserId) -> Result<UserPage, Refused> {
    let user = find(r, pass, id)?;
    Ok(UserPage {
        companies: user::company_ids(r, pass, id)?,
        choices: company::list_choices(r, pass)?,
        mail: mail::find_state(r, pass, id)?,
        is_last_administrator: user.user_type == UserType::Administrator
            && user.status == UserStatus::Active
            && user::count_administrators(r, pass)? == 1,
        user,
    })
}

/// A user who is there and whom one may manage.
pub(crate) fn find(r: &mut Reader, pass: &AccountPass<ManageUsers>, id: &UserId) -> Result<User, Refused> {
    let user = user::find(r, pass, id)?.filter(|user| user.status != UserStatus::Deleted);
    let user = user.ok_or(Refused::NotFound)?;
    manages(pass, user.kind())?;
    Ok(user)
}

/// Refuses what would touch, or make, more access than one's own (U-13).
fn manages(pass: &AccountPass<ManageUsers>, (user_type, agent): (UserType, bool)) -> Result<(), Refused> {
    let forbidden = |refusal: Refusal| Refused::Forbidden { refusal, ask: Vec::new() };
    may_manage(&pass.place().grants, user_type, agent).map_err(forbidden)
}

/// What creating needs beside the new user: the companies to choose from.
pub fn company_choices(r: &mut Reader, pass: &AccountPass<ManageUsers>) -> Result<Vec<Company>, Refused> {
    Ok(company::list_choices(r, pass)?)
}

/// Creates a user with invitation, mail and activity, all in one transaction (U-01 to U-03, L-01).
pub fn create(
    mut w: Writer,
    pass: &AccountPass<ManageUsers>,
    new: &NewUser,
) -> Result<Committed<UserId>, Refused> {
    let (id, entries) = place(&mut w, pass, new)?;
    w.commit_all(&pass.actor(), entries, id)
}

/// The parts of [`create`], for operations that do more in the same transaction.
pub(crate) fn place(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    new: &NewUser,
) -> Result<(UserId, Vec<Entry>), Refused> {
    manages(pass, (new.user_type, new.agent))?;
    check_companies(w, pass, &new.companies, new.agent)?;
    if user::find_by_email(w, pass, &new.email)?.is_some() {
        return Err(Refused::field("email", Problem::AddressTaken));
    }
    let id: UserId = w.new_id();
    let status = if new.user_type.has_login() { UserStatus::Pending } else { UserStatus::Active };
    let row = NewUserRow {
        id: &id,
        login: None,
        email: &new.email,
        names: &new.names,
        user_type: new.user_type,
        agent: new.agent,
        status,
        invoice_emails: new.invoice_emails,
    };
    user::insert(w, pass, pass.account(), &row)?;
    user::update_companies(w, pass, pass.account(), &id, &new.companies)?;
    let mut entries = vec![created(pass, &id, new)];
    if new.user_type.has_login() {
        let message = new.message.as_deref();
        entries.extend(invitation::make(w, pass, &id, new.email.as_str(), message, new.send_now)?);
    }
    Ok((id, entries))
}

fn created(pass: &AccountPass<ManageUsers>, id: &UserId, new: &NewUser) -> Entry {
    let agent = if new.agent { "yes" } else { "no" };
    Entry::of(pass.account(), Verb::UserCreated, id, &new.names.full())
        .change("email", None, Some(new.email.as_str()))
        .change("user_type", None, Some(new.user_type.word()))
        .change("agent", None, Some(agent))
        .change("companies", None, joined(&new.companies).as_deref())
}

/// Company ids as one text; `None` when there are none, which for administrators means all.
fn joined(companies: &BTreeSet<CompanyId>) -> Option<String> {
    let ids: Vec<&str> = companies.iter().map(CompanyId::as_str).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// All must be companies of this account that are in use; for whoever has the agent flag, ones that use Lead Center
/// (L-01).
fn check_companies(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    companies: &BTreeSet<CompanyId>,
    agent: bool,
) -> Result<(), Refused> {
    let known = company::count_among(r, pass, companies, agent)?;
    if known == companies.len() { Ok(()) } else { Err(Refused::field("company", Problem::NotAChoice)) }
}

/// Changes a user's names and companies (U-17).
pub fn change(
    mut w: Writer,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
    names: &Names,
    companies: &BTreeSet<CompanyId>,
) -> Result<Committed<()>, Refused> {
    let user = find(&mut w, pass, id)?;
    let had: BTreeSet<CompanyId> = user::company_ids(&mut w, pass, id)?.into_iter().collect();
    let added: BTreeSet<CompanyId> = companies.difference(&had).cloned().collect();
    // Disabled companies are not shown for choosing, so that leaving one out says nothing (G-01).
    let unseen = company::list_disabled_among(&mut w, pass, &had)?;
    let companies = &companies.union(&unseen).cloned().collect();
    check_companies(&mut w, pass, &added, user.agent)?;
    user::update_names(&mut w, pass, id, names, &user.email)?;
    user::update_companies(&mut w, pass, pass.account(), id, companies)?;
    let entry = Entry::of(pass.account(), Verb::UserChanged, id, &names.full())
        .change("first_name", Some(&user.names.first), Some(&names.first))
        .change("last_name", Some(&user.names.last), Some(&names.last))
        .change("display_name", Some(&user.names.display), Some(&names.display))
        .change("companies", joined(&had).as_deref(), joined(companies).as_deref());
    w.commit(&pass.actor(), entry, ())
}

/// How a notification user who gets a login is invited (U-09).
#[derive(Clone, Debug, Default)]
pub struct Invite {
    /// The inviter's own words.
    pub message: Option<String>,
}

/// Gives a user a type with more access (U-08). A notification user becomes a pending one and is invited (U-09);
/// true if so.
pub fn promote(
    mut w: Writer,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
    to: UserType,
    invite: &Invite,
) -> Result<Committed<bool>, Refused> {
    let user = find(&mut w, pass, id)?;
    manages(pass, (to, user.agent))?;
    if !is_promotion(user.user_type, user.agent, to) {
        return Err(Refused::Conflict(Conflict::NoPromotion));
    }
    let mut entry = Entry::of(pass.account(), Verb::UserPromoted, id, &user.names.full()).change(
        "user_type",
        Some(user.user_type.word()),
        Some(to.word()),
    );
    // Until they accept, pending users keep theirs: some go on getting notifications of them (U-09).
    if to.has_all_companies() && user.user_type.has_login() && user.status == UserStatus::Active {
        let had = user::company_ids(&mut w, pass, id)?.into_iter().collect();
        user::update_companies(&mut w, pass, pass.account(), id, &BTreeSet::new())?;
        entry = entry.change("companies", joined(&had).as_deref(), None);
    }
    let mut entries = vec![entry];
    let changed = if user.user_type.has_login() {
        user::update_type(&mut w, pass, id, user.user_type, to)?
    } else {
        let message = invite.message.as_deref();
        let changed = user::update_invited_type(&mut w, pass, id, to)?;
        entries.extend(invitation::make(&mut w, pass, id, &user.email, message, true)?);
        changed
    };
    if !changed {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    w.commit_all(&pass.actor(), entries, !user.user_type.has_login())
}

/// Deletes a user (U-11), never the last active administrator (U-12).
pub fn delete(mut w: Writer, pass: &AccountPass<ManageUsers>, id: &UserId) -> Result<Committed<()>, Refused> {
    let user = find(&mut w, pass, id)?;
    let companies: BTreeSet<CompanyId> = user::company_ids(&mut w, pass, id)?.into_iter().collect();
    if !user::mark_deleted(&mut w, pass, id)? {
        return Err(Refused::Conflict(Conflict::LastAdministrator));
    }
    let entry = Entry::of(pass.account(), Verb::UserDeleted, id, &user.names.full())
        .change("email", Some(&user.email), None)
        .change("user_type", Some(user.user_type.word()), None)
        .change("companies", joined(&companies).as_deref(), None);
    w.commit(&pass.actor(), entry, ())
}
