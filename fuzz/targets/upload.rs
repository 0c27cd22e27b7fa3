//! A form with a file is read as browsers send it: each field once, whole, and nothing that was not sent (G-10).

#![no_main]

use libfuzzer_sys::fuzz_target;
use web::fuzzing::{UPLOAD_FIELDS, upload};

fuzz_target!(|data: &[u8]| {
    let Some(fields) = upload(data, "x1") else { return };
    assert!(fields.len() <= UPLOAD_FIELDS);
    assert!(fields.iter().map(|(name, content)| name.len() + content.len()).sum::<usize>() <= data.len());
    let mut again = Vec::new();
    for (at, (name, content)) in fields.iter().enumerate() {
        assert!(!name.contains('"') && !name.contains("\r\n"), "{name:?}");
        assert!(fields[..at].iter().all(|(other, _)| other != name), "{name:?} is there twice");
        again.extend(b"--x1\r\nContent-Disposition: form-data; name=\"");
        again.extend(name.as_bytes());
        again.extend(b"\"\r\n\r\n");
        again.extend(content);
        again.extend(b"\r\n");
    }
    again.extend(b"--x1--\r\n");
    assert_eq!(upload(&again, "x1"), Some(fields));
});
