//! Access that ends by itself (U-21).

use app::access_change::{self, Confirmed, Preview};
use app::pass::{AccountPass, HasPlace as _};
use app::{Refused, user};
use domain::access_change::Change;
use domain::capability::proof::ManageUsers;
use domain::id::UserId;
use domain::input::Problem;
use domain::time::{Span, Timestamp};
use serde::Deserialize;

use super::Managing;
use super::change::{Words, draw, make};
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::Answer;
use crate::pages::form::Errors;
use crate::views::access_change::{Change as Page, shown};
use crate::views::isolated;

/// The last day, or that there is none any more.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    version: String,
    ends_on: String,
    remove: Option<String>,
}

/// The last day, and what happens after it.
pub async fn page(visit: Managing, _: Nothing) -> Answer {
    let view = view(&visit, None, &Errors::default()).await?;
    visit.page(view)
}

/// Sets the last day, or takes it away.
pub async fn set(visit: Managing, typed: Typed) -> Answer {
    let (_, _, zone) = read(&visit).await?;
    let (change, toast) = match typed.remove {
        Some(_) => (Ok(Change::EndAt(None)), Toast::EndRemoved),
        None => (end_of(&typed.ends_on, &zone).map(|end| Change::EndAt(Some(end))), Toast::EndSet),
    };
    let confirmed = Confirmed { seen: typed.version.parse().ok(), message: None };
    let done = match change {
        Ok(change) => make(&visit, change, confirmed, toast).await,
        Err(problem) => Err(Refused::field("ends_on", problem)),
    };
    match done {
        Err(Refused::Invalid(errors)) => {
            let view = view(&visit, Some(typed.ends_on), &Errors(errors)).await?;
            visit.mend(view)
        }
        done => done,
    }
}

fn end_of(day: &str, zone: &str) -> Result<Timestamp, Problem> {
    if day.is_empty() {
        return Err(Problem::Missing);
    }
    Timestamp::end_of_day(day, zone).ok_or(Problem::NotADay)
}

/// What stands in the way of an end, what happens at it, and the account's time zone.
async fn read(
    visit: &Managing,
) -> Result<(AccountPass<ManageUsers>, (Preview, Option<Timestamp>), String), Refused> {
    let id: UserId = visit.param("user")?;
    let look = move |r: &mut app::work::Reader, pass: &AccountPass<ManageUsers>| {
        let user = user::get(r, pass, &id)?.user;
        let some_end = Change::EndAt(Some(r.now + Span::days(1)));
        let end = access_change::preview(r, pass, &id, &some_end)?;
        // What then happens is what suspending does; somebody still invited loses nothing yet.
        let then = access_change::preview(r, pass, &id, &Change::Suspend)?;
        let plan = end.plan.map(|plan| then.plan.unwrap_or(plan));
        Ok((Preview { plan, ..then }, user.ends_at))
    };
    let (pass, found) = visit.read(look).await?;
    let zone = pass.place().time_zone.clone();
    Ok((pass, found, zone))
}

async fn view(visit: &Managing, typed: Option<String>, errors: &Errors) -> Result<Page, Refused> {
    let t = visit.t;
    let (pass, (preview, ends_at), zone) = read(visit).await?;
    let words = Words {
        title: t.access_change_end_title(isolated(&preview.user.names.full())),
        lead: t.access_change_end_lead().to_owned(),
        button: t.access_change_end_button().to_owned(),
        danger: false,
        undoable: true,
        action: "/end".to_owned(),
    };
    let present = ends_at.map(|end| (end - Span::seconds(1)).day(&zone)).unwrap_or_default();
    let day = errors.field(t, "ends_on", &typed.unwrap_or(present));
    let effects = preview.plan.as_ref().ok().map(|plan| shown(t, &preview, plan));
    Ok(Page {
        day: Some(day),
        first_day: visit.app.store.now().day(&zone),
        remove: ends_at.map(|_| t.access_change_end_remove().to_owned()),
        effects,
        ..draw(visit, &pass, &preview, &words)
    })
}
