//! Statements: one SQL text for both engines, registered where it stands.
//!
//! The text is written for both engines. Parameters are `$1`, `$2`, … and mean numbers on both, in any order and
//! as often as needed. What the engines truly do differently is a hook in braces, and [`HOOKS`] lists them all.

use super::error::DbError;
use super::scan::rewrite_code;
use std::fmt;
use std::sync::OnceLock;

/// Every statement of the program. A test prepares all of them on both engines and reads their plans.
#[linkme::distributed_slice]
pub static STATEMENTS: [Stmt];

/// A place where the two engines need different SQL. `@` stands for what follows the name in the braces.
pub struct Hook {
    /// The word after the opening brace.
    pub name: &'static str,
    /// What SQLite gets.
    pub sqlite: &'static str,
    /// What PostgreSQL gets.
    pub postgres: &'static str,
}

/// All hooks. Keep this list short: every line is a difference that somebody has to know.
pub const HOOKS: &[Hook] = &[
    // `column {in $3}`: the column's text is one of a JSON array of texts, bound as one text. One statement serves
    // lists of any length, which keeps the statement cache small. As an array, because PostgreSQL would rather read
    // all of an account than look up as many rows as it thinks are in a subquery.
    Hook {
        name: "in",
        sqlite: "IN (SELECT value FROM json_each(@))",
        postgres: "= ANY (ARRAY(SELECT jsonb_array_elements_text(CAST(CAST(@ AS text) AS jsonb))))",
    },
    // The number of the transaction, for counts that make nothing forgotten that is known; see `Db::count`.
    Hook {
        name: "xid",
        sqlite: "0 AS xid",
        postgres: "CAST(CAST(pg_current_xact_id() AS text) AS bigint) AS xid",
    },
    // At the end of a `SELECT` that claims rows: rows another worker is claiming are passed over. SQLite has one
    // writer at a time and needs nothing.
    Hook { name: "skip locked", sqlite: "", postgres: "FOR UPDATE SKIP LOCKED" },
];

/// A statement as it stands in the code. Made by the macro `sql!` only.
pub struct Stmt {
    /// The text as written, with `$n` and hooks.
    pub sql: &'static str,
    /// The source file.
    pub file: &'static str,
    /// The line in it.
    pub line: u32,
    sqlite: OnceLock<Result<String, String>>,
    postgres: OnceLock<Result<String, String>>,
}

impl Stmt {
    /// A statement; `sql!` fills in the place.
    pub const fn new(sql: &'static str, file: &'static str, line: u32) -> Stmt {
        Stmt { sql, file, line, sqlite: OnceLock::new(), postgres: OnceLock::new() }
    }

    /// Unique to the statement, and cheaper to look up than its text.
    pub(super) fn address(&'static self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// The text for SQLite. An unknown hook is a [`DbError::Shape`].
    pub fn sqlite(&self) -> Result<&str, DbError> {
        translated(&self.sqlite, self.sql, |hook| hook.sqlite, push_numbered)
    }

    /// The text for PostgreSQL. An unknown hook is a [`DbError::Shape`].
    pub fn postgres(&self) -> Result<&str, DbError> {
        translated(&self.postgres, self.sql, |hook| hook.postgres, |code, out| out.push_str(code))
    }
}

impl fmt::Display for Stmt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

impl fmt::Debug for Stmt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stmt({self})")
    }
}

/// Registers an SQL text and gives a `&'static Stmt`: `tx.all(sql!("SELECT …"), &[…])`.
macro_rules! sql {
    ($sql:expr) => {{
        #[linkme::distributed_slice($crate::db::STATEMENTS)]
        #[allow(unsafe_code, reason = "placing a static in a link section is all that is unsafe about it")]
        static STATEMENT: $crate::db::Stmt = $crate::db::Stmt::new($sql, file!(), line!());
        &STATEMENT
    }};
}
pub(crate) use sql;

/// Translates once; every later call answers from `cache`.
fn translated<'s>(
    cache: &'s OnceLock<Result<String, String>>,
    sql: &str,
    side: impl Fn(&Hook) -> &'static str,
    push: impl Fn(&str, &mut String),
) -> Result<&'s str, DbError> {
    let text = cache.get_or_init(|| {
        let mut unknown = None;
        let text = rewrite_code(sql, |code, out| match expand_hooks(code, &side) {
            Ok(expanded) => push(&expanded, out),
            Err(hook) => unknown = Some(hook),
        });
        unknown.map_or(Ok(text), |hook| Err(format!("there is no hook {{{hook}}}")))
    });
    text.as_deref().map_err(|what| DbError::Shape(what.clone()))
}

/// Replaces every `{name argument}`; the error is the hook that is not in the table.
fn expand_hooks(code: &str, side: impl Fn(&Hook) -> &'static str) -> Result<String, String> {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some((before, tail)) = rest.split_once('{') {
        let (inside, tail) = tail.split_once('}').ok_or(tail)?;
        let (hook, argument) = find_hook(inside).ok_or(inside)?;
        out.push_str(before);
        out.push_str(&side(hook).replace('@', argument));
        rest = tail;
    }
    out.push_str(rest);
    Ok(out)
}

fn find_hook(inside: &str) -> Option<(&'static Hook, &str)> {
    HOOKS.iter().find_map(|hook| {
        let argument = inside.strip_prefix(hook.name)?;
        (argument.is_empty() || argument.starts_with(' ')).then(|| (hook, argument.trim()))
    })
}

/// `$2` is a *name* in SQLite, numbered by first appearance: `SELECT $2, $1` bound by position would silently swap
/// its values. `?2` is a number.
fn push_numbered(code: &str, out: &mut String) {
    let mut rest = code;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        out.push('?');
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}
