//! A repeatable world of demonstration data, for trying the product out and for measuring it.
//!
//! The same seed gives the same names and structure. Names, companies and addresses are put together from lists, so
//! no real person is among them.

mod names;

use std::collections::BTreeSet;

use domain::account::{AccountDetails, DEFAULT_INVITATION_DAYS};
use domain::activity::{Entry, Verb};
use domain::capability::proof::ManageCompanies;
use domain::company::CompanyDetails;
use domain::email::EmailAddress;
use domain::id::{AccountId, CompanyId, LoginId, UserId};
use domain::user::{Names, UserStatus, UserType};
use store::pass::{AccountPass, Acting, Reason, SystemPass};
use store::user::NewUserRow;
use store::work::{Committed, Origin, Writer};
use store::{account, company, login, user};

use crate::{App, Refused};
use names::Lot;

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
}

/// The world that was made.
#[derive(Clone, Debug)]
pub struct World {
    /// The first account.
    pub account: AccountId,
    /// The address of its first administrator.
    pub email: String,
    /// How many users were made.
    pub users: u64,
}

/// How many users one unit makes: enough to share a commit, few enough that other writers get their turn.
const USERS_AT_ONCE: u64 = 200;

impl App {
    /// Makes a world. Its first administrator signs in with `password`; all others have a password nobody knows.
    pub async fn seed(&self, size: Size, password: String) -> Result<World, Refused> {
        let known = self.hasher.hash(password, self.store.random_bytes()).await?;
        let unknown = store::secret::random_token(self.store.random_bytes());
        let unknown = self.hasher.hash(unknown, self.store.random_bytes()).await?;
        let mut first = None;
        for number in 0..size.accounts {
            let made = self.write_seed(move |w| make_account(w, size, number)).await?;
            let hash = if number == 0 { &known } else { &unknown };
            let mut email = String::new();
            for from in (0..size.users).step_by(USERS_AT_ONCE as usize) {
                let (made, hash) = (made.clone(), if from == 0 { hash.clone() } else { unknown.clone() });
                let users = move |w: Writer| make_users(w, size, number, &made, from, &hash);
                let address = self.write_seed(users).await?;
                if from == 0 {
                    email = address;
                }
            }
            first.get_or_insert((made.account, email));
        }
        let (account, email) = first.ok_or(Refused::NotFound)?;
        Ok(World { account, email, users: size.accounts * size.users })
    }

    async fn write_seed<T: Send + 'static>(
        &self,
        unit: impl Fn(Writer) -> Result<Committed<T>, Refused> + Send + 'static,
    ) -> Result<T, Refused> {
        self.store.write(Origin::internal(), unit).await
    }
}

#[derive(Clone)]
struct MadeAccount {
    account: AccountId,
    companies: Vec<CompanyId>,
}

fn make_account(mut w: Writer, size: Size, number: u64) -> Result<Committed<MadeAccount>, Refused> {
    let pass = SystemPass::new(Reason::Seed);
    let mut lot = Lot::new(size.seed, number);
    let id: AccountId = w.new_id();
    let name = lot.business();
    let zone = lot.time_zone().to_owned();
    let details =
        AccountDetails { name: name.clone(), time_zone: zone.clone(), invitation_days: DEFAULT_INVITATION_DAYS };
    account::insert(&mut w, &pass, &id, &details)?;
    let operator = AccountPass::<ManageCompanies>::for_operator(&mut w, &pass, &id)?;
    let mut companies = Vec::new();
    for place in 0..size.companies {
        let company: CompanyId = w.new_id();
        let details =
            CompanyDetails { name: lot.branch(&name, place), time_zone: zone.clone(), lead_center: place % 2 == 0 };
        company::insert(&mut w, &operator, &company, &details)?;
        companies.push(company);
    }
    let entry = Entry::of(&id, Verb::AccountCreated, &id, &name);
    w.commit(&pass.actor(), entry, MadeAccount { account: id, companies })
}

/// Makes the users from number `from` on; the address of the first of them.
fn make_users(
    mut w: Writer,
    size: Size,
    number: u64,
    made: &MadeAccount,
    from: u64,
    hash: &str,
) -> Result<Committed<String>, Refused> {
    let pass = SystemPass::new(Reason::Seed);
    let mut first = None;
    let until = size.users.min(from + USERS_AT_ONCE);
    for index in from..until {
        let mut lot = Lot::new(size.seed, number * 1_000_003 + index + 1);
        let names = lot.person();
        let email = lot.email(&names, number * size.users + index);
        make_user(&mut w, &pass, made, index, &names, &email, hash)?;
        first.get_or_insert_with(|| email.to_string());
    }
    let entry = Entry::of(&made.account, Verb::UserCreated, &made.account, "")
        .change("users", None, Some(&(until - from).to_string()));
    w.commit(&pass.actor(), entry, first.unwrap_or_default())
}

fn make_user(
    w: &mut Writer,
    pass: &SystemPass,
    made: &MadeAccount,
    index: u64,
    names: &Names,
    email: &EmailAddress,
    hash: &str,
) -> Result<(), Refused> {
    let (user_type, agent) = kind(index);
    let (id, login): (UserId, LoginId) = (w.new_id(), w.new_id());
    if user_type.has_login() {
        let (first_name, last_name) = (names.first.as_str(), names.last.as_str());
        let new = login::NewLogin { id: &login, email, first_name, last_name, password_hash: hash };
        login::insert(w, &new)?;
    }
    let row = NewUserRow {
        id: &id,
        login: user_type.has_login().then_some(&login),
        email,
        names,
        user_type,
        agent,
        status: UserStatus::Active,
        invoice_emails: index == 0,
    };
    user::insert(w, pass, &made.account, &row)?;
    if user_type.has_all_companies() || made.companies.is_empty() {
        return Ok(());
    }
    let company = &made.companies[(index as usize) % made.companies.len()];
    Ok(user::update_companies(w, pass, &made.account, &id, &BTreeSet::from([company.clone()]))?)
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
