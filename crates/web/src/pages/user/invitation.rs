//! A pending user's invitation: sending it again, revoking it (U-02, U-06).

use app::access_change::{self, Preview};
use app::pass::HasPlace;
use app::{Refused, invitation};
use domain::access_change::Change;
use domain::id::UserId;
use domain::user::UserStatus;

use super::change::{self, Seen, Words, after, preview, reason, refused_with};
use super::{Managing, users_of};
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::Answer;
use crate::pages::shown;
use crate::views::isolated;
use crate::views::user::Revoke;

/// Sends it, for the first time or again.
pub async fn resend(visit: Managing, _: Nothing) -> Answer {
    let id: UserId = visit.param("user")?;
    let (pass, ()) = visit.write(move |w, pass| invitation::resend(w, pass, &id)).await?;
    let toast = if visit.app.smtp.is_some() { Toast::InvitationSent } else { Toast::InvitationKept };
    visit.go_and_tell(&format!("{}?tab=pending", users_of(&pass)), toast)
}

/// What revoking means, before it is done.
pub async fn revoke_page(visit: Managing, _: Nothing) -> Answer {
    draw(&visit, None).await
}

async fn draw(visit: &Managing, notice: Option<String>) -> Answer {
    let (pass, preview) = preview(visit, Change::Revoke).await?;
    let moments = visit.moments(&pass.place().time_zone);
    let state = shown::invitation(preview.user.invitation, visit.app.store.now(), &moments);
    let (Ok(plan), Some(invitation)) = (&preview.plan, state) else {
        return visit.page(change::draw(visit, &pass, &preview, &words(visit, &preview)));
    };
    let user = preview.user;
    visit.page(Revoke {
        t: visit.t(),
        frame: visit.frame(&pass),
        notice,
        id: user.id.to_string(),
        version: user.access_version,
        goes_back: plan.after.status == UserStatus::Active,
        name: user.names.full(),
        email: user.email,
        invitation,
    })
}

/// For the page that says why it is not revoked.
fn words(visit: &Managing, preview: &Preview) -> Words {
    Words {
        title: visit.t().user_revoke_title(isolated(&preview.user.names.full())),
        lead: String::new(),
        button: visit.t().user_revoke().to_owned(),
        danger: true,
        undoable: true,
        action: "/invitation/revoke".to_owned(),
    }
}

/// Revokes.
pub async fn revoke(visit: Managing, seen: Seen) -> Answer {
    match make(&visit, &seen).await {
        Err(Refused::Conflict(conflict)) => refused_with(draw(&visit, reason(&visit, conflict)).await),
        done => done,
    }
}

async fn make(visit: &Managing, seen: &Seen) -> Answer {
    let (id, confirmed): (UserId, _) = (visit.param("user")?, seen.confirmed()?);
    let done = visit.write(move |w, pass| access_change::make(w, pass, &id, &Change::Revoke, &confirmed));
    let (pass, plan) = done.await?;
    after(visit, &pass, &plan?, Toast::InvitationRevoked).await
}
