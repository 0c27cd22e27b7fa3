//! Accounts: the first one, those made at the command line, and their settings.

use domain::account::{AccountDetails, DEFAULT_INVITATION_DAYS};
use domain::activity::{Entry, Verb};
use domain::capability::proof::{AnyKey, AnyUser, ManageUsers, UseLeadCenter};
use domain::email::EmailAddress;
use domain::id::{AccountId, LoginId, UserId};
use domain::input::yes_no;
use domain::user::{Names, NewUser, UserStatus, UserType};
use store::account;
use store::company::{self, Company};
use store::login::{self, NewLogin};
use store::page::{Part, Window};
use store::pass::{AccountPass, Acting, Helper, KeyPass, SetupPass, SystemPass};
use store::temporary_password;
use store::user::{self, NewUserRow};
use store::work::{Actor, Committed, Reader, Writer};

pub use store::login::AccountOfKey;

use crate::password::NewPassword;
use crate::session::{self, Started};
use crate::{App, Ask, Refused, see_as};

/// The first account and its administrator, as typed at set-up.
#[derive(Clone, Debug)]
pub struct FirstAccount {
    /// The account's name.
    pub account_name: String,
    /// Its time zone.
    pub time_zone: String,
    /// The administrator's names.
    pub names: Names,
    /// The administrator's address.
    pub email: EmailAddress,
    /// The password they chose.
    pub password: String,
}

/// A part of the accounts that the owner of a key may open (I-01).
pub fn list_of_key(
    r: &mut Reader,
    pass: &KeyPass,
    down: bool,
    window: Window,
) -> Result<Part<AccountOfKey>, Refused> {
    Ok(login::list_accounts_of_key(r, pass, down, window)?)
}

/// The number of the pass's account (I-01).
pub fn number(r: &mut Reader, pass: &AccountPass<AnyKey>) -> Result<i64, Refused> {
    Ok(account::get_number(r, pass)?)
}

impl App {
    /// The account of a number. Whether whoever asks may know of it is for the pass that is minted then.
    pub async fn account_of_number(&self, number: i64) -> Result<Option<AccountId>, Refused> {
        self.store.read(move |r| Ok(account::find_by_number(r, number)?)).await
    }

    /// Makes the first account with its administrator, who is signed in. The set-up link works once: as soon as
    /// there is an account, it is dead.
    pub async fn set_up(&self, ask: &Ask, first: FirstAccount) -> Result<(AccountId, Started), Refused> {
        let names = &first.names;
        let known =
            [names.first.as_str(), &names.last, &names.full(), first.email.as_str(), &first.account_name];
        let new = NewPassword { field: "password", password: &first.password, known: &known };
        let hash = self.hasher.take(new, self.store.random_bytes()).await?;
        let asked = ask.clone();
        let done = move |w: Writer, pass: &SetupPass| make_first(w, pass, &first, &hash, &asked);
        self.write(ask, (), done).await.map(|(_, made)| made)
    }
}

fn make_first(
    mut w: Writer,
    pass: &SetupPass,
    first: &FirstAccount,
    hash: &str,
    ask: &Ask,
) -> Result<Committed<(AccountId, Started)>, Refused> {
    let (account, login, user): (AccountId, LoginId, UserId) = (w.new_id(), w.new_id(), w.new_id());
    insert(&mut w, pass, &account, &first.account_name, &first.time_zone)?;
    let new = NewLogin {
        id: &login,
        is_proven: true,
        email: &first.email,
        first_name: &first.names.first,
        last_name: &first.names.last,
        password_hash: hash,
    };
    login::insert(&mut w, &new)?;
    let row = NewUserRow {
        id: &user,
        login: Some(&login),
        is_here: true,
        email: &first.email,
        names: &first.names,
        user_type: UserType::Administrator,
        agent: false,
        status: UserStatus::Active,
        invoice_emails: true,
        ends_at: None,
    };
    user::insert(&mut w, pass, &account, &row)?;
    let (started, begun) = session::start(&mut w, &login, ask)?;
    let mut entries = vec![
        Entry::of(&account, Verb::AccountCreated, &account, &first.account_name),
        Entry::of(&account, Verb::UserCreated, &user, &first.names.full()),
    ];
    entries.extend(begun);
    // Whoever follows the set-up link is this person from here on; the operator has only handed it out.
    w.commit_all(&Actor::user(&user, &first.names.full()), entries, (account, started))
}

fn insert(
    w: &mut Writer,
    pass: &impl Acting,
    id: &AccountId,
    name: &str,
    time_zone: &str,
) -> Result<(), Refused> {
    let details = AccountDetails {
        name: name.to_owned(),
        time_zone: time_zone.to_owned(),
        invitation_days: DEFAULT_INVITATION_DAYS,
        free_types: false,
        takes_requests: true,
        temporary_passwords: true,
        see_as: true,
    };
    Ok(account::insert(w, pass, id, &details)?)
}

/// An account made at the command line.
pub struct MadeAccount {
    /// The account.
    pub account: AccountId,
    /// Its administrator, invited.
    pub user: UserId,
    /// The invitation's link.
    pub invitation: store::invitation::Invitation,
}

/// Makes an account and invites its first administrator; for the command line.
pub fn create(
    mut w: Writer,
    pass: &SystemPass,
    name: &str,
    time_zone: &str,
    administrator: &NewUser,
) -> Result<Committed<MadeAccount>, Refused> {
    let id: AccountId = w.new_id();
    insert(&mut w, pass, &id, name, time_zone)?;
    let operator = AccountPass::<ManageUsers>::for_operator(&mut w, pass, &id)?;
    let (user, placed) = crate::user::place(&mut w, &operator, administrator)?;
    let invitation = store::invitation::find_open(&mut w, &operator, &user)?.ok_or(Refused::NotFound)?;
    let mut entries = vec![Entry::of(&id, Verb::AccountCreated, &id, name)];
    entries.extend(placed);
    w.commit_all(&pass.actor(), entries, MadeAccount { account: id, user, invitation })
}

/// The account's details, for its settings page.
pub fn get(r: &mut Reader, pass: &AccountPass<ManageUsers>) -> Result<AccountDetails, Refused> {
    Ok(account::get(r, pass)?)
}

/// Changes name, time zone and how long invitations live (U-07).
pub fn change(
    mut w: Writer,
    pass: &AccountPass<ManageUsers>,
    details: &AccountDetails,
) -> Result<Committed<()>, Refused> {
    let before = account::get(&mut w, pass)?;
    account::update(&mut w, pass, details)?;
    if !details.temporary_passwords {
        temporary_password::remove_all(&mut w, pass)?;
    }
    let ended = if details.see_as { Vec::new() } else { see_as::end_all(&mut w, pass)? };
    let days = |details: &AccountDetails| details.invitation_days.to_string();
    let yes_no = |flag| Some(yes_no(flag));
    let entry = Entry::of(pass.account(), Verb::AccountChanged, pass.account(), &details.name)
        .change("name", Some(&before.name), Some(&details.name))
        .change("time_zone", Some(&before.time_zone), Some(&details.time_zone))
        .change("invitation_days", Some(&days(&before)), Some(&days(details)))
        .change("free_types", yes_no(before.free_types), yes_no(details.free_types))
        .change("takes_requests", yes_no(before.takes_requests), yes_no(details.takes_requests))
        .change(
            "temporary_passwords",
            yes_no(before.temporary_passwords),
            yes_no(details.temporary_passwords),
        )
        .change("see_as", yes_no(before.see_as), yes_no(details.see_as));
    w.commit_all(&pass.actor(), [entry].into_iter().chain(ended).collect(), ())
}

/// The home of an account for one of its users.
pub struct Home {
    /// The companies they have.
    pub companies: Vec<Company>,
    /// Who can give them more.
    pub administrators: Vec<Helper>,
    /// Whether nobody else is in the account yet.
    pub is_alone: bool,
}

/// Whether there is an account to sign in to.
pub fn is_set_up(r: &mut Reader) -> Result<bool, Refused> {
    Ok(account::is_there(r)?)
}

/// What the home of an account shows.
pub fn home(r: &mut Reader, pass: &AccountPass<AnyUser>) -> Result<Home, Refused> {
    Ok(Home {
        companies: company::list_own(r, pass)?,
        administrators: store::pass::administrators(r, pass.account())?,
        is_alone: user::is_alone(r, pass)?,
    })
}

/// The companies whose leads a user works.
pub fn lead_center_companies(
    r: &mut Reader,
    pass: &AccountPass<UseLeadCenter>,
) -> Result<Vec<Company>, Refused> {
    let companies = company::list_own(r, pass)?;
    Ok(companies.into_iter().filter(|company| company.details.lead_center).collect())
}
