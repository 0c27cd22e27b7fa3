//! The schema is written once; this turns it into what each engine wants.
//!
//! - `BIGINT` is no type of a strict SQLite table: it becomes `INTEGER`. Every `CREATE TABLE` becomes `STRICT`.
//! - `WITHOUT ROWID` says to SQLite that the table is its primary key's index; PostgreSQL knows nothing like it.
//! - On PostgreSQL every `TEXT` column gets the collation `"C"`, so that both engines sort and compare bytes. (The
//!   server's locale must not decide about pages and unique names, and may change under an index.)

use super::Engine;
use super::scan::{rewrite_code, rewrite_words};

/// Translates a migration's text.
pub(super) fn translate(sql: &str, engine: Engine) -> String {
    let mut table = Table::default();
    rewrite_code(sql, |code, out| {
        for piece in code.split_inclusive(';') {
            table.enter(piece);
            let (body, end) = piece.strip_suffix(';').map_or((piece, ""), |body| (body, ";"));
            rewrite_words(body, out, |before, word| replacement(engine, &table, before, word));
            if engine == Engine::Sqlite && table.is_made && end == ";" {
                out.push_str(if body.ends_with("WITHOUT ROWID") { ", STRICT" } else { " STRICT" });
            }
            out.push_str(end);
            table.leave(end);
        }
    })
}

fn replacement(engine: Engine, table: &Table, before: &str, word: &str) -> Option<&'static str> {
    match engine {
        Engine::Sqlite if word == "BIGINT" => Some("INTEGER"),
        // `CAST(x AS TEXT)` names a type, not a column.
        Engine::Postgres if table.is_made && (word == "WITHOUT" || word == "ROWID") => Some(""),
        Engine::Postgres if word == "TEXT" && table.is_changed && before != "AS" => {
            Some("TEXT COLLATE \"C\"")
        }
        _ => None,
    }
}

/// What the statement under the reader is about.
#[derive(Default)]
struct Table {
    in_statement: bool,
    is_made: bool,
    is_changed: bool,
}

impl Table {
    fn enter(&mut self, piece: &str) {
        let start = piece.trim_start();
        if !self.in_statement && !start.is_empty() {
            self.in_statement = true;
            self.is_made = start.starts_with("CREATE TABLE");
            self.is_changed = self.is_made || start.starts_with("ALTER TABLE");
        }
    }

    fn leave(&mut self, end: &str) {
        if end == ";" {
            *self = Table::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQL: &str = "-- BIGINT; stays\nCREATE TABLE \"a\" (x BIGINT, t TEXT DEFAULT 'TEXT;', CHECK (CAST(x AS TEXT) <> ''));\n\
        CREATE INDEX i ON a (x);\nCREATE TABLE b (x BIGINT PRIMARY KEY) WITHOUT ROWID;";

    #[test]
    fn sqlite_gets_strict_tables() {
        let wanted = "-- BIGINT; stays\nCREATE TABLE \"a\" (x INTEGER, t TEXT DEFAULT 'TEXT;', \
            CHECK (CAST(x AS TEXT) <> '')) STRICT;\nCREATE INDEX i ON a (x);\nCREATE TABLE b (x INTEGER PRIMARY KEY) \
            WITHOUT ROWID, STRICT;";
        assert_eq!(translate(SQL, Engine::Sqlite), wanted);
    }

    #[test]
    fn postgres_gets_bytewise_texts() {
        let wanted = "-- BIGINT; stays\nCREATE TABLE \"a\" (x BIGINT, t TEXT COLLATE \"C\" DEFAULT 'TEXT;', \
            CHECK (CAST(x AS TEXT) <> ''));\nCREATE INDEX i ON a (x);\nCREATE TABLE b (x BIGINT PRIMARY KEY)  ;";
        assert_eq!(translate(SQL, Engine::Postgres), wanted);
    }
}
