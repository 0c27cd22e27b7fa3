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
    // As many of its characters are judged.
    let is_whole = password.chars().count() <= 32;
    if is_whole {
        known.push(password.to_uppercase());
    }
    let is_weak = app::fuzzing::is_weak(&password, &known);
    let is_same = password.to_uppercase().to_lowercase() == password.to_lowercase();
    assert!(is_weak || !is_whole || !is_same, "{password:?}");
});
