//! Promote (U-08), also a notification user (U-09).

use ::http::StatusCode;
use app::access_change::{self, Confirmed, Preview};
use app::{Conflict, Refused};
use domain::access_change::{Change, InvitationFate};
use domain::id::UserId;
use domain::input::{FieldError, Problem};
use domain::name;
use domain::user::UserType;
use serde::Deserialize;

use super::Managing;
use super::change::{self, Words, after, preview, reason, refused_with, version};
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::Answer;
use crate::pages::form::Errors;
use crate::views::capability::promotion;
use crate::views::isolated;
use crate::views::user::{Described as _, Promote};

/// The invitation of a user who gets a login.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    version: String,
    message: String,
}

/// The pop-up: what they have, gain, still lack.
pub async fn page(visit: Managing, _: Nothing) -> Answer {
    draw(&visit, &Typed::default(), &Errors::default(), None).await
}

/// Promotes.
pub async fn promote(visit: Managing, typed: Typed) -> Answer {
    let problem = match make(&visit, &typed).await {
        Err(Refused::Conflict(Conflict::Unwanted)) => Problem::Unwanted,
        Err(Refused::Invalid(errors)) => return mend(&visit, &typed, errors).await,
        Err(Refused::Conflict(conflict)) => {
            return refused_with(draw(&visit, &typed, &Errors::default(), Some(conflict)).await);
        }
        done => return done,
    };
    mend(&visit, &typed, vec![FieldError { field: "message", problem }]).await
}

async fn make(visit: &Managing, typed: &Typed) -> Answer {
    let (id, to): (UserId, UserType) = (visit.param("user")?, visit.param("type")?);
    let message = name::message(&typed.message).map_err(|problem| Refused::field("message", problem))?;
    let (change, confirmed) = (Change::Promote(to), Confirmed { message, seen: version(&typed.version)? });
    let done = visit.write(move |w, pass| access_change::make(w, pass, &id, &change, &confirmed));
    let (pass, plan) = done.await?;
    let plan = plan?;
    let toast = match (plan.invitation, visit.app.smtp.is_some()) {
        (InvitationFate::Sent, true) => Toast::UserInvited,
        (InvitationFate::Sent, false) => Toast::UserInvitedKept,
        _ => Toast::UserPromoted,
    };
    after(visit, &pass, &plan, toast).await
}

async fn mend(visit: &Managing, typed: &Typed, errors: Vec<FieldError>) -> Answer {
    let mut response = draw(visit, typed, &Errors(errors), None).await?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

async fn draw(visit: &Managing, typed: &Typed, errors: &Errors, conflict: Option<Conflict>) -> Answer {
    let to: UserType = visit.param("type")?;
    let (pass, preview) = preview(visit, Change::Promote(to)).await?;
    let (t, user) = (visit.t(), &preview.user);
    let Ok(plan) = &preview.plan else {
        return visit.page(change::draw(visit, &pass, &preview, &words(visit, &preview, to)));
    };
    let (was, is) = (preview.in_use(&plan.before), preview.in_use(&plan.after));
    let (has, gains, still_not) = promotion(t, (user.user_type, was), (to, is), user.agent);
    visit.page(Promote {
        t,
        frame: visit.frame(&pass),
        notice: conflict.and_then(|conflict| reason(visit, conflict)),
        elsewhere: (conflict == Some(Conflict::Elsewhere)).then(|| user.email.clone()),
        id: user.id.to_string(),
        version: user.access_version,
        name: user.names.full(),
        from: user.user_type,
        to,
        has,
        gains,
        still_not,
        gains_all_companies: to.has_all_companies() && !user.user_type.has_all_companies(),
        invitation: (!user.user_type.has_login()).then(|| errors.field(t, "message", &typed.message)),
    })
}

/// For the page that says why they are not promoted.
fn words(visit: &Managing, preview: &Preview, to: UserType) -> Words {
    let t = visit.t();
    Words {
        title: t.user_promote_title(isolated(&preview.user.names.full()), to.label(t).to_lowercase()),
        lead: String::new(),
        button: String::new(),
        danger: false,
        undoable: false,
        action: String::new(),
    }
}
