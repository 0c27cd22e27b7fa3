//! Passes of signed-in people for an account and for a company.

use std::marker::PhantomData;
use std::sync::Arc;

use domain::access::{Grants, InUse};
use domain::brand::Brand;
use domain::capability::proof::{AnyKey, AnyUser, ManageUsers};
use domain::capability::{Capability, Proves};
use domain::id::{AccountCenterId, AccountId, CompanyId, LoginId, UserId};
use domain::single_sign_on::CameBy;
use domain::time::Timestamp;
use domain::user::{Names, UserType};

use super::absent::{Absent, load_absent};
use super::load::{allow, is_due, load, no_second_factor, read_brand, read_due, second_factor_asked};
use super::person::{Means, Person};
use super::{Acting, Credentials, Denied, Directory, Door, Gate, HasPlace, Seen, SystemPass};
use crate::company;
use crate::db::{DbError, sql};
use crate::work::{Actor, Reader};

/// A person's place in one account.
#[derive(Clone, Debug)]
pub struct Place {
    /// Who; `None` for the operator's command line, for directories, and for jobs.
    pub person: Option<Person>,
    /// The customer's directory that asks, in place of a person.
    pub directory: Option<Directory>,
    /// Their user; `None` for the operator's command line, for directories, and for executive administrators who have none here.
    pub user: Option<UserId>,
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub account_name: String,
    /// Its time zone.
    pub time_zone: String,
    /// How many days its invitations live.
    pub invitation_days: i64,
    /// When it was made.
    pub account_created_at: Timestamp,
    /// The account center it is in.
    pub center: Option<AccountCenterId>,
    /// Whether they are here as executive administrator of it (C-10).
    pub is_executive: bool,
    /// From when a second factor is asked of them here, who have none.
    pub second_factor_due: Option<Timestamp>,
    /// Whether the account wants them to come by its provider, and they have not.
    pub needs_provider: bool,
    /// Counts the changes of the user's access.
    pub access_version: i64,
    /// What the user may do. Of the companies it holds the one asked for, if the user has it.
    pub grants: Grants,
    /// What all their companies that are in use are used for.
    pub in_use: InUse,
    pub(super) names: Names,
    /// What the account shows of itself in place of the product, while that is switched on (G-10).
    pub brand: Option<Arc<Brand>>,
}

/// Proof that a user of an account has the capability `C`.
#[derive(Debug)]
pub struct AccountPass<C> {
    place: Arc<Place>,
    proof: PhantomData<fn() -> C>,
}

/// Proof that a user has the capability `C` for one company.
#[derive(Debug)]
pub struct CompanyPass<C> {
    place: Arc<Place>,
    company: CompanyId,
    proof: PhantomData<fn() -> C>,
}

// Derived, these would ask the same of `C`, which is a mere name.
impl<C> Clone for AccountPass<C> {
    fn clone(&self) -> Self {
        AccountPass { place: Arc::clone(&self.place), proof: PhantomData }
    }
}

impl<C> Clone for CompanyPass<C> {
    fn clone(&self) -> Self {
        CompanyPass { place: Arc::clone(&self.place), company: self.company.clone(), proof: PhantomData }
    }
}

impl<C> HasPlace for AccountPass<C> {
    fn place(&self) -> &Place {
        &self.place
    }
}

impl<C> AccountPass<C> {
    /// The account.
    pub fn account(&self) -> &AccountId {
        &self.place.account
    }

    /// For whoever has the server's command line: the rights of an administrator, on the record as operator.
    pub fn for_operator(r: &mut Reader, _pass: &SystemPass, account: &AccountId) -> Result<Self, Denied> {
        let place = Place::of_administrator(r, account, None)?;
        Ok(AccountPass { place: Arc::new(place), proof: PhantomData })
    }

    /// For an executive administrator in an account of their center.
    pub(super) fn for_executive(
        r: &mut Reader,
        center: &AccountCenterId,
        person: &Person,
        account: &AccountId,
    ) -> Result<Self, Denied> {
        let place = Place::of_administrator(r, account, Some(person.clone()))?;
        if place.center.as_ref() != Some(center) {
            return Err(Denied::NotFound);
        }
        if is_due(r, &place) {
            return Err(no_second_factor());
        }
        Ok(AccountPass { place: Arc::new(place), proof: PhantomData })
    }
}

impl AccountPass<ManageUsers> {
    /// For an account's directory, whose token was looked at.
    pub(super) fn of_place(place: Arc<Place>) -> Self {
        AccountPass { place, proof: PhantomData }
    }
}

impl<C: Proves> AccountPass<C> {
    /// For a person at their account center, in one of its accounts: with the rights that they have there.
    pub(super) fn for_person(
        r: &mut Reader,
        center: &AccountCenterId,
        person: &Person,
        account: &AccountId,
    ) -> Result<Self, Denied> {
        let who = Absent { user: None, login: Some(person.login.clone()) };
        // Whoever is at an account center came by their password.
        let mut place = load_absent(r, account, &who, CameBy::Password)?;
        if place.center.as_ref() != Some(center) {
            return Err(Denied::NotFound);
        }
        place.person = Some(person.clone());
        place.second_factor_due = due_of(r, account, &person.login)?;
        allow::<C>(r, &place, None)?;
        Ok(AccountPass { place: Arc::new(place), proof: PhantomData })
    }

    /// For what a user has set going and the server does: with the rights that they have at this moment, and on the
    /// record under their name. Nobody is here.
    pub fn for_job(
        r: &mut Reader,
        _pass: &SystemPass,
        account: &AccountId,
        who: &Absent,
    ) -> Result<Self, Denied> {
        let place = load_absent(r, account, who, CameBy::Other)?;
        allow::<C>(r, &place, None)?;
        Ok(AccountPass { place: Arc::new(place), proof: PhantomData })
    }
}

/// Being let in is no more than that: what it takes for something is asked there.
pub trait LetIn: Proves {}

impl LetIn for AnyUser {}
impl LetIn for AnyKey {}

impl<L: LetIn> AccountPass<L> {
    /// The pass for a capability, where it depends on what is asked for whether it takes one. It is decided in the same unit,
    /// from the same grants, as at the door.
    pub fn with<C: Proves>(&self, r: &mut Reader) -> Result<AccountPass<C>, Denied> {
        allow::<C>(r, &self.place, None)?;
        Ok(AccountPass { place: Arc::clone(&self.place), proof: PhantomData })
    }

    /// The same for a company that a thing belongs to; one that is not there and one the user does not have look alike.
    pub fn within<C: Proves>(&self, r: &mut Reader, company: &CompanyId) -> Result<CompanyPass<C>, Denied> {
        let asked = company::find_had(r, &self.place, company)?.ok_or(Denied::NotFound)?.in_use();
        let mut place = Place::clone(&self.place);
        place.grants = place.grants.having(std::slice::from_ref(&asked));
        allow::<C>(r, &place, Some(&asked))?;
        Ok(CompanyPass { place: Arc::new(place), company: company.clone(), proof: PhantomData })
    }
}

impl<C> HasPlace for CompanyPass<C> {
    fn place(&self) -> &Place {
        &self.place
    }
}

impl<C> CompanyPass<C> {
    /// The account.
    pub fn account(&self) -> &AccountId {
        &self.place.account
    }

    /// The company.
    pub fn company(&self) -> &CompanyId {
        &self.company
    }
}

/// From when a second factor is asked in the account of somebody who has none.
fn due_of(r: &mut Reader, account: &AccountId, login: &LoginId) -> Result<Option<Timestamp>, DbError> {
    let row = r.tx().optional(
        sql!(concat!(
            "SELECT ",
            second_factor_asked!(),
            " FROM account a LEFT JOIN account_center ac ON ac.id = a.center_id JOIN login l ON l.id = $2
             WHERE a.id = $1"
        )),
        &[account.into(), login.into()],
    )?;
    row.map_or(Ok(None), |row| read_due(r, &mut row.columns()))
}

impl Place {
    /// The place of somebody who has an administrator's rights without a user: the operator, or a person.
    fn of_administrator(
        r: &mut Reader,
        account: &AccountId,
        person: Option<Person>,
    ) -> Result<Place, Denied> {
        let row = r.tx().optional(
            sql!(
                "SELECT w.live, a.id, a.name, a.time_zone, a.invitation_days, a.created_at, a.center_id
                 FROM account a LEFT JOIN brand w ON w.account_id = $1 WHERE a.id = $1"
            ),
            &[account.into()],
        )?;
        let second_factor_due = match &person {
            Some(person) => due_of(r, account, &person.login)?,
            None => None,
        };
        let mut c = row.ok_or(Denied::NotFound)?.columns();
        let brand = read_brand(&mut c)?;
        let grants =
            Grants { white_label: brand.is_some(), ..Grants::of_type(UserType::Administrator, false) };
        Ok(Place {
            user: None,
            brand,
            account: c.parse()?,
            account_name: c.text()?,
            time_zone: c.text()?,
            invitation_days: c.int()?,
            account_created_at: c.get()?,
            center: c.parse_or_null()?,
            is_executive: person.is_some(),
            second_factor_due,
            needs_provider: false,
            person,
            directory: None,
            access_version: 0,
            grants,
            in_use: InUse::All,
            names: Names { first: String::new(), last: String::new(), display: String::new() },
        })
    }

    /// The place of an account's directory: it manages users, whatever their type.
    pub(super) fn of_directory(
        r: &mut Reader,
        account: &AccountId,
        directory: Directory,
    ) -> Result<Place, Denied> {
        Ok(Place { directory: Some(directory), ..Place::of_administrator(r, account, None)? })
    }

    /// The user's names in this account.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The key that names the companies there are, empty where none does. Statements that list companies ask for those it names.
    pub(crate) fn naming_key(&self) -> &str {
        match self.person.as_ref().map(|person| &person.by) {
            Some(Means::Key(key, _)) if self.grants.scope.in_companies => key.as_str(),
            _ => "",
        }
    }

    /// Whether it is that of whoever has the server's command line.
    pub fn is_operator(&self) -> bool {
        self.person.is_none() && self.user.is_none() && self.directory.is_none()
    }

    /// Whether somebody waits for what is done: behind a request, or at the command line.
    pub fn is_waited_for(&self) -> bool {
        matches!(&self.person, Some(person) if !matches!(person.by, Means::Job)) || self.is_operator()
    }

    /// Nobody was here who is seen by somebody else.
    pub(super) fn seen(&self, used: Option<Capability>) -> Option<Seen> {
        self.person.as_ref().filter(|person| person.seen_by().is_none())?;
        let (account, user) = (Some(self.account.clone()), self.user.clone());
        self.person.clone().map(|person| Seen { person, account, user, used })
    }

    pub(super) fn actor(&self) -> Actor {
        if let Some(seeing) = self.person.as_ref().and_then(Person::seen_by) {
            return seeing.viewer.actor();
        }
        if let Some(directory) = &self.directory {
            return Actor::directory(&directory.id, &directory.name);
        }
        let actor = match (&self.user, &self.person) {
            (Some(user), _) => Actor::user(user, &self.names.full()),
            (None, Some(person)) => Actor::login(&person.login, &person.name()),
            (None, None) => Actor::operator(),
        };
        actor.by_key(self.person.as_ref().and_then(Person::key_name))
    }
}

impl<C> Acting for AccountPass<C> {
    fn actor(&self) -> Actor {
        self.place.actor()
    }
}

impl<C> Acting for CompanyPass<C> {
    fn actor(&self) -> Actor {
        self.place.actor()
    }
}

impl<C: Proves> Gate for AccountPass<C> {
    type Target = AccountId;
    const DOOR: Door = Door::Account(C::CAPABILITY);

    fn mint(r: &mut Reader, credentials: &Credentials, account: &AccountId) -> Result<Self, Denied> {
        let found = load(r, credentials, account, None)?;
        allow::<C>(r, &found.place, None)?;
        Ok(AccountPass { place: Arc::new(found.place), proof: PhantomData })
    }

    fn person(&self) -> Option<&Person> {
        self.place.person.as_ref()
    }

    fn seen(&self) -> Option<Seen> {
        self.place.seen(C::CAPABILITY)
    }
}

impl<C: Proves> Gate for CompanyPass<C> {
    type Target = (AccountId, CompanyId);
    const DOOR: Door = Door::Company(C::CAPABILITY);

    fn mint(
        r: &mut Reader,
        credentials: &Credentials,
        (account, company): &Self::Target,
    ) -> Result<Self, Denied> {
        let found = load(r, credentials, account, Some(company))?;
        // A company that is not there and one the user does not have look alike.
        let Some(asked) = &found.company else { return Err(Denied::NotFound) };
        allow::<C>(r, &found.place, Some(asked))?;
        Ok(CompanyPass { place: Arc::new(found.place), company: company.clone(), proof: PhantomData })
    }

    fn person(&self) -> Option<&Person> {
        self.place.person.as_ref()
    }

    fn seen(&self) -> Option<Seen> {
        self.place.seen(C::CAPABILITY)
    }
}
