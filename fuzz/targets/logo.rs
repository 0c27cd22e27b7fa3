//! A picture is written anew within its bounds, or refused; nothing that it holds breaks that (G-10).

#![no_main]

use std::io::Cursor;

use app::brand::logo;
use data_encoding::BASE64;
use image::{ImageFormat, ImageReader};
use libfuzzer_sys::fuzz_target;

/// A panic within a reader of pictures is caught and is a refusal (G-10), so it ends the program only where it is ours: a library's
/// file has a path from the root.
fn end_at_our_own_panics() {
    let end = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |told| {
        if told.location().is_some_and(|place| !place.file().starts_with('/')) {
            end(told);
        }
    }));
}

fuzz_target!(init: end_at_our_own_panics(), |data: &[u8]| {
    let Ok(kept) = logo::rewrite(data) else { return };
    let png = BASE64.decode(kept.base64.as_bytes()).expect("base64");
    assert!(png.starts_with(b"\x89PNG"));
    let reader = ImageReader::with_format(Cursor::new(&png), ImageFormat::Png);
    let (width, height) = reader.into_dimensions().expect("a picture");
    assert!((1..=480).contains(&width) && (1..=160).contains(&height), "{width} x {height}");
    let again = logo::rewrite(&png).expect("what was written is a picture");
    assert_eq!(again.hash, kept.hash, "written twice, it is the same");
});
