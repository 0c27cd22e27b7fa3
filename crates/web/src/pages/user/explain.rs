//! Why a user may do something, or not (P-18).

use app::Refused;
use app::explain::{self, Explained, Explanation, Step};
use domain::capability::{Capability, REGISTRY};
use domain::id::{CompanyId, UserId};
use domain::input::Problem;
use domain::user::UserType;
use serde::{Deserialize, Serialize};
use text::Text;

use super::{Managing, users_of};
use crate::http::visit::Answer;
use crate::views::capability::label;
use crate::views::user::{Asked, Described as _, Explain, StepLink, sentence};
use crate::views::{Choice, isolated};

/// What the address asks about.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Question {
    capability: String,
    company: String,
}

impl Question {
    /// A word that names nothing is not found.
    fn read(&self) -> Result<(Option<Capability>, Option<CompanyId>), Refused> {
        let capability = match self.capability.as_str() {
            "" => None,
            key => Some(Capability::of_key(key).ok_or(Refused::NotFound)?),
        };
        let company = match self.company.as_str() {
            "" => None,
            id => Some(id.parse().map_err(|_| Refused::NotFound)?),
        };
        Ok((capability, company))
    }
}

/// The page: a question and its answer.
pub async fn page(visit: Managing, question: Question) -> Answer {
    let id: UserId = visit.param("user")?;
    let (capability, company) = question.read()?;
    let (user, asked) = (id.clone(), company.clone());
    let read =
        visit.read(move |r, pass| explain::explain_user(r, pass, &user, capability, asked.as_ref())).await?;
    let (pass, found) = read;
    let t = visit.t();
    let users = users_of(&pass);
    let name = found.company.as_ref().map(|company| company.details.name.as_str());
    let asked = found.explanation.as_ref().map(|explanation| {
        let link = |step: &Step| step_link(t, &users, &id, &found, step);
        let steps = explanation.change.as_ref().map(|steps| steps.iter().map(link).collect());
        Asked::new(t, explanation, name, steps)
    });
    let capabilities = REGISTRY
        .iter()
        .map(|line| Choice::new(line.key, label(t, line.capability), Some(line.capability) == capability));
    let companies = found.choices.iter().map(|choice| {
        Choice::new(choice.id.as_str(), &choice.details.name, Some(&choice.id) == company.as_ref())
    });
    visit.page(Explain {
        t,
        frame: visit.frame(&pass),
        id: id.to_string(),
        capabilities: capabilities.collect(),
        companies: companies.collect(),
        asked,
        name: found.name,
    })
}

/// A step and the page on which it is done.
fn step_link(t: Text, users: &str, id: &UserId, found: &Explained, step: &Step) -> StepLink {
    let user = format!("{users}/{id}");
    let account = users.strip_suffix("/users").unwrap_or_default();
    let all = found.company.iter().chain(&found.own);
    let name_of = |id: &CompanyId| all.clone().find(|company| company.id == *id);
    let name = match step {
        Step::GiveCompany(id) | Step::EnableCompany(id) | Step::UseLeadCenter(id) => name_of(id),
        _ => None,
    };
    let name = name.map(|company| company.details.name.as_str()).unwrap_or_default();
    let href = match step {
        Step::CreateAgain => format!("{users}/new"),
        Step::Promote(to) => format!("{user}/promote/{}", to.word()),
        Step::GiveCompany(_) => format!("{user}#company"),
        Step::EnableCompany(_) => format!("{account}/companies?tab=disabled"),
        Step::UseLeadCenter(id) => format!("{account}/companies/{id}"),
        Step::Restore | Step::AgentFlag | Step::Accept => user,
    };
    StepLink { text: step_text(t, step, name), href }
}

fn step_text(t: Text, step: &Step, company: &str) -> String {
    let lower = |user_type: UserType| user_type.label(t).to_lowercase();
    match step {
        Step::CreateAgain => t.permission_step_create_again().to_owned(),
        Step::Restore => t.permission_step_restore().to_owned(),
        Step::Promote(to) => t.permission_step_promote(lower(*to)),
        Step::AgentFlag => t.permission_step_agent_flag().to_owned(),
        Step::GiveCompany(_) => t.permission_step_company(isolated(company)),
        Step::EnableCompany(_) => t.permission_step_enable(isolated(company)),
        Step::UseLeadCenter(_) => t.permission_step_lead_center(isolated(company)),
        Step::Accept => t.permission_step_accept().to_owned(),
    }
}

/// The same as data.
#[derive(Serialize)]
struct Told {
    allowed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    how_far: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    sentence: String,
    capability: &'static str,
    company: Option<String>,
    user_type: &'static str,
    agent: bool,
    status: &'static str,
    /// Nothing stands for all, present and future.
    companies: Option<Vec<String>>,
    /// In this order; nothing stands for what no change of the user allows.
    smallest_change: Option<Vec<ToDo>>,
}

#[derive(Serialize)]
struct ToDo {
    step: &'static str,
    sentence: String,
    #[serde(rename = "where")]
    place: String,
}

/// The answer as data.
pub async fn data(visit: Managing, question: Question) -> Answer {
    let id: UserId = visit.param("user")?;
    let (capability, company) = question.read()?;
    let user = id.clone();
    let read = visit
        .read(move |r, pass| explain::explain_user(r, pass, &user, capability, company.as_ref()))
        .await?;
    let (pass, found) = read;
    let explanation =
        found.explanation.as_ref().ok_or_else(|| Refused::field("capability", Problem::Missing))?;
    visit.data(&told(visit.t(), &users_of(&pass), &id, &found, explanation))
}

fn told(t: Text, users: &str, id: &UserId, found: &Explained, explanation: &Explanation) -> Told {
    let grants = &explanation.grants;
    let to_do = |step: &Step| {
        let link = step_link(t, users, id, found, step);
        ToDo { step: step.key(), sentence: link.text, place: link.href }
    };
    let name = found.company.as_ref().map(|company| company.details.name.as_str());
    Told {
        allowed: explanation.decision.is_ok(),
        how_far: explanation.decision.ok().map(|mark| mark.key()),
        reason: explanation.decision.err().map(|refusal| refusal.key()),
        sentence: sentence(t, explanation, name),
        capability: explanation.capability.line().key,
        company: explanation.company.as_ref().map(ToString::to_string),
        user_type: grants.user_type.word(),
        agent: grants.agent,
        status: grants.status.word(),
        companies: match &grants.companies {
            domain::access::Companies::All => None,
            domain::access::Companies::Only(some) => Some(some.iter().map(ToString::to_string).collect()),
        },
        smallest_change: explanation.change.as_ref().map(|steps| steps.iter().map(to_do).collect()),
    }
}
