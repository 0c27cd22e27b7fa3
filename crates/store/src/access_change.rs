//! Changes of access: storing what a plan made of a user, and what can be undone (U-22).

use std::collections::{BTreeMap, BTreeSet};

use domain::access_change::{Access, Kind, UNDO};
use domain::capability::proof::ManageUsers;
use domain::id::{AccessChangeId, AccountId, CompanyId, LoginId, UserId};
use domain::time::Timestamp;
use domain::user::UserStatus;
use serde_json::{Value as Json, json};

use crate::db::{DbError, Row, sql};
use crate::executive_administrator;
use crate::login_merge;
use crate::pass::{AccountPass, SystemPass};
use crate::reset;
use crate::user::{update_companies, update_listed};
use crate::work::{Reader, Writer};

/// A change that was made and can be undone: a row of `access_change`.
#[derive(Clone, Debug)]
pub struct PastChange {
    /// Its id.
    pub id: AccessChangeId,
    /// What was done.
    pub kind: Kind,
    /// Who did it, by name at that time; empty for the server itself.
    pub actor_name: String,
    /// What it began with.
    pub before: Access,
    /// What it made of it.
    pub after: Access,
    /// When.
    pub at: Timestamp,
}

/// A user whose access ends, or will soon.
#[derive(Clone, Debug)]
pub struct Ending {
    /// The account.
    pub account: AccountId,
    /// The user.
    pub user: UserId,
}

/// Gives a user the access `after`, if nobody changed it since it was read with `version` and, where an administrator
/// goes, another stays whose access does not end (U-12), and who keeps their password where single sign-on is required (A-08);
/// false if not.
pub fn update_access(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
    version: i64,
    before: &Access,
    after: &Access,
) -> Result<bool, DbError> {
    let now = w.now;
    // Whole, so that a new field does not compile until it is stored.
    let Access { user_type, agent, status, login, companies, invoice_emails, ends_at } = after;
    let deleted_at = (*status == UserStatus::Deleted).then_some(now);
    let changed = w.tx().exec(
        sql!(
            "UPDATE \"user\"
             SET user_type = $4, agent = $5, status = $6, login_id = $7, invoice_emails = $8, ends_at = $9,
                 end_told_at = CASE WHEN $10 = 1 THEN end_told_at ELSE NULL END, deleted_at = $11,
                 access_version = access_version + 1
             WHERE account_id = $1 AND id = $2 AND access_version = $3
               AND ($12 = 1 OR user_type <> 'administrator' OR status <> 'active' OR ends_at IS NOT NULL
                    OR EXISTS (
                       SELECT 1 FROM \"user\" other
                       WHERE other.account_id = $1 AND other.id <> $2 AND other.user_type = 'administrator'
                         AND other.status = 'active' AND other.ends_at IS NULL
                         AND (other.keeps_password = 1 OR NOT EXISTS (
                            SELECT 1 FROM account a WHERE a.id = $1 AND a.single_sign_on_required = 1))))"
        ),
        &[
            pass.account().into(),
            id.into(),
            version.into(),
            user_type.word().into(),
            (*agent).into(),
            status.word().into(),
            login.as_ref().into(),
            (*invoice_emails).into(),
            (*ends_at).into(),
            (before.ends_at == *ends_at).into(),
            deleted_at.into(),
            after.is_lasting_administrator().into(),
        ],
    )?;
    if changed == 0 {
        return Ok(false);
    }
    update_listed(w, pass.account(), id, *status, *user_type)?;
    executive_administrator::remove_invitation(w, pass.account(), id)?;
    if before.companies != *companies {
        update_companies(w, pass, pass.account(), id, companies)?;
    }
    if let (Some(login), false) = (&before.login, *status == UserStatus::Active) {
        reset::remove_homeless(w, login)?;
    }
    Ok(true)
}

/// Whether an active administrator stays, without `id`, whose access does not end by itself (U-12), and who keeps their password
/// where single sign-on is required (A-08).
pub fn has_other_administrator(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
) -> Result<bool, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT id FROM \"user\" WHERE account_id = $1 AND id <> $2 AND user_type = 'administrator'
               AND status = 'active' AND ends_at IS NULL
               AND (keeps_password = 1 OR NOT EXISTS (
                  SELECT 1 FROM account a WHERE a.id = $1 AND a.single_sign_on_required = 1)) LIMIT 1"
        ),
        &[pass.account().into(), id.into()],
    )?;
    Ok(row.is_some())
}

/// Keeps what a change began with and what it made of it.
pub fn insert(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    user: &UserId,
    kind: Kind,
    actor_name: &str,
    (before, after): (&Access, &Access),
) -> Result<(), DbError> {
    let (id, now) = (w.new_id::<AccessChangeId>(), w.now);
    w.tx().exec(
        sql!(
            "INSERT INTO access_change (account_id, id, user_id, kind, actor_name, before_access, after_access, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        ),
        &[
            pass.account().into(),
            (&id).into(),
            user.into(),
            kind.verb().key().into(),
            actor_name.into(),
            write(before).into(),
            write(after).into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// The changes of a user that are young enough to be undone and have not been, newest first.
pub fn list(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    user: &UserId,
) -> Result<Vec<PastChange>, DbError> {
    let since = r.now - UNDO;
    let rows = r.tx().all(
        sql!(
            "SELECT id, kind, actor_name, before_access, after_access, created_at FROM access_change
             WHERE account_id = $1 AND user_id = $2 AND undone_at IS NULL AND created_at > $3
             ORDER BY id DESC LIMIT 20"
        ),
        &[pass.account().into(), user.into(), since.into()],
    )?;
    let mut changes = rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    // The login of then may have been merged into another since (C-01). It is mostly one and the same.
    let mut survivors: BTreeMap<LoginId, LoginId> = BTreeMap::new();
    let both = changes.iter_mut().flat_map(|change| [&mut change.before.login, &mut change.after.login]);
    for login in both.flatten() {
        let survivor = match survivors.get(login) {
            Some(known) => known.clone(),
            None => login_merge::find_survivor(r, pass, login)?,
        };
        let then = std::mem::replace(login, survivor.clone());
        survivors.insert(then, survivor);
    }
    Ok(changes)
}

/// Notes that a change was undone; false if it was already.
pub fn update_undone(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    id: &AccessChangeId,
) -> Result<bool, DbError> {
    let now = w.now;
    let changed = w.tx().exec(
        sql!(
            "UPDATE access_change SET undone_at = $3 WHERE account_id = $1 AND id = $2 AND undone_at IS NULL"
        ),
        &[pass.account().into(), id.into(), now.into()],
    )?;
    Ok(changed > 0)
}

/// Forgets changes that can't be undone any more.
pub fn remove_old(w: &mut Writer) -> Result<u64, DbError> {
    let until = w.now - UNDO;
    w.tx().exec(sql!("DELETE FROM access_change WHERE created_at <= $1"), &[until.into()])
}

/// Active users whose access has ended by itself (U-21), the longest ago first.
pub fn list_ended(r: &mut Reader, _pass: &SystemPass) -> Result<Vec<Ending>, DbError> {
    let now = r.now;
    let rows = r.tx().all(
        sql!(
            "SELECT account_id, id FROM \"user\"
             WHERE ends_at <= $1 AND status = 'active' ORDER BY ends_at LIMIT 50"
        ),
        &[now.into()],
    )?;
    rows.into_iter().map(ending).collect()
}

/// Active users whose access ends before `until` and of whom no administrator has been told (U-21).
pub fn list_ending(r: &mut Reader, _pass: &SystemPass, until: Timestamp) -> Result<Vec<Ending>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT account_id, id FROM \"user\"
             WHERE ends_at <= $1 AND status = 'active' AND end_told_at IS NULL ORDER BY ends_at LIMIT 50"
        ),
        &[until.into()],
    )?;
    rows.into_iter().map(ending).collect()
}

/// Notes that the administrators are told of a user's end; false if they were already.
pub fn update_told(w: &mut Writer, pass: &AccountPass<ManageUsers>, user: &UserId) -> Result<bool, DbError> {
    let now = w.now;
    let changed = w.tx().exec(
        sql!(
            "UPDATE \"user\" SET end_told_at = $3
             WHERE account_id = $1 AND id = $2 AND end_told_at IS NULL AND ends_at IS NOT NULL"
        ),
        &[pass.account().into(), user.into(), now.into()],
    )?;
    Ok(changed > 0)
}

fn ending(row: Row) -> Result<Ending, DbError> {
    let mut c = row.columns();
    Ok(Ending { account: c.parse()?, user: c.parse()? })
}

fn read(row: Row) -> Result<PastChange, DbError> {
    let mut c = row.columns();
    let id = c.parse()?;
    let key = c.text()?;
    let kind = Kind::of_key(&key).ok_or_else(|| DbError::Shape(format!("no change is called {key}")))?;
    Ok(PastChange {
        id,
        kind,
        actor_name: c.text()?,
        before: parse(&c.text()?)?,
        after: parse(&c.text()?)?,
        at: c.get()?,
    })
}

pub(crate) fn write(access: &Access) -> String {
    // Whole, so that a new field does not compile until it is kept.
    let Access { user_type, agent, status, login, companies, invoice_emails, ends_at } = access;
    json!({
        "user_type": user_type.word(),
        "agent": agent,
        "status": status.word(),
        "login": login.as_ref().map(LoginId::as_str),
        "companies": companies.iter().map(CompanyId::as_str).collect::<Vec<_>>(),
        "invoice_emails": invoice_emails,
        "ends_at": ends_at.map(Timestamp::micros),
    })
    .to_string()
}

/// Reads what [`write`] kept, here or in an earlier version. A part that came later is not in older rows: its key may be
/// missing, and then stands for what users had until then. Type, status and companies have always been there.
pub(crate) fn parse(text: &str) -> Result<Access, DbError> {
    let json: Json = serde_json::from_str(text).map_err(|error| DbError::Shape(error.to_string()))?;
    let found = (|| {
        let companies = json["companies"].as_array()?.iter();
        let companies =
            companies.map(|id| id.as_str()?.parse().ok()).collect::<Option<BTreeSet<CompanyId>>>()?;
        Some(Access {
            user_type: json["user_type"].as_str()?.parse().ok()?,
            agent: later(&json["agent"], Json::as_bool)?.unwrap_or_default(),
            status: json["status"].as_str()?.parse().ok()?,
            login: later(&json["login"], |login| login.as_str()?.parse().ok())?,
            companies,
            invoice_emails: later(&json["invoice_emails"], Json::as_bool)?.unwrap_or_default(),
            ends_at: later(&json["ends_at"], Json::as_i64)?.map(Timestamp::from_micros),
        })
    })();
    found.ok_or_else(|| DbError::Shape("a kept access can't be read".to_owned()))
}

/// A part that may be missing; `None` where it is there and can't be read.
fn later<T>(json: &Json, read: impl Fn(&Json) -> Option<T>) -> Option<Option<T>> {
    if json.is_null() { Some(None) } else { read(json).map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access() -> Access {
        Access {
            user_type: "manager".parse().expect("a type"),
            agent: false,
            status: UserStatus::Active,
            login: None,
            companies: BTreeSet::new(),
            invoice_emails: false,
            ends_at: None,
        }
    }

    /// U-22. Rows that an earlier version kept are read, with what a user then had for a part it did not know. Seen to
    /// fail: with every key needed.
    #[test]
    fn u22_what_an_earlier_version_kept_is_read() {
        let old = r#"{"user_type":"manager","status":"active","companies":[]}"#;
        assert_eq!(parse(old).expect("readable"), access());
        assert_eq!(parse(&write(&access())).expect("readable"), access());
    }

    /// U-22. Seen to fail: with a missing list of companies taken for an empty one.
    #[test]
    fn u22_what_is_missing_or_spoilt_is_not_made_up() {
        for text in [
            r#"{"user_type":"manager","status":"active"}"#,
            r#"{"user_type":"manager","companies":[]}"#,
            r#"{"user_type":"manager","status":"active","companies":[],"agent":"yes"}"#,
            r#"{"user_type":"manager","status":"active","companies":[],"login":7}"#,
            r#"{"user_type":"manager","status":"active","companies":[],"ends_at":"soon"}"#,
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
