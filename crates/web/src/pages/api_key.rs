//! Keys for programs, of one's own.

pub mod account;
pub mod create;

use app::Refused;
use app::api_key::{self, ApiKeyRecord, OwnWhere};
use app::moment::Moments;
use app::pass::SelfPass;
use domain::api_key::goes_on;
use domain::id::ApiKeyId;
use domain::time::Timestamp;
use serde::Deserialize;
use text::Text;

use super::form::Errors;
use super::shown;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::views::api_key::{End, Key, OwnKey, OwnKeys, scope};
use crate::views::ending::Ending;
use crate::views::isolated;
use crate::views::user::Companies;

/// What a key is called.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TypedName {
    name: String,
}

/// One's keys for programs.
pub async fn list(visit: Visit<SelfPass>, _: Nothing) -> Answer {
    let (pass, (keys, known)) = visit.read(api_key::list_own).await?;
    let (t, moments, now) = (visit.t(), visit.moments("UTC"), visit.app.store.now());
    let key = |key: ApiKeyRecord| own(t, key, &known, (&moments, now));
    let frame = visit.person_frame(pass.person());
    visit.page(OwnKeys { t, frame, keys: keys.into_iter().map(key).collect() })
}

/// One of one's keys: what it may do, and its name, which alone can be changed.
pub async fn page(visit: Visit<SelfPass>, _: Nothing) -> Answer {
    visit.page(view(&visit, None, &Errors::default()).await?)
}

/// Calls it something else.
pub async fn rename(visit: Visit<SelfPass>, typed: TypedName) -> Answer {
    let id: ApiKeyId = visit.param("api_key")?;
    let name = typed.name.clone();
    match visit.write(move |w, pass| api_key::rename(w, pass, &id, &name)).await {
        Ok(_) => visit.go_and_tell("/me/api-keys", Toast::Saved),
        Err(Refused::Invalid(errors)) => visit.mend(view(&visit, Some(typed.name), &Errors(errors)).await?),
        Err(refused) => Err(refused),
    }
}

/// What stops when one of one's keys ends.
pub async fn end_page(visit: Visit<SelfPass>, _: Nothing) -> Answer {
    let id: ApiKeyId = visit.param("api_key")?;
    let (pass, key) = visit.read(move |r, pass| api_key::get(r, pass, &id)).await?;
    let t = visit.t();
    visit.page(Ending {
        t,
        frame: visit.person_frame(pass.person()),
        title: t.api_key_end_title(isolated(&key.name)),
        losses: vec![t.api_key_end_stops().to_owned()],
        last_use: last_use(t, key.last_used_at, &visit.moments("UTC")),
        keeps: Vec::new(),
        action: visit.path.clone(),
        button: t.me_end_key_of(&key.name),
        back: "/me/api-keys".to_owned(),
    })
}

/// When what is to end was last used, which tells whether something is left that uses it.
pub(super) fn last_use(t: Text, at: Option<Timestamp>, moments: &Moments) -> String {
    at.map_or_else(
        || t.common_never_used().to_owned(),
        |at| t.common_last_used(shown::when(at, moments).full),
    )
}

/// Ends one of one's keys.
pub async fn end(visit: Visit<SelfPass>, _: Nothing) -> Answer {
    let id: ApiKeyId = visit.param("api_key")?;
    visit.write(move |w, pass| api_key::end(w, pass, &id)).await?;
    visit.go_and_tell("/me/api-keys", Toast::ApiKeyEnded)
}

async fn view(visit: &Visit<SelfPass>, typed: Option<String>, errors: &Errors) -> Result<OwnKey, Refused> {
    let id: ApiKeyId = visit.param("api_key")?;
    let (pass, (keys, known)) = visit.read(api_key::list_own).await?;
    let key = keys.into_iter().find(|key| key.id == id).ok_or(Refused::NotFound)?;
    let t = visit.t();
    let name = errors.field(t, "name", typed.as_deref().unwrap_or(&key.name));
    let key = own(t, key, &known, (&visit.moments("UTC"), visit.app.store.now()));
    Ok(OwnKey { t, frame: visit.person_frame(pass.person()), name, key })
}

/// A key as its owner sees it.
fn own(t: Text, key: ApiKeyRecord, known: &[OwnWhere], (moments, now): (&Moments, Timestamp)) -> Key {
    let known = || known.iter().filter(|known| known.key == key.id);
    let of = known().find(|_| key.only.is_some());
    let none = (Vec::new(), 0);
    let (companies, count) = of.map_or(none, |of| (of.companies.clone(), of.count));
    let only = key.only.as_ref().map(|_| of.map(|of| of.account.as_str()));
    let ended = |known: &OwnWhere| {
        let (at, by) = known.ended.clone()?;
        Some(End { account: Some(known.account.clone()), by, when: shown::when(at, moments) })
    };
    let lines = scope(t, &key.scope, only, &named(companies, count));
    let ended = known().filter_map(ended).collect();
    drawn(key, lines, ended, (moments, now))
}

fn named(first: Vec<String>, count: i64) -> Companies {
    let more = count - first.len() as i64;
    Companies { all: false, first, more: more.max(0) }
}

fn drawn(
    key: ApiKeyRecord,
    scope: Vec<String>,
    ended: Vec<End>,
    (moments, now): (&Moments, Timestamp),
) -> Key {
    Key {
        id: key.id.to_string(),
        name: key.name,
        scope,
        since: shown::when(key.created_at, moments),
        last_use: key.last_used_at.map(|at| shown::when(at, moments)),
        ends: key.expires_at.map(|at| shown::when(at, moments)),
        is_over: !goes_on(key.expires_at, now),
        is_ended: key.only.is_some() && !ended.is_empty(),
        ended,
    }
}
