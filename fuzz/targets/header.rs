//! What a browser or program says of itself in headers: its name, its languages, its key. A few words come of it, whatever it says
//! (A-03, I-08, I-03).

#![no_main]

use http::{HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;
use text::Language;

fuzz_target!(|data: &[u8]| {
    let Ok(value) = HeaderValue::from_bytes(data) else { return };
    let text = value.to_str().unwrap_or_default();

    let device = web::http::device::describe(text);
    assert!((1..=30).contains(&device.len()), "{device}");
    assert!(device.chars().all(|c| c.is_ascii_alphabetic() || c == ' '), "{device}");

    let language = Language::of_header(text);
    assert_eq!(Language::of_header(&format!("{text},zz;q=1.0")), language, "a language that we have not");
    assert_eq!(
        Language::of_header(&format!("es;q=1.0,{text}")),
        Some(Language::Spanish),
        "the first of equals"
    );

    let mut headers = HeaderMap::new();
    headers.insert("authorization", value.clone());
    if let Some(key) = web::fuzzing::api_key(&headers) {
        assert!(text.contains(&key) && text.is_char_boundary(6) && text[..6].eq_ignore_ascii_case("token "));
        assert!(!key.starts_with('"') && !key.ends_with('"'));
    }
});
