//! What a program gives, read as a route that makes users and one that lists them read it.

use std::sync::{Arc, LazyLock};

use ::http::Request;
use axum::body::Body;
use serde_json::Value;

use super::given::{Fields, Given as Read};
use super::listing::Paging;
use super::user::NewUser;

/// What was read.
pub struct Given {
    /// The fields, as far as they are known.
    pub values: Value,
    /// Names in the query that nobody knows.
    pub unknown: Vec<String>,
    /// Whether it makes a user.
    pub is_user: bool,
    /// Which rows it asks for: how many stand before them, and how many they are at most.
    pub window: Option<(i64, i64)>,
}

/// Reads it; `None` where it is refused as a whole.
pub async fn given(request: Request<Body>) -> Option<Given> {
    static FIELDS: LazyLock<Arc<Fields>> = LazyLock::new(|| {
        let mut fields = Fields::of::<NewUser>().and(Fields::of::<Paging>());
        fields.ask_for_nothing();
        Arc::new(fields)
    });
    let given = Read::of(request, Arc::clone(&FIELDS)).await.ok()?;
    let window = given.read::<Paging>().ok().and_then(|paging| paging.window().ok());
    Some(Given {
        is_user: given.read::<NewUser>().is_ok(),
        window: window.map(|window| (window.skip, window.take)),
        values: given.values(),
        unknown: given.unknown,
    })
}
