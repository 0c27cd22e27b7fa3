//! What the worker asks of jobs.

use domain::id::{JobId, UserId};
use domain::job::{Fate, JobKind, Reason, TypedRow};
use domain::time::Span;

use super::{Counts, Item, Owner, input, joined, typed};
use crate::db::{DbError, Row, Value, sql};
use crate::pass::{Absent, SystemPass};
use crate::work::{Origin, Reader, Writer};

/// How long a job is kept after its end.
const KEPT: Span = Span::days(30);
/// How many jobs are forgotten at once: the rest goes the next time.
const OLD_AT_ONCE: i64 = 20;

/// A job whose turn it is, and where it was begun from.
#[derive(Clone, Debug)]
pub struct Turn {
    /// Whose it is.
    pub owner: Owner,
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
                "SELECT account_id, id, network, request_id, language FROM job
                 WHERE state = 'running' AND id > $1 ORDER BY id LIMIT 1"
            ),
            &[behind.into()],
        )?;
        let Some(row) = row else { continue };
        let mut c = row.columns();
        let (owner, job) = (Owner::parse(&c.text()?)?, c.parse()?);
        let origin = Origin { network: c.text()?, request_id: c.text()?, language: c.text()? };
        return Ok(Some(Turn { owner, job, origin }));
    }
    Ok(None)
}

/// The job, unless it has come to its end meanwhile.
pub fn find_running(r: &mut Reader, _pass: &SystemPass, turn: &Turn) -> Result<Option<Running>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT kind, user_id, login_id FROM job WHERE account_id = $1 AND id = $2 AND state = 'running'"
        ),
        &[(&turn.owner).into(), (&turn.job).into()],
    )?;
    row.map(|row| {
        let mut c = row.columns();
        let kind = c.parse()?;
        Ok(Running { kind, by: Absent { user: c.parse_or_null()?, login: c.parse_or_null()? } })
    })
    .transpose()
}

/// What waits to be done: a row, or all rows of one person.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The line it begins at.
    pub line: i64,
    /// As they were typed.
    pub rows: Vec<TypedRow>,
    /// The hash of the temporary password that the person is given.
    pub password_hash: Option<String>,
}

/// What waits next; what another worker is at is passed over.
pub fn list_waiting(
    w: &mut Writer,
    _pass: &SystemPass,
    turn: &Turn,
    most: i64,
) -> Result<Vec<Waiting>, DbError> {
    let rows = w.tx().all(
        sql!(
            "SELECT n, input, password_hash FROM job_item
             WHERE account_id = $1 AND job_id = $2 AND fate = 'waiting' ORDER BY n LIMIT $3 {skip locked}"
        ),
        &[(&turn.owner).into(), (&turn.job).into(), most.into()],
    )?;
    let read = |row: Row| {
        let mut c = row.columns();
        Ok(Waiting { line: c.int()?, rows: typed(&c.text()?)?, password_hash: c.text_or_null()? })
    };
    rows.into_iter().map(read).collect()
}

/// Notes what became of what waited; false if it does not wait any more.
pub fn update_item(
    w: &mut Writer,
    _pass: &SystemPass,
    turn: &Turn,
    line: i64,
    (fate, user, reasons): (Fate, Option<&UserId>, &[Reason]),
) -> Result<bool, DbError> {
    let changed = w.tx().exec(
        sql!(
            "UPDATE job_item SET fate = $4, user_id = $5, reasons = $6, password_hash = NULL
             WHERE account_id = $1 AND job_id = $2 AND n = $3 AND part = 0 AND fate = 'waiting'"
        ),
        &[
            (&turn.owner).into(),
            (&turn.job).into(),
            line.into(),
            fate.word().into(),
            user.into(),
            joined(reasons).into(),
        ],
    )?;
    Ok(changed > 0)
}

/// Takes away what waited, once its parts tell what became of it; false if it does not wait any more.
pub fn remove_item(w: &mut Writer, _pass: &SystemPass, turn: &Turn, line: i64) -> Result<bool, DbError> {
    let removed = w.tx().exec(
        sql!(
            "DELETE FROM job_item
             WHERE account_id = $1 AND job_id = $2 AND n = $3 AND part = 0 AND fate = 'waiting'"
        ),
        &[(&turn.owner).into(), (&turn.job).into(), line.into()],
    )?;
    Ok(removed > 0)
}

/// The parts of a row that have come to their end, by their numbers.
pub fn list_parts(r: &mut Reader, _pass: &SystemPass, turn: &Turn, line: i64) -> Result<Vec<i64>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT part FROM job_item
             WHERE account_id = $1 AND job_id = $2 AND n = $3 AND part > 0 ORDER BY part"
        ),
        &[(&turn.owner).into(), (&turn.job).into(), line.into()],
    )?;
    rows.into_iter().map(|row| row.columns().int()).collect()
}

/// How many parts one statement stores.
const PARTS: usize = 5;

/// Notes what became of rows in their accounts.
pub fn insert_parts(w: &mut Writer, _pass: &SystemPass, turn: &Turn, items: &[Item]) -> Result<(), DbError> {
    for items in items.chunks(PARTS) {
        let mut values: Vec<Value> = vec![(&turn.owner).into(), (&turn.job).into()];
        for at in 0..PARTS {
            // Where there are fewer, the last is named again.
            let item = &items[at.min(items.len() - 1)];
            values.extend([item.row.line.into(), item.part.into(), item.account.as_ref().into()]);
            values.extend([input(std::slice::from_ref(&item.row)).into(), item.fate.word().into()]);
            values.extend([item.user.as_ref().into(), joined(&item.reasons).into()]);
        }
        w.tx().exec(
            sql!(
                "INSERT INTO job_item (account_id, job_id, n, part, done_in, input, fate, user_id, reasons)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9), ($1, $2, $10, $11, $12, $13, $14, $15, $16),
                        ($1, $2, $17, $18, $19, $20, $21, $22, $23), ($1, $2, $24, $25, $26, $27, $28, $29, $30),
                        ($1, $2, $31, $32, $33, $34, $35, $36, $37)
                 ON CONFLICT DO NOTHING"
            ),
            &values,
        )?;
    }
    Ok(())
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
            "UPDATE job_item SET fate = 'refused', reasons = $3, password_hash = NULL
             WHERE account_id = $1 AND job_id = $2 AND fate = 'waiting'"
        ),
        &[(&turn.owner).into(), (&turn.job).into(), reason.to_string().into()],
    )?;
    Ok(changed as i64)
}

/// Counts a unit that failed; how many there are since one did not.
pub fn update_tries(w: &mut Writer, _pass: &SystemPass, turn: &Turn) -> Result<i64, DbError> {
    let row = w.tx().one(
        sql!("UPDATE job SET tries = tries + 1 WHERE account_id = $1 AND id = $2 RETURNING tries"),
        &[(&turn.owner).into(), (&turn.job).into()],
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
            (&turn.owner).into(),
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
        &[(&turn.owner).into(), (&turn.job).into(), now.into()],
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
        let (owner, job): (Owner, JobId) = (Owner::parse(&c.text()?)?, c.parse()?);
        w.tx().exec(
            sql!("DELETE FROM job_item WHERE account_id = $1 AND job_id = $2"),
            &[(&owner).into(), (&job).into()],
        )?;
        w.tx().exec(
            sql!("DELETE FROM job WHERE account_id = $1 AND id = $2"),
            &[(&owner).into(), (&job).into()],
        )?;
    }
    Ok(())
}
