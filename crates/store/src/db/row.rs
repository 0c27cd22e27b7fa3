//! Reading a result: its rows, and of each row the columns, one after the other, each with the type it must have.
//!
//! A result is read whole while its statement is under way, and lies in two pieces of memory, however many values there
//! are: a page of a list has a thousand, and a piece of memory for each would cost more than finding them.

use super::error::DbError;
use super::stmt::Stmt;
use super::value::{Cell, FromCell};
use std::any::type_name;
use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;

/// All rows of a result, as they are read from an engine.
#[derive(Debug)]
pub(super) struct Rows {
    stmt: &'static Stmt,
    columns: usize,
    slots: Vec<Slot>,
    texts: String,
}

/// One value; a text is where it stands among the texts.
#[derive(Clone, Debug)]
enum Slot {
    Null,
    Int(i64),
    Text(Range<usize>),
}

impl Rows {
    /// None yet, each of so many columns.
    pub(super) fn new(stmt: &'static Stmt, columns: usize) -> Rows {
        Rows { stmt, columns, slots: Vec::new(), texts: String::new() }
    }

    /// Takes the next value of the row that is being read.
    pub(super) fn push(&mut self, cell: Cell<'_>) {
        let slot = match cell {
            Cell::Null => Slot::Null,
            Cell::Int(number) => Slot::Int(number),
            Cell::Text(text) => {
                let start = self.texts.len();
                self.texts.push_str(text);
                Slot::Text(start..self.texts.len())
            }
        };
        self.slots.push(slot);
    }

    /// One by one.
    pub(super) fn split(self: &Arc<Rows>) -> Vec<Row> {
        let columns = self.columns;
        let rows = self.slots.len().checked_div(columns).unwrap_or_default();
        let row = |at| Row { all: Arc::clone(self), columns: at * columns..(at + 1) * columns };
        (0..rows).map(row).collect()
    }

    /// How much memory they take.
    pub(super) fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Slot>() + self.texts.capacity()
    }

    fn cell(&self, at: usize) -> Cell<'_> {
        match &self.slots[at] {
            Slot::Null => Cell::Null,
            Slot::Int(number) => Cell::Int(*number),
            Slot::Text(place) => Cell::Text(&self.texts[place.clone()]),
        }
    }
}

/// One row of a result.
#[derive(Debug)]
pub struct Row {
    all: Arc<Rows>,
    columns: Range<usize>,
}

impl Row {
    /// The same row, to be read once more.
    pub(super) fn again(&self) -> Row {
        Row { all: Arc::clone(&self.all), columns: self.columns.clone() }
    }

    /// Starts reading at the first column. The order of the reads is the order of the columns in the statement:
    ///
    /// ```ignore
    /// let mut c = row.columns();
    /// User { id: c.parse()?, name: c.text()?, agent: c.flag()?, deleted_at: c.int_or_null()? }
    /// ```
    pub fn columns(self) -> Columns {
        Columns { all: self.all, rest: self.columns, read: 0 }
    }
}

/// The columns of a row that are not read yet. Every read takes the next column; one that is not there or is
/// not of the type asked for is a [`DbError::Shape`].
#[derive(Debug)]
pub struct Columns {
    all: Arc<Rows>,
    rest: Range<usize>,
    read: usize,
}

impl Columns {
    /// The next column as any type that implements [`FromCell`].
    pub fn get<T: FromCell>(&mut self) -> Result<T, DbError> {
        let at = self.next()?;
        T::from_cell(self.all.cell(at)).ok_or_else(|| self.misfit(type_name::<T>()))
    }

    /// The next column as a text.
    pub fn text(&mut self) -> Result<String, DbError> {
        self.get()
    }

    /// The next column as a text, `None` for `NULL`.
    pub fn text_or_null(&mut self) -> Result<Option<String>, DbError> {
        self.get()
    }

    /// The next column as a number.
    pub fn int(&mut self) -> Result<i64, DbError> {
        self.get()
    }

    /// The next column as a number, `None` for `NULL`.
    pub fn int_or_null(&mut self) -> Result<Option<i64>, DbError> {
        self.get()
    }

    /// The next column as a flag: 0 or 1.
    pub fn flag(&mut self) -> Result<bool, DbError> {
        self.get()
    }

    /// The next column, a text, as a type that is written as text: an id, an enum.
    pub fn parse<T: FromStr>(&mut self) -> Result<T, DbError> {
        self.parse_or_null()?.ok_or_else(|| self.misfit(type_name::<T>()))
    }

    /// Like [`Columns::parse`], `None` for `NULL`.
    pub fn parse_or_null<T: FromStr>(&mut self) -> Result<Option<T>, DbError> {
        let at = self.next()?;
        let parsed = match self.all.cell(at) {
            Cell::Null => return Ok(None),
            Cell::Text(text) => text.parse().ok(),
            Cell::Int(_) => None,
        };
        parsed.map(Some).ok_or_else(|| self.misfit(type_name::<T>()))
    }

    /// The next column, a text of values with commas between them, as `string_agg` makes it; none for `NULL`.
    pub fn parse_list<T: FromStr>(&mut self) -> Result<Vec<T>, DbError> {
        let at = self.next()?;
        let parsed: Option<Vec<T>> = match self.all.cell(at) {
            Cell::Null => return Ok(Vec::new()),
            Cell::Text(text) => text.split(',').map(|value| value.parse().ok()).collect(),
            Cell::Int(_) => None,
        };
        parsed.ok_or_else(|| self.misfit(type_name::<T>()))
    }

    fn next(&mut self) -> Result<usize, DbError> {
        self.read += 1;
        self.rest.next().ok_or_else(|| self.misfit("a column"))
    }

    /// The value itself is left out: it may be somebody's secret, and errors end in logs.
    fn misfit(&self, wanted: &str) -> DbError {
        DbError::Shape(format!("column {} is not {wanted}", self.read)).at(self.all.stmt)
    }
}
