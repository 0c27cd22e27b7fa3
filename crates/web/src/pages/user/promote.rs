//! Promote (U-08), also a notification user (U-09).

use app::Refused;
use app::access_change::{self, Confirmed};
use domain::access_change::{Change, InvitationFate};
use domain::id::UserId;
use domain::input::FieldError;
use domain::name;
use domain::user::UserType;
use serde::Deserialize;

use super::{Managing, users_of};
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::Answer;
use crate::pages::form::Errors;
use crate::views::capability::promotion;
use crate::views::user::Promote;

/// The invitation of a user who gets a login.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    version: String,
    message: String,
}

/// The pop-up: what they have, gain, still lack.
pub async fn page(visit: Managing, _: Nothing) -> Answer {
    let view = view(&visit, &Typed::default(), &Errors::default()).await?;
    visit.page(view)
}

/// Promotes.
pub async fn promote(visit: Managing, typed: Typed) -> Answer {
    let (id, to): (UserId, UserType) = (visit.param("user")?, visit.param("type")?);
    let message = match name::message(&typed.message) {
        Ok(message) => message,
        Err(problem) => {
            let errors = Errors(vec![FieldError { field: "message", problem }]);
            let view = view(&visit, &typed, &errors).await?;
            return visit.mend(view);
        }
    };
    let (change, confirmed) = (Change::Promote(to), Confirmed { message, seen: typed.version.parse().ok() });
    let done = visit.write(move |w, pass| access_change::make(w, pass, &id, &change, &confirmed));
    let (pass, plan) = done.await?;
    let is_invited = plan.invitation == InvitationFate::Sent;
    visit.go_and_tell(&users_of(&pass), if is_invited { Toast::UserInvited } else { Toast::UserPromoted })
}

async fn view(visit: &Managing, typed: &Typed, errors: &Errors) -> Result<Promote, Refused> {
    let (id, to): (UserId, UserType) = (visit.param("user")?, visit.param("type")?);
    let change = Change::Promote(to);
    let (pass, preview) = visit.read(move |r, pass| access_change::preview(r, pass, &id, &change)).await?;
    let (t, user) = (visit.t, preview.user);
    preview.plan.map_err(Refused::Conflict)?;
    let (has, gains, still_not) = promotion(t, user.user_type, to, user.agent);
    Ok(Promote {
        t,
        frame: visit.frame(&pass),
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
