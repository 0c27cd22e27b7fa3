//! Summaries that are due, and those that were mailed (P-01). One period of a company goes to an address once, which a unique
//! index holds, however many servers there are.

use domain::alert::LeadKind;
use domain::email::canonical;
use domain::id::{AccountId, CompanyId, SummaryEmailId, SummaryIssueId, UserId};
use domain::summary_email::schedule::Period;
use domain::summary_email::{Frequency, LeadStatus};
use domain::time::{Span, Timestamp};

use crate::db::{DbError, Row, sql};
use crate::mail::ReadsMail;
use crate::pass::SystemPass;
use crate::receiver::{live_receiver, types_with_emails};
use crate::work::{Reader, Writer};

/// How many that are due are looked at in one round.
const PAGE: i64 = 50;
/// How long it is known what was mailed: longer than the longest period.
const KEPT: Span = Span::days(100);

/// A summary whose moment has come.
#[derive(Clone, Debug)]
pub struct Due {
    /// The account.
    pub account: AccountId,
    /// The summary.
    pub summary: SummaryEmailId,
    /// Which of its frequencies.
    pub frequency: Frequency,
    /// When it was due; `None`: nobody has looked at it yet.
    pub due_at: Option<Timestamp>,
}

/// Where, and to whom it goes.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The company; `None`: all that its reader has.
    pub company: Option<CompanyId>,
    /// The time zone by which it comes: the company's, else the account's.
    pub time_zone: String,
    /// The address; `None` where nobody may get it at this moment.
    pub email: Option<String>,
}

/// Those that are due, the longest first.
pub fn list_due(r: &mut Reader, _pass: &SystemPass) -> Result<Vec<Due>, DbError> {
    let now = r.now;
    let rows = r.tx().all(
        sql!(
            "SELECT account_id, summary_email_id, frequency, due_at FROM summary_plan
             WHERE due_at <= $1 ORDER BY due_at LIMIT $2"
        ),
        &[now.into(), PAGE.into()],
    )?;
    let read = |row: Row| {
        let mut c = row.columns();
        let (account, summary, frequency) = (c.parse()?, c.get()?, c.parse()?);
        let due_at: Timestamp = c.get()?;
        Ok(Due { account, summary, frequency, due_at: Some(due_at).filter(|due| due.micros() != 0) })
    };
    rows.into_iter().map(read).collect()
}

/// When it is due next; false if somebody else was there before.
pub fn update_planned(
    w: &mut Writer,
    _pass: &SystemPass,
    due: &Due,
    next: Timestamp,
) -> Result<bool, DbError> {
    let changed = w.tx().exec(
        sql!(
            "UPDATE summary_plan SET due_at = $5
             WHERE account_id = $1 AND summary_email_id = $2 AND frequency = $3 AND due_at = $4"
        ),
        &[
            (&due.account).into(),
            due.summary.into(),
            due.frequency.word().into(),
            due.due_at.unwrap_or_default().into(),
            next.into(),
        ],
    )?;
    Ok(changed > 0)
}

/// Has a summary come at these frequencies, and at no others. What is new is looked at by the worker before it is due.
pub(crate) fn plan(
    w: &mut Writer,
    account: &AccountId,
    id: SummaryEmailId,
    frequencies: &[Frequency],
) -> Result<(), DbError> {
    for frequency in Frequency::ALL {
        let values = [account.into(), id.into(), frequency.word().into()];
        let statement = match frequencies.contains(frequency) {
            true => sql!(
                "INSERT INTO summary_plan (account_id, summary_email_id, frequency, due_at) VALUES ($1, $2, $3, 0)
                 ON CONFLICT (account_id, summary_email_id, frequency) DO NOTHING"
            ),
            false => sql!(
                "DELETE FROM summary_plan WHERE account_id = $1 AND summary_email_id = $2 AND frequency = $3"
            ),
        };
        w.tx().exec(statement, &values)?;
    }
    Ok(())
}

/// Where, and to whom a summary goes at this moment; `None` if there is no such summary any more.
pub fn find_planned(r: &mut Reader, _pass: &SystemPass, due: &Due) -> Result<Option<Planned>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT n.company_id, COALESCE(c.time_zone, a.time_zone) FROM summary_email n
             JOIN account a ON a.id = n.account_id
             LEFT JOIN company c ON c.account_id = n.account_id AND c.id = n.company_id
             WHERE n.account_id = $1 AND n.id = $2"
        ),
        &[(&due.account).into(), due.summary.into()],
    )?;
    let Some(row) = row else { return Ok(None) };
    let mut c = row.columns();
    let (company, time_zone) = (c.parse_or_null()?, c.text()?);
    let now = r.now;
    let live = r.tx().optional(
        sql!(concat!(
            "SELECT COALESCE(u.email, n.email) FROM summary_email n",
            live_receiver!(),
            " AND (n.user_id IS NULL OR u.user_type {in $3}) AND n.id = $4"
        )),
        &[(&due.account).into(), now.into(), types_with_emails(), due.summary.into()],
    )?;
    let email = live.map(|row| row.columns().text()).transpose()?;
    Ok(Some(Planned { company, time_zone, email }))
}

/// Notes that a period goes to an address; false if it did before, or a later one did: clocks may have been set back.
pub fn insert(
    w: &mut Writer,
    _pass: &SystemPass,
    id: &SummaryIssueId,
    (due, planned, email): (&Due, &Planned, &str),
    period: &Period,
) -> Result<bool, DbError> {
    let now = w.now;
    let inserted = w.tx().exec(
        sql!(
            "INSERT INTO summary_issue (account_id, id, summary_email_id, company_id, email_canonical, frequency,
                                        first_day, starts_at, ends_at, created_at)
             SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
             WHERE NOT EXISTS (SELECT 1 FROM summary_issue WHERE account_id = $1 AND company_id = $4 AND frequency = $6
                               AND first_day >= $7 AND email_canonical = $5)
             ON CONFLICT (account_id, company_id, frequency, first_day, email_canonical) DO NOTHING"
        ),
        &[
            (&due.account).into(),
            id.into(),
            due.summary.into(),
            planned.company.as_ref().map(CompanyId::as_str).unwrap_or_default().into(),
            canonical(email).into(),
            due.frequency.word().into(),
            (&period.first_day).into(),
            period.starts_at.into(),
            period.ends_at.into(),
            now.into(),
        ],
    )?;
    Ok(inserted > 0)
}

/// What a summary's mail is about.
#[derive(Clone, Debug)]
pub struct Issue {
    /// The summary that it is one of.
    pub summary: SummaryEmailId,
    /// Its reader's user.
    pub user: Option<UserId>,
    /// Their name; empty for an address without a user.
    pub name: String,
    /// Whether their user signs in.
    pub signs_in: bool,
    /// The company's name; `None`: all that they have.
    pub company_name: Option<String>,
    /// The account's name.
    pub account_name: String,
    /// The time zone that its days are those of.
    pub time_zone: String,
    /// How long it is.
    pub frequency: Frequency,
    /// Its first moment.
    pub starts_at: Timestamp,
    /// The first moment after it.
    pub ends_at: Timestamp,
    /// Which leads it counts.
    pub lead_status: LeadStatus,
    company: String,
}

/// What a summary's mail is about; `None` where whoever it goes to may not get it any more.
pub fn find(
    r: &mut Reader,
    _pass: &impl ReadsMail,
    account: &str,
    id: &SummaryIssueId,
) -> Result<Option<Issue>, DbError> {
    let now = r.now;
    let row = r.tx().optional(
        sql!(concat!(
            "SELECT n.id, n.user_id, COALESCE(trim(u.first_name || ' ' || u.last_name), ''), u.user_type, c.name, a.name,
                    COALESCE(c.time_zone, a.time_zone), i.frequency, i.starts_at, i.ends_at, n.lead_status, i.company_id
             FROM summary_issue i
             JOIN account a ON a.id = i.account_id
             JOIN summary_email n ON n.account_id = i.account_id AND n.id = i.summary_email_id",
            live_receiver!(),
            " AND (n.user_id IS NULL OR u.user_type {in $3}) AND i.account_id = $1 AND i.id = $4
              AND COALESCE(n.company_id, '') = i.company_id
              AND COALESCE(u.email_canonical, n.email_canonical) = i.email_canonical
              AND (i.frequency = 'daily' AND n.daily = 1 OR i.frequency = 'weekly' AND n.weekly = 1
                   OR i.frequency = 'monthly' AND n.monthly = 1)"
        )),
        &[account.into(), now.into(), types_with_emails(), id.into()],
    )?;
    row.map(|row| {
        let mut c = row.columns();
        let (summary, user, name) = (c.get()?, c.parse_or_null()?, c.text()?);
        let user_type: Option<domain::user::UserType> = c.parse_or_null()?;
        Ok(Issue {
            summary,
            user,
            name,
            signs_in: user_type.is_some_and(domain::user::UserType::has_login),
            company_name: c.text_or_null()?,
            account_name: c.text()?,
            time_zone: c.text()?,
            frequency: c.parse()?,
            starts_at: c.get()?,
            ends_at: c.get()?,
            lead_status: c.parse()?,
            company: c.text()?,
        })
    })
    .transpose()
}

/// How much came in during its period, by what it was, and how many of those were the first of their callers: for its company,
/// or for all that its reader has and that are in use.
pub fn list_counts(
    r: &mut Reader,
    _pass: &impl ReadsMail,
    account: &str,
    issue: &Issue,
) -> Result<Vec<(LeadKind, i64, i64)>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT e.kind, COUNT(*), CAST(SUM(e.first) AS BIGINT)
             FROM company c
             JOIN lead_event e ON e.account_id = c.account_id AND e.company_id = c.id
                  AND e.happened_at >= $3 AND e.happened_at < $4 AND e.test = 0
             WHERE c.account_id = $1 AND c.disabled = 0 AND ($2 = '' OR c.id = $2)
               AND ($5 = ''
                    OR EXISTS (SELECT 1 FROM \"user\" u WHERE u.account_id = $1 AND u.id = $5
                               AND u.user_type = 'administrator')
                    OR EXISTS (SELECT 1 FROM user_company x WHERE x.account_id = $1 AND x.user_id = $5
                               AND x.company_id = c.id))
             GROUP BY e.kind"
        ),
        &[
            account.into(),
            (&issue.company).into(),
            issue.starts_at.into(),
            issue.ends_at.into(),
            issue.user.as_ref().map(UserId::as_str).unwrap_or_default().into(),
        ],
    )?;
    let read = |row: Row| {
        let mut c = row.columns();
        Ok((c.parse()?, c.int()?, c.int()?))
    };
    rows.into_iter().map(read).collect()
}

/// Forgets what was mailed long ago.
pub fn remove_old(w: &mut Writer) -> Result<u64, DbError> {
    let until = w.now - KEPT;
    w.tx().exec(sql!("DELETE FROM summary_issue WHERE created_at <= $1"), &[until.into()])
}
