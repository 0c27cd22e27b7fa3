//! Facts of this installation.

use crate::db::{DbError, sql};
use crate::work::{Reader, Writer};

/// The content of `name`, after setting it to `content` if it was not set: whoever comes first decides.
pub fn get_or_insert(w: &mut Writer, name: &str, content: &str) -> Result<String, DbError> {
    w.tx().exec(
        sql!("INSERT INTO installation (name, content) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING"),
        &[name.into(), content.into()],
    )?;
    w.tx().one(sql!("SELECT content FROM installation WHERE name = $1"), &[name.into()])?.columns().text()
}

/// Sets the content of `name`.
pub fn upsert(w: &mut Writer, name: &str, content: &str) -> Result<(), DbError> {
    w.tx().exec(
        sql!(
            "INSERT INTO installation (name, content) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET content = excluded.content"
        ),
        &[name.into(), content.into()],
    )?;
    Ok(())
}

/// The content of `name`.
pub fn find(r: &mut Reader, name: &str) -> Result<Option<String>, DbError> {
    let row = r.tx().optional(sql!("SELECT content FROM installation WHERE name = $1"), &[name.into()])?;
    row.map(|row| row.columns().text()).transpose()
}

/// Whether there is no account yet.
pub fn is_empty(r: &mut Reader) -> Result<bool, DbError> {
    Ok(r.tx().optional(sql!("SELECT id FROM account ORDER BY id LIMIT 1"), &[])?.is_none())
}
