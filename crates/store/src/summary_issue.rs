//! Summaries that are due, and those that were mailed (P-01). One period of a summary goes to an address once, which a unique
//! index holds, however many servers there are. Whether it goes at all is decided by `domain::alert`, as with alerts.

use domain::alert::{LeadKind, Member, Standing};
use domain::email::canonical;
use domain::id::{AccountId, CompanyId, MailId, SummaryEmailId, SummaryIssueId, UserId};
use domain::mail::SUPPRESSION;
use domain::summary_email::schedule::Period;
use domain::summary_email::{Frequency, LeadStatus};
use domain::time::{Span, Timestamp};
use domain::user::UserType;

use crate::db::{Columns, DbError, Row, sql};
use crate::mail::{self, ReadsMail};
use crate::pass::SystemPass;
use crate::receiver::address_standing;
use crate::work::{Reader, Writer};

/// How many that are due are looked at in one round.
const PAGE: i64 = 50;
/// How long it is known what was mailed: longer than the longest period.
const KEPT: Span = Span::days(100);
/// How many are forgotten in one unit.
const OLD_AT_ONCE: i64 = 1_000;

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

/// A summary as it is set at this moment, and how its receiver stands to its company, or to all that they have.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The summary.
    pub id: SummaryEmailId,
    /// Its receiver's user.
    pub user: Option<UserId>,
    /// Their name; empty for an address without a user.
    pub name: String,
    /// How they stand.
    pub standing: Standing,
    /// The company; `None`: all that they have.
    pub company: Option<CompanyId>,
    /// The company's name.
    pub company_name: Option<String>,
    /// The account's name.
    pub account_name: String,
    /// The time zone by which it comes: the company's, else the account's.
    pub time_zone: String,
    /// How often it comes.
    pub frequencies: Vec<Frequency>,
    /// Which leads it counts.
    pub lead_status: LeadStatus,
}

/// A page of those that are due, the longest first, behind one of them: those before that failed are due still.
pub fn list_due(r: &mut Reader, _pass: &SystemPass, behind: Option<&Due>) -> Result<Vec<Due>, DbError> {
    let now = r.now;
    let (at, account, summary, frequency) = match behind {
        None => (Timestamp::from_micros(-1), "", 0, ""),
        Some(due) => {
            (due.due_at.unwrap_or_default(), due.account.as_str(), due.summary.number(), due.frequency.word())
        }
    };
    let rows = r.tx().all(
        sql!(
            "SELECT account_id, summary_email_id, frequency, due_at FROM summary_plan
             WHERE due_at <= $1 AND (due_at, account_id, summary_email_id, frequency) > ($2, $3, $4, $5)
             ORDER BY due_at, account_id, summary_email_id, frequency LIMIT $6"
        ),
        &[now.into(), at.into(), account.into(), summary.into(), frequency.into(), PAGE.into()],
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

/// A summary as it is set, and how its receiver stands; `None` if there is no such summary any more. Who has no company that is
/// in use does not have those of a summary of every company.
pub fn find_setting(
    r: &mut Reader,
    _pass: &impl ReadsMail,
    account: &str,
    id: SummaryEmailId,
) -> Result<Option<Setting>, DbError> {
    let since = r.now - SUPPRESSION;
    let row = r.tx().optional(
        sql!(concat!(
            "SELECT n.user_id, COALESCE(trim(u.first_name || ' ' || u.last_name), ''), COALESCE(u.email, n.email),
                    u.user_type, u.status, u.ends_at,
                    CASE WHEN EXISTS (
                        SELECT 1 FROM user_company x
                        JOIN company k ON k.account_id = x.account_id AND k.id = x.company_id
                        WHERE x.account_id = n.account_id AND x.user_id = n.user_id
                          AND (x.company_id = n.company_id OR n.company_id IS NULL AND k.disabled = 0))
                        THEN 1 ELSE 0 END,
                    ",
            address_standing!(),
            "                     COALESCE(c.disabled, 0), n.company_id, c.name, a.name, COALESCE(c.time_zone, a.time_zone),
                    n.daily, n.weekly, n.monthly, n.lead_status
             FROM summary_email n
             JOIN account a ON a.id = n.account_id
             LEFT JOIN company c ON c.account_id = n.account_id AND c.id = n.company_id
             LEFT JOIN \"user\" u ON u.account_id = n.account_id AND u.id = n.user_id
             WHERE n.account_id = $1 AND n.id = $2"
        )),
        &[account.into(), id.into(), since.into()],
    )?;
    row.map(|row| read_setting(id, &mut row.columns())).transpose()
}

fn read_setting(id: SummaryEmailId, c: &mut Columns) -> Result<Setting, DbError> {
    let (user, name, email) = (c.parse_or_null()?, c.text()?, c.text()?);
    let (user_type, status): (Option<UserType>, _) = (c.parse_or_null()?, c.parse_or_null()?);
    let (ends_at, has_company) = (c.get()?, c.flag()?);
    let member =
        user_type.zip(status).map(|(user_type, status)| Member { user_type, status, ends_at, has_company });
    let standing = Standing {
        user: member,
        email,
        became_a_user: c.flag()?,
        refused: c.flag()?,
        has_device: false,
        company_disabled: c.flag()?,
    };
    let (company, company_name, account_name, time_zone) =
        (c.parse_or_null()?, c.text_or_null()?, c.text()?, c.text()?);
    let mut frequencies = Vec::new();
    for frequency in Frequency::ALL {
        if c.flag()? {
            frequencies.push(*frequency);
        }
    }
    let lead_status = c.parse()?;
    Ok(Setting {
        id,
        user,
        name,
        standing,
        company,
        company_name,
        account_name,
        time_zone,
        frequencies,
        lead_status,
    })
}

/// Notes that a period of a summary goes to its receiver; false if it did before, or a later one did: clocks may have been set
/// back.
pub fn insert(
    w: &mut Writer,
    _pass: &SystemPass,
    id: &SummaryIssueId,
    (due, setting): (&Due, &Setting),
    period: &Period,
) -> Result<bool, DbError> {
    let now = w.now;
    let inserted = w.tx().exec(
        sql!(
            "INSERT INTO summary_issue (account_id, id, summary_email_id, company_id, email_canonical, frequency,
                                        time_zone, first_day, starts_at, ends_at, created_at)
             SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
             WHERE NOT EXISTS (SELECT 1 FROM summary_issue WHERE account_id = $1 AND summary_email_id = $3
                               AND company_id = $4 AND frequency = $6 AND first_day >= $8 AND email_canonical = $5)
             ON CONFLICT (account_id, summary_email_id, company_id, frequency, first_day, email_canonical) DO NOTHING"
        ),
        &[
            (&due.account).into(),
            id.into(),
            due.summary.into(),
            setting.company.as_ref().map(CompanyId::as_str).unwrap_or_default().into(),
            canonical(&setting.standing.email).into(),
            due.frequency.word().into(),
            (&setting.time_zone).into(),
            (&period.first_day).into(),
            period.starts_at.into(),
            period.ends_at.into(),
            now.into(),
        ],
    )?;
    Ok(inserted > 0)
}

/// Puts a summary's mail behind those of its account that somebody waits for: many summaries are due at the same moment.
pub fn update_behind(
    w: &mut Writer,
    _pass: &SystemPass,
    account: &AccountId,
    id: &MailId,
) -> Result<(), DbError> {
    mail::put_behind(w, account, id)
}

/// A period of a summary that goes to somebody.
#[derive(Clone, Debug)]
pub struct Issue {
    /// The summary.
    pub summary: SummaryEmailId,
    /// Of which company it was then; empty: of all that its receiver has.
    pub company: String,
    /// To which address, as `canonical` has it.
    pub email: String,
    /// How long it is.
    pub frequency: Frequency,
    /// The time zone that its days are those of, whatever it is by now.
    pub time_zone: String,
    /// Its first moment.
    pub starts_at: Timestamp,
    /// The first moment after it.
    pub ends_at: Timestamp,
}

/// A period of a summary that goes to somebody.
pub fn find(
    r: &mut Reader,
    _pass: &impl ReadsMail,
    account: &str,
    id: &SummaryIssueId,
) -> Result<Option<Issue>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT summary_email_id, company_id, email_canonical, frequency, time_zone, starts_at, ends_at
             FROM summary_issue WHERE account_id = $1 AND id = $2"
        ),
        &[account.into(), id.into()],
    )?;
    row.map(|row| {
        let mut c = row.columns();
        let (summary, company, email) = (c.get()?, c.text()?, c.text()?);
        let (frequency, time_zone) = (c.parse()?, c.text()?);
        Ok(Issue { summary, company, email, frequency, time_zone, starts_at: c.get()?, ends_at: c.get()? })
    })
    .transpose()
}

/// How much came in during a period, by what it was, and how many of those were the first of their callers: for its company, or
/// for all that its receiver has and that are in use.
pub fn list_counts(
    r: &mut Reader,
    _pass: &impl ReadsMail,
    account: &str,
    (issue, user): (&Issue, Option<&UserId>),
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
            user.map(UserId::as_str).unwrap_or_default().into(),
        ],
    )?;
    let read = |row: Row| {
        let mut c = row.columns();
        Ok((c.parse()?, c.int()?, c.int()?))
    };
    rows.into_iter().map(read).collect()
}

/// Forgets what was mailed long ago, with the mails. A part of it at a time: much may be as old.
pub fn remove_old(w: &mut Writer) -> Result<u64, DbError> {
    let until = w.now - KEPT;
    let old = w.tx().all(
        sql!("SELECT account_id, id FROM summary_issue WHERE created_at <= $1 ORDER BY created_at LIMIT $2"),
        &[until.into(), OLD_AT_ONCE.into()],
    )?;
    let count = old.len() as u64;
    for row in old {
        let mut c = row.columns();
        let (account, id): (AccountId, SummaryIssueId) = (c.parse()?, c.parse()?);
        mail::remove_of(w, &account, id.as_str())?;
        w.tx().exec(
            sql!("DELETE FROM summary_issue WHERE account_id = $1 AND id = $2"),
            &[(&account).into(), (&id).into()],
        )?;
    }
    Ok(count)
}
