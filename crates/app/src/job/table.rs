//! Lists as people paste them: with a heading or without, with commas, semicolons or tabs (U-19).

use std::collections::BTreeSet;

use domain::email::EmailAddress;
use domain::job::{JobKind, MAX_BYTES, MAX_ROWS, TypedRow};

use crate::csv;

/// A list that was read.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Its rows.
    pub rows: Vec<TypedRow>,
    /// Headings of columns that nothing is made of.
    pub unused: Vec<String>,
}

/// Why a list was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// There is no row in it.
    Empty,
    /// It is larger than [`MAX_BYTES`].
    TooLarge,
    /// It has more rows than [`MAX_ROWS`].
    TooManyRows,
}

/// The columns of a report that say what became of a row: they are read over.
const REPORTED: [&str; 2] = ["result", "note"];

impl Table {
    /// Reads a list for a job of this kind.
    pub fn read(kind: JobKind, text: &str) -> Result<Table, Unreadable> {
        if text.len() > MAX_BYTES {
            return Err(Unreadable::TooLarge);
        }
        let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
        let mut records = records(&text, delimiter(kind, &text));
        let first = records.first().map(|(_, cells)| cells.clone()).unwrap_or_default();
        let (places, unused) = match heading(kind, &first) {
            Some(heading) => {
                records.remove(0);
                heading
            }
            None => (kind.columns().iter().copied().map(Some).collect(), Vec::new()),
        };
        if records.is_empty() {
            return Err(Unreadable::Empty);
        }
        if records.len() > MAX_ROWS {
            return Err(Unreadable::TooManyRows);
        }
        let rows = records.into_iter().map(|(line, cells)| row(line, cells, &places)).collect();
        Ok(Table { rows, unused })
    }

    /// An empty list with its heading, to be filled in.
    pub fn template(kind: JobKind) -> String {
        csv::write([kind.columns().to_vec()])
    }
}

/// The records with the lines they begin at; those without a text are left out.
fn records(text: &str, delimiter: u8) -> Vec<(i64, Vec<String>)> {
    let mut reader = ::csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let cells = |record: ::csv::StringRecord| {
        let (from, line) = record.position().map_or((0, 0), |at| (at.byte() as usize, at.line()));
        // A record is said to begin behind the one before, with empty lines between them.
        let empty = text[from..].bytes().take_while(|byte| *byte == b'\n').count();
        (line as i64 + empty as i64, record.iter().map(|cell| csv::plain(cell).to_owned()).collect())
    };
    // A text has no bytes that are no text, and cells may be more or fewer: nothing is left to fail.
    let records = reader.records().flatten().map(cells);
    records
        .filter(|(_, cells): &(i64, Vec<String>)| cells.iter().any(|cell| !cell.trim().is_empty()))
        .collect()
}

/// What stands between the cells: that with which the first line is a heading, or begins with one address.
fn delimiter(kind: JobKind, text: &str) -> u8 {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |delimiter: u8| line.bytes().filter(|byte| *byte == delimiter).count();
    let fits = |delimiter: &u8| {
        let cells = records(line, *delimiter).pop().unwrap_or_default().1;
        let is_address = |cell: &String| EmailAddress::parse(cell).is_ok();
        cells.len() > 1 && (heading(kind, &cells).is_some() || cells.first().is_some_and(is_address))
    };
    let mut most = *b",;\t";
    most.sort_by_key(|delimiter| std::cmp::Reverse(count(*delimiter)));
    most.into_iter().find(fits).unwrap_or(most[0])
}

/// Which column each cell of a heading is, and the headings that are none; `None` if it is no heading, which has the
/// address in it.
fn heading(kind: JobKind, cells: &[String]) -> Option<(Vec<Option<&'static str>>, Vec<String>)> {
    let (mut places, mut unused, mut taken) = (Vec::new(), Vec::new(), BTreeSet::new());
    for cell in cells {
        let place = column(kind, cell).filter(|place| taken.insert(*place));
        let is_read_over = REPORTED.contains(&folded(cell).as_str()) || cell.trim().is_empty();
        if place.is_none() && !is_read_over {
            unused.push(cell.trim().to_owned());
        }
        places.push(place);
    }
    taken.contains("email").then_some((places, unused))
}

fn folded(cell: &str) -> String {
    cell.trim().to_lowercase().replace([' ', '-'], "_")
}

/// The column of a heading, by its own name or one that other programs give it.
fn column(kind: JobKind, cell: &str) -> Option<&'static str> {
    let name = match folded(cell).as_str() {
        "e_mail" | "mail" | "email_address" | "e_mail_address" => "email".to_owned(),
        "first" | "firstname" | "given_name" => "first_name".to_owned(),
        "last" | "lastname" | "surname" | "family_name" => "last_name".to_owned(),
        "user_type" | "role" => "type".to_owned(),
        "company" => "companies".to_owned(),
        "account" => "accounts".to_owned(),
        "chat_display_name" | "chat_name" => "display_name".to_owned(),
        own => own.to_owned(),
    };
    kind.columns().iter().copied().find(|column| *column == name)
}

fn row(line: i64, cells: Vec<String>, places: &[Option<&'static str>]) -> TypedRow {
    let mut row = TypedRow { line, ..TypedRow::default() };
    row.has_more = cells.iter().skip(places.len()).any(|cell| !cell.trim().is_empty());
    for (cell, place) in cells.into_iter().zip(places) {
        if let Some(place) = place {
            *row.cell_mut(place) = kept(cell, place);
        }
    }
    row
}

/// How much of a cell is kept, in bytes; and of one with names in it, which may be a thousand. Each place has a row of its own, so
/// a long cell is kept many times.
const CELL: usize = 1_000;
const CELL_OF_NAMES: usize = 64 * 1024;

/// What is kept of a cell. What is longer is refused for what it is, whatever stands at its end, and the sign at the end sees to it
/// that the last name is none.
fn kept(mut cell: String, place: &str) -> String {
    let most = if matches!(place, "companies" | "accounts") { CELL_OF_NAMES } else { CELL };
    if cell.len() > most {
        cell.truncate(cell.floor_char_boundary(most));
        cell.push('…');
    }
    cell
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use domain::job::JobKind::{CreateInAccounts, CreateUsers};

    use super::*;

    fn cells(text: &str) -> Vec<[String; 7]> {
        Table::read(CreateUsers, text).expect("it is read").rows.into_iter().map(|row| row.cells).collect()
    }

    /// U-19, X-31. Seen to fail: with cells kept as they are.
    #[test]
    fn u19_x31_a_long_cell_is_not_kept_whole() {
        let kept = |text: &str| cells(text).remove(0);
        let long =
            kept(&format!("kim@example.com,{},Ito,manager,{}", "é".repeat(5_000), "x;".repeat(50_000)));
        assert_eq!((long[1].len(), long[1].ends_with("é…")), (CELL + "…".len(), true));
        assert_eq!(long[4].len(), CELL_OF_NAMES + "…".len());
        assert_eq!(long[4].split(';').next_back(), Some("…"), "the last name is none");
        let all = "x".repeat(60).repeat(1_000);
        assert_eq!(kept(&format!("kim@example.com,Kim,Ito,manager,{all}"))[4], all);
    }

    /// Seen to fail: with the columns that there are already looked for among all cells before, which took 51 s.
    #[test]
    fn x31_a_heading_of_very_many_cells_is_read_at_once() {
        let text = format!("{}{}", ",".repeat(131_000), "mail,".repeat(26_000));
        let begun = std::time::Instant::now();
        assert_eq!(Table::read(CreateUsers, &text).err(), Some(Unreadable::Empty));
        assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
    }

    fn kim(companies: &str) -> [String; 7] {
        ["kim@example.com", "Kim", "Ito", "manager", companies, "", ""].map(str::to_owned)
    }

    /// U-19. Seen to fail: with the most frequent sign taken without looking, with the mark of the beginning left in, and
    /// with empty lines not counted.
    #[test]
    fn u19_lists_are_read_as_they_come() {
        for (text, companies) in [
            ("kim@example.com,Kim,Ito,manager,Harbor", "Harbor"),
            ("\u{feff}kim@example.com;Kim;Ito;manager;\"Harbor;Maple\"\r\n", "Harbor;Maple"),
            ("kim@example.com,Kim,Ito,manager,A;B;C;D;E;F", "A;B;C;D;E;F"),
            ("\n\nkim@example.com\tKim\tIto\tmanager\tHarbor, Inc", "Harbor, Inc"),
            ("E-Mail;First name;Surname;User type;Company\rkim@example.com;Kim;Ito;manager;Harbor", "Harbor"),
            ("type,companies,email,last_name,first_name\nmanager,'=A,kim@example.com,Ito,Kim\n,,,,\n", "=A"),
        ] {
            assert_eq!(cells(text), [kim(companies)], "{text:?}");
        }
        let table =
            Table::read(CreateUsers, "email,shoe size,note,email\na@example.com,44,x,y").expect("read");
        assert_eq!(table.unused, ["shoe size", "email"]);
        assert!(!table.rows[0].has_more);
        assert!(
            Table::read(CreateUsers, "a@example.com,A,B,manager,Harbor,no,A,more").expect("read").rows[0]
                .has_more
        );
        let lines =
            Table::read(CreateUsers, "email,type\n\na@example.com,manager\n\"b\nc\",d\ne@example.com")
                .expect("read");
        assert_eq!(lines.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [3, 4, 6]);
    }

    /// U-19
    #[test]
    fn u19_what_is_too_much_or_nothing_is_said() {
        for empty in ["", " \n ", "email,first_name\n", ",,,\n"] {
            assert_eq!(Table::read(CreateUsers, empty).err(), Some(Unreadable::Empty), "{empty:?}");
        }
        let rows = |count: usize| "a@example.com,A,B\n".repeat(count);
        assert_eq!(
            Table::read(CreateUsers, &rows(MAX_ROWS)).map(|table| table.rows.len()).ok(),
            Some(MAX_ROWS)
        );
        assert_eq!(Table::read(CreateUsers, &rows(MAX_ROWS + 1)).err(), Some(Unreadable::TooManyRows));
        assert_eq!(Table::read(CreateUsers, &"x".repeat(MAX_BYTES + 1)).err(), Some(Unreadable::TooLarge));
        assert_eq!(Table::read(CreateUsers, &Table::template(CreateUsers)).err(), Some(Unreadable::Empty));
    }

    /// C-06
    #[test]
    fn c06_lists_for_several_accounts_have_a_column_more() {
        for text in [
            "kim@example.com,Kim,Ito,manager,North;South,Harbor",
            "Company;Account;e-mail;first;last;role\nHarbor;\"North;South\";kim@example.com;Kim;Ito;manager",
        ] {
            let table = Table::read(CreateInAccounts, text).expect("it is read");
            let row = &table.rows[0];
            assert_eq!(
                (row.cells.clone(), row.accounts.as_str()),
                (kim("Harbor"), "North;South"),
                "{text:?}"
            );
            assert!(table.unused.is_empty());
        }
        let table = Table::read(CreateUsers, "email,accounts\na@example.com,North").expect("it is read");
        assert_eq!(table.unused, ["accounts"], "a list for one account has no use for it");
    }

    proptest! {
        /// U-19: each row has a line of its own, by which it is kept.
        #[test]
        fn u19_any_text_is_read_and_no_line_has_two_rows(text in "[a@.,;\t\"\n\r 'x]{0,200}|.{0,80}") {
            let Ok(table) = Table::read(CreateUsers, &text) else { return Ok(()) };
            let lines: Vec<i64> = table.rows.iter().map(|row| row.line).collect();
            prop_assert!(lines.is_sorted_by(|one, other| one < other), "{:?}", lines);
            prop_assert!(lines.first().is_none_or(|line| *line > 0));
        }
    }
}
