//! Where somebody is sent after signing in is a page of ours, whatever a browser makes of the text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use url::Url;

fuzz_target!(|next: &str| {
    if !web::routes::leads_to_a_page(next) {
        return;
    }
    let base = Url::parse("https://rollcall.example/sign-in").expect("an address");
    let there = base.join(next).expect("a path of ours");
    assert_eq!(there.origin(), base.origin(), "{next:?}");
    assert_eq!((there.path(), there.query(), there.fragment()), (next, None, None));
});
