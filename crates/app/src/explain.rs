//! Why a user may or may not do something (P-18).

use domain::access::{Companies, Grants, InUse, Refusal, decide_anywhere, decide_in};
use domain::api_key::Scope;
use domain::capability::proof::ManageUsers;
use domain::capability::{Capability, Mark};
use domain::explain::{smallest_change_anywhere, smallest_change_in};
use domain::id::{AccountId, CompanyId, UserId};
use domain::input::Problem;
use store::company::{self, Company};
use store::page::Page;
use store::pass::{AccountPass, HasPlace as _, Helper, QuestionPass, SystemPass, helpers, second_factor_due};
use store::user::{self, Given};
use store::work::Reader;

pub use domain::explain::Step;

use crate::Refused;

/// The decision on one user, one capability and one target, with what it follows from.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// What was asked for.
    pub capability: Capability,
    /// The company it was asked for; otherwise whatever lies within the user's companies.
    pub company: Option<CompanyId>,
    /// What is known of the user.
    pub grants: Grants,
    /// How many of the companies given to the user are in use.
    pub in_use: usize,
    /// The decision itself.
    pub decision: Result<Mark, Refusal>,
    /// The smallest change that would allow it; none where no change of this user would.
    pub change: Option<Vec<Step>>,
}

impl Explanation {
    /// The same for somebody who is kept out until they have a second factor: nobody else can give it.
    fn until_second_factor(
        mut self,
        r: &mut Reader,
        account: &AccountId,
        user: &UserId,
    ) -> Result<Explanation, Refused> {
        let due = second_factor_due(r, account, user)?.is_some_and(|from| from <= r.now);
        if due && self.decision.is_ok() {
            (self.decision, self.change) = (Err(Refusal::NoSecondFactor), None);
        }
        Ok(self)
    }

    /// Asks the very functions that decide on requests.
    fn of(given: Given, own: &[Company], capability: Capability, company: Option<&Company>) -> Explanation {
        let grants = grants(given);
        let own: Vec<_> = own.iter().map(Company::in_use).collect();
        let (decision, change) = match company.map(Company::in_use) {
            Some(company) => {
                (decide_in(&grants, capability, &company), smallest_change_in(&grants, capability, &company))
            }
            None => (
                decide_anywhere(&grants, capability, InUse::of(&grants, &own)),
                smallest_change_anywhere(&grants, capability, &own),
            ),
        };
        let in_use = own.iter().filter(|company| !company.disabled).count();
        let company = company.map(|company| company.id.clone());
        Explanation { capability, company, grants, in_use, decision, change }
    }
}

fn grants(given: Given) -> Grants {
    let companies = match given.user_type.has_all_companies() {
        true => Companies::All,
        false => Companies::Only(given.companies),
    };
    // A brand bars integrations alone, and no question here is about one.
    let Given { user_type, agent, status, ends_at, .. } = given;
    Grants { user_type, agent, status, companies, white_label: false, ends_at, scope: Scope::whole() }
}

/// Explains a decision. For the command line.
pub fn explain(
    r: &mut Reader,
    pass: &SystemPass,
    id: &UserId,
    capability: Capability,
    company: Option<&CompanyId>,
) -> Result<Explanation, Refused> {
    let given = user::find_given_anywhere(r, pass, id)?.ok_or(Refused::NotFound)?;
    // On requests a company of another account is not found, whatever the user may do.
    let not_there = || Refused::field("company", Problem::NotAChoice);
    let company = match company {
        Some(company) => Some(company::find_in(r, pass, &given.account, company)?.ok_or_else(not_there)?),
        None => None,
    };
    let (own, account) = (company::list_given(r, &given)?, given.account.clone());
    Explanation::of(given, &own, capability, company.as_ref()).until_second_factor(r, &account, id)
}

/// A user of the account, and perhaps the decision that was asked about.
pub struct Explained {
    /// Their name.
    pub name: String,
    /// What is known of them.
    pub grants: Grants,
    /// The company asked about.
    pub company: Option<Company>,
    /// The companies given to them, in use or not.
    pub own: Vec<Company>,
    /// The decision, where one was asked about.
    pub explanation: Option<Explanation>,
    /// The companies there are to ask about.
    pub choices: Vec<Company>,
}

/// Explains a decision on a user of one's account. A user or company of another is not found.
pub fn explain_user(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
    capability: Option<Capability>,
    company: Option<&CompanyId>,
) -> Result<Explained, Refused> {
    let given = user::find_given(r, pass, id)?.ok_or(Refused::NotFound)?;
    let company = match company {
        Some(company) => Some(company::find(r, pass, company)?.ok_or(Refused::NotFound)?),
        None => None,
    };
    let (own, asked) = (company::list_given(r, &given)?, company.as_ref());
    let explain = |capability| {
        let explanation = Explanation::of(given.clone(), &own, capability, asked);
        explanation.until_second_factor(r, pass.account(), id)
    };
    let explanation = capability.map(explain).transpose()?;
    Ok(Explained {
        name: given.name.clone(),
        grants: grants(given),
        explanation,
        own,
        company,
        choices: company::list_choices(r, pass)?,
    })
}

/// Where a user of one's account may do what.
pub struct AccessPicture {
    /// Their name.
    pub name: String,
    /// What is known of them.
    pub grants: Grants,
    /// One page of their active companies; of all, for who has all.
    pub companies: Page<Company>,
}

/// One page of it, behind the company with that name and id.
pub fn picture(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
    after: (&str, &str),
) -> Result<AccessPicture, Refused> {
    let given = user::find_given(r, pass, id)?.ok_or(Refused::NotFound)?;
    let owner = (!given.user_type.has_all_companies()).then_some(id);
    let companies = company::list_of(r, pass, owner, after)?;
    Ok(AccessPicture { name: given.name.clone(), grants: grants(given), companies })
}

/// Whether one may do something oneself, and who could give it if not.
#[derive(Clone, Debug)]
pub struct May {
    /// The decision.
    pub decision: Result<Mark, Refusal>,
    /// Administrators who can give what is missing.
    pub ask: Vec<Helper>,
}

/// Answers for whoever asks.
pub fn may(r: &mut Reader, pass: &QuestionPass, capability: Capability) -> Result<May, Refused> {
    let place = pass.place();
    let decision = match company::find_asked(r, pass)? {
        Some(company) => decide_in(&place.grants, capability, &company.in_use()),
        None => decide_anywhere(&place.grants, capability, place.in_use),
    };
    let ask = match &decision {
        Ok(_) => Vec::new(),
        Err(refusal) => helpers(r, place, refusal)?,
    };
    Ok(May { decision, ask })
}
