//! Signing in and out.

use ::http::StatusCode;
use app::pass::{LeavePass, OpenPass};
use app::session::{Entered, Started};
use app::{Conflict, Refused, account, passkey, session};
use serde::Deserialize;

use super::form::Errors;
use super::user::create;
use super::{center_person, second_factor};
use crate::http::cookies::Cookie;
use crate::http::problem::sentence;
use crate::http::refusals;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::http::visitor::Visitor;
use crate::routes;
use crate::views::Field;
use crate::views::passkey::Button;
use crate::views::session::{GoOn, SignIn};

/// Where to go after signing in or out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Next {
    #[serde(default)]
    next: String,
}

/// What is typed to sign in, and what waits meanwhile.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Typed {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
    #[serde(default)]
    kept: String,
}

/// The start page: to one's accounts, or to signing in.
pub async fn start(visit: Visit<OpenPass>, _: Nothing) -> Answer {
    if visit.is_seeing() {
        // To the account they see, which is the one page that is there for them.
        let pass = visit.of::<LeavePass>(()).pass().await?;
        return visit.go(&pass
            .seeing()
            .map_or("/sign-in".to_owned(), |seeing| format!("/accounts/{}", seeing.account)));
    }
    match visit.bound_account() {
        Some(account) => visit.go(&format!("/accounts/{account}")),
        None => visit.go(if visit.has_session() { "/accounts" } else { "/sign-in" }),
    }
}

/// The sign-in page.
pub async fn sign_in_page(visit: Visit<OpenPass>, next: Next) -> Answer {
    visit.page(view(&visit, &Typed { next: next.next, ..Typed::default() }, None, &Errors::default()).await?)
}

/// Signs in.
pub async fn sign_in(visit: Visit<OpenPass>, typed: Typed) -> Answer {
    let mut errors = Errors::default();
    for (field, value) in [("email", &typed.email), ("password", &typed.password)] {
        if value.is_empty() {
            errors.0.push(domain::input::FieldError { field, problem: domain::input::Problem::Missing });
        }
    }
    if !errors.0.is_empty() {
        return visit.mend(view(&visit, &typed, None, &errors).await?);
    }
    match visit.app.sign_in(&visit.ask, &typed.email, &typed.password).await {
        Ok(Entered::ChoosePassword(ticket)) => {
            visit.go_with("/temporary-password", Cookie::TemporaryPassword, &ticket)
        }
        Ok(Entered::Started(Started::Session(signed_in))) => {
            visit.signed_in(go_on(&visit, &typed.next, &typed.kept), &signed_in)
        }
        Ok(Entered::Started(Started::CodeNeeded(ticket))) => {
            second_factor::ask(&visit, &ticket, &typed.next, &typed.kept).await
        }
        Err(refused @ Refused::Conflict(Conflict::WrongPassword)) => {
            refusals::note(&visit.ask.origin, &refused);
            let error = Some(sentence(&visit, Conflict::WrongPassword));
            visit.mend(view(&visit, &typed, error, &errors).await?)
        }
        Err(refused) => Err(refused),
    }
}

/// To where whoever has signed in wanted to go, with what they had sent from there.
pub(super) fn go_on(visitor: &Visitor, next: &str, kept: &str) -> Answer {
    let next = if routes::leads_to_a_page(next) { next } else { "/accounts" };
    let kept = create::resumed(next, kept).or_else(|| center_person::create::resumed(next, kept));
    match kept {
        Some(fields) => {
            let frame = visitor.bare_frame();
            visitor.page(GoOn { t: visitor.t(), frame, next: next.to_owned(), fields })
        }
        None => visitor.go(next),
    }
}

/// Signing in, in answer to a form of somebody who is signed out by now; what they sent waits in `kept`.
pub(super) fn sign_in_again(visitor: &Visitor, next: &str, kept: String) -> Answer {
    let t = visitor.t();
    let view = SignIn {
        t,
        frame: visitor.open_frame(),
        email: Field::default(),
        password: Field::default(),
        next: next.to_owned(),
        kept,
        error: None,
        is_set_up: true,
        passkey: button(visitor),
    };
    let mut response = visitor.page(view)?;
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    Ok(response)
}

/// Signs out: ends the session and removes its cookie.
pub async fn sign_out(visit: Visit<LeavePass>, after: Next) -> Answer {
    visit.write(session::sign_out).await?;
    let next = if routes::leads_to_a_page(&after.next) { after.next.as_str() } else { "/sign-in" };
    let mut response = visit.go_and_tell(next, Toast::SignedOut)?;
    for cookie in [Cookie::Session, Cookie::CameFrom] {
        response.headers_mut().append(::http::header::SET_COOKIE, cookie.clear(visit.secure));
    }
    Ok(response)
}

/// The button for a passkey: where browsers take them, and on the server's own host, which they are made for.
fn button(visitor: &Visitor) -> Option<Button> {
    let is_offered = visitor.own_host().is_none() && passkey::is_offered(&visitor.app.settings);
    is_offered.then_some(Button {
        begin: "/sign-in/passkey/begin",
        action: "/sign-in/passkey",
        is_first: false,
    })
}

/// The sign-in page again, after a passkey that signs nobody in.
pub(super) async fn refuse_passkey(
    visit: &Visit<OpenPass>,
    next: String,
    kept: String,
    error: String,
) -> Answer {
    let typed = Typed { next, kept, ..Typed::default() };
    visit.mend(view(visit, &typed, Some(error), &Errors::default()).await?)
}

async fn view(
    visit: &Visit<OpenPass>,
    typed: &Typed,
    error: Option<String>,
    errors: &Errors,
) -> Result<SignIn, Refused> {
    let t = visit.t();
    let (_, is_set_up) = visit.read(|r, _| account::is_set_up(r)).await?;
    Ok(SignIn {
        t,
        frame: visit.open_frame(),
        email: errors.field(t, "email", &typed.email),
        password: errors.password(t),
        next: typed.next.clone(),
        kept: typed.kept.clone(),
        error,
        is_set_up,
        passkey: button(visit),
    })
}
