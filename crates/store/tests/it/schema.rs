//! The schema is the same on both engines, and fit for many tenants.

use crate::support::{Postgres, Sqlite};
use std::collections::BTreeMap;

#[derive(Debug, Default, PartialEq, Eq)]
struct Table {
    /// Name, then type and whether `NULL` is allowed.
    columns: Vec<(String, String)>,
    primary_key: Vec<String>,
    indexes: BTreeMap<String, Index>,
    /// By the columns here: the table and columns there, and what deleting does.
    foreign_keys: BTreeMap<Vec<String>, (String, Vec<String>, String)>,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Index {
    unique: bool,
    partial: bool,
    /// Expressions are written as `<expression>`.
    columns: Vec<String>,
}

type Schema = BTreeMap<String, Table>;

/// Puts rows of table, column, type, nullable, rows of table, index, unique, partial, primary, column and rows of
/// table, key, column, other table, its column, what deleting does together.
fn assembled(columns: Vec<Vec<String>>, indexed: Vec<Vec<String>>, foreign: Vec<Vec<String>>) -> Schema {
    let mut schema = Schema::new();
    for column in columns {
        let table = schema.entry(column[0].clone()).or_default();
        table.columns.push((column[1].clone(), format!("{} {}", column[2], column[3])));
    }
    for row in indexed {
        let table = schema.entry(row[0].clone()).or_default();
        if row[4] == "primary" {
            table.primary_key.push(row[5].clone());
        } else {
            let index = table.indexes.entry(row[1].clone()).or_default();
            index.unique = row[2] == "unique";
            index.partial = row[3] == "partial";
            index.columns.push(row[5].clone());
        }
    }
    for key in foreign.chunk_by(|one, other| one[..2] == other[..2]) {
        let table = schema.entry(key[0][0].clone()).or_default();
        let column = |at: usize| key.iter().map(|row| row[at].clone()).collect::<Vec<_>>();
        table.foreign_keys.insert(column(2), (key[0][3].clone(), column(4), key[0][5].clone()));
    }
    schema
}

fn on_sqlite() -> Schema {
    let sqlite = Sqlite::migrated();
    let tables = "(SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%') t";
    let columns = format!(
        "SELECT t.name, c.name, c.type, iif(c.\"notnull\" OR c.pk > 0, 'filled', 'null') \
         FROM {tables}, pragma_table_info(t.name) c ORDER BY t.name, c.cid"
    );
    let keys = format!(
        "SELECT t.name, '', '', '', 'primary', c.name FROM {tables}, pragma_table_info(t.name) c \
         WHERE c.pk > 0 ORDER BY t.name, c.pk"
    );
    let indexes = format!(
        "SELECT t.name, l.name, iif(l.\"unique\", 'unique', ''), iif(l.partial, 'partial', ''), '', \
         coalesce(i.name, '<expression>') \
         FROM {tables}, pragma_index_list(t.name) l, pragma_index_info(l.name) i WHERE l.origin <> 'pk' \
         ORDER BY t.name, l.name, i.seqno"
    );
    let indexed = [keys, indexes].iter().flat_map(|sql| sqlite.texts(sql, &[])).collect();
    let foreign = format!(
        "SELECT t.name, CAST(f.id AS TEXT), f.\"from\", f.\"table\", f.\"to\", f.on_delete \
         FROM {tables}, pragma_foreign_key_list(t.name) f ORDER BY t.name, f.id, f.seq"
    );
    assembled(sqlite.texts(&columns, &[]), indexed, sqlite.texts(&foreign, &[]))
}

const POSTGRES_COLUMNS: &str = "SELECT table_name::text, column_name::text, \
    CASE data_type WHEN 'bigint' THEN 'INTEGER' WHEN 'text' THEN 'TEXT' ELSE data_type END \
        || CASE WHEN data_type = 'text' AND collation_name IS DISTINCT FROM 'C' THEN ' without order' ELSE '' END, \
    CASE is_nullable WHEN 'YES' THEN 'null' ELSE 'filled' END \
    FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position";

const POSTGRES_INDEXES: &str = "SELECT t.relname::text, i.relname::text, \
    CASE WHEN x.indisunique THEN 'unique' END, CASE WHEN x.indpred IS NOT NULL THEN 'partial' END, \
    CASE WHEN x.indisprimary THEN 'primary' END, coalesce(a.attname::text, '<expression>') \
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid \
    JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public' \
    CROSS JOIN LATERAL unnest(x.indkey) WITH ORDINALITY AS k(number, place) \
    LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number AND k.number > 0 \
    ORDER BY t.relname, i.relname, k.place";

const POSTGRES_FOREIGN_KEYS: &str = "SELECT t.relname::text, c.conname::text, a.attname::text, ft.relname::text, \
    fa.attname::text, CASE c.confdeltype WHEN 'a' THEN 'NO ACTION' WHEN 'c' THEN 'CASCADE' ELSE 'other' END \
    FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class ft ON ft.oid = c.confrelid \
    JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public' \
    CROSS JOIN LATERAL unnest(c.conkey, c.confkey) WITH ORDINALITY AS k(here, there, place) \
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.here \
    JOIN pg_attribute fa ON fa.attrelid = ft.oid AND fa.attnum = k.there \
    WHERE c.contype = 'f' ORDER BY t.relname, c.conname, k.place";

/// Seen to fail: without the collation on PostgreSQL, and with another `ON DELETE` there.
#[test]
fn both_engines_have_the_same_schema() {
    let Some(mut postgres) = Postgres::migrated() else { return };
    let (columns, indexes) = (postgres.texts(POSTGRES_COLUMNS), postgres.texts(POSTGRES_INDEXES));
    let there = assembled(columns, indexes, postgres.texts(POSTGRES_FOREIGN_KEYS));
    let here = on_sqlite();
    assert!(here.values().any(|table| !table.foreign_keys.is_empty()));
    assert_eq!(here.keys().collect::<Vec<_>>(), there.keys().collect::<Vec<_>>());
    for (name, table) in &here {
        assert_eq!(table, &there[name], "SQLite (left) and PostgreSQL (right) differ in the table {name}");
    }
}

/// A table spread over several servers by account needs this, and it keeps tenants apart.
#[test]
fn the_account_comes_first_in_every_key() {
    for (name, table) in on_sqlite() {
        if table.columns.iter().any(|(column, _)| column == "account_id") {
            assert_eq!(
                table.primary_key.first().map(String::as_str),
                Some("account_id"),
                "primary key of {name}"
            );
            for (index, kept) in table.indexes.iter().filter(|(_, index)| index.unique) {
                assert_eq!(kept.columns[0], "account_id", "unique index {index} of {name}");
            }
        }
    }
}

/// A refused row is told by the index's name, so there must be one, and only one for the same columns.
#[test]
fn every_unique_index_has_a_name_of_its_own() {
    for (name, table) in on_sqlite() {
        let mut seen = BTreeMap::new();
        for (index, kept) in table.indexes.iter().filter(|(_, index)| index.unique) {
            assert!(!index.starts_with("sqlite_"), "{name}: write CREATE UNIQUE INDEX instead of UNIQUE");
            let twin = seen.insert(&kept.columns, index);
            let is_plain = !kept.columns.iter().any(|column| column == "<expression>");
            assert!(twin.is_none() || !is_plain, "{name}: {index} and {twin:?} have the same columns");
        }
    }
}
