//! The API for whoever reads about it and tries it (I-02). All of it is the OpenAPI document's.

use askama::Template;
use serde_json::Value;
use text::Text;

use super::{Frame, Icon};

/// The API: `/me/api`.
#[derive(Template, Clone, Debug)]
#[template(path = "api/show.html")]
pub struct Reading {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// The address of the server.
    pub base: String,
    /// What is answered where something is wrong: status and words.
    pub refusals: Vec<(String, String)>,
    /// What there is, by noun.
    pub nouns: Vec<Noun>,
}

/// The operations of one noun.
#[derive(Clone, Debug)]
pub struct Noun {
    /// Its name, such as `users`.
    pub name: String,
    /// What can be done.
    pub operations: Vec<Operation>,
}

/// One operation.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Its id in the document.
    pub id: String,
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: String,
    /// The path, with names of what stands in it.
    pub path: String,
    /// What it does.
    pub summary: String,
    /// What stands in the path and behind it.
    pub parameters: Vec<Part>,
    /// What stands in the body.
    pub fields: Vec<Part>,
    /// What is answered where nothing is wrong: the status.
    pub good: String,
}

/// A parameter or a field.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// `path` or `query`; empty in a body.
    pub place: String,
    /// What it takes.
    pub kind: String,
    /// Whether it must be there.
    pub required: bool,
    /// What it is.
    pub note: String,
}

impl Noun {
    /// All that the document describes, in its order.
    pub fn all(document: &Value) -> Vec<Noun> {
        let mut nouns: Vec<Noun> = Vec::new();
        for (path, methods) in document["paths"].as_object().into_iter().flatten() {
            for (method, operation) in methods.as_object().into_iter().flatten() {
                let name = text(&operation["tags"][0]);
                let operation = Operation::of(document, path, method, operation);
                match nouns.iter_mut().find(|noun| noun.name == name) {
                    Some(noun) => noun.operations.push(operation),
                    None => nouns.push(Noun { name, operations: vec![operation] }),
                }
            }
        }
        nouns
    }
}

impl Operation {
    fn of(document: &Value, path: &str, method: &str, operation: &Value) -> Operation {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let body = resolved(document, &operation["requestBody"]["content"]["application/json"]["schema"]);
        let required: Vec<String> = body["required"].as_array().into_iter().flatten().map(text).collect();
        let good = statuses(operation).find(|(status, _)| status.starts_with('2'));
        Operation {
            id: text(&operation["operationId"]),
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary: text(&operation["summary"]),
            parameters: parameters
                .map(|parameter| Part {
                    name: text(&parameter["name"]),
                    place: text(&parameter["in"]),
                    kind: kind(document, &parameter["schema"]),
                    required: parameter["required"] == Value::Bool(true),
                    note: text(&parameter["description"]).replace('`', ""),
                })
                .collect(),
            fields: body["properties"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, schema)| Part {
                    name: name.clone(),
                    place: String::new(),
                    kind: kind(document, schema),
                    required: required.contains(name),
                    note: text(&schema["description"]).replace('`', ""),
                })
                .collect(),
            good: good.map(|(status, _)| status).unwrap_or_default(),
        }
    }

    /// A body to begin with: the fields that must be there.
    pub fn sample(&self) -> String {
        let required = self.fields.iter().filter(|field| field.required);
        let lines: Vec<String> = required.map(|field| format!("  \"{}\": \"\"", field.name)).collect();
        if lines.is_empty() { "{}".to_owned() } else { format!("{{\n{}\n}}", lines.join(",\n")) }
    }

    /// The method as a class of the page.
    pub fn class(&self) -> String {
        self.method.to_lowercase()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn statuses(operation: &Value) -> impl Iterator<Item = (String, String)> {
    let answers = operation["responses"].as_object().into_iter().flatten();
    answers.map(|(status, answer)| (status.clone(), text(&answer["description"])))
}

/// What is answered anywhere where something is wrong, each status once.
pub fn refusals(document: &Value) -> Vec<(String, String)> {
    let methods = document["paths"].as_object().into_iter().flatten();
    let operations = methods.flat_map(|(_, methods)| methods.as_object().into_iter().flatten());
    let all = operations.flat_map(|(_, operation)| statuses(operation));
    let wrong: std::collections::BTreeMap<String, String> =
        all.filter(|(status, _)| !status.starts_with('2')).collect();
    wrong.into_iter().collect()
}

/// What a reference leads to.
fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str().and_then(|to| to.strip_prefix('#')) {
        Some(to) => document.pointer(to).unwrap_or(schema),
        None => schema,
    }
}

/// What a schema takes, in a few words: its type, or its choices.
fn kind(document: &Value, schema: &Value) -> String {
    let schema = resolved(document, schema);
    let choices = |key: &str| schema[key].as_array().cloned().unwrap_or_default();
    let words: Vec<String> = choices("enum")
        .iter()
        .map(|choice| choice.as_str().map_or_else(|| choice.to_string(), str::to_owned))
        .collect();
    if !words.is_empty() {
        return words.join(" | ");
    }
    if let Some(word) = schema["const"].as_str() {
        return word.to_owned();
    }
    let several = [choices("oneOf"), choices("anyOf")].concat();
    if !several.is_empty() {
        let kinds: Vec<String> = several
            .iter()
            .filter(|one| one["type"] != "null")
            .map(|one| kind(document, one))
            .filter(|kind| !kind.is_empty())
            .collect();
        return kinds.join(" | ");
    }
    match &schema["type"] {
        Value::String(one) if one == "array" => format!("list of {}", kind(document, &schema["items"])),
        Value::String(one) => one.clone(),
        Value::Array(all) => all.iter().map(text).filter(|one| one != "null").collect::<Vec<_>>().join(" | "),
        _ => String::new(),
    }
}
