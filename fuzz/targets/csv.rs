//! No cell of a file begins a formula, what is exported comes back as it was, and lists are read row by row (X-20, U-19).

#![no_main]

use app::csv;
use app::job::Table;
use domain::job::{JobKind, MAX_ROWS};
use libfuzzer_sys::fuzz_target;

const BAD: [char; 12] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '\0', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

fuzz_target!(|text: &str| {
    let rows: Vec<Vec<&str>> = text.split('\u{1e}').map(|row| row.split('\u{1f}').collect()).collect();
    let file = csv::write(rows.iter().cloned());
    let mut reader =
        ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file.as_bytes());
    let records: Vec<_> = reader.records().map(|record| record.expect("it was written so")).collect();
    assert!(records.iter().flatten().all(|cell| !cell.starts_with(BAD)));
    let back: Vec<Vec<&str>> = records.iter().map(|row| row.iter().map(csv::plain).collect()).collect();
    assert_eq!(back, rows);

    for kind in [JobKind::CreateUsers, JobKind::CreateInAccounts] {
        lists(kind, text);
        comes_back(kind, &rows);
    }
});

/// Any text is a list or none, and each row has a line of its own.
fn lists(kind: JobKind, text: &str) {
    let Ok(table) = Table::read(kind, text) else { return };
    let lines: Vec<i64> = table.rows.iter().map(|row| row.line).collect();
    assert!((1..=MAX_ROWS).contains(&lines.len()));
    assert!(lines[0] > 0 && lines.is_sorted_by(|one, other| one < other), "{lines:?}");
}

/// A list that we write ourselves is read as it was written.
fn comes_back(kind: JobKind, rows: &[Vec<&str>]) {
    let columns = kind.columns();
    let plain = |cell: &&&str| !cell.contains('\r');
    let is_full =
        |row: &&Vec<&str>| row.len() == columns.len() && row.iter().any(|cell| !cell.trim().is_empty());
    let rows: Vec<&Vec<&str>> =
        rows.iter().filter(is_full).filter(|row| row.iter().all(|cell| plain(&cell))).collect();
    if rows.is_empty() {
        return;
    }
    let file = csv::write([columns.to_vec()].into_iter().chain(rows.iter().map(|row| (*row).clone())));
    let table = Table::read(kind, &file).expect("a list of ours");
    assert!(table.unused.is_empty());
    assert_eq!(table.rows.len(), rows.len());
    for (mut read, row) in table.rows.into_iter().zip(rows) {
        for (column, cell) in columns.iter().zip(row) {
            assert_eq!(read.cell_mut(column), cell, "{column}");
        }
    }
}
