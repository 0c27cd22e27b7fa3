//! Changes of a user's access: each is shown before it is made, by the plan that then makes it (U-10, U-11, U-20 to
//! U-22).

use app::access_change::{self, Confirmed, Preview};
use app::pass::{AccountPass, HasPlace};
use app::work::{Reader, Writer};
use domain::access_change::{Change, Plan};
use domain::capability::proof::ManageUsers;
use domain::id::UserId;
use domain::user::UserStatus;
use serde::Deserialize;

use super::{Managing, users_of};
use crate::http::problem::sentence;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::Answer;
use crate::views::access_change::{self as view, shown};
use crate::views::isolated;

/// Which access the page showed.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Seen {
    version: String,
}

impl Seen {
    pub(in crate::pages) fn confirmed(&self) -> Confirmed {
        Confirmed { seen: self.version.parse().ok(), message: None }
    }
}

/// What suspending does.
pub async fn suspend_page(visit: Managing, _: Nothing) -> Answer {
    page(visit, Change::Suspend).await
}

/// Suspends (U-20).
pub async fn suspend(visit: Managing, seen: Seen) -> Answer {
    make(&visit, Change::Suspend, seen.confirmed(), Toast::UserSuspended).await
}

/// What restoring does.
pub async fn restore_page(visit: Managing, _: Nothing) -> Answer {
    page(visit, Change::Restore).await
}

/// Restores (U-20).
pub async fn restore(visit: Managing, seen: Seen) -> Answer {
    make(&visit, Change::Restore, seen.confirmed(), Toast::UserRestored).await
}

/// What is lost by deleting.
pub async fn delete_page(visit: Managing, _: Nothing) -> Answer {
    page(visit, Change::Delete).await
}

/// Deletes (U-11), never the last administrator (U-12).
pub async fn delete(visit: Managing, seen: Seen) -> Answer {
    make(&visit, Change::Delete, seen.confirmed(), Toast::UserDeleted).await
}

/// Shows what a change does.
async fn page(visit: Managing, change: Change) -> Answer {
    let id: UserId = visit.param("user")?;
    let wanted = change.clone();
    let look = move |r: &mut Reader, pass: &_| access_change::preview(r, pass, &id, &wanted);
    let (pass, preview) = visit.read(look).await?;
    visit.page(draw(&visit, &pass, &preview, &words(&visit, &preview, &change)))
}

/// Makes a change.
pub(super) async fn make(visit: &Managing, change: Change, confirmed: Confirmed, toast: Toast) -> Answer {
    let id: UserId = visit.param("user")?;
    let done = move |w: Writer, pass: &_| access_change::make(w, pass, &id, &change, &confirmed);
    let (pass, plan) = visit.write(done).await?;
    after(visit, &pass, &plan, toast)
}

/// Back to the user, or to the list where there is none any more. Who took their own access away has neither.
pub(super) fn after(visit: &Managing, pass: &AccountPass<ManageUsers>, plan: &Plan, toast: Toast) -> Answer {
    let id: UserId = visit.param("user")?;
    let is_out = plan.after.status != UserStatus::Active || !plan.after.user_type.has_all_companies();
    if pass.place().user.as_ref() == Some(&id) && is_out {
        return visit.go_and_tell("/accounts", toast);
    }
    let users = users_of(pass);
    match plan.after.status {
        UserStatus::Deleted => visit.go_and_tell(&users, toast),
        _ => visit.go_and_tell(&format!("{users}/{id}"), toast),
    }
}

/// How a change is worded, and where its form goes.
pub(in crate::pages) struct Words {
    pub(in crate::pages) title: String,
    pub(in crate::pages) lead: String,
    pub(in crate::pages) button: String,
    pub(in crate::pages) danger: bool,
    /// Whether it can be undone.
    pub(in crate::pages) undoable: bool,
    /// The last part of the form's address, such as `suspend`.
    pub(in crate::pages) action: String,
}

fn words(visit: &Managing, preview: &Preview, change: &Change) -> Words {
    let t = visit.t;
    let name = preview.user.names.full();
    let name = isolated(&name).to_string();
    let (title, lead, button, action) = match change {
        Change::Suspend => (
            t.access_change_suspend_title(name),
            t.access_change_suspend_lead(),
            t.access_change_suspend_button().to_owned(),
            "/suspend",
        ),
        Change::Restore => (
            t.access_change_restore_title(name),
            t.access_change_restore_lead(),
            t.access_change_restore_button().to_owned(),
            "/restore",
        ),
        _ => (
            t.access_change_delete_title(name.clone()),
            t.access_change_delete_lead(),
            t.access_change_delete_button(name),
            "/delete",
        ),
    };
    let danger = !matches!(change, Change::Restore);
    Words { title, lead: lead.to_owned(), button, danger, undoable: true, action: action.to_owned() }
}

/// The page of a change, with the version of the access that it shows.
pub(in crate::pages) fn draw(
    visit: &Managing,
    pass: &AccountPass<ManageUsers>,
    preview: &Preview,
    words: &Words,
) -> view::Change {
    let (t, user) = (visit.t, &preview.user);
    let address = format!("{}/{}", users_of(pass), user.id);
    let deletes = preview.plan.as_ref().is_ok_and(|plan| plan.after.status == UserStatus::Deleted);
    let undo = if deletes { t.access_change_undo_deleted_note() } else { t.access_change_undo_note() };
    view::Change {
        t,
        frame: visit.frame(pass),
        title: words.title.clone(),
        lead: words.lead.clone(),
        effects: preview.plan.as_ref().ok().map(|plan| shown(t, preview, plan)),
        obstacle: preview.plan.as_ref().err().map(|conflict| sentence(visit, *conflict)),
        own: pass.place().user.as_ref() == Some(&user.id),
        undo: words.undoable.then(|| undo.to_owned()),
        action: format!("{address}{}", words.action),
        hidden: vec![("version", user.access_version.to_string())],
        day: None,
        first_day: String::new(),
        button: words.button.clone(),
        danger: words.danger,
        remove: None,
        back: if user.status == UserStatus::Deleted { users_of(pass) } else { address },
    }
}
