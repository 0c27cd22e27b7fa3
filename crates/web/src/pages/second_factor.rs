//! Second factors: the code that completes a sign-in, and turning one's own on and off.

use app::Refused;
use app::pass::{SecondFactorPass, SelfPass};
use app::second_factor::{self, State};
use app::{Conflict, brand};
use serde::Deserialize;

use super::form::Errors;
use super::{session, shown};
use crate::http::cookies::Cookie;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit, Visitor};
use crate::views::Field;
use crate::views::second_factor::{Closed, Code, Codes, Own};

/// Where to go when the code was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Next {
    next: String,
}

/// The code, and what waits meanwhile.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TypedCode {
    code: String,
    next: String,
    kept: String,
}

/// The present password and a code.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    password: String,
    code: String,
}

/// Asks for the code at once, with what waits.
pub(super) fn ask(visitor: &Visitor, ticket: &str, next: &str, kept: &str) -> Answer {
    let (next, kept) = (next.to_owned(), kept.to_owned());
    let view = Code { t: visitor.t(), frame: visitor.open_frame(), code: Field::default(), next, kept };
    let mut response = visitor.page(view)?;
    let cookie = Cookie::SecondFactor.set(visitor.secure, ticket);
    response.headers_mut().append(http::header::SET_COOKIE, cookie);
    Ok(response)
}

/// Asks for the code.
pub async fn code_page(visit: Visit<SecondFactorPass>, next: Next) -> Answer {
    match code_view(&visit, &TypedCode { next: next.next, ..TypedCode::default() }, &Errors::default()).await
    {
        Ok(view) => visit.page(view),
        Err(Refused::Link(_)) => closed(&visit),
        Err(refused) => Err(refused),
    }
}

/// Signs in with it.
pub async fn prove(visit: Visit<SecondFactorPass>, typed: TypedCode) -> Answer {
    match visit.app.prove_second_factor(&visit.ask, &typed.code).await {
        Ok(signed_in) => {
            let answer = session::go_on(&visit, &typed.next, &typed.kept);
            let mut response = visit.signed_in(answer, &signed_in)?;
            let cleared = Cookie::SecondFactor.clear(visit.secure);
            response.headers_mut().append(http::header::SET_COOKIE, cleared);
            Ok(response)
        }
        Err(Refused::Invalid(errors)) => visit.mend(code_view(&visit, &typed, &Errors(errors)).await?),
        Err(Refused::Link(_) | Refused::Conflict(Conflict::Changed)) => closed(&visit),
        Err(refused) => Err(refused),
    }
}

async fn code_view(
    visit: &Visit<SecondFactorPass>,
    typed: &TypedCode,
    errors: &Errors,
) -> Result<Code, Refused> {
    let (_, look) = visit.read(|r, pass| brand::look_of_login(r, &pass.login.id)).await?;
    let t = visit.t();
    Ok(Code {
        t,
        frame: visit.link_frame(look),
        code: errors.field(t, "code", ""),
        next: typed.next.clone(),
        kept: typed.kept.clone(),
    })
}

/// The ticket has ended: everything is typed again.
fn closed(visit: &Visit<SecondFactorPass>) -> Answer {
    let mut response = visit.page(Closed { t: visit.t(), frame: visit.dead_link_frame() })?;
    *response.status_mut() = http::StatusCode::GONE;
    Ok(response)
}

/// One's own second factor.
pub async fn page(visit: Visit<SelfPass>, _: Nothing) -> Answer {
    visit.page(own_view(&visit, &Errors::default()).await?)
}

/// Shows a new app.
pub async fn begin(visit: Visit<SelfPass>, _: Nothing) -> Answer {
    match visit.write(second_factor::begin).await {
        // Somebody has turned it on meanwhile, and sees it there.
        Ok(_) | Err(Refused::Conflict(Conflict::Changed)) => visit.go("/me/second-factor"),
        Err(refused) => Err(refused),
    }
}

/// Turns it on, and shows the recovery codes this once.
pub async fn turn_on(visit: Visit<SelfPass>, typed: Typed) -> Answer {
    let pass = visit.pass().await?;
    match visit.app.turn_on_second_factor(&visit.ask, &typed.password, &typed.code).await {
        Ok((codes, started)) => visit.started(show(&visit, &pass, codes, true), &started),
        Err(Refused::Invalid(errors)) => visit.mend(own_view(&visit, &Errors(errors)).await?),
        Err(refused) => Err(refused),
    }
}

/// Makes new recovery codes, and shows them this once.
pub async fn renew(visit: Visit<SelfPass>, typed: Typed) -> Answer {
    match visit.app.renew_recovery_codes(&visit.ask, &typed.password, &typed.code).await {
        Ok(codes) => {
            let pass = visit.pass().await?;
            show(&visit, &pass, codes, false)
        }
        Err(Refused::Invalid(errors)) => visit.mend(own_view(&visit, &Errors(errors)).await?),
        Err(refused) => Err(refused),
    }
}

fn show(visit: &Visit<SelfPass>, pass: &SelfPass, codes: Vec<String>, is_new: bool) -> Answer {
    visit.page(Codes { t: visit.t(), frame: visit.person_frame(pass.person()), codes, is_new })
}

/// Turns it off.
pub async fn turn_off(visit: Visit<SelfPass>, typed: Typed) -> Answer {
    match visit.app.turn_off_second_factor(&visit.ask, &typed.password, &typed.code).await {
        Ok(()) => visit.go_and_tell("/me/second-factor", Toast::SecondFactorOff),
        Err(Refused::Invalid(errors)) => visit.mend(own_view(&visit, &Errors(errors)).await?),
        Err(refused) => Err(refused),
    }
}

async fn own_view(visit: &Visit<SelfPass>, errors: &Errors) -> Result<Own, Refused> {
    let issuer = visit.look.name.clone();
    let (pass, State { on, shown: app }) =
        visit.read(move |r, pass| second_factor::state(r, pass, &issuer)).await?;
    let t = visit.t();
    Ok(Own {
        t,
        frame: visit.person_frame(pass.person()),
        email: pass.person().email.clone(),
        on: on.map(|(since, left)| (shown::when(since, &visit.moments("UTC")), left)),
        app,
        password: errors.password(t),
        code: errors.field(t, "code", ""),
    })
}
