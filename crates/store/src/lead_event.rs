//! What came in for a company: calls and texts, by which alerts are raised, and which summaries count.

use domain::alert::Occasion;
use domain::id::{AccountId, CompanyId, LeadEventId};
use domain::time::{Span, Timestamp};

use crate::db::{DbError, sql};
use crate::mail::{self, ReadsMail};
use crate::pass::CompanyPass;
use crate::work::{Reader, Writer};

/// How long one is kept: the longest summary, of a month, may come late.
const KEPT: Span = Span::days(100);
/// How many are forgotten in one unit.
const OLD_AT_ONCE: i64 = 1_000;

/// Something that came in.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// What, and by whom it was answered.
    pub occasion: Occasion,
    /// Whether it is a test, which nobody counts.
    pub test: bool,
    /// The caller's name; empty: unknown.
    pub caller_name: String,
    /// Their number, as it is to be shown; empty: withheld.
    pub caller_number: String,
    /// The name of the tracker that was called; empty: none.
    pub tracker_name: String,
    /// When.
    pub happened_at: Timestamp,
}

/// The same, as it was kept, with what is told of it.
#[derive(Clone, Debug)]
pub struct LeadEvent {
    /// The company.
    pub company: CompanyId,
    /// Its name.
    pub company_name: String,
    /// Its time zone.
    pub time_zone: String,
    /// The account's name.
    pub account_name: String,
    /// What came in.
    pub event: NewEvent,
}

/// Keeps something that came in for the company of the pass.
pub fn insert<C>(
    w: &mut Writer,
    pass: &CompanyPass<C>,
    id: &LeadEventId,
    new: &NewEvent,
) -> Result<(), DbError> {
    w.tx().exec(
        sql!(
            "INSERT INTO lead_event (account_id, id, company_id, kind, first, test, agent_id, caller_name, caller_number,
                                     tracker_name, happened_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        ),
        &[
            pass.account().into(),
            id.into(),
            pass.company().into(),
            new.occasion.kind.word().into(),
            new.occasion.first.into(),
            new.test.into(),
            new.occasion.agent.as_ref().into(),
            (&new.caller_name).into(),
            (&new.caller_number).into(),
            (&new.tracker_name).into(),
            new.happened_at.into(),
        ],
    )?;
    Ok(())
}

/// One of an account; `None` if it is gone.
pub fn find(
    r: &mut Reader,
    _pass: &impl ReadsMail,
    account: &str,
    id: &LeadEventId,
) -> Result<Option<LeadEvent>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT c.id, c.name, c.time_zone, a.name, e.kind, e.first, e.agent_id, e.test, e.caller_name, e.caller_number,
                    e.tracker_name, e.happened_at
             FROM lead_event e
             JOIN account a ON a.id = e.account_id
             JOIN company c ON c.account_id = e.account_id AND c.id = e.company_id
             WHERE e.account_id = $1 AND e.id = $2"
        ),
        &[account.into(), id.into()],
    )?;
    row.map(|row| {
        let mut c = row.columns();
        Ok(LeadEvent {
            company: c.parse()?,
            company_name: c.text()?,
            time_zone: c.text()?,
            account_name: c.text()?,
            event: NewEvent {
                occasion: Occasion { kind: c.parse()?, first: c.flag()?, agent: c.parse_or_null()? },
                test: c.flag()?,
                caller_name: c.text()?,
                caller_number: c.text()?,
                tracker_name: c.text()?,
                happened_at: c.get()?,
            },
        })
    })
    .transpose()
}

/// Forgets what nobody counts any more, with the mails that told of it. A part of it at a time: much may be as old.
pub fn remove_old(w: &mut Writer) -> Result<u64, DbError> {
    let until = w.now - KEPT;
    let old = w.tx().all(
        sql!("SELECT account_id, id FROM lead_event WHERE happened_at <= $1 ORDER BY happened_at LIMIT $2"),
        &[until.into(), OLD_AT_ONCE.into()],
    )?;
    let count = old.len() as u64;
    for row in old {
        let mut c = row.columns();
        let (account, id): (AccountId, LeadEventId) = (c.parse()?, c.parse()?);
        mail::remove_of(w, &account, id.as_str())?;
        w.tx().exec(
            sql!("DELETE FROM lead_event WHERE account_id = $1 AND id = $2"),
            &[(&account).into(), (&id).into()],
        )?;
    }
    Ok(count)
}
