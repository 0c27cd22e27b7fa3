//! The worker's part of jobs: some rows after the other, each unit whole.
//!
//! A unit does a few rows and notes what became of them, in one transaction: what was not committed waits still, on
//! whichever server, and is done again as if it had never been begun. A row that cannot be done takes its unit back; it
//! is then noted as refused, and the others are done without it.

use domain::activity::{Entry, Verb};
use domain::capability::proof::ManageUsers;
use domain::id::UserId;
use domain::input::Problem;
use domain::job::{Fate, JobKind, Reason, TypedRow, Why, plan_many};
use store::db::DbError;
use store::job::{self, Counts, Running, Turn};
use store::pass::{AccountPass, Acting, Denied, SystemPass};
use store::work::{Actor, Committed, Unrecorded, Writer};

use super::{around, recorded};
use crate::{App, Conflict, Refused, access_request, limits, user};

/// How many rows one unit does: others wait no longer than for that.
const AT_ONCE: i64 = 20;

/// How often a unit is tried that fails and nobody knows why.
const TRIES: i64 = 5;

/// A unit that was taken back, and by which line.
struct Stuck {
    line: Option<i64>,
    refused: Refused,
}

impl From<DbError> for Stuck {
    fn from(error: DbError) -> Stuck {
        Stuck { line: None, refused: Refused::from(error) }
    }
}

/// A row that came to its end.
struct Ended {
    line: i64,
    fate: Fate,
    user: Option<UserId>,
    reasons: Vec<Reason>,
}

/// What a kind of job made of some rows.
enum Did {
    Rows {
        by: Actor,
        ended: Vec<Ended>,
        entries: Vec<Entry>,
    },
    /// Whoever began it may not do it any more.
    RightLost,
}

impl App {
    /// Does the next rows of the job whose turn it is; how many. `served` is the job that was served last.
    pub async fn work_on_jobs(&self, pass: &SystemPass, served: &mut String) -> Result<usize, Refused> {
        let (worker, behind) = (pass.clone(), served.clone());
        let turn = self.store.read(move |r| job::find_turn(r, &worker, &behind)).await?;
        let Some(turn) = turn else { return Ok(0) };
        *served = turn.job.to_string();
        let (worker, at) = (pass.clone(), turn.clone());
        let done = self.store.write_later(turn.origin.clone(), move |w| step(w, &worker, &at)).await;
        let stuck = match done {
            Ok(rows) => return Ok(rows),
            Err(stuck) => stuck,
        };
        let worker = pass.clone();
        let (line, (fate, why)) = match (stuck.line, end_of(&stuck.refused)) {
            (Some(line), Some(end)) => (Some(line), end),
            _ if is_passing(&stuck.refused) => return Err(stuck.refused),
            (line, _) => {
                let at = turn.clone();
                let count = move |mut w: Writer| -> Result<Committed<i64>, DbError> {
                    let tries = job::update_tries(&mut w, &worker, &at)?;
                    Ok(w.commit_unrecorded(Unrecorded::Job, tries))
                };
                let tries = self.store.write_later(store::work::Origin::internal(), count).await?;
                if tries < TRIES {
                    return Err(stuck.refused);
                }
                (line, (Fate::Refused, Some(Why::Failed)))
            }
        };
        tracing::info!(job = %turn.job, line, refused = ?stuck.refused, "a row could not be done");
        let worker = pass.clone();
        let note = move |mut w: Writer| -> Result<Committed<usize>, DbError> {
            let reasons = why.map(Reason::of).into_iter().collect();
            match line {
                Some(line) => end_rows(&mut w, &worker, &turn, &[Ended { line, fate, user: None, reasons }])?,
                None => refuse_rest(&mut w, &worker, &turn, Why::Failed)?,
            }
            Ok(w.commit_unrecorded(Unrecorded::Job, 1))
        };
        Ok(self.store.write_later(store::work::Origin::internal(), note).await?)
    }
}

/// Whether it will pass by itself, however long that takes.
fn is_passing(refused: &Refused) -> bool {
    let is_away = |error: &DbError| matches!(error, DbError::Unavailable(_) | DbError::Unknown(_));
    matches!(refused, Refused::Busy) || matches!(refused, Refused::Failed(error) if is_away(error))
}

/// What becomes of a row that was refused so; `None` where it is to be tried again.
fn end_of(refused: &Refused) -> Option<(Fate, Option<Why>)> {
    let why = match refused {
        Refused::Invalid(errors) => match errors.first().map(|error| error.problem) {
            Some(Problem::AddressTaken) => return Some((Fate::Here, None)),
            Some(Problem::Unwanted) => Why::Unwanted,
            Some(Problem::Elsewhere) => Why::Elsewhere,
            Some(Problem::NotAChoice) => Why::CompanyUnknown,
            _ => Why::Failed,
        },
        Refused::Forbidden { .. } => Why::RightLost,
        Refused::TooMany(_) => Why::TooMany,
        Refused::Busy => return None,
        Refused::Failed(DbError::Unavailable(_) | DbError::Unknown(_) | DbError::Other(_)) => return None,
        _ => Why::Failed,
    };
    Some((Fate::Refused, Some(why)))
}

/// One unit: the next rows that wait, and the end of the job where none is left.
fn step(mut w: Writer, system: &SystemPass, turn: &Turn) -> Result<Committed<usize>, Stuck> {
    let Some(running) = job::find_running(&mut w, system, turn)? else {
        return Ok(w.commit_unrecorded(Unrecorded::Job, 0));
    };
    let rows = job::list_waiting(&mut w, system, turn, AT_ONCE)?;
    let did = match running.kind {
        JobKind::CreateUsers => create_users(&mut w, system, turn, &running, &rows)?,
    };
    let (by, mut entries) = match did {
        Did::Rows { by, ended, entries } => {
            end_rows(&mut w, system, turn, &ended)?;
            (by, entries)
        }
        Did::RightLost => {
            refuse_rest(&mut w, system, turn, Why::RightLost)?;
            (system.actor(), Vec::new())
        }
    };
    if let Some(counts) = job::update_done(&mut w, system, turn)? {
        entries.push(recorded(&turn.account, Verb::JobFinished, &turn.job, counts));
    }
    if entries.is_empty() {
        return Ok(w.commit_unrecorded(Unrecorded::Job, rows.len()));
    }
    w.commit_all(&by, entries, rows.len())
}

/// Creates users as a person would who has, at this moment, the rights of whoever began the job.
fn create_users(
    w: &mut Writer,
    system: &SystemPass,
    turn: &Turn,
    running: &Running,
    rows: &[TypedRow],
) -> Result<Did, Stuck> {
    let pass = match AccountPass::<ManageUsers>::for_job(w, system, &turn.account, &running.by) {
        Ok(pass) => pass,
        Err(Denied::Database(error)) => return Err(error.into()),
        Err(_) => return Ok(Did::RightLost),
    };
    // What has changed since the list was looked at is told as it would be now.
    let around = around(w, &pass, rows).map_err(|refused| Stuck { line: None, refused })?;
    let refused = |line, why| {
        let reasons = vec![Reason::of(why)];
        Ended { line, fate: Fate::Refused, user: None, reasons }
    };
    // Where it was told too often who has a place elsewhere, nobody is looked at, and nothing told (U-15).
    if limits::check_elsewhere(w, &pass, &turn.origin.network).is_err() {
        let ended = rows.iter().map(|row| refused(row.line, Why::TooMany)).collect();
        return Ok(Did::Rows { by: pass.actor(), ended, entries: Vec::new() });
    }
    let (mut ended, mut entries) = (Vec::new(), Vec::new());
    for (row, planned) in rows.iter().zip(plan_many(rows, &around)) {
        let Some(new) = planned.new else {
            ended.push(Ended { line: row.line, fate: planned.fate, user: None, reasons: planned.reasons });
            continue;
        };
        // Before the row is done, so that what was told is counted: a row that is refused later takes its unit back.
        match access_request::check_elsewhere(w, &pass, new.email.as_str()) {
            Ok(()) => {}
            Err(Refused::Conflict(Conflict::Elsewhere)) => {
                ended.push(refused(row.line, Why::Elsewhere));
                continue;
            }
            Err(Refused::TooMany(_)) => {
                ended.push(refused(row.line, Why::TooMany));
                continue;
            }
            Err(refused) => return Err(Stuck { line: Some(row.line), refused }),
        }
        let placed = user::place(w, &pass, &new);
        let (user, told) = placed.map_err(|refused| Stuck { line: Some(row.line), refused })?;
        ended.push(Ended { line: row.line, fate: Fate::Created, user: Some(user), reasons: Vec::new() });
        entries.extend(told);
    }
    Ok(Did::Rows { by: pass.actor(), ended, entries })
}

/// Refuses whatever waits.
fn refuse_rest(w: &mut Writer, system: &SystemPass, turn: &Turn, why: Why) -> Result<(), DbError> {
    let refused = job::update_rest_refused(w, system, turn, &Reason::of(why))?;
    job::update_counts(w, system, turn, Counts { refused, ..Counts::default() })
}

/// Notes what became of rows, and counts those that had waited for it.
fn end_rows(w: &mut Writer, system: &SystemPass, turn: &Turn, ended: &[Ended]) -> Result<(), DbError> {
    let mut counts = Counts::default();
    for row in ended {
        let end = (row.fate, row.user.as_ref(), row.reasons.as_slice());
        if job::update_item(w, system, turn, row.line, end)? {
            counts.add(row.fate);
        }
    }
    job::update_counts(w, system, turn, counts)
}
