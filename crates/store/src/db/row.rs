//! Reading a row: its columns, one after the other, each with the type it must have.

use super::error::DbError;
use super::stmt::Stmt;
use super::value::{FromValue, Value};
use std::any::type_name;
use std::str::FromStr;

/// One row of a result.
#[derive(Debug)]
pub struct Row {
    values: Vec<Value>,
    stmt: &'static Stmt,
}

impl Row {
    pub(super) fn new(values: Vec<Value>, stmt: &'static Stmt) -> Row {
        Row { values, stmt }
    }

    /// Starts reading at the first column. The order of the reads is the order of the columns in the statement:
    ///
    /// ```ignore
    /// let mut c = row.columns();
    /// User { id: c.parse()?, name: c.text()?, agent: c.flag()?, deleted_at: c.int_or_null()? }
    /// ```
    pub fn columns(self) -> Columns {
        Columns { values: self.values.into_iter(), read: 0, stmt: self.stmt }
    }
}

/// The columns of a row that are not read yet. Every read takes the next column; one that is not there or is
/// not of the type asked for is a [`DbError::Shape`].
#[derive(Debug)]
pub struct Columns {
    values: std::vec::IntoIter<Value>,
    read: usize,
    stmt: &'static Stmt,
}

impl Columns {
    /// The next column as any type that implements [`FromValue`].
    pub fn get<T: FromValue>(&mut self) -> Result<T, DbError> {
        let value = self.next_value()?;
        T::from_value(value).ok_or_else(|| self.misfit(type_name::<T>()))
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
        let text = self.text()?;
        text.parse().map_err(|_| self.misfit(type_name::<T>()))
    }

    /// Like [`Columns::parse`], `None` for `NULL`.
    pub fn parse_or_null<T: FromStr>(&mut self) -> Result<Option<T>, DbError> {
        let text = self.text_or_null()?;
        text.map(|text| text.parse()).transpose().map_err(|_| self.misfit(type_name::<T>()))
    }

    fn next_value(&mut self) -> Result<Value, DbError> {
        self.read += 1;
        self.values.next().ok_or_else(|| self.misfit("a column"))
    }

    /// The value itself is left out: it may be somebody's secret, and errors end in logs.
    fn misfit(&self, wanted: &str) -> DbError {
        DbError::Shape(format!("column {} is not {wanted}", self.read)).at(self.stmt)
    }
}
