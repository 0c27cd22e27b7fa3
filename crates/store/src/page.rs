//! Paging by key: a page starts behind the last row of the one before.

use domain::name;

/// How many rows a page has.
pub const PAGE_SIZE: usize = 50;

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Whether more follow.
    pub has_more: bool,
    /// Whether there are some before.
    pub has_previous: bool,
}

impl<T> Page<T> {
    /// From rows that were asked for with one more than a page holds.
    pub(crate) fn of(mut rows: Vec<T>) -> Page<T> {
        let has_more = rows.len() > PAGE_SIZE;
        rows.truncate(PAGE_SIZE);
        Page { rows, has_more, has_previous: false }
    }

    /// From rows that were asked for backwards, from the first row of the page behind.
    pub(crate) fn of_backwards(rows: Vec<T>) -> Page<T> {
        let Page { mut rows, has_more, .. } = Page::of(rows);
        rows.reverse();
        Page { rows, has_more: true, has_previous: has_more }
    }
}

/// A part of a list that programs ask for by how much stands before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// How many rows stand before it.
    pub skip: i64,
    /// How many rows it has at most.
    pub take: i64,
}

/// What stands in a [`Window`].
#[derive(Clone, Debug)]
pub struct Part<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// How many the whole list has.
    pub total: i64,
}

/// The limit that lets [`Page::of`] see whether more follow.
pub(crate) const LIMIT: i64 = PAGE_SIZE as i64 + 1;

/// A `LIKE` pattern, escaped by `!`, for names that contain what is searched for; all where nothing is.
pub(crate) fn containing(search: &str) -> String {
    let mut pattern = String::from("%");
    for c in name::sort_key(&[search]).chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// As far as things are counted for showing: counting on would cost more the more there are.
pub const COUNTED: i64 = 1_000;

/// How many there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// So many, at most [`COUNTED`].
    pub n: i64,
    /// Whether there are more.
    pub more: bool,
}
