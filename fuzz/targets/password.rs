//! The judge of passwords has an opinion of every text, and no password that is a word about the person is a good one.

#![no_main]

use libfuzzer_sys::fuzz_target;

// The password, and below it words about the person.
fuzz_target!(|text: &str| {
    let mut lines = text.split('\n').map(str::to_owned);
    let password = lines.next().unwrap_or_default();
    let mut known: Vec<String> = lines.take(6).map(|word| word.chars().take(60).collect()).collect();
    if domain::password::check_length(&password).is_err() {
        return;
    }
    let _ = app::fuzzing::is_weak(&password, &known);
    // As many of its characters are judged.
    let is_same = password.to_uppercase().to_lowercase() == password.to_lowercase();
    if is_same && password.chars().count() <= 32 {
        known.push(password.to_uppercase());
        assert!(app::fuzzing::is_weak(&password, &known), "{password:?}");
    }
});
