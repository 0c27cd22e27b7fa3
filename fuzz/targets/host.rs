//! A host is a name that a browser takes for the same name, and a request names the server, such a host, or none (X-18, G-10).

#![no_main]

use domain::brand::HostName;
use domain::brand::host::{base_at, host_of};
use libfuzzer_sys::fuzz_target;
use url::{Host, Url};

const BASES: [&str; 3] = ["https://rollcall.example", "http://localhost:8080", "https://[2001:db8::1]:8443"];

fuzz_target!(|typed: &str| {
    if let Ok(host) = HostName::parse(typed) {
        assert_eq!(HostName::parse(host.as_str()).as_ref(), Ok(&host));
        // What only looks like punycode is refused there, and that is well.
        if let Ok(url) = Url::parse(&format!("https://{host}/")) {
            assert_eq!(url.host(), Some(Host::Domain(host.as_str())), "{host}");
        }
        for base in BASES {
            let brand = base_at(base, host.as_str());
            assert_eq!(host_of(&brand), host.as_str());
            assert_eq!(base_at(&brand, host_of(base)), base);
        }
    }
    for base in BASES {
        match web::fuzzing::host(base, typed).as_deref() {
            Some("") => assert!(typed.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[')),
            Some(other) => {
                assert_eq!(HostName::parse(other).map(|host| host.to_string()), Ok(other.to_owned()));
                assert_ne!(other, host_of(base));
                assert!(typed.to_ascii_lowercase().contains(other));
            }
            None => {}
        }
    }
});
