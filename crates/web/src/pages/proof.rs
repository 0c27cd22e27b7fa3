//! Showing again that it is oneself, before what is dangerous.

use app::pass::SelfPass;
use app::{Refused, proof};
use serde::Deserialize;

use super::form::Errors;
use crate::http::visit::{Answer, Visit};
use crate::routes;
use crate::views::proof::Proof;

/// Where to go then.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Next {
    next: String,
}

/// All that one signs in with.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    password: String,
    code: String,
    next: String,
}

/// Asks for it.
pub async fn page(visit: Visit<SelfPass>, next: Next) -> Answer {
    visit.page(view(&visit, &next.next, &Errors::default()).await?)
}

/// Notes it, and goes on with the session's new token.
pub async fn prove(visit: Visit<SelfPass>, typed: Typed) -> Answer {
    match visit.app.prove_again(&visit.ask, &typed.password, &typed.code).await {
        Ok(token) => {
            let next = if routes::leads_to_a_page(&typed.next) { &typed.next } else { "/me" };
            visit.with_session(visit.go(next), &token)
        }
        Err(Refused::Invalid(errors)) => visit.mend(view(&visit, &typed.next, &Errors(errors)).await?),
        Err(refused) => Err(refused),
    }
}

async fn view(visit: &Visit<SelfPass>, next: &str, errors: &Errors) -> Result<Proof, Refused> {
    let (pass, shows) = visit.read(proof::shows).await?;
    let t = visit.t();
    Ok(Proof {
        t,
        frame: visit.person_frame(pass.person()),
        email: pass.person().email.clone(),
        needs_code: shows.code,
        // On an account's own host there are none.
        has_passkey: shows.passkey && visit.own_host().is_none(),
        password: errors.password(t),
        code: errors.field(t, "code", ""),
        next: next.to_owned(),
    })
}
