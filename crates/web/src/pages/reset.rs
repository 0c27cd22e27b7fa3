//! A new password for who has lost theirs.

use app::pass::{LinkState, OpenPass, ResetPass};
use app::{Refused, brand};
use domain::email::EmailAddress;
use domain::input::FieldError;
use serde::Deserialize;

use super::form::Errors;
use crate::http::cookies::Cookie;
use crate::http::route::Nothing;
use crate::http::visit::{Answer, Visit};
use crate::views::session::{Reset, ResetClosed, ResetNew, ResetSent};

/// The address whose password is lost.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    email: String,
}

/// The new password.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NewPassword {
    password: String,
}

/// Asks for the address.
pub async fn page(visit: Visit<OpenPass>, _: Nothing) -> Answer {
    visit.page(view(&visit, "", &Errors::default()))
}

/// Sends the link, if there is a login; the answer is the same either way.
pub async fn request(visit: Visit<OpenPass>, typed: Typed) -> Answer {
    let email = match EmailAddress::parse(&typed.email) {
        Ok(email) => email,
        Err(problem) => {
            let errors = Errors(vec![FieldError { field: "email", problem }]);
            return visit.mend(view(&visit, &typed.email, &errors));
        }
    };
    visit.app.request_reset(&visit.ask, email).await?;
    visit.page(ResetSent {
        t: visit.t(),
        frame: visit.open_frame(),
        email: typed.email.trim().to_owned(),
        kept: visit.app.smtp.is_none(),
    })
}

/// Exchanges the mailed link for a cookie.
pub async fn follow(visit: Visit<OpenPass>, _: Nothing) -> Answer {
    let token: String = visit.param("token")?;
    visit.go_with("/reset/new", Cookie::Reset, &super::invitation::plain(&token)?)
}

/// Asks for the new password.
pub async fn new_page(visit: Visit<ResetPass>, _: Nothing) -> Answer {
    match new_view(&visit, &Errors::default()).await {
        Ok(view) => visit.page(view),
        Err(Refused::Link(state)) => closed(&visit, state),
        Err(refused) => Err(refused),
    }
}

/// Sets the new password and signs in.
pub async fn complete(visit: Visit<ResetPass>, typed: NewPassword) -> Answer {
    match visit.app.complete_reset(&visit.ask, &typed.password).await {
        Ok(signed_in) => visit.started(visit.go("/accounts"), &signed_in),
        Err(Refused::Invalid(errors)) => visit.mend(new_view(&visit, &Errors(errors)).await?),
        Err(Refused::Link(state)) => closed(&visit, state),
        Err(refused) => Err(refused),
    }
}

fn view(visit: &Visit<OpenPass>, email: &str, errors: &Errors) -> Reset {
    let t = visit.t();
    Reset { t, frame: visit.open_frame(), email: errors.field(t, "email", email) }
}

async fn new_view(visit: &Visit<ResetPass>, errors: &Errors) -> Result<ResetNew, Refused> {
    let (pass, look) = visit.read(|r, pass| brand::look_of_login(r, &pass.login)).await?;
    let (t, frame) = (visit.t(), visit.link_frame(look));
    Ok(ResetNew { t, frame, email: pass.email, password: errors.password(t) })
}

fn closed(visit: &Visit<ResetPass>, _state: LinkState) -> Answer {
    let mut response = visit.page(ResetClosed { t: visit.t(), frame: visit.dead_link_frame() })?;
    *response.status_mut() = http::StatusCode::GONE;
    Ok(response)
}
