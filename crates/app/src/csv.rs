//! Files of comma-separated values, which people open in programs that take some texts for formulas.

/// A file of these rows. Every cell is quoted; one that a program would take for a formula begins with an apostrophe,
/// which [`plain`] takes away again.
pub fn write<'a>(rows: impl IntoIterator<Item = Vec<&'a str>>) -> String {
    let mut writer = ::csv::WriterBuilder::new()
        .quote_style(::csv::QuoteStyle::Always)
        .terminator(::csv::Terminator::CRLF)
        .flexible(true)
        .from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.into_iter().map(guarded)).expect("memory takes all");
    }
    let bytes = writer.into_inner().expect("memory takes all");
    String::from_utf8(bytes).expect("cells are texts")
}

/// A cell as it was before [`write`].
pub fn plain(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_formula(rest) => rest,
        _ => cell,
    }
}

fn guarded(cell: &str) -> String {
    if is_formula(cell) { format!("'{cell}") } else { cell.to_owned() }
}

/// Whether a cell is guarded: it begins with a sign that formulas begin with, wide ones among them, or with apostrophes
/// before one, so that what was guarded and what was typed so are told apart.
fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with([
        '=', '+', '-', '@', '\t', '\r', '\n', '\0', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(file: &str) -> Vec<Vec<String>> {
        let mut reader =
            ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file.as_bytes());
        let row = |record: ::csv::StringRecord| record.iter().map(|cell| plain(cell).to_owned()).collect();
        reader.records().map(|record| row(record.expect("it was written so"))).collect()
    }

    const BAD: [char; 12] =
        ['=', '+', '-', '@', '\t', '\r', '\n', '\0', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

    /// Seen to fail: without the apostrophe, and with apostrophes not skipped.
    #[test]
    fn x20_no_cell_is_a_formula_and_all_come_back() {
        let mut cells: Vec<String> =
            BAD.iter().flat_map(|c| [format!("{c}cmd"), format!("'{c}"), format!("''{c}x")]).collect();
        cells.extend(["", "'t Hooft", "'", "a=b", "\"a\", b", "é\r\n=x"].map(str::to_owned));
        let file = write([cells.iter().map(String::as_str).collect()]);
        assert_eq!(read(&file), [cells]);
    }

    proptest! {
        /// Seen to fail: without the apostrophe.
        #[test]
        fn x20_whatever_is_typed_comes_back_and_begins_no_formula(cells in prop::collection::vec("['=+@\t\r\n\0＝－a\",;-]{0,6}|.{0,20}", 1..5)) {
            let file = write([cells.iter().map(String::as_str).collect()]);
            for cell in &cells {
                prop_assert!(!guarded(cell).starts_with(BAD));
            }
            prop_assert_eq!(read(&file), [cells]);
        }
    }
}
