//! The document of the API for programs stands in a file, so that whoever changes what programs meet reads the difference.
//!
//! `UPDATE_GOLDEN=1 cargo test -p rollcall-web openapi` writes it anew.

use std::path::Path;

/// I-02. Seen to fail: with a summary changed, and without `for_serialize`.
#[test]
fn i02_the_golden_document_holds() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/openapi.json");
    let present = serde_json::to_string_pretty(&web::api::document()).expect("JSON has words for it") + "\n";
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, &present).expect("the golden file can be written");
    }
    let golden = std::fs::read_to_string(&file).expect("the golden file is there");
    assert!(
        golden == present,
        "what the document of the API says has changed; if that is meant: UPDATE_GOLDEN=1, then read the difference"
    );
}
