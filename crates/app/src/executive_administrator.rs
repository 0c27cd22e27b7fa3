//! Executive administrators of an account center: making and unmaking them (C-04, C-10 to C-12).

use std::collections::BTreeSet;

use domain::access_change::Access;
use domain::account_center::Afterwards;
use domain::account_center::proof::{AllOfCenter, RunsCenter};
use domain::activity::{Entry, Verb};
use domain::capability::proof::ManageUsers;
use domain::email::EmailAddress;
use domain::id::{LoginId, UserId};
use domain::user::{Names, NewUser, UserStatus, UserType};
use store::executive_administrator::{self, OwnPlace};
use store::pass::{AccountPass, Acting, CenterPass, Proven};
use store::user::{self, NewUserRow};
use store::work::{Committed, Reader, Unrecorded, Writer};
use store::{account_center, login};

pub use store::executive_administrator::Executive;

use crate::account_center::users_opened;
use crate::email_proof::check_proven;
use crate::{Conflict, Refused, access_change, center_notice, limits};

/// In how many accounts somebody can stay as a user of their own: all of them are made at one moment.
pub const KEPT_AT_ONCE: usize = 200;

/// What unmaking somebody would do (C-11).
pub struct Unmaking {
    /// Who.
    pub executive: Executive,
    /// The accounts in which they would stay by keeping, and be no user otherwise.
    pub through_center: Vec<String>,
    /// The accounts in which they are administrator by themselves, and stay either way.
    pub own: Vec<String>,
    /// The accounts in which they stay either way, as nobody else administers them.
    pub needed: Vec<String>,
    /// Whether they are the only one, so that it can't be done.
    pub is_last: bool,
}

impl Unmaking {
    /// Whether there are so many accounts that they can't be kept, but for those in which they stay either way.
    pub fn is_too_much_to_keep(&self) -> bool {
        self.through_center.len() + self.needed.len() > KEPT_AT_ONCE
    }
}

/// Those of a center, first made first.
pub fn list(r: &mut Reader, pass: &CenterPass<AllOfCenter>) -> Result<Vec<Executive>, Refused> {
    Ok(executive_administrator::list(r, pass)?)
}

/// Whether making oneself the first one opens managing users, too; or why one can't.
pub fn preview_first(r: &mut Reader, pass: &CenterPass<AllOfCenter>) -> Result<bool, Refused> {
    check_proven(r, &pass.person().login)?;
    if !executive_administrator::list(r, pass)?.is_empty() {
        return Err(Refused::Conflict(Conflict::HasExecutive));
    }
    Ok(account_center::get(r, pass)?.users_opened_at.is_none())
}

/// Makes whoever administers all accounts the first executive administrator (C-04). Managing users comes with it. Who they
/// are must be proven, as for every other.
pub fn make_first(mut w: Writer, pass: &Proven<CenterPass<AllOfCenter>>) -> Result<Committed<()>, Refused> {
    check_proven(&mut w, &pass.person().login)?;
    if !executive_administrator::insert_first(&mut w, pass)? {
        return Err(Refused::Conflict(Conflict::HasExecutive));
    }
    limits::count(&mut w, &format!("executives made in {}", pass.center()), limits::EXECUTIVE)?;
    let person = pass.person();
    let made = center_notice::of_executive(
        &mut w,
        pass,
        pass.center(),
        (Verb::ExecutiveMade, &person.login),
        false,
    )?;
    let mut entries = vec![made.change("email", None, Some(&person.email))];
    if account_center::update_users_opened(&mut w, pass)? {
        entries.push(users_opened(pass));
    }
    w.commit_all(&pass.actor(), entries, ())
}

/// A person of the center, by their login: somebody active in one of its accounts.
pub fn find_person(
    r: &mut Reader,
    pass: &CenterPass<RunsCenter>,
    login: &LoginId,
) -> Result<store::login::LoginRecord, Refused> {
    if !executive_administrator::has_person(r, pass, login)? {
        return Err(Refused::NotFound);
    }
    Ok(login::get(r, login)?)
}

/// Makes a person of the center an executive administrator (C-10). That they are one already is no matter.
pub fn make(
    mut w: Writer,
    pass: &Proven<CenterPass<RunsCenter>>,
    login: &LoginId,
) -> Result<Committed<()>, Refused> {
    let person = find_person(&mut w, pass, login)?;
    check_proven(&mut w, login)?;
    limits::count(&mut w, &format!("executives made in {}", pass.center()), limits::EXECUTIVE)?;
    let entry = match executive_administrator::insert(&mut w, pass, login)? {
        true => {
            let verb = Verb::ExecutiveMade;
            center_notice::of_executive(&mut w, pass, pass.center(), (verb, login), false)?
        }
        false => Entry::of(pass.center(), Verb::ExecutiveMade, login, &person.name),
    };
    w.commit(&pass.actor(), entry.change("email", None, Some(&person.email)), ())
}

/// Invites somebody new to be one (C-10): they are invited as administrator of the center's first account, and run the
/// center with accepting.
pub fn invite(
    mut w: Writer,
    pass: &Proven<CenterPass<RunsCenter>>,
    names: &Names,
    email: &EmailAddress,
    message: Option<&str>,
) -> Result<Committed<Result<UserId, Refused>>, Refused> {
    let accounts = account_center::list_accounts(&mut w, pass, "", ("", ""))?;
    let first = accounts.rows.into_iter().next().ok_or(Refused::NotFound)?;
    let there: AccountPass<ManageUsers> = pass.enter(&mut w, &first.id)?;
    let new = NewUser {
        user_type: UserType::Administrator,
        agent: false,
        names: names.clone(),
        email: email.clone(),
        companies: BTreeSet::new(),
        invoice_emails: false,
        message: message.map(str::to_owned),
        send_now: true,
    };
    let (user, mut entries) = match crate::user::place(&mut w, &there, &new) {
        Ok(placed) => placed,
        // Counted in the unit that tells it, as by `user::create`.
        Err(refused) if crate::user::is_elsewhere(&refused) => {
            return Ok(w.commit_unrecorded(Unrecorded::Attempt, Err(refused)));
        }
        Err(refused) => return Err(refused),
    };
    executive_administrator::insert_invitation(&mut w, pass, &first.id, &user)?;
    entries.push(Entry::of(pass.center(), Verb::ExecutiveInvited, &user, &names.full()).change(
        "email",
        None,
        Some(email.as_str()),
    ));
    w.commit_all(&pass.actor(), entries, Ok(user))
}

/// What unmaking somebody would do.
pub fn preview_unmake(
    r: &mut Reader,
    pass: &CenterPass<RunsCenter>,
    login: &LoginId,
) -> Result<Unmaking, Refused> {
    let executive = find(r, pass, login)?;
    let mut unmaking = Unmaking {
        executive,
        through_center: Vec::new(),
        own: Vec::new(),
        needed: Vec::new(),
        is_last: executive_administrator::list(r, pass)?.len() < 2,
    };
    for place in executive_administrator::list_places(r, pass, login)? {
        let list = match Stay::of(&place) {
            Stay::Anyway => &mut unmaking.own,
            Stay::Needed => &mut unmaking.needed,
            Stay::IfKept => &mut unmaking.through_center,
        };
        list.push(place.account.name);
    }
    Ok(unmaking)
}

fn find(r: &mut Reader, pass: &CenterPass<RunsCenter>, login: &LoginId) -> Result<Executive, Refused> {
    executive_administrator::find(r, pass, login)?.ok_or(Refused::NotFound)
}

/// Why somebody stays in an account when they are an executive administrator no more.
enum Stay {
    /// They are its administrator by themselves.
    Anyway,
    /// Nobody else administers it.
    Needed,
    /// Only where their accounts are kept.
    IfKept,
}

impl Stay {
    fn of(place: &OwnPlace) -> Stay {
        match (place.is_administrator, place.has_other) {
            (true, _) => Stay::Anyway,
            (false, false) => Stay::Needed,
            (false, true) => Stay::IfKept,
        }
    }
}

/// Unmakes an executive administrator (C-11, C-12). What they keep is a place like any other, which each account's trail
/// tells of.
pub fn unmake(
    mut w: Writer,
    pass: &Proven<CenterPass<RunsCenter>>,
    login: &LoginId,
    afterwards: Afterwards,
) -> Result<Committed<()>, Refused> {
    let executive = find(&mut w, pass, login)?;
    let verb = Verb::ExecutiveUnmade;
    let unmade = center_notice::of_executive(&mut w, pass, pass.center(), (verb, login), false)?;
    let mut entries = vec![unmade.change("email", Some(&executive.email), None)];
    let mut kept = executive_administrator::list_places(&mut w, pass, login)?;
    kept.retain(|place| match Stay::of(place) {
        Stay::Anyway => false,
        Stay::Needed => true,
        Stay::IfKept => afterwards == Afterwards::Keep,
    });
    if kept.len() > KEPT_AT_ONCE {
        return Err(Refused::Conflict(Conflict::TooMuchToKeep));
    }
    for place in kept {
        entries.extend(keep(&mut w, pass, login, &place)?);
    }
    if !executive_administrator::remove(&mut w, pass, login)? {
        return Err(Refused::Conflict(Conflict::LastExecutive));
    }
    w.commit_all(&pass.actor(), entries, ())
}

/// Makes somebody an administrator of an account by themselves. Where another user of the account has their address, such
/// as one who was invited and did not answer, that one stays as it is.
fn keep(
    w: &mut Writer,
    pass: &CenterPass<RunsCenter>,
    login: &LoginId,
    place: &OwnPlace,
) -> Result<Option<Entry>, Refused> {
    let there: AccountPass<ManageUsers> = pass.enter(w, &place.account.id)?;
    let Some((id, names)) = &place.user else { return add(w, &there, login) };
    let user = user::find(w, &there, id)?.ok_or(Refused::NotFound)?;
    let before = access_change::access(w, &there, &user)?;
    let after = Access {
        user_type: UserType::Administrator,
        status: UserStatus::Active,
        companies: BTreeSet::new(),
        ends_at: None,
        ..before.clone()
    };
    store::access_change::update_access(w, &there, id, user.access_version, &before, &after)?;
    let entry = Entry::of(there.account(), Verb::UserPromoted, id, &names.full())
        .change("user_type", Some(before.user_type.word()), Some(after.user_type.word()))
        .change("status", Some(before.status.word()), Some(after.status.word()));
    Ok(Some(entry))
}

fn add(w: &mut Writer, there: &AccountPass<ManageUsers>, login: &LoginId) -> Result<Option<Entry>, Refused> {
    let record = login::get(w, login)?;
    let email = EmailAddress::parse(&record.email).map_err(|problem| Refused::field("email", problem))?;
    if user::find_by_email(w, there, &email)?.is_some() {
        return Ok(None);
    }
    let id: UserId = w.new_id();
    let row = NewUserRow {
        id: &id,
        login: Some(login),
        email: &email,
        names: &record.names(),
        user_type: UserType::Administrator,
        agent: false,
        status: UserStatus::Active,
        invoice_emails: false,
        ends_at: None,
        is_here: false,
    };
    user::insert(w, there, there.account(), &row)?;
    let entry = Entry::of(there.account(), Verb::UserCreated, &id, &record.name)
        .change("email", None, Some(email.as_str()))
        .change("user_type", None, Some(UserType::Administrator.word()));
    Ok(Some(entry))
}
