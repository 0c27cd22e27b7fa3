//! Second factors: the code that completes a sign-in, and turning one's own on and off.

use app::Refused;
use app::pass::{Proven, SecondFactorPass, SelfPass};
use app::second_factor::{self, State};
use app::work::Reader;
use app::{Conflict, brand, passkey};
use serde::Deserialize;

use super::form::Errors;
use super::{session, shown};
use crate::http::cookies::Cookie;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::http::visitor::Visitor;
use crate::views::Field;
use crate::views::passkey::Button;
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
pub(super) async fn ask(visitor: &Visitor, ticket: &str, next: &str, kept: &str) -> Answer {
    let mut asks = visitor.ask.clone();
    asks.credentials.second_factor = Some(ticket.to_owned());
    let (_, (has_app, has_passkey)) = visitor.app.read(&asks, (), passkey::ways).await?;
    let view = Code {
        t: visitor.t(),
        frame: visitor.open_frame(),
        code: Field::default(),
        next: next.to_owned(),
        kept: kept.to_owned(),
        has_app,
        passkey: button(visitor, has_passkey),
        error: None,
    };
    let mut response = visitor.page(view)?;
    let cookie = Cookie::SecondFactor.set(visitor.secure, ticket);
    response.headers_mut().append(http::header::SET_COOKIE, cookie);
    Ok(response)
}

/// The button for a passkey, for who has one: on the server's own host, which it is made for.
fn button(visitor: &Visitor, has_passkey: bool) -> Option<Button> {
    let is_offered = visitor.own_host().is_none() && passkey::is_offered(&visitor.app.settings);
    let button =
        Button { begin: "/second-factor/passkey/begin", action: "/second-factor/passkey", is_first: true };
    (has_passkey && is_offered).then_some(button)
}

/// Asks again, after a passkey that signs nobody in.
pub(super) async fn refuse_passkey(
    visit: &Visit<SecondFactorPass>,
    next: String,
    kept: String,
    error: String,
) -> Answer {
    let typed = TypedCode { next, kept, ..TypedCode::default() };
    match code_view(visit, &typed, &Errors::default()).await {
        Ok(view) => visit.mend(Code { error: Some(error), ..view }),
        Err(Refused::Link(_)) => closed(visit),
        Err(refused) => Err(refused),
    }
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
    let look = |r: &mut Reader, pass: &SecondFactorPass| {
        Ok((brand::look_of_login(r, &pass.login.id)?, passkey::ways(r, pass)?))
    };
    let (_, (look, (has_app, has_passkey))) = visit.read(look).await?;
    let t = visit.t();
    Ok(Code {
        t,
        frame: visit.link_frame(look),
        code: errors.field(t, "code", ""),
        next: typed.next.clone(),
        kept: typed.kept.clone(),
        has_app,
        passkey: button(visit, has_passkey),
        error: None,
    })
}

/// The ticket has ended: everything is typed again.
pub(super) fn closed(visit: &Visit<SecondFactorPass>) -> Answer {
    let mut response = visit.page(Closed { t: visit.t(), frame: visit.dead_link_frame() })?;
    *response.status_mut() = http::StatusCode::GONE;
    Ok(response)
}

/// One's own second factor.
pub async fn page(visit: Visit<Proven<SelfPass>>, _: Nothing) -> Answer {
    visit.page(own_view(&visit, &Errors::default()).await?)
}

/// Shows a new app.
pub async fn begin(visit: Visit<Proven<SelfPass>>, _: Nothing) -> Answer {
    match visit.write(|w, pass| second_factor::begin(w, pass)).await {
        // Somebody has turned it on meanwhile, and sees it there.
        Ok(_) | Err(Refused::Conflict(Conflict::Changed)) => visit.go("/me/second-factor"),
        // There they send themselves the link.
        Err(Refused::Conflict(Conflict::AddressUnproven)) => visit.go_and_tell("/me", Toast::AddressUnproven),
        Err(refused) => Err(refused),
    }
}

/// Turns it on, and shows the recovery codes this once.
pub async fn turn_on(visit: Visit<Proven<SelfPass>>, typed: Typed) -> Answer {
    let pass = visit.pass().await?;
    match visit.app.turn_on_second_factor(&visit.ask, &typed.password, &typed.code).await {
        // Those that came with a passkey go on.
        Ok((codes, started)) if codes.is_empty() => {
            visit.started(visit.go_and_tell("/me/second-factor", Toast::SecondFactorOn), &started)
        }
        Ok((codes, started)) => visit.started(show(&visit, &pass, codes, true), &started),
        Err(Refused::Invalid(errors)) => visit.mend(own_view(&visit, &Errors(errors)).await?),
        Err(refused) => Err(refused),
    }
}

/// Makes new recovery codes, and shows them this once.
pub async fn renew(visit: Visit<Proven<SelfPass>>, typed: Typed) -> Answer {
    match visit.app.renew_recovery_codes(&visit.ask, &typed.password, &typed.code).await {
        Ok(codes) => {
            let pass = visit.pass().await?;
            show(&visit, &pass, codes, false)
        }
        Err(Refused::Invalid(errors)) => visit.mend(own_view(&visit, &Errors(errors)).await?),
        Err(refused) => Err(refused),
    }
}

pub(super) fn show(
    visit: &Visit<Proven<SelfPass>>,
    pass: &SelfPass,
    codes: Vec<String>,
    is_new: bool,
) -> Answer {
    visit.page(Codes { t: visit.t(), frame: visit.person_frame(pass.person()), codes, is_new })
}

/// Turns it off.
pub async fn turn_off(visit: Visit<Proven<SelfPass>>, typed: Typed) -> Answer {
    match visit.app.turn_off_second_factor(&visit.ask, &typed.password, &typed.code).await {
        Ok(()) => visit.go_and_tell("/me/second-factor", Toast::SecondFactorOff),
        Err(Refused::Invalid(errors)) => visit.mend(own_view(&visit, &Errors(errors)).await?),
        Err(refused) => Err(refused),
    }
}

async fn own_view(visit: &Visit<Proven<SelfPass>>, errors: &Errors) -> Result<Own, Refused> {
    let issuer = visit.look.name.clone();
    let (pass, State { on, codes, shown: app }) =
        visit.read(move |r, pass| second_factor::state(r, pass, &issuer)).await?;
    let t = visit.t();
    Ok(Own {
        t,
        frame: visit.person_frame(pass.person()),
        email: pass.person().email.clone(),
        on: on.map(|since| shown::when(since, &visit.moments("UTC"))),
        codes,
        app,
        password: errors.password(t),
        code: errors.field(t, "code", ""),
    })
}
