//! Users: creating, changing, promoting, deleting (U-01 to U-17).

pub mod program;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use domain::access::Refusal;
use domain::access_change::{Already, Change};
use domain::access_request::Terms;
use domain::activity::{Entry, Verb};
use domain::capability::proof::ManageUsers;
use domain::email::EmailAddress;
use domain::id::{BundleId, CompanyId, UserId};
use domain::input::{FieldError, Problem, yes_no};
use domain::time::Timestamp;
use domain::user::{Names, NewUser, UserStatus, UserType, may_create, may_give, may_manage};
use store::account;
use store::company::{self, Company};
use store::executive_administrator::{self, Executive};
use store::kept::Kept;
use store::login::LoginRecord;
use store::mail;
use store::page::Page;
use store::pass::{AccountPass, Acting, HasPlace};
use store::temporary_password::{self, TemporaryPassword};
use store::user::{self, NewUserRow};
use store::work::{Committed, Reader, Unrecorded, Writer};

pub use domain::mail::MailState;
pub use store::access_change::PastChange;
pub use store::mail::{NotReached, Standing};
pub use store::page::Count;
pub use store::user::{Counts, Cursor, Filter, Listed, Sort, User};

use crate::access_change::Confirmed;
use crate::invitation::{self, Sending};
use crate::{Conflict, Refused, access_change, access_request};

/// The Users page.
pub struct UsersPage {
    /// One page of users.
    pub users: Arc<Kept<Page<Listed>>>,
    /// How many there are on each tab.
    pub counts: Counts,
    /// How many people ask to be let in (U-16).
    pub requests: Count,
    /// The companies to filter by.
    pub choices: Vec<Company>,
    /// Who has the account through its account center, and need not be among the users (C-10).
    pub executives: Vec<Executive>,
    /// Where the newest mails of invitations stand, of the users on the page; none but on the tab of pending ones.
    pub mails: HashMap<UserId, Standing>,
    /// Whom their invitation did not reach, on whatever page; none but on that tab.
    pub not_reached: Vec<NotReached>,
}

/// A user's own page.
pub struct UserPage {
    /// The user.
    pub user: User,
    /// The companies they have.
    pub companies: Vec<CompanyId>,
    /// The companies there are to choose from.
    pub choices: Vec<Company>,
    /// Where the newest mail of their invitation stands.
    pub mail: Option<Standing>,
    /// Whether they are the only active administrator whose access does not end, who can't be deleted (U-12).
    pub is_last_administrator: bool,
    /// What was changed of their access and can be undone, newest first (U-22).
    pub changes: Vec<PastChange>,
    /// Whether the account lets any type be chosen freely (U-10).
    pub free_types: bool,
    /// Whether they have the account through its account center, whatever their user says (C-10).
    pub is_executive: bool,
    /// The temporary password that waits for them (C-06).
    pub temporary_password: Option<TemporaryPassword>,
    /// Whether one can be set for them.
    pub offers_temporary_password: bool,
    /// Whether one can see the account as they do.
    pub offers_see_as: bool,
}

impl UserPage {
    /// The companies that saving takes: all for choosing; with the agent flag, those that use Lead Center (L-01) and
    /// those the user has.
    pub fn offered(&self) -> impl Iterator<Item = &Company> {
        let fits = |company: &&Company| {
            company.details.is_open_to(self.user.agent) || self.companies.contains(&company.id)
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
    let users = rows(r, pass, filter, after)?;
    let (mails, not_reached) = match filter.status {
        UserStatus::Pending => {
            let ids: Vec<&UserId> = users.rows.iter().map(|listed| &listed.user.id).collect();
            (mail::list_standings(r, pass, &ids)?, mail::list_not_reached(r, pass)?)
        }
        _ => (HashMap::new(), Vec::new()),
    };
    Ok(UsersPage {
        users,
        mails,
        not_reached,
        counts: user::count(r, pass)?,
        requests: store::access_request::count_open(r, pass)?,
        choices: company::list_choices(r, pass)?,
        executives: executive_administrator::list_at(r, pass)?,
    })
}

/// The rows of one page of the users and no more, for programs.
pub fn rows(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    filter: &Filter,
    after: &Cursor,
) -> Result<Arc<Kept<Page<Listed>>>, Refused> {
    Ok(user::list(r, pass, filter, after)?)
}

/// A user with everything their page shows. A user of another account is not found.
pub fn get(r: &mut Reader, pass: &AccountPass<ManageUsers>, id: &UserId) -> Result<UserPage, Refused> {
    let user = find(r, pass, id)?;
    let access = access_change::access(r, pass, &user)?;
    let executives = executive_administrator::list_at(r, pass)?;
    Ok(UserPage {
        is_executive: executives.iter().any(|executive| user.login.as_ref() == Some(&executive.login)),
        choices: company::list_choices(r, pass)?,
        mail: mail::list_standings(r, pass, &[id])?.remove(id),
        is_last_administrator: access.is_lasting_administrator()
            && !store::access_change::has_other_administrator(r, pass, id)?,
        changes: access_change::list(r, pass, id)?,
        free_types: account::get(r, pass)?.free_types,
        temporary_password: temporary_password::find(r, pass, id)?,
        offers_temporary_password: crate::temporary_password::is_offered(r, pass, &user)?,
        offers_see_as: crate::see_as::is_offered(r, pass, &user)?,
        companies: access.companies.into_iter().collect(),
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
    may_manage(&pass.place().grants, user_type, agent).map_err(forbidden)
}

pub(crate) fn forbidden(refusal: Refusal) -> Refused {
    Refused::Forbidden { refusal, ask: Vec::new() }
}

/// Refuses what would give more than one has, or for longer (U-13, U-21): sending an invitation gives what it is for.
pub(crate) fn check_may_give(pass: &AccountPass<ManageUsers>, user: &User) -> Result<(), Refused> {
    let (user_type, agent) = user.kind();
    may_give(&pass.place().grants, user_type, agent, user.ends_at).map_err(forbidden)
}

/// What creating needs beside the new user: the companies to choose from.
pub fn company_choices(r: &mut Reader, pass: &AccountPass<ManageUsers>) -> Result<Vec<Company>, Refused> {
    Ok(company::list_choices(r, pass)?)
}

/// What is wrong with an address that is typed for a new user; asked where it is typed, long before [`create`] refuses it.
/// That it has a place elsewhere is counted, as it tells something (U-15).
pub fn check_address(
    mut w: Writer,
    pass: &AccountPass<ManageUsers>,
    email: &EmailAddress,
) -> Result<Committed<Option<Problem>>, Refused> {
    if user::find_by_email(&mut w, pass, email)?.is_some() {
        return Ok(w.commit_unrecorded(Unrecorded::Attempt, Some(Problem::AddressTaken)));
    }
    let problem = match access_request::refuse_elsewhere(&mut w, pass, email.as_str()) {
        Ok(()) => None,
        Err(Refused::Conflict(Conflict::Elsewhere)) => Some(Problem::Elsewhere),
        Err(refused) => return Err(refused),
    };
    Ok(w.commit_unrecorded(Unrecorded::Attempt, problem))
}

/// Creates a user with invitation, mail and activity, all in one transaction (U-01 to U-03, L-01). That somebody has a
/// place elsewhere is counted in the unit that tells it, and so committed: many who ask at once learn no more (U-15).
pub fn create(
    mut w: Writer,
    pass: &AccountPass<ManageUsers>,
    new: &NewUser,
) -> Result<Committed<Result<UserId, Refused>>, Refused> {
    match place(&mut w, pass, new) {
        Ok((id, entries)) => w.commit_all(&pass.actor(), entries, Ok(id)),
        // Nobody is written before they are looked at.
        Err(refused) if is_elsewhere(&refused) => Ok(w.commit_unrecorded(Unrecorded::Attempt, Err(refused))),
        Err(refused) => Err(refused),
    }
}

/// Whether it was refused because they have a place elsewhere (U-15).
pub(crate) fn is_elsewhere(refused: &Refused) -> bool {
    let is_it = |error: &FieldError| error.problem == Problem::Elsewhere;
    matches!(refused, Refused::Invalid(errors) if errors.iter().any(is_it))
}

/// The parts of [`create`], for operations that do more in the same transaction.
pub(crate) fn place(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    new: &NewUser,
) -> Result<(UserId, Vec<Entry>), Refused> {
    let ends_at = check_new(w, pass, new)?;
    access_request::refuse_elsewhere(w, pass, new.email.as_str()).map_err(at_address)?;
    insert(w, pass, new, ends_at, None)
}

/// The same for whom `access_request::refuse_elsewhere` has let through in this unit: where one person gets several
/// places, and where what stands in a place's way must not take back what was counted. In a bundle, that one's mail invites
/// them.
pub(crate) fn place_looked_at(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    new: &NewUser,
    bundle: Option<&BundleId>,
) -> Result<(UserId, Vec<Entry>), Refused> {
    let ends_at = check_new(w, pass, new)?;
    insert(w, pass, new, ends_at, bundle)
}

/// Refuses whom one may not create, and who is here already; else when their access ends.
fn check_new(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    new: &NewUser,
) -> Result<Option<Timestamp>, Refused> {
    let ends_at = may_create(&pass.place().grants, new.user_type, new.agent).map_err(forbidden)?;
    check_companies(r, pass, &new.companies, new.agent)?;
    if user::find_by_email(r, pass, &new.email)?.is_some() {
        return Err(Refused::field("email", Problem::AddressTaken));
    }
    Ok(ends_at)
}

fn insert(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    new: &NewUser,
    ends_at: Option<Timestamp>,
    bundle: Option<&BundleId>,
) -> Result<(UserId, Vec<Entry>), Refused> {
    let id: UserId = w.new_id();
    let status = if new.user_type.has_login() { UserStatus::Pending } else { UserStatus::Active };
    let row = NewUserRow {
        id: &id,
        login: None,
        is_here: false,
        email: &new.email,
        names: &new.names,
        user_type: new.user_type,
        agent: new.agent,
        status,
        invoice_emails: new.invoice_emails,
        ends_at,
    };
    user::insert(w, pass, pass.account(), &row)?;
    user::insert_companies(w, pass, pass.account(), &id, &new.companies)?;
    let mut entries = vec![created(pass, &row, &new.companies)];
    if new.user_type.has_login() {
        let sending = match (new.send_now, bundle) {
            (false, _) => Sending::Later,
            (true, None) => Sending::Now,
            (true, Some(bundle)) => Sending::In(bundle),
        };
        let message = new.message.as_deref();
        let made = invitation::make(w, pass, &id, new.email.as_str(), message, sending);
        entries.extend(made.map_err(at_address)?);
    }
    Ok((id, entries))
}

/// Whoever creates a user, or mends their address, may type another one.
pub(crate) fn at_address(refused: Refused) -> Refused {
    match refused {
        Refused::Conflict(Conflict::Unwanted) => Refused::field("email", Problem::Unwanted),
        Refused::Conflict(Conflict::Elsewhere) => Refused::field("email", Problem::Elsewhere),
        other => other,
    }
}

fn created(pass: &AccountPass<ManageUsers>, row: &NewUserRow, companies: &BTreeSet<CompanyId>) -> Entry {
    let agent = yes_no(row.agent);
    Entry::of(pass.account(), Verb::UserCreated, row.id, &row.names.full())
        .change("email", None, Some(row.email.as_str()))
        .change("user_type", None, Some(row.user_type.word()))
        .change("agent", None, Some(agent))
        .change("companies", None, access_change::joined(companies).as_deref())
        .change("ends_at", None, row.ends_at.map(|end| end.to_string()).as_deref())
}

/// Lets somebody in who signs in already, as a user who is active at once. Whoever had their address here without a
/// sign-in, invited or for notifications, makes room: it is the same person. Who may be let in is for the caller to know,
/// and under which names: those of their sign-in are told to nobody whom they have not asked themselves.
pub(crate) fn let_in(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    known: &LoginRecord,
    names: &Names,
    terms: &Terms,
) -> Result<(UserId, Vec<Entry>), Refused> {
    let ends_at = may_create(&pass.place().grants, terms.user_type, terms.agent).map_err(forbidden)?;
    check_companies(w, pass, &terms.companies, terms.agent)?;
    if user::has_login(w, pass, &known.id)? {
        return Err(Refused::Conflict(Conflict::Already(Already::Active)));
    }
    let email = EmailAddress::parse(&known.email).map_err(|problem| Refused::field("email", problem))?;
    let mut entries = make_room(w, pass, &email)?;
    let id: UserId = w.new_id();
    let row = NewUserRow {
        id: &id,
        login: Some(&known.id),
        is_here: false,
        email: &email,
        names,
        user_type: terms.user_type,
        agent: terms.agent,
        status: UserStatus::Active,
        invoice_emails: false,
        ends_at,
    };
    user::insert(w, pass, pass.account(), &row)?;
    user::insert_companies(w, pass, pass.account(), &id, &terms.companies)?;
    entries.push(created(pass, &row, &terms.companies));
    Ok((id, entries))
}

/// Deletes the user of an address, as an administrator would, so that the one who signs in with it can take the place.
fn make_room(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    email: &EmailAddress,
) -> Result<Vec<Entry>, Refused> {
    let Some(id) = user::find_by_email(w, pass, email)? else { return Ok(Vec::new()) };
    let there = user::find(w, pass, &id)?.ok_or(Refused::NotFound)?;
    if there.login.is_some() {
        // The address that somebody else signed in with before they changed it.
        return Err(Refused::field("email", Problem::AddressTaken));
    }
    let confirmed = Confirmed { seen: there.access_version, message: None };
    Ok(access_change::carry_out(w, pass, &there, &Change::Delete, &confirmed)?.1)
}

/// All must be companies of this account that are in use; for whoever has the agent flag, ones that use Lead Center
/// (L-01).
pub(crate) fn check_companies(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    companies: &BTreeSet<CompanyId>,
    agent: bool,
) -> Result<(), Refused> {
    if companies.is_empty() {
        return Ok(());
    }
    let known = company::count_among(r, pass, companies, agent)?;
    if known == companies.len() { Ok(()) } else { Err(Refused::field("company", Problem::NotAChoice)) }
}

/// Changes a user's names and, by a [`Change::Edit`], their companies, agent flag and invoice emails (U-17, L-04).
pub fn edit(
    mut w: Writer,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
    names: &Names,
    change: &Change,
    confirmed: &Confirmed,
) -> Result<Committed<()>, Refused> {
    let user = find(&mut w, pass, id)?;
    user::update_names(&mut w, pass, id, names, &user.email)?;
    let (_, mut entries) = access_change::carry_out(&mut w, pass, &user, change, confirmed)?;
    let entry = with_names(entries.remove(0), &user.names, names);
    w.commit(&pass.actor(), entry, ())
}

/// Changes a user's names alone.
pub(crate) fn rename(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    user: &User,
    names: &Names,
) -> Result<Entry, Refused> {
    user::update_names(w, pass, &user.id, names, &user.email)?;
    let entry = Entry::of(pass.account(), Verb::UserChanged, &user.id, &names.full());
    Ok(with_names(entry, &user.names, names))
}

fn with_names(entry: Entry, before: &Names, after: &Names) -> Entry {
    Entry { subject_name: after.full(), ..entry }
        .change("first_name", Some(&before.first), Some(&after.first))
        .change("last_name", Some(&before.last), Some(&after.last))
        .change("display_name", Some(&before.display), Some(&after.display))
}
