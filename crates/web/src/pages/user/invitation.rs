//! A pending user's invitation: sending it again, revoking it (U-02, U-06).

use app::access_change;
use app::pass::HasPlace;
use app::work::Reader;
use app::{Conflict, Refused, invitation};
use domain::access_change::Change;
use domain::id::UserId;
use domain::user::UserStatus;

use super::change::Seen;
use super::{Managing, users_of};
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::Answer;
use crate::pages::shown;
use crate::views::user::Revoke;

/// Sends it, for the first time or again.
pub async fn resend(visit: Managing, _: Nothing) -> Answer {
    let id: UserId = visit.param("user")?;
    let (pass, ()) = visit.write(move |w, pass| invitation::resend(w, pass, &id)).await?;
    visit.go_and_tell(&format!("{}?tab=pending", users_of(&pass)), Toast::InvitationSent)
}

/// What revoking means, before it is done.
pub async fn revoke_page(visit: Managing, _: Nothing) -> Answer {
    let id: UserId = visit.param("user")?;
    let look = move |r: &mut Reader, pass: &_| access_change::preview(r, pass, &id, &Change::Revoke);
    let (pass, preview) = visit.read(look).await?;
    let (user, plan) = (preview.user, preview.plan.map_err(Refused::Conflict)?);
    let state = shown::invitation(user.invitation, &pass.place().time_zone, visit.app.store.now());
    visit.page(Revoke {
        t: visit.t,
        frame: visit.frame(&pass),
        id: user.id.to_string(),
        version: user.access_version,
        goes_back: plan.after.status == UserStatus::Active,
        name: user.names.full(),
        email: user.email,
        invitation: state.ok_or(Refused::Conflict(Conflict::Changed))?,
    })
}

/// Revokes.
pub async fn revoke(visit: Managing, seen: Seen) -> Answer {
    let id: UserId = visit.param("user")?;
    let confirmed = seen.confirmed();
    let done = visit.write(move |w, pass| access_change::make(w, pass, &id, &Change::Revoke, &confirmed));
    let (pass, _) = done.await?;
    visit.go_and_tell(&format!("{}?tab=pending", users_of(&pass)), Toast::InvitationRevoked)
}
