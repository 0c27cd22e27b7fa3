//! Temporary passwords: setting one for somebody who is invited, and choosing one's own instead (C-06).

use app::Refused;
use app::email_proof;
use app::moment::Moments;
use app::pass::{HasPlace, SelfPass, TemporaryPasswordPass};
use app::temporary_password::{self, ToBeSet};
use app::{Conflict, pass};
use domain::capability::proof::ManageUsers;
use domain::id::UserId;
use serde::Deserialize;

use super::form::Errors;
use super::invitation::{home_of, look_of, more, places};
use super::shown;
use crate::http::cookies::Cookie;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::views::Field;
use crate::views::temporary_password::{Choose, Closed, Set, Waiting};

type Managing = Visit<pass::AccountPass<ManageUsers>>;

/// The temporary password, or one's own.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    password: String,
}

/// Asks for a temporary password, with one to be taken.
pub async fn set_page(visit: Managing, _: Nothing) -> Answer {
    let (pass, of) = preview(&visit).await?;
    visit.page(set_view(&visit, &pass, of, &Errors::default()))
}

/// Sets it. What was typed is not sent back, should it not do: there is another one to be taken.
pub async fn set(visit: Managing, typed: Typed) -> Answer {
    let (pass, of) = preview(&visit).await?;
    let id: UserId = visit.param("user")?;
    let back = format!("/accounts/{}/users/{id}", pass.account());
    let account = pass.account().clone();
    match visit.app.set_temporary_password(&visit.ask, account, id, &typed.password).await {
        Ok(_) => visit.go_and_tell(&back, Toast::TemporaryPasswordSet),
        Err(Refused::Invalid(errors)) => visit.mend(set_view(&visit, &pass, of, &Errors(errors))),
        Err(refused) => Err(refused),
    }
}

/// Takes it back.
pub async fn end(visit: Managing, _: Nothing) -> Answer {
    let id: UserId = visit.param("user")?;
    let wanted = id.clone();
    let (pass, ()) = visit.write(move |w, pass| temporary_password::end(w, pass, &wanted)).await?;
    visit.go_and_tell(&format!("/accounts/{}/users/{id}", pass.account()), Toast::TemporaryPasswordEnded)
}

async fn preview(visit: &Managing) -> Result<(pass::AccountPass<ManageUsers>, ToBeSet), Refused> {
    let id: UserId = visit.param("user")?;
    visit.read(move |r, pass| temporary_password::preview(r, pass, &id)).await
}

fn set_view(visit: &Managing, pass: &pass::AccountPass<ManageUsers>, of: ToBeSet, errors: &Errors) -> Set {
    let proposed = Field::of(visit.app.propose_temporary_password());
    let error = errors.sentence(visit.t(), "password");
    Set {
        t: visit.t(),
        frame: visit.frame(pass),
        id: visit.param("user").unwrap_or_default(),
        name: of.name,
        email: of.email,
        password: Field { error, ..proposed },
        replaces: of.present.is_some(),
        in_center: pass.place().center.is_some(),
    }
}

/// The temporary password that waits, for the user's page.
pub(super) fn waiting(
    moments: &Moments,
    present: &Option<temporary_password::TemporaryPassword>,
) -> Option<Waiting> {
    present.as_ref().map(|present| Waiting {
        set_by: present.set_by.clone(),
        expires: shown::when(present.expires_at, moments),
    })
}

/// Asks whoever has typed a temporary password for their own.
pub async fn choose_page(visit: Visit<TemporaryPasswordPass>, _: Nothing) -> Answer {
    match visit.pass().await {
        Ok(pass) if pass.invitation.is_of_another() => Err(Refused::Conflict(Conflict::OtherAddress)),
        Ok(pass) => visit.page(choose_view(&visit, &pass, &Errors::default())),
        Err(Refused::Link(_)) => closed(&visit),
        Err(refused) => Err(refused),
    }
}

/// Joins the account with it.
pub async fn choose(visit: Visit<TemporaryPasswordPass>, typed: Typed) -> Answer {
    let pass = match visit.pass().await {
        Ok(pass) => pass,
        Err(Refused::Link(_)) => return closed(&visit),
        Err(refused) => return Err(refused),
    };
    match visit.app.choose_password(&visit.ask, &typed.password).await {
        Ok(accepted) => {
            let home = home_of(&accepted, &pass.invitation);
            let mut response = visit.started(visit.go(&home), &accepted.session)?;
            let cleared = Cookie::TemporaryPassword.clear(visit.secure);
            response.headers_mut().append(http::header::SET_COOKIE, cleared);
            Ok(response)
        }
        Err(Refused::Invalid(errors)) => visit.mend(choose_view(&visit, &pass, &Errors(errors))),
        Err(Refused::Link(_)) => closed(&visit),
        Err(refused) => Err(refused),
    }
}

fn choose_view(
    visit: &Visit<TemporaryPasswordPass>,
    pass: &TemporaryPasswordPass,
    errors: &Errors,
) -> Choose {
    let opened = &pass.invitation;
    Choose {
        t: visit.t(),
        frame: visit.link_frame(look_of(opened)),
        account: opened.account_name.clone(),
        places: places(opened),
        more: more(opened),
        user_type: opened.user_type,
        agent: opened.agent,
        email: opened.email.clone(),
        password: errors.password(visit.t()),
    }
}

fn closed(visit: &Visit<TemporaryPasswordPass>) -> Answer {
    let mut response = visit.page(Closed { t: visit.t(), frame: visit.dead_link_frame() })?;
    *response.status_mut() = http::StatusCode::GONE;
    Ok(response)
}

/// Sends a link that shows that one's address is one's own.
pub async fn prove(visit: Visit<SelfPass>, _: Nothing) -> Answer {
    visit.write(email_proof::ask).await?;
    let toast = if visit.app.smtp.is_some() { Toast::ProofSent } else { Toast::ProofKept };
    visit.go_and_tell("/me", toast)
}
