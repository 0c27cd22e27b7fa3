//! What an identity provider has signed: nothing counts but what one of its keys was used for (X-29).

#![no_main]

use app::fuzzing::said_by_provider;
use libfuzzer_sys::fuzz_target;

/// A key whose other half is gone: it has signed one token, and never another.
const KEYS: &str = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"one","x":"bpZ7aDr5ON6KbLN8LMvTvx90xuZ9v8fvGT1lTVGb9vk"}]}"#;
const HEAD: &str = "eyJhbGciOiJFZERTQSIsImtpZCI6Im9uZSJ9";
const BODY: &str = "eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJzdWIiOiJzLTEiLCJhdWQiOlsidXMiLCJ0aGVtIl0sImF6cCI6InVzIiwiZXhwIjoxODAwMDAwMzAwLCJpYXQiOjE4MDAwMDAwMDAuNSwibm9uY2UiOiJuIn0";

fuzz_target!(|text: &str| {
    let (token, keys) = text.split_once('\n').unwrap_or((text, KEYS));
    if let Some(claims) = said_by_provider(token, KEYS) {
        assert!(token.starts_with(&format!("{HEAD}.{BODY}.")), "nobody has signed {token}");
        assert_eq!((claims.subject.as_str(), claims.nonce.as_str()), ("s-1", "n"));
    }
    // With keys of anybody's it is somebody's word, if at all.
    if said_by_provider(token, keys).is_some() {
        assert_eq!(token.matches('.').count(), 2);
        assert_eq!(said_by_provider(token, "{\"keys\":[]}"), None);
    }
});
