//! Account centers: accounts that one agency manages together (C-02 to C-04, C-13).

use std::collections::BTreeSet;

use domain::account::AccountDetails;
use domain::account_center::proof::{AllOfCenter, InCenter, RunsCenter};
use domain::account_center::{CenterDetails, Standing, enough};
use domain::activity::{Entry, Verb};
use domain::capability::proof::ManageUsers;
use domain::email::EmailAddress;
use domain::id::{AccountCenterId, AccountId, ActivityId, UserId};
use domain::input::yes_no;
use domain::user::{Names, UserStatus, UserType};
use store::account_center::{self, AccountRow, Center};
use store::activity::{self, Activity};
use store::page::Page;
use store::pass::{AccountPass, Acting, CenterPass, Credentials, Gate, HasPlace, Proven, SelfPass};
use store::user::{self, NewUserRow};
use store::work::{Committed, Reader, Writer};
use store::{account, executive_administrator, temporary_password};

pub use store::account_center::{AccountRow as Account, CenterOfLogin};
use store::executive_administrator::Executive;

use crate::{App, Ask, Conflict, Refused, center_notice, limits};

/// The dashboard of an account center (C-02).
pub struct Dashboard {
    /// Name and settings.
    pub center: Center,
    /// One page of the accounts that whoever asks has.
    pub accounts: Page<AccountRow>,
    /// How many accounts there are in all, up to a thousand and one; for who has all.
    pub count: Option<usize>,
    /// Whether it has an executive administrator.
    pub has_executive: bool,
}

/// What making a center needs: the accounts there are to choose from.
pub fn linkable(r: &mut Reader, pass: &SelfPass) -> Result<Vec<AccountRow>, Refused> {
    Ok(account_center::list_linkable(r, &pass.person().login)?)
}

/// The accounts that could be added to a center.
pub fn linkable_to(r: &mut Reader, pass: &CenterPass<AllOfCenter>) -> Result<Vec<AccountRow>, Refused> {
    Ok(account_center::list_linkable(r, &pass.person().login)?)
}

/// The centers that a person may open.
pub fn list_own(r: &mut Reader, pass: &SelfPass) -> Result<Vec<CenterOfLogin>, Refused> {
    Ok(account_center::list_own(r, &pass.person().login)?)
}

/// The dashboard: the accounts of whoever asks, by name, with a search. Who has some sees those alone.
pub fn dashboard(
    r: &mut Reader,
    pass: &CenterPass<InCenter>,
    search: &str,
    after: (&str, &str),
) -> Result<Dashboard, Refused> {
    let has_all = pass.standing() >= Standing::Everywhere;
    let accounts = match has_all {
        true => account_center::list_accounts(r, pass, search, after)?,
        false => account_center::list_own_accounts(r, pass, search, after)?,
    };
    Ok(Dashboard {
        center: account_center::get(r, pass)?,
        accounts,
        count: if has_all { Some(account_center::count_accounts(r, pass)?) } else { None },
        has_executive: executive_administrator::is_there(r, pass)?,
    })
}

impl App {
    /// Makes a center of accounts that whoever asks administers, at least two (C-03).
    pub async fn create_center(
        &self,
        ask: &Ask,
        details: CenterDetails,
        accounts: BTreeSet<AccountId>,
    ) -> Result<AccountCenterId, Refused> {
        enough(accounts.len()).map_err(|problem| Refused::field("account", problem))?;
        let credentials = ask.credentials.clone();
        let make = move |w: Writer, pass: &SelfPass| create(w, pass, &credentials, &details, &accounts);
        self.write(ask, (), make).await.map(|(_, id)| id)
    }

    /// Adds an account that whoever asks administers to a center that they have all of (C-03).
    pub async fn link_account(
        &self,
        ask: &Ask,
        center: AccountCenterId,
        account: AccountId,
    ) -> Result<(), Refused> {
        let credentials = ask.credentials.clone();
        let add = move |mut w: Writer, pass: &CenterPass<AllOfCenter>| {
            let center = (pass.center(), pass.name());
            let entries = link(&mut w, &credentials, center, &account, None)?;
            w.commit_all(&pass.actor(), entries.into(), ())
        };
        self.write(ask, center, add).await.map(|_| ())
    }
}

fn create(
    mut w: Writer,
    pass: &SelfPass,
    credentials: &Credentials,
    details: &CenterDetails,
    accounts: &BTreeSet<AccountId>,
) -> Result<Committed<AccountCenterId>, Refused> {
    let id: AccountCenterId = w.new_id();
    account_center::insert(&mut w, pass, &id, details)?;
    let mut entries = vec![Entry::of(&id, Verb::CenterCreated, &id, &details.name)];
    for account in accounts {
        // Whoever makes it has chosen the accounts; for each of many one mail would only be in the way.
        let own = Some(pass.person().email.as_str());
        entries.extend(link(&mut w, credentials, (&id, &details.name), account, own)?);
    }
    w.commit_all(&pass.actor(), entries, id)
}

/// Links an account; both trails tell of it, and its administrators get a mail, but for `but`.
fn link(
    w: &mut Writer,
    credentials: &Credentials,
    (center, center_name): (&AccountCenterId, &str),
    account: &AccountId,
    but: Option<&str>,
) -> Result<[Entry; 2], Refused> {
    let there = AccountPass::<ManageUsers>::mint(w, credentials, account)?;
    limits::count(w, &format!("links of {account}"), limits::CENTER_LINK)?;
    Refused::check_lasting(&there)?;
    if !account_center::link(w, &there, center)? {
        return Err(Refused::Conflict(Conflict::InACenter));
    }
    let verb = Verb::CenterAccountLinked;
    Ok([
        center_notice::of_account(w, &there, (verb, center, center_name), but)?,
        Entry::of(center, Verb::CenterAccountLinked, account, &there.place().account_name),
    ])
}

/// An account of the center, by its id.
pub fn find_account(
    r: &mut Reader,
    pass: &CenterPass<RunsCenter>,
    account: &AccountId,
) -> Result<AccountRow, Refused> {
    account_center::find_account(r, pass, account)?.ok_or(Refused::NotFound)
}

/// Takes an account out of the center. Executive administrators have it no more, unless they are its users.
pub fn unlink(
    mut w: Writer,
    pass: &CenterPass<RunsCenter>,
    account: &AccountId,
) -> Result<Committed<()>, Refused> {
    let found = find_account(&mut w, pass, account)?;
    let there: AccountPass<ManageUsers> = pass.enter(&mut w, account)?;
    if !account_center::unlink(&mut w, pass, account)? {
        return Err(Refused::Conflict(Conflict::NoAdministratorOfItsOwn));
    }
    let verb = Verb::CenterAccountUnlinked;
    let entries = vec![
        center_notice::of_account(&mut w, &there, (verb, pass.center(), pass.name()), None)?,
        Entry::of(pass.center(), Verb::CenterAccountUnlinked, account, &found.name),
    ];
    w.commit_all(&pass.actor(), entries, ())
}

/// What leaving its center means for an account that is in one.
pub fn preview_leave(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
) -> Result<(String, Vec<Executive>), Refused> {
    let name = account_center::find_name(r, pass)?.ok_or(Refused::Conflict(Conflict::Changed))?;
    Ok((name, executive_administrator::list_at(r, pass)?))
}

/// Takes one's account out of its center (C-03): its own administrators need nobody's leave. Executive administrators who
/// are no user of it have it no more.
pub fn leave(mut w: Writer, pass: &AccountPass<ManageUsers>) -> Result<Committed<()>, Refused> {
    let (name, _) = preview_leave(&mut w, pass)?;
    let place = pass.place();
    let center = place.center.clone().ok_or(Refused::Conflict(Conflict::Changed))?;
    if !account_center::leave(&mut w, pass)? {
        return Err(Refused::Conflict(Conflict::NoAdministratorOfItsOwn));
    }
    let verb = Verb::CenterAccountUnlinked;
    let entries = vec![
        center_notice::of_account(&mut w, pass, (verb, &center, &name), None)?,
        Entry::of(&center, Verb::CenterAccountUnlinked, pass.account(), &place.account_name),
    ];
    w.commit_all(&pass.actor(), entries, ())
}

/// Makes an account inside the center (C-13). Whoever makes it is its first administrator; all executive administrators
/// have it from its first moment.
pub fn create_account(
    mut w: Writer,
    pass: &CenterPass<RunsCenter>,
    details: &AccountDetails,
) -> Result<Committed<AccountId>, Refused> {
    let (id, user): (AccountId, UserId) = (w.new_id(), w.new_id());
    let person = pass.person();
    limits::count(&mut w, &format!("accounts of {}", person.login), limits::ACCOUNT)?;
    account::insert(&mut w, pass, &id, details)?;
    account_center::link_new(&mut w, pass, &id)?;
    let names =
        Names { first: person.first_name.clone(), last: person.last_name.clone(), display: String::new() };
    let email = EmailAddress::parse(&person.email).map_err(|problem| Refused::field("email", problem))?;
    let row = NewUserRow {
        id: &user,
        login: Some(&person.login),
        email: &email,
        names: &names,
        user_type: UserType::Administrator,
        agent: false,
        status: UserStatus::Active,
        invoice_emails: true,
        ends_at: None,
        is_here: true,
    };
    user::insert(&mut w, pass, &id, &row)?;
    let entries = vec![
        Entry::of(&id, Verb::AccountCreated, &id, &details.name),
        Entry::of(&id, Verb::UserCreated, &user, &names.full()),
        Entry::of(&id, Verb::CenterAccountLinked, pass.center(), pass.name()),
        Entry::of(pass.center(), Verb::CenterAccountLinked, &id, &details.name),
    ];
    w.commit_all(&pass.actor(), entries, id)
}

/// Switches managing users across the accounts on (C-04); that it was on already is no matter.
pub fn open_users(mut w: Writer, pass: &CenterPass<AllOfCenter>) -> Result<Committed<()>, Refused> {
    account_center::update_users_opened(&mut w, pass)?;
    w.commit(&pass.actor(), users_opened(pass), ())
}

pub(crate) fn users_opened<C>(pass: &CenterPass<C>) -> Entry {
    Entry::of(pass.center(), Verb::CenterUsersOpened, pass.center(), pass.name())
}

/// Name and settings, for their page.
pub fn get(r: &mut Reader, pass: &CenterPass<RunsCenter>) -> Result<Center, Refused> {
    Ok(account_center::get(r, pass)?)
}

/// Changes name and settings.
pub fn change(
    mut w: Writer,
    pass: &CenterPass<RunsCenter>,
    details: &CenterDetails,
) -> Result<Committed<()>, Refused> {
    let before = account_center::get(&mut w, pass)?.details;
    account_center::update(&mut w, pass, details)?;
    if !details.temporary_passwords {
        temporary_password::remove_all_of_center(&mut w, pass)?;
    }
    let yes_no = |flag| Some(yes_no(flag));
    let entry = Entry::of(pass.center(), Verb::CenterChanged, pass.center(), &details.name)
        .change("name", Some(&before.name), Some(&details.name))
        .change(
            "temporary_passwords",
            yes_no(before.temporary_passwords),
            yes_no(details.temporary_passwords),
        );
    w.commit(&pass.actor(), entry, ())
}

/// Why a center can't be dissolved: this account has no administrator of its own.
pub fn find_without_administrator(
    r: &mut Reader,
    pass: &CenterPass<RunsCenter>,
) -> Result<Option<AccountRow>, Refused> {
    Ok(account_center::find_without_administrator(r, pass)?)
}

/// Dissolves the center: its accounts stand alone, and executive administrators have only what was given to them directly
/// (C-12). Each account's activity tells it.
pub fn dissolve(mut w: Writer, pass: &Proven<CenterPass<RunsCenter>>) -> Result<Committed<()>, Refused> {
    if find_without_administrator(&mut w, pass)?.is_some() {
        return Err(Refused::Conflict(Conflict::NoAdministratorOfItsOwn));
    }
    if has_others(&mut w, pass)? {
        return Err(Refused::Conflict(Conflict::OtherExecutives));
    }
    let (center, name) = (pass.center(), pass.name());
    let accounts = account_center::list_ids(&mut w, pass)?;
    let left = |account: &AccountId| Entry::of(account, Verb::CenterAccountUnlinked, center, name);
    let mut entries: Vec<Entry> = accounts.iter().map(left).collect();
    account_center::unlink_all(&mut w, pass)?;
    account_center::remove(&mut w, pass)?;
    entries.push(Entry::of(center, Verb::CenterDissolved, center, name));
    w.commit_all(&pass.actor(), entries, ())
}

/// Whether others than whoever asks run the center: they would lose it unseen if it were dissolved.
pub fn has_others(r: &mut Reader, pass: &CenterPass<RunsCenter>) -> Result<bool, Refused> {
    Ok(executive_administrator::list(r, pass)?.len() > 1)
}

/// One page of the center's own activity, newest first.
pub fn activity(
    r: &mut Reader,
    pass: &CenterPass<AllOfCenter>,
    before: Option<&ActivityId>,
) -> Result<Page<Activity>, Refused> {
    Ok(activity::list_of_center(r, pass, before)?)
}
