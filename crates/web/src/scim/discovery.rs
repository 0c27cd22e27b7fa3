//! What there is: configuration, types of resources, schemas; and what there is not.

use ::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::answer::{self, Shown, Wrong};
use super::call::{Answer, Asked, Visited, route};
use crate::http::route::Route;

/// The schemas of people and groups, as RFC 7643 describes schemas.
const SCHEMAS: &str = include_str!("schemas.json");

pub(super) fn routes() -> Vec<Route> {
    vec![
        route(Method::GET, "/scim/v2/ServiceProviderConfig", &[], config),
        route(Method::GET, "/scim/v2/ResourceTypes", &[], types),
        route(Method::GET, "/scim/v2/ResourceTypes/{scim_name}", &[], one_type),
        route(Method::GET, "/scim/v2/Schemas", &[], schemas),
        route(Method::GET, "/scim/v2/Schemas/{scim_name}", &[], one_schema),
        route(Method::GET, "/scim/v2/Me", &[], none),
        route(Method::POST, "/scim/v2/Bulk", &[], none),
        route(Method::POST, "/scim/v2/.search", &[], none),
        route(Method::POST, "/scim/v2/Users/.search", &[], none),
        route(Method::POST, "/scim/v2/Groups/.search", &[], none),
    ]
}

/// A directory is nobody, and asks one thing at a time.
async fn none(_: Visited, _: Asked) -> Answer {
    Err(Wrong::plain(501, "This is not supported here"))
}

async fn config(_: Visited, asked: Asked) -> Answer {
    let config = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": { "supported": true },
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        "filter": { "supported": true, "maxResults": 100 },
        "changePassword": { "supported": false },
        "sort": { "supported": false },
        "etag": { "supported": false },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "Bearer token",
            "description": "A token that an administrator of the account has made",
            "primary": true,
        }],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": format!("{}/ServiceProviderConfig", asked.base),
        },
    });
    Ok(answer::body(StatusCode::OK, &config))
}

fn all_types(base: &str) -> Vec<Value> {
    let of = |name: &str, description: &str| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
            "id": name,
            "name": name,
            "endpoint": format!("/{name}s"),
            "description": description,
            "schema": format!("urn:ietf:params:scim:schemas:core:2.0:{name}"),
            "meta": { "resourceType": "ResourceType", "location": format!("{base}/ResourceTypes/{name}") },
        })
    };
    vec![of("User", "A user of the account"), of("Group", "A group of the directory")]
}

fn all_schemas(base: &str) -> Vec<Value> {
    // Written here, and read by every test of it.
    let mut all: Vec<Value> = serde_json::from_str(SCHEMAS).unwrap_or_default();
    for schema in &mut all {
        let location = format!("{base}/Schemas/{}", schema["id"].as_str().unwrap_or_default());
        schema["meta"] = json!({ "resourceType": "Schema", "location": location });
    }
    all
}

/// A list that nobody looks through by a filter.
fn whole(asked: &Asked, all: Vec<Value>) -> Answer {
    if asked.filter.is_some() {
        return Err(Wrong::plain(403, "There is no filter here"));
    }
    let everything = Shown::of(None, None)?;
    Ok(answer::list(&everything, 1, all.len() as i64, all))
}

fn one(visit: &Visited, all: Vec<Value>) -> Answer {
    let id: String = visit.param("scim_name")?;
    let found = all.into_iter().find(|one| one["id"].as_str().is_some_and(|it| it.eq_ignore_ascii_case(&id)));
    let found = found.ok_or(app::Refused::NotFound)?;
    Ok(answer::body(StatusCode::OK, &found))
}

async fn types(_: Visited, asked: Asked) -> Answer {
    whole(&asked, all_types(&asked.base))
}

async fn one_type(visit: Visited, asked: Asked) -> Answer {
    one(&visit, all_types(&asked.base))
}

async fn schemas(_: Visited, asked: Asked) -> Answer {
    whole(&asked, all_schemas(&asked.base))
}

async fn one_schema(visit: Visited, asked: Asked) -> Answer {
    one(&visit, all_schemas(&asked.base))
}
