//! `/Groups`: what a directory puts its people into, and administrators say what it gives.

use ::http::{Method, StatusCode};
use app::directory::group::{self, Whole};
use app::page::Window;
use domain::activity::Verb;
use domain::id::{DirectoryGroupId, UserId};
use domain::scim::GroupSaid;
use serde_json::{Value, json};

use super::answer::{self, Shown};
use super::call::{Answer, Asked, Visited, route};
use super::read;
use crate::http::route::Route;

const ALL: &str = "/scim/v2/Groups";
const ONE: &str = "/scim/v2/Groups/{scim_group}";

pub(super) fn routes() -> Vec<Route> {
    vec![
        route(Method::GET, ALL, &[], list),
        route(Method::POST, ALL, &[Verb::DirectoryGroupMade], create),
        route(Method::GET, ONE, &[], get),
        route(Method::PUT, ONE, &[Verb::DirectoryGroupChanged], replace),
        route(Method::PATCH, ONE, &[Verb::DirectoryGroupChanged], change),
        route(Method::DELETE, ONE, &[Verb::DirectoryGroupRemoved], remove),
    ]
}

async fn list(visit: Visited, asked: Asked) -> Answer {
    let Asked { filter, start, count, shown, base, .. } = asked;
    let (window, members) = (Window { skip: start - 1, take: count }, shown.has("members"));
    let list = move |r: &mut app::work::Reader, pass: &app::pass::DirectoryPass| {
        group::list(r, pass, filter.as_ref(), window, members)
    };
    let (_, part) = visit.read(list).await?;
    let part = part?;
    let resources = part.rows.iter().map(|group| resource(group, &base)).collect();
    Ok(answer::list(&shown, start, part.total, resources))
}

async fn get(visit: Visited, asked: Asked) -> Answer {
    let id: DirectoryGroupId = visit.param("scim_group")?;
    shown(&visit, &id, StatusCode::OK, &asked.shown, &asked.base).await
}

async fn shown(
    visit: &Visited,
    id: &DirectoryGroupId,
    status: StatusCode,
    shown: &Shown,
    base: &str,
) -> Answer {
    let (id, members) = (id.clone(), shown.has("members"));
    let (_, group) = visit.look(move |r, pass| group::get(r, pass, &id, members)).await?;
    Ok(answer::resource(status, shown, resource(&group, base)))
}

async fn create(visit: Visited, asked: Asked) -> Answer {
    let said = read::group(&asked.body, false)?;
    let (_, id) = visit.write(move |w, pass| group::create(w, pass, &said)).await?;
    shown(&visit, &id, StatusCode::CREATED, &asked.shown, &asked.base).await
}

async fn replace(visit: Visited, asked: Asked) -> Answer {
    let id: DirectoryGroupId = visit.param("scim_group")?;
    let said = read::group(&asked.body, true)?;
    set(visit, asked, id, said).await
}

async fn change(visit: Visited, asked: Asked) -> Answer {
    let id: DirectoryGroupId = visit.param("scim_group")?;
    let said = read::group_patch(&asked.body)?;
    set(visit, asked, id, said).await
}

async fn set(visit: Visited, asked: Asked, id: DirectoryGroupId, said: GroupSaid) -> Answer {
    let of = id.clone();
    visit.write(move |w, pass| group::change(w, pass, &of, &said)).await?;
    shown(&visit, &id, StatusCode::OK, &asked.shown, &asked.base).await
}

async fn remove(visit: Visited, _: Asked) -> Answer {
    let id: DirectoryGroupId = visit.param("scim_group")?;
    visit.write(move |w, pass| group::remove(w, pass, &id)).await?;
    Ok(answer::gone())
}

/// A group as SCIM has it.
fn resource(whole: &Whole, base: &str) -> Value {
    let group = &whole.group;
    let mut resource = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "id": group.id.as_str(),
        "displayName": group.name,
        "meta": {
            "resourceType": "Group",
            "created": group.created_at.to_string(),
            "lastModified": group.updated_at.to_string(),
            "location": format!("{base}/Groups/{}", group.id),
        },
    });
    if !group.external_id.is_empty() {
        resource["externalId"] = group.external_id.as_str().into();
    }
    if !whole.members.is_empty() {
        let member = |id: &UserId| json!({ "value": id.as_str(), "$ref": format!("{base}/Users/{id}"), "type": "User" });
        resource["members"] = whole.members.iter().map(member).collect();
    }
    resource
}
