//! Undoing the newest change of a user's access, for 30 days (U-22).

use app::Refused;
use app::access_change;
use app::pass::HasPlace as _;
use domain::id::UserId;

use super::Managing;
use super::change::{Seen, Words, after, draw, not_done};
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::Answer;
use crate::views::access_change::{ChangePage, what};
use crate::views::isolated;

/// What undoing does.
pub async fn page(visit: Managing, _: Nothing) -> Answer {
    visit.page(view(&visit).await?)
}

async fn view(visit: &Managing) -> Result<ChangePage, Refused> {
    let id: UserId = visit.param("user")?;
    let (pass, (made, preview)) =
        visit.read(move |r, pass| access_change::preview_undo(r, pass, &id)).await?;
    let t = visit.t();
    let who = match made.actor_name.as_str() {
        "" => t.access_change_undo_system(),
        name => name,
    };
    let when = visit.moments(&pass.place().time_zone).short(made.at);
    let words = Words {
        title: t.access_change_undo_title(isolated(&preview.user.names.full()), what(t, &made)),
        lead: t.access_change_undo_lead(who, when),
        button: t.access_change_undo_button().to_owned(),
        danger: false,
        undoable: false,
        action: "/undo".to_owned(),
    };
    Ok(draw(visit, &pass, &preview, &words))
}

/// Undoes.
pub async fn undo(visit: Managing, seen: Seen) -> Answer {
    match make(&visit, &seen).await {
        Err(Refused::Conflict(conflict)) => not_done(&visit, view(&visit).await?, conflict),
        done => done,
    }
}

async fn make(visit: &Managing, seen: &Seen) -> Answer {
    let (id, confirmed): (UserId, _) = (visit.param("user")?, seen.confirmed()?);
    let done = move |w: app::work::Writer, pass: &_| access_change::undo(w, pass, &id, &confirmed);
    let (pass, plan) = visit.write(done).await?;
    after(visit, &pass, &plan?, Toast::Undone).await
}
