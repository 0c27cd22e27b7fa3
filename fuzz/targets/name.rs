//! Names and messages are read once: what is kept is read the same again, and hides nothing (U-01, U-02).

#![no_main]

use domain::name::{MAX_MESSAGE, MAX_NAME, message, optional, required, sort_key, tricks_the_eye};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|typed: &str| {
    if let Ok(name) = optional(typed) {
        assert_eq!(optional(&name).as_ref(), Ok(&name));
        assert!(name.chars().count() <= MAX_NAME && !name.contains(char::is_control));
        assert!(!name.contains(tricks_the_eye));
        assert!(required(typed).is_err() || !name.is_empty());
    }
    if let Ok(Some(text)) = message(typed) {
        assert_eq!(message(&text), Ok(Some(text.clone())));
        assert!((1..=MAX_MESSAGE).contains(&text.chars().count()));
        assert!(!text.contains(|c: char| c != '\n' && c.is_control() || tricks_the_eye(c)));
    }
    let key = sort_key(&[typed]);
    assert_eq!(sort_key(&[&key]), key);
    assert!(!key.contains("  ") && key.trim() == key);
});
