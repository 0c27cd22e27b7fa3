//! Summary emails: what came in during a day, a week or a month, mailed to somebody (P-01).

use domain::capability::proof::ManageUsers;
use domain::email::EmailAddress;
use domain::id::{SummaryEmailId, UserId};
use domain::receiver::Reach;
use domain::summary_email::{Frequency, Parts, Summary};

use crate::db::{DbError, Row, Value, sql};
use crate::page::{Part, Window};
use crate::pass::AccountPass;
use crate::receiver::{MOST_OUTSIDE, Whose, live_receiver, most_each, read_receiver, types_with_emails};
use crate::summary_issue;
use crate::work::{Reader, Writer};

/// The most summary emails of an account.
pub const MOST: i64 = 20_000;
/// The most of one receiver, so that nobody fills the account's by themselves.
pub const MOST_EACH: i64 = 200;

/// A summary that its receiver gets.
#[derive(Clone, Debug)]
pub struct SummaryEmail {
    /// Its id.
    pub id: SummaryEmailId,
    /// The user who gets it.
    pub user: Option<UserId>,
    /// Their address, or that of who is no user.
    pub email: String,
    /// What they can be sent.
    pub reach: Reach,
    /// What is mailed, and how often.
    pub summary: Summary,
    /// The company's name.
    pub company_name: Option<String>,
}

macro_rules! columns {
    () => {
        "SELECT n.id, n.user_id, COALESCE(u.email, n.email), u.user_type, n.company_id, n.daily, n.weekly, n.monthly,
                n.summary_statistics, n.top_sources, n.top_keywords, n.call_log, n.lead_status, c.name"
    };
}

/// The summaries that are mailed to somebody who may get them; `$3` are the types of users who get emails.
macro_rules! live {
    () => {
        concat!(" FROM summary_email n", live_receiver!(), " AND (n.user_id IS NULL OR u.user_type {in $3})")
    };
}

/// Makes one, for a user or for an address without one; false if the account, or the receiver, has as many as they may.
pub fn insert(
    w: &mut Writer,
    whose: &Whose,
    id: SummaryEmailId,
    (user, email): (Option<&UserId>, Option<&EmailAddress>),
    summary: &Summary,
) -> Result<bool, DbError> {
    let now = w.now;
    let mut values = vec![whose.account().into(), id.into()];
    values.extend(summary_values(summary));
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
            "INSERT INTO summary_email (account_id, id, company_id, daily, weekly, monthly, summary_statistics,
                                        top_sources, top_keywords, call_log, lead_status, user_id, email,
                                        email_canonical, created_at)
             SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15
             WHERE NOT EXISTS (SELECT 1 FROM summary_email WHERE account_id = $1 LIMIT 1 OFFSET $16)
               AND NOT EXISTS (SELECT 1 FROM summary_email WHERE account_id = $1 AND user_id = $12 LIMIT 1 OFFSET $17)
               AND NOT EXISTS (SELECT 1 FROM summary_email WHERE account_id = $1 AND email_canonical = $14
                               LIMIT 1 OFFSET $17)"
        ),
        &values,
    )?;
    if inserted > 0 {
        summary_issue::plan(w, whose.account(), id, &summary.frequency)?;
    }
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
            "SELECT (SELECT COUNT(*) FROM summary_email WHERE account_id = $1 AND user_id = $2)
                  + (SELECT COUNT(*) FROM summary_email WHERE account_id = $1 AND email_canonical = $3)"
        ),
        &[whose.account().into(), user.into(), email.map(EmailAddress::canonical).into()],
    )?;
    row.columns().int()
}

/// One of theirs that they get.
pub fn find(r: &mut Reader, whose: &Whose, id: SummaryEmailId) -> Result<Option<SummaryEmail>, DbError> {
    let (now, [all, only]) = (r.now, whose.reached());
    let row = r.tx().optional(
        sql!(concat!(columns!(), live!(), " AND n.id = $4 AND ($5 = 1 OR n.user_id = $6)")),
        &[whose.account().into(), now.into(), types_with_emails(), id.into(), all, only],
    )?;
    row.map(read).transpose()
}

/// A part of what is theirs, in the order of making; with a user, of what is that user's.
pub fn list(
    r: &mut Reader,
    whose: &Whose,
    user: Option<&UserId>,
    window: Window,
) -> Result<Part<SummaryEmail>, DbError> {
    let mut values = vec![whose.account().into(), r.now.into(), types_with_emails()];
    let asked = user.map(Value::from);
    let Some(own) = whose.only().or_else(|| asked.clone()) else {
        let total = r.tx().one(sql!(concat!("SELECT COUNT(*)", live!())), &values)?.columns().int()?;
        values.extend([window.take.into(), window.skip.into()]);
        let part = sql!(concat!(columns!(), live!(), " ORDER BY n.id LIMIT $4 OFFSET $5"));
        return Ok(Part { rows: read_all(r.tx().all(part, &values)?)?, total });
    };
    if asked.is_some_and(|asked| asked != own) {
        return Ok(Part { rows: Vec::new(), total: 0 });
    }
    values.push(own);
    let count = sql!(concat!("SELECT COUNT(*)", live!(), " AND n.user_id = $4"));
    let total = r.tx().one(count, &values)?.columns().int()?;
    values.extend([window.take.into(), window.skip.into()]);
    let part = sql!(concat!(columns!(), live!(), " AND n.user_id = $4 ORDER BY n.id LIMIT $5 OFFSET $6"));
    Ok(Part { rows: read_all(r.tx().all(part, &values)?)?, total })
}

/// Those of an address without a user, in the order of making; it has few.
pub fn list_outside(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    email: &EmailAddress,
) -> Result<Vec<SummaryEmail>, DbError> {
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
pub fn update(w: &mut Writer, whose: &Whose, id: SummaryEmailId, summary: &Summary) -> Result<(), DbError> {
    let mut values = vec![whose.account().into(), id.into()];
    values.extend(summary_values(summary));
    values.extend(whose.reached());
    let changed = w.tx().exec(
        sql!(
            "UPDATE summary_email SET company_id = $3, daily = $4, weekly = $5, monthly = $6,
                    summary_statistics = $7, top_sources = $8, top_keywords = $9, call_log = $10, lead_status = $11
             WHERE account_id = $1 AND id = $2 AND ($12 = 1 OR user_id = $13)"
        ),
        &values,
    )?;
    if changed > 0 {
        summary_issue::plan(w, whose.account(), id, &summary.frequency)?;
    }
    Ok(())
}

/// Removes one of theirs; false if it is gone already.
pub fn remove(w: &mut Writer, whose: &Whose, id: SummaryEmailId) -> Result<bool, DbError> {
    let [all, only] = whose.reached();
    let removed = w.tx().exec(
        sql!("DELETE FROM summary_email WHERE account_id = $1 AND id = $2 AND ($3 = 1 OR user_id = $4)"),
        &[whose.account().into(), id.into(), all, only],
    )?;
    Ok(removed > 0)
}

fn summary_values(summary: &Summary) -> [Value; 9] {
    let comes = |frequency| Value::from(summary.frequency.contains(&frequency));
    [
        summary.company.as_ref().into(),
        comes(Frequency::Daily),
        comes(Frequency::Weekly),
        comes(Frequency::Monthly),
        summary.parts.summary_statistics.into(),
        summary.parts.top_sources.into(),
        summary.parts.top_keywords.into(),
        summary.parts.call_log.into(),
        summary.lead_status.word().into(),
    ]
}

fn read_all(rows: Vec<Row>) -> Result<Vec<SummaryEmail>, DbError> {
    rows.into_iter().map(read).collect()
}

fn read(row: Row) -> Result<SummaryEmail, DbError> {
    let mut c = row.columns();
    let id = c.get()?;
    let (user, email, reach) = read_receiver(&mut c)?;
    let company = c.parse_or_null()?;
    let mut frequency = Vec::new();
    for comes in Frequency::ALL {
        if c.flag()? {
            frequency.push(*comes);
        }
    }
    let parts = Parts {
        summary_statistics: c.flag()?,
        top_sources: c.flag()?,
        top_keywords: c.flag()?,
        call_log: c.flag()?,
    };
    let summary = Summary { company, frequency, parts, lead_status: c.parse()? };
    Ok(SummaryEmail { id, user, email, reach, summary, company_name: c.text_or_null()? })
}
