//! My Profile: one's own names and sessions.

use app::pass::SelfPass;
use app::session::SessionRecord;
use app::{me, session};
use domain::id::SessionId;
use domain::user::{Names, UserType};
use serde::Deserialize;

use super::form::Errors;
use super::shown;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::views::me::{Profile, Row, Sessions};

/// One's names.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    first_name: String,
    last_name: String,
}

/// One's names.
pub async fn page(visit: Visit<SelfPass>, _: Nothing) -> Answer {
    let pass = visit.pass().await?;
    let person = pass.person();
    let typed = Typed { first_name: person.first_name.clone(), last_name: person.last_name.clone() };
    visit.page(view(&visit, &pass, &typed, &Errors::default()))
}

/// Changes one's names.
pub async fn change(visit: Visit<SelfPass>, typed: Typed) -> Answer {
    let names = match Names::parse(&typed.first_name, &typed.last_name, "", UserType::Administrator) {
        Ok(names) => names,
        Err(errors) => {
            let pass = visit.pass().await?;
            return visit.mend(view(&visit, &pass, &typed, &Errors(errors)));
        }
    };
    visit.write(move |w, pass| me::change_names(w, pass, &names.first, &names.last)).await?;
    visit.go_and_tell("/me", Toast::Saved)
}

fn view(visit: &Visit<SelfPass>, pass: &SelfPass, typed: &Typed, errors: &Errors) -> Profile {
    let t = visit.t;
    Profile {
        t,
        frame: visit.person_frame(pass.person()),
        email: pass.person().email.clone(),
        first_name: errors.field(t, "first_name", &typed.first_name),
        last_name: errors.field(t, "last_name", &typed.last_name),
    }
}

/// Where one is signed in; this session first.
pub async fn sessions(visit: Visit<SelfPass>, _: Nothing) -> Answer {
    let (pass, mut sessions) = visit.read(me::sessions).await?;
    let own = &pass.person().session;
    sessions.sort_by_key(|session| session.id != *own);
    let now = visit.app.store.now();
    let row = |session: SessionRecord| Row {
        handheld: ["iPhone", "iPad", "Android"].iter().any(|mark| session.device.contains(mark)),
        this: session.id == *own,
        id: session.id.to_string(),
        device: session.device,
        place: session.network,
        since: shown::when(session.created_at, "UTC", now),
        last_use: shown::when(session.seen_at, "UTC", now),
    };
    let rows = sessions.into_iter().map(row).collect();
    visit.page(Sessions { t: visit.t, frame: visit.person_frame(pass.person()), rows })
}

/// Ends one session.
pub async fn end_session(visit: Visit<SelfPass>, _: Nothing) -> Answer {
    let id: SessionId = visit.param("session")?;
    visit.write(move |w, pass| session::end(w, pass, &id)).await?;
    visit.go_and_tell("/me/sessions", Toast::SessionEnded)
}

/// Ends all sessions but this one.
pub async fn end_others(visit: Visit<SelfPass>, _: Nothing) -> Answer {
    visit.write(session::end_others).await?;
    visit.go_and_tell("/me/sessions", Toast::SessionsEnded)
}
