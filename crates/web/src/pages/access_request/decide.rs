//! Deciding about access requests: letting in, or not (U-16).

use app::Refused;
use app::access_request::{self, Found, State};
use app::company::Company;
use app::pass::{AccountPass, HasPlace as _};
use domain::access_request::Terms;
use domain::capability::proof::ManageUsers;
use domain::id::AccessRequestId;
use domain::name;
use domain::user::{UserType, may_manage};
use serde::Deserialize;

use super::when;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::Answer;
use crate::pages::form::{Errors, ticked};
use crate::pages::user::Managing;
use crate::views::access_request::{Decide, List, Row};
use crate::views::user::counted;
use crate::views::{Choice, Pager};

/// Which page.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Query {
    after: String,
}

/// What they are let in with.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Chosen {
    user_type: String,
    #[serde(deserialize_with = "ticked")]
    agent: Option<String>,
    company: Vec<String>,
    filter: String,
    go: String,
}

/// Why they are not let in.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Declined {
    reason: String,
}

/// The requests that wait.
pub async fn list(visit: Managing, query: Query) -> Answer {
    let after: Option<AccessRequestId> = query.after.parse().ok();
    let (pass, found) = visit.read(move |r, pass| access_request::list(r, pass, after.as_ref())).await?;
    let (t, moments) = (visit.t(), visit.moments(&pass.place().time_zone));
    let row = |request: &Found| Row {
        id: request.id.to_string(),
        name: request.name(),
        email: request.email.clone(),
        message: request.message.clone(),
        when: when(request, &moments),
    };
    let requests = &found.requests;
    let last = requests.rows.last().filter(|_| requests.has_more);
    visit.page(List {
        t,
        frame: visit.frame(&pass),
        active: counted(t, found.users.active),
        pending: counted(t, found.users.pending),
        count: counted(t, found.count),
        rows: requests.rows.iter().map(row).collect(),
        pager: Pager { previous: None, next: last.map(|last| format!("{}?after={}", visit.path, last.id)) },
    })
}

/// A request, and the two answers to it.
pub async fn page(visit: Managing, _: Nothing) -> Answer {
    visit.page(view(&visit, &Chosen::default(), "", &Errors::default()).await?)
}

/// Lets in. The buttons of the list of companies show the page again.
pub async fn approve(visit: Managing, mut chosen: Chosen) -> Answer {
    let id: AccessRequestId = visit.param("access_request")?;
    if matches!(chosen.go.as_str(), "all" | "none" | "filter") {
        let wanted = id.clone();
        let (_, (_, companies)) = visit.read(move |r, pass| access_request::get(r, pass, &wanted)).await?;
        chosen.choose_all_or_none(&companies);
        return visit.page(view(&visit, &chosen, "", &Errors::default()).await?);
    }
    let terms = Terms::parse(&chosen.user_type, chosen.agent.is_some(), &chosen.company);
    let done = match terms {
        Ok(terms) => visit.write(move |w, pass| access_request::approve(w, pass, &id, &terms)).await,
        // Of a request that is not there nothing is told.
        Err(errors) => Err(Refused::Invalid(errors)),
    };
    match done {
        Ok((pass, user)) => {
            visit.go_and_tell(&format!("/accounts/{}/users/{user}", pass.account()), Toast::AccessApproved)
        }
        Err(Refused::Invalid(errors)) => visit.mend(view(&visit, &chosen, "", &Errors(errors)).await?),
        Err(refused) => Err(refused),
    }
}

/// Does not let in.
pub async fn decline(visit: Managing, typed: Declined) -> Answer {
    let id: AccessRequestId = visit.param("access_request")?;
    let reason = match name::message(&typed.reason) {
        Ok(reason) => reason,
        Err(problem) => {
            let errors = Errors(vec![domain::input::FieldError { field: "reason", problem }]);
            return visit.mend(view(&visit, &Chosen::default(), &typed.reason, &errors).await?);
        }
    };
    let done = move |w: app::work::Writer, pass: &_| access_request::decline(w, pass, &id, reason.as_deref());
    let (pass, ()) = visit.write(done).await?;
    visit.go_and_tell(&list_of(&pass), Toast::AccessDeclined)
}

fn list_of(pass: &AccountPass<ManageUsers>) -> String {
    format!("/accounts/{}/users/access-requests", pass.account())
}

impl Chosen {
    fn choose_all_or_none(&mut self, companies: &[Company]) {
        let matches =
            |company: &&Company| company.details.name.to_lowercase().contains(&self.filter.to_lowercase());
        match self.go.as_str() {
            "all" => self.company = companies.iter().filter(matches).map(|one| one.id.to_string()).collect(),
            "none" => self.company.clear(),
            _ => {}
        }
    }
}

async fn view(visit: &Managing, chosen: &Chosen, reason: &str, errors: &Errors) -> Result<Decide, Refused> {
    let id: AccessRequestId = visit.param("access_request")?;
    let (pass, (found, companies)) = visit.read(move |r, pass| access_request::get(r, pass, &id)).await?;
    if found.state != State::Open {
        return Err(Refused::Conflict(app::Conflict::Changed));
    }
    let (t, place) = (visit.t(), pass.place());
    let may_give = |user_type: &UserType| {
        let agent = *user_type == UserType::Agent;
        user_type.has_login() && may_manage(&place.grants, *user_type, agent).is_ok()
    };
    let choice = |company: &Company| {
        let is_chosen = chosen.company.iter().any(|id| id == company.id.as_str());
        Choice::new(company.id.as_str(), &company.details.name, is_chosen)
    };
    Ok(Decide {
        t,
        frame: visit.frame(&pass),
        id: found.id.to_string(),
        name: found.name(),
        when: when(&found, &visit.moments(&place.time_zone)),
        email: found.email,
        message: found.message,
        types: UserType::ALL.iter().copied().filter(may_give).collect(),
        user_type: errors.field(t, "user_type", &chosen.user_type),
        agent: chosen.agent.is_some(),
        companies: companies.iter().map(choice).collect(),
        company_filter: chosen.filter.clone(),
        company_error: errors.sentence(t, "company"),
        reason: errors.field(t, "reason", reason),
    })
}
