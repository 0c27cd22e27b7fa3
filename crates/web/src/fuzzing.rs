//! What the fuzz targets reach of this crate, and nothing else does: it is compiled for them alone.

use ::http::HeaderMap;

use crate::http::host::{Named, named_of};
use crate::http::{json, upload};
use crate::pages::user::create;

pub use crate::api::fuzzing::{Given, given};

/// The name of another host that a request to the server at `base` names; empty for the server's own, `None` for nobody's.
pub fn host(base: &str, named: &str) -> Option<String> {
    match named_of(base, named) {
        Named::Server => Some(String::new()),
        Named::Other(host) => Some(host.to_string()),
        Named::None => None,
    }
}

/// How many fields a form with a file has at most.
pub const UPLOAD_FIELDS: usize = upload::FIELDS;

/// The fields of a form with a file.
pub fn upload(body: &[u8], boundary: &str) -> Option<Vec<(String, Vec<u8>)>> {
    upload::parse(body, boundary)
}

/// The key that a program gives.
pub fn api_key(headers: &HeaderMap) -> Option<String> {
    json::api_key(headers)
}

/// Answers of a wizard that waited while somebody signed in.
pub fn kept_answers(kept: &str) -> Option<Vec<(String, String)>> {
    create::resumed("/accounts/ACC/users/new", kept)
}
