//! What programs give, as query, form or JSON, and what waits of a form while somebody signs in again (I-01, X-13, X-19).

#![no_main]

use std::sync::LazyLock;

use axum::body::Body;
use http::Request;
use libfuzzer_sys::fuzz_target;
use tokio::runtime::{Builder, Runtime};
use url::form_urlencoded::Serializer;

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().enable_time().build().expect("a runtime"));
const KINDS: [&str; 2] = ["application/json", "application/x-www-form-urlencoded; charset=utf-8"];

// The query, a line's end, and the body.
fuzz_target!(|data: &[u8]| {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (query, body) = (&data[..end], data.get(end + 1..).unwrap_or_default());
    for kind in KINDS {
        let target = [b"/v3/a/1/users.json?", query].concat();
        let request = Request::builder().method("POST").uri(target).header("content-type", kind);
        let Ok(request) = request.body(Body::from(body.to_vec())) else { continue };
        let Some(given) = RUNTIME.block_on(web::fuzzing::given(request)) else { continue };
        let values = given.values.as_object().expect("fields by name");
        assert!(
            values.keys().all(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')),
            "{values:?}"
        );
        assert!(given.unknown.len() <= 5 && given.unknown.iter().all(|name| !values.contains_key(name)));
        assert!(!given.is_user || values.contains_key("email"));
        if let Some((skip, take)) = given.window {
            assert!(skip >= 0 && (1..=250).contains(&take), "{skip} {take}");
        }
    }
    if let Ok(kept) = std::str::from_utf8(body)
        && let Some(fields) = web::fuzzing::kept_answers(kept)
    {
        let again = Serializer::new(String::new()).extend_pairs(&fields).finish();
        assert_eq!(web::fuzzing::kept_answers(&again), Some(fields));
    }
});
