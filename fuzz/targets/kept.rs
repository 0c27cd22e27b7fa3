//! A user's access that was kept for undoing is read whole or not at all, and written again as it is (U-22).

#![no_main]

use libfuzzer_sys::fuzz_target;
use store::fuzzing::kept_access;

fuzz_target!(|text: &str| {
    let Some(written) = kept_access(text) else { return };
    assert_eq!(kept_access(&written), Some(written));
});
