//! Why a user may do something, or not (P-18).

use app::explain::Explanation;
use askama::Template;
use domain::access::{Companies, Grants, Refusal};
use domain::capability::{Mark, mark};
use domain::user::UserStatus;
use text::Text;

use super::Described as _;
use crate::views::capability::Line;
use crate::views::{Choice, Frame, Icon, isolated};

/// Explain: `/accounts/{ACC}/users/{USR}/explain?capability=&company=`.
#[derive(Template, Clone, Debug)]
#[template(path = "user/explain.html")]
pub struct Explain {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// `USR…`
    pub id: String,
    /// The user's name.
    pub name: String,
    /// What can be asked about.
    pub capabilities: Vec<Choice>,
    /// Where.
    pub companies: Vec<Choice>,
    /// The answer, once something was asked.
    pub asked: Option<Asked>,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What was asked about, with how far it goes.
    pub line: Line,
    /// Why.
    pub sentence: String,
    /// What the answer follows from.
    pub facts: Vec<Fact>,
    /// The smallest change that would allow it; empty where it is allowed, none where nothing helps.
    pub steps: Option<Vec<StepLink>>,
}

/// A fact that the decision rests on.
#[derive(Clone, Debug)]
pub struct Fact {
    /// What it is.
    pub what: &'static str,
    /// How it is.
    pub how: String,
}

/// Something to be done, and where.
#[derive(Clone, Debug)]
pub struct StepLink {
    /// "Promote them to manager"
    pub text: String,
    /// The page on which it is done.
    pub href: String,
}

/// Why the decision is what it is, in one sentence.
pub fn sentence(t: Text, explanation: &Explanation, company: Option<&str>) -> String {
    let grants = &explanation.grants;
    let because = because(t, explanation);
    let company = company.map(isolated).unwrap_or_default();
    match explanation.decision {
        Ok(_) => {
            let place = match (&explanation.company, &grants.companies) {
                (_, Companies::All) => t.permission_in_all().to_owned(),
                (Some(_), Companies::Only(_)) => t.permission_in_company(company),
                (None, Companies::Only(_)) => t.permission_in_own().to_owned(),
            };
            t.permission_allowed_because(because, place)
        }
        Err(Refusal::NotActive(UserStatus::Pending)) => t.permission_no_pending().to_owned(),
        Err(Refusal::NotActive(UserStatus::Suspended)) => t.permission_no_suspended().to_owned(),
        Err(Refusal::NotActive(_)) => t.permission_no_gone().to_owned(),
        Err(Refusal::Lacks(_)) if grants.agent => {
            t.permission_no_lacks_both(grants.user_type.label(t).to_lowercase())
        }
        Err(Refusal::Lacks(_)) => t.permission_no_lacks(grants.user_type.label(t).to_lowercase()),
        Err(Refusal::OutsideCompanies) => t.permission_no_company(because, company),
        Err(Refusal::CompanyDisabled) if explanation.company.is_some() => {
            t.permission_no_disabled(because, company)
        }
        Err(Refusal::CompanyDisabled) => t.permission_no_disabled_any(because),
        Err(Refusal::NoLeadCenter) if explanation.company.is_some() => {
            t.permission_no_lead_center_there(because, company)
        }
        Err(Refusal::NoLeadCenter) => t.permission_no_lead_center_any(because),
        Err(Refusal::GreaterAccess) => t.permission_no_greater().to_owned(),
        Err(Refusal::OutlastsOwn) => t.permission_no_outlasts().to_owned(),
        Err(Refusal::NamesProduct) => t.permission_no_names_product().to_owned(),
        Err(Refusal::NoSecondFactor) => t.permission_no_second_factor_of_theirs(because),
        Err(refusal @ (Refusal::Center(_) | Refusal::OutsideKey(_) | Refusal::NeedsProvider)) => {
            crate::views::refusal::sentence(t, refusal)
        }
    }
}

/// What gives the capability, as the middle of a sentence.
fn because(t: Text, explanation: &Explanation) -> String {
    let (grants, capability) = (&explanation.grants, explanation.capability);
    let by_type = mark(grants.user_type, false, capability);
    if mark(grants.user_type, grants.agent, capability) > by_type {
        return t.permission_by_flag().to_owned();
    }
    t.permission_by_type(grants.user_type.label(t).to_lowercase())
}

impl Asked {
    /// For the component that shows lines wherever they are.
    fn lines(&self) -> [&Line; 1] {
        [&self.line]
    }

    fn icon(&self) -> Icon {
        if self.line.has { Icon::Check } else { Icon::Minus }
    }

    /// The answer to be shown.
    pub fn new(
        t: Text,
        explanation: &Explanation,
        company: Option<&str>,
        steps: Option<Vec<StepLink>>,
    ) -> Asked {
        Asked {
            line: Line::new(t, explanation.capability, *explanation.decision.as_ref().unwrap_or(&Mark::No)),
            sentence: sentence(t, explanation, company),
            facts: facts(t, &explanation.grants, explanation.in_use),
            steps,
        }
    }
}

fn facts(t: Text, grants: &Grants, in_use: usize) -> Vec<Fact> {
    let agent = if grants.agent { t.permission_agent_on() } else { t.permission_agent_off() };
    let companies = match &grants.companies {
        Companies::All => t.permission_access_all().to_owned(),
        Companies::Only(some) if some.len() > in_use => {
            t.permission_companies_in_use(some.len() as i64, in_use)
        }
        Companies::Only(some) => t.permission_companies_count(some.len() as i64),
    };
    vec![
        Fact { what: t.permission_fact_type(), how: grants.user_type.label(t).to_owned() },
        Fact { what: t.permission_fact_agent(), how: agent.to_owned() },
        Fact { what: t.permission_fact_status(), how: status_label(t, grants.status).to_owned() },
        Fact { what: t.permission_fact_companies(), how: companies },
    ]
}

/// Where a user stands, in a few words.
pub fn status_label(t: Text, status: UserStatus) -> &'static str {
    match status {
        UserStatus::Pending => t.permission_status_pending(),
        UserStatus::Active => t.permission_status_active(),
        UserStatus::Suspended => t.permission_status_suspended(),
        UserStatus::Deleted => t.permission_status_deleted(),
    }
}
