//! Merges of two logins of one person (C-01): those that wait here, those that were made beside.

mod made;

use domain::email::EmailAddress;
use domain::id::{LoginId, LoginMergeId};
use domain::time::{Span, Timestamp};

pub use made::{
    find_made, find_survivor, insert_moved, is_taken, list_made, list_places, remove_expired, remove_made,
    update_login, update_made,
};

use crate::db::{DbError, Row, sql};
use crate::mail::ReadsMail;
use crate::pass::{LoginMergePass, SelfPass};
use crate::secret::{self, Key};
use crate::work::{Reader, Writer};

/// How long a mailed link works.
pub const LINK: Span = Span::hours(1);
/// How long a proof holds.
pub const PROOF: Span = Span::minutes(15);

/// A merge that waits.
#[derive(Clone, Debug)]
pub struct LoginMerge {
    /// Its id.
    pub id: LoginMergeId,
    /// How often its link was sent; the link's own number.
    pub generation: i64,
    /// The address of the other login.
    pub email: String,
    /// The other login, once it is proven to be the person's too.
    pub other: Option<LoginId>,
    /// Until when the link works, or the proof holds.
    pub expires_at: Timestamp,
}

/// The token of a merge's link. Each sending has its own, so that earlier links are dead.
pub fn token(key: &Key, id: &LoginMergeId, generation: i64) -> String {
    key.token("login merge", &[id.as_str(), &generation.to_string()])
}

/// Makes a merge that waits: for its link, or with the other login proven. One that is over is replaced; one that still waits is
/// refused by the index `login_merge_waiting`.
pub fn insert(
    w: &mut Writer,
    pass: &SelfPass,
    email: &str,
    other: Option<&LoginId>,
) -> Result<LoginMerge, DbError> {
    let (id, now, login) = (w.new_id::<LoginMergeId>(), w.now, &pass.person().login);
    w.tx().exec(
        sql!("DELETE FROM login_merge WHERE login_id = $1 AND made_at IS NULL AND expires_at <= $2"),
        &[login.into(), now.into()],
    )?;
    let expires_at = now + if other.is_some() { PROOF } else { LINK };
    let merge = LoginMerge { id, generation: 1, email: email.to_owned(), other: other.cloned(), expires_at };
    let hash = secret::hash(&token(w.key(), &merge.id, merge.generation));
    w.tx().exec(
        sql!(
            "INSERT INTO login_merge (id, login_id, email, token_hash, generation, other_id, own_email, created_at,
                                      expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8)"
        ),
        &[
            (&merge.id).into(),
            login.into(),
            email.into(),
            hash.into(),
            merge.generation.into(),
            other.into(),
            now.into(),
            expires_at.into(),
        ],
    )?;
    Ok(merge)
}

/// The merge that a person waits for; also one whose link or proof is over.
pub fn find(r: &mut Reader, pass: &SelfPass) -> Result<Option<LoginMerge>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT id, generation, email, other_id, expires_at FROM login_merge
             WHERE login_id = $1 AND made_at IS NULL"
        ),
        &[(&pass.person().login).into()],
    )?;
    row.map(read).transpose()
}

/// Gives a merge its next link; `None` if it was proven, given up or sent again meanwhile.
pub fn update_sent(w: &mut Writer, merge: &LoginMerge) -> Result<Option<LoginMerge>, DbError> {
    let next = LoginMerge { generation: merge.generation + 1, expires_at: w.now + LINK, ..merge.clone() };
    let hash = secret::hash(&token(w.key(), &next.id, next.generation));
    let changed = w.tx().exec(
        sql!(
            "UPDATE login_merge SET generation = $3, token_hash = $4, expires_at = $5
             WHERE id = $1 AND generation = $2 AND other_id IS NULL"
        ),
        &[
            (&next.id).into(),
            merge.generation.into(),
            next.generation.into(),
            hash.into(),
            next.expires_at.into(),
        ],
    )?;
    Ok((changed > 0).then_some(next))
}

/// Uses a link up: the other login is proven. False if it was used, sent again or has expired meanwhile.
pub fn update_proven(w: &mut Writer, pass: &LoginMergePass) -> Result<bool, DbError> {
    let now = w.now;
    let changed = w.tx().exec(
        sql!(
            "UPDATE login_merge SET other_id = $3, expires_at = $5
             WHERE id = $1 AND generation = $2 AND other_id IS NULL AND expires_at > $4"
        ),
        &[
            (&pass.merge).into(),
            pass.generation.into(),
            (&pass.other).into(),
            now.into(),
            (now + PROOF).into(),
        ],
    )?;
    Ok(changed > 0)
}

/// Gives up the merge that a login waits for; false if there is none.
pub fn remove_waiting(w: &mut Writer, login: &LoginId) -> Result<bool, DbError> {
    let removed = w
        .tx()
        .exec(sql!("DELETE FROM login_merge WHERE login_id = $1 AND made_at IS NULL"), &[login.into()])?;
    Ok(removed > 0)
}

/// Ends every merge that waits and concerns a login, as either of the two: what was proven with a password of before.
pub fn remove_all(w: &mut Writer, login: &LoginId) -> Result<(), DbError> {
    remove_waiting(w, login)?;
    w.tx().exec(sql!("DELETE FROM login_merge WHERE other_id = $1 AND made_at IS NULL"), &[login.into()])?;
    Ok(())
}

/// Whether `other`, or the person, takes part in another merge that is proven and waits: of somebody else, or as the login
/// that is to remain.
pub fn is_under_way(r: &mut Reader, pass: &SelfPass, other: &LoginId) -> Result<bool, DbError> {
    let (now, own) = (r.now, &pass.person().login);
    let row = r.tx().optional(
        sql!(
            "SELECT id FROM login_merge
             WHERE made_at IS NULL AND other_id IN ($1, $2) AND login_id <> $1 AND expires_at > $3 LIMIT 1"
        ),
        &[own.into(), other.into(), now.into()],
    )?;
    let as_own = r.tx().optional(
        sql!(
            "SELECT id FROM login_merge
             WHERE made_at IS NULL AND login_id = $1 AND other_id IS NOT NULL AND expires_at > $2"
        ),
        &[other.into(), now.into()],
    )?;
    Ok(row.is_some() || as_own.is_some())
}

/// Whose address the mail with the link goes to, by name; `None` if the link does not work any more, or nobody signs in with
/// the address.
pub fn find_content(
    r: &mut Reader,
    _pass: &impl ReadsMail,
    id: &LoginMergeId,
    generation: i64,
) -> Result<Option<String>, DbError> {
    let now = r.now;
    let row = r.tx().optional(
        sql!(
            "SELECT email FROM login_merge
             WHERE id = $1 AND generation = $2 AND other_id IS NULL AND expires_at > $3"
        ),
        &[id.into(), generation.into(), now.into()],
    )?;
    let Some(row) = row else { return Ok(None) };
    let email = parse_email(&row.columns().text()?)?;
    Ok(crate::login::find_by_email(r, &email)?.map(|login| login.name))
}

/// An address that is stored.
pub(crate) fn parse_email(stored: &str) -> Result<EmailAddress, DbError> {
    EmailAddress::parse(stored).map_err(|_| DbError::Shape("login_merge.email".to_owned()))
}

fn read(row: Row) -> Result<LoginMerge, DbError> {
    let mut c = row.columns();
    Ok(LoginMerge {
        id: c.parse()?,
        generation: c.int()?,
        email: c.text()?,
        other: c.parse_or_null()?,
        expires_at: c.get()?,
    })
}
