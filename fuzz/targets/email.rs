//! An address is one plain address, however it was typed, and has one form that must be unique.

#![no_main]

use domain::email::EmailAddress;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|typed: &str| {
    let Ok(address) = EmailAddress::parse(typed) else { return };
    let (text, canonical) = (address.as_str(), address.canonical());
    assert!(text.len() <= 254 && text.is_ascii() && text.matches('@').count() == 1);
    assert!(!text.contains(|c: char| c.is_control() || c.is_whitespace() || ",;<>\"()[]:\\".contains(c)));
    assert_eq!(EmailAddress::parse(text).as_ref(), Ok(&address));
    assert!(canonical.eq_ignore_ascii_case(text));
    let again = EmailAddress::parse(&canonical).expect("the canonical form is an address");
    assert_eq!((again.as_str(), again.canonical()), (&*canonical, canonical.clone()));
});
