//! Of what a browser sends as cookies only ours are read, and what we set comes back.

#![no_main]

use http::{HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;
use web::http::cookies::{Cookie, Cookies};

const SOME: [Cookie; 5] = [Cookie::Session, Cookie::Device, Cookie::Reset, Cookie::Language, Cookie::Toast];

fuzz_target!(|data: &[u8]| {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n') {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append("cookie", value);
        }
    }
    for secure in [true, false] {
        let mut cookies = Cookies::of(secure, &headers);
        for cookie in SOME {
            let Some(value) = cookies.take(cookie) else { continue };
            let set = cookie.set(secure, "");
            let name = set.to_str().expect("ASCII").split(';').next().expect("a pair").to_owned();
            let pair = format!("{name}{value}").into_bytes();
            assert!(!value.is_empty() && !value.contains(';'));
            assert!(data.windows(pair.len()).any(|part| part == pair), "{pair:?} was not sent");
            assert_eq!(cookies.take(cookie), None, "taken once");
        }
        comes_back(secure, data);
    }
});

/// What is set is sent by a browser as name and value, among those of others.
fn comes_back(secure: bool, data: &[u8]) {
    let token: String = data
        .iter()
        .filter(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b))
        .map(|b| char::from(*b))
        .collect();
    let set = Cookie::Session.set(secure, &token);
    let set = set.to_str().expect("ASCII");
    assert!(set.contains("; HttpOnly; SameSite=Lax") && set.contains("; Path=/;"));
    assert_eq!(set.starts_with("__Host-") && set.contains("; Secure"), secure);
    let pair = set.split(';').next().expect("a pair");
    let mut headers = HeaderMap::new();
    headers.insert("cookie", HeaderValue::from_str(&format!("a=b; {pair}; c")).expect("a header"));
    let came = Cookies::of(secure, &headers).take(Cookie::Session);
    assert_eq!(came.unwrap_or_default(), token);
}
