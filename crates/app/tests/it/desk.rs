//! What people do in scenarios, in a line each, and how refusals are looked at.

use std::collections::BTreeSet;

use app::access_change::Confirmed;
use app::pass::{AccountPass, CompanyPass, Proven};
use app::user::{Cursor, Filter, Sort, User, UserPage, UsersPage};
use app::work::{Committed, Reader, Writer};
use app::{Ask, Refused, SharedApp, access_change, company, invitation, user};
use domain::access_change::{Change, Plan};
use domain::capability::proof::{AnyKey, AnyUser, ManageCompanies, ManageUsers};
use domain::company::CompanyDetails;
use domain::id::{AccountId, CompanyId, UserId};
use domain::input::Problem;
use domain::user::{Names, NewUser, UserStatus, UserType};
use testkit::{Account, Person, World};

/// Holds a result to be refused for this reason.
macro_rules! assert_refused {
    ($result:expr, $reason:pat $(if $so:expr)?) => {
        match $result {
            Err($reason) $(if $so)? => {}
            Err(other) => panic!("refused for another reason: {other:?}"),
            Ok(_) => panic!("went through"),
        }
    };
}
pub(crate) use assert_refused;

/// The one field that was refused, and why.
pub(crate) fn field<T>(result: Result<T, Refused>) -> (&'static str, Problem) {
    match result {
        Err(Refused::Invalid(errors)) if errors.len() == 1 => (errors[0].field, errors[0].problem),
        Err(other) => panic!("refused for another reason: {other:?}"),
        Ok(_) => panic!("went through"),
    }
}

/// Somebody at work in an account.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) app: SharedApp,
    pub(crate) account: AccountId,
    pub(crate) ask: Ask,
}

impl Desk {
    /// The desk of the account's first administrator.
    pub(crate) fn of(world: &World, account: &Account) -> Desk {
        Desk::of_person(world, account, &account.admin)
    }

    pub(crate) fn of_person(world: &World, account: &Account, person: &Person) -> Desk {
        Desk { app: world.app.clone(), account: account.id.clone(), ask: person.ask.clone() }
    }

    pub(crate) async fn manage<T: Send + 'static>(
        &self,
        operation: impl Fn(Writer, &AccountPass<ManageUsers>) -> Result<Committed<T>, Refused> + Send + 'static,
    ) -> Result<T, Refused> {
        Ok(self.app.write(&self.ask, self.account.clone(), operation).await?.1)
    }

    /// What is dangerous: by who has shown a moment ago that it is them.
    pub(crate) async fn prove<T: Send + 'static>(
        &self,
        operation: impl Fn(Writer, &Proven<AccountPass<ManageUsers>>) -> Result<Committed<T>, Refused>
        + Send
        + 'static,
    ) -> Result<T, Refused> {
        Ok(self.app.write(&self.ask, self.account.clone(), operation).await?.1)
    }

    pub(crate) async fn look<T: Send + 'static>(
        &self,
        operation: impl Fn(&mut Reader, &AccountPass<ManageUsers>) -> Result<T, Refused> + Send + 'static,
    ) -> Result<T, Refused> {
        Ok(self.app.read(&self.ask, self.account.clone(), operation).await?.1)
    }

    /// What anybody may do who is let in, as far as the operation does not ask for more.
    pub(crate) async fn enter<T: Send + 'static>(
        &self,
        operation: impl Fn(Writer, &AccountPass<AnyUser>) -> Result<Committed<T>, Refused> + Send + 'static,
    ) -> Result<T, Refused> {
        Ok(self.app.write(&self.ask, self.account.clone(), operation).await?.1)
    }

    /// The same for what they see.
    pub(crate) async fn see<T: Send + 'static>(
        &self,
        operation: impl Fn(&mut Reader, &AccountPass<AnyUser>) -> Result<T, Refused> + Send + 'static,
    ) -> Result<T, Refused> {
        Ok(self.app.read(&self.ask, self.account.clone(), operation).await?.1)
    }

    /// What is there for any key, too.
    pub(crate) async fn enter_by_any<T: Send + 'static>(
        &self,
        operation: impl Fn(Writer, &AccountPass<AnyKey>) -> Result<Committed<T>, Refused> + Send + 'static,
    ) -> Result<T, Refused> {
        Ok(self.app.write(&self.ask, self.account.clone(), operation).await?.1)
    }

    /// The same for what is seen.
    pub(crate) async fn see_by_any<T: Send + 'static>(
        &self,
        operation: impl Fn(&mut Reader, &AccountPass<AnyKey>) -> Result<T, Refused> + Send + 'static,
    ) -> Result<T, Refused> {
        Ok(self.app.read(&self.ask, self.account.clone(), operation).await?.1)
    }

    pub(crate) async fn create(&self, new: NewUser) -> Result<UserId, Refused> {
        self.manage(move |w, pass| user::create(w, pass, &new)).await?
    }

    pub(crate) async fn change(
        &self,
        id: &UserId,
        names: Names,
        companies: &[CompanyId],
    ) -> Result<(), Refused> {
        let (id, companies): (_, BTreeSet<_>) = (id.clone(), companies.iter().cloned().collect());
        let user = self.get(&id).await?.user;
        let change = Change::Edit { companies, agent: user.agent, invoice_emails: user.invoice_emails };
        let confirmed = Confirmed { seen: user.access_version, message: None };
        let save = move |w: Writer, pass: &_| user::edit(w, pass, &id, &names, &change, &confirmed);
        self.manage(save).await
    }

    pub(crate) async fn promote(&self, id: &UserId, to: UserType) -> Result<(), Refused> {
        self.make(id, Change::Promote(to)).await.map(drop)
    }

    pub(crate) async fn delete(&self, id: &UserId) -> Result<(), Refused> {
        self.make(id, Change::Delete).await.map(drop)
    }

    pub(crate) async fn make(&self, id: &UserId, change: Change) -> Result<Plan, Refused> {
        let id = id.clone();
        let make = move |mut w: Writer, pass: &_| {
            let seen = access_change::preview(&mut w, pass, &id, &change)?.user.access_version;
            access_change::make(w, pass, &id, &change, &Confirmed { seen, message: None })
        };
        self.manage(make).await?
    }

    pub(crate) async fn undo(&self, id: &UserId) -> Result<Plan, Refused> {
        let id = id.clone();
        let undo = move |mut w: Writer, pass: &_| {
            let seen = access_change::preview_undo(&mut w, pass, &id)?.1.user.access_version;
            access_change::undo(w, pass, &id, &Confirmed { seen, message: None })
        };
        self.manage(undo).await?
    }

    pub(crate) async fn resend(&self, id: &UserId) -> Result<(), Refused> {
        let id = id.clone();
        self.manage(move |w, pass| invitation::resend(w, pass, &id)).await
    }

    pub(crate) async fn revoke(&self, id: &UserId) -> Result<(), Refused> {
        self.make(id, Change::Revoke).await.map(drop)
    }

    pub(crate) async fn get(&self, id: &UserId) -> Result<UserPage, Refused> {
        let id = id.clone();
        self.look(move |r, pass| user::get(r, pass, &id)).await
    }

    pub(crate) async fn list(&self, status: UserStatus) -> Result<UsersPage, Refused> {
        self.find(status, "").await
    }

    /// The active users a search finds.
    pub(crate) async fn search(&self, search: &str) -> Result<Vec<User>, Refused> {
        let found = self.find(UserStatus::Active, search).await?.users.rows.clone();
        Ok(found.into_iter().map(|listed| listed.user).collect())
    }

    async fn find(&self, status: UserStatus, search: &str) -> Result<UsersPage, Refused> {
        let search = search.to_owned();
        let filter = Filter { status, search, user_type: None, company: None, sort: Sort::Name };
        self.look(move |r, pass| user::list(r, pass, &filter, &Cursor::default())).await
    }

    /// The first names of the users of one tab, in the order of the list.
    pub(crate) async fn names(&self, status: UserStatus) -> Vec<String> {
        let page = self.list(status).await.unwrap();
        page.users.rows.iter().map(|listed| listed.user.names.first.clone()).collect()
    }

    pub(crate) async fn create_company(&self, details: CompanyDetails) -> Result<CompanyId, Refused> {
        let create = move |w: Writer, pass: &AccountPass<ManageCompanies>| company::create(w, pass, &details);
        Ok(self.app.write(&self.ask, self.account.clone(), create).await?.1)
    }

    pub(crate) async fn company<T: Send + 'static>(
        &self,
        id: &CompanyId,
        operation: impl Fn(Writer, &CompanyPass<ManageCompanies>) -> Result<Committed<T>, Refused>
        + Send
        + 'static,
    ) -> Result<T, Refused> {
        Ok(self.app.write(&self.ask, (self.account.clone(), id.clone()), operation).await?.1)
    }
}

/// The names of somebody.
pub(crate) fn names(first: &str, last: &str) -> Names {
    Names { first: first.to_owned(), last: last.to_owned(), display: String::new() }
}
