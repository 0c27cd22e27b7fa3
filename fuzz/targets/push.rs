//! Where a browser says that its push service is: a name outside, by HTTPS, for every reader of addresses.

#![no_main]

use domain::push::{BrowserKeys, Endpoint, Service};
use libfuzzer_sys::fuzz_target;
use url::{Host, Url};

fuzz_target!(|text: &str| {
    let mut lines = text.lines();
    let (first, second) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    if let Ok(endpoint) = Endpoint::parse(first, &[]) {
        let Service::Named(name) = endpoint.service() else { panic!("nobody has allowed an address") };
        assert_eq!(format!("{}{}", endpoint.origin(), endpoint.path()), first);
        // What only looks like punycode is no host there.
        if let Ok(url) = Url::parse(first) {
            assert_eq!((url.scheme(), url.port(), url.username(), url.password()), ("https", None, "", None));
            assert_eq!(url.host(), Some(Host::Domain(name.as_str())));
            assert_eq!(url.origin().ascii_serialization(), endpoint.origin());
        }
        assert_eq!(format!("{endpoint:?}"), format!("Endpoint({}/…)", endpoint.origin()));
    }
    if let Ok(keys) = BrowserKeys::parse(first, second) {
        let [public, secret] = keys.texts();
        assert!(BrowserKeys::parse(&public, &secret) == Ok(keys));
        assert_eq!(format!("{keys:?}"), "BrowserKeys(…)");
    }
});
