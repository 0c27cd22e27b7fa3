//! A repeatable world of made-up people, for measuring the product and for its tests. It is a program of its own, which is not
//! shipped: what runs for people has no way to fill itself (ASVS 15.2.3).
//!
//! The same seed gives the same names and structure. Names, companies and addresses are put together from lists, so
//! no real person is among them.

mod names;
mod place;

use std::collections::BTreeSet;
use std::sync::Arc;

use app::Refused;
use app::password::{Hasher, NewPassword};
use domain::account::{AccountDetails, DEFAULT_INVITATION_DAYS};
use domain::account_center::CenterDetails;
use domain::activity::{Entry, Verb};
use domain::capability::proof::{ManageCompanies, ManageUsers};
use domain::company::CompanyDetails;
use domain::email::EmailAddress;
use domain::id::{AccountCenterId, AccountId, CompanyId, LoginId, UserId};
use domain::user::{Names, UserStatus, UserType};
use store::pass::{AccountPass, Acting, Reason, SystemPass};
use store::secret::random_token;
use store::user::NewUserRow;
use store::work::{Committed, Origin, Store, Writer};
use store::{account, account_center, company, executive_administrator, invitation, login, user};

pub use crate::place::{Made, Place};

use crate::names::Lot;

/// How large a world is made.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// How many accounts.
    pub accounts: u64,
    /// How many users each.
    pub users: u64,
    /// How many companies each.
    pub companies: u64,
    /// What the names are drawn with.
    pub seed: u64,
    /// Whether all accounts stand in one account center, whose executive administrator the first administrator is.
    pub center: bool,
}

/// The world that was made.
#[derive(Clone, Debug)]
pub struct World {
    /// The first account.
    pub account: AccountId,
    /// The account center, if one was asked for.
    pub center: Option<AccountCenterId>,
    /// The address of its first administrator.
    pub email: String,
    /// How many users were made.
    pub users: u64,
}

/// How many users one unit makes: so many that most pages of the indexes are written once for several of them.
const USERS_AT_ONCE: u64 = 10_000;

/// Makes a world. Its first administrator signs in with `password`; all others have a password nobody knows.
pub async fn fill(store: &Store, hasher: &Hasher, size: Size, password: &str) -> Result<World, Refused> {
    let hash = async |password: &str| {
        let new = NewPassword { field: "password", password, known: &[] };
        hasher.take(new, store.random_bytes()).await
    };
    let unknown = random_token(store.random_bytes());
    let hashes = Arc::new(Hashes { first: hash(password).await?, others: hash(&unknown).await? });
    let mut progress = Progress::default();
    while progress.number < size.accounts {
        let (from, hashes) = (progress.clone(), Arc::clone(&hashes));
        let unit = move |w: Writer| make_some(w, size, &from, &hashes);
        progress = store.write(Origin::internal(), unit).await?;
    }
    let account = progress.first.ok_or(Refused::NotFound)?;
    let (_, email) = person(size, 0, 0);
    Ok(World {
        account,
        center: progress.center,
        email: email.to_string(),
        users: size.accounts * size.users,
    })
}

/// Password hashes: of the first administrator, and of everybody else.
struct Hashes {
    first: String,
    others: String,
}

/// Where the next unit goes on.
#[derive(Clone, Default)]
struct Progress {
    /// The first account, once it is made.
    first: Option<AccountId>,
    /// The center they stand in, once it is made.
    center: Option<AccountCenterId>,
    /// Which account is being filled.
    number: u64,
    /// Which of its users is the next.
    index: u64,
    /// That account, once it is made.
    made: Option<MadeAccount>,
}

#[derive(Clone)]
struct MadeAccount {
    account: AccountId,
    center: Option<AccountCenterId>,
    companies: Vec<CompanyId>,
}

/// One unit: accounts and users, until there are enough for one commit.
fn make_some(
    mut w: Writer,
    size: Size,
    from: &Progress,
    hashes: &Hashes,
) -> Result<Committed<Progress>, Refused> {
    let pass = SystemPass::new(Reason::Seed);
    let (mut at, mut entries, mut left) = (from.clone(), Vec::new(), USERS_AT_ONCE);
    if size.center && at.center.is_none() {
        at.center = Some(make_center(&mut w, &pass, size, &mut entries)?);
    }
    while left > 0 && at.number < size.accounts {
        let made = match at.made.take() {
            Some(made) => made,
            None => make_account(&mut w, &pass, size, (at.number, &at.center), &mut entries)?,
        };
        at.first.get_or_insert_with(|| made.account.clone());
        let until = size.users.min(at.index + left);
        for index in at.index..until {
            make_user(&mut w, &pass, size, (at.number, index), &made, hashes)?;
        }
        let users = until - at.index;
        entries.push(Entry::of(&made.account, Verb::UserCreated, &made.account, "").change(
            "users",
            None,
            Some(&users.to_string()),
        ));
        left = left.saturating_sub(users.max(1));
        (at.number, at.index, at.made) =
            if until == size.users { (at.number + 1, 0, None) } else { (at.number, until, Some(made)) };
    }
    w.commit_all(&pass.actor(), entries, at)
}

fn make_center(
    w: &mut Writer,
    pass: &SystemPass,
    size: Size,
    entries: &mut Vec<Entry>,
) -> Result<AccountCenterId, Refused> {
    let id: AccountCenterId = w.new_id();
    let name = format!("{} Agency", Lot::new(size.seed, size.accounts).business());
    let details = CenterDetails { name, temporary_passwords: true };
    account_center::seed(w, pass, &id, &details)?;
    entries.push(Entry::of(&id, Verb::CenterCreated, &id, &details.name));
    Ok(id)
}

fn make_account(
    w: &mut Writer,
    pass: &SystemPass,
    size: Size,
    (number, center): (u64, &Option<AccountCenterId>),
    entries: &mut Vec<Entry>,
) -> Result<MadeAccount, Refused> {
    let mut lot = Lot::new(size.seed, number);
    let id: AccountId = w.new_id();
    let name = lot.business();
    let zone = lot.time_zone().to_owned();
    let details = AccountDetails {
        name: name.clone(),
        time_zone: zone.clone(),
        invitation_days: DEFAULT_INVITATION_DAYS,
        free_types: false,
        takes_requests: true,
        temporary_passwords: true,
        see_as: true,
    };
    account::insert(w, pass, &id, &details)?;
    if let Some(center) = center {
        let operator = AccountPass::<ManageUsers>::for_operator(w, pass, &id)?;
        account_center::link(w, &operator, center)?;
    }
    let operator = AccountPass::<ManageCompanies>::for_operator(w, pass, &id)?;
    let mut companies = Vec::new();
    for place in 0..size.companies {
        let company: CompanyId = w.new_id();
        let details = CompanyDetails {
            name: lot.branch(&name, place),
            time_zone: zone.clone(),
            lead_center: place % 2 == 0,
        };
        company::insert(w, &operator, &company, &details)?;
        companies.push(company);
    }
    entries.push(Entry::of(&id, Verb::AccountCreated, &id, &name));
    Ok(MadeAccount { account: id, center: center.clone(), companies })
}

/// Who the user `index` of the account `number` is.
fn person(size: Size, number: u64, index: u64) -> (Names, EmailAddress) {
    let mut lot = Lot::new(size.seed, number * 1_000_003 + index + 1);
    let names = lot.person();
    let email = lot.email(&names, number * size.users + index);
    (names, email)
}

fn make_user(
    w: &mut Writer,
    pass: &SystemPass,
    size: Size,
    (number, index): (u64, u64),
    made: &MadeAccount,
    hashes: &Hashes,
) -> Result<(), Refused> {
    let (names, email) = person(size, number, index);
    let (user_type, agent) = kind(index);
    let status = status(index);
    let (id, login): (UserId, LoginId) = (w.new_id(), w.new_id());
    let has_login = user_type.has_login() && status != UserStatus::Pending;
    if has_login {
        let new = login::NewLogin {
            id: &login,
            is_proven: true,
            email: &email,
            first_name: &names.first,
            last_name: &names.last,
            password_hash: if (number, index) == (0, 0) { &hashes.first } else { &hashes.others },
        };
        login::insert(w, &new)?;
    }
    if let (Some(center), (0, 0)) = (&made.center, (number, index)) {
        executive_administrator::seed(w, pass, center, &login)?;
    }
    let row = NewUserRow {
        id: &id,
        login: has_login.then_some(&login),
        is_here: has_login,
        email: &email,
        names: &names,
        user_type,
        agent,
        status,
        invoice_emails: index == 0,
        ends_at: None,
    };
    user::insert(w, pass, &made.account, &row)?;
    if status == UserStatus::Pending {
        let operator = AccountPass::<ManageUsers>::for_operator(w, pass, &made.account)?;
        invitation::insert(w, &operator, &id, None, false)?;
    }
    if user_type.has_all_companies() || made.companies.is_empty() {
        return Ok(());
    }
    let company = &made.companies[(index as usize) % made.companies.len()];
    Ok(user::insert_companies(w, pass, &made.account, &id, &BTreeSet::from([company.clone()]))?)
}

/// Of fifty, one has not been invited yet, and one is suspended.
fn status(index: u64) -> UserStatus {
    match index % 50 {
        48 => UserStatus::Suspended,
        49 => UserStatus::Pending,
        _ => UserStatus::Active,
    }
}

/// The first is an administrator; of the others one in ten is, two manage, one is an agent, one gets notifications.
fn kind(index: u64) -> (UserType, bool) {
    match index % 10 {
        0 => (UserType::Administrator, false),
        1 | 2 => (UserType::Manager, index % 20 == 1),
        3 => (UserType::Agent, true),
        4 => (UserType::Notification, false),
        _ => (UserType::Reporting, false),
    }
}
