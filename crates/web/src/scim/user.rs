//! `/Users`: the people of a directory, who are users of the account.

use ::http::{Method, StatusCode};
use app::directory::DirectoryUser;
use app::directory::user::{self, is_active};
use app::page::Window;
use domain::activity::Verb;
use domain::id::UserId;
use serde_json::{Value, json};

use super::answer::{self, Shown};
use super::call::{Answer, Asked, Visited, route};
use super::read;
use crate::http::route::Route;

const ALL: &str = "/scim/v2/Users";
const ONE: &str = "/scim/v2/Users/{scim_user}";

pub(super) fn routes() -> Vec<Route> {
    vec![
        route(Method::GET, ALL, &[], list),
        route(Method::POST, ALL, &[Verb::UserCreated, Verb::InvitationSent], create),
        route(Method::GET, ONE, &[], get),
        route(Method::PUT, ONE, &[Verb::UserChanged], replace),
        route(Method::PATCH, ONE, &[Verb::UserSuspended], change),
        route(Method::DELETE, ONE, &[Verb::UserDeleted], remove),
    ]
}

async fn list(visit: Visited, asked: Asked) -> Answer {
    let Asked { filter, start, count, shown, base, .. } = asked;
    let (window, groups) = (Window { skip: start - 1, take: count }, shown.has("groups"));
    let (_, part) = visit.read(move |r, pass| user::list(r, pass, filter.as_ref(), window, groups)).await?;
    let part = part?;
    let resources = part.rows.iter().map(|person| resource(person, &base)).collect();
    Ok(answer::list(&shown, start, part.total, resources))
}

async fn get(visit: Visited, asked: Asked) -> Answer {
    let id: UserId = visit.param("scim_user")?;
    shown(&visit, &id, StatusCode::OK, &asked.shown, &asked.base).await
}

async fn shown(visit: &Visited, id: &UserId, status: StatusCode, shown: &Shown, base: &str) -> Answer {
    let id = id.clone();
    let (_, person) = visit.look(move |r, pass| user::get(r, pass, &id)).await?;
    Ok(answer::resource(status, shown, resource(&person, base)))
}

async fn create(visit: Visited, asked: Asked) -> Answer {
    let said = read::person(&asked.body, false)?;
    let (_, made) = visit.write(move |w, pass| user::create(w, pass, &said)).await?;
    shown(&visit, &made?, StatusCode::CREATED, &asked.shown, &asked.base).await
}

async fn replace(visit: Visited, asked: Asked) -> Answer {
    let id: UserId = visit.param("scim_user")?;
    let said = read::person(&asked.body, true)?;
    set(visit, asked, id, said).await
}

async fn change(visit: Visited, asked: Asked) -> Answer {
    let id: UserId = visit.param("scim_user")?;
    let said = read::person_patch(&asked.body)?;
    set(visit, asked, id, said).await
}

async fn set(visit: Visited, asked: Asked, id: UserId, said: domain::scim::PersonSaid) -> Answer {
    let of = id.clone();
    let (_, done) = visit.write(move |w, pass| user::change(w, pass, &of, &said)).await?;
    done?;
    shown(&visit, &id, StatusCode::OK, &asked.shown, &asked.base).await
}

async fn remove(visit: Visited, _: Asked) -> Answer {
    let id: UserId = visit.param("scim_user")?;
    visit.write(move |w, pass| user::remove(w, pass, &id)).await?;
    Ok(answer::gone())
}

/// Somebody as SCIM has them.
fn resource(person: &DirectoryUser, base: &str) -> Value {
    let linked = person.linked.as_ref();
    let mut resource = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": person.id.as_str(),
        "userName": linked.map_or(&person.email, |linked| &linked.user_name),
        "name": { "givenName": person.names.first, "familyName": person.names.last },
        "emails": [{ "value": person.email, "type": "work" }],
        "active": is_active(person),
        "meta": {
            "resourceType": "User",
            "created": person.created_at.to_string(),
            "lastModified": linked.map_or(person.created_at, |linked| linked.updated_at).to_string(),
            "location": format!("{base}/Users/{}", person.id),
        },
    });
    if !person.names.display.is_empty() {
        resource["displayName"] = person.names.display.as_str().into();
    }
    if let Some(linked) = linked.filter(|linked| !linked.external_id.is_empty()) {
        resource["externalId"] = linked.external_id.as_str().into();
    }
    if !person.groups.is_empty() {
        let group = |(id, name): &(domain::id::DirectoryGroupId, String)| json!({ "value": id.as_str(), "$ref": format!("{base}/Groups/{id}"), "display": name });
        resource["groups"] = person.groups.iter().map(group).collect();
    }
    resource
}
