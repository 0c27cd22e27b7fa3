//! `rollcall explain` (P-18).

use app::explain::{Explanation, Step};
use app::work::Reader;
use domain::access::{Companies, Grants, Refusal};
use domain::capability::{Capability, Mark, REGISTRY};
use domain::id::{CompanyId, UserId};
use serde::Serialize;
use store::pass::{Reason, SystemPass};

use super::{Answer, with_app};
use crate::failure::Failure;
use crate::sentence::{self, plain_option, standing};
use crate::settings::Settings;

/// The question.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The user's id
    #[arg(long)]
    user: UserId,
    /// The capability's key, such as manage_users
    #[arg(long, value_parser = capability)]
    capability: Capability,
    /// The company it is asked for; otherwise whatever lies within the user's companies
    #[arg(long)]
    company: Option<CompanyId>,
}

fn capability(key: &str) -> Result<Capability, String> {
    Capability::of_key(key).ok_or_else(|| {
        let keys: Vec<&str> = REGISTRY.iter().map(|line| line.key).collect();
        format!("the capabilities are {}", keys.join(", "))
    })
}

#[derive(Serialize)]
struct Explained {
    allowed: bool,
    reason: String,
    user: String,
    user_type: &'static str,
    agent: bool,
    status: &'static str,
    capability: &'static str,
    row: &'static str,
    /// How far the capability goes, if it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    reach: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    company: Option<String>,
    /// The companies the user has; nothing stands for all.
    companies: Option<Vec<String>>,
    /// What would have to be done for it, in this order; nothing stands for what no change of the user allows.
    smallest_change: Option<Vec<ToDo>>,
}

#[derive(Serialize)]
struct ToDo {
    step: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    sentence: String,
}

/// Asks the function that decides on requests, and says in one sentence why it decides so.
pub(crate) async fn run(settings: &Settings, args: Args) -> Result<Answer, Failure> {
    let Args { user, capability, company } = args;
    with_app(settings, async |app| {
        let missing = format!("There is no user {user}.");
        let asked = (user.clone(), company.clone());
        let unit = move |r: &mut Reader| {
            let pass = SystemPass::new(Reason::CommandLine);
            app::explain::explain(r, &pass, &asked.0, capability, asked.1.as_ref())
        };
        let explained = app.store.read(unit).await;
        let explained = explained.map_err(|error| match &company {
            Some(company) if matches!(error, app::Refused::Invalid(_)) => {
                Failure::new(format!("The account of user {user} has no company {company}."))
            }
            _ => sentence::refused_or_missing(error, plain_option, missing),
        })?;
        Answer::of(&shape(&user, &explained))
    })
    .await
}

fn shape(user: &UserId, explained: &Explanation) -> Explained {
    let Explanation { capability, company, grants, decision, change, .. } = explained;
    let (capability, company) = (*capability, company.as_ref());
    let line = capability.line();
    Explained {
        allowed: decision.is_ok(),
        reason: match decision {
            Ok(mark) => allowed(grants, capability, *mark, company),
            Err(refusal) => refused(grants, capability, *refusal),
        },
        user: user.to_string(),
        user_type: grants.user_type.word(),
        agent: grants.agent,
        status: grants.status.word(),
        capability: line.key,
        row: line.row,
        reach: decision.as_ref().ok().map(|mark| reach(*mark).0),
        company: company.map(ToString::to_string),
        companies: match &grants.companies {
            Companies::All => None,
            Companies::Only(some) => Some(some.iter().map(ToString::to_string).collect()),
        },
        smallest_change: change.as_ref().map(|steps| steps.iter().map(to_do).collect()),
    }
}

fn to_do(step: &Step) -> ToDo {
    let (to, sentence) = match step {
        Step::CreateAgain => (None, "Create the user again.".to_owned()),
        Step::EnableCompany(company) => {
            (Some(company.to_string()), format!("Enable the company {company} again."))
        }
        Step::UseLeadCenter(company) => {
            (Some(company.to_string()), format!("Let the company {company} use Lead Center."))
        }
        Step::Restore => (None, "Switch the user's access on again.".to_owned()),
        Step::Promote(to) => (Some(to.word().to_owned()), format!("Promote the user to {}.", to.word())),
        Step::AgentFlag => (None, "Turn on the agent flag.".to_owned()),
        Step::GiveCompany(company) => {
            (Some(company.to_string()), format!("Give the user the company {company}."))
        }
        Step::Accept => (None, "Send the invitation and wait until the user accepts it.".to_owned()),
    };
    ToDo { step: step.key(), to, sentence }
}

fn allowed(grants: &Grants, capability: Capability, mark: Mark, company: Option<&CompanyId>) -> String {
    let places = match (company, &grants.companies) {
        (Some(_), Companies::All) => "for this company as for all of the account",
        (Some(_), Companies::Only(_)) => "for this company, which the user has",
        (None, Companies::All) => "in the whole account",
        (None, Companies::Only(_)) => "within the user's companies",
    };
    format!("The user is active, and {} {places}{}.", gives(grants, capability), reach(mark).1)
}

fn refused(grants: &Grants, capability: Capability, refusal: Refusal) -> String {
    let name = name(capability);
    match refusal {
        Refusal::NotActive(status) => format!("{}, and only active users may do anything.", standing(status)),
        Refusal::NeedsProvider => "The account requires single sign-on.".to_owned(),
        Refusal::Lacks(_) if grants.agent => {
            format!("Neither the type {} nor the agent flag gives {name}.", grants.user_type.word())
        }
        Refusal::Lacks(_) => format!("The type {} does not give {name}.", grants.user_type.word()),
        Refusal::OutsideCompanies => {
            format!("{} within the user's companies, and this company is none of them.", {
                let mut gives = gives(grants, capability);
                gives[..1].make_ascii_uppercase();
                gives
            })
        }
        Refusal::CompanyDisabled => {
            format!("The user has {name}, but the company, or each that they have, is disabled.")
        }
        Refusal::NoLeadCenter => {
            format!("The user has {name}, but neither the company nor one that they have uses Lead Center.")
        }
        Refusal::NoSecondFactor => {
            format!("The user has {name}, but a second factor is asked for there, and they have none.")
        }
        Refusal::GreaterAccess => format!("The user has {name}, but the other user has more access."),
        Refusal::OutlastsOwn => format!("The user has {name}, but the other user's access lasts longer."),
        Refusal::OutsideKey(_) => format!("The user has {name}, but the key is narrowed."),
        Refusal::NamesProduct => {
            format!("The user has {name}, but on an account with its own brand this is for administrators.")
        }
        Refusal::Center(_) => format!("{name} is given by the account center."),
    }
}

/// What gives the capability to the user, as the middle of a sentence.
fn gives(grants: &Grants, capability: Capability) -> String {
    let by_type = domain::capability::mark(grants.user_type, false, capability);
    let by_both = domain::capability::mark(grants.user_type, grants.agent, capability);
    let name = name(capability);
    match by_both > by_type {
        true => format!("the agent flag gives {name}"),
        false => format!("the type {} gives {name}", grants.user_type.word()),
    }
}

fn name(capability: Capability) -> String {
    let line = capability.line();
    format!("{} ({})", line.key, line.row)
}

/// How far a mark goes, as data and as the end of a sentence.
fn reach(mark: Mark) -> (&'static str, &'static str) {
    match mark {
        Mark::No => ("none", ""),
        Mark::LeadCenterOnly => ("lead_center_only", ", in Lead Center only"),
        Mark::VisibleLeadsOnly => ("visible_leads_only", ", for leads the user can see"),
        Mark::Yes => ("full", ""),
    }
}
