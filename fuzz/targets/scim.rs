//! Filters and paths of a customer's directory: what is read is written, and read again as it was; looking for it asks for no
//! more than there are comparisons.

#![no_main]

use std::collections::BTreeSet;

use domain::scim::{Filter, Path, Unsupported};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(path) = Path::parse(text) {
        // What is written out may be longer than what is read.
        let written = path.to_string();
        assert!(written.len() > 1_024 || Path::parse(&written).as_ref() == Ok(&path), "{written}");
    }
    let Ok(filter) = Filter::parse(text) else { return };
    let written = filter.to_string();
    assert!(written.len() > 1_024 || Filter::parse(&written).as_ref() == Ok(&filter), "{written}");
    let mut asked = 0;
    let found = filter.find(&mut |_, _| -> Result<BTreeSet<usize>, Unsupported> {
        asked += 1;
        Ok(BTreeSet::from([asked]))
    });
    assert!(asked <= 20 && found.map_or(0, |found| found.len()) <= asked);
});
