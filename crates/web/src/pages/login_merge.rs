//! Merging two logins of one person: asking for it, and showing that the other login is one's own too (C-01).

mod made;

use app::pass::{LoginMergePass, OpenPass, Proven, SelfPass};
use app::{Conflict, Refused, login_merge};
use domain::email::EmailAddress;
use domain::input::FieldError;
use serde::Deserialize;

pub use made::{confirm, confirm_page, undo, undo_page};

use super::form::Errors;
use crate::http::cookies::Cookie;
use crate::http::problem::sentence;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::views::login_merge::{Closed, Link, New, Reader, Waiting};

/// The address of the other login, and its password.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    email: String,
    password: String,
}

/// Asks for the other login, or says which merge waits.
pub async fn page(visit: Visit<Proven<SelfPass>>, _: Nothing) -> Answer {
    let view = view(&visit, &Typed::default(), &Errors::default(), None).await?;
    visit.page(view)
}

/// Shows by its password that the other login is one's own.
pub async fn prove(visit: Visit<Proven<SelfPass>>, typed: Typed) -> Answer {
    let proven = match address(&typed) {
        Ok(email) => visit.app.prove_login(&visit.ask, &email, &typed.password).await,
        Err(refused) => Err(refused),
    };
    match proven {
        Ok(()) => visit.go("/me/merge/confirm"),
        Err(Refused::Conflict(Conflict::WrongPassword)) => {
            let error = Some(sentence(&visit, Conflict::WrongPassword));
            visit.mend(view(&visit, &typed, &Errors::default(), error).await?)
        }
        Err(refused) => mend(&visit, &typed, refused).await,
    }
}

/// Sends a link to the other login's address; the answer is the same whether it has a login or not.
pub async fn request(visit: Visit<Proven<SelfPass>>, typed: Typed) -> Answer {
    let sent = match address(&typed) {
        Ok(email) => visit.write(move |w, pass| login_merge::request(w, pass, &email)).await,
        Err(refused) => Err(refused),
    };
    match sent {
        Ok(_) => sent_page(&visit),
        Err(refused) => mend(&visit, &typed, refused).await,
    }
}

/// Sends the link again.
pub async fn send_again(visit: Visit<Proven<SelfPass>>, _: Nothing) -> Answer {
    visit.write(|w, pass| login_merge::send_again(w, pass)).await?;
    sent_page(&visit)
}

/// Gives the merge up.
pub async fn cancel(visit: Visit<Proven<SelfPass>>, _: Nothing) -> Answer {
    visit.write(|w, pass| login_merge::cancel(w, pass)).await?;
    visit.go_and_tell("/me", Toast::LoginMergeCancelled)
}

fn address(typed: &Typed) -> Result<EmailAddress, Refused> {
    EmailAddress::parse(&typed.email)
        .map_err(|problem| Refused::Invalid(vec![FieldError { field: "email", problem }]))
}

async fn mend(visit: &Visit<Proven<SelfPass>>, typed: &Typed, refused: Refused) -> Answer {
    match refused {
        Refused::Invalid(errors) => visit.mend(view(visit, typed, &Errors(errors), None).await?),
        refused => Err(refused),
    }
}

fn sent_page(visit: &Visit<Proven<SelfPass>>) -> Answer {
    let toast = if visit.app.smtp.is_some() { Toast::LoginLinkSent } else { Toast::LoginLinkKept };
    visit.go_and_tell("/me/merge", toast)
}

async fn view(
    visit: &Visit<Proven<SelfPass>>,
    typed: &Typed,
    errors: &Errors,
    error: Option<String>,
) -> Result<New, Refused> {
    let (pass, waiting) = visit.read(|r, pass| login_merge::waiting(r, pass)).await?;
    let (t, moments) = (visit.t(), visit.moments("UTC"));
    Ok(New {
        t,
        frame: visit.person_frame(pass.person()),
        present: pass.person().email.clone(),
        waiting: waiting.map(|merge| Waiting {
            email: merge.email,
            is_proven: merge.other.is_some(),
            until: moments.short(merge.expires_at),
            kept: visit.app.smtp.is_none(),
        }),
        email: errors.field(t, "email", &typed.email),
        password: errors.password(t),
        error,
    })
}

/// Exchanges the mailed link for a cookie. Nothing is looked up and nothing used up.
pub async fn follow(visit: Visit<OpenPass>, _: Nothing) -> Answer {
    let token: String = visit.param("token")?;
    visit.go_with("/login-merge", Cookie::LoginMerge, &super::invitation::plain(&token)?)
}

/// The address the link went to, and a button for the one who asked.
pub async fn link_page(visit: Visit<LoginMergePass>, _: Nothing) -> Answer {
    let pass = match visit.pass().await {
        Err(Refused::Link(_)) => return closed(&visit),
        pass => pass?,
    };
    let reader = match (pass.is_asker, visit.has_session()) {
        (true, _) => Reader::Asker,
        (false, true) => Reader::Another,
        (false, false) => Reader::Nobody,
    };
    visit.page(Link { t: visit.t(), frame: visit.open_frame(), email: pass.email, reader })
}

/// Uses the link up: the other login is one's own.
pub async fn use_link(visit: Visit<LoginMergePass>, _: Nothing) -> Answer {
    match visit.write(login_merge::prove).await {
        Ok(_) => visit.go("/me/merge/confirm"),
        Err(Refused::Link(_)) => closed(&visit),
        Err(refused) => Err(refused),
    }
}

fn closed(visit: &Visit<LoginMergePass>) -> Answer {
    let mut response = visit.page(Closed { t: visit.t(), frame: visit.dead_link_frame() })?;
    *response.status_mut() = http::StatusCode::GONE;
    Ok(response)
}
