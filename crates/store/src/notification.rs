//! Notifications: what somebody is alerted of, and how (G-08).

use domain::capability::proof::ManageUsers;
use domain::email::EmailAddress;
use domain::id::{NotificationId, UserId};
use domain::notification::{Alert, Channel};
use domain::receiver::Reach;

use crate::db::{DbError, Row, Value, sql};
use crate::page::{Part, Window};
use crate::pass::AccountPass;
use crate::receiver::{MOST_OUTSIDE, Whose, live_receiver, most_each, read_receiver, types_with_emails};
use crate::work::{Reader, Writer};

/// The most notifications of an account.
pub const MOST: i64 = 20_000;
/// The most of one receiver, so that nobody fills the account's by themselves.
pub const MOST_EACH: i64 = 200;

/// A notification that its receiver gets.
#[derive(Clone, Debug)]
pub struct Notification {
    /// Its id.
    pub id: NotificationId,
    /// The user who gets it.
    pub user: Option<UserId>,
    /// Their address, or that of who is no user.
    pub email: String,
    /// What they can be sent.
    pub reach: Reach,
    /// What is alerted of, and how; by email never who gets none.
    pub alert: Alert,
    /// The agent's name.
    pub agent_name: Option<String>,
    /// The company's name.
    pub company_name: Option<String>,
}

/// Which notifications a list has.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Those of a user.
    pub user: Option<UserId>,
    /// Those of an address, a user's or not.
    pub email: Option<EmailAddress>,
    /// Those that come so.
    pub channel: Option<Channel>,
}

/// The columns that [`read`] reads; `$3` are the types of users who get emails.
macro_rules! columns {
    () => {
        "SELECT n.id, n.user_id, COALESCE(u.email, n.email), u.user_type, n.agent_id, n.company_id, n.alert_type,
                n.call_enabled, n.sms_enabled, CASE WHEN n.user_id IS NULL OR u.user_type {in $3} THEN n.send_email ELSE 0 END,
                n.send_push, n.send_desktop, trim(a.first_name || ' ' || a.last_name), c.name"
    };
}

/// The notifications that are sent to somebody who may get them. An agent who is none any more answers nothing.
macro_rules! live {
    () => {
        concat!(
            " FROM notification n
              LEFT JOIN \"user\" a ON a.account_id = n.account_id AND a.id = n.agent_id AND a.agent = 1
                                  AND a.status IN ('pending', 'active')",
            live_receiver!(),
            " AND (n.agent_id IS NULL OR a.id IS NOT NULL)"
        )
    };
}

/// Those that a list is for: `$4` is an address in lower case, or empty, and `$5` the word of a channel, or empty.
macro_rules! wanted {
    () => {
        concat!(
            live!(),
            " AND ($4 = '' OR COALESCE(u.email_canonical, n.email_canonical) = $4)
              AND ($5 = '' OR $5 = 'push' AND n.send_push = 1 OR $5 = 'desktop' AND n.send_desktop = 1
                   OR $5 = 'email' AND n.send_email = 1 AND (n.user_id IS NULL OR u.user_type {in $3}))"
        )
    };
}

/// Makes one, for a user or for an address without one; false if the account, or the receiver, has as many as they may.
pub fn insert(
    w: &mut Writer,
    whose: &Whose,
    id: NotificationId,
    (user, email): (Option<&UserId>, Option<&EmailAddress>),
    alert: &Alert,
) -> Result<bool, DbError> {
    let now = w.now;
    let mut values = vec![whose.account().into(), id.into()];
    values.extend(alert_values(alert));
    values.extend([
        whose.only().unwrap_or_else(|| user.into()),
        email.into(),
        email.map(EmailAddress::canonical).into(),
        now.into(),
        (MOST - 1).into(),
        (most_each(MOST_EACH, email) - 1).into(),
    ]);
    let inserted = w.tx().exec(
        sql!(
            "INSERT INTO notification (account_id, id, agent_id, company_id, alert_type, call_enabled, sms_enabled,
                                       send_email, send_push, send_desktop, user_id, email, email_canonical, created_at)
             SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14
             WHERE NOT EXISTS (SELECT 1 FROM notification WHERE account_id = $1 LIMIT 1 OFFSET $15)
               AND NOT EXISTS (SELECT 1 FROM notification WHERE account_id = $1 AND user_id = $11 LIMIT 1 OFFSET $16)
               AND NOT EXISTS (SELECT 1 FROM notification WHERE account_id = $1 AND email_canonical = $13
                               LIMIT 1 OFFSET $16)"
        ),
        &values,
    )?;
    Ok(inserted > 0)
}

/// How many one receiver has, sent or not.
pub fn count_each(
    r: &mut Reader,
    whose: &Whose,
    (user, email): (Option<&UserId>, Option<&EmailAddress>),
) -> Result<i64, DbError> {
    let row = r.tx().one(
        sql!(
            "SELECT (SELECT COUNT(*) FROM notification WHERE account_id = $1 AND user_id = $2)
                  + (SELECT COUNT(*) FROM notification WHERE account_id = $1 AND email_canonical = $3)"
        ),
        &[whose.account().into(), user.into(), email.map(EmailAddress::canonical).into()],
    )?;
    row.columns().int()
}

/// One of theirs that they get.
pub fn find(r: &mut Reader, whose: &Whose, id: NotificationId) -> Result<Option<Notification>, DbError> {
    let (now, [all, only]) = (r.now, whose.reached());
    let row = r.tx().optional(
        sql!(concat!(columns!(), live!(), " AND n.id = $4 AND ($5 = 1 OR n.user_id = $6)")),
        &[whose.account().into(), now.into(), types_with_emails(), id.into(), all, only],
    )?;
    row.map(read).transpose()
}

/// A part of what is theirs, in the order of making.
pub fn list(
    r: &mut Reader,
    whose: &Whose,
    filter: &Filter,
    window: Window,
) -> Result<Part<Notification>, DbError> {
    let email = filter.email.as_ref().map(EmailAddress::canonical).unwrap_or_default();
    let channel = filter.channel.map_or("", Channel::word);
    let mut values =
        vec![whose.account().into(), r.now.into(), types_with_emails(), email.into(), channel.into()];
    let asked = filter.user.as_ref().map(Value::from);
    // Whose own are all that is reached gets no others, whoever is asked for.
    let Some(user) = whose.only().or_else(|| asked.clone()) else {
        let total = r.tx().one(sql!(concat!("SELECT COUNT(*)", wanted!())), &values)?.columns().int()?;
        values.extend([window.take.into(), window.skip.into()]);
        let part = sql!(concat!(columns!(), wanted!(), " ORDER BY n.id LIMIT $6 OFFSET $7"));
        return Ok(Part { rows: read_all(r.tx().all(part, &values)?)?, total });
    };
    if asked.is_some_and(|asked| asked != user) {
        return Ok(Part { rows: Vec::new(), total: 0 });
    }
    values.push(user);
    let count = sql!(concat!("SELECT COUNT(*)", wanted!(), " AND n.user_id = $6"));
    let total = r.tx().one(count, &values)?.columns().int()?;
    values.extend([window.take.into(), window.skip.into()]);
    let part = sql!(concat!(columns!(), wanted!(), " AND n.user_id = $6 ORDER BY n.id LIMIT $7 OFFSET $8"));
    Ok(Part { rows: read_all(r.tx().all(part, &values)?)?, total })
}

/// Those of an address without a user, in the order of making; it has few.
pub fn list_outside(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    email: &EmailAddress,
) -> Result<Vec<Notification>, DbError> {
    let values = [
        pass.account().into(),
        r.now.into(),
        types_with_emails(),
        email.canonical().into(),
        MOST_OUTSIDE.into(),
    ];
    let rows = sql!(concat!(columns!(), live!(), " AND n.email_canonical = $4 ORDER BY n.id LIMIT $5"));
    read_all(r.tx().all(rows, &values)?)
}

/// Changes one of theirs.
pub fn update(w: &mut Writer, whose: &Whose, id: NotificationId, alert: &Alert) -> Result<(), DbError> {
    let mut values = vec![whose.account().into(), id.into()];
    values.extend(alert_values(alert));
    values.extend(whose.reached());
    w.tx().exec(
        sql!(
            "UPDATE notification SET agent_id = $3, company_id = $4, alert_type = $5, call_enabled = $6,
                    sms_enabled = $7, send_email = $8, send_push = $9, send_desktop = $10
             WHERE account_id = $1 AND id = $2 AND ($11 = 1 OR user_id = $12)"
        ),
        &values,
    )?;
    Ok(())
}

/// Removes one of theirs; false if it is gone already.
pub fn remove(w: &mut Writer, whose: &Whose, id: NotificationId) -> Result<bool, DbError> {
    let [all, only] = whose.reached();
    let removed = w.tx().exec(
        sql!("DELETE FROM notification WHERE account_id = $1 AND id = $2 AND ($3 = 1 OR user_id = $4)"),
        &[whose.account().into(), id.into(), all, only],
    )?;
    Ok(removed > 0)
}

fn alert_values(alert: &Alert) -> [Value; 8] {
    [
        alert.agent.as_ref().into(),
        alert.company.as_ref().into(),
        alert.alert_type.map(|alert_type| alert_type.word()).into(),
        alert.call_enabled.into(),
        alert.sms_enabled.into(),
        alert.send_email.into(),
        alert.send_push.into(),
        alert.send_desktop.into(),
    ]
}

fn read_all(rows: Vec<Row>) -> Result<Vec<Notification>, DbError> {
    rows.into_iter().map(read).collect()
}

fn read(row: Row) -> Result<Notification, DbError> {
    let mut c = row.columns();
    let id = c.get()?;
    let (user, email, reach) = read_receiver(&mut c)?;
    let alert = Alert {
        agent: c.parse_or_null()?,
        company: c.parse_or_null()?,
        alert_type: c.parse_or_null()?,
        call_enabled: c.flag()?,
        sms_enabled: c.flag()?,
        send_email: c.flag()?,
        send_push: c.flag()?,
        send_desktop: c.flag()?,
    };
    Ok(Notification {
        id,
        user,
        email,
        reach,
        alert,
        agent_name: c.text_or_null()?,
        company_name: c.text_or_null()?,
    })
}
