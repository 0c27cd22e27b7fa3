//! What a program gives: the query, and in a POST or PUT the body, as JSON or as a form. A field that is given twice is
//! what it was given last; `x[]=a&x[]=b` is a list, `x[y]=z` an object.

use std::collections::BTreeMap;
use std::time::Duration;

use ::http::{HeaderMap, Method, StatusCode, header};
use axum::extract::Request;
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde::Deserialize as _;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::refused::{Wrong, not_in_list};

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);
/// The largest body, in bytes.
const LARGEST: usize = 256 * 1024;
/// How many parameters that are not known are named.
const NAMED: usize = 5;

/// What a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Whole,
    Flag,
    List,
    Object,
}

/// The fields that a route takes.
#[derive(Clone, Debug)]
pub(super) struct Fields {
    kinds: BTreeMap<String, Kind>,
    /// What those take that take one of a few words.
    choices: BTreeMap<String, Vec<String>>,
    required: Vec<String>,
}

impl Fields {
    /// The fields of a type, as its schema has them.
    pub(super) fn of<I: JsonSchema>() -> Fields {
        let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
        let schema = I::json_schema(&mut SchemaGenerator::new(settings));
        let properties = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
        let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        let mut choices = BTreeMap::new();
        for (name, schema) in &properties {
            let mut words = Vec::new();
            gather_choices(schema, &mut words);
            choices.insert(name.clone(), words);
        }
        Fields {
            choices,
            kinds: properties.into_iter().map(|(name, schema)| (name, kind_of(&schema))).collect(),
            required: required.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect(),
        }
    }

    /// These, and others.
    pub(super) fn and(mut self, other: Fields) -> Fields {
        self.kinds.extend(other.kinds);
        self.choices.extend(other.choices);
        self.required.extend(other.required);
        self
    }

    #[cfg(fuzzing)]
    pub(super) fn ask_for_nothing(&mut self) {
        self.required.clear();
    }
}

fn kind_of(schema: &Value) -> Kind {
    let named = |name: &str| match &schema["type"] {
        Value::String(one) => one == name,
        Value::Array(several) => several.iter().any(|one| one == name),
        _ => false,
    };
    let kinds =
        [("array", Kind::List), ("object", Kind::Object), ("integer", Kind::Whole), ("boolean", Kind::Flag)];
    kinds.into_iter().find(|(name, _)| named(name)).map_or(Kind::Text, |(_, kind)| kind)
}

/// The words that a schema takes, be it of one, of nothing or one, or of a list of them.
fn gather_choices(schema: &Value, words: &mut Vec<String>) {
    words.extend(schema["const"].as_str().map(str::to_owned));
    let listed = schema["enum"].as_array().into_iter().flatten();
    words.extend(listed.filter_map(|word| word.as_str().map(str::to_owned)));
    for of in ["oneOf", "anyOf"] {
        schema[of].as_array().into_iter().flatten().for_each(|one| gather_choices(one, words));
    }
    if schema["items"].is_object() {
        gather_choices(&schema["items"], words);
    }
}

/// What was given, by name.
pub(super) struct Given {
    fields: std::sync::Arc<Fields>,
    values: Map<String, Value>,
    /// Parameters of the query that nobody knows: they are passed over, and named in a header.
    pub(super) unknown: Vec<String>,
}

impl Given {
    /// Reads it. In a body every field must be known.
    pub(super) async fn of(request: Request, fields: std::sync::Arc<Fields>) -> Result<Given, Wrong> {
        let mut given = Given { fields, values: Map::new(), unknown: Vec::new() };
        let query = pairs(request.uri().query().unwrap_or_default().as_bytes())?;
        for (name, value) in query {
            if !given.put(&name, value) && given.unknown.len() < NAMED {
                given.unknown.push(name);
            }
        }
        if matches!(*request.method(), Method::POST | Method::PUT) {
            given.read_body(request).await?;
        }
        match given.fields.required.iter().find(|name| given.values.get(*name).is_none_or(Value::is_null)) {
            Some(name) => {
                Err(Wrong::said(StatusCode::BAD_REQUEST, format!("missing required parameter '{name}'")))
            }
            None => Ok(given),
        }
    }

    #[cfg(fuzzing)]
    pub(super) fn values(&self) -> Value {
        Value::Object(self.values.clone())
    }

    async fn read_body(&mut self, request: Request) -> Result<(), Wrong> {
        let kind = media_type(request.headers());
        let body = timeout(PATIENCE, axum::body::to_bytes(request.into_body(), LARGEST)).await;
        let body = body.map_err(|_| Wrong::said(StatusCode::REQUEST_TIMEOUT, "The body took too long"))?;
        let body = body.map_err(|_| Wrong::said(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large"))?;
        if body.is_empty() {
            return Ok(());
        }
        let unknown =
            |name: &str| Wrong::said(StatusCode::UNPROCESSABLE_ENTITY, format!("{name} is not a field here"));
        match kind.as_str() {
            "application/x-www-form-urlencoded" => {
                for (name, value) in pairs(&body)? {
                    if !self.put(&name, value) {
                        return Err(unknown(&name));
                    }
                }
            }
            "application/json" => {
                // Of what is written twice the last is kept, at whatever depth, as in forms.
                let read: Value = serde_json::from_slice(&body)
                    .map_err(|_| Wrong::said(StatusCode::BAD_REQUEST, "The body is not valid JSON"))?;
                let Value::Object(read) = read else {
                    return Err(Wrong::said(StatusCode::BAD_REQUEST, "The body must be a JSON object"));
                };
                for (name, value) in read {
                    let Some(kind) = self.fields.kinds.get(&name) else { return Err(unknown(&name)) };
                    self.values.insert(name, as_written(*kind, value));
                }
            }
            _ => {
                let sentence = "The body must be application/json or application/x-www-form-urlencoded";
                return Err(Wrong::said(StatusCode::NOT_ACCEPTABLE, sentence));
            }
        }
        Ok(())
    }

    /// Puts in what a query or form gives, as what the field takes; false if nobody knows the field.
    fn put(&mut self, name: &str, text: String) -> bool {
        let (base, inner) = match name.split_once('[') {
            Some((base, inner)) if inner.ends_with(']') => (base, Some(&inner[..inner.len() - 1])),
            _ => (name, None),
        };
        let Some(kind) = self.fields.kinds.get(base).copied() else { return false };
        match (kind, inner) {
            (Kind::List, None | Some("")) => {
                let list = self.values.entry(base).or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(list) = list {
                    list.push(Value::String(text));
                }
            }
            (Kind::Object, Some(inner)) => {
                let object = self.values.entry(base).or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(object) = object {
                    object.insert(inner.to_owned(), as_flag(text));
                }
            }
            (_, None) => drop(self.values.insert(base.to_owned(), as_kind(kind, text))),
            _ => return false,
        }
        true
    }

    /// What was given, as the type; it passes over what is another's.
    pub(super) fn read<I: DeserializeOwned>(&self) -> Result<I, Wrong> {
        serde_path_to_error::deserialize(Value::Object(self.values.clone())).map_err(|error| {
            let name = error.path().iter().next().map(ToString::to_string).unwrap_or_default();
            let choices = self.fields.choices.get(&name).map(|words| words.join(", ")).unwrap_or_default();
            let is_text = self.values.get(&name).is_some_and(Value::is_string);
            let sentence = match self.fields.kinds.get(&name) {
                Some(Kind::Whole) => "must be a whole number within its range",
                Some(Kind::Flag) => "must be true or false",
                Some(Kind::List) if choices.is_empty() => "must be a list of what it takes",
                Some(Kind::List) => return Wrong::field(&name, &format!("must be a list of {choices}")),
                Some(Kind::Object) => "must be an object of what it takes",
                Some(Kind::Text) if is_text => return Wrong::field(&name, &not_in_list(&choices)),
                _ => "must be a text",
            };
            Wrong::field(&name, sentence)
        })
    }
}

fn pairs(text: &[u8]) -> Result<Vec<(String, String)>, Wrong> {
    let text = std::str::from_utf8(text).unwrap_or("=%");
    Vec::deserialize(serde_html_form::Deserializer::from_bytes(text.as_bytes()))
        .map_err(|_| Wrong::said(StatusCode::BAD_REQUEST, "The parameters can't be read"))
}

/// In JSON 6 and 6.0 are the same number.
fn as_written(kind: Kind, value: Value) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value.as_f64() {
        Some(number) if kind == Kind::Whole && number.fract() == 0.0 && number.abs() < EXACT => {
            Value::from(number as i64)
        }
        _ => value,
    }
}

fn as_kind(kind: Kind, text: String) -> Value {
    match kind {
        Kind::Whole => text.parse::<i64>().map_or(Value::String(text), Value::from),
        Kind::Flag => as_flag(text),
        Kind::Text | Kind::List | Kind::Object => Value::String(text),
    }
}

fn as_flag(text: String) -> Value {
    match text.as_str() {
        "true" | "1" => Value::Bool(true),
        "false" | "0" => Value::Bool(false),
        _ => Value::String(text),
    }
}

fn media_type(headers: &HeaderMap) -> String {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
