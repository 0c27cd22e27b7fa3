//! What is said in one language alone, so that a text of one can be found among those of another (I-08).

use std::path::Path;

/// The sentences of the English catalogue, without what is put into them, that no Spanish text has: each of three words or
/// more, which nobody's name is.
pub fn said_in_english_alone() -> Vec<String> {
    let spanish = texts("es");
    let mut pieces: Vec<String> = texts("en").iter().flat_map(|text| pieces(text)).collect();
    pieces.sort_unstable();
    pieces.dedup();
    pieces.retain(|piece| !spanish.iter().any(|text| text.contains(piece)));
    pieces
}

/// A page as it is read: signs that HTML writes by number or name are themselves again.
pub fn unescaped(html: &str) -> String {
    let signs =
        [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&"), ("&amp;", "&")];
    signs.into_iter().fold(html.to_owned(), |text, (sign, meant)| text.replace(sign, meant))
}

fn pieces(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    for part in text.split('{') {
        let piece = part.split_once('}').map_or(part, |(_, rest)| rest).trim();
        if piece.split_whitespace().count() >= 3 {
            pieces.push(piece.to_owned());
        }
    }
    pieces
}

/// All that is said in a language.
pub fn texts(code: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../locales").join(code);
    let mut texts = Vec::new();
    for file in std::fs::read_dir(folder).expect("a folder of texts") {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("text");
        let table: toml::Table = text.parse().expect("a table");
        let messages = table.values().filter_map(toml::Value::as_table).flat_map(toml::Table::values);
        for message in messages {
            let forms = message.as_table().map(|forms| forms.values().collect()).unwrap_or(vec![message]);
            texts.extend(forms.into_iter().filter_map(toml::Value::as_str).map(str::to_owned));
        }
    }
    texts
}
