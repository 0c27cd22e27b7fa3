//! Merges that were made: moving users from one login to the other, and what undoing needs (C-01).

use domain::access_change;
use domain::email::EmailAddress;
use domain::id::{LoginId, LoginMergeId};
use domain::login_merge::{Made, Moved, Place, UNDO};
use domain::time::{Span, Timestamp};
use domain::user::Names;

use super::LoginMerge;
use crate::center_person;
use crate::db::{DbError, Row, sql};
use crate::pass::{Acting, SelfPass};
use crate::user::find_in;
use crate::work::{Reader, Writer};

/// All users of a login, by their account; also those whom an account has deleted, for it may bring them back.
pub fn list_places(r: &mut Reader, _pass: &SelfPass, login: &LoginId) -> Result<Vec<Place>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT a.id, a.name, u.id, u.first_name, u.last_name, u.display_name, u.user_type, u.status, u.email,
                    u.access_version
             FROM \"user\" u JOIN account a ON a.id = u.account_id
             WHERE u.login_id = $1 ORDER BY u.account_id, u.id"
        ),
        &[login.into()],
    )?;
    let read = |row: Row| {
        let mut c = row.columns();
        Ok(Place {
            account: c.parse()?,
            account_name: c.text()?,
            user: c.parse()?,
            names: Names { first: c.text()?, last: c.text()?, display: c.text()? },
            user_type: c.parse()?,
            status: c.parse()?,
            email: c.text()?,
            version: c.int()?,
        })
    };
    rows.into_iter().map(read).collect()
}

/// Whether another user of the account of `place` has the address.
pub fn is_taken(
    r: &mut Reader,
    _pass: &SelfPass,
    place: &Place,
    email: &EmailAddress,
) -> Result<bool, DbError> {
    Ok(find_in(r, &place.account, email)?.is_some_and(|user| user != place.user))
}

/// Gives a user to another login; false if they were changed since the place was read.
pub fn update_login(
    w: &mut Writer,
    _pass: &SelfPass,
    place: &Place,
    from: &LoginId,
    to: &LoginId,
) -> Result<bool, DbError> {
    let row = w.tx().optional(
        sql!(
            "UPDATE \"user\" SET login_id = $5, access_version = access_version + 1
             WHERE account_id = $1 AND id = $2 AND access_version = $3 AND login_id = $4
             RETURNING center_id, email_canonical"
        ),
        &[(&place.account).into(), (&place.user).into(), place.version.into(), from.into(), to.into()],
    )?;
    let Some(row) = row else { return Ok(false) };
    let mut c = row.columns();
    if let Some(center) = c.parse_or_null()? {
        center_person::refresh(w, &center, &c.text()?);
    }
    Ok(true)
}

/// Notes that a merge was made, for [`UNDO`]; false if it was given up or its proof is over.
pub fn update_made(w: &mut Writer, merge: &LoginMerge, own_email: &str) -> Result<bool, DbError> {
    let now = w.now;
    let changed = w.tx().exec(
        sql!(
            "UPDATE login_merge SET made_at = $2, own_email = $3, expires_at = $4
             WHERE id = $1 AND made_at IS NULL AND other_id = $5 AND expires_at > $2"
        ),
        &[(&merge.id).into(), now.into(), own_email.into(), (now + UNDO).into(), merge.other.as_ref().into()],
    )?;
    Ok(changed > 0)
}

/// Keeps a user as the merge has left them; `place` is as they were before.
pub fn insert_moved(w: &mut Writer, merge: &LoginMergeId, place: &Place) -> Result<(), DbError> {
    w.tx().exec(
        sql!(
            "INSERT INTO login_merge_user (account_id, user_id, login_merge_id, was_deleted, access_version)
             VALUES ($1, $2, $3, $4, $5)"
        ),
        &[
            (&place.account).into(),
            (&place.user).into(),
            merge.into(),
            (!place.is_there()).into(),
            (place.version + 1).into(),
        ],
    )?;
    Ok(())
}

/// The merges of a person that can be undone, newest first: id, the two addresses of before, until when.
pub fn list_made(
    r: &mut Reader,
    pass: &SelfPass,
) -> Result<Vec<(LoginMergeId, [String; 2], Timestamp)>, DbError> {
    let now = r.now;
    let rows = r.tx().all(
        sql!(
            "SELECT id, email, own_email, expires_at FROM login_merge
             WHERE login_id = $1 AND made_at IS NOT NULL AND expires_at > $2 ORDER BY id DESC LIMIT 20"
        ),
        &[(&pass.person().login).into(), now.into()],
    )?;
    let read = |row: Row| {
        let mut c = row.columns();
        Ok((c.parse()?, [c.text()?, c.text()?], c.get()?))
    };
    rows.into_iter().map(read).collect()
}

/// A merge of a person's own that can be undone.
pub fn find_made(r: &mut Reader, pass: &SelfPass, id: &LoginMergeId) -> Result<Option<Made>, DbError> {
    let now = r.now;
    let row = r.tx().optional(
        sql!(
            "SELECT other_id, email, own_email FROM login_merge
             WHERE id = $1 AND login_id = $2 AND made_at IS NOT NULL AND expires_at > $3"
        ),
        &[id.into(), (&pass.person().login).into(), now.into()],
    )?;
    let Some(row) = row else { return Ok(None) };
    let mut c = row.columns();
    let (other, email, own_email) = (c.parse()?, c.text()?, c.text()?);
    let rows = r.tx().all(
        sql!(
            "SELECT m.user_id, a.name, m.was_deleted, m.access_version
             FROM login_merge_user m JOIN account a ON a.id = m.account_id
             WHERE m.login_merge_id = $1 ORDER BY m.account_id, m.user_id"
        ),
        &[id.into()],
    )?;
    let read = |row: Row| {
        let mut c = row.columns();
        Ok(Moved { user: c.parse()?, account_name: c.text()?, was_deleted: c.flag()?, version: c.int()? })
    };
    let moved = rows.into_iter().map(read).collect::<Result<_, DbError>>()?;
    Ok(Some(Made { other, email, own_email, moved }))
}

/// Forgets a merge that is undone; false if somebody has undone it meanwhile.
pub fn remove_made(w: &mut Writer, pass: &SelfPass, id: &LoginMergeId) -> Result<bool, DbError> {
    let removed = w.tx().exec(
        sql!("DELETE FROM login_merge WHERE id = $1 AND login_id = $2 AND made_at IS NOT NULL"),
        &[id.into(), (&pass.person().login).into()],
    )?;
    Ok(removed > 0)
}

/// The login that stands for `login` by now, or itself: for what was kept before a merge and is brought back after it.
pub fn find_survivor(r: &mut Reader, _pass: &impl Acting, login: &LoginId) -> Result<LoginId, DbError> {
    let mut found = login.clone();
    // A login is merged once, and into one that has not been: this comes to an end.
    while let Some(row) = r.tx().optional(
        sql!("SELECT login_id FROM login_merge WHERE other_id = $1 AND made_at IS NOT NULL"),
        &[(&found).into()],
    )? {
        found = row.columns().parse()?;
    }
    Ok(found)
}

/// Removes what is kept of merges that can't be undone any more: the logins that were merged, their users' list and the
/// addresses. That one login stands for another is known for as long as a change of access is that was made before. Merges
/// that were never made go a day after they are over.
pub fn remove_expired(w: &mut Writer) -> Result<(), DbError> {
    let now = w.now;
    w.tx().exec(
        sql!(
            "DELETE FROM login WHERE id IN (
                 SELECT other_id FROM login_merge WHERE expires_at <= $1 AND made_at IS NOT NULL AND email <> '')"
        ),
        &[now.into()],
    )?;
    let rows = w.tx().all(
        sql!(
            "UPDATE login_merge SET email = '', own_email = ''
             WHERE expires_at <= $1 AND made_at IS NOT NULL AND email <> '' RETURNING id"
        ),
        &[now.into()],
    )?;
    for row in rows {
        let id: LoginMergeId = row.columns().parse()?;
        w.tx().exec(sql!("DELETE FROM login_merge_user WHERE login_merge_id = $1"), &[(&id).into()])?;
    }
    w.tx().exec(
        sql!("DELETE FROM login_merge WHERE expires_at <= $1 AND made_at IS NULL"),
        &[(now - Span::days(1)).into()],
    )?;
    w.tx().exec(
        sql!("DELETE FROM login_merge WHERE expires_at <= $1 AND made_at <= $2"),
        &[now.into(), (now - access_change::UNDO).into()],
    )?;
    Ok(())
}
