//! Changes of a user's access: each is shown before it is made, by the plan that then makes it (U-10, U-11, U-20 to
//! U-22). What was not made is answered with the page again, so that nobody has to begin anew.

use ::http::StatusCode;
use app::access_change::{self, Confirmed, Preview};
use app::pass::{AccountPass, HasPlace};
use app::work::{Reader, Writer};
use app::{Conflict, Refused};
use domain::access_change::{Change, Plan};
use domain::capability::proof::ManageUsers;
use domain::id::UserId;
use domain::user::UserStatus;
use serde::Deserialize;

use super::{Managing, users_of};
use crate::http::problem::sentence_of;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::Answer;
use crate::views::access_change::{ChangePage, shown};
use crate::views::isolated;

/// Which access the page showed.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Seen {
    version: String,
}

impl Seen {
    pub(in crate::pages) fn confirmed(&self) -> Result<Confirmed, Refused> {
        Ok(Confirmed { seen: version(&self.version)?, message: None })
    }
}

/// A form without the version of a page confirms nothing, as one with that of an old page does.
pub(in crate::pages) fn version(typed: &str) -> Result<i64, Refused> {
    typed.parse().map_err(|_| Refused::Conflict(Conflict::Changed))
}

/// The changes that ask for nothing more.
#[derive(Clone, Copy)]
enum Plain {
    Suspend,
    Restore,
    Delete,
}

impl Plain {
    fn change(self) -> Change {
        match self {
            Plain::Suspend => Change::Suspend,
            Plain::Restore => Change::Restore,
            Plain::Delete => Change::Delete,
        }
    }

    fn toast(self) -> Toast {
        match self {
            Plain::Suspend => Toast::UserSuspended,
            Plain::Restore => Toast::UserRestored,
            Plain::Delete => Toast::UserDeleted,
        }
    }
}

/// What suspending does.
pub async fn suspend_page(visit: Managing, _: Nothing) -> Answer {
    visit.page(page(&visit, Plain::Suspend).await?)
}

/// Suspends (U-20).
pub async fn suspend(visit: Managing, seen: Seen) -> Answer {
    confirm(visit, Plain::Suspend, seen).await
}

/// What restoring does.
pub async fn restore_page(visit: Managing, _: Nothing) -> Answer {
    visit.page(page(&visit, Plain::Restore).await?)
}

/// Restores (U-20).
pub async fn restore(visit: Managing, seen: Seen) -> Answer {
    confirm(visit, Plain::Restore, seen).await
}

/// What is lost by deleting.
pub async fn delete_page(visit: Managing, _: Nothing) -> Answer {
    visit.page(page(&visit, Plain::Delete).await?)
}

/// Deletes (U-11), never the last administrator (U-12).
pub async fn delete(visit: Managing, seen: Seen) -> Answer {
    confirm(visit, Plain::Delete, seen).await
}

async fn confirm(visit: Managing, plain: Plain, seen: Seen) -> Answer {
    match make(&visit, plain.change(), seen.confirmed(), plain.toast()).await {
        Err(Refused::Conflict(conflict)) => not_done(&visit, page(&visit, plain).await?, conflict),
        done => done,
    }
}

async fn page(visit: &Managing, plain: Plain) -> Result<ChangePage, Refused> {
    let (pass, preview) = preview(visit, plain.change()).await?;
    Ok(draw(visit, &pass, &preview, &words(visit, &preview, plain)))
}

/// What a change of the user in the path would do.
pub(super) async fn preview(
    visit: &Managing,
    change: Change,
) -> Result<(AccountPass<ManageUsers>, Preview), Refused> {
    let id: UserId = visit.param("user")?;
    visit.read(move |r: &mut Reader, pass| access_change::preview(r, pass, &id, &change)).await
}

/// Makes a change.
pub(super) async fn make(
    visit: &Managing,
    change: Change,
    confirmed: Result<Confirmed, Refused>,
    toast: Toast,
) -> Answer {
    let (id, confirmed): (UserId, _) = (visit.param("user")?, confirmed?);
    let done = move |w: Writer, pass: &_| access_change::make(w, pass, &id, &change, &confirmed);
    let (pass, plan) = visit.write(done).await?;
    after(visit, &pass, &plan?, toast).await
}

/// Back to the user, or to the list where there is none any more. Who took their own access away has neither, unless they
/// have it as an executive administrator.
pub(super) async fn after(
    visit: &Managing,
    pass: &AccountPass<ManageUsers>,
    plan: &Plan,
    toast: Toast,
) -> Answer {
    let id: UserId = visit.param("user")?;
    let is_out = plan.after.status != UserStatus::Active || !plan.after.user_type.has_all_companies();
    if pass.place().user.as_ref() == Some(&id) && is_out && !pass.place().is_executive {
        return visit.go_and_tell("/accounts", toast);
    }
    let toast = told(visit, &id, toast).await;
    let users = users_of(pass);
    match plan.after.status {
        UserStatus::Deleted => visit.go_and_tell(&users, toast),
        _ => visit.go_and_tell(&format!("{users}/{id}"), toast),
    }
}

/// What is told of a change: of who has the account as an executive administrator, that it ended nothing. It is done, so
/// nothing that comes between refuses it any more.
pub(in crate::pages) async fn told(visit: &Managing, id: &UserId, toast: Toast) -> Toast {
    let Some(yet) = toast.for_executive() else { return toast };
    let id = id.clone();
    let read = visit.read(move |r: &mut Reader, pass| access_change::is_executive(r, pass, &id)).await;
    if read.is_ok_and(|(_, is_executive)| is_executive) { yet } else { toast }
}

/// The page of a change that was not made, as it stands now, with the reason (U-17).
pub(in crate::pages) fn not_done(visit: &Managing, mut page: ChangePage, conflict: Conflict) -> Answer {
    page.notice = reason(visit, conflict).filter(|_| page.obstacle.is_none());
    refused_with(visit.page(page))
}

/// Why a change was not made that still can be.
pub(super) fn reason(visit: &Managing, conflict: Conflict) -> Option<String> {
    let t = visit.t();
    Some(match conflict {
        Conflict::Changed => t.access_change_overtaken().to_owned(),
        other => sentence_of(t, t.problem_this_user(), other),
    })
}

/// A page in answer to what was not done.
pub(super) fn refused_with(answer: Answer) -> Answer {
    let mut response = answer?;
    *response.status_mut() = StatusCode::CONFLICT;
    Ok(response)
}

/// How a change is worded, and where its form goes.
pub(in crate::pages) struct Words {
    pub(in crate::pages) title: String,
    pub(in crate::pages) lead: String,
    pub(in crate::pages) button: String,
    pub(in crate::pages) danger: bool,
    /// Whether the page says that it can be undone.
    pub(in crate::pages) undoable: bool,
    /// The last part of the form's address, such as `suspend`.
    pub(in crate::pages) action: String,
}

fn words(visit: &Managing, preview: &Preview, plain: Plain) -> Words {
    let t = visit.t();
    let name = preview.user.names.full();
    let name = isolated(&name).to_string();
    let (title, lead, button, action) = match plain {
        Plain::Suspend => (
            t.access_change_suspend_title(name),
            t.access_change_suspend_lead(),
            t.access_change_suspend_button().to_owned(),
            "/suspend",
        ),
        Plain::Restore => (
            t.access_change_restore_title(name),
            t.access_change_restore_lead(),
            t.access_change_restore_button().to_owned(),
            "/restore",
        ),
        Plain::Delete => (
            t.access_change_delete_title(name.clone()),
            t.access_change_delete_lead(),
            t.access_change_delete_button(name),
            "/delete",
        ),
    };
    let danger = !matches!(plain, Plain::Restore);
    Words { title, lead: lead.to_owned(), button, danger, undoable: true, action: action.to_owned() }
}

/// The page of a change, with the version of the access that it shows.
pub(in crate::pages) fn draw(
    visit: &Managing,
    pass: &AccountPass<ManageUsers>,
    preview: &Preview,
    words: &Words,
) -> ChangePage {
    let (t, user) = (visit.t(), &preview.user);
    let (users, is_deleted) = (users_of(pass), user.status == UserStatus::Deleted);
    let address = format!("{users}/{}", user.id);
    let deletes = preview.plan.as_ref().is_ok_and(|plan| plan.after.status == UserStatus::Deleted);
    let undo = if deletes { t.access_change_undo_deleted_note() } else { t.access_change_undo_note() };
    let obstacle = preview.plan.as_ref().err();
    ChangePage {
        t,
        frame: visit.frame(pass),
        title: words.title.clone(),
        lead: words.lead.clone(),
        effects: preview.plan.as_ref().ok().map(|plan| shown(t, preview, plan)),
        obstacle: obstacle.map(|conflict| sentence_of(t, &user.names.full(), *conflict)),
        way_out: is_deleted.then(|| format!("{address}/undo")),
        notice: None,
        own: pass.place().user.as_ref() == Some(&user.id),
        undo: words.undoable.then(|| undo.to_owned()),
        action: format!("{address}{}", words.action),
        hidden: vec![("version", user.access_version.to_string())],
        day: None,
        first_day: String::new(),
        button: words.button.clone(),
        danger: words.danger,
        remove: None,
        back: if is_deleted { format!("{users}?tab=deleted") } else { address },
        to_form: false,
    }
}

/// What stands where a user was who is deleted: that they are, and Undo for as long as there is one (U-22).
pub(super) async fn deleted(visit: &Managing) -> Answer {
    let (pass, preview) = preview(visit, Change::Delete).await?;
    let words = Words { title: preview.user.names.full(), ..words(visit, &preview, Plain::Delete) };
    let mut response = visit.page(draw(visit, &pass, &preview, &words))?;
    *response.status_mut() = StatusCode::NOT_FOUND;
    Ok(response)
}
