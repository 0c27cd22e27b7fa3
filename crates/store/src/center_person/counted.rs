//! Counting people: what is kept of one is what their users are, and is counted from them anew when one of those changes.

use domain::id::{AccountCenterId, CenterPersonId, LoginId};
use domain::name;
use domain::user::Names;

use crate::db::{DbError, Value, sql};
use crate::user::words;
use crate::work::Writer;

/// Notes that one of a person's users was changed: at the end of the unit they are counted anew, once, however many of
/// their accounts it was about.
pub(crate) fn refresh(w: &Writer, center: &AccountCenterId, email: &str) {
    w.note_person(center, email);
}

/// Counts a person anew from their users; who has none any more is gone.
pub(crate) fn count_anew(w: &mut Writer, center: &AccountCenterId, email: &str) -> Result<(), DbError> {
    let key: [Value; 2] = [center.into(), email.into()];
    let row = w.tx().one(
        sql!(
            "SELECT COUNT(*), COUNT(*) FILTER (WHERE status = 'pending'),
                    COUNT(*) FILTER (WHERE user_type = 'administrator'),
                    COUNT(*) FILTER (WHERE user_type = 'manager'),
                    COUNT(*) FILTER (WHERE user_type = 'reporting'),
                    COUNT(*) FILTER (WHERE user_type = 'agent'),
                    COUNT(*) FILTER (WHERE user_type = 'notification'),
                    COALESCE(MAX(last_active_at), 0), MAX(login_id)
             FROM \"user\" WHERE center_id = $1 AND email_canonical = $2 AND status <> 'deleted'"
        ),
        &key,
    )?;
    let mut c = row.columns();
    let counts: [i64; 8] = [c.int()?, c.int()?, c.int()?, c.int()?, c.int()?, c.int()?, c.int()?, c.int()?];
    if counts[0] == 0 {
        w.tx().exec(sql!("DELETE FROM center_person WHERE center_id = $1 AND email_canonical = $2"), &key)?;
        return Ok(());
    }
    let login: Option<LoginId> = c.parse_or_null()?;
    let (names, address) = oldest(w, &key)?;
    let stored = w.tx().optional(
        sql!("SELECT id, name, email FROM center_person WHERE center_id = $1 AND email_canonical = $2"),
        &key,
    )?;
    let (id, is_known) = match stored {
        None => (w.new_id::<CenterPersonId>(), false),
        Some(row) => {
            let mut c = row.columns();
            (c.parse()?, c.text()? == names.full() && c.text()? == address)
        }
    };
    let mut values: Vec<Value> = vec![
        center.into(),
        (&id).into(),
        email.into(),
        (&address).into(),
        names.full().into(),
        name::sort_key(&[&names.first, &names.last]).into(),
        login.as_ref().into(),
    ];
    values.extend(counts.map(Value::from));
    w.tx().exec(
        sql!(
            "INSERT INTO center_person (center_id, id, email_canonical, email, name, sort_name, login_id, accounts,
                                        pending, administrator, manager, reporting, agent, notification,
                                        last_active_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
             ON CONFLICT (center_id, email_canonical) DO UPDATE SET
                 email = excluded.email, name = excluded.name, sort_name = excluded.sort_name,
                 login_id = excluded.login_id, accounts = excluded.accounts, pending = excluded.pending,
                 administrator = excluded.administrator, manager = excluded.manager,
                 reporting = excluded.reporting, agent = excluded.agent, notification = excluded.notification,
                 last_active_at = excluded.last_active_at"
        ),
        &values,
    )?;
    if is_known { Ok(()) } else { replace_terms(w, center, &id, &names, &address) }
}

/// The names and address in the oldest of a person's accounts.
fn oldest(w: &mut Writer, key: &[Value]) -> Result<(Names, String), DbError> {
    let row = w.tx().one(
        sql!(
            "SELECT first_name, last_name, display_name, email FROM \"user\"
             WHERE center_id = $1 AND email_canonical = $2 AND status <> 'deleted' ORDER BY account_id LIMIT 1"
        ),
        key,
    )?;
    let mut c = row.columns();
    Ok((Names { first: c.text()?, last: c.text()?, display: c.text()? }, c.text()?))
}

fn replace_terms(
    w: &mut Writer,
    center: &AccountCenterId,
    id: &CenterPersonId,
    names: &Names,
    email: &str,
) -> Result<(), DbError> {
    w.tx().exec(
        sql!("DELETE FROM center_person_term WHERE center_id = $1 AND person_id = $2"),
        &[center.into(), id.into()],
    )?;
    for term in words::terms(names, email) {
        w.tx().exec(
            sql!("INSERT INTO center_person_term (center_id, term, person_id) VALUES ($1, $2, $3)"),
            &[center.into(), term.into(), id.into()],
        )?;
    }
    Ok(())
}

/// Notes that a person was active in an account.
pub(crate) fn update_seen(w: &mut Writer, center: &AccountCenterId, email: &str) -> Result<(), DbError> {
    let now = w.now;
    w.tx().exec(
        sql!("UPDATE center_person SET last_active_at = $3 WHERE center_id = $1 AND email_canonical = $2"),
        &[center.into(), email.into(), now.into()],
    )?;
    Ok(())
}
