//! The description of the API for programs, OpenAPI 3.1: made from the routes and from the types they take and answer.

use std::sync::LazyLock;

use ::http::Method;
use app::pass;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::listing::Paging;
use super::route::Described;
use crate::http::route::{Nothing, Route, get_data};
use crate::http::visit::{Answer, Visit};

const FORBIDDEN: &str = "The key's owner may not do this, or the key is narrowed and this lies outside, which the sentence then \
                         says. X-Missing-Capability names the right that is missing, where it is one.";

pub(super) fn routes() -> Vec<Route> {
    vec![get_data("/v3/openapi.json", show)]
}

/// The document, for whoever asks: it tells nothing of anybody.
async fn show(visit: Visit<pass::OpenPass>, _: Nothing) -> Answer {
    visit.data(described())
}

/// The document, made once.
pub(crate) fn described() -> &'static Value {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(document);
    &DOCUMENT
}

/// The document.
pub fn document() -> Value {
    // As answers are written: a field that may be nothing is there all the same, unless it is left out then.
    let settings = SchemaSettings::draft2020_12().for_serialize().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let mut paths: Map<String, Value> = Map::new();
    for route in super::routes() {
        let Some(described) = route.described.clone() else { continue };
        let operation = operation(&mut generator, &route, &described);
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.as_str().to_ascii_lowercase()] = operation;
    }
    let mut schemas = generator.take_definitions(true);
    schemas.insert("Error".to_owned(), error());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "API v3",
            "version": "3",
            "description": "Accounts and what is in them, for programs. A key says who asks: nothing is done here that its \
                            owner may not do on the pages. Parameters of the address that are not known are passed \
                            over, and named in the header Warning; in a body they are refused.",
        },
        "servers": [{ "url": "/" }],
        "security": [{ "key": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "key": {
                "type": "apiKey",
                "in": "header",
                "name": "Authorization",
                "description": "The key, as `Token token=KEY`.",
            } },
        },
    })
}

fn error() -> Value {
    json!({
        "type": "object",
        "properties": { "error": { "type": "string", "description": "What is wrong, in a sentence." } },
        "required": ["error"],
        "additionalProperties": false,
    })
}

fn operation(generator: &mut SchemaGenerator, route: &Route, described: &Described) -> Value {
    let input = (described.input)(&mut inline()).to_value();
    let mut parameters = path_parameters(route.path);
    let mut operation = json!({
        "operationId": operation_id(route),
        "summary": described.summary,
        "tags": [tag(route.path)],
    });
    if matches!(route.method, Method::POST | Method::PUT) {
        if has_fields(&input) {
            operation["requestBody"] = body(input);
        }
    } else {
        parameters.extend(query_parameters(&input));
    }
    if described.is_list {
        parameters.extend(query_parameters(&Paging::json_schema(&mut inline()).to_value()));
    }
    operation["parameters"] = Value::Array(parameters);
    operation["responses"] = responses(generator, route, described);
    operation
}

/// What is taken is described where it is taken: nouns have words of their own for the same, such as what they sort by.
fn inline() -> SchemaGenerator {
    SchemaGenerator::new(SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true))
}

fn has_fields(input: &Value) -> bool {
    input["properties"].as_object().is_some_and(|fields| !fields.is_empty())
}

fn body(mut input: Value) -> Value {
    input["additionalProperties"] = json!(false);
    let is_required = input["required"].as_array().is_some_and(|required| !required.is_empty());
    json!({
        "required": is_required,
        "content": { "application/json": { "schema": input }, "application/x-www-form-urlencoded": form(&input) },
    })
}

/// A form's fields. What is in an object is named by both: `config[call_log]=true`.
fn form(input: &Value) -> Value {
    let schema = as_form(input.clone());
    let fields = schema["properties"].as_object().into_iter().flatten();
    let objects = fields.filter(|(_, field)| is(field, "object"));
    let encoding: Map<String, Value> =
        objects.map(|(name, _)| (name.clone(), json!({ "style": "deepObject", "explode": true }))).collect();
    json!({ "schema": schema, "encoding": encoding })
}

/// A form has texts, no word for nothing, several for yes and no, and a list of one looks like one.
fn as_form(mut schema: Value) -> Value {
    without_null(&mut schema);
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let fields = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (name, field) in fields.into_iter().flatten() {
        // An empty list is a field that is left out.
        if let Some(field) = field.as_object_mut().filter(|_| !required.iter().any(|one| one == name)) {
            field.remove("minItems");
        }
        *field = as_form(field.take());
    }
    if is(&schema, "boolean") {
        schema["type"] = json!(["boolean", "integer"]);
        schema["enum"] = json!([true, false, 1, 0]);
    }
    if is(&schema, "array") {
        return json!({ "anyOf": [schema, schema["items"]] });
    }
    schema
}

fn is(schema: &Value, kind: &str) -> bool {
    schema["type"] == kind
        || schema["type"].as_array().is_some_and(|kinds| kinds.iter().any(|one| one == kind))
}

fn query_parameters(input: &Value) -> Vec<Value> {
    let fields = input["properties"].as_object().cloned().unwrap_or_default();
    let parameter = |(name, mut schema): (String, Value)| {
        without_null(&mut schema);
        let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
        json!({ "name": name, "in": "query", "description": description, "schema": schema })
    };
    fields.into_iter().map(parameter).collect()
}

/// A parameter of an address, or a field of a form, is given, or it is not.
fn without_null(schema: &mut Value) {
    if let Some(kinds) = schema["type"].as_array() {
        let kinds: Vec<Value> = kinds.iter().filter(|kind| *kind != "null").cloned().collect();
        schema["type"] = if kinds.len() == 1 { kinds[0].clone() } else { Value::Array(kinds) };
    }
    if let Some(words) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        words.retain(|word| !word.is_null());
    }
    if let Some(choices) = schema.get("anyOf").and_then(Value::as_array) {
        let choices: Vec<Value> = choices.iter().filter(|choice| choice["type"] != "null").cloned().collect();
        if let ([only], Some(schema)) = (choices.as_slice(), schema.as_object_mut()) {
            schema.remove("anyOf");
            schema.extend(only.as_object().cloned().unwrap_or_default());
        }
    }
    // Where nothing was said, an empty type is none.
    if schema["type"].is_null()
        && let Some(schema) = schema.as_object_mut()
    {
        schema.remove("type");
    }
}

fn path_parameters(path: &str) -> Vec<Value> {
    let names = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let parameter = |name: &str| {
        let (description, pattern) = match name {
            "account" => ("The account's id, or its number.", "^(ACC[0-9a-f]{32}|[0-9]{9})$"),
            "company" => ("The company's id.", "^COM[0-9a-f]{32}$"),
            "user" => ("The user's id.", "^USR[0-9a-f]{32}$"),
            "notification" | "summary_email" | "tag" => ("Its id.", "^[1-9][0-9]{0,15}$"),
            other => unreachable!("{other} has a line here, like whatever paths name"),
        };
        json!({
            "name": name, "in": "path", "required": true, "description": description,
            "schema": { "type": "string", "pattern": pattern },
        })
    };
    names.map(parameter).collect()
}

fn responses(generator: &mut SchemaGenerator, route: &Route, described: &Described) -> Value {
    let mut good = json!({ "description": described.summary, "headers": {
        "RateLimit": header("How many requests are left, an hour and a day.", true),
        "RateLimit-Policy": header("How many there are.", true),
        "Warning": header("Parameters that are not known, and were passed over.", false),
    } });
    if let Some(schema) = (described.output)(generator) {
        good["content"] = json!({ "application/json": { "schema": schema } });
    }
    if described.is_list {
        good["headers"]["Link"] = header("The neighbouring pages.", false);
    }
    let mut responses = Map::new();
    responses.insert(described.status.to_string(), good);
    let changes = route.method != Method::GET;
    let takes_body = matches!(route.method, Method::POST | Method::PUT);
    let refusals = [
        (400, "A parameter is wrong.", true),
        (401, "No key, a wrong one, or one that is over.", true),
        (403, FORBIDDEN, true),
        (404, "There is no such thing.", true),
        (406, "The body is of another type.", takes_body),
        (408, "The body took too long.", takes_body),
        (413, "The body is too large.", takes_body),
        (422, "It can't be done as things stand.", changes || described.is_list),
        (429, "No requests are left; Retry-After says for how long.", true),
        (503, "Others do the same at this moment.", true),
    ];
    for (status, description, _) in refusals.into_iter().filter(|(_, _, is_there)| *is_there) {
        responses.insert(status.to_string(), refusal(status, description));
    }
    Value::Object(responses)
}

fn refusal(status: u16, description: &str) -> Value {
    let mut refusal = json!({
        "description": description,
        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Error" } } },
    });
    match status {
        401 => refusal["headers"] = json!({ "WWW-Authenticate": header("How a key is given.", true) }),
        429 | 503 => {
            refusal["headers"] = json!({ "Retry-After": header("For how many seconds to wait.", true) })
        }
        _ => {}
    }
    refusal
}

fn header(description: &str, is_required: bool) -> Value {
    json!({ "description": description, "required": is_required, "schema": { "type": "string" } })
}

fn tag(path: &str) -> &str {
    let name = path.split('/').nth(4).unwrap_or("accounts");
    name.strip_suffix(super::call::SUFFIX).unwrap_or(name)
}

fn operation_id(route: &Route) -> String {
    let words = route.path.trim_start_matches(super::BASE).replace(super::call::SUFFIX, "");
    let words: Vec<&str> = words
        .split(['/', '{', '}'])
        .filter(|word| !word.is_empty() && *word != "a" && *word != "account")
        .collect();
    let verb = route.method.as_str().to_ascii_lowercase();
    let whole = if route.path.contains('{') { "account" } else { "accounts" };
    let words = if words.is_empty() { vec![whole] } else { words };
    format!("{verb}_{}", words.join("_"))
}
