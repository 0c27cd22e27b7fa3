//! What the worker asks of jobs.

use domain::id::{AccountId, JobId, UserId};
use domain::job::{Fate, JobKind, Reason, TypedRow};
use domain::time::Span;

use super::{Counts, joined, typed};
use crate::db::{DbError, Row, sql};
use crate::pass::{Absent, SystemPass};
use crate::work::{Origin, Reader, Writer};

/// How long a job is kept after its end.
const KEPT: Span = Span::days(30);
/// How many jobs are forgotten at once: the rest goes the next time.
const OLD_AT_ONCE: i64 = 20;

/// A job whose turn it is, and where it was begun from.
#[derive(Clone, Debug)]
pub struct Turn {
    /// The account.
    pub account: AccountId,
    /// The job.
    pub job: JobId,
    /// The request that began it, for the activity.
    pub origin: Origin,
}

/// A job that goes on.
#[derive(Clone, Debug)]
pub struct Running {
    /// What it does.
    pub kind: JobKind,
    /// Who began it.
    pub by: Absent,
}

/// The running job behind `served`, or else the first: many rows of one do not keep those of the others.
pub fn find_turn(r: &mut Reader, _pass: &SystemPass, served: &str) -> Result<Option<Turn>, DbError> {
    for behind in [served, ""] {
        let row = r.tx().optional(
            sql!(
                "SELECT account_id, id, network, request_id FROM job
                 WHERE state = 'running' AND id > $1 ORDER BY id LIMIT 1"
            ),
            &[behind.into()],
        )?;
        let Some(row) = row else { continue };
        let mut c = row.columns();
        let (account, job) = (c.parse()?, c.parse()?);
        let origin = Origin { network: c.text()?, request_id: c.text()? };
        return Ok(Some(Turn { account, job, origin }));
    }
    Ok(None)
}

/// The job, unless it has come to its end meanwhile.
pub fn find_running(r: &mut Reader, _pass: &SystemPass, turn: &Turn) -> Result<Option<Running>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT kind, user_id, login_id FROM job WHERE account_id = $1 AND id = $2 AND state = 'running'"
        ),
        &[(&turn.account).into(), (&turn.job).into()],
    )?;
    row.map(|row| {
        let mut c = row.columns();
        let kind = c.parse()?;
        Ok(Running { kind, by: Absent { user: c.parse_or_null()?, login: c.parse_or_null()? } })
    })
    .transpose()
}

/// The next rows that wait; those that another worker is at are passed over.
pub fn list_waiting(
    w: &mut Writer,
    _pass: &SystemPass,
    turn: &Turn,
    most: i64,
) -> Result<Vec<TypedRow>, DbError> {
    let rows = w.tx().all(
        sql!(
            "SELECT n, input FROM job_item
             WHERE account_id = $1 AND job_id = $2 AND fate = 'waiting' ORDER BY n LIMIT $3 {skip locked}"
        ),
        &[(&turn.account).into(), (&turn.job).into(), most.into()],
    )?;
    let read = |row: Row| {
        let mut c = row.columns();
        typed(c.int()?, &c.text()?)
    };
    rows.into_iter().map(read).collect()
}

/// Notes what became of a row that waited; false if it does not wait any more.
pub fn update_item(
    w: &mut Writer,
    _pass: &SystemPass,
    turn: &Turn,
    line: i64,
    (fate, user, reasons): (Fate, Option<&UserId>, &[Reason]),
) -> Result<bool, DbError> {
    let changed = w.tx().exec(
        sql!(
            "UPDATE job_item SET fate = $4, user_id = $5, reasons = $6
             WHERE account_id = $1 AND job_id = $2 AND n = $3 AND fate = 'waiting'"
        ),
        &[
            (&turn.account).into(),
            (&turn.job).into(),
            line.into(),
            fate.word().into(),
            user.into(),
            joined(reasons).into(),
        ],
    )?;
    Ok(changed > 0)
}

/// Refuses all that waits, for one reason; how many rows.
pub fn update_rest_refused(
    w: &mut Writer,
    _pass: &SystemPass,
    turn: &Turn,
    reason: &Reason,
) -> Result<i64, DbError> {
    let changed = w.tx().exec(
        sql!(
            "UPDATE job_item SET fate = 'refused', reasons = $3
             WHERE account_id = $1 AND job_id = $2 AND fate = 'waiting'"
        ),
        &[(&turn.account).into(), (&turn.job).into(), reason.to_string().into()],
    )?;
    Ok(changed as i64)
}

/// Counts a unit that failed; how many there are since one did not.
pub fn update_tries(w: &mut Writer, _pass: &SystemPass, turn: &Turn) -> Result<i64, DbError> {
    let row = w.tx().one(
        sql!("UPDATE job SET tries = tries + 1 WHERE account_id = $1 AND id = $2 RETURNING tries"),
        &[(&turn.account).into(), (&turn.job).into()],
    )?;
    row.columns().int()
}

/// Adds what was done to the job's counts. What failed before it did not stay so.
pub fn update_counts(w: &mut Writer, _pass: &SystemPass, turn: &Turn, added: Counts) -> Result<(), DbError> {
    w.tx().exec(
        sql!(
            "UPDATE job SET created = created + CAST($3 AS BIGINT), already = already + CAST($4 AS BIGINT),
                    refused = refused + CAST($5 AS BIGINT), tries = 0
             WHERE account_id = $1 AND id = $2"
        ),
        &[
            (&turn.account).into(),
            (&turn.job).into(),
            added.created.into(),
            added.already.into(),
            added.refused.into(),
        ],
    )?;
    Ok(())
}

/// Ends a job of which no row waits; its counts, or `None` if one still does.
pub fn update_done(w: &mut Writer, _pass: &SystemPass, turn: &Turn) -> Result<Option<Counts>, DbError> {
    let now = w.now;
    let row = w.tx().optional(
        sql!(
            "UPDATE job SET state = 'done', finished_at = $3
             WHERE account_id = $1 AND id = $2 AND state = 'running' AND NOT EXISTS (
                 SELECT 1 FROM job_item i WHERE i.account_id = $1 AND i.job_id = $2 AND i.fate = 'waiting')
             RETURNING created, already, refused"
        ),
        &[(&turn.account).into(), (&turn.job).into(), now.into()],
    )?;
    row.map(|row| {
        let mut c = row.columns();
        Ok(Counts { created: c.int()?, already: c.int()?, refused: c.int()? })
    })
    .transpose()
}

/// Forgets jobs that ended 30 days ago, with all that was typed for them.
pub fn remove_old(w: &mut Writer) -> Result<(), DbError> {
    let until = w.now - KEPT;
    let rows = w.tx().all(
        sql!(
            "SELECT account_id, id FROM job
             WHERE finished_at IS NOT NULL AND finished_at <= $1 ORDER BY finished_at LIMIT $2"
        ),
        &[until.into(), OLD_AT_ONCE.into()],
    )?;
    for row in rows {
        let mut c = row.columns();
        let (account, job): (AccountId, JobId) = (c.parse()?, c.parse()?);
        w.tx().exec(
            sql!("DELETE FROM job_item WHERE account_id = $1 AND job_id = $2"),
            &[(&account).into(), (&job).into()],
        )?;
        w.tx().exec(
            sql!("DELETE FROM job WHERE account_id = $1 AND id = $2"),
            &[(&account).into(), (&job).into()],
        )?;
    }
    Ok(())
}
