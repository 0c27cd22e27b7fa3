//! See as: why, and from there to the account as a user sees it; and back.

use app::pass::{AccountPass, LeavePass, Proven};
use app::{Refused, see_as};
use domain::capability::proof::ManageUsers;
use domain::id::UserId;
use domain::input::FieldError;
use domain::see_as::{LASTS, reason};
use serde::Deserialize;

use super::form::Errors;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::views::see_as::Start;

/// What is dangerous asks nobody who sees as somebody else for a proof, since they do nothing; so it is asked for before they begin.
type Looking = Visit<Proven<AccountPass<ManageUsers>>>;

/// Why.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    reason: String,
}

/// Asks why, and says what it is.
pub async fn page(visit: Looking, _: Nothing) -> Answer {
    visit.page(view(&visit, "", &Errors::default()).await?)
}

/// Begins.
pub async fn start(visit: Looking, typed: Typed) -> Answer {
    let id: UserId = visit.param("user")?;
    let reason = match reason(&typed.reason) {
        Ok(reason) => reason,
        Err(problem) => {
            let errors = Errors(vec![FieldError { field: "reason", problem }]);
            return visit.mend(view(&visit, &typed.reason, &errors).await?);
        }
    };
    let host = visit.ask.credentials.host().map(str::to_owned);
    let (pass, token) =
        visit.write(move |w, pass| see_as::start(w, pass, &id, &reason, host.as_deref())).await?;
    visit.with_session(visit.go(&format!("/accounts/{}", pass.account())), &token)
}

/// Ends it, and leads back to the user. Who sees nothing as somebody else any more is led to their accounts.
pub async fn end(visit: Visit<LeavePass>, _: Nothing) -> Answer {
    if visit.pass().await?.seeing().is_none() {
        return visit.go("/");
    }
    let host = visit.ask.credentials.host().map(str::to_owned);
    let (_, back) = visit.write(move |w, pass| see_as::end(w, pass, host.as_deref())).await?;
    let to = format!("/accounts/{}/users/{}", back.account, back.user);
    visit.with_session(visit.go_and_tell(&to, Toast::SeeAsEnded), &back.token)
}

async fn view(visit: &Looking, typed: &str, errors: &Errors) -> Result<Start, Refused> {
    let id: UserId = visit.param("user")?;
    let wanted = id.clone();
    let (pass, user) = visit.read(move |r, pass| see_as::preview(r, pass, &wanted)).await?;
    let t = visit.t();
    Ok(Start {
        t,
        frame: visit.frame(&pass),
        id: id.to_string(),
        name: user.names.full(),
        minutes: LASTS.as_minutes(),
        reason: errors.field(t, "reason", typed),
    })
}
