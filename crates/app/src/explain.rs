//! Why a user may or may not do something (P-18).

use domain::access::{Companies, Grants, Refusal, Target, decide};
use domain::capability::{Capability, Mark};
use domain::id::{CompanyId, UserId};
use domain::input::Problem;
use store::pass::SystemPass;
use store::work::Reader;
use store::{company, user};

use crate::Refused;

/// The decision on one user, one capability and one target, with what it follows from.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// What is known of the user.
    pub grants: Grants,
    /// The decision itself.
    pub decision: Result<Mark, Refusal>,
}

/// Asks the very function that decides on requests. For the command line.
pub fn explain(
    r: &mut Reader,
    pass: &SystemPass,
    id: &UserId,
    capability: Capability,
    company: Option<&CompanyId>,
) -> Result<Explanation, Refused> {
    let found = user::find_grants(r, pass, id)?.ok_or(Refused::NotFound)?;
    // On requests a company of another account is not found, whatever the user may do.
    if let Some(company) = company
        && !company::exists(r, pass, &found.account, company)?
    {
        return Err(Refused::field("company", Problem::NotAChoice));
    }
    let companies = match found.user_type.has_all_companies() {
        true => Companies::All,
        false => Companies::Only(found.companies),
    };
    let grants = Grants {
        user_type: found.user_type,
        agent: found.agent,
        status: found.status,
        companies,
        white_label: false,
    };
    let target = company.map_or(Target::Account, |company| Target::Company(company.clone()));
    let decision = decide(&grants, capability, &target);
    Ok(Explanation { grants, decision })
}
