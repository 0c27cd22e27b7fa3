//! What a route answers: one thing, something made, or that it is done.

use ::http::header::{CONTENT_TYPE, HeaderValue};
use ::http::{StatusCode, Uri};
use axum::body::Body;
use axum::response::Response;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

/// The address that was asked for, as the program wrote it.
pub(super) struct Asked {
    /// Scheme and host.
    pub(super) site: String,
    /// Path and query.
    pub(super) uri: Uri,
}

/// A good answer.
pub(super) trait Answers {
    /// Its status.
    const STATUS: StatusCode;
    /// What its body is; nothing where there is none.
    fn schema(generator: &mut SchemaGenerator) -> Option<Schema>;
    /// The answer.
    fn answer(self, asked: &Asked) -> Response;
}

/// One thing.
pub(super) struct One<T>(pub(super) T);

/// Something that was made.
pub(super) struct Made<T>(pub(super) T);

/// It is done, and nothing is left to be told.
pub(super) struct Gone;

impl<T: Serialize + JsonSchema> Answers for One<T> {
    const STATUS: StatusCode = StatusCode::OK;

    fn schema(generator: &mut SchemaGenerator) -> Option<Schema> {
        Some(generator.subschema_for::<T>())
    }

    fn answer(self, _asked: &Asked) -> Response {
        json(Self::STATUS, &self.0)
    }
}

impl<T: Serialize + JsonSchema> Answers for Made<T> {
    const STATUS: StatusCode = StatusCode::CREATED;

    fn schema(generator: &mut SchemaGenerator) -> Option<Schema> {
        Some(generator.subschema_for::<T>())
    }

    fn answer(self, _asked: &Asked) -> Response {
        json(Self::STATUS, &self.0)
    }
}

impl Answers for Gone {
    const STATUS: StatusCode = StatusCode::NO_CONTENT;

    fn schema(_generator: &mut SchemaGenerator) -> Option<Schema> {
        None
    }

    fn answer(self, _asked: &Asked) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = Self::STATUS;
        response
    }
}

/// A body of JSON.
pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Response {
    // What is answered is made of texts, numbers and flags, which JSON has.
    let text = serde_json::to_vec(value).unwrap_or_default();
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}
