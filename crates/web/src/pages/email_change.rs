//! Changing one's own address.

use app::pass::{EmailChangePass, OpenPass, Proven, SelfPass};
use app::{Refused, email_change};
use domain::email::EmailAddress;
use domain::input::FieldError;
use serde::Deserialize;

use super::form::Errors;
use crate::http::cookies::Cookie;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::views::email_change::{Closed, Confirm, New};

/// The new address, and the present password.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    email: String,
    password: String,
}

/// The password, of who is not signed in.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TypedPassword {
    password: String,
}

/// Asks for the new address.
pub async fn page(visit: Visit<Proven<SelfPass>>, _: Nothing) -> Answer {
    let pass = visit.pass().await?;
    visit.page(view(&visit, &pass, "", &Errors::default()))
}

/// Sends the link; the answer is the same whether the address has a login or not.
pub async fn request(visit: Visit<Proven<SelfPass>>, typed: Typed) -> Answer {
    let sent = match EmailAddress::parse(&typed.email) {
        Ok(email) => visit.app.request_email_change(&visit.ask, &typed.password, email).await,
        Err(problem) => Err(Refused::Invalid(vec![FieldError { field: "email", problem }])),
    };
    match sent {
        Ok(()) => sent_page(&visit),
        Err(Refused::Invalid(errors)) => {
            let pass = visit.pass().await?;
            visit.mend(view(&visit, &pass, &typed.email, &Errors(errors)))
        }
        Err(refused) => Err(refused),
    }
}

/// Sends the link again.
pub async fn send_again(visit: Visit<Proven<SelfPass>>, _: Nothing) -> Answer {
    visit.write(|w, pass| email_change::send_again(w, pass)).await?;
    sent_page(&visit)
}

/// Leaves the address as it is.
pub async fn cancel(visit: Visit<Proven<SelfPass>>, _: Nothing) -> Answer {
    visit.write(|w, pass| email_change::cancel(w, pass)).await?;
    visit.go_and_tell("/me", Toast::EmailChangeCancelled)
}

fn sent_page(visit: &Visit<Proven<SelfPass>>) -> Answer {
    let toast = if visit.app.smtp.is_some() { Toast::EmailLinkSent } else { Toast::EmailLinkKept };
    visit.go_and_tell("/me", toast)
}

fn view(visit: &Visit<Proven<SelfPass>>, pass: &SelfPass, email: &str, errors: &Errors) -> New {
    let t = visit.t();
    New {
        t,
        frame: visit.person_frame(pass.person()),
        present: pass.person().email.clone(),
        email: errors.field(t, "email", email),
        password: errors.password(t),
    }
}

/// Exchanges the mailed link for a cookie. Nothing is looked up and nothing used up.
pub async fn follow(visit: Visit<OpenPass>, _: Nothing) -> Answer {
    let token: String = visit.param("token")?;
    visit.go_with("/email-change", Cookie::EmailChange, &super::invitation::plain(&token)?)
}

/// The new address and a button.
pub async fn confirm_page(visit: Visit<EmailChangePass>, _: Nothing) -> Answer {
    match visit.pass().await {
        Ok(pass) => visit.page(confirm_view(&visit, &pass, &Errors::default())),
        Err(Refused::Link(_)) => closed(&visit),
        Err(refused) => Err(refused),
    }
}

/// Changes the address.
pub async fn confirm(visit: Visit<EmailChangePass>, typed: TypedPassword) -> Answer {
    let pass = match visit.pass().await {
        Err(Refused::Link(_)) => return closed(&visit),
        pass => pass?,
    };
    match visit.app.confirm_email_change(&visit.ask, &typed.password).await {
        Ok(Some(session)) => visit.started(visit.go_and_tell("/me", Toast::EmailChanged), &session),
        Ok(None) => visit.go_and_tell("/sign-in", Toast::EmailChanged),
        Err(Refused::Invalid(errors)) => visit.mend(confirm_view(&visit, &pass, &Errors(errors))),
        Err(Refused::Link(_)) => closed(&visit),
        Err(refused) => Err(refused),
    }
}

fn confirm_view(visit: &Visit<EmailChangePass>, pass: &EmailChangePass, errors: &Errors) -> Confirm {
    let t = visit.t();
    Confirm {
        t,
        frame: visit.open_frame(),
        email: pass.email.to_string(),
        is_signed_in: pass.here.is_some(),
        password: errors.password(t),
    }
}

fn closed(visit: &Visit<EmailChangePass>) -> Answer {
    let mut response = visit.page(Closed { t: visit.t(), frame: visit.dead_link_frame() })?;
    *response.status_mut() = http::StatusCode::GONE;
    Ok(response)
}
