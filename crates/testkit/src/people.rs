//! Accounts and the people in them.

use std::collections::BTreeSet;

use app::activity::{self, Activity};
use app::pass::{AccountPass, CenterPass, Credentials, Proven, Reason, SystemPass};
use app::session::{SignedIn, Started};
use app::work::{Origin, Writer};
use app::{Ask, Refused, SharedApp, company, executive_administrator, job, see_as, user};
use domain::account_center::Afterwards;
use domain::account_center::proof::{AllOfCenter, InCenter, RunsCenter};
use domain::capability::proof::{ManageCompanies, ManageUsers};
use domain::company::CompanyDetails;
use domain::email::EmailAddress;
use domain::id::{AccountCenterId, AccountId, CompanyId, JobId, LoginId, UserId};
use domain::job::JobKind;
use domain::user::{Names, NewUser, UserType};

use crate::PASSWORD;
use crate::asks;
use crate::mailbox;

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Person {
    /// Their address.
    pub email: String,
    /// Their login.
    pub login: LoginId,
    /// What they ask with: their session.
    pub ask: Ask,
}

/// The session that was started, where no code is asked for.
pub fn session_of(started: Started) -> SignedIn {
    match started {
        Started::Session(session) => session,
        Started::CodeNeeded(_) => panic!("a code is asked for"),
    }
}

impl Person {
    /// Somebody with a fresh session.
    pub fn signed_in(email: &str, started: Started) -> Person {
        let session = session_of(started);
        let credentials = Credentials { session: Some(session.token), ..Credentials::default() };
        let ask = Ask { credentials, ..asks::visitor(asks::NETWORK) };
        Person { email: email.to_owned(), login: session.login, ask }
    }
}

/// An account and its first administrator.
#[derive(Clone)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Its first administrator, who does whatever [`Account`] does.
    pub admin: Person,
    pub(crate) app: SharedApp,
}

impl Account {
    /// The same, by the product as it runs in the world now.
    pub fn again(&self, world: &crate::World) -> Account {
        Account { app: SharedApp::clone(&world.app), ..self.clone() }
    }

    /// Makes a company that does not use Lead Center.
    pub async fn company(&self, name: &str) -> CompanyId {
        self.make_company(name, false).await.expect("the company is made")
    }

    /// Makes a company that uses Lead Center, so that agents can have it.
    pub async fn lead_center_company(&self, name: &str) -> CompanyId {
        self.make_company(name, true).await.expect("the company is made")
    }

    async fn make_company(&self, name: &str, lead_center: bool) -> Result<CompanyId, Refused> {
        let details = CompanyDetails { name: name.to_owned(), time_zone: "UTC".to_owned(), lead_center };
        let create = move |w: Writer, pass: &AccountPass<ManageCompanies>| company::create(w, pass, &details);
        Ok(self.app.write(&self.admin.ask, self.id.clone(), create).await?.1)
    }

    /// Creates a user, who gets an invitation by mail. Their names follow from the address: `natalie@example.com`
    /// is Natalie Reyes.
    pub async fn invite(&self, address: &str, user_type: UserType, companies: &[CompanyId]) -> UserId {
        self.create(new_user(address, user_type, companies)).await.expect("the user is created")
    }

    /// The same at the command line, where also those can be invited who have a place in another account.
    pub async fn invite_known(&self, address: &str, user_type: UserType, companies: &[CompanyId]) -> UserId {
        let (account, new) = (self.id.clone(), new_user(address, user_type, companies));
        let create = move |mut w: Writer| {
            let system = SystemPass::new(Reason::CommandLine);
            let pass = AccountPass::<ManageUsers>::for_operator(&mut w, &system, &account)?;
            user::create(w, &pass, &new)
        };
        let created = self.app.store.write(Origin::internal(), create).await;
        created.and_then(|created| created).expect("the user is created")
    }

    /// Creates a user, or is refused.
    pub async fn create(&self, new: NewUser) -> Result<UserId, Refused> {
        let create = move |w: Writer, pass: &AccountPass<ManageUsers>| user::create(w, pass, &new);
        self.app.write(&self.admin.ask, self.id.clone(), create).await?.1
    }

    /// Invites somebody new, who accepts with [`PASSWORD`].
    pub async fn join(
        &self,
        address: &str,
        user_type: UserType,
        companies: &[CompanyId],
    ) -> (UserId, Person) {
        let id = self.invite(address, user_type, companies).await;
        let letter = mailbox::newest(&self.app, address).await.expect("an invitation was mailed");
        (id, asks::accept(&self.app, letter.link(), PASSWORD).await)
    }

    /// Sets the temporary password of somebody invited.
    pub async fn set_temporary(&self, user: &UserId, password: &str) -> Result<(), Refused> {
        let (ask, account) = (&self.admin.ask, self.id.clone());
        self.app.set_temporary_password(ask, account, user.clone(), password).await.map(drop)
    }

    /// Somebody who joins by a temporary password, and chooses [`PASSWORD`]: their address is not proven.
    pub async fn join_unproven(&self, address: &str, user_type: UserType) -> (UserId, Person) {
        const TEMPORARY: &str = "kettle-thunder-umbrella";
        let new = NewUser { send_now: false, ..new_user(address, user_type, &[]) };
        let id = self.create(new).await.expect("the user is created");
        self.set_temporary(&id, TEMPORARY).await.expect("it is set");
        let ask = asks::type_temporary(&self.app, address, TEMPORARY).await.expect("it fits");
        let accepted = self.app.choose_password(&ask, PASSWORD).await.expect("it is chosen");
        (id, Person::signed_in(address, accepted.session))
    }

    /// Begins to create the users of a list; a worker does it.
    pub async fn start_job(&self, list: &str) -> JobId {
        let table = job::Table::read(JobKind::CreateUsers, list).expect("a list");
        let start = move |mut w: Writer, pass: &AccountPass<ManageUsers>| {
            let ground = job::ground(&mut w, pass, &table.rows)?;
            job::start(w, pass, &job::check(&table, &ground))
        };
        self.app.write(&self.admin.ask, self.id.clone(), start).await.expect("the job is begun").1
    }

    /// A new user as [`Account::invite`] creates them, to be changed before [`Account::create`].
    pub fn new_user(&self, address: &str, user_type: UserType, companies: &[CompanyId]) -> NewUser {
        new_user(address, user_type, companies)
    }

    /// Begins to see the account as one of its users, by whoever asks; what they ask with from then on.
    pub async fn see_as(&self, ask: &Ask, user: &UserId) -> Result<Ask, Refused> {
        let user = user.clone();
        let start = move |w: Writer, pass: &AccountPass<ManageUsers>| {
            see_as::start(w, pass, &user, "She does not find it", None)
        };
        let (_, token) = self.app.write(ask, self.id.clone(), start).await?;
        let mut seeing = ask.clone();
        seeing.credentials.session = Some(token);
        Ok(seeing)
    }

    /// All of the account's activity, oldest first.
    pub async fn activity(&self) -> Vec<Activity> {
        let mut entries: Vec<Activity> = Vec::new();
        loop {
            let before = entries.last().map(|entry| entry.id.clone());
            let list = move |r: &mut app::work::Reader, pass: &AccountPass<ManageUsers>| {
                activity::list(r, pass, &activity::Filter::default(), before.as_ref())
            };
            let (_, page) =
                self.app.read(&self.admin.ask, self.id.clone(), list).await.expect("an administrator");
            entries.extend(page.rows);
            if page.next.is_none() {
                entries.reverse();
                return entries;
            }
        }
    }
}

/// An account center, and whoever made it.
#[derive(Clone)]
pub struct Center {
    /// Its id.
    pub id: AccountCenterId,
    /// Whoever made it: administrator of both accounts.
    pub admin: Person,
    /// Its accounts.
    pub accounts: [Account; 2],
    pub(crate) app: SharedApp,
}

impl Center {
    /// Makes its administrator the first executive administrator.
    pub async fn make_first(&self) {
        let make =
            |w: Writer, pass: &Proven<CenterPass<AllOfCenter>>| executive_administrator::make_first(w, pass);
        self.app.write(&self.admin.ask, self.id.clone(), make).await.expect("there is none yet");
    }

    /// Begins to create the users of a list in the center's accounts, by whoever asks; a worker does it.
    pub async fn start_job(&self, ask: &Ask, list: &str) -> JobId {
        let table = job::Table::read(JobKind::CreateInAccounts, list).expect("a list");
        let start = move |mut w: Writer, pass: &CenterPass<InCenter>| {
            let ground = job::ground_across(&mut w, pass, &table.rows, false)?;
            let checked = job::check_across(&table, &ground);
            job::start_across(w, pass, &table.rows, &checked, &job::Passwords::new())
        };
        self.app.write(ask, self.id.clone(), start).await.expect("the job is begun").1
    }

    /// Makes a person of the center an executive administrator; its administrator is one.
    pub async fn make(&self, login: &LoginId) -> Result<(), Refused> {
        let login = login.clone();
        let make = move |w: Writer, pass: &Proven<CenterPass<RunsCenter>>| {
            executive_administrator::make(w, pass, &login)
        };
        self.app.write(&self.admin.ask, self.id.clone(), make).await.map(|_| ())
    }

    /// Unmakes one, by whoever asks.
    pub async fn unmake(&self, ask: &Ask, login: &LoginId, afterwards: Afterwards) -> Result<(), Refused> {
        let login = login.clone();
        let unmake = move |w: Writer, pass: &Proven<CenterPass<RunsCenter>>| {
            executive_administrator::unmake(w, pass, &login, afterwards)
        };
        self.app.write(ask, self.id.clone(), unmake).await.map(|_| ())
    }
}

/// An address that is one.
pub(crate) fn email(address: &str) -> EmailAddress {
    EmailAddress::parse(address).expect("an address")
}

/// Names that follow from an address.
pub(crate) fn names(address: &str) -> Names {
    let local = address.split('@').next().unwrap_or_default();
    let mut letters = local.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    Names { first, last: "Reyes".to_owned(), display: String::new() }
}

pub(crate) fn new_user(address: &str, user_type: UserType, companies: &[CompanyId]) -> NewUser {
    NewUser {
        user_type,
        agent: user_type == UserType::Agent,
        names: names(address),
        email: email(address),
        companies: companies.iter().cloned().collect::<BTreeSet<_>>(),
        invoice_emails: false,
        message: None,
        send_now: user_type.has_login(),
    }
}
