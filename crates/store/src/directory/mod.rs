//! A customer's directory, its tokens, and what it knows of the account.

pub mod group;
pub mod user;

use domain::capability::proof::ManageUsers;
use domain::id::{DirectoryId, DirectoryTokenId};
use domain::time::Timestamp;
use domain::user::UserType;

use crate::db::{DbError, Row, sql};
use crate::pass::{AccountPass, DirectoryPass};
use crate::secret;
use crate::work::{Reader, Writer};

/// A directory.
#[derive(Clone, Debug)]
pub struct Directory {
    /// Its id.
    pub id: DirectoryId,
    /// What administrators call it.
    pub name: String,
    /// What it makes of people whom no mapped group gives more.
    pub default_type: UserType,
    /// Since when it is there.
    pub created_at: Timestamp,
}

/// A token, without the token.
#[derive(Clone, Debug)]
pub struct Token {
    /// Its id.
    pub id: DirectoryTokenId,
    /// Who made it, by name.
    pub made_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When it was last used; `None` if never.
    pub last_used_at: Option<Timestamp>,
}

/// The account's directory.
pub fn find(r: &mut Reader, pass: &AccountPass<ManageUsers>) -> Result<Option<Directory>, DbError> {
    let row = r.tx().optional(
        sql!("SELECT id, name, default_type, created_at FROM directory WHERE account_id = $1"),
        &[pass.account().into()],
    )?;
    let read = |row: Row| {
        let mut c = row.columns();
        Ok(Directory { id: c.parse()?, name: c.text()?, default_type: c.parse()?, created_at: c.get()? })
    };
    row.map(read).transpose()
}

/// Gives the account a directory; `None` if it has one.
pub fn insert(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    name: &str,
    default_type: UserType,
) -> Result<Option<DirectoryId>, DbError> {
    let (id, now) = (w.new_id::<DirectoryId>(), w.now);
    let inserted = w.tx().exec(
        sql!(
            "INSERT INTO directory (account_id, id, name, default_type, created_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (account_id) DO NOTHING"
        ),
        &[pass.account().into(), (&id).into(), name.into(), default_type.word().into(), now.into()],
    )?;
    Ok((inserted > 0).then_some(id))
}

/// Changes what it is called, and what it makes of people.
pub fn update(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    name: &str,
    default_type: UserType,
) -> Result<(), DbError> {
    w.tx().exec(
        sql!("UPDATE directory SET name = $2, default_type = $3 WHERE account_id = $1"),
        &[pass.account().into(), name.into(), default_type.word().into()],
    )?;
    Ok(())
}

/// Takes it away with its tokens, its groups, and what it calls people by. Users stay.
pub fn remove(w: &mut Writer, pass: &AccountPass<ManageUsers>) -> Result<(), DbError> {
    w.tx().exec(sql!("DELETE FROM directory WHERE account_id = $1"), &[pass.account().into()])?;
    Ok(())
}

/// How many tokens there may be: a new one is there before the old one is ended.
pub const TOKENS: i64 = 2;

/// The tokens, the oldest first.
pub fn list_tokens(r: &mut Reader, pass: &AccountPass<ManageUsers>) -> Result<Vec<Token>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT id, made_by, created_at, last_used_at FROM directory_token
             WHERE account_id = $1 ORDER BY id LIMIT 2"
        ),
        &[pass.account().into()],
    )?;
    let read = |row: Row| {
        let mut c = row.columns();
        Ok(Token { id: c.parse()?, made_by: c.text()?, created_at: c.get()?, last_used_at: c.get()? })
    };
    rows.into_iter().map(read).collect()
}

/// Makes a token and hands it out; the database holds only its hash. `None` if there are as many as there may be.
pub fn insert_token(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    made_by: &str,
) -> Result<Option<(DirectoryTokenId, String)>, DbError> {
    let (id, token, now) = (w.new_id::<DirectoryTokenId>(), w.new_token(), w.now);
    let inserted = w.tx().exec(
        sql!(
            "INSERT INTO directory_token (account_id, id, token_hash, made_by, created_at)
             SELECT $1, $2, $3, $4, $5
             WHERE (SELECT COUNT(*) FROM directory_token WHERE account_id = $1) < $6"
        ),
        &[
            pass.account().into(),
            (&id).into(),
            secret::hash(&token).into(),
            made_by.into(),
            now.into(),
            TOKENS.into(),
        ],
    )?;
    Ok((inserted > 0).then_some((id, token)))
}

/// Ends a token; false if it is not there.
pub fn remove_token(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    id: &DirectoryTokenId,
) -> Result<bool, DbError> {
    let removed = w.tx().exec(
        sql!("DELETE FROM directory_token WHERE account_id = $1 AND id = $2"),
        &[pass.account().into(), id.into()],
    )?;
    Ok(removed > 0)
}

/// Notes that a token was used.
pub fn update_used(w: &mut Writer, pass: &DirectoryPass) -> Result<(), DbError> {
    let now = w.now;
    w.tx().exec(
        sql!("UPDATE directory_token SET last_used_at = $3 WHERE account_id = $1 AND id = $2"),
        &[pass.account().into(), (&pass.token).into(), now.into()],
    )?;
    Ok(())
}
