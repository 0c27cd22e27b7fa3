//! A brand as it is typed: its colour is read on both themes, its links lead to where they say, and it stays what it is (G-10).

#![no_main]

use domain::brand::TypedBrand;
use domain::brand::accent::{Accent, LEAST, contrast};
use libfuzzer_sys::fuzz_target;
use url::{Host, Url};

// Name, sender, support, colour and both links, a line each.
fuzz_target!(|text: &str| {
    let mut lines = text.lines();
    let mut line = || lines.next().unwrap_or_default();
    let typed = TypedBrand {
        name: line(),
        sender: line(),
        support: line(),
        accent: line(),
        terms: line(),
        privacy: line(),
    };
    if let Ok(accent) = Accent::parse(typed.accent) {
        assert_eq!(Accent::parse(&accent.to_string()), Ok(accent));
        let white = Accent::of_hex("ffffff").expect("a colour");
        for shades in [accent.light(), accent.dark()] {
            assert!(contrast(shades.accent, white) >= LEAST && contrast(shades.text, shades.soft) >= LEAST);
        }
    }
    let Ok(brand) = typed.parse() else { return };
    for link in [&brand.terms, &brand.privacy].into_iter().flatten() {
        let Ok(url) = Url::parse(link) else { continue };
        assert_eq!((url.scheme(), url.username(), url.port()), ("https", "", None), "{link}");
        assert!(matches!(url.host(), Some(Host::Domain(_))), "{link}");
        assert!(!link.contains(['"', '\'', '<', '>']));
    }
    let (accent, text) =
        (brand.accent.to_string(), |value: &Option<String>| value.clone().unwrap_or_default());
    let (support, terms, privacy) = (text(&brand.support), text(&brand.terms), text(&brand.privacy));
    let again = TypedBrand {
        name: &brand.name,
        sender: &brand.sender,
        support: &support,
        accent: &accent,
        terms: &terms,
        privacy: &privacy,
    };
    assert_eq!(again.parse().as_ref(), Ok(&brand));
});
