//! Access that ends by itself (U-21).

use app::Refused;
use app::access_change::{Confirmed, Preview};
use app::pass::HasPlace as _;
use domain::access_change::{Change, Plan};
use domain::input::Problem;
use domain::time::{Span, Timestamp};
use serde::Deserialize;
use text::Text;

use super::Managing;
use super::change::{Words, draw, make, not_done, preview, version};
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::Answer;
use crate::pages::form::{Errors, ticked};
use crate::pages::shown;
use crate::views::access_change::{ChangePage, Shown};
use crate::views::isolated;

/// The last day, or that there is none any more.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    version: String,
    ends_on: String,
    #[serde(deserialize_with = "ticked")]
    remove: Option<String>,
}

/// The last day, and what happens after it.
pub async fn page(visit: Managing, _: Nothing) -> Answer {
    let view = view(&visit, None, &Errors::default()).await?;
    visit.page(view)
}

/// Sets the last day, or takes it away.
pub async fn set(visit: Managing, typed: Typed) -> Answer {
    let zone = visit.pass().await?.place().time_zone.clone();
    let (change, toast) = match typed.remove {
        Some(_) => (Ok(Change::EndAt(None)), Toast::EndRemoved),
        None => (end_of(&typed.ends_on, &zone).map(|end| Change::EndAt(Some(end))), Toast::EndSet),
    };
    let confirmed = version(&typed.version).map(|seen| Confirmed { seen, message: None });
    let done = match change {
        Ok(change) => make(&visit, change, confirmed, toast).await,
        Err(problem) => Err(Refused::field("ends_on", problem)),
    };
    match done {
        Err(Refused::Invalid(errors)) => {
            let view = view(&visit, Some(typed.ends_on), &Errors(errors)).await?;
            visit.mend(view)
        }
        Err(Refused::Conflict(conflict)) => {
            let typed = typed.remove.is_none().then_some(typed.ends_on);
            not_done(&visit, view(&visit, typed, &Errors::default()).await?, conflict)
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

async fn view(visit: &Managing, typed: Option<String>, errors: &Errors) -> Result<ChangePage, Refused> {
    let some_end = visit.app.store.now() + Span::days(1);
    let (pass, found) = preview(visit, Change::EndAt(Some(some_end))).await?;
    // What is shown is what then happens.
    let preview = Preview { plan: found.plan.map(Plan::at_the_end), ..found };
    let (t, moments) = (visit.t(), visit.moments(&pass.place().time_zone));
    let (ends_at, zone) = (preview.user.ends_at, pass.place().time_zone.as_str());
    let own_end = pass.place().grants.ends_at;
    let own = own_end.map(|end| t.access_change_end_own(shown::last_day(end, &moments)));
    let words = Words {
        title: t.access_change_end_title(isolated(&preview.user.names.full())),
        lead: [Some(t.access_change_end_lead(zone)), own].into_iter().flatten().collect::<Vec<_>>().join(" "),
        button: t.access_change_end_button().to_owned(),
        danger: false,
        undoable: true,
        action: "/end".to_owned(),
    };
    let present = ends_at.map(|end| (end - Span::seconds(1)).day(zone)).unwrap_or_default();
    let day = errors.field(t, "ends_on", &typed.unwrap_or(present));
    let page = draw(visit, &pass, &preview, &words);
    Ok(ChangePage {
        day: Some(day),
        effects: page.effects.map(|effects| at_the_end(t, effects)),
        first_day: visit.app.store.now().day(zone),
        remove: ends_at.filter(|_| own_end.is_none()).map(|_| t.access_change_end_remove().to_owned()),
        ..page
    })
}

/// Of a later day "from the very next click" would be false, and administrators are told of it by email.
fn at_the_end(t: Text, mut effects: Shown) -> Shown {
    for note in &mut effects.notes {
        if note == t.access_change_signs_in_no_more() {
            t.access_change_end_signs_in_no_more().clone_into(note);
        }
    }
    Shown { mail: t.access_change_end_mail().to_owned(), ..effects }
}
