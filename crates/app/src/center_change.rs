//! Changing what one person is in accounts of a center (C-08): added to some, removed from others, of another type in
//! others again, in one go. Each account's part is an ordinary change there, with the rights that whoever asks has there.

use std::collections::BTreeMap;

use domain::access::Refusal;
use domain::access_change::{Already, Change};
use domain::access_request::Terms;
use domain::account_center::proof::AllOfCenter;
use domain::activity::Entry;
use domain::capability::Capability;
use domain::capability::proof::ManageUsers;
use domain::center_change::{Choice, Step, check_count, step};
use domain::email::EmailAddress;
use domain::id::{AccountId, BundleId, CenterPersonId, UserId};
use domain::input::Problem;
use domain::user::{Names, NewUser, UserType, may_create};
use store::attempt::Exceeded;
use store::login::LoginRecord;
use store::page::Page;
use store::pass::{AccountPass, Acting, CenterPass, Credentials, Denied, Gate, HasPlace};
use store::work::{Committed, Reader, Unrecorded, Writer};
use store::{account_center, center_person, company, invitation_block, user};

pub use store::account_center::AccountRow as Account;
pub use store::center_person::{Person, PersonPlace};

use crate::access_change::{Confirmed, Preview, access, carry_out};
use crate::center_person::check_opened;
use crate::user::forbidden;
use crate::{Conflict, Refused, access_change, access_request, bundle};

/// One page of the center's accounts, and what the person is in them.
pub struct Accounts {
    /// The person.
    pub person: Person,
    /// The accounts, by name.
    pub accounts: Page<Account>,
    /// What they are there; nothing for accounts that they are not in.
    pub places: Vec<PersonPlace>,
}

/// What was chosen, an account once.
pub type Choices = BTreeMap<AccountId, Choice>;

/// What becomes of one account.
pub struct Row {
    /// The account.
    pub account: Account,
    /// What was chosen for it.
    pub choice: Choice,
    /// What is done, or why it can't be.
    pub outcome: Result<Outcome, Refused>,
}

/// What is done in an account.
pub enum Outcome {
    /// It is so already.
    Nothing,
    /// They become a user of this type.
    Added {
        /// The type.
        user_type: UserType,
        /// How many companies they get.
        companies: usize,
        /// How they are told.
        told: Told,
    },
    /// What they are there is changed.
    Changed(Change, Box<Preview>),
}

/// How somebody who is added is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// They sign in already, and have access at once: one mail for all accounts.
    AtOnce,
    /// They are invited: one mail for all accounts.
    Invited,
    /// They only get notifications, and are told nothing.
    Nothing,
}

/// One page of accounts to choose for, behind an account.
pub fn list(
    r: &mut Reader,
    pass: &CenterPass<AllOfCenter>,
    id: &CenterPersonId,
    search: &str,
    after: Option<&AccountId>,
) -> Result<Accounts, Refused> {
    check_opened(r, pass)?;
    let person = center_person::find(r, pass, id)?.ok_or(Refused::NotFound)?;
    let behind = after.map(|after| account_center::find_account(r, pass, after)).transpose()?.flatten();
    let key = behind.as_ref().map_or(("", ""), |row| (row.sort_name.as_str(), row.id.as_str()));
    let accounts = account_center::list_accounts(r, pass, search, key)?;
    let ids: Vec<AccountId> = accounts.rows.iter().map(|row| row.id.clone()).collect();
    Ok(Accounts { places: center_person::list_places_in(r, pass, id, &ids)?, person, accounts })
}

/// What the choices would do, account by account; nothing is changed. Accounts that are in the center no more are left
/// out. That the person has a place outside is counted, as it tells something (U-15).
pub fn preview(
    mut w: Writer,
    pass: &CenterPass<AllOfCenter>,
    credentials: &Credentials,
    id: &CenterPersonId,
    choices: &Choices,
) -> Result<Committed<(Person, Vec<Row>)>, Refused> {
    let mut somebody = Somebody::get(&mut w, pass, id)?;
    check_count(choices.len()).map_err(|problem| Refused::field("choice", problem))?;
    let mut rows = Vec::new();
    for choice in choices.values() {
        let Some(account) = account_center::find_account(&mut w, pass, &choice.account)? else { continue };
        let outcome = match decide(&mut w, credentials, &mut somebody, choice) {
            Ok((_, decided)) => decided.outcome(),
            Err(refused @ (Refused::Failed(_) | Refused::Busy)) => return Err(refused),
            Err(refused) => Err(refused),
        };
        rows.push(Row { account, choice: choice.clone(), outcome });
    }
    Ok(w.commit_unrecorded(Unrecorded::Attempt, (somebody.person, rows)))
}

/// Does what [`preview`] shows, in all accounts or in none; whether the person is still one of the center.
pub fn make(
    mut w: Writer,
    pass: &CenterPass<AllOfCenter>,
    credentials: &Credentials,
    id: &CenterPersonId,
    choices: &Choices,
) -> Result<Committed<Result<bool, Refused>>, Refused> {
    let mut somebody = Somebody::get(&mut w, pass, id)?;
    check_count(choices.len()).map_err(|problem| Refused::field("choice", problem))?;
    // All is decided before anything is done, as it was for the page: who is known in the center by one account alone may
    // leave that one.
    let mut all = match decide_all(&mut w, pass, credentials, &mut somebody, choices) {
        Ok(all) => all,
        // What was told is counted in the unit that tells it, so that many who ask at once learn no more (U-15).
        Err(refused @ Refused::Conflict(Conflict::Elsewhere)) => {
            return Ok(w.commit_unrecorded(Unrecorded::Attempt, Err(refused)));
        }
        Err(refused) => return Err(refused),
    };
    // Who is added first is never in no account, and stays the person that they are.
    all.sort_by_key(|(_, decided)| matches!(decided, Decided::Nothing | Decided::Change(..)));
    let (bundle, mut entries): (BundleId, Vec<Entry>) = (w.new_id(), Vec::new());
    for (there, decided) in all {
        entries.extend(carry(&mut w, &there, decided, &bundle)?);
    }
    if entries.is_empty() {
        return Err(Refused::field("choice", Problem::Missing));
    }
    // The person is counted anew when the unit ends; what they are in is asked of their users.
    let is_there = !center_person::list_places(&mut w, pass, id, "")?.rows.is_empty();
    w.commit_all(&pass.actor(), entries, Ok(is_there))
}

/// The person, as each account needs them.
struct Somebody {
    person: Person,
    email: EmailAddress,
    names: Names,
    /// Once they were looked at: it is the same for all accounts of the center.
    outside: Option<Outside>,
}

/// How somebody who is not known in the center stands outside of it (U-15).
#[derive(Clone, Copy)]
enum Outside {
    /// They have no place there.
    Nowhere,
    /// They have one.
    Elsewhere,
    /// That was told too often.
    Untold(Exceeded),
}

impl Somebody {
    fn get(r: &mut Reader, pass: &CenterPass<AllOfCenter>, id: &CenterPersonId) -> Result<Somebody, Refused> {
        check_opened(r, pass)?;
        let person = center_person::find(r, pass, id)?.ok_or(Refused::NotFound)?;
        let names = center_person::get_names(r, pass, id)?;
        let email = EmailAddress::parse(&person.email).map_err(|problem| Refused::field("email", problem))?;
        Ok(Somebody { person, email, names, outside: None })
    }

    /// Refuses to invite them where they have a place outside; asked, and counted, once.
    fn refuse_elsewhere(&mut self, w: &mut Writer, there: &AccountPass<ManageUsers>) -> Result<(), Refused> {
        let outside = match self.outside {
            Some(known) => known,
            None => match access_request::refuse_elsewhere(w, there, self.email.as_str()) {
                Ok(()) => Outside::Nowhere,
                Err(Refused::Conflict(Conflict::Elsewhere)) => Outside::Elsewhere,
                Err(Refused::TooMany(exceeded)) => Outside::Untold(exceeded),
                Err(refused) => return Err(refused),
            },
        };
        self.outside = Some(outside);
        match outside {
            Outside::Nowhere => Ok(()),
            Outside::Elsewhere => Err(Refused::Conflict(Conflict::Elsewhere)),
            Outside::Untold(exceeded) => Err(Refused::TooMany(exceeded)),
        }
    }
}

/// What is to be done in an account, with what it takes.
enum Decided {
    Nothing,
    /// Somebody known in the center, under these names.
    LetIn(LoginRecord, Names, Terms),
    /// Somebody who is invited, or gets notifications alone.
    Place(NewUser),
    Change(Change, Box<Preview>),
}

impl Decided {
    fn outcome(self) -> Result<Outcome, Refused> {
        Ok(match self {
            Decided::Nothing => Outcome::Nothing,
            Decided::LetIn(_, _, terms) => Outcome::Added {
                user_type: terms.user_type,
                companies: terms.companies.len(),
                told: Told::AtOnce,
            },
            Decided::Place(new) => Outcome::Added {
                user_type: new.user_type,
                companies: new.companies.len(),
                told: if new.send_now { Told::Invited } else { Told::Nothing },
            },
            Decided::Change(change, preview) => match preview.plan {
                Ok(_) => Outcome::Changed(change, preview),
                Err(conflict) => return Err(Refused::Conflict(conflict)),
            },
        })
    }
}

/// What is to be done in each account; the first that can't be stops all.
fn decide_all(
    w: &mut Writer,
    pass: &CenterPass<AllOfCenter>,
    credentials: &Credentials,
    somebody: &mut Somebody,
    choices: &Choices,
) -> Result<Vec<(AccountPass<ManageUsers>, Decided)>, Refused> {
    let mut all = Vec::new();
    for choice in choices.values() {
        let is_ours = account_center::find_account(w, pass, &choice.account)?.is_some();
        if !is_ours {
            return Err(Refused::Conflict(Conflict::Changed));
        }
        all.push(decide(w, credentials, somebody, choice)?);
    }
    Ok(all)
}

/// What is to be done in an account, decided with the rights of whoever asks there and for what their page showed.
fn decide(
    w: &mut Writer,
    credentials: &Credentials,
    somebody: &mut Somebody,
    choice: &Choice,
) -> Result<(AccountPass<ManageUsers>, Decided), Refused> {
    let minted = AccountPass::<ManageUsers>::mint(w, credentials, &choice.account);
    let there = minted.map_err(|denied| match denied {
        // One of the center's, as the caller has looked: that it is there is known.
        Denied::NotFound => forbidden(Refusal::Lacks(Capability::ManageUsers)),
        other => other.into(),
    })?;
    let found = user::find_by_email(w, &there, &somebody.email)?;
    let found = found.map(|id| user::find(w, &there, &id)).transpose()?.flatten();
    if found.as_ref().map(|user| user.access_version) != choice.seen {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    let before = found.as_ref().map(|user| access(w, &there, user)).transpose()?;
    let in_use: Vec<_> = company::list_choices(w, &there)?
        .into_iter()
        .map(|company| (company.id, company.details.lead_center))
        .collect();
    let decided = match (step(before.as_ref(), &in_use, choice.wanted)?, &found) {
        (Step::Add(user_type, companies), _) => {
            let terms = Terms { user_type, agent: user_type == UserType::Agent, companies };
            add(w, &there, somebody, terms)?
        }
        (Step::Make(change), Some(user)) => {
            let preview = access_change::preview(w, &there, &user.id, &change)?;
            Decided::Change(change, Box::new(preview))
        }
        _ => Decided::Nothing,
    };
    Ok((there, decided))
}

fn add(
    w: &mut Writer,
    there: &AccountPass<ManageUsers>,
    somebody: &mut Somebody,
    terms: Terms,
) -> Result<Decided, Refused> {
    may_create(&there.place().grants, terms.user_type, terms.agent).map_err(forbidden)?;
    if terms.user_type.has_login() && invitation_block::is_there(w, there, somebody.email.as_str())? {
        return Err(Refused::Conflict(Conflict::Unwanted));
    }
    // There with an address that they had before, they are not found by the one they have.
    if let Some(login) = &somebody.person.login
        && user::has_login(w, there, login)?
    {
        return Err(Refused::Conflict(Conflict::Already(Already::Active)));
    }
    let known = match terms.user_type.has_login() {
        true => bundle::find_known(w, there, &somebody.email)?,
        false => None,
    };
    Ok(match known {
        Some(known) => Decided::LetIn(known, somebody.names.clone(), terms),
        None => {
            somebody.refuse_elsewhere(w, there)?;
            Decided::Place(NewUser {
                user_type: terms.user_type,
                agent: terms.agent,
                names: somebody.names.clone(),
                email: somebody.email.clone(),
                companies: terms.companies,
                invoice_emails: false,
                message: None,
                send_now: terms.user_type.has_login(),
            })
        }
    })
}

fn carry(
    w: &mut Writer,
    there: &AccountPass<ManageUsers>,
    decided: Decided,
    bundle: &BundleId,
) -> Result<Vec<Entry>, Refused> {
    let done: (UserId, Vec<Entry>) = match decided {
        Decided::Nothing => return Ok(Vec::new()),
        Decided::LetIn(known, names, terms) => bundle::let_in(w, there, &known, &names, &terms, bundle)?,
        Decided::Place(new) => bundle::place_looked_at(w, there, &new, bundle)?,
        Decided::Change(change, preview) => {
            let confirmed = Confirmed { seen: preview.user.access_version, message: None };
            return Ok(carry_out(w, there, &preview.user, &change, &confirmed)?.1);
        }
    };
    Ok(done.1)
}
