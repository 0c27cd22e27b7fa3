//! A picture is written anew within its bounds, or refused; nothing that it holds breaks that (G-10).

#![no_main]

use std::io::Cursor;

use app::brand::logo;
use data_encoding::BASE64;
use image::{ImageFormat, ImageReader};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(kept) = logo::rewrite(data) else { return };
    let png = BASE64.decode(kept.base64.as_bytes()).expect("base64");
    assert!(png.starts_with(b"\x89PNG"));
    let reader = ImageReader::with_format(Cursor::new(&png), ImageFormat::Png);
    let (width, height) = reader.into_dimensions().expect("a picture");
    assert!((1..=480).contains(&width) && (1..=160).contains(&height), "{width} x {height}");
    let again = logo::rewrite(&png).expect("what was written is a picture");
    assert_eq!(again.hash, kept.hash, "written twice, it is the same");
});
