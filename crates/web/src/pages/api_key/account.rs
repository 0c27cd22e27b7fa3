//! The keys of an account's users, as its administrators see and end them.

use app::api_key::{self, AccountKey};
use app::moment::Moments;
use app::pass::{AccountPass, HasPlace as _};
use domain::capability::proof::ManageUsers;
use domain::id::{ApiKeyId, UserId};
use domain::time::Timestamp;
use serde::Deserialize;
use text::Text;

use super::{drawn, last_use, named};
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::pages::shown;
use crate::views::api_key::{End, List, Row, scope};
use crate::views::ending::Ending;
use crate::views::{Pager, isolated};

/// Whose keys, and which page.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    user: String,
    after: String,
}

/// One page.
pub async fn list(visit: Visit<AccountPass<ManageUsers>>, asked: Asked) -> Answer {
    let user: Option<UserId> = match asked.user.as_str() {
        "" => None,
        id => Some(id.parse().map_err(|_| app::Refused::NotFound)?),
    };
    let (wanted, from) = (user.clone(), asked.after.clone());
    let read = visit.read(move |r, pass| {
        let after = from.split_once('.').unwrap_or_default();
        api_key::list_in(r, pass, wanted.as_ref(), after)
    });
    let (pass, (page, name)) = read.await?;
    let filter = user.as_ref().map(|user| format!("user={user}&")).unwrap_or_default();
    let next = page.rows.last().filter(|_| page.has_more);
    let next = next.map(|last| format!("{}?{filter}after={}.{}", visit.path, last.user, last.key.id));
    let (t, moments) = (visit.t(), visit.moments(&pass.place().time_zone));
    let (now, account) = (visit.app.store.now(), pass.place().account_name.clone());
    let row = |found: AccountKey| row(t, &account, found, (&moments, now));
    visit.page(List {
        t,
        frame: visit.frame(&pass),
        of: user.map(|user| user.to_string()).zip(name),
        rows: page.rows.into_iter().map(row).collect(),
        pager: Pager { previous: None, next },
    })
}

fn row(t: Text, account: &str, found: AccountKey, at: (&Moments, Timestamp)) -> Row {
    let only = found.key.only.as_ref().map(|_| Some(account));
    let lines = scope(t, &found.key.scope, only, &named(found.companies, found.count));
    let ended = found.ended.map(|(when, by)| End { account: None, by, when: shown::when(when, at.0) });
    let is_ended = ended.is_some();
    let mut key = drawn(found.key, lines, ended.into_iter().collect(), at);
    key.is_ended = is_ended;
    Row { user: found.user.to_string(), owner: found.owner, email: found.email, key }
}

/// What stops when a key ends in the account.
pub async fn end_page(visit: Visit<AccountPass<ManageUsers>>, _: Nothing) -> Answer {
    let id: ApiKeyId = visit.param("api_key")?;
    let (pass, found) = visit.read(move |r, pass| api_key::get_in(r, pass, &id)).await?;
    let (t, place) = (visit.t(), pass.place());
    let (key, owner) = (isolated(&found.key.name), isolated(&found.owner));
    let told = t.api_key_end_told(owner.clone());
    let elsewhere = found.key.only.is_none().then(|| t.api_key_end_elsewhere().to_owned());
    visit.page(Ending {
        t,
        frame: visit.frame(&pass),
        title: t.api_key_end_title_of(key.clone(), owner.clone()),
        losses: vec![t.api_key_end_stops_in(isolated(&place.account_name))],
        last_use: last_use(t, found.key.last_used_at, &visit.moments(&place.time_zone)),
        keeps: elsewhere.into_iter().chain([told]).collect(),
        action: visit.path.clone(),
        button: t.me_end_key_of(key),
        back: format!("/accounts/{}/api-keys", pass.account()),
    })
}

/// Ends a key in the account.
pub async fn end(visit: Visit<AccountPass<ManageUsers>>, _: Nothing) -> Answer {
    let id: ApiKeyId = visit.param("api_key")?;
    let (pass, ()) = visit.write(move |w, pass| api_key::end_in(w, pass, &id)).await?;
    visit.go_and_tell(&format!("/accounts/{}/api-keys", pass.account()), Toast::ApiKeyEnded)
}
